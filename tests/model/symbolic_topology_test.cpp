// SPDX-License-Identifier: GPL-2.0-or-later
// What a topology leaves open: the addresses that follow have to be those that a machine with the
// chosen values would have, in every engine, and no choice may be lost or added.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "checker/ground/system.h"
#include "checker/smt.h"
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

// Behind a port of an open secondary number.
const std::string kMachine = R"y(
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: any 1..200, subordinate: 255}
  pf0: {kind: pf, under: rp, devfn: any 0..7, first_vf_offset: any, vf_stride: any, total_vfs: 300}
  vf0: {kind: vf, of: pf0, index: 0}
  vf1: {kind: vf, of: pf0, index: 1}
  vf200: {kind: vf, of: pf0, index: 200}
)y";

// A spec without a list of its first states, which may be too many.
struct Loaded {
  explicit Loaded(const std::string& yaml) {
    char name[] = "/tmp/luproof-open-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    std::ofstream(name) << "case: small\n" << yaml;
    model::Diagnostics diagnostics;
    auto loaded = model::load(name, {}, diagnostics);
    std::filesystem::remove(name);
    INFO(diagnostics.render());
    REQUIRE(loaded);
    model = std::make_unique<model::Model>(std::move(*loaded));
    layout = std::make_unique<model::Layout>(*model);
    interpreter = std::make_unique<Interpreter>(*model, *layout);
    system = ground(*model, *layout, {}, diagnostics);
    REQUIRE(system);
  }
  int slot(const std::string& name) const {
    for (int i = 0; i < layout->slots(); ++i)
      if (layout->slot_name(i) == name) return i;
    FAIL("no slot '" + name + "'");
    return 0;
  }
  Value value(const State& state, const std::string& name) const { return state[slot(name)]; }

  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::unique_ptr<Interpreter> interpreter;
  std::unique_ptr<System> system;
};

TEST_CASE("an address that follows from open values is the one of the formula", "[model]") {
  std::mt19937 dice(7);
  const auto any = [&](int low, int high) {
    return low + static_cast<int>(dice() % static_cast<unsigned>(high - low + 1));
  };
  for (int round = 0; round < 25; ++round) {
    const int secondary = any(1, 200), devfn = any(0, 7), offset = any(0, 0xffff);
    const int stride = any(0, round % 2 ? 3 : 0xffff);
    const auto fixed = [](const std::string& cell, int value) {
      return "  " + cell.substr(cell.find('.') + 1) + ": {expr: " + cell +
             " == " + std::to_string(value) + "}\n";
    };
    const Loaded spec(kMachine + "assume:\n" + fixed("rp.secondary", secondary) +
                      fixed("pf0.devfn", devfn) + fixed("pf0.first_vf_offset", offset) +
                      fixed("pf0.vf_stride", stride) +
                      "properties:\n  seen: {possible: \"vf1.rid >= 0\"}\n");
    const Outcome outcome = check_smt(*spec.system, {}, Limits{});
    REQUIRE(outcome.findings.at(0).witness);
    const State& first = outcome.findings.at(0).witness->states.at(0);
    // Wider than 16 bits on purpose: a routing ID beyond ffff is no other function's.
    for (const auto& [vf, index] : {std::pair("vf0", 0), {"vf1", 1}, {"vf200", 200}}) {
      const std::int64_t rid =
          256 * std::int64_t{secondary} + devfn + offset + std::int64_t{stride} * index;
      INFO(vf << " offset " << offset << " stride " << stride);
      CHECK(spec.value(first, std::string("function.bus[") + vf + "]") == rid / 256);
      CHECK(spec.value(first, std::string("function.devfn[") + vf + "]") == rid % 256);
      const auto address = model::vf_address(
          {0, static_cast<std::uint8_t>(secondary), static_cast<std::uint8_t>(devfn)}, offset,
          stride, index);
      if (address) CHECK(address->rid() == rid);
    }
    CHECK(spec.interpreter->initial_with(first).size() == 1);
    State wrong = first;
    ++wrong[spec.slot("function.bus[vf1]")];
    CHECK(spec.interpreter->initial_with(wrong).empty());
  }
}

const std::string kTrees = R"y(
topology:
  b0: {kind: port, under: any, bdf: "0000:00:01.0", secondary: 1, subordinate: 9}
  b1: {kind: port, under: any, bdf: "0000:00:02.0", secondary: 2, subordinate: 9}
  b2: {kind: port, under: any, bdf: "0000:00:03.0", secondary: 3, subordinate: 9}
  pf0: {kind: pf, under: any, bdf: "0000:00:04.0", first_vf_offset: 1, vf_stride: 1, total_vfs: 2}
  pf1: {kind: pf, under: b0, bdf: "0000:01:00.0", first_vf_offset: 1, vf_stride: 1, total_vfs: 2}
  vf0: {kind: vf, of: any, index: 0}
  vf1: {kind: vf, of: any, index: 0}
)y";

TEST_CASE("open relations give every forest once, and none with a ring", "[model]") {
  const Loaded spec(kTrees);
  // Three labelled ports in rooted forests: (3 + 1)^(3 - 1). pf0 has four places; two VFs of the
  // same index are of different PFs, so two ways.
  const auto states = initial_states(*spec.system, 10'000);
  REQUIRE(states);
  CHECK(states->size() == 16 * 4 * 2);
  const auto plain = spec.interpreter->initial(10'000);
  REQUIRE(plain);
  std::set<State> a, b;
  for (const State& s : *states) a.insert(State(s.begin(), s.begin() + spec.layout->slots()));
  for (const Configuration& c : *plain) b.insert(c.data);
  CHECK(a == b);
  CHECK(a.size() == states->size());
}

// Each relation said twice: by the word of the language and by its meaning.
const std::string kMeanings = R"y(
state: {hardware: {seen: bool}}
events: {look(): {when: not seen, do: seen = true}}
define:
  "above(port b, function d)": d.parent != none && (d.parent == b || above2(b, d.parent))
  "above2(port b, port p)": p.parent != none && (p.parent == b || above3(b, p.parent))
  "above3(port b, port p)": p.parent != none && p.parent == b
properties:
  upstream: {always: "function.all(d, port.all(b, (b in d.upstream) == above(b, d)))"}
  subtree: {always: "function.all(d, port.all(b, (d in b.subtree) == (d != b && above(b, d))))"}
  children: {always: "function.all(d, port.all(b, (d in b.children) == (d.parent == b)))"}
  vfs: {always: "vf.all(v, pf.all(p, (v in p.vfs) == (v.pf == p)))"}
  below-pf: {always: "vf.all(v, v.parent == v.pf.parent)"}
  bus: {always: "pf.all(p, p.parent == none || p.bus == p.parent.secondary)"}
  rid: {always: "vf.all(v, v.rid == v.pf.rid + 1 + v.index)"}
  counts: {always: "port.all(b, b.subtree.count() >= b.children.count())"}
  chain: {possible: "b0 in b1.upstream && b1 in b2.upstream && b0 in vf0.upstream && vf0.pf == pf1"}
)y";

TEST_CASE("relations mean the same where they are open, in every engine", "[model]") {
  const Loaded spec(kTrees + kMeanings);
  for (const Outcome& outcome :
       {explore(*spec.system, {}, Limits{}), check_smt(*spec.system, {}, Limits{})})
    for (const Finding& f : outcome.findings) {
      INFO(f.property << " by " << f.engine);
      CHECK(f.verdict == Verdict::Holds);
    }
  const auto starts = spec.interpreter->initial(10'000);
  REQUIRE(starts);
  for (const Configuration& start : *starts)
    for (std::size_t p = 0; p + 1 < spec.model->properties.size(); ++p)
      CHECK_FALSE(spec.interpreter->bad_state(static_cast<int>(p), start));
}

TEST_CASE("loops along the tree follow open relations", "[model]") {
  const Loaded spec(R"y(
topology:
  b0: {kind: port, under: any, bdf: "0000:00:01.0", secondary: 1, subordinate: 9}
  b1: {kind: port, under: any, bdf: "0000:00:02.0", secondary: 2, subordinate: 9}
  p: {kind: pf, under: any, bdf: "0000:00:04.0", total_vfs: 1}
  v: {kind: vf, of: p, index: 0}
state: {hardware: {function.done: bool, late: bool}}
actors:
  a:
    life: kernel
    code: |
      late = false
      for d in function order children-first:
        atomic:
          if d.upstream.exists(b, b.done) || (d is vf && d.pf.done):
            late = true
          d.done = true
properties:
  child-first: {never: late}
  all: {possible: "function.all(d, d.done) && b1 in b0.upstream"}
)y");
  for (const Outcome& outcome :
       {explore(*spec.system, {}, Limits{}), check_smt(*spec.system, {}, Limits{})})
    for (const Finding& f : outcome.findings) {
      INFO(f.property << " by " << f.engine);
      CHECK(f.verdict == Verdict::Holds);
      if (!f.witness) continue;
      Run run = *f.witness;
      CHECK(replay(*spec.model, *spec.layout, run, -1) == "");
    }
}

TEST_CASE("an open number is the first value of the cell of its name", "[model]") {
  const Loaded spec(R"y(
topology:
  p: {kind: pf, bdf: "0000:00:04.0", total_vfs: 5, num_vfs: any 2..4, ari: any, quirk: any -1..1}
  q: {kind: pf, bdf: "0000:00:05.0", total_vfs: 5, num_vfs: 1, ari: false, quirk: 3}
state: {hardware: {pf.num_vfs: int 0..7, pf.ari: bool}, given: {twice: int 0..9 = p.quirk + q.quirk}}
)y");
  const auto states = initial_states(*spec.system, 1000);
  REQUIRE(states);
  CHECK(states->size() == 3 * 2 * 3);
  std::set<Value> numbers, twice;
  for (const State& s : *states) {
    numbers.insert(spec.value(s, "pf.num_vfs[p]"));
    twice.insert(spec.value(s, "twice"));
    CHECK(spec.value(s, "pf.num_vfs[q]") == 1);
  }
  CHECK(numbers == std::set<Value>{2, 3, 4});
  CHECK(twice == std::set<Value>{2, 3, 4});
  CHECK(spec.interpreter->initial(1000)->size() == states->size());
}

// A start that differs with an open value would be several starts under one name.
TEST_CASE("what an actor keeps before its first step may not be open", "[model]") {
  for (const std::string code :
       {"let n = p.num_vfs\n      x = n", "if p.num_vfs == 1:\n        x = 1"}) {
    char name[] = "/tmp/luproof-open-XXXXXX";
    REQUIRE(mkstemp(name) >= 0);
    std::ofstream(name) << "case: small\n"
                           "topology: {p: {kind: pf, bdf: \"0000:00:04.0\", num_vfs: any 1..2}}\n"
                           "state: {hardware: {x: int 0..65535}}\n"
                           "actors:\n  a:\n    life: kernel\n    code: |\n      "
                        << code << "\n";
    model::Diagnostics diagnostics;
    const auto model = model::load(name, {}, diagnostics);
    std::filesystem::remove(name);
    REQUIRE(model);
    const model::Layout layout(*model);
    CHECK_FALSE(ground(*model, layout, {}, diagnostics));
    CHECK(diagnostics.render().find("before its first step depends on a given cell") !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace luproof::checker
