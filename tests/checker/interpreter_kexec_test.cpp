// SPDX-License-Identifier: GPL-2.0-or-later
// Lives of cells, the handover, pools and what a claim remembers over kexec: docs/language.md,
// sections 2, 3, 7 and 9.
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;
using Faults = std::set<std::string>;

// The state right after the (only) kexec of a run without choices.
Configuration after_kexec(const Spec& spec) {
  for (const Successor& step : spec.only_run())
    if (spec.value(step.next, "kernel") == 2) return step.next;
  FAIL("no kexec");
  return {};
}

std::string in_old(const std::string& code, const std::string& in_new = "pass") {
  std::string text = actor("userspace", code);
  text.replace(text.find("life: userspace"), 15, "life: userspace\n    in: old");
  std::string second = actor("userspace", in_new);
  second = second.substr(second.find('\n') + 1);
  second.replace(second.find("  a:"), 4, "  b:");
  second.replace(second.find("life: userspace"), 15, "life: userspace\n    in: new");
  return text + second;
}

TEST_CASE("kexec treats every life by its rule", "[checker]") {
  Spec spec(R"y(
state:
  hardware: {hw: "int 0..9 = 1"}
  kernel: {cold: "int 0..9 = 1", booted: "int 0..9 = 1 boot if(handed(h), received(h), hw)"}
  userspace: {us: "int 0..9 = 1", usb: "int 0..9 = 1 boot 7"}
  guest: {vm: "int 0..9 = 1"}
  handover: {h: "int 0..9", g: "int 0..9"}
locks: {m: mutex}
)y" + in_old("hw = 2\ncold = 2\nus = 2\nusb = 2\nvm = 2\nh = 5\nlock m\nkexec"));
  const Configuration at = after_kexec(spec);
  CHECK(spec.value(at, "hw") == 2);
  CHECK(spec.value(at, "cold") == 1);
  CHECK(spec.value(at, "booted") == 5);
  CHECK(spec.value(at, "us") == 1);
  CHECK(spec.value(at, "usb") == 7);
  CHECK(spec.value(at, "vm") == 2);
  CHECK(spec.value(at, "handed(h)") == 1);
  CHECK(spec.value(at, "received(h)") == 5);
  CHECK(spec.value(at, "handed(g)") == 0);
  CHECK(spec.value(at, "written(h)") == 0);
  CHECK(spec.value(at, "outgoing(h)") == 0);
  CHECK(spec.value(at, "m") == 0);
}

TEST_CASE("a handover that is taken back or does not travel does not arrive", "[checker]") {
  const std::string state = "state: {handover: {h: bool}, kernel: {n: \"int 0..9\"}}\n";
  CHECK(Spec(state + in_old("h = true\nkexec")).values("handed(h)") == Values{0, 1});
  CHECK(Spec(state + in_old("h = true\nunwrite h\nkexec")).values("handed(h)") == Values{0});
  CHECK(Spec(state + in_old("h = true\nkexec carries n == 1")).values("handed(h)") == Values{0});
  // One kexec is one hop: what is not written again does not reach the third kernel.
  Spec twice("updates: 2\n" + state + in_old("h = true\nkexec", "kexec"));
  twice.explore([&](const Configuration& at, const auto&) {
    if (twice.value(at, "kernel") == 3) CHECK(twice.value(at, "handed(h)") == 0);
  });
  CHECK(twice.values("kernel") == Values{1, 2, 3});
}

TEST_CASE("what was received is read at will and restored once", "[checker]") {
  const std::string state = "state: {handover: {h: bool, g: bool}, kernel: {x: bool, y: bool}}\n";
  const auto faults = [&](const std::string& in_new) {
    return Spec(state + in_old("h = true\nkexec", in_new)).faults();
  };
  CHECK(faults("x = received(h)\ny = received(h)\nrestore h\nx = received(h)").empty());
  CHECK(faults("restore h\nrestore h") == Faults{"double-restore"});
  CHECK(faults("restore g") == Faults{"absent-handover"});
  CHECK(faults("x = received(g)") == Faults{"absent-handover"});
  CHECK(faults("x = outgoing(h)") == Faults{"absent-handover"});
}

TEST_CASE("a list that is handed over keeps its order, and absent is not empty", "[checker]") {
  const std::string state = R"y(
entities: {unit: {members: [u1, u2]}}
state: {handover: {h: list of unit}, kernel: {l: list of unit, empty: bool}}
)y";
  Spec sent(state + in_old("l.append(u2)\nl.append(u1)\nh = l\nkexec", "l = received(h)"));
  CHECK(sent.final_values("l[u2]") == Values{1});
  CHECK(sent.final_values("l[u1]") == Values{2});
  CHECK(Spec(state + in_old("h = l\nkexec", "empty = received(h).empty")).faults().empty());
  CHECK(Spec(state + in_old("kexec", "empty = received(h).empty")).faults() ==
        Faults{"absent-handover"});
}

TEST_CASE("kexec is only possible while updates are left, and waiting for it is no deadlock",
          "[checker]") {
  Spec spec("updates: 1\n" + actor("userspace", "kexec"));  // in every kernel
  CHECK(spec.values("kernel") == Values{1, 2});
  spec.explore(
      [&](const Configuration& at, const auto&) { CHECK_FALSE(spec.interpreter->blocked(at, 0)); });
}

TEST_CASE("kernel and userspace actors begin anew, hardware goes on", "[checker]") {
  Spec spec(R"y(
state: {hardware: {k: "int 0..9", h: "int 0..9", go: bool}}
actors:
  boss: {life: userspace, in: old, code: kexec}
  k: {life: kernel, code: "k = k + 1"}
  h:
    life: hardware
    code: |
      h = h + 1
)y");
  CHECK(spec.final_values("k") == Values{1, 2});  // 1: the first kernel ended before it ran
  CHECK(spec.final_values("h") == Values{1});
}

TEST_CASE("an actor runs in the kernels it belongs to, whatever its life", "[checker]") {
  Spec spec(R"y(
updates: 2
config: {flag: {type: bool, old: false, new: true}}
state: {hardware: {news: "int 0..9", olds: "int 0..9", seen: bool}}
actors:
  boss: {life: userspace, code: kexec}
  news: {life: hardware, in: new, code: news = news + kernel}
  olds: {life: guest, in: old, code: olds = olds + kernel}
  looks: {life: kernel, in: new, code: seen = flag}
)y");
  CHECK(spec.values("news") == Values{0, 2, 3});  // begins once: in kernel 2, and goes on in 3
  CHECK(spec.values("olds") == Values{0, 1});
  CHECK(spec.values("seen") == Values{0, 1});
  spec.explore([&](const Configuration& at, const auto&) {
    if (spec.value(at, "kernel") == 1) CHECK(spec.interpreter->ended(at, 1));
  });
}

TEST_CASE("a boot value that may be anything branches and says which", "[checker]") {
  Spec spec("state: {kernel: {x: \"int 0..2 = 0 boot any\", y: bool}}\n" + in_old("kexec"));
  const auto steps = spec.interpreter->successors(spec.initial[0]);
  REQUIRE(steps.size() == 3);
  for (Value v = 0; v < 3; ++v) {
    CHECK(steps[v].label.choices == std::vector<Value>{v});
    CHECK(spec.value(steps[v].next, "x") == v);
  }
}

TEST_CASE("cold values that may be anything are all tried, less what is known or assumed",
          "[checker]") {
  Spec spec(R"y(
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 2}
  pf0: {kind: pf, under: rp, bdf: "0000:01:00.0", on: true, mode: fast}
  nic: {kind: other, under: rp, bdf: "0000:01:01.0"}
kinds: {modes: [slow, fast]}
state:
  hardware: {"function.on": bool = any, "pf.mode": modes = any}
  kernel: {copy: bool = rp.on}
assume: {parked: "!nic.on"}
)y");
  REQUIRE(spec.initial.size() == 2);  // rp is free; pf0 is on, nic is off
  for (const Configuration& at : spec.initial) {
    CHECK(spec.value(at, "function.on[pf0]") == 1);
    CHECK(spec.value(at, "function.on[nic]") == 0);
    CHECK(spec.text(at, "pf.mode[pf0]") == "fast");
    CHECK(spec.value(at, "copy") == spec.value(at, "function.on[rp]"));
  }
  Spec wide("state: {hardware: {x: \"int 0..9 = any\", y: \"int 0..9 = any\"}}\n");
  CHECK(wide.initial.size() == 100);
  CHECK_FALSE(wide.interpreter->initial(99));
}

const std::string kSessions = R"y(
entities: {session: {pool: 2}}
state:
  kernel: {"session.n": "int 0..9 = 3", r: ref session, full: bool, "session.m": int 0..9 boot self.hw}
  hardware: {"session.hw": "int 0..9 = 4"}
  handover: {h: ref session}
procedures:
  make() -> errno: |
    let s = new session else -ENOSPC
    return 0
)y";

TEST_CASE("freed elements are stale, and their cells start over", "[checker]") {
  const auto faults = [](const std::string& code) {
    return Spec(kSessions + actor("kernel", code)).faults();
  };
  const Faults stale = {"stale-reference"};
  CHECK(faults("let s = new session\nr = s\nfree s\nr.n = 1") == stale);
  CHECK(faults("let s = new session\nfree s\nfree s") == stale);
  CHECK(faults("free r") == Faults{"none-reference"});
  Spec spec(kSessions + actor("kernel", "let s = new session\ns.n = 5\nfree s"));
  CHECK(spec.final_values("session.n[session1]") == Values{3});
  CHECK(spec.values("session.n[session1]") == Values{3, 5});
}

TEST_CASE("a new element never takes a slot that something still refers to", "[checker]") {
  // r keeps the first slot: the second `new` takes the other one, the third finds none.
  Spec kept(kSessions + actor("kernel", R"y(
let s = new session
r = s
free s
s = none
s = new session
s.n = 7
)y"));
  CHECK(kept.final_values("session.n[session2]") == Values{7});
  CHECK(kept.final_values("alive(session)[session1]") == Values{0});
  Spec local(kSessions + actor("kernel", R"y(
let s = new session
free s
let t = new session
t.n = 7
)y"));
  CHECK(local.final_values("session.n[session2]") == Values{7});
  Spec reused(kSessions + actor("kernel", R"y(
let s = new session
r = s
free s
s = none
r = none
s = new session
s.n = 7
)y"));
  CHECK(reused.final_values("session.n[session1]") == Values{7});
  CHECK(reused.final_values("alive(session)[session2]") == Values{0});
}

TEST_CASE("a full pool fails the statement, or ends the run without a verdict", "[checker]") {
  Spec failing(kSessions + actor("kernel", R"y(
ignore make()
ignore make()
let e = make()
full = e != 0
)y"));
  CHECK(failing.final_values("full") == Values{1});
  Spec exhausted(kSessions + actor("kernel", R"y(
let a = new session
let b = new session
let c = new session
full = true
)y"));
  const auto run = exhausted.only_run();
  CHECK(run.back().scope_exhausted);
  CHECK(run.back().fault == Fault::None);
  CHECK(exhausted.values("full") == Values{0});
}

TEST_CASE("a pool element lives over kexec if something that survives refers to it", "[checker]") {
  Spec spec(kSessions + in_old(R"y(
let a = new session
let b = new session
a.n = 5
b.n = 6
b.hw = 8
r = a
h = b
kexec
)y"));
  const Configuration at = after_kexec(spec);
  CHECK(spec.value(at, "alive(session)[session1]") == 0);
  CHECK(spec.value(at, "alive(session)[session2]") == 1);
  CHECK(spec.value(at, "session.n[session2]") == 3);  // a kernel cell all the same
  CHECK(spec.value(at, "session.m[session2]") == 8);
  CHECK(spec.value(at, "session.m[session1]") == 0);  // nobody boots the cells of the dead
}

TEST_CASE("events of the environment happen by themselves, within their budget", "[checker]") {
  const std::string text = R"y(
topology:
  a0: {kind: other, bdf: "0000:00:01.0"}
  a1: {kind: other, bdf: "0000:00:02.0"}
environment: {removal: {at-most: 1}}
state: {hardware: {"function.gone": bool}}
events:
  surprise(function d):
    act: removal
    when: not d.gone
    do: d.gone = true
)y";
  Spec off(text);
  CHECK(off.interpreter->successors(off.initial[0]).empty());
  Spec on(text + "allow: [removal]\n");
  const auto steps = on.interpreter->successors(on.initial[0]);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].label.args == std::vector<Value>{1});
  CHECK(steps[1].label.args == std::vector<Value>{2});
  CHECK(weight_of(*on.model, steps[0].label) == 1);
  CHECK(on.interpreter->successors(steps[0].next).empty());
}

TEST_CASE("a panic stops the kernel and its userspace, not the hardware", "[checker]") {
  Spec spec(R"y(
state: {hardware: {x: bool, y: bool, z: bool}}
events:
  dma(): {by: device, when: panicked && not z, do: z = true}
actors:
  p: {life: kernel, code: panic}
  u:
    life: userspace
    code: |
      wait panicked
      x = true
  d:
    life: hardware
    code: |
      wait panicked
      y = true
)y");
  CHECK(spec.values("x") == Values{0});
  CHECK(spec.final_values("y") == Values{1});
  CHECK(spec.final_values("z") == Values{1});
}

}  // namespace
}  // namespace luproof::checker
