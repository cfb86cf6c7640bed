// SPDX-License-Identifier: GPL-2.0-or-later
// Why counterexamples happen: slices that can be worked out by hand, and what is not in them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/command.h"

namespace luproof::command {
namespace {

using Json = nlohmann::json;

const std::string kRoot = LUPROOF_SOURCE_SPECS "/..";

Ran explain(const Folder& folder, const std::string& check, const std::string& options = "") {
  const Ran found = folder.run("check " + check + " --format json", kRoot);
  REQUIRE(found.status == 1);
  folder.write("run.json", found.out);
  return folder.run("explain '" + folder.path() + "/run.json' " + options, kRoot);
}

struct Told {
  Json all;
  std::set<std::string> events;   // of the visible steps that matter
  std::set<std::string> causes;   // "what = to" of what makes the end bad
  std::set<std::string> visible;  // events of all visible steps
};

Told told(const Folder& folder, const std::string& check) {
  const Ran ran = explain(folder, check, "--format json");
  INFO(ran.err << ran.out.substr(0, 3000));
  REQUIRE(ran.status == 0);
  Told result;
  result.all = Json::parse(ran.out);
  const auto name = [](const Json& row) {
    std::string text = row.at("event");
    for (const auto& arg : row.at("args")) text += " " + arg.get<std::string>();
    return text;
  };
  for (const auto& row : result.all.at("run"))
    if (row.at("visible") != 0) result.visible.insert(name(row));
  for (const auto& step : result.all.at("slice").at("steps"))
    if (const Json& row = result.all.at("run").at(step.get<std::size_t>() - 1);
        row.at("visible") != 0)
      result.events.insert(name(row));
  for (const auto& cause : result.all.at("slice").at("causes"))
    if (cause.contains("what"))
      result.causes.insert(cause.at("what").get<std::string>() + " = " +
                           cause.at("to").get<std::string>());
  CHECK(result.all.at("slice").at("certified") == true);
  CHECK(result.all.at("avoidance").at("known") == true);
  return result;
}

Json without(const Told& told, const std::string& event) {
  for (const auto& w : told.all.at("without"))
    if (told.all.at("run").at(w.at("step").get<std::size_t>() - 1).at("event") == event) return w;
  return nullptr;
}

}  // namespace

TEST_CASE("the tutorial's violation comes from the port and the claim, not from the PF", "[cli]") {
  Folder folder;
  const Told t = told(folder, "docs/tutorial/first.yaml --variant endpoint-only");
  CHECK(t.causes.count("function.bus_master[rp] = false") == 1);
  CHECK(t.causes.count("latched(owned-function)[vf0] = true") == 1);
  CHECK(t.causes.count("function.bus_master[pf0] = false") == 0);
  CHECK(t.events.count("pci_clear_master rp") == 1);
  CHECK(t.events.count("pci_clear_master pf0") == 0);
  // Without the clear of the port the reboot goes no further, and nothing is ever violated.
  const Json clear = without(t, "pci_clear_master");
  CHECK(clear.at("then") == "cannot happen");
  CHECK(clear.at("actor_goes_on") == false);
  CHECK(clear.at("update_ends") == false);
  // reboot has one way to go, once it has begun: it is too late from its first step on, and before
  // that too.
  CHECK(t.all.at("avoidance").at("too_late_after_step") == 0);
}

TEST_CASE("an explanation of the tutorial's run is the golden one", "[cli]") {
  Folder folder;
  const Ran ran = explain(folder, "docs/tutorial/first.yaml --variant endpoint-only");
  CHECK(ran.status == 0);
  CHECK(ran.out == Folder::read(std::string(LUPROOF_TEST_DIR) + "/cli/golden/explain-first.txt"));
}

TEST_CASE("as posted, the clear of the port is the cause", "[cli]") {
  Folder folder;
  const Told t = told(
      folder, "specs/designs/vfio-rfc-v1.yaml --variant as-posted --property vf-dma-continues");
  CHECK(t.causes.count("function.bus_master[rp] = false") == 1);
  CHECK(t.causes.count("latched(owned-function)[vf0] = true") == 1);
  CHECK(t.events.count("pci_clear_master rp") == 1);
  // That the device is frozen, its interrupts are switched off and its record is written changes
  // nothing for the port.
  CHECK(t.events.count("pci_clear_master pf0") == 0);
  for (const char* other : {"vfio_pci_liveupdate_prepare", "vfio_pci_liveupdate_freeze",
                            "vfio_pci_set_irqs_ioctl", "luo_freeze"}) {
    INFO(other);
    CHECK(t.events.count(other) == 0);
  }
}

TEST_CASE("today's idpf is explained by its reset, which nothing else can replace", "[cli]") {
  Folder folder;
  const Told t =
      told(folder, "specs/designs/idpf-lpc2025.yaml --variant today --property vf-reset");
  CHECK(t.events.count("idpf_trigger_reset pf0") == 1);
  CHECK(t.events.count("kexec") == 1);
  CHECK(t.events.count("pci_clear_master pf0") == 0);
  CHECK(t.events.count("idpf_probe") == 1);  // which asks for the reset
  CHECK(t.causes.count("function.reset_parity[vf0] = true") == 1);
  CHECK(without(t, "idpf_trigger_reset").at("then") == "cannot happen");
  // The update may still be finished before the work runs, so the VF is handed back in time.
  CHECK(t.all.at("avoidance").at("too_late_after_step") == t.all.at("run").size());
}

TEST_CASE("a clear at the first open is explained by the open, not by the shutdown", "[cli]") {
  Folder folder;
  const Told t = told(folder,
                      "specs/cases/cb-09-master-clear-at-first-open.yaml --variant before "
                      "--property vf-dma-continues");
  CHECK(t.causes.count("function.bus_master[vf0] = false") == 1);
  CHECK(t.events.count("pci_clear_master vf0") == 1);
  CHECK(t.events.count("pci_clear_master pf0") == 0);
  CHECK(t.events.count("vfio_bind vf0") == 1);
}

TEST_CASE("a deadlock is explained by who holds the lock", "[cli]") {
  Folder folder;
  const Told t = told(
      folder, "specs/cases/cb-43-reset-against-numvfs.yaml --variant before --property deadlock");
  CHECK(t.all.at("slice").at("stuck") == Json{"somebody"});
  CHECK(t.causes == std::set<std::string>{"function.device_mutex[pf0] = administrator"});
  CHECK(t.all.at("without").empty());
}

TEST_CASE("what cannot be explained says why", "[cli]") {
  Folder folder;
  const std::string check = "docs/tutorial/first.yaml --variant endpoint-only";
  folder.write("run.json", folder.run("check " + check + " --format json", kRoot).out);
  Json root = Json::parse(Folder::read(folder.path() + "/run.json"));
  const auto says = [&](const std::string& arguments, const std::string& what, int status) {
    const Ran ran = folder.run("explain " + arguments, kRoot);
    INFO(ran.err);
    CHECK(ran.status == status);
    CHECK(ran.err.find(what) != std::string::npos);
  };
  says("nowhere.json", "nowhere.json", 2);
  says("'" + folder.path() + "/run.json' --property vf-reset", "no run in it is the one", 2);
  for (auto& p : root.at("properties"))
    if (!p.at("run").empty()) p["run"].erase(p["run"].size() - 1);
  folder.write("short.json", root.dump());
  says("'" + folder.path() + "/short.json'", "does not violate 'vf-dma-continues'", 2);
  const Ran cut = folder.run("explain '" + folder.path() + "/run.json' --timeout 0.000001", kRoot);
  CHECK(cut.status == 3);
  CHECK(cut.out.find("not known") != std::string::npos);
  CHECK(cut.out.find("no visible step matters") == std::string::npos);  // nobody has looked
}

}  // namespace luproof::command
