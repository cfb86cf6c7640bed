// SPDX-License-Identifier: GPL-2.0-or-later
// From the functions of a dump to a topology, and whether they fit together. A dump that was cut
// between two functions is well-formed text; it shows only in what the rest says: a PF that counts
// more VFs than there are, a VF without its PF, a bus without the bridge to it.
#include "model/pci_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace luproof::model {

namespace {

constexpr std::int64_t kNoId = 0xffff;  // vendor and device ID of a VF

// values by the name of the sysfs attribute, for functions whose registers the dump does not have
constexpr std::pair<const char*, const char*> kSysfsValues[] = {
    {"totalvfs", "total_vfs"},
    {"numvfs", "num_vfs"},
    {"offset", "first_vf_offset"},
    {"stride", "vf_stride"},
};

constexpr const char* kCutHint =
    "the dump was cut between functions, or taken of some devices only";

class Assembler {
 public:
  Assembler(std::vector<DumpFunction> dump, std::vector<ConfigFacts> facts,
            Diagnostics& diagnostics)
      : dump_(std::move(dump)), facts_(std::move(facts)), diagnostics_(diagnostics) {}

  Topology assemble() {
    for (std::size_t i = 0; i < dump_.size(); ++i) classify(i);
    for (std::size_t i = 0; i < dump_.size(); ++i) hang(i);
    for (std::size_t i = 0; i < dump_.size(); ++i) {
      if (functions_[i].kind == FunctionKind::Pf) claim_vfs(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < dump_.size(); ++i) check_unclaimed(i);
    note_sizes();
    note_empty_buses();
    Topology topology = make_topology(std::move(functions_), diagnostics_);
    topology.notes = std::move(notes_);
    return topology;
  }

 private:
  void error(std::size_t i, std::string message, std::string hint = {}) {
    diagnostics_.error(dump_[i].span, std::move(message), std::move(hint));
  }
  void note(std::string text) { notes_.push_back(std::move(text)); }

  void classify(std::size_t i) {
    const DumpFunction& source = dump_[i];
    PciFunction& function = functions_.emplace_back();
    by_address_.emplace(source.bdf, static_cast<int>(i));
    function.name = source.bdf.text();
    function.bdf = source.bdf;
    function.span = source.span;
    function.values = facts_[i].values;
    if (!source.driver.empty()) function.texts["driver"] = source.driver;
    if (!facts_[i].answers) {
      note(fmt::format("{} does not answer: its config space reads all ones", function.name));
      return;
    }
    const std::int64_t header_type = function.values.at("header_type");
    if (header_type > 2) {
      error(i, fmt::format("{} has the unknown header type {}", function.name, header_type));
    } else if (header_type > 0) {
      function.kind = FunctionKind::Port;
      take_buses(function);
    } else if (function.values.count("sriov_cap") > 0) {
      function.kind = FunctionKind::Pf;
    } else if (source.sriov.count("totalvfs") > 0) {
      function.kind = FunctionKind::Pf;
      for (const auto& [attribute, value] : kSysfsValues) {
        const auto found = source.sriov.find(attribute);
        if (found != source.sriov.end()) function.values[value] = found->second;
      }
      const auto enabled = source.sriov.find("numvfs");
      function.values["vf_enable"] = enabled != source.sriov.end() && enabled->second > 0 ? 1 : 0;
    }
  }

  void take_buses(PciFunction& port) {
    const std::int64_t secondary = port.values.at("secondary");
    if (secondary == 0) {
      note(fmt::format("{} is a bridge without bus numbers", port.name));
      port.values.erase("secondary");
      port.values.erase("subordinate");
      return;
    }
    const auto bus = static_cast<std::uint8_t>(secondary);
    port_to_.emplace(std::pair(port.bdf.domain, bus), by_address_.at(port.bdf));
  }

  void hang(std::size_t i) {
    const Bdf& bdf = dump_[i].bdf;
    const auto port = port_to_.find({bdf.domain, bdf.bus});
    if (port == port_to_.end()) return;
    functions_[i].parent = port->second;
    used_ports_[port->second] = true;
  }

  void claim_vfs(int pf) {
    if (dump_[pf].sriov.count("numvfs") > 0) {
      claim_by_links(pf);
    } else if (functions_[pf].value("vf_enable") == 1) {
      claim_by_registers(pf);
    }
  }

  // sysfs names each VF.
  void claim_by_links(int pf) {
    const PciFunction& function = functions_[pf];
    const std::int64_t count = dump_[pf].sriov.at("numvfs");
    if (static_cast<std::int64_t>(dump_[pf].virtfns.size()) != count) {
      error(pf, fmt::format("sriov_numvfs of {} is {}, but {} virtfn links are given",
                            function.name, count, dump_[pf].virtfns.size()));
      return;
    }
    const std::int64_t in_hardware =
        function.value("vf_enable") == 1 ? function.value("num_vfs").value_or(0) : 0;
    if (in_hardware != count) {
      note(fmt::format("{} has {} VFs in its registers and {} in the kernel", function.name,
                       in_hardware, count));
    }
    for (const auto& [index, bdf] : dump_[pf].virtfns) {
      const auto found = by_address_.find(bdf);
      if (found == by_address_.end()) {
        error(pf,
              fmt::format("VF {} of {} at {} is not in the dump", index, function.name, bdf.text()),
              kCutHint);
      } else if (dump_[found->second].physfn != function.bdf) {
        error(found->second, fmt::format("{} is VF {} of {}, but its physfn does not say so",
                                         bdf.text(), index, function.name));
      } else {
        claim(found->second, pf, index);
      }
    }
  }

  void claim_by_registers(int pf) {
    const PciFunction& function = functions_[pf];
    const auto number = [&](const char* name) {
      return static_cast<int>(function.value(name).value_or(0));
    };
    const int count = number("num_vfs");
    if (count > number("total_vfs")) {
      error(pf, fmt::format("NumVFs of {} is {}, but its TotalVFs is {}", function.name, count,
                            number("total_vfs")));
      return;
    }
    // The first VF that is missing ends the search, so the work is bounded by the dump's size.
    for (int k = 0; k < count; ++k) {
      const std::optional<Bdf> bdf =
          vf_address(function.bdf, number("first_vf_offset"), number("vf_stride"), k);
      const auto found = bdf ? by_address_.find(*bdf) : by_address_.end();
      if (found == by_address_.end()) {
        error(pf,
              fmt::format("VF Enable of {} is set and NumVFs is {}, but VF {}{} is not in the "
                          "dump",
                          function.name, count, k, bdf ? " at " + bdf->text() : ""),
              kCutHint);
        return;
      }
      if (!claim(found->second, pf, k)) return;
    }
  }

  bool claim(int index, int pf, int vf_index) {
    PciFunction& vf = functions_[index];
    if (vf.kind != FunctionKind::Other) {
      error(pf,
            fmt::format("VF {} of {} would be at {}, which is {}", vf_index, functions_[pf].name,
                        vf.name, vf.kind == FunctionKind::Vf ? "another VF" : "no VF"));
      return false;
    }
    vf.kind = FunctionKind::Vf;
    vf.pf = pf;
    vf.vf_index = vf_index;
    vf.parent = -1;  // follows from the PF; its own bus may have no bridge of its own
    // A VF's own registers read ffff.
    for (const auto& [own, of_pf] : {std::pair("vendor", "vendor"), {"device", "vf_device"}}) {
      const std::optional<std::int64_t> id = functions_[pf].value(of_pf);
      if (id && facts_[index].answers) vf.values[own] = *id;
    }
    return true;
  }

  void check_unclaimed(std::size_t i) {
    const PciFunction& function = functions_[i];
    if (function.kind == FunctionKind::Vf) return;
    if (dump_[i].physfn) {
      error(i,
            fmt::format("{} has the physfn {}, which does not count it among its VFs",
                        function.name, dump_[i].physfn->text()),
            kCutHint);
      return;
    }
    if (function.kind != FunctionKind::Other || function.value("vendor") != kNoId ||
        function.value("device") != kNoId) {
      return;
    }
    if (dump_[i].config.size() == kExtended) {
      error(i, fmt::format("{} reads as a VF, but no PF of the dump has a VF there", function.name),
            kCutHint);
    } else {
      note(fmt::format("{} reads as a VF, but SR-IOV of its PF cannot be seen", function.name));
    }
  }

  void note_sizes() {
    std::size_t largest = 0;
    for (const DumpFunction& function : dump_) largest = std::max(largest, function.config.size());
    if (largest == kHeaderOnly) {
      note(
          "no capabilities: the dump has 64 bytes of config space (lspci -x, or not taken as "
          "root)");
    }
    if (largest < kExtended) {
      note("no extended config space: SR-IOV cannot be seen (use lspci -xxxx)");
      return;
    }
    for (std::size_t i = 0; i < dump_.size(); ++i) {
      if (dump_[i].config.size() == kExtended || functions_[i].values.count("pcie_cap") == 0)
        continue;
      note(fmt::format("no extended config space of {}: SR-IOV cannot be seen there",
                       functions_[i].name));
    }
  }

  void note_empty_buses() {
    for (const auto& [key, port] : port_to_) {
      if (used_ports_.count(port) > 0) continue;
      note(fmt::format("nothing is on bus {:02x} behind {}: an empty slot, or the dump was cut",
                       key.second, functions_[port].name));
    }
  }

  std::vector<DumpFunction> dump_;
  std::vector<ConfigFacts> facts_;
  Diagnostics& diagnostics_;
  std::vector<PciFunction> functions_;  // same indices as dump_
  std::vector<std::string> notes_;
  std::map<Bdf, int> by_address_;
  std::map<std::pair<std::uint32_t, std::uint8_t>, int> port_to_;  // domain, bus -> bridge to it
  std::map<int, bool> used_ports_;
};

enum class Form { Lspci, Sysfs, Unknown };

Form form_of(const Source& source) {
  int line = 1;
  while (is_tool_message(source.line(line))) ++line;
  const std::string_view first = source.line(line);
  if (first.substr(0, 7) == "device ") return Form::Sysfs;
  return Bdf::parse(first.substr(0, first.find(' '))) ? Form::Lspci : Form::Unknown;
}

// lspci and sysfs may have another order.
void sort_by_address(std::vector<DumpFunction>& dump) {
  std::sort(dump.begin(), dump.end(),
            [](const DumpFunction& a, const DumpFunction& b) { return a.bdf < b.bdf; });
}

// False: an address occurs twice, which libpci would not mind.
bool check_unique(const std::vector<DumpFunction>& dump, Diagnostics& diagnostics) {
  std::map<Bdf, int> lines;
  bool unique = true;
  for (const DumpFunction& function : dump) {
    const auto [first, fresh] = lines.emplace(function.bdf, function.span.line);
    if (fresh) continue;
    diagnostics.error(function.span, fmt::format("{} is in the dump twice", function.bdf.text()),
                      fmt::format("the first one is in line {}", first->second));
    unique = false;
  }
  return unique;
}

// A sysfs dump has no mark after a function, so a last one of 256 bytes may be one of 4096 that was
// cut there. A PCIe function has 4096 unless the machine hides them, and then it hides them of all.
bool check_last(const std::vector<DumpFunction>& dump, const std::vector<ConfigFacts>& facts,
                const Bdf& last, Diagnostics& diagnostics) {
  bool suspicious = false;
  bool others_hidden = false;
  bool others_extended = false;
  for (std::size_t i = 0; i < dump.size(); ++i) {
    const bool extended = dump[i].config.size() == kExtended;
    const bool hidden = !extended && facts[i].values.count("pcie_cap") > 0;
    if (dump[i].bdf == last) {
      suspicious = hidden;
    } else {
      others_hidden = others_hidden || hidden;
      others_extended = others_extended || extended;
    }
  }
  if (!suspicious || (others_hidden && !others_extended)) return true;
  const SourcePtr& source = dump.front().span.source;
  diagnostics.error({source, static_cast<int>(source->line_starts.size()), 1, 1},
                    fmt::format("the dump ends inside {}: a PCIe function has 4096 bytes of config "
                                "space, not 256",
                                last.text()),
                    "if the machine has no extended config space, use lspci -D -vvv -nn -xxxx");
  return false;
}

}  // namespace

std::optional<Topology> assemble_dump(std::vector<DumpFunction> dump, Diagnostics& diagnostics) {
  const int errors_before = diagnostics.errors();
  if (!check_unique(dump, diagnostics)) return std::nullopt;
  sort_by_address(dump);
  std::optional<std::vector<ConfigFacts>> facts = decode_config(dump, diagnostics);
  if (!facts) return std::nullopt;
  Topology topology = Assembler(std::move(dump), std::move(*facts), diagnostics).assemble();
  if (diagnostics.errors() > errors_before) return std::nullopt;
  return topology;
}

std::optional<Topology> read_pci_dump(const SourcePtr& source, Diagnostics& diagnostics) {
  const int errors_before = diagnostics.errors();
  const Form form = form_of(*source);
  if (form == Form::Unknown) {
    diagnostics.error({source, 1, 1, 1}, "this is neither lspci text nor a sysfs dump",
                      "use the output of lspci -D -vvv -nn -xxxx, taken as root");
    return std::nullopt;
  }
  if (source->text.back() != '\n') {
    const int last = static_cast<int>(source->line_starts.size());
    diagnostics.error({source, last, 1, static_cast<int>(source->line(last).size())},
                      "the dump ends inside a line");
    return std::nullopt;
  }
  std::vector<DumpFunction> dump = form == Form::Lspci ? read_lspci_text(source, diagnostics)
                                                       : read_sysfs_text(source, diagnostics);
  if (diagnostics.errors() > errors_before || !check_unique(dump, diagnostics)) return std::nullopt;
  const Bdf last = dump.back().bdf;
  sort_by_address(dump);
  std::optional<std::vector<ConfigFacts>> facts = decode_config(dump, diagnostics);
  if (!facts) return std::nullopt;
  if (form == Form::Sysfs && !check_last(dump, *facts, last, diagnostics)) return std::nullopt;
  Topology topology = Assembler(std::move(dump), std::move(*facts), diagnostics).assemble();
  if (diagnostics.errors() > errors_before) return std::nullopt;
  return topology;
}

}  // namespace luproof::model
