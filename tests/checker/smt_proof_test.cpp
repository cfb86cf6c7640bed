// SPDX-License-Identifier: GPL-2.0-or-later
// What the solver says of specs whose every run ends: the explorer has to agree with each word of
// it, and a spec that the explorer cannot list has to go to the solver by itself.
#include <catch2/catch.hpp>

#include <random>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "tests/checker/interpreter_fixture.h"
#include "tests/checker/smt_fixture.h"

namespace luproof::checker {
namespace {

class File {
 public:
  explicit File(const std::string& yaml) : file_("case: small\n" + yaml) {}

  Checked check(Engine engine = Engine::Auto) const {
    model::Diagnostics diagnostics;
    CheckOptions options;
    options.engine = engine;
    auto checked = checker::check(file_.path, {}, {}, options, {}, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(checked);
    CHECK(checked->broken == "");
    return std::move(*checked);
  }

 private:
  SpecFile file_;
};

// "code: |" and the lines, indented.
std::string block(const std::string& lines) {
  std::string text = "code: |\n", line;
  for (const char c : lines + "\n") {
    line += c;
    if (c != '\n') continue;
    text += "      " + line;
    line.clear();
  }
  return text;
}

const Finding& of(const Checked& checked, const std::string& name) {
  for (const Finding& f : checked.findings)
    if (f.property == name) return f;
  FAIL("no finding for " << name);
  return checked.findings.front();
}

void same_verdicts(const File& file) {
  const Checked exact = file.check(Engine::Explorer), solved = file.check(Engine::Smt);
  REQUIRE(exact.statistics.exhausted);
  REQUIRE(exact.findings.size() == solved.findings.size());
  for (const Finding& e : exact.findings) {
    const Finding& f = of(solved, e.property);
    INFO(e.property << ": " << f.reason);
    CHECK(f.verdict == e.verdict);
    CHECK(f.witness.has_value() == e.witness.has_value());
    if (e.verdict == Verdict::Vacuous) CHECK(f.reason == e.reason);
    if (e.verdict == Verdict::Holds) CHECK(f.depth == -1);
  }
}

// Two locks in one order or in two; `both` has to be said where somebody waits for ever.
std::string two_locks(const std::string& outer, const std::string& inner) {
  return "locks: {a: mutex, b: mutex}\n"
         "state: {kernel: {done: int 0..2}}\n"
         "procedures:\n"
         "  first():\n    symbol: no\n    " +
         block("with a:\n  with b:\n    done = done + 1") + "  second():\n    symbol: no\n    " +
         block("with " + outer + ":\n  with " + inner + ":\n    done = done + 1") +
         "actors:\n"
         "  x: {life: kernel, in: old, code: first()}\n"
         "  y: {life: kernel, in: old, code: second()}\n"
         "properties:\n"
         "  both: {possible: done == 2}\n";
}

TEST_CASE("the solver finds the deadlocks of specs whose runs end", "[checker]") {
  const File good(two_locks("a", "b"));
  same_verdicts(good);
  CHECK(of(good.check(Engine::Smt), "deadlock").verdict == Verdict::Holds);
  const File bad(two_locks("b", "a"));
  same_verdicts(bad);
  const Checked solved = bad.check(Engine::Smt);
  const Finding& deadlock = of(solved, "deadlock");
  CHECK(deadlock.verdict == Verdict::Violated);
  CHECK_FALSE(deadlock.shortest);
  REQUIRE(deadlock.run);
  CHECK(deadlock.reason.find("waits for ever") != std::string::npos);
}

TEST_CASE("an actor that waits outside of procedures, or for a kexec to come, is not deadlocked",
          "[checker]") {
  same_verdicts(File(R"y(
state: {hardware: {on: bool}, kernel: {k: bool}}
procedures: {"waits()": {symbol: no, code: wait on}}
actors:
  idle: {life: kernel, in: old, code: wait on}
  inside: {life: kernel, in: old, code: waits()}
  jump:
    life: kernel
    in: every kernel
    code: |
      k = true
      kexec
properties: {never-on: {never: on}}
)y"));
}

const std::string kClaimed = R"y(
topology: {d: {kind: other, bdf: "0000:00:01.0"}}
state:
  hardware: {function.up: bool = true, function.kept: bool, function.home: bool, lost: bool}
claims:
  kept: {for: function f, level: kept, from: f.kept, until: f.home}
properties:
  stays-up: {for: f in claimed(kept), never: not f.up}
actors:
)y";

TEST_CASE("holds is shown by a run through the claim, or not said", "[checker]") {
  const auto with = [&](const std::string& before, const std::string& after) {
    return kClaimed + "  old_one:\n    life: kernel\n    in: old\n    " + block(before) +
           "  new_one:\n    life: kernel\n    in: new\n    " + block(after);
  };
  const File shown(with("d.kept = true\nkexec", "d.home = true"));
  same_verdicts(shown);
  const Checked solved = shown.check(Engine::Smt);
  const Finding& f = of(solved, "stays-up");
  CHECK(f.verdict == Verdict::Holds);
  REQUIRE(f.witness);
  CHECK(f.witness->steps.size() == 3);
  const File never_let_go(with("d.kept = true\nkexec", "lost = true"));
  same_verdicts(never_let_go);
  CHECK(of(never_let_go.check(Engine::Smt), "stays-up").verdict == Verdict::Vacuous);
  const File never_kept(with("lost = true\nkexec", "d.home = true"));
  same_verdicts(never_kept);
  CHECK(of(never_kept.check(Engine::Smt), "stays-up").reason ==
        "no run ever comes to the claim it guards");
  const File broken(with("d.kept = true\nkexec", "d.up = false\nd.home = true"));
  same_verdicts(broken);
  CHECK(of(broken.check(Engine::Smt), "stays-up").verdict == Verdict::Violated);
}

TEST_CASE("runs that never end are not proved by the frames that were looked at", "[checker]") {
  const File file(R"y(
state: {kernel: {n: int 0..1, m: int 0..1}}
actors:
  a:
    life: kernel
    code: |
      forever:
        n = 1 - n
properties: {never-m: {never: m == 1}}
)y");
  model::Diagnostics diagnostics;
  Limits limits;
  limits.bound = 30;
  CHECK(of(file.check(Engine::Explorer), "never-m").verdict == Verdict::Holds);
  const Spec spec(R"y(
state: {kernel: {n: int 0..1, m: int 0..1}}
actors:
  a:
    life: kernel
    code: |
      forever:
        n = 1 - n
properties: {never-m: {never: m == 1}}
)y");
  const auto system = ground(*spec.model, *spec.layout, {}, diagnostics);
  REQUIRE(system);
  const Outcome outcome = check_smt(*system, {}, limits);
  CHECK(finding(outcome, "never-m").verdict == Verdict::Unknown);
  CHECK(finding(outcome, "deadlock").verdict == Verdict::Unknown);
}

std::string open_machine(const std::string& offset, const std::string& stride,
                         const std::string& properties) {
  return "topology:\n"
         "  rp: {kind: port, bdf: \"0000:00:1c.0\", secondary: any 1..2, subordinate: any 1..3}\n"
         "  br: {kind: port, under: any, bdf: \"0000:00:1d.0\", secondary: 2, subordinate: 3}\n"
         "  pf0: {kind: pf, under: any, bdf: \"0000:00:02.0\", first_vf_offset: " +
         offset + ", vf_stride: " + stride +
         ", total_vfs: 2}\n"
         "  vf0: {kind: vf, of: pf0, index: 0}\n"
         "  vf1: {kind: vf, of: pf0, index: 1}\n"
         "state: {hardware: {x: bool}}\n"
         "actors:\n  a:\n    life: kernel\n    in: old\n    " +
         block("x = true\nkexec") + "properties:\n" + properties;
}

TEST_CASE("solver and explorer agree on addresses over small ranges", "[checker]") {
  std::mt19937 dice(11);
  const auto any = [&](int low, int high) {
    return low + static_cast<int>(dice() % static_cast<unsigned>(high - low + 1));
  };
  for (int round = 0; round < 12; ++round) {
    const int low = any(0, 600), stride = any(0, 300);
    std::string properties;
    for (int i = 0; i < 4; ++i)
      properties += "  p" + std::to_string(i) + ": {never: \"x && vf1.rid == " +
                    std::to_string(any(0, 3) * 256 + 16 + low + any(0, 2) + stride + any(0, 1)) +
                    (i % 2 ? " && br in vf0.upstream" : "") + "\"}\n";
    properties +=
        "  routed: {never: \"x && pf0.parent != none && vf1.bus > pf0.parent.subordinate\"}\n";
    const File file(open_machine(
        "any " + std::to_string(low) + ".." + std::to_string(low + 2),
        "any " + std::to_string(stride) + ".." + std::to_string(stride + 1), properties));
    INFO("round " << round << " offset " << low << " stride " << stride);
    same_verdicts(file);
  }
}

TEST_CASE("a spec with too many first states goes to the solver, and says so", "[checker]") {
  const std::string properties = "  moved: {never: \"x && vf1.bus == 200\"}\n";
  const File narrow(open_machine("any 1..4", "1", properties));
  CHECK(of(narrow.check(), "moved").engine == "explorer");
  const File wide(open_machine("any", "any", properties));
  const Checked solved = wide.check();
  CHECK(of(solved, "moved").engine == "smt");
  CHECK(of(solved, "moved").verdict == Verdict::Violated);
  const Checked refused = wide.check(Engine::Explorer);
  CHECK(of(refused, "moved").verdict == Verdict::Unknown);
  CHECK(of(refused, "moved").reason.find("--engine smt") != std::string::npos);
}

}  // namespace
}  // namespace luproof::checker
