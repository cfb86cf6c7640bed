// SPDX-License-Identifier: GPL-2.0-or-later
// Claims and safety properties: docs/language.md, sections 9 and 10.
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;

TEST_CASE("a claim binds from `from` to `until`, and knows what was", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1, u2]}}
state: {kernel: {"unit.kept": bool, "unit.done": bool, "unit.n": "int 0..9"}}
claims:
  held: {for: unit u, level: [calm], from: u.kept, until: u.done}
properties:
  calm: {for: u in claimed(calm), always: u.n == was(u.n)}
  calm-steps: {for: u in claimed(calm), step: u.n == old(u.n)}
)y" + actor("kernel", R"y(
u1.n = 3
u1.kept = true
u2.n = 4
u1.done = true
u1.n = 5
)y"));
  // n changes before and after the claim only, and on an element that is not held.
  CHECK_FALSE(spec.violates("calm"));
  CHECK_FALSE(spec.violates("calm-steps"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 5);
  CHECK(spec.value(run[0].next, "latched(held)[u1]") == 0);
  CHECK(spec.value(run[1].next, "latched(held)[u1]") == 1);
  CHECK(spec.value(run[1].next, "latched(held)[u2]") == 0);
  CHECK(spec.value(run[1].next, "latched-in(held)[u1]") == 1);
  CHECK(spec.value(run[3].next, "latched(held)[u1]") == 0);
  CHECK(spec.value(run[3].next, "released(held)[u1]") ==
        0);  // let go by the kernel that latched it
}

TEST_CASE("what a claim forbids is found, for the element it holds", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1, u2]}}
state: {kernel: {"unit.kept": bool, "unit.n": "int 0..9"}}
claims:
  held: {for: unit u, level: [calm], from: u.kept}
properties:
  calm: {for: u in claimed(calm), always: u.n == was(u.n)}
  calm-steps: {for: u in claimed(calm), step: u.n == old(u.n)}
)y" + actor("kernel", "u2.n = 1\nu2.kept = true\nu2.n = 2"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 3);
  const int calm = spec.property_index("calm"), steps = spec.property_index("calm-steps");
  Value element = 0;
  CHECK_FALSE(spec.interpreter->bad_state(calm, run[1].next));
  CHECK(spec.interpreter->bad_state(calm, run[2].next, &element));
  CHECK(element == 2);
  // The step that latches does not count: the claim has to hold before the step.
  CHECK_FALSE(spec.interpreter->bad_step(steps, run[0].next, run[1]));
  element = 0;
  CHECK(spec.interpreter->bad_step(steps, run[1].next, run[2], &element));
  CHECK(element == 2);
}

TEST_CASE("a step is judged by the claims that held before it", "[checker]") {
  const auto violated = [](const std::string& code) {
    return Spec(R"y(
entities: {unit: {members: [u1]}}
state: {kernel: {"unit.kept": bool, "unit.done": bool, "unit.n": "int 0..9"}}
claims: {held: {for: unit u, level: [calm], from: u.kept, until: u.done}}
properties: {calm: {for: u in claimed(calm), step: u.n == old(u.n)}}
)y" + actor("kernel", code))
        .violates("calm");
  };
  CHECK_FALSE(violated("atomic:\n  u1.n = 1\n  u1.kept = true"));
  CHECK(violated("u1.kept = true\natomic:\n  u1.n = 1\n  u1.done = true"));
}

TEST_CASE("a claim that is let go in a later kernel is a witness", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1]}}
state: {hardware: {"unit.kept": bool, "unit.done": bool}}
claims: {held: {for: unit u, level: [calm], from: u.kept, until: u.done}}
actors:
  o:
    life: userspace
    in: old
    code: |
      u1.kept = true
      kexec
  n: {life: userspace, in: new, code: u1.done = true}
)y");
  const auto run = spec.only_run();
  REQUIRE(run.size() == 3);
  CHECK(spec.value(run[1].next, "latched(held)[u1]") == 1);  // the latch is not the kernel's
  CHECK(spec.value(run[1].next, "released(held)[u1]") == 0);
  CHECK(spec.value(run[2].next, "released(held)[u1]") == 1);
}

TEST_CASE("a claim does not begin where `until` is true, nor where `from` fails", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1]}}
state: {kernel: {a: bool = true, r: ref unit, "unit.on": bool = true}}
claims:
  over: {for: unit u, level: [x], from: a, until: a}
  broken: {for: unit u, level: [x], from: r.on}
)y");
  CHECK(spec.value(spec.initial[0], "latched(over)[u1]") == 0);
  CHECK(spec.value(spec.initial[0], "latched(broken)[u1]") == 0);
}

TEST_CASE("the claim of an element that dies ends unwitnessed", "[checker]") {
  Spec spec(R"y(
entities: {session: {pool: 1}}
state: {kernel: {n: bool}}
claims: {held: {for: session s, level: [x], from: "true"}}
)y" + actor("kernel", "let s = new session\nfree s"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 2);
  CHECK(spec.value(run[0].next, "latched(held)[session1]") == 1);
  CHECK(spec.value(run[1].next, "latched(held)[session1]") == 0);
  CHECK(spec.value(run[1].next, "released(held)[session1]") == 0);
}

TEST_CASE("a property looks at its moment and at no other", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..9", r: ref unit, "unit.on": bool}}
entities: {unit: {members: [u1]}}
locks: {m: mutex}
procedures:
  p(int n) -> errno: |
    with m:
      x = n
      if n == 2:
        return -EIO
    return 0
properties:
  everywhere: {never: x == 3}
  entering: {at: p enters, never: x == 3}
  leaving: {at: p returns, never: x == 1}
  leaving-well: {at: p returns 0, never: x == 2}
  leaving-badly: {at: p returns error, never: x == 2}
  jumping: {at: kexec, never: x == 4}
  not-jumping: {at: kexec, never: x == 5}
  idle-held: {never: idle(a) && not settled(m)}
  unreadable: {never: r.on}
actors:
  a:
    life: kernel
    in: old
    code: |
      ignore p(1)
      ignore p(2)
      x = 3
      x = 5
      x = 4
      kexec
)y");
  CHECK(spec.violates("everywhere"));
  // p(2) was entered with x == 1, long before x = 3.
  CHECK_FALSE(spec.violates("entering"));
  CHECK(spec.violates("leaving"));
  CHECK_FALSE(spec.violates("leaving-well"));
  CHECK(spec.violates("leaving-badly"));
  CHECK(spec.violates("jumping"));
  CHECK_FALSE(spec.violates("not-jumping"));
  CHECK_FALSE(spec.violates("idle-held"));
  CHECK(spec.violates("unreadable"));  // what cannot be evaluated counts as violated
}

TEST_CASE("a closed expression that cannot be evaluated does not hold", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1]}}
state: {kernel: {x: bool = true, r: ref unit, "unit.on": bool}}
properties:
  good: {possible: "x && unit.all(u, !u.on)"}
  bad: {possible: "r.on || x"}
)y");
  const auto holds = [&](const char* name) {
    return spec.interpreter->holds(*spec.model->properties[spec.property_index(name)].to,
                                   spec.initial[0]);
  };
  CHECK(holds("good"));
  CHECK_FALSE(holds("bad"));
}

}  // namespace
}  // namespace luproof::checker
