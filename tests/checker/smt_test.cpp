// SPDX-License-Identifier: GPL-2.0-or-later
#include <atomic>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "tests/checker/interpreter_fixture.h"
#include "tests/checker/smt_fixture.h"

namespace luproof::checker {
namespace {

TEST_CASE("a counterexample has the fewest steps that a counter allows", "[checker]") {
  Made made({{0, 9}});
  made.step(made.system.terms.lt(made.cell(0), made.number(9)),
            {{0, made.system.terms.add(made.cell(0), made.number(1))}});
  made.never(made.is(made.cell(0), 7));
  const Outcome outcome = made.check(20);
  const Finding& f = finding(outcome, "p");
  REQUIRE(f.verdict == Verdict::Violated);
  CHECK(f.run->steps.size() == 7);
  CHECK(f.run->weight == 7);
  CHECK(f.shortest);
  CHECK(f.run->states.front()[made.slot(0)] == 0);
  CHECK(f.run->states.back()[made.slot(0)] == 7);
}

TEST_CASE("visible steps count for more than steps", "[checker]") {
  // 0 -> 3 in one visible step of weight 2, or in three of weight 0 and one of weight 1.
  Made made({{0, 4}, {0, 1}});
  const Term c = made.cell(0);
  made.step(made.is(c, 0), {{0, made.number(4)}}, 2);
  for (Value v = 0; v < 4; ++v) made.step(made.is(c, v), {{0, made.number(v + 1)}}, v == 2 ? 1 : 0);
  made.never(made.is(c, 4));
  const Outcome far = made.check(4);
  CHECK(finding(far, "p").run->weight == 1);
  CHECK(finding(far, "p").run->steps.size() == 4);
  CHECK(finding(far, "p").shortest);
  const Outcome near = made.check(3);
  CHECK(finding(near, "p").run->weight == 2);
  CHECK(finding(near, "p").run->steps.size() == 1);
}

TEST_CASE("holds is said only when every run has ended", "[checker]") {
  Made made({{0, 5}, {0, 5}});
  Terms& t = made.system.terms;
  made.step(t.lt(made.cell(0), made.number(5)), {{0, t.add(made.cell(0), made.number(1))}});
  made.never(made.is(made.cell(1), 1));
  CHECK(finding(made.check(5), "p").verdict == Verdict::Holds);
  CHECK(finding(made.check(5), "p").depth == -1);
  const Outcome early = made.check(4);
  CHECK(finding(early, "p").verdict == Verdict::Unknown);
  CHECK(finding(early, "p").depth == 4);
  CHECK(finding(early, "p").reason == "not found within 4 steps");
  CHECK(early.statistics.stopped_by == "bound");
  made.step(t.truth(true), {});  // now a run may go on for ever
  CHECK(finding(made.check(30), "p").verdict == Verdict::Unknown);
}

TEST_CASE("a full pool somewhere leaves nothing proved", "[checker]") {
  Made made({{0, 2}});
  made.step(made.is(made.cell(0), 0), {{0, made.number(1)}});
  made.step(made.is(made.cell(0), 1), {}).exhausted = true;
  made.never(made.is(made.cell(0), 2));
  const Outcome outcome = made.check(9);
  CHECK(finding(outcome, "p").verdict == Verdict::Unknown);
  CHECK(outcome.statistics.pool_exhausted);
}

TEST_CASE("a fault ends the run and is found by its name", "[checker]") {
  Made made({{0, 3}});
  Terms& t = made.system.terms;
  made.step(t.lt(made.cell(0), made.number(2)), {{0, t.add(made.cell(0), made.number(1))}});
  made.step(made.is(made.cell(0), 2), {}).fault = Fault::NoneReference;
  const Outcome outcome = made.check(9);
  const Finding& f = finding(outcome, "none-reference");
  CHECK(f.verdict == Verdict::Violated);
  CHECK(f.run->steps.size() == 3);
  CHECK(f.run->states.size() == 3);
  CHECK(f.run->fault == Fault::NoneReference);
}

TEST_CASE("ranges far from zero keep their values", "[checker]") {
  Made made({{1000, 1010}, {-70000, -69990}});
  Terms& t = made.system.terms;
  made.step(t.lt(made.cell(0), made.number(1010)),
            {{0, t.add(made.cell(0), made.number(1))}, {1, t.add(made.cell(1), made.number(1))}});
  made.never(t.conj(made.is(made.cell(0), 1006), made.is(made.cell(1), -69994)), "both");
  made.never(t.lt(t.add(made.cell(0), made.cell(1)), made.number(-69000)), "below");
  made.never(made.is(t.mul(made.cell(0), made.cell(1)), 1003 * -69997), "product");
  const Outcome outcome = made.check(10);
  CHECK(finding(outcome, "both").run->steps.size() == 6);
  CHECK(finding(outcome, "below").verdict == Verdict::Holds);
  CHECK(finding(outcome, "product").run->steps.size() == 3);
}

TEST_CASE("a free slot takes only values of its range that the assumptions allow", "[checker]") {
  Made made({{5, 9}});
  made.system.initial[made.slot(0)].reset();
  Terms& t = made.system.terms;
  made.system.assumptions.push_back(t.lt(made.cell(0), made.number(8)));
  made.never(made.is(made.cell(0), 7), "allowed");
  made.never(t.negate(t.lt(made.cell(0), made.number(8))), "not allowed");
  const Outcome outcome = made.check(3);
  CHECK(finding(outcome, "allowed").run->states.front()[made.slot(0)] == 7);
  CHECK(finding(outcome, "not allowed").verdict == Verdict::Holds);
}

TEST_CASE("without an initial state nothing is said to hold", "[checker]") {
  Made made({{0, 1}});
  made.system.assumptions.push_back(made.cell(0));
  made.never(made.cell(0));
  CHECK(finding(made.check(3), "p").verdict == Verdict::Vacuous);
}

TEST_CASE("possible is shown by a run, and refuted only when all have ended", "[checker]") {
  Made made({{0, 3}});
  Terms& t = made.system.terms;
  made.step(t.lt(made.cell(0), made.number(2)), {{0, t.add(made.cell(0), made.number(1))}});
  made.possible(made.is(made.cell(0), 2), "two");
  made.possible(made.is(made.cell(0), 3), "three");
  const Outcome outcome = made.check(9);
  CHECK(finding(outcome, "two").verdict == Verdict::Holds);
  CHECK(finding(outcome, "two").witness->steps.size() == 2);
  CHECK(finding(outcome, "three").verdict == Verdict::Violated);
  CHECK(finding(made.check(1), "two").verdict == Verdict::Unknown);
}

TEST_CASE("fused steps show one label each and leave the states between them open", "[checker]") {
  Made made({{0, 2}});
  Transition& fused = made.step(made.is(made.cell(0), 0), {{0, made.number(2)}});
  fused.labels.push_back(Label{});
  made.never(made.is(made.cell(0), 2));
  const Outcome outcome = made.check(3);
  const Run& run = *finding(outcome, "p").run;
  REQUIRE(run.steps.size() == 2);
  REQUIRE(run.states.size() == 3);
  CHECK(run.states[1].empty());
  CHECK(run.states[2][made.slot(0)] == 2);
}

TEST_CASE("independent actors do not hide a violation that needs their steps mixed", "[checker]") {
  // Only with actor 1 first does actor 0 see the flag; the last two steps are independent.
  Made made({{0, 1}, {0, 1}, {0, 1}}, 2, 3);
  made.move(0, 0, 1, made.cell(0), {{1, made.number(1)}});
  made.move(1, 0, 1, made.number(1), {{0, made.number(1)}});
  made.move(1, 1, 2, made.number(1), {{2, made.number(1)}});
  Terms& t = made.system.terms;
  made.never(t.conj(made.cell(1), t.negate(made.cell(2))), "early");
  made.never(t.conj(made.cell(1), made.cell(2)), "late");
  const Outcome outcome = made.check(9);
  CHECK(finding(outcome, "early").run->steps.size() == 2);
  CHECK(finding(outcome, "late").run->steps.size() == 3);
}

TEST_CASE("what a run may choose at its start is as small as its steps allow", "[checker]") {
  Made made({{0, 60000}, {0, 60000}, {3, 9}, {0, 9}});
  Terms& t = made.system.terms;
  for (int cell = 0; cell < 3; ++cell) made.system.initial[made.slot(cell)].reset();
  made.step(made.is(made.cell(3), 0), {{3, made.number(1)}});
  // 1000 <= the first cell + 5, once the step is taken; the second matters to nobody.
  made.never(t.conj(made.is(made.cell(3), 1),
                    t.le(made.number(1000), t.add(made.cell(0), made.number(5)))));
  const Outcome outcome = made.check(5);
  const Run& run = *finding(outcome, "p").run;
  CHECK(run.states[0][made.slot(0)] == 995);
  CHECK(run.states[0][made.slot(1)] == 0);
  CHECK(run.states[0][made.slot(2)] == 3);
  CHECK(run.steps.size() == 1);
}

TEST_CASE("limits stop the search and are named", "[checker]") {
  // Cubes: a sum of two is never a third, and that is no easy question.
  Made made({{1, 1000}, {1, 1000}, {1, 1000}});
  Terms& t = made.system.terms;
  std::vector<Term> cubes;
  for (int i = 0; i < 3; ++i) {
    made.system.initial[made.slot(i)].reset();
    cubes.push_back(t.mul(t.mul(made.cell(i), made.cell(i)), made.cell(i)));
  }
  made.never(t.eq(t.add(cubes[0], cubes[1]), cubes[2]));
  Limits limits;
  limits.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  const auto started = std::chrono::steady_clock::now();
  const Outcome late = check_smt(made.system, {}, limits);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
  CHECK(late.statistics.stopped_by == "timeout");
  CHECK(finding(late, "p").verdict == Verdict::Unknown);
  std::atomic<bool> interrupted = true;
  Limits none;
  none.interrupted = &interrupted;
  CHECK(check_smt(made.system, {}, none).statistics.stopped_by == "interrupt");
  Limits small;
  small.memory = 1;
  CHECK(check_smt(made.system, {}, small).statistics.stopped_by == "memory");
}

TEST_CASE("only the properties that are asked for are looked at", "[checker]") {
  Made made({{0, 1}});
  made.never(made.number(1), "first");
  made.never(made.number(1), "second");
  Limits limits;
  limits.bound = 2;
  const Outcome outcome = check_smt(made.system, {1}, limits);
  REQUIRE(outcome.findings.size() == 1);
  CHECK(outcome.findings[0].property == "second");
}

const std::string kCounters = R"y(
state:
  hardware: {on: bool = any}
  kernel: {a: int 0..4, b: int 0..4, last: int -2..2}
  handover: {h: int 0..4}
locks: {m: mutex}
environment: {allocation-fails: {at-most: 1}}
allow: [allocation-fails]
procedures:
  up() -> errno: |
    with m:
      may-fail allocation-fails -> -ENOMEM
      a = a + 1
      last = a - b - 1
    return 0
actors:
  x:
    life: kernel
    in: old
    tasks: 2
    code: |
      ignore up()
      if on:
        b = b + 1
  y:
    life: kernel
    in: old
    code: |
      wait a == 2
      h = a + b
      kexec
  z:
    life: kernel
    in: new
    code: |
      if handed(h):
        a = received(h)
properties:
  off: {never: "kernel == 2 && a == 3 && !on"}
  three: {never: "kernel == 2 && a == 3"}
  four: {never: "kernel == 2 && a == 4"}
  above: {never: "last > 0 && b == 0"}
  two: {never: "a == 2", at: kexec}
  five: {never: "b == 3"}
  arrives: {possible: "kernel == 2 && a == 2"}
)y";

TEST_CASE("verdicts and visible lengths of a spec agree with the explorer", "[checker]") {
  const Spec spec(kCounters);
  model::Diagnostics diagnostics;
  const auto system = ground(*spec.model, *spec.layout, {}, diagnostics);
  REQUIRE(system);
  Limits limits;
  const Outcome all = explore(*system, {}, limits);
  limits.bound = 40;
  const Outcome outcome = check_smt(*system, {}, limits);
  for (const Finding& e : all.findings) {
    if (e.property == "deadlock") continue;
    INFO(e.property);
    const Finding& f = finding(outcome, e.property);
    CHECK(f.verdict == e.verdict);
    REQUIRE(f.run.has_value() == e.run.has_value());
    if (!f.run) continue;
    CHECK(f.run->weight == e.run->weight);
    CHECK(f.run->steps.size() == e.run->steps.size());
    Run run = *f.run;
    CHECK(replay(*spec.model, *spec.layout, run, f.index) == "");
  }
}

}  // namespace
}  // namespace luproof::checker
