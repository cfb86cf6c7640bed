// SPDX-License-Identifier: GPL-2.0-or-later
// Verdicts of the explorer that are about whole graphs, and those that would be empty.
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

struct Answer {
  Checked checked;
  const Finding& of(const std::string& property) const {
    for (const Finding& f : checked.findings)
      if (f.property == property) return f;
    FAIL("no finding for " + property);
    return checked.findings.front();
  }
  Verdict verdict(const std::string& property) const { return of(property).verdict; }
  bool has(const std::string& property) const {
    for (const Finding& f : checked.findings)
      if (f.property == property) return true;
    return false;
  }
};

Answer ask(const std::string& text, const model::Reading& reading = {}, int bound = -1) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  Limits limits;
  limits.bound = bound;
  auto checked = check(file.path, {}, reading, {}, limits, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  CHECK(checked->broken == "");
  return Answer{std::move(*checked)};
}

}  // namespace

TEST_CASE("two locks taken in opposite orders are a deadlock, in one order they are not",
          "[checker]") {
  const std::string locks = "case: locks\nlocks: {a: mutex, b: mutex}\nprocedures:\n";
  const std::string first = "  one(): |\n    with a:\n      with b: pass\n";
  const std::string crossed = "  two(): |\n    with b:\n      with a: pass\n";
  const std::string same = "  two(): |\n    with a:\n      with b: pass\n";
  const std::string actors = "actors:\n  x: {code: one()}\n  y: {code: two()}\n";
  CHECK(ask(locks + first + crossed + actors).verdict("deadlock") == Verdict::Violated);
  CHECK(ask(locks + first + same + actors).verdict("deadlock") == Verdict::Holds);
}

TEST_CASE("an actor that takes its own lock again waits for itself", "[checker]") {
  const Answer answer = ask(
      "case: self\nlocks: {m: mutex}\nstate: {kernel: {n: bool}}\nprocedures:\n  outer(): |\n    "
      "with m: inner()\n  inner(): |\n    with m: pass\n"
      "actors:\n  x: {code: outer()}\n  others:\n    code: |\n      forever:\n        n = not n\n");
  // Others go on for ever; the one that is stuck is still found.
  CHECK(answer.verdict("deadlock") == Verdict::Violated);
}

TEST_CASE("waiting behind a lock that only kexec ends is no deadlock", "[checker]") {
  const std::string text = R"(case: sealed
locks: {seal: rwlock}
procedures:
  reboot(): |
    lock write seal
    kexec
  preserve(): |
    with read seal: pass
actors:
  rebooter: {life: kernel, in: old, code: reboot()}
  agent: {in: old, code: preserve()}
)";
  CHECK(ask(text).verdict("deadlock") == Verdict::Holds);
}

TEST_CASE("idling at the top of an actor is no deadlock, waiting in a procedure is", "[checker]") {
  CHECK(ask("case: idle\nstate: {kernel: {go: bool}}\nactors:\n  x: {code: wait go}\n")
            .verdict("deadlock") == Verdict::Holds);
  CHECK(ask("case: wait\nstate: {kernel: {go: bool}}\nprocedures:\n  p(): wait go\nactors:\n  x: "
            "{code: p()}\n")
            .verdict("deadlock") == Verdict::Violated);
}

TEST_CASE("recoverable asks for some continuation of the named actors, without kexec if it says so",
          "[checker]") {
  const std::string text = R"(case: stuck
kinds: {states: [Normal, Prepared]}
state: {kernel: {luo: states, finalized: bool = true}}
environment: {finalize-fails: {at-most: 1}}
allow: [finalize-fails]
procedures:
  prepare() -> errno: |
    check luo == Normal else -EINVAL
    luo = Prepared
    may-fail finalize-fails -> -ENOMEM
    finalized = true
    return 0
  cancel() -> errno: |
    check finalized else -ENOENT
    luo = Normal
    return 0
  reboot(): kexec
actors:
  agent: {calls: [prepare(), cancel(), reboot()]}
properties:
  home: {recoverable: {from: idle(agent), to: luo == Normal, by: [agent], without: [kexec]}}
  home-by-kexec: {recoverable: {from: kernel == 1, to: luo == Normal, by: [agent]}}
)";
  std::string flawed = text;
  flawed.replace(flawed.find("finalized: bool = true"), 22, "finalized: bool = false");
  const Answer stuck = ask(flawed);
  CHECK(stuck.verdict("home") == Verdict::Violated);
  CHECK(stuck.of("home").needs == std::vector<std::string>{"finalize-fails"});
  CHECK(stuck.verdict("home-by-kexec") == Verdict::Holds);
  CHECK(ask(text).verdict("home") == Verdict::Holds);
}

TEST_CASE("leads-to trusts kernel actors to go on, and userspace actors not", "[checker]") {
  const std::string before =
      "case: live\nstate: {kernel: {asked: bool = true, done: bool, n: bool}}\nactors:\n  "
      "worker:\n    life: ";
  const std::string after =
      "\n    code: |\n      n = true\n      done = true\nproperties:\n  answered: {leads-to: "
      "{from: asked, to: done}}\n";
  CHECK(ask(before + "kernel" + after).verdict("answered") == Verdict::Holds);
  CHECK(ask(before + "userspace" + after).verdict("answered") == Verdict::Violated);
}

TEST_CASE("a kernel actor in a loop that never answers breaks leads-to", "[checker]") {
  const std::string text =
      "case: live\nstate: {kernel: {done: bool, n: bool}}\nactors:\n  worker:\n    life: kernel\n  "
      "  code: |\n      forever:\n        n = not n\n"
      "properties:\n  answered: {leads-to: {from: n, to: done}}\n";
  CHECK(ask(text).verdict("answered") == Verdict::Violated);
}

namespace {
const std::string kClaimed = R"(case: claimed
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 1}
  pf0: {kind: pf, under: rp, bdf: "0000:01:00.0", first_vf_offset: 128, vf_stride: 2, total_vfs: 1}
  vf0: {kind: vf, of: pf0, index: 0}
state:
  hardware: {function.mastering: bool = true}
  kernel: {preserved: bool = false boot handed(record), finished: bool = false}
  handover: {record: bool}
claims:
  kept: {for: vf v, level: dma, from: preserved, until: finished and kernel > 1}
properties:
  masters: {for: v in claimed(dma), never: not v.mastering, because: DMA stops.}
actors:
  old:
    life: kernel
    in: old
    code: |
      PRESERVE
      SHUTDOWN
      kexec
  new:
    life: kernel
    in: new
    code: |
      wait preserved
      finished = true
)";
std::string claimed(const std::string& preserve, const std::string& shutdown) {
  std::string text = kClaimed;
  text.replace(text.find("PRESERVE"), 8, preserve);
  text.replace(text.find("SHUTDOWN"), 8, shutdown);
  return text;
}
}  // namespace

TEST_CASE("holds comes with a witness through kexec and finish", "[checker]") {
  const Answer answer = ask(claimed("preserved, record = true, true", "pass"));
  REQUIRE(answer.verdict("masters") == Verdict::Holds);
  REQUIRE(answer.of("masters").witness);
  const Run& witness = *answer.of("masters").witness;
  CHECK(witness.weight == 3);  // preserve, kexec, finish
}

TEST_CASE("a design that never takes up its claim is vacuous, not safe", "[checker]") {
  const Answer answer = ask(claimed("pass", "pass"));
  CHECK(answer.verdict("masters") == Verdict::Vacuous);
  CHECK(answer.of("masters").reason == "no run ever comes to the claim it guards");
}

TEST_CASE("a claim that is never let go after a kexec is vacuous", "[checker]") {
  const Answer answer = ask(claimed("preserved = true", "pass"));  // nothing is handed over
  CHECK(answer.verdict("masters") == Verdict::Vacuous);
  CHECK(answer.of("masters").reason == "the claim is never let go after a kexec, in any run");
}

TEST_CASE("the counterexample has the fewest visible steps and names the step that broke it",
          "[checker]") {
  const Answer answer =
      ask(claimed("preserved, record = true, true", "rp.mastering, vf0.mastering = false, false"));
  REQUIRE(answer.verdict("masters") == Verdict::Violated);
  CHECK(answer.of("masters").run->weight == 2);
  CHECK(answer.of("masters").violated_by == std::vector<std::string>{"old"});
  CHECK(answer.of("masters").violated_by_known);
}

TEST_CASE("a run ends with the step that breaks a property, whatever is fused behind it",
          "[checker]") {
  const Answer answer = ask(R"(case: fused
state: {kernel: {x: bool, y: bool}}
actors:
  a:
    code: |
      x = true
      if y:
        x = false
properties:
  stays-off: {step: old(x) || not x, because: x is on.}
)");
  REQUIRE(answer.verdict("stays-off") == Verdict::Violated);
  const Run& run = *answer.of("stays-off").run;
  CHECK(run.steps.size() == 1);
  CHECK(run.states.size() == 2);
}

TEST_CASE("a bound is said, and what lies beyond it is not called safe", "[checker]") {
  const Answer answer =
      ask(claimed("preserved, record = true, true", "rp.mastering, vf0.mastering = false, false"),
          {}, 1);
  CHECK(answer.verdict("masters") == Verdict::Unknown);
  CHECK(answer.of("masters").depth >= 0);
  CHECK(answer.checked.statistics.stopped_by == "bound");
}

TEST_CASE("a full pool leaves the verdict open", "[checker]") {
  const std::string text =
      "case: pool\nentities: {session: {pool: 2}}\nstate: {kernel: {all: list of "
      "session}}\nactors:\n  agent:\n    code: |\n      forever:\n        let s = new session\n    "
      "    all.append(s)\n"
      "properties:\n  few: {never: all.count() > 2}\n";
  const Answer answer = ask(text);
  CHECK(answer.verdict("few") == Verdict::Unknown);
  CHECK(answer.of("few").reason == "a pool of the model was full in some run");
}

TEST_CASE("needs are minimal: what a violation can do without is not named", "[checker]") {
  const std::string text = R"(case: needs
environment: {one: {}, two: {}}
allow: [one, two]
state: {kernel: {bad: bool, noise: bool}}
procedures:
  p() -> errno: |
    may-fail one -> -EIO
    return 0
  q() -> errno: |
    may-fail two -> -EIO
    return 0
actors:
  a:
    code: |
      let x = q()
      if x != 0:
        noise = true
      let r = p()
      if r != 0:
        bad = true
properties:
  good: {never: bad}
)";
  CHECK(ask(text).of("good").needs == std::vector<std::string>{"one"});
}

TEST_CASE("possible holds with a run, and is violated where no state has it", "[checker]") {
  const std::string text =
      "case: may\nstate: {kernel: {n: int 0..2}}\nactors:\n  a: {code: n = 1}\nproperties:\n  one: "
      "{possible: n == 1}\n  two: {possible: n == 2}\n";
  const Answer answer = ask(text);
  CHECK(answer.verdict("one") == Verdict::Holds);
  CHECK(answer.verdict("two") == Verdict::Violated);
}

TEST_CASE("procedures and events that nothing ever reaches are named", "[checker]") {
  const std::string text =
      "case: dead\nstate: {kernel: {n: bool}}\nevents:\n  never_fired: {do: n = "
      "true}\nprocedures:\n  never_called(): never_fired()\n  called(): n = false\nactors:\n  a: "
      "{code: called()}\n";
  CHECK(ask(text).checked.never_fired == std::vector<std::string>{"never_called", "never_fired"});
}

TEST_CASE("violations that are built into the language are found and replayed", "[checker]") {
  const std::string head =
      "case: fault\ntopology:\n  pf0: {kind: pf, bdf: \"0000:00:01.0\"}\nstate:\n  kernel: {n: int "
      "0..1, r: ref pf, pf.f: bool, l: list of pf, c: refcount 0..1}\n  handover: {h: "
      "bool}\nactors:\n  a:\n    life: kernel\n    code: |\n";
  const std::pair<const char*, const char*> rows[] = {
      {"n = n + 1\n      n = n + 1", "out-of-range"},
      {"r.f = true", "none-reference"},
      {"put c", "refcount-underflow"},
      {"l.append(pf0)\n      l.append(pf0)", "double-append"},
      {"l.remove(pf0)", "not-a-member"},
      {"if received(h): pass", "absent-handover"}};
  for (const auto& [code, fault] : rows) {
    INFO(code);
    const Answer answer = ask(head + "      " + code + "\n");
    CHECK(answer.has(fault));
  }
}

}  // namespace luproof::checker
