// SPDX-License-Identifier: GPL-2.0-or-later
// A step that has very many parts, or no end, takes much stack while it is looked at: it must not
// take the process with it.
#include <catch2/catch.hpp>
#include <functional>

#include "checker/check.h"
#include "checker/deep_stack.h"
#include "checker/stopped.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

Checked ask(const std::string& text) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  auto checked = check(file.path, {}, {}, {}, {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->broken == "");
  return std::move(*checked);
}

// Calls that never come to a step, with so many parameters each.
std::string turning(int parameters) {
  std::string declared, given, handed_on;
  for (int i = 0; i < parameters; ++i) {
    declared += (i ? ", int p" : "int p") + std::to_string(i);
    given += i ? ", x" : "x";
    handed_on += i ? ", p0" : "p0";
  }
  return "case: turning\nstate: {kernel: {a: int 0..60}}\nprocedures:\n"
         "  refuses(" +
         declared +
         ") -> errno: |\n    check p0 > 3 else -EIO\n    return 0\n"
         "  tries(" +
         declared + ") -> errno: |\n    if p0 > 3:\n      return 0\n    try refuses(" + handed_on +
         ")\n    return 0\n"
         "actors:\n  ta:\n    code: |\n      a = 1\n      let x = 1\n      forever:\n        "
         "ignore tries(" +
         given + ")\n        if x > 3:\n          a = 2\n";
}

}  // namespace

TEST_CASE("a loop of calls that takes no step is found however much of it there is", "[checker]") {
  const Checked checked = ask(turning(1));
  const auto loop = std::find_if(checked.findings.begin(), checked.findings.end(),
                                 [](const Finding& f) { return f.property == "endless-loop"; });
  REQUIRE(loop != checked.findings.end());
  CHECK(loop->verdict == Verdict::Violated);
  // With a hundred times as much to hand over, it may be too much.
  const Checked wide = ask(turning(100));
  const bool found = std::any_of(wide.findings.begin(), wide.findings.end(), [](const Finding& f) {
    return f.property == "endless-loop" && f.verdict == Verdict::Violated;
  });
  CHECK((found || wide.statistics.stopped_by == "too long a step"));
}

TEST_CASE("a loop that never comes to a first step is wrong input, with its place", "[checker]") {
  const SpecFile file(
      "case: none\nstate: {kernel: {a: bool}}\nactors:\n  ta:\n    code: |\n      let x = 1\n"
      "      forever:\n        if x > 3:\n          a = true\n");
  model::Diagnostics diagnostics;
  CHECK_FALSE(check(file.path, {}, {}, {}, {}, diagnostics));
  CHECK(diagnostics.render().find(
            "an actor's code may end in endless-loop before its first step") != std::string::npos);
  CHECK(diagnostics.render().find(":8:9") != std::string::npos);
}

TEST_CASE("work that needs a deep stack has one, and what it throws comes out", "[checker]") {
  // Each call holds 1 KiB: 64 MiB together, more than a thread has by default.
  const std::function<int(int)> down = [&](int depth) {
    volatile char held[1024];
    held[0] = static_cast<char>(depth);
    return depth == 0 ? 0 : down(depth - 1) + (held[0] == static_cast<char>(depth));
  };
  int reached = 0;
  on_deep_stack([&] { reached = down(64 * 1024); });
  CHECK(reached == 64 * 1024);
  CHECK_THROWS_AS(on_deep_stack([] { throw Ended{"memory"}; }), Ended);
}

TEST_CASE("the end of a stack is seen before it is there", "[checker]") {
  int calls = 0;
  on_deep_stack([&] {
    const StackEnd end;
    const std::function<void()> down = [&] {
      volatile char held[1 << 16];
      held[0] = 1;
      if (!end.near()) down();
      calls += held[0];  // behind the call, which would be none else
    };
    CHECK_FALSE(end.near());
    down();
    CHECK_FALSE(end.near());
  });
  CHECK(calls > 16);  // of 64 KiB; the least stack is 16 MiB
}

}  // namespace luproof::checker
