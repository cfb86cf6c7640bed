// SPDX-License-Identifier: GPL-2.0-or-later
// What engines share with the interpreter: where values live, and which steps are visible.
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

TEST_CASE("states are laid out as cells, pools, the kernel, budgets and claims", "[checker]") {
  Spec spec(R"y(
entities: {unit: {members: [u1, u2]}, session: {pool: 1}}
environment: {nomem: {at-most: 2}}
state:
  kernel: {"unit.n": "int 3..5", l: list of unit}
  handover: {h: set of unit}
locks: {m: mutex, w: rwlock}
claims: {c: {for: unit u, level: [x], from: u.n == 9}}
properties: {p: {for: u in claimed(x), always: u.n == was(u.n)}}
actors: {a: {life: kernel, tasks: 2, code: pass}}
)y");
  // Where cells stand is the order of the file; within one, its parts in a row.
  const std::vector<std::string> expected = {"unit.n[u1]",
                                             "unit.n[u2]",
                                             "l[u1]",
                                             "l[u2]",
                                             "written(h)",
                                             "outgoing(h)[u1]",
                                             "outgoing(h)[u2]",
                                             "handed(h)",
                                             "received(h)[u1]",
                                             "received(h)[u2]",
                                             "restored(h)",
                                             "m",
                                             "w",
                                             "readers(w)[a#1]",
                                             "readers(w)[a#2]",
                                             "queued(w)[a#1]",
                                             "queued(w)[a#2]",
                                             "alive(session)[session1]",
                                             "kernel",
                                             "panicked",
                                             "budget(nomem)",
                                             "latched(c)[u1]",
                                             "latched(c)[u2]",
                                             "latched-in(c)[u1]",
                                             "latched-in(c)[u2]",
                                             "released(c)[u1]",
                                             "released(c)[u2]",
                                             "was(c.0)[u1]",
                                             "was(c.0)[u2]"};
  std::vector<std::string> names;
  for (int slot = 0; slot < spec.layout->slots(); ++slot)
    names.push_back(spec.layout->slot_name(slot));
  CHECK(names == expected);
  CHECK(spec.value(spec.initial[0], "unit.n[u1]") == 3);
  CHECK(spec.value(spec.initial[0], "kernel") == 1);
  CHECK(spec.value(spec.initial[0], "budget(nomem)") == 0);  // it is not allowed
}

TEST_CASE("a step is visible if it changes what is not history", "[checker]") {
  const auto weights = [](const std::string& code) {
    Spec spec(R"y(
entities: {session: {pool: 1}}
state:
  kernel: {x: "int 0..9", c: refcount 0..2}
  history: {seen: "int 0..9"}
locks: {m: mutex}
events:
  sees(): {do: seen = 1}
  sets():
    do: |
      if x == 0:
        x = 1
)y" + actor("kernel", code));
    std::vector<int> found;
    for (const Successor& step : spec.only_run())
      found.push_back(weight_of(*spec.model, step.label));
    return found;
  };
  CHECK(weights("x = 1") == std::vector<int>{1});
  CHECK(weights("seen = 1") == std::vector<int>{0});
  CHECK(weights("sees()") == std::vector<int>{0});
  CHECK(weights("sets()") == std::vector<int>{1});
  CHECK(weights("atomic:\n  seen = 1\n  x = 1") == std::vector<int>{1});
  CHECK(weights("get c\nput c") == std::vector<int>{1, 1});
  CHECK(weights("let s = new session\nfree s") == std::vector<int>{1, 1});
  CHECK(weights("if x == 0:\n  pass\nlock m\nunlock m\nwait x == 0") ==
        std::vector<int>{0, 0, 0, 0});
  CHECK(weights("panic") == std::vector<int>{1});
}

}  // namespace
}  // namespace luproof::checker
