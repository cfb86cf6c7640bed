// SPDX-License-Identifier: GPL-2.0-or-later
// What a failing procedure undoes: docs/language.md, section 6, "Failure".
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;

const std::string kUndo = R"y(
state: {kernel: {log: "int 0..69999", result: errno}}
locks: {m: mutex}
events:
  note(int n):
    do: log = log * 10 + n
procedures:
  a() -> errno: |
    note(1)
    return 0
  b() -> errno: |
    note(2)
    return 0
  bad() -> errno: |
    note(3)
    return -EIO
  ua(): |
    with m:
      note(8)
  ub() -> errno: |
    note(9)
    return -EBUSY
)y";

TEST_CASE("a failure undoes newest first and releases locks where they were taken", "[checker]") {
  // ua takes m: it can only end if the `with` of p is released before, between the two undos.
  Spec spec(kUndo + R"y(
  p() -> errno: |
    try a() undo ua()
    with m:
      try b() undo ub()
      try bad() undo ua()
    return 0
)y" + actor("kernel", "let r = p()\nresult = r"));
  CHECK(spec.final_values("log") == Values{12398});
  CHECK(spec.final_values("m") == Values{0});
  // The error is bad's own, whatever an undo returned.
  const auto run = spec.only_run();
  CHECK(spec.text(run.back().next, "result") == "-EIO");
  // m is held while ub runs: the release is the step after note(9).
  std::vector<Value> held_at_log;
  for (const Successor& step : run)
    if (spec.value(step.next, "log") == 1239) held_at_log.push_back(spec.value(step.next, "m"));
  REQUIRE_FALSE(held_at_log.empty());
  CHECK(held_at_log.front() == 1);
}

TEST_CASE("a plain return releases locks and undoes nothing", "[checker]") {
  Spec spec(kUndo + R"y(
  p() -> errno: |
    with m:
      try a() undo ub()
      return -EIO
)y" + actor("kernel", "let r = p()\nresult = r"));
  CHECK(spec.final_values("log") == Values{1});
  CHECK(spec.final_values("m") == Values{0});
}

TEST_CASE("an event can undo, in one step", "[checker]") {
  Spec spec(kUndo + R"y(
  p() -> errno: |
    try a() undo note(7)
    check false else -EIO
    return 0
)y" + actor("kernel", "ignore p()"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 2);
  CHECK(spec.value(run[1].next, "log") == 17);
}

TEST_CASE("leaving a loop keeps what was registered in it, and releases its locks", "[checker]") {
  Spec spec(kUndo + R"y(
  p() -> errno: |
    forever:
      with m:
        try a() undo ub()
        return 0
  q() -> errno: |
    for u in unit order registration:
      with m:
        try a() undo ub()
    check false else -EIO
    return 0
entities: {unit: {members: [u0, u1]}}
)y" + actor("kernel", "ignore p()\nignore q()"));
  CHECK(spec.final_values("log") == Values{11199});  // p's undo is dropped, q's two are run
  CHECK(spec.final_values("m") == Values{0});
}

TEST_CASE("an undo in a loop is registered once a turn, with that turn's arguments", "[checker]") {
  Spec spec(kUndo + R"y(
  c(int n) -> errno: |
    note(n)
    return 0
  uc(int n): |
    note(n)
  p() -> errno: |
    let n = 1
    for u in unit order registration:
      try c(n) undo uc(n)
      n = n + 1
    check false else -EIO
    return 0
entities: {unit: {members: [u0, u1]}}
actors: {x: {life: kernel, code: "ignore p()"}}
)y");
  CHECK(spec.final_values("log") == Values{1221});
}

}  // namespace
}  // namespace luproof::checker
