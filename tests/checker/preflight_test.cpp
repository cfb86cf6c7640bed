// SPDX-License-Identifier: GPL-2.0-or-later
// Parts of a machine: what is left out, what is told, and that a verdict does not hang on how a
// machine is cut.
#include "checker/preflight.h"

#include <catch2/catch.hpp>

#include "model/edit.h"

namespace luproof::checker {
namespace {

model::Topology machine(const std::set<std::string>& kept) {
  model::Diagnostics diagnostics;
  const auto dump = model::read_source(LUPROOF_TEST_DIR "/captures/topology/igb4.lspci.zst",
                                       std::size_t{64} << 20, diagnostics);
  REQUIRE(dump);
  auto topology = model::read_pci_dump(dump, diagnostics);
  REQUIRE(topology);
  for (model::PciFunction& function : topology->functions) {
    const bool is = kept.count(function.name) > 0;
    function.values["to_keep"] = is;
    function.values["owned"] = is;
  }
  // A port, a PF with four VFs, and two functions that have nothing to do with them.
  std::vector<int> few;
  for (std::size_t i = 0; i < topology->functions.size(); ++i) {
    const std::string& name = topology->functions[i].name;
    if (name.rfind("0000:01:", 0) == 0 || name == "0000:00:1c.0" || name == "0000:00:00.0" ||
        name == "0000:00:1f.2")
      few.push_back(static_cast<int>(i));
  }
  REQUIRE(few.size() == 8);
  return part_of(*topology, few);
}

const std::set<std::string> kThree = {"0000:01:10.0", "0000:01:10.4", "0000:01:10.6"};

struct Told {
  std::map<std::string, std::set<std::string>> lost;  // property -> functions, one by one
  std::vector<LeftOut> left_out;                      // of groups
  std::size_t groups = 0, details = 0, without = 0;
};

Told ask(const std::string& variant, std::size_t whole, std::size_t group,
         const std::vector<MachineVersion>& without = {}, const Limits& limits = {}) {
  MachineQuestion question;
  question.path = LUPROOF_SOURCE_SPECS "/designs/host-with-skips.yaml";
  question.load.specs = LUPROOF_SOURCE_SPECS;
  question.reading.variant = variant;
  question.machine.topology = machine(kThree);
  question.without = without;
  question.whole = whole;
  question.group = group;
  const auto& functions = question.machine.topology.functions;
  for (std::size_t i = 0; i < functions.size(); ++i)
    if (kThree.count(functions[i].name)) question.kept.push_back(static_cast<int>(i));
  Told told;
  CheckOptions options;
  options.needs = false;
  model::Diagnostics diagnostics;
  const bool fine = ask_machine(
      question, options, limits,
      [&](const MachineAnswer& answer) {
        CHECK(answer.checked.broken.empty());
        if (answer.without) return void(++told.without);
        ++(answer.detail ? told.details : told.groups);
        if (!answer.detail) told.left_out.push_back(answer.left_out);
        for (const Finding& finding : answer.checked.findings)
          if (answer.detail && finding.verdict == Verdict::Violated)
            told.lost[finding.property].insert(functions[answer.kept.front()].name);
      },
      diagnostics);
  INFO(diagnostics.render());
  CHECK(fine);
  return told;
}

}  // namespace

TEST_CASE("the machine as a whole and in parts loses the same", "[checker][preflight]") {
  const Told whole = ask("no-bridge-rule", 40, 16), parts = ask("no-bridge-rule", 0, 2);
  CHECK(whole.groups == 1);
  CHECK(parts.groups == 2);
  CHECK(whole.lost == parts.lost);
  CHECK(whole.lost.at("vf-dma-continues") == kThree);
  // The parts are without what is neither kept, nor a port, nor a PF.
  REQUIRE(whole.left_out.size() == 1);
  CHECK(whole.left_out[0].kept + whole.left_out[0].vfs + whole.left_out[0].others == 0);
  REQUIRE(parts.left_out.size() == 2);
  CHECK(parts.left_out[0].kept == 1);
  CHECK(parts.left_out[1].kept == 2);
  CHECK(parts.left_out[0].vfs == 1);
  CHECK(parts.left_out[0].others == 2);
}

TEST_CASE("nobody is asked alone where a group loses nothing", "[checker][preflight]") {
  for (const std::size_t whole : {0, 40}) {
    const Told told = ask("with-adoption", whole, 16);
    CHECK(told.groups == 1);
    CHECK(told.details == 0);
    CHECK(told.lost.empty());
  }
}

TEST_CASE("a loss is asked again without each setting", "[checker][preflight]") {
  CHECK(ask("with-adoption", 0, 16, {{"a", machine(kThree), {}}}).without == 0);
  // One function stands for all that lose a property.
  CHECK(ask("no-bridge-rule", 0, 16, {{"a", machine(kThree), {}}, {"b", machine(kThree), {}}})
            .without == 2);
}

TEST_CASE("a search of a machine that is out of time asks nothing more", "[checker][preflight]") {
  Limits over;
  over.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const Told told = ask("no-bridge-rule", 0, 1, {}, over);
  CHECK(told.groups + told.details + told.without == 0);
}

}  // namespace luproof::checker
