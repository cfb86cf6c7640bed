// SPDX-License-Identifier: GPL-2.0-or-later
// A definition may be a set, and old(…) may be of a set. An engine that read either as an empty one
// would call promises kept that nobody has looked at.
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

Checked ask(const std::string& text) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  auto checked = check(file.path, {}, {}, {}, {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->broken == "");  // the interpreter sees the same
  return std::move(*checked);
}

}  // namespace

TEST_CASE("a definition that is a set has its members", "[checker]") {
  const Checked checked = ask(R"spec(case: s
entities: {lamp: {members: [l1, l2]}}
state: {kernel: {lamp.on: bool = true, seen: bool, first: ref lamp, lamps: list of lamp}}
define:
  lit: "lamp.where(l, l.on)"
  but(lamp x): "lit.where(l, l != x)"
  queue: lamps
actors:
  a:
    code: |
      lamps.append(l2)
      lamps.append(l1)
      for l in queue where l in but(l2):
        seen = true
      first = queue.last
properties:
  never-seen: {never: seen}
  nobody: {for: l in queue, never: l == l1}
  stays-short: {step: "old(queue).count() > 0 implies queue.count() < 2"}
  last-is-second: {never: first == l2}
)spec");
  CHECK(checked.findings[0].verdict == Verdict::Violated);
  CHECK(checked.findings[1].verdict == Verdict::Violated);
  CHECK(checked.findings[2].verdict == Verdict::Violated);
  CHECK(checked.findings[3].verdict == Verdict::Holds);
}

}  // namespace luproof::checker
