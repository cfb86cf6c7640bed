// SPDX-License-Identifier: GPL-2.0-or-later
// Time may be over before there is a transition system: nothing may be said of what is missing.
#include <atomic>
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "checker/ground/grounder.h"
#include "checker/proof/clauses.h"
#include "checker/proof/prove.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

std::optional<Checked> shipped(const CheckOptions& options, const Limits& limits) {
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  model::Diagnostics diagnostics;
  auto checked = check(load.specs + "/designs/pci-lpc2025.yaml", load, {"with-bridge-rule", {}},
                       options, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  return checked;
}

}  // namespace

TEST_CASE("what could not be grounded in time is not decided", "[checker]") {
  const std::atomic<bool> interrupted{true};
  Limits limits;
  limits.interrupted = &interrupted;
  CheckOptions options;
  options.prove = true;
  const auto checked = shipped(options, limits);
  CHECK(checked->statistics.stopped_by == "interrupt");
  CHECK(checked->statistics.states == 0);
  CHECK_FALSE(checked->statistics.exhausted);
  REQUIRE(checked->findings.size() > 1);
  for (const Finding& f : checked->findings) {
    CHECK(f.verdict == Verdict::Unknown);
    CHECK(f.depth == 0);  // not all depths
    CHECK(f.reason == "stopped by interrupt before the first step was looked at");
  }
  CHECK(checked->findings.back().property == "deadlock");
  REQUIRE(checked->proof);
  CHECK(checked->proof->reason == "no safety property of it is known to hold");
}

// 2^40 ways to boot: none of them may be built once it is known that they are too many.
TEST_CASE("a kexec with more values to choose than can be counted is refused", "[checker]") {
  std::string units = "u1";
  for (int i = 2; i <= 40; ++i) units += ", u" + std::to_string(i);
  const auto model = load_text("case: many\nentities: {unit: {members: [" + units +
                               "]}}\nstate:\n  userspace:\n    unit.on: bool = any\n"
                               "actors:\n  old:\n    in: old\n    code: kexec\n"
                               "properties: {on: {never: kernel == 2 and u1.on}}\n");
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  CHECK_FALSE(ground(*model, layout, {}, diagnostics));
  CHECK(diagnostics.render().find("more than 400,000 ground transitions") != std::string::npos);

  const std::atomic<bool> interrupted{true};
  Limits limits;
  limits.interrupted = &interrupted;
  model::Diagnostics none;
  const auto system = ground(*model, layout, {.limits = &limits}, none);
  REQUIRE(system);
  CHECK(system->unfinished == "interrupt");
}

TEST_CASE("a system that takes more than the memory is not decided", "[checker][memory]") {
  std::atomic<bool> full{false};
  Limits limits;
  limits.memory = 1 << 20;  // of this design, half of the smallest system that is whole
  limits.full = &full;
  CheckOptions options;
  options.observe = true;  // nothing of what is missing is counted as unused
  const auto checked = shipped(options, limits);
  CHECK(checked->statistics.stopped_by == "memory");
  CHECK(full);
  for (const Finding& f : checked->findings) CHECK(f.verdict == Verdict::Unknown);
  CHECK_FALSE(checked->observed->complete);
}

TEST_CASE("searches at a time have the memory together", "[checker][memory]") {
  std::atomic<bool> full{false};
  Limits all;
  all.memory = 1000;
  all.full = &full;
  const Limits each = all.shared_by(4);
  CHECK_FALSE(each.too_much(250));
  CHECK_FALSE(each.too_much_together(1000));  // what a process counts as a whole
  CHECK_FALSE(full);
  CHECK(each.too_much(251));
  CHECK(full);
  CHECK(each.too_much_together(1001));
  CHECK_FALSE(each.shared_by(2).too_much_together(1000));  // a part of a part is of the same whole
  CHECK(each.shared_by(2).too_much(126));
  CHECK_FALSE(all.shared_by(1).too_much(1000));
  CHECK(all.shared_by(5000).too_much(2));  // a part is never "no limit"
  CHECK_FALSE(Limits().shared_by(4).too_much(1'000'000'000));
}

// Hundreds of ways through one step, and each looks at all of them.
TEST_CASE("what makes a search ready keeps to the memory", "[checker][memory]") {
  std::string code;
  for (int i = 0; i < 300; ++i)
    code += "        n = if(n < 50 and not b, n + 1, 0)\n        b = if(n > 3, not b, b)\n";
  const SpecFile file(
      "case: wide\nstate: {kernel: {n: int 0..60, b: bool}}\nactors:\n  a:\n"
      "    code: |\n      atomic:\n" +
      code);
  model::Diagnostics diagnostics;
  Limits limits;
  limits.memory = std::size_t{8} << 20;
  const auto checked = check(file.path, {}, {}, {}, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->statistics.stopped_by == "memory");
  CHECK(checked->statistics.states > 0);  // the grounding was done
  for (const Finding& f : checked->findings) CHECK(f.verdict == Verdict::Unknown);
}

// What is asked of the solver is built first, which may take long.
TEST_CASE("a proof is ended before its questions are built", "[checker]") {
  const auto model = load_text(
      "case: proof\nstate: {kernel: {n: int 0..9}}\nactors:\n  a:\n    code: |\n      n = 3\n"
      "properties:\n  low: {never: n == 5}\n");
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  const auto system = ground(*model, layout, {}, diagnostics);
  REQUIRE(system);
  const proof::Bounds bounds = proof::bounds_of(*system);
  const proof::Goals goals = proof::goals_of(*system, {0}, {});
  const std::atomic<bool> interrupted{true};
  Limits limits;
  limits.interrupted = &interrupted;
  proof::Clauses clauses(*system, bounds, goals, limits);
  const auto nothing = [](const auto&) { return false; };
  REQUIRE(clauses.batches() == 1);
  CHECK_THROWS_AS(clauses.goal_met(0, nullptr, nothing), Ended);
  Graph graph(*system);
  const Outcome outcome = explore(*system, {}, {}, &graph);
  const auto proof =
      proof::prove(*system, &graph, outcome.findings, proof::subject_of(*model, "", ""), limits);
  CHECK(proof->reason == "stopped by interrupt");
  CHECK(proof->certificate.text.empty());
}

}  // namespace luproof::checker
