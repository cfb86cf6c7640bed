// SPDX-License-Identifier: GPL-2.0-or-later
// Steps, locks and calls: docs/language.md, section 6.
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;

TEST_CASE("a check and the act that follows it can be separated by another actor", "[checker]") {
  const std::string race = R"y(
state: {kernel: {taken: bool, n: "int 0..2"}}
locks: {m: mutex}
actors:
  a:
    life: kernel
    tasks: 2
    code: |
)y";
  Spec unlocked(race + R"y(
      if not taken:
        taken = true
        n = n + 1
)y");
  CHECK(unlocked.values("n") == Values{0, 1, 2});
  Spec locked(race + R"y(
      with m:
        if not taken:
          taken = true
          n = n + 1
)y");
  CHECK(locked.values("n") == Values{0, 1});
  Spec atomic(race + R"y(
      atomic:
        if not taken:
          taken = true
          n = n + 1
)y");
  CHECK(atomic.values("n") == Values{0, 1});
}

TEST_CASE("local statements take no step of their own", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..9"}}
actors:
  a:
    life: kernel
    code: |
      let a = 1
      let b = a + 1
      if b == 2:
        x = b
      let c = x
      pass
)y");
  // x = b, then let c = x: two shared statements, two steps.
  const auto run = spec.only_run();
  REQUIRE(run.size() == 2);
  CHECK(weight_of(*spec.model, run[0].label) == 1);
  CHECK(weight_of(*spec.model, run[1].label) == 0);
  CHECK(spec.interpreter->ended(run[1].next, 0));
  CHECK(spec.interpreter->positions(run[1].next) == std::vector<int>{-1});
  CHECK(spec.interpreter->positions(spec.initial[0]) == std::vector<int>{run[0].label.stmt});
}

TEST_CASE("a pair is assigned at once", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..9 = 1", y: "int 0..9 = 2"}}
actors: {a: {life: kernel, code: "x, y = y, x"}}
)y");
  CHECK(spec.final_values("x") == Values{2});
  CHECK(spec.final_values("y") == Values{1});
  CHECK(spec.values("x") == Values{1, 2});
}

TEST_CASE("a value outside the declared range is a violation", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..2 = 2"}}
actors: {a: {life: kernel, code: "x = x + 1"}}
)y");
  CHECK(spec.faults() == std::set<std::string>{"out-of-range"});
}

TEST_CASE("a mutex that is held blocks, even its holder", "[checker]") {
  Spec spec(R"y(
locks: {m: mutex}
procedures:
  twice(): |
    lock m
    lock m
actors: {a: {life: kernel, code: "twice()"}}
)y");
  CHECK(spec.blocks(0));
  CHECK(spec.final_values("m") == Values{1});
}

TEST_CASE("waiting in an actor's own code is idling", "[checker]") {
  Spec spec(R"y(
state: {kernel: {go: bool}}
actors: {a: {life: kernel, code: "wait go"}}
)y");
  CHECK(spec.interpreter->successors(spec.initial[0]).empty());
  CHECK_FALSE(spec.blocks(0));
}

TEST_CASE("only the holder unlocks", "[checker]") {
  Spec spec(R"y(
locks: {m: mutex}
actors: {a: {life: kernel, code: "unlock m"}}
)y");
  CHECK(spec.faults() == std::set<std::string>{"unlock-unheld"});
}

TEST_CASE("a queued writer of a fair lock makes new readers wait", "[checker]") {
  const auto reading_twice = [](const std::string& kind) {
    return R"y(
locks: {l: )y" +
           kind + R"y(}
procedures:
  reader(): |
    with read l:
      with read l:
        pass
  writer(): |
    with write l:
      pass
actors:
  r: {life: kernel, code: "reader()"}
  w: {life: kernel, code: "writer()"}
)y";
  };
  // The second read of r waits for w in the queue, and w waits for r's first: a deadlock.
  const auto stuck = [](const Spec& spec) {
    bool found = false;
    spec.explore([&](const Configuration& at, const auto& successors) {
      found = found || (successors.empty() && spec.interpreter->blocked(at, 0) &&
                        spec.interpreter->blocked(at, 1));
    });
    return found;
  };
  CHECK(stuck(Spec(reading_twice("rwlock"))));
  CHECK_FALSE(stuck(Spec(reading_twice("rwlock unfair"))));
}

TEST_CASE("readers share a lock and writers do not", "[checker]") {
  Spec spec(R"y(
locks: {l: rwlock}
state: {kernel: {reading: "int 0..2", writing: "int 0..1"}}
actors:
  r:
    life: kernel
    tasks: 2
    code: |
      with read l:
        reading = reading + 1
        reading = reading - 1
  w:
    life: kernel
    code: |
      with write l:
        writing = 1
        writing = 0
properties:
  apart: {never: writing == 1 && reading > 0}
)y");
  CHECK_FALSE(spec.violates("apart"));
  CHECK(spec.values("reading") == Values{0, 1, 2});
  CHECK(spec.values("writing") == Values{0, 1});
}

TEST_CASE("a fair writer queues in one step and takes the lock in another", "[checker]") {
  const auto write = [](const std::string& kind) {
    return Spec("locks: {l: " + kind + "}\n" + actor("kernel", "with write l:\n  pass"));
  };
  Spec fair = write("rwlock");
  const auto run = fair.only_run();
  REQUIRE(run.size() == 3);  // queue, acquire, release
  CHECK(run[0].label == run[1].label);
  CHECK(fair.value(run[0].next, "queued(l)[a]") == 1);
  CHECK(fair.value(run[0].next, "l") == 0);
  CHECK(fair.value(run[1].next, "queued(l)[a]") == 0);
  CHECK(fair.value(run[1].next, "l") == 1);
  CHECK(fair.value(run[2].next, "l") == 0);
  CHECK(write("rwlock unfair").only_run().size() == 2);
}

TEST_CASE("an actor holds a lock for reading twice at most", "[checker]") {
  Spec spec("locks: {l: rwlock}\n" + actor("kernel", "lock read l\nlock read l\nlock read l"));
  CHECK(spec.values("readers(l)[a]") == Values{0, 1, 2});
  CHECK(spec.faults() == std::set<std::string>{"out-of-range"});
}

TEST_CASE("a call returns its value and its passages are told in order", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..9"}}
procedures:
  inner() -> int: return 5
  outer() -> int: |
    let v = inner()
    return v + 1
)y" + actor("kernel", "x = 1\nlet r = outer()\nx = r"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 2);  // both calls are local: they ride on x = 1
  const int inner = 0, outer = 1;
  CHECK(run[0].passages == std::vector<Passage>{{outer, false, false, 0},
                                                {inner, false, false, 0},
                                                {inner, true, true, 5},
                                                {outer, true, true, 6}});
  CHECK(spec.final_values("x") == Values{6});
}

TEST_CASE("code may call itself down the PCI tree", "[checker]") {
  Spec spec(R"y(
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 3}
  sw: {kind: port, under: rp, bdf: "0000:01:00.0", secondary: 2, subordinate: 3}
  nic: {kind: other, under: sw, bdf: "0000:02:00.0"}
state: {kernel: {log: "int 0..999"}}
procedures:
  walk(function d): |
    for c in d.children order registration:
      walk(c)
    log = log * 10 + if(d == rp, 1, if(d == sw, 2, 3))
)y" + actor("kernel", "walk(rp)"));
  CHECK(spec.final_values("log") == Values{321});
}

TEST_CASE("a lock that a call leaves held leaks to userspace only", "[checker]") {
  const auto leak = [](const std::string& life) {
    return R"y(
locks: {m: mutex}
procedures: {p(): lock m}
actors: {a: {life: )y" +
           life + R"y(, code: "p()"}}
)y";
  };
  CHECK(Spec(leak("userspace")).faults() == std::set<std::string>{"lock-leaked"});
  CHECK(Spec(leak("kernel")).faults().empty());
}

TEST_CASE("a failure happens only where its act is allowed, and as often", "[checker]") {
  const std::string text = R"y(
environment: {nomem: {at-most: 1}}
state: {kernel: {failures: "int 0..3"}}
procedures:
  p() -> errno: |
    may-fail nomem -> -ENOMEM
    return 0
actors:
  a:
    life: kernel
    code: |
      for u in unit order registration:
        let r = p()
        if r != 0:
          failures = failures + 1
entities: {unit: {members: [u0, u1, u2]}}
)y";
  Spec off(text);
  CHECK(off.values("failures") == Values{0});
  CHECK(off.interpreter->successors(off.initial[0]).empty());  // nothing shared is ever touched
  Spec on(text + "allow: [nomem]\n");
  CHECK(on.values("failures") == Values{0, 1});
  const auto steps = on.interpreter->successors(on.initial[0]);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].label.choices[0] == 0);
  CHECK(weight_of(*on.model, steps[0].label) == 0);
  CHECK(steps[1].label.choices[0] == 1);
  CHECK(weight_of(*on.model, steps[1].label) == 1);
}

TEST_CASE("either takes any one block, and stop ends the actor", "[checker]") {
  Spec spec(R"y(
state: {kernel: {x: "int 0..9"}}
actors:
  a:
    life: kernel
    code: |
      either:
        x = 1
        stop
      or:
        x = 2
      x = x + 5
)y");
  CHECK(spec.final_values("x") == Values{1, 7});
}

TEST_CASE("local code that never touches shared state is an endless loop", "[checker]") {
  Spec spec(actor("kernel", "forever:\n  pass"));
  CHECK(spec.faults() == std::set<std::string>{"endless-loop"});
}

TEST_CASE("a count that reaches zero runs its procedure after the put", "[checker]") {
  const auto counted = [](const std::string& code) {
    return R"y(
state: {kernel: {c: "refcount 0..2 at zero gone", freed: bool}}
procedures: {gone(): freed = true}
)y" + actor("kernel", code);
  };
  Spec balanced(counted("get c\nget c\nput c\nput c"));
  const auto run = balanced.only_run();
  REQUIRE(run.size() == 5);
  CHECK(balanced.value(run[3].next, "c") == 0);
  CHECK(balanced.value(run[3].next, "freed") == 0);
  CHECK(balanced.value(run[4].next, "freed") == 1);
  CHECK(Spec(counted("put c")).faults() == std::set<std::string>{"refcount-underflow"});
  CHECK(Spec(counted("get c\nget c\nget c")).faults() == std::set<std::string>{"out-of-range"});
}

}  // namespace
}  // namespace luproof::checker
