// SPDX-License-Identifier: GPL-2.0-or-later
// Real dumps: what is known of the machines they were taken on, and what becomes of the dumps when
// they are cut or damaged.
#include <fmt/format.h>

#include <random>

#include "tests/model/dump_checks.h"
#include "tests/model/dump_text.h"

using namespace luproof::model;
using namespace luproof::model::test;

namespace {

SourcePtr capture(const std::string& name) {
  Diagnostics diagnostics;
  SourcePtr source = read_source(std::string(LUPROOF_TEST_DIR) + "/captures/topology/" + name,
                                 10'000'000, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(source);
  return source;
}

// Everything that two dumps of the same moment must agree on.
std::vector<std::string> facts(const Topology& topology) {
  std::vector<std::string> lines;
  for (const PciFunction& function : topology.functions) {
    std::string line = fmt::format("{} {} {} {} {}", function.name, static_cast<int>(function.kind),
                                   function.parent, function.pf, function.vf_index);
    for (const auto& [name, value] : function.values) line += fmt::format(" {}={}", name, value);
    for (const auto& [name, value] : function.texts) line += fmt::format(" {}={}", name, value);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("the VFs of a real lspci dump are found with their registers", "[model]") {
  const Topology topology = good(capture("igb4-nvme7.lspci.zst"));
  CHECK(topology.functions.size() == 28);
  CHECK(count(topology, FunctionKind::Port) == 6);
  CHECK(count(topology, FunctionKind::Pf) == 3);
  CHECK(count(topology, FunctionKind::Vf) == 11);
  const int igb = topology.find("0000:01:00.0");
  CHECK(names(topology, topology.vfs(igb)) ==
        Names{"0000:01:10.0", "0000:01:10.2", "0000:01:10.4", "0000:01:10.6"});
  const PciFunction& pf = topology.functions[igb];
  CHECK(pf.texts.at("driver") == "igb");
  CHECK(pf.value("bus_master") == 1);
  CHECK(pf.value("vf_enable") == 1);
  CHECK(pf.value("num_vfs") == 4);
  CHECK(pf.value("total_vfs") == 8);
  CHECK(pf.value("first_vf_offset") == 128);
  CHECK(pf.value("vf_stride") == 2);
  CHECK(pf.value("ari") == 1);
  CHECK(pf.value("sriov_cap") == 0x160);
  CHECK(pf.value("pcie_cap") == 0xa0);
  CHECK(pf.value("pm_cap") == 0x40);
  CHECK(pf.value("has_flr") == 1);
  const int nvme = topology.find("0000:02:00.0");
  CHECK(topology.vfs(nvme).size() == 7);
  for (const int vf : topology.vfs(nvme)) {
    CHECK(topology.functions[vf].value("bus_master") == 0);
    CHECK(topology.functions[vf].texts.count("driver") == 0);
  }
  for (const int vf : topology.vfs(igb)) {
    CHECK(topology.functions[vf].value("bus_master") == 1);
    CHECK(topology.functions[vf].texts.at("driver") == "igbvf");
    CHECK(topology.functions[vf].value("vendor") == 0x8086);  // its own register reads ffff
    CHECK(topology.functions[vf].value("device") == 0x10ca);
  }
}

TEST_CASE("the ports of a real dump lead from the root port to the function", "[model]") {
  const Topology topology = good(capture("vfio-pf-2-vfs.lspci.zst"));
  const int pf = topology.find("0000:05:00.0");
  CHECK(names(topology, topology.upstream(pf)) ==
        Names{"0000:04:00.0", "0000:03:00.0", "0000:00:1c.2"});
  CHECK(topology.functions[topology.find("0000:03:00.0")].value("secondary") == 4);
  CHECK(topology.functions[topology.find("0000:03:00.0")].value("subordinate") == 6);
  CHECK(topology.functions[pf].texts.at("driver") == "vfio-pci");
  CHECK(topology.functions[topology.find("0000:00:00.0")].kind == FunctionKind::Other);
  REQUIRE(topology.vfs(pf).size() == 2);
  CHECK(names(topology, dependency_closure(topology, topology.vfs(pf)[1])) ==
        Names{"0000:00:1c.2", "0000:03:00.0", "0000:04:00.0", "0000:05:00.0", "0000:05:10.2"});
}

TEST_CASE("a PF whose VF Enable is clear has no VFs", "[model]") {
  const Topology topology = good(capture("no-vfs.lspci.zst"));
  CHECK(count(topology, FunctionKind::Vf) == 0);
  CHECK(topology.functions[topology.find("0000:01:00.0")].value("vf_enable") == 0);
  CHECK(topology.functions[topology.find("0000:01:00.0")].value("total_vfs") == 8);
}

TEST_CASE("lspci and sysfs dumps of one moment agree", "[model]") {
  for (const std::string name : {"igb4-nvme7", "igb4", "vfio-pf-2-vfs"}) {
    INFO(name);
    const Topology lspci_form = good(capture(name + ".lspci.zst"));
    const Topology sysfs_form = good(capture(name + ".sysfs.zst"));
    CHECK(facts(lspci_form) == facts(sysfs_form));
    CHECK(lspci_form.notes == sysfs_form.notes);
  }
}

TEST_CASE("a message of lspci among the lines of a dump is passed over", "[model]") {
  const Topology topology = good(capture("lspci-with-message.lspci.zst"));
  CHECK(count(topology, FunctionKind::Pf) > 0);
  std::string text = lspci({endpoint("00:00.0")});
  text.insert(text.find('\n') + 1, "pcilib: sysfs_read_vpd: read failed: No such device\n");
  CHECK(good(text).functions.size() == 1);
}

TEST_CASE("cut anywhere inside a function, a real dump is refused", "[model]") {
  for (const std::string name : {"igb4-nvme7.lspci.zst", "igb4-nvme7.sysfs.zst"}) {
    const std::string text = capture(name)->text;
    const bool is_lspci = name.find("lspci") != std::string::npos;
    // Odd steps, and around each place where a whole config space of 256 bytes ends.
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; at < text.size(); at += 997) cuts.push_back(at);
    for (std::size_t at = 0;
         (at = text.find(is_lspci ? "\n100: " : "00000100: ", at)) != std::string::npos; ++at) {
      cuts.push_back(text.rfind('\n', at + 1));
      cuts.push_back(text.rfind('\n', at + 1) + 1);
    }
    int inside = 0;
    for (const std::size_t at : cuts) {
      const std::string kept = text.substr(0, at);
      Diagnostics diagnostics;
      const auto topology = read_pci_dump(Source::make("cut", kept), diagnostics);
      CHECK(topology.has_value() == diagnostics.ok());
      const bool between = is_lspci ? kept.size() >= 2 && kept.substr(at - 2) == "\n\n"
                                    : text.substr(at, 7) == "device ";
      if (between) continue;
      ++inside;
      INFO(name << " cut at byte " << at);
      CHECK_FALSE(diagnostics.ok());
    }
    CHECK(inside > 300);
  }
}

TEST_CASE("cut between functions, a real dump shows it while VFs are missing", "[model]") {
  const std::string text = capture("igb4-nvme7.lspci.zst")->text;
  // After the igb PF and before its last VF, and likewise for nvme.
  for (const std::string next :
       {"0000:01:10.0", "0000:01:10.2", "0000:01:10.6", "0000:02:00.1", "0000:02:00.7"}) {
    CHECK(has(refused(text.substr(0, text.find("\n" + next) + 1)), "is not in the dump"));
  }
}

TEST_CASE("flipped bytes never break the reader", "[model]") {
  std::mt19937 random(20251211);
  for (const std::string name : {"igb4.lspci.zst", "igb4.sysfs.zst"}) {
    const std::string whole = capture(name)->text;
    for (int round = 0; round < 60; ++round) {
      std::string text = whole;
      const int flips = 1 << random() % 6;
      for (int i = 0; i < flips; ++i) {
        // Half of them keep the form of the text and change what config space says.
        const std::size_t at = random() % text.size();
        if (round % 2 == 0) {
          text[at] = static_cast<char>(random());
        } else if (text[at] >= '0' && text[at] <= '9') {
          text[at] = "0123456789abcdef"[random() % 16];
        }
      }
      Diagnostics diagnostics;
      const auto topology = read_pci_dump(Source::make("flipped", text), diagnostics);
      CHECK(topology.has_value() == diagnostics.ok());
      CHECK(diagnostics.render().find('\x1b') == std::string::npos);
      if (!topology) continue;
      const int size = static_cast<int>(topology->functions.size());
      for (const PciFunction& function : topology->functions) {
        CHECK(function.parent < size);
        CHECK((function.kind == FunctionKind::Vf) == (function.pf >= 0));
      }
      CHECK_FALSE(topology_dot(*topology).empty());
    }
  }
}
