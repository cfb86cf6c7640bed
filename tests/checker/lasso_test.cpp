// SPDX-License-Identifier: GPL-2.0-or-later
// A broken leads-to is shown by a run that never gets there: with a loop, or an end. Expected are
// loops from reasoning; the interpreter walks each, and turns down those that show nothing.
#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "checker/symmetry/symmetry.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

Checked ask(const std::string& text, bool fuse = true) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  CheckOptions options;
  options.fuse = fuse;
  auto checked = check(file.path, {}, {}, options, {}, diagnostics);
  INFO(text << "\n" << diagnostics.render());
  REQUIRE(checked);
  INFO(text);
  CHECK(checked->broken == "");  // the interpreter has walked the run, and found it to be one
  return std::move(*checked);
}

const Finding& answered(const Checked& checked) {
  for (const Finding& f : checked.findings)
    if (f.property == "answered") return f;
  FAIL("'answered' was not asked");
  return checked.findings.front();
}

std::string spec(const std::string& actors) {
  return "case: live\nstate: {kernel: {asked: bool = true, done: bool, x: bool, y: bool}}\n"
         "actors:\n" +
         actors + "properties:\n  answered: {leads-to: {from: asked, to: done}}\n";
}

std::string actor(const std::string& name, const std::string& life, const std::string& code) {
  return "  " + name + ":\n    life: " + life + "\n    code: |\n" + code;
}

const std::string kTurnX = "      forever:\n        x = not x\n";
const std::string kTurnY = "      forever:\n        y = not y\n";

// The instances that move within the loop.
std::set<int> movers(const Run& run) {
  std::set<int> all;
  for (auto i = static_cast<std::size_t>(run.loop); i < run.steps.size(); ++i)
    all.insert(run.steps[i].instance);
  return all;
}

}  // namespace

TEST_CASE("a loop that never answers is shown, and every kernel actor moves in it", "[checker]") {
  const Checked one = ask(spec(actor("worker", "kernel", kTurnX)));
  REQUIRE(answered(one).verdict == Verdict::Violated);
  CHECK(answered(one).run->loop == 0);
  CHECK(answered(one).run->weight == 2);  // x is true, x is false
  CHECK(answered(one).reason == "steps 1 to 2 are repeated for ever");
  const Checked two =
      ask(spec(actor("worker", "kernel", kTurnX) + actor("other", "hardware", kTurnY)));
  REQUIRE(answered(two).verdict == Verdict::Violated);
  CHECK(movers(*answered(two).run) == std::set<int>{0, 1});
  CHECK(answered(two).run->weight == 4);
  // Userspace need not move.
  const Checked idle =
      ask(spec(actor("worker", "kernel", kTurnX) + actor("other", "userspace", kTurnY)));
  CHECK(movers(*answered(idle).run) == std::set<int>{0});
}

TEST_CASE("who is able to move only now and then may be passed over for ever", "[checker]") {
  const std::string waits = actor("waiter", "kernel", "      wait x\n      done = true\n");
  const Checked starved = ask(spec(waits + actor("worker", "kernel", kTurnX)));
  REQUIRE(answered(starved).verdict == Verdict::Violated);
  CHECK(movers(*answered(starved).run) == std::set<int>{1});
  // Where x stays true, the waiter is able for ever, and moves.
  const std::string once =
      actor("worker", "kernel", "      x = true\n      forever:\n        y = not y\n");
  CHECK(answered(ask(spec(waits + once))).verdict == Verdict::Holds);
}

TEST_CASE("a run that may end says who waits for what", "[checker]") {
  const std::string text =
      "case: ends\nlocks: {m: mutex}\nstate: {kernel: {asked: bool, done: bool}}\nprocedures:\n"
      "  answer(): |\n    with m:\n      wait not asked\n      done = true\n"
      "actors:\n  asker: {life: userspace, code: asked = true}\n"
      "  worker: {life: kernel, code: answer()}\n"
      "properties:\n  answered: {leads-to: {from: asked, to: done}}\n";
  const Checked checked = ask(text);
  REQUIRE(answered(checked).verdict == Verdict::Violated);
  CHECK(answered(checked).run->loop == -1);
  const std::string& reason = answered(checked).reason;
  CHECK(reason.find("it may end there: no kernel or hardware actor can go on; worker waits at ") ==
        0);
  const Checked stops = ask(spec(actor("worker", "userspace", "      done = true\n")));
  CHECK(answered(stops).reason == "it may end there: no kernel or hardware actor can go on");
  CHECK(answered(stops).run->steps.empty());
}

TEST_CASE("a way into the loop is not repeated, and silent steps are called so", "[checker]") {
  const Checked way =
      ask(spec(actor("worker", "kernel", "      y = true\n      forever:\n        x = not x\n")));
  CHECK(answered(way).run->loop == 1);
  CHECK(answered(way).reason == "steps 2 to 3 are repeated for ever");
}

// What a block leaves in its variables is no difference between one turn and the next.
TEST_CASE("a loop comes back to where it began whatever its blocks have named", "[checker]") {
  const std::string more =
      "case: live\nentities: {dev: {members: [da, db]}, sess: {pool: 2}}\nlocks: {m: mutex}\n"
      "state: {kernel: {done: bool, x: bool, z: int 0..7 = 1, dev.on: bool = true}}\nactors:\n"
      "  worker:\n    life: kernel\n    code: |\n      forever:\n";
  for (const char* turn :
       {"        for d in dev where d.on:\n          x = not x\n",
        "        with m:\n          let q = z\n          x = not x\n",
        "        if x:\n          let a = z\n          x = false\n        else:\n"
        "          let b = z\n          x = true\n",
        "        let s = new sess\n        free s\n",
        "        pick d in dev where d.on\n        x = not x\n"}) {
    const Checked checked = ask(more + turn + "properties:\n  answered: {leads-to: {to: done}}\n");
    INFO(turn);
    REQUIRE(answered(checked).verdict == Verdict::Violated);
    CHECK(answered(checked).run->loop >= 0);
  }
}

TEST_CASE("a panic is no less one for a silent step behind it", "[checker]") {
  const std::string text =
      "case: panics\nstate: {kernel: {z: int 0..3, y: bool, x: bool}}\nactors:\n"
      "  w:\n    life: kernel\n    code: |\n      wait y\n      panic\n      let a = z\n"
      "      pass\n"
      "  o:\n    life: kernel\n    code: |\n      y = true\n      forever:\n        x = not x\n"
      "properties:\n  answered: {recoverable: {from: y, to: x}}\n";
  for (const bool fuse : {false, true})
    CHECK(answered(ask(text, fuse)).verdict == Verdict::Violated);
}

TEST_CASE("the interpreter turns down a run that does not show it", "[checker]") {
  const Checked checked =
      ask(spec(actor("worker", "kernel", kTurnX) + actor("other", "kernel", kTurnY)));
  const Finding& finding = answered(checked);
  const std::string none = "it does not show that it never comes";
  const auto said = [&](const auto& change) {
    Run run = *finding.run;
    change(run);
    return replay(*checked.model, *checked.layout, run, finding.index);
  };
  CHECK(said([](Run&) {}) == "");
  CHECK(said([](Run& run) { run.loop = -1; }) == none);  // they can go on
  CHECK(said([](Run& run) { run.loop = 1; }) == none);   // it comes back to another state
  CHECK(said([](Run& run) { run.loop = 99; }) == none);
  CHECK(said([](Run& run) {  // one of them moves alone
          run.steps.resize(1);
          run.args.resize(1);
          run.states.resize(2);
          run.loop = 0;
        }) == none);
  // What is awaited comes in every turn, though not at the end of one.
  {
    const auto other = load_text(
        "case: live\nstate: {kernel: {asked: bool = true, done: bool, x: bool, y: bool}}\n"
        "actors:\n" +
        actor("worker", "kernel", kTurnX) + actor("other", "kernel", kTurnY) +
        "properties:\n  answered: {leads-to: {from: asked, to: x}}\n");
    Run run = *finding.run;
    CHECK(replay(*other, model::Layout(*other), run, 0) == none);
  }
  // What is awaited has come, or nothing was ever awaited.
  for (const char* property : {"{from: asked, to: asked}", "{from: done, to: x && not x}"}) {
    const SpecFile file(
        "case: live\nstate: {kernel: {asked: bool = true, done: bool, x: bool}}\n"
        "actors:\n" +
        actor("worker", "kernel", kTurnX) + "properties:\n  answered: {leads-to: " + property +
        "}\n");
    model::Diagnostics diagnostics;
    const auto other = model::load(file.path, {}, diagnostics);
    REQUIRE(other);
    const model::Layout layout(*other);
    const Checked alone = ask(spec(actor("worker", "kernel", kTurnX)));
    Run run = *answered(alone).run;
    for (State& state : run.states) state.clear();
    CHECK(replay(*other, layout, run, 0) != "");
  }
}

// Which of four devices is on is all the same to the reduced graph, and not to the clock's run.
TEST_CASE("a lasso is one of states, and not of states up to an exchange", "[checker]") {
  const auto model = load_text(
      "case: exchange\nentities: {device: {members: [a, b, c, d]}}\n"
      "state: {hardware: {device.on: bool}, kernel: {tick: bool, done: bool}}\n"
      "events:\n  up(device x): {when: not x.on, do: x.on = true}\n"
      "actors:\n" +
      actor("clock", "kernel", "      forever:\n        tick = not tick\n") +
      "properties:\n  answered: {leads-to: {from: \"device.count(x, x.on) == 2\", to: done}}\n");
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  const auto system = ground(*model, layout, {}, diagnostics);
  REQUIRE(system);
  const Symmetry symmetry = find_symmetry(*system);
  REQUIRE_FALSE(symmetry.empty());
  ExploreOptions options;
  options.exchange = &symmetry;
  const Outcome outcome = explore(*system, options, {});
  REQUIRE(outcome.findings[0].verdict == Verdict::Violated);
  CHECK(outcome.findings[0].run->loop == 2);
  Run run = *outcome.findings[0].run;
  CHECK(replay(*model, layout, run, 0) == "");
}

// The verdict needs no loop: it stands where the whole graph is too much.
TEST_CASE("a lasso that cannot be had takes no verdict with it", "[checker]") {
  const auto model = load_text(
      "case: exchange\nentities: {device: {members: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, "
      "o]}}\n"
      "state: {hardware: {device.on: int 0..2}, kernel: {tick: bool, done: bool}}\n"
      "events:\n  up(device x): {when: x.on < 2, do: x.on = x.on + 1}\n"
      "actors:\n" +
      actor("clock", "kernel", "      forever:\n        tick = not tick\n") +
      "properties:\n  answered: {leads-to: {from: \"device.count(x, x.on == 2) == 2\", to: "
      "done}}\n");
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  const auto system = ground(*model, layout, {}, diagnostics);
  REQUIRE(system);
  Limits limits;
  limits.memory = std::size_t{32} << 20;
  const Outcome outcome = explore(*system, {}, limits);
  CHECK(outcome.statistics.exhausted);
  REQUIRE(outcome.findings[0].verdict == Verdict::Violated);
  CHECK_FALSE(outcome.findings[0].run);
  CHECK(outcome.findings[0].reason ==
        "its loop is not shown: states that differ by an exchange were one");
}

TEST_CASE("every lasso of random specs is one, and fusing changes no verdict", "[checker]") {
  std::map<std::string, int> seen;
  for (unsigned seed = 1; seed <= 120; ++seed) {
    const std::string plain = RandomSpec(seed).text();
    const auto model = load_text(plain);
    std::vector<std::string> cells = {"kernel > 1"};
    for (const auto& cell : model->cells)
      if (cell.index.empty() && cell.type.kind == model::Type::Kind::Bool &&
          cell.kind == model::CellKind::Data && cell.life != model::Life::Handover)
        cells.push_back(cell.name);
    std::mt19937 random(seed);
    const auto condition = [&] {
      return std::string(random() % 2 ? "not " : "") + "(" + cells[random() % cells.size()] + ")";
    };
    const std::string from = condition(), to = condition();
    std::string text = plain;
    const std::size_t at = text.find("properties:\n");
    REQUIRE(at != std::string::npos);
    const std::size_t actors = text.find("actors:\n");
    REQUIRE(actors < at);
    text.insert(at + 12, "  answered: {leads-to: {from: \"" + from + "\", to: \"" + to + "\"}}\n");
    // Somebody who never comes to an end.
    const std::vector<std::string> turns = {"        busy = not busy\n",
                                            "        let was = busy\n        busy = not was\n",
                                            "        for one in vf:\n          busy = not busy\n"};
    if (seed % 2 == 0)
      text.insert(actors + 8, actor("turner", "kernel", "      forever:\n" + turns[seed / 4 % 3]));
    if (seed % 3 == 0)  // and somebody who ends it all, with silent steps behind
      text.insert(actors + 8,
                  actor("stopper", "kernel",
                        "      wait busy\n      panic\n      let was = busy\n      pass\n"));
    const Checked checked = ask(text), unfused = ask(text, false);
    std::map<std::string, Verdict> verdicts, expected;
    for (const Finding& f : checked.findings) verdicts[f.property] = f.verdict;
    for (const Finding& f : unfused.findings) expected[f.property] = f.verdict;
    CHECK(verdicts == expected);
    const Finding& finding = answered(checked);
    ++seen[finding.verdict != Verdict::Violated ? verdict_name(finding.verdict)
           : finding.run->loop < 0              ? "ends"
                                                : "loops"];
  }
  INFO("holds " << seen["holds"] << ", ends " << seen["ends"] << ", loops " << seen["loops"]);
  CHECK(seen["holds"] >= 10);
  CHECK(seen["ends"] >= 10);
  CHECK(seen["loops"] >= 10);
}

}  // namespace luproof::checker
