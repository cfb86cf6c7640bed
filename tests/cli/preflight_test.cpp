// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof preflight` as an operator meets it: on dumps of real kernels, of which one capture shows
// what the kexec then did, and on a made-up sysfs.
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/source.h"
#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
using nlohmann::json;
namespace fs = std::filesystem;

const fs::path kRoot = fs::path(LUPROOF_SOURCE_SPECS).parent_path();
const std::string kIgb = "tests/captures/topology/igb4.lspci.zst";
const std::string kNvme = "tests/captures/rig61/before.lspci.zst";  // the smallest, 7 VFs

Ran preflight(const std::string& arguments) {
  return Folder().run("preflight --specs specs " + arguments, kRoot.string());
}

json reading(const std::string& arguments) {
  const Ran ran = preflight("--format json " + arguments);
  INFO(ran.err);
  const json all = json::parse(ran.out, nullptr, false);
  REQUIRE(all.is_object());
  CHECK(command::Schema("preflight.schema.json").problems(all) == std::vector<std::string>{});
  REQUIRE(all.at("readings").size() == 1);
  return all.at("readings").at(0);
}

const json* loss_of(const json& report, const std::string& property) {
  for (const json& loss : report.at("losses"))
    if (loss.at("property") == property) return &loss;
  return nullptr;
}

bool remarks(const json& report, const std::string& kind, const std::string& setting) {
  for (const json& remark : report.at("remarks"))
    if (remark.at("kind") == kind && remark.at("setting") == setting) return true;
  return false;
}

// A host as sysfs shows it, made from a dump: a PF, its VFs and the port above. `bytes`: of
// configuration space, 64 as for everybody.
class Host {
 public:
  explicit Host(std::size_t bytes) {
    model::Diagnostics diagnostics;
    const auto dump =
        model::read_source((kRoot / "tests/captures/topology/igb4.sysfs.zst").string(),
                           std::size_t{64} << 20, diagnostics);
    REQUIRE(dump);
    std::istringstream lines(dump->text);
    std::string address, config;
    const auto end = [&] {
      if (counts(address)) folder_.write(device(address) + "/config", config.substr(0, bytes));
      config.clear();
    };
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("device ", 0) == 0) {
        end();
        address = line.substr(7, line.find(' ', 7) - 7);
      } else if (line.rfind("    ", 0) == 0) {
        for (std::size_t at = 14; at < 14 + 16 * 3; at += 3)
          config += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
      } else if (line != "  config:") {
        attribute(address, line.substr(2));
      }
    }
    end();
    folder_.write("sys/kernel/kexec_loaded", "1\n");
    folder_.write("proc/cmdline", "root=/dev/vda quiet\n");
  }

  void write(const std::string& file, const std::string& text) const { folder_.write(file, text); }
  static std::string device(const std::string& address) { return "sys/bus/pci/devices/" + address; }
  void link(const std::string& address, const std::string& name, const std::string& to) const {
    const fs::path at = fs::path(folder_.path()) / device(address) / name;
    fs::create_directories(at.parent_path());
    fs::remove(at);
    fs::create_symlink("../" + to, at);
  }
  std::string sysfs() const { return "--sysfs " + folder_.path() + "/sys "; }

 private:
  static bool counts(const std::string& address) {
    return address == "0000:00:1c.0" || address.rfind("0000:01:", 0) == 0;
  }
  void attribute(const std::string& address, const std::string& line) {
    if (!counts(address)) return;
    const std::string name = line.substr(0, line.find(' '));
    const std::string value = line.substr(std::min(name.size() + 1, line.size()));
    if (name == "driver" || name == "physfn" || name.rfind("virtfn", 0) == 0)
      link(address, name, value);
    else if (name.rfind("sriov_", 0) == 0 || name == "power_state")
      folder_.write(device(address) + "/" + name, value + "\n");
  }

  Folder folder_;
};

}  // namespace

TEST_CASE("preflight of a stock kernel names the step that the capture of its kexec shows",
          "[cli][preflight]") {
  // The same machine with NVMe beside it; s3 is what happened to it then.
  const json report = reading("--topology tests/captures/topology/igb4-nvme7.lspci.zst --keep all");
  CHECK(report.at("verdict") == "not ready");
  const json* const dma = loss_of(report, "vf-dma-continues");
  REQUIRE(dma);
  // VFs of NVMe are not masters of the bus, so they have no DMA to lose.
  CHECK(dma->at("functions").size() == 4);
  const std::string first = dma->at("functions").at(0);
  const json last = dma->at("run").back();
  CHECK(last.at("event") == "pci_clear_master");
  CHECK(last.at("args") == json::array({first}));
  CHECK(last.at("cite").at(0) == "linux-7.3.4");
  std::istringstream capture(Folder::read(kRoot / "tests/captures/s3/new.bootmap.trace.txt"));
  std::string line;
  for (int i = 0; i < 400; ++i) std::getline(capture, line);
  CHECK(line.find("pci_clear_master:") != std::string::npos);
  CHECK(line.find("dev=" + first) != std::string::npos);
  std::size_t gone = 0;
  for (const json& loss : report.at("losses"))
    if (loss.at("property") == "vf-exists") gone += loss.at("functions").size();
  CHECK(gone == 11);
}

TEST_CASE("preflight names the bridge that a design forgets, and a ready host",
          "[cli][preflight]") {
  const std::string on = "--design host-with-skips --topology " + kNvme + " --keep all --variant ";
  const json bare = reading(on + "no-bridge-rule");
  const json* const dma = loss_of(bare, "vf-dma-continues");
  REQUIRE(dma);
  CHECK(dma->at("step") == "pci_clear_master(0000:00:1c.0)");
  CHECK(dma->at("changes") == json::array({"function.bus_master[0000:00:1c.0]: true -> false"}));
  CHECK(bare.at("lost").size() == 7);

  const json bridges = reading(on + "with-bridge-rule");
  REQUIRE(loss_of(bridges, "vf-exists"));
  CHECK(loss_of(bridges, "vf-exists")->at("step") == "vf_enable_clear(0000:01:00.0)");

  const Ran ready = preflight(on + "with-adoption");
  CHECK(ready.status == 0);
  CHECK(ready.out.find("READY, if what is assumed below is so: of 7 functions to be kept none is "
                       "lost") != std::string::npos);
  // The dump has no drivers, so what that of the PF does is not taken for known.
  CHECK(ready.out.find("pf-driver of 0000:01:00.0: the driver of the PF leaves") !=
        std::string::npos);
}

TEST_CASE("preflight says which setting a loss hangs on", "[cli][preflight]") {
  const std::string on = "--design host-with-skips --topology " + kNvme + " --keep 0000:01:00.2 ";
  const json moved =
      reading(on + "--variant with-drivers --append 'quiet pci=assign-busses,noari ro'");
  const json* const bus = loss_of(moved, "bdf-changed");
  REQUIRE(bus);
  CHECK(bus->at("hangs_on") == json::array({"assign-busses"}));
  CHECK(bus->at("changes").at(0) == "port.secondary[0000:00:1c.0]: 1 -> 0");
  CHECK(moved.at("lost") == json::array({"0000:01:00.2"}));
  // Words that only look like it change nothing.
  CHECK(reading(on + "--variant with-drivers --append 'pci=assign-bussesx xpci=assign-busses'")
            .at("verdict") == "ready");
  CHECK(reading(on + "--variant with-bus-numbers --append pci=assign-busses").at("verdict") ==
        "ready");
}

TEST_CASE("preflight reads a live host, with and without root", "[cli][preflight]") {
  for (const std::size_t bytes : {64, 4096}) {
    INFO(bytes);
    const Host host(bytes);
    host.link("0000:01:10.4", "driver", "vfio-pci");
    const json report = reading(host.sysfs() + "--design host-with-skips --variant no-bridge-rule");
    // The one VF that a guest can have.
    CHECK(report.at("kept") == json::array({"0000:01:10.4"}));
    REQUIRE(loss_of(report, "vf-dma-continues"));
    CHECK(loss_of(report, "vf-dma-continues")->at("step") == "pci_clear_master(0000:00:1c.0)");
    CHECK(remarks(report, "read", "assign-busses"));
    CHECK(remarks(report, "read", "kexec-loaded"));
    bool small = false;
    for (const json& remark : report.at("remarks"))
      small = small || remark.at("text").get<std::string>().find("64 bytes") != std::string::npos;
    CHECK(small == (bytes == 64));
  }
}

TEST_CASE("what a host says changes the verdict", "[cli][preflight]") {
  const Host host(4096);
  const std::string on = host.sysfs() + "--keep 0000:01:10.0 --design host-with-skips --variant ";
  CHECK(reading(on + "with-adoption").at("verdict") == "ready");

  host.link("0000:01:00.0", "driver", "ice");
  const json stops = reading(on + "with-adoption");
  REQUIRE(loss_of(stops, "vf-exists"));
  CHECK(loss_of(stops, "vf-exists")->at("step") == "vf_enable_clear(0000:01:00.0)");
  CHECK(loss_of(stops, "vf-exists")->at("hangs_on") == json::array({"pf-driver"}));
  CHECK(reading(on + "with-drivers").at("verdict") == "ready");

  fs::remove(fs::path(host.sysfs().substr(8, host.sysfs().size() - 9)) / "kernel/kexec_loaded");
  const Ran no_kexec = preflight(on + "with-drivers");
  CHECK(no_kexec.status == 1);
  CHECK(no_kexec.out.find("NOT READY: of 1 function to be kept none is lost, but there are "
                          "problems") != std::string::npos);
  CHECK(no_kexec.out.find("kexec-loaded: absent; this kernel has no kexec") != std::string::npos);
}

TEST_CASE("a VF that sleeps is woken up and comes back reset, or not", "[cli][preflight]") {
  const Host host(4096);
  const std::string on = host.sysfs() + "--keep 0000:01:10.0 --design host-with-skips --variant ";
  host.write(Host::device("0000:01:10.0") + "/power_state", "D3cold\n");
  const json report = reading(on + "with-drivers");
  REQUIRE(loss_of(report, "vf-reset"));
  CHECK(loss_of(report, "vf-reset")->at("step") == "pci_power_up(itself)");
  CHECK(loss_of(report, "vf-reset")->at("hangs_on") == json::array({"power"}));
}

TEST_CASE("preflight refuses what it cannot place", "[cli][preflight]") {
  const auto refused = [](const std::string& arguments, const std::string& says) {
    const Ran ran = preflight(arguments);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.find(says) != std::string::npos);
  };
  const std::string dump = "--topology " + kIgb + " ";
  refused(dump + "--keep 0000:09:00.0", "--keep 0000:09:00.0: no such function");
  refused(dump + "--keep 0000:00:1c.0", "--keep 0000:00:1c.0: a bridge has no guest");
  refused(dump, "no VF of " + kIgb + " is bound to vfio-pci");
  refused("--topology tests/captures/topology/no-vfs.lspci.zst --keep all", "has no VF");
  refused("--topology tests/captures/topology/no-vfs.lspci.zst --keep all",
          "--keep ADDRESS keeps a function that is no VF");
  refused(dump + "--keep all --design pci-v9", "has no cell 'to_keep'");
  refused(dump + "--keep all --design host-with-skip", "did you mean 'host-with-skips'?");
  refused(dump + "--keep all --settings README.md", "README.md");
  refused("--sysfs tests --keep all", "tests/bus/pci/devices");
}

TEST_CASE("a preflight that is stopped cannot tell", "[cli][preflight]") {
  const Ran ran = preflight("--topology " + kNvme +
                            " --keep all --design host-with-skips --variant with-adoption "
                            "--timeout 0.001");
  CHECK(ran.status == 3);
  CHECK(ran.out.rfind("host-with-skips, variant with-adoption on " + kNvme, 0) == 0);
  CHECK(ran.out.find("CANNOT TELL: of 7 functions to be kept none is known to be lost") !=
        std::string::npos);
  CHECK(ran.out.find("Not decided") != std::string::npos);
}

TEST_CASE("the reports of preflight", "[cli][preflight]") {
  const std::string on = "--design host-with-skips --variant no-bridge-rule --topology " + kIgb +
                         " --keep all --append pci=noari";
  const fs::path golden = fs::path(LUPROOF_TEST_DIR) / "cli/golden";
  const std::string text = preflight(on).out;
  CHECK(text == Folder::read(golden / "preflight-igb.txt"));
  CHECK(preflight(on + " --format markdown").out == Folder::read(golden / "preflight-igb.md"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    std::size_t columns = 0;
    for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    // A command stays one piece.
    CHECK((columns <= 100 || line.find("again:") != std::string::npos));
  }
}

}  // namespace luproof
