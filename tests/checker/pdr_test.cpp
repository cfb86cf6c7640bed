// SPDX-License-Identifier: GPL-2.0-or-later
// PDR against the interpreter on random specs: never an opposite verdict, every run replays, every
// invariant is one for somebody else. What is broken on purpose has to be noticed by just that.
#include <catch2/catch.hpp>

#include <random>

#include "checker/check.h"
#include "checker/pdr/pdr.h"
#include "checker/smt.h"
#include "tests/checker/invariant_check.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/reach.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMaximumConfigurations = 1500;

class Case {
 public:
  explicit Case(const std::string& text) : model_(*load_text(text)), layout_(model_) {
    model::Diagnostics diagnostics;
    system_ = ground(model_, layout_, GroundOptions{true}, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(system_);
  }

  Outcome prove(pdr::Defect defect = pdr::Defect::None, bool minimise = true) {
    PdrOptions options;
    options.defect = defect;
    options.minimise = minimise;
    Limits limits;
    limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    return check_pdr(*system_, options, limits);
  }

  // The first thing in which an outcome is not what the interpreter says; "" if all is well.
  std::string disagreement(const Reached& plain, Outcome outcome) {
    std::set<std::string> faults;
    std::vector<int> safe;
    std::shared_ptr<const Invariant> invariant;
    for (Finding& f : outcome.findings) {
      if (f.property == "deadlock") continue;
      if (f.index < 0) {
        faults.insert(f.property);
      } else if (model_.properties[f.index].kind != model::PropertyKind::Safety) {
        continue;
      } else {
        const bool violated = plain.violated.count(f.index) > 0;
        if (violated != (f.verdict == Verdict::Violated))
          return f.property + " is " + verdict_name(f.verdict) + " " + f.reason;
        if (!violated && plain.full_pool != (f.verdict == Verdict::Unknown))
          return f.property + " should know that a pool was full: " + f.reason;
      }
      if (f.verdict == Verdict::Violated) {
        if (!f.run) return f.property + " has no run";
        const std::string error = replay(model_, layout_, *f.run, f.index);
        if (!error.empty()) return f.property + ": " + error;
      }
      if (f.witness)
        if (const std::string error = replay(model_, layout_, *f.witness, -1); !error.empty())
          return f.property + ", witness: " + error;
      if (f.verdict == Verdict::Holds) {
        if (!f.invariant || f.depth != -1) return f.property + " has no invariant";
        invariant = f.invariant;
        safe.push_back(f.index);
      }
    }
    if (faults != plain.faults) return "other faults";
    if (invariant && plain.faults.empty()) return InvariantCheck(*system_, *invariant).wrong(safe);
    return "";
  }

  const model::Model& model() const { return model_; }
  const model::Layout& layout() const { return layout_; }
  System& system() { return *system_; }

 private:
  model::Model model_;
  model::Layout layout_;
  std::unique_ptr<System> system_;
};

struct Compared {
  int specs = 0, wrong = 0;
};

Compared compare(std::uint64_t first, std::uint64_t last, pdr::Defect defect, bool minimise) {
  Compared compared;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    if (defect != pdr::Defect::None && compared.wrong > 0) break;
    const std::string text = RandomSpec(seed).text();
    Case c(text);
    const Reached plain = interpret(c.model(), c.layout(), kMaximumConfigurations);
    if (plain.too_large) continue;
    ++compared.specs;
    const std::string error = c.disagreement(plain, c.prove(defect, minimise));
    if (error.empty()) continue;
    ++compared.wrong;
    if (defect == pdr::Defect::None) {
      UNSCOPED_INFO("seed " << seed << ": " << error << "\n" << text);
      CHECK(error == "");
    }
  }
  return compared;
}

TEST_CASE("PDR says of random specs what the interpreter says, with invariants that are some",
          "[checker][pdr]") {
  const Compared compared = compare(1, 61, pdr::Defect::None, false);
  CHECK(compared.specs >= 50);
}

TEST_CASE("PDR says of many random specs what the interpreter says", "[checker][pdr][long]") {
  const Compared compared = compare(30'000, 31'000, pdr::Defect::None, true);
  CHECK(compared.specs >= 800);
}

TEST_CASE("a lifting rule that forgets a slot does not pass the comparison", "[checker][pdr]") {
  CHECK(compare(1, 61, pdr::Defect::Lifting, false).wrong > 0);
}

TEST_CASE("a clause that is generalised without asking does not pass the comparison",
          "[checker][pdr]") {
  CHECK(compare(1, 61, pdr::Defect::Generalisation, false).wrong > 0);
}

const Finding& of(const Outcome& outcome, const std::string& name) {
  for (const Finding& f : outcome.findings)
    if (f.property == name) return f;
  FAIL("no finding for " << name);
  return outcome.findings.front();
}

// `x` is 3 only in a state in which nothing more can happen: a prover that asks for a next state
// never sees it.
TEST_CASE("a bad state without a next one is found", "[checker][pdr]") {
  Case c(R"(case: dead-end
state: {hardware: {x: int 0..3 = 0}}
events:
  up: {when: x < 3, do: x = x + 1}
properties:
  not-three: {never: x == 3}
)");
  const Outcome outcome = c.prove();
  const Finding& f = of(outcome, "not-three");
  CHECK(f.verdict == Verdict::Violated);
  REQUIRE(f.run);
  CHECK(f.run->steps.size() == 3);
}

// The way to `bad` passes a state that only this one step leaves; all other ways end early. With
// dead ends taken for the end of every argument, "no path of three good states goes on" is true.
TEST_CASE("dead ends on the way to a bad state prove nothing", "[checker][pdr]") {
  Case c(R"(case: stuck
state: {hardware: {x: int 0..9 = 0, stuck: bool = false}}
events:
  jam: {when: not stuck and x < 7, do: stuck = true}
  on: {when: not stuck and x < 8, do: x = x + 1}
properties:
  never-eight: {never: x == 8 and not stuck}
  never-nine: {never: x == 9}
)");
  const Outcome outcome = c.prove();
  CHECK(of(outcome, "never-eight").verdict == Verdict::Violated);
  CHECK(of(outcome, "never-eight").run->steps.size() == 8);
  const Finding& nine = of(outcome, "never-nine");
  CHECK(nine.verdict == Verdict::Holds);
  REQUIRE(nine.invariant);
  CHECK(InvariantCheck(c.system(), *nine.invariant).wrong({nine.index}) == "");
}

const char* const kTurns = R"(case: turns
state: {hardware: {turn: int 0..4 = 0, a: bool = false, b: bool = false}}
events:
  first:
    when: turn == 0 and not b
    do: |
      a = true
      turn = 1
  back:
    when: turn == 1
    do: |
      a = false
      turn = 2
  second:
    when: turn == 2
    do: |
      b = true
      turn = 3
  again:
    when: turn == 3
    do: |
      b = false
      turn = 0
properties:
  one-at-a-time: {never: a and b}
)";

TEST_CASE("an invariant of which something was taken away is refused", "[checker][pdr]") {
  Case c(kTurns);
  const Outcome outcome = c.prove();
  const Finding& f = of(outcome, "one-at-a-time");
  REQUIRE(f.verdict == Verdict::Holds);
  REQUIRE(f.invariant);
  const Invariant good = *f.invariant;
  REQUIRE(InvariantCheck(c.system(), good).wrong({f.index}) == "");
  REQUIRE(!good.clauses.empty());
  CHECK(InvariantCheck(c.system(), Invariant{}).wrong({f.index}) != "");
  int refused = 0;
  for (std::size_t i = 0; i < good.clauses.size(); ++i) {
    for (std::size_t k = 0; k < good.clauses[i].size(); ++k) {
      Invariant bad = good;  // says more than is true
      bad.clauses[i].erase(bad.clauses[i].begin() + static_cast<std::ptrdiff_t>(k));
      if (InvariantCheck(c.system(), bad).wrong({f.index}) != "") ++refused;
    }
    Invariant bad = good;  // says less than is needed
    bad.clauses.erase(bad.clauses.begin() + static_cast<std::ptrdiff_t>(i));
    if (InvariantCheck(c.system(), bad).wrong({f.index}) != "") ++refused;
  }
  CHECK(refused > 0);
}

}  // namespace
}  // namespace luproof::checker
