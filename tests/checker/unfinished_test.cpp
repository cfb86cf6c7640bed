// SPDX-License-Identifier: GPL-2.0-or-later
// Time may be over before there is a transition system: nothing may be said of what is missing.
#include <atomic>
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "checker/proof/prove.h"

namespace luproof::checker {

TEST_CASE("what could not be grounded in time is not decided", "[checker]") {
  const std::atomic<bool> interrupted{true};
  Limits limits;
  limits.interrupted = &interrupted;
  CheckOptions options;
  options.prove = true;
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  model::Diagnostics diagnostics;
  const auto checked = check(load.specs + "/designs/pci-lpc2025.yaml", load,
                             {"with-bridge-rule", {}}, options, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->statistics.stopped_by == "interrupt");
  CHECK(checked->statistics.states == 0);
  CHECK_FALSE(checked->statistics.exhausted);
  REQUIRE(checked->findings.size() > 1);
  for (const Finding& f : checked->findings) {
    CHECK(f.verdict == Verdict::Unknown);
    CHECK(f.reason == "stopped by interrupt before the first step was looked at");
  }
  CHECK(checked->findings.back().property == "deadlock");
  REQUIRE(checked->proof);
  CHECK(checked->proof->reason == "no safety property of it is known to hold");
}

}  // namespace luproof::checker
