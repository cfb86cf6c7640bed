// SPDX-License-Identifier: GPL-2.0-or-later
// What goes to other tools has the states of what the explorer walks, and nothing of a name gets
// out of the place that it is put in.
#include <catch2/catch.hpp>
#include <regex>

#include "checker/explorer/explorer.h"
#include "checker/export/export.h"
#include "checker/export/names.h"
#include "checker/export/updates.h"
#include "checker/export/walk.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker::exporter {
namespace {

struct Lowered {
  explicit Lowered(const std::string& text)
      : model(*load_text(text)), layout(model), system(ground(model, layout, {}, diagnostics)) {
    REQUIRE(system);
    program = lower(*system, {});
  }
  const Goal& goal(const std::string& name) const {
    const auto at = std::find_if(program.goals.begin(), program.goals.end(),
                                 [&](const Goal& g) { return g.shown == name; });
    REQUIRE(at != program.goals.end());
    return *at;
  }
  std::string written(const std::string& target) const {
    return find_target(target)->write(program).text;
  }

  model::Model model;
  model::Layout layout;
  model::Diagnostics diagnostics;
  std::unique_ptr<System> system;
  Program program;
};

const char* const kSwap = R"(design: swap
state:
  hardware:
    left: int 0..3 = 1
    right: int 0..3 = 2
    fixed: int 0..3 = 3
    switched: bool = false
events:
  swap:
    when: left != right
    do: |
      left = right
      right = 3 - left
  never: {when: switched, do: fixed = 0}
properties:
  stays-apart:
    never: left == right
)";

const char* const kLifecycle = R"(design: small
entities:
  device: {members: [d1, d2]}
state:
  hardware:
    phase: int 0..2 = 0
    device.saved: bool = false
events:
  save(device d): {when: phase == 0 and not d.saved, do: d.saved = true}
  go: {when: phase == 0, do: phase = 1}
  end: {when: phase == 1, do: phase = 2}
properties:
  all-saved:
    never: phase == 2 and device.exists(d, not d.saved)
)";

}  // namespace

TEST_CASE("an exported program has the states and the verdicts of the explorer", "[checker]") {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Lowered l(RandomSpec(seed).text());
    Limits limits;
    limits.bound = 60;
    ExploreOptions every;
    every.symmetry = false;
    const Outcome outcome = explore(*l.system, every, limits);
    if (!outcome.statistics.exhausted || outcome.statistics.states > 3000) continue;
    const auto walked = walk(l.program, 3000);
    INFO("seed " << seed);
    REQUIRE(walked);
    ++compared;
    CHECK(walked->states.size() == outcome.statistics.states);
    for (std::size_t g = 0; g < l.program.goals.size(); ++g) {
      const Goal& goal = l.program.goals[g];
      if (goal.kind == GoalKind::Exhausted) {
        CHECK(static_cast<bool>(walked->reached[g]) == outcome.statistics.pool_exhausted);
        continue;
      }
      const bool violated =
          std::any_of(outcome.findings.begin(), outcome.findings.end(), [&](const Finding& f) {
            return f.verdict == Verdict::Violated &&
                   (goal.property >= 0 ? f.index == goal.property : f.property == goal.shown);
          });
      INFO(goal.shown);
      CHECK((goal.kind == GoalKind::Possible ? !walked->reached[g] : !!walked->reached[g]) ==
            violated);
    }
  }
  CHECK(compared >= 10);
}

TEST_CASE("what never changes is no variable of an exported program", "[checker]") {
  const Lowered l(kSwap);
  // fixed is written by an event that can never happen, so it is as constant as what guards it.
  std::vector<std::string> shown;
  for (const Variable& v : l.program.variables) shown.push_back(v.shown);
  CHECK(shown == std::vector<std::string>{"left", "right"});
  CHECK(l.program.rules.size() == 1);
}

TEST_CASE("parallel updates that read each other go through a temporary", "[checker]") {
  const Lowered l(kSwap);
  const auto walked = walk(l.program, 100);
  REQUIRE(walked);
  CHECK(walked->states.size() == 2);  // 1, 2 and 2, 2, where it ends
  const Sequence sequence = in_sequence(l.program, l.program.rules.at(0));
  CHECK(sequence.before.size() == 2);  // each reads what the other was
  CHECK(sequence.then.empty());
}

TEST_CASE("a step that is bad makes the states bad from which it can be taken", "[checker]") {
  const Lowered l(kLifecycle);
  REQUIRE(l.program.goals.size() >= 1);
  CHECK(l.goal("all-saved").kind == GoalKind::Never);
  const auto walked = walk(l.program, 100);
  REQUIRE(walked);
  CHECK(walked->reached[0]);
  CHECK(walked->states.size() == 12);  // each of four sets of saved ones in each of three phases
}

TEST_CASE("identifiers are unique and made of letters, digits and underscores", "[checker]") {
  const std::regex legal("[a-z][0-9]+(_[A-Za-z0-9_]*[A-Za-z0-9])?");
  for (const std::string text :
       {"", "a", "do", "-", "a-b", "a*/b", "é", "x\"; drop", "__a__", "(define-fun", "\n", "9"})
    CHECK(std::regex_match(identifier('v', 3, text), legal));
  CHECK(identifier('v', 1, "a-b") != identifier('v', 2, "a.b"));
  CHECK(identifier('v', 1, std::string(10'000, 'x')).size() < 100);
}

TEST_CASE("text of a spec ends no comment and no string", "[checker]") {
  const std::string hostile =
      "a*/b (*c*) \"d\" \\e\n#include <f> --g //h \\* i ${j} `k` ; l |m| n\r\t\x01\xff";
  const std::string safe = harmless(hostile);
  for (const char* const bad : {"*", "\"", "\\", "\n", "\r", "#", "--", "//", "$", "`", ";", "|"})
    CHECK(safe.find(bad) == std::string::npos);
  CHECK(harmless("----").find("--") == std::string::npos);
  CHECK(harmless("////").find("//") == std::string::npos);
  CHECK(harmless(std::string(10'000, 'x')).size() <= 200);
  CHECK(harmless("function.bus_master[0000:01:10.0]") == "function.bus_master[0000:01:10.0]");
}

TEST_CASE("every target writes every small spec", "[checker]") {
  for (const Target& target : targets())
    for (const char* const text : {kSwap, kLifecycle}) {
      const Lowered l(text);
      INFO(target.name);
      const Written written = target.write(l.program);
      CHECK(written.text.size() > 100);
      CHECK(written.beside.empty() == target.beside.empty());
    }
}

TEST_CASE("an and-inverter graph begins where the design does", "[checker]") {
  // One step flips all of it: the first state is in no bit that an inversion could hide.
  const std::string text = Lowered(kSwap).written("aag");
  std::istringstream lines(text);
  std::string magic;
  std::size_t variables = 0, inputs = 0, latches = 0, outputs = 0, gates = 0;
  lines >> magic >> variables >> inputs >> latches >> outputs >> gates;
  CHECK(magic == "aag");
  CHECK(variables == inputs + latches + gates);
  CHECK(outputs == 1);
}

}  // namespace luproof::checker::exporter
