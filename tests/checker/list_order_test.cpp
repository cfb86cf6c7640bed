// SPDX-License-Identifier: GPL-2.0-or-later
// In which order members are taken, and of which nothing is asked any more: the interpreter, the
// ground system and the prover on it have to agree. Logs are numbers: 31 is u3, then u1.
#include <catch2/catch.hpp>

#include "checker/check.h"
#include "checker/pdr/pdr.h"
#include "tests/checker/reach.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;

void indented(std::string& to, const std::string& code) {
  std::size_t at = 0;
  while (at < code.size()) {
    const std::size_t end = code.find('\n', at);
    to += "      " + code.substr(at, end - at) + "\n";
    at = end == std::string::npos ? code.size() : end + 1;
  }
}

class Orders {
 public:
  explicit Orders(const std::string& code, const std::string& cells = "",
                  const std::string& later = "")
      : model_(*load_text(text(code, cells, later))),
        layout_(model_),
        plain_(interpret(model_, layout_, 3000)),
        kernels_(later.empty() ? 1 : 2) {
    REQUIRE_FALSE(plain_.too_large);
    for (const bool fuse : {false, true}) {
      model::Diagnostics diagnostics;
      auto system = ground(model_, layout_, GroundOptions{fuse}, diagnostics);
      REQUIRE(system);
      Graph graph(*system);
      ExploreOptions all;
      all.symmetry = false;
      agree(explore(*system, all, Limits{}, &graph));
      if (!fuse) CHECK(places_of(*system, graph, layout_).places == plain_.places);
    }
  }

  void prove() const {
    model::Diagnostics diagnostics;
    const auto system = ground(model_, layout_, {}, diagnostics);
    REQUIRE(system);
    agree(check_pdr(*system, {}, Limits{}));
  }
  // What may be in the log when the last actor has ended.
  Values logged() const {
    Values all;
    const int log = layout_.find(model::Part::Value, cell("log"))->base;
    const int kernel = layout_.find(model::Part::Kernel, -1)->base;
    for (const auto& [data, positions] : plain_.places)
      if (positions.back() < 0 && data[kernel] == kernels_) all.insert(data[log]);
    return all;
  }
  const std::set<std::string>& faults() const { return plain_.faults; }

 private:
  static std::string text(const std::string& code, const std::string& cells,
                          const std::string& later) {
    std::string all = R"y(case: orders
entities: {unit: {members: [u1, u2, u3]}}
state:
  kernel:
    l: list of unit
    s: set of unit
    swap: bool
    chosen: ref unit
    unit.on: bool = true
    log: int 0..999
)y" + cells + R"y(  handover:
    h: list of unit
    tok: bool
define:
  "place(unit u)": if(u == u1, 1, if(u == u2, 2, 3))
actors:
  first:
    life: kernel
    in: old
    code: |
      l.append(u3)
      l.append(u1)
)y";
    indented(all, code);
    if (!later.empty()) {
      all += "  later:\n    life: kernel\n    in: new\n    code: |\n";
      indented(all, later);
    }
    return all + "properties:\n  one-three: {never: log == 13}\n  three-one: {never: log == 31}\n";
  }
  int cell(const std::string& name) const {
    for (std::size_t c = 0; c < model_.cells.size(); ++c)
      if (model_.cells[c].name == name) return static_cast<int>(c);
    FAIL("no cell " << name);
    return -1;
  }
  void agree(Outcome outcome) const {
    std::set<int> violated;
    std::set<std::string> faults;
    for (Finding& f : outcome.findings) {
      if (f.verdict != Verdict::Violated || f.property == "deadlock") continue;
      if (f.index >= 0)
        violated.insert(f.index);
      else
        faults.insert(f.property);
      REQUIRE(f.run);
      CHECK(replay(model_, layout_, *f.run, f.index) == "");
    }
    CHECK(violated == plain_.violated);
    CHECK(faults == plain_.faults);
  }

  model::Model model_;
  model::Layout layout_;
  Reached plain_;
  Value kernels_;
};

const std::string kLog = "\n  log = log * 10 + place(u)";

}  // namespace

TEST_CASE("a snapshot of a list is walked oldest first", "[checker][orders]") {
  CHECK(Orders("for u in snapshot(l):" + kLog).logged() == Values{31});
  CHECK(Orders("for u in snapshot(l.reversed):" + kLog).logged() == Values{13});
  CHECK(Orders("for u in snapshot(l.where(x, x != u3)):" + kLog).logged() == Values{1});
  CHECK(Orders("for u in snapshot(if(swap, l, l.reversed)):" + kLog).logged() == Values{13});
  CHECK(Orders("for u in snapshot(l) order registration:" + kLog).logged() == Values{13});
  Orders("for u in snapshot(l):" + kLog).prove();
  // Whatever the body does to it.
  CHECK(Orders("for u in snapshot(l):\n  if u in l:\n    l.remove(u)\n    l.append(u)" + kLog)
            .logged() == Values{31});
  CHECK(Orders("for u in snapshot(l):\n  if u1 in l:\n    l.remove(u1)" + kLog).logged() ==
        Values{31});
}

TEST_CASE("a snapshot of what may be a set is walked in any order", "[checker][orders]") {
  const std::string fill = "s.append(u1)\ns.append(u3)\n";
  for (const std::string set : {"s", "snapshot(s)", "if(swap, l, s)", "snapshot(if(swap, l, s))"})
    for (const std::string swap : {"swap = false\n", "swap = true\n"})
      CHECK(Orders(fill + swap + "for u in " + set + ":" + kLog).logged() == Values{13, 31});
}

TEST_CASE("each turns to the oldest of a list first", "[checker][orders]") {
  CHECK(Orders("each u in l:" + kLog).logged() == Values{31});
  CHECK(Orders("each u in l.reversed:" + kLog).logged() == Values{13});
  CHECK(Orders("each u in unit where u in l:" + kLog).logged() == Values{13});
  CHECK(Orders("s.append(u1)\ns.append(u3)\neach u in if(swap, l, s):" + kLog).logged() ==
        Values{13});
}

TEST_CASE("a loop asks nothing more of a member that it has visited", "[checker][orders]") {
  const Orders once("chosen = u1\ns.append(u2)\nfor u in s where chosen.on:\n  chosen = none");
  CHECK(once.faults().empty());
  const Orders twice("chosen = u1\nfor u in l where chosen.on:\n  chosen = none");
  CHECK(twice.faults() == std::set<std::string>{"none-reference"});
}

TEST_CASE("a list that is booted keeps its order and has no gaps", "[checker][orders]") {
  const std::string handed = "l.append(u2)\nh = l\nkexec";
  const auto booted = [&](const std::string& boot, const std::string& kind = "list") {
    return Orders(handed, "    m: " + kind + " of unit boot " + boot + "\n",
                  "for u in m:\n  log = log * 10 + place(u)\nif u2 in m:\n  m.remove(u2)\n"
                  "log = log * 2 + if(u2 in m, 1, 0)")
        .logged();
  };
  CHECK(booted("received(h)") == Values{624});
  CHECK(booted("received(h).reversed") == Values{426});
  CHECK(booted("received(h).where(x, x != u3)") == Values{24});
  CHECK(booted("unit") == Values{246});
  CHECK(booted("received(h).where(x, x == u1)", "set") == Values{2});
  CHECK(booted("received(h).where(x, x == u2)", "set") == Values{4});
}

TEST_CASE("a set takes no member of another kind", "[checker][orders]") {
  const auto faults = [&](const std::string& member) {
    const auto model = load_text(
        "case: kinds\ntopology:\n"
        "  rp: {kind: port, bdf: \"0000:00:1c.0\", secondary: 1, subordinate: 1}\n"
        "  pf0: {kind: pf, under: rp, bdf: \"0000:01:00.0\", first_vf_offset: 128, vf_stride: 2, "
        "total_vfs: 2}\n"
        "  vf0: {kind: vf, of: pf0, index: 0}\n"
        "state:\n  kernel:\n    some: set of function\n    vfs: set of vf\n"
        "actors:\n  a:\n    code: |\n      some.append(" +
        member + ")\n      vfs = some\n");
    const model::Layout layout(*model);
    model::Diagnostics diagnostics;
    const auto system = ground(*model, layout, {}, diagnostics);
    REQUIRE(system);
    std::set<std::string> found;
    for (Finding& f : explore(*system, {}, Limits{}).findings) {
      if (f.verdict != Verdict::Violated) continue;
      found.insert(f.property);
      CHECK(replay(*model, layout, *f.run, f.index) == "");
    }
    CHECK(found == interpret(*model, layout, 100).faults);
    return found;
  };
  CHECK(faults("pf0") == std::set<std::string>{"wrong-kind"});
  CHECK(faults("vf0").empty());
}

// The list is u3, then u1, and nobody but u3 has a next one: to ask u1 for it is a fault.
TEST_CASE("who has decided asks no further member", "[checker][orders]") {
  using Faults = std::set<std::string>;
  const Faults fault = {"none-reference"};
  const auto faults = [](const std::string& condition) {
    const Orders all("u3.next = u3\nif " + condition + ":\n  log = 1", "    unit.next: ref unit\n");
    all.prove();
    return all.faults();
  };
  const std::string asked = ".where(x, x.next.on)";
  CHECK(faults("l" + asked + ".exists(y, y.on)").empty());
  CHECK(faults("l" + asked + ".all(y, y.on == false)").empty());
  CHECK(faults("l" + asked + ".exists(y, y.on == false)") == fault);
  CHECK(faults("l.reversed" + asked + ".exists(y, y.on)") == fault);
  CHECK(faults("l" + asked + ".reversed.exists(y, y.on)") == fault);
  CHECK(faults("l" + asked + ".count(y, y.on) == 1") == fault);
  CHECK(faults("u3 in l" + asked).empty());
  CHECK(faults("u1 in l" + asked) == fault);
  CHECK(faults("u2 in l" + asked).empty());
  CHECK(faults("u3 in l.where(x, x == u3).where(x, x.next.on)").empty());
  CHECK(faults("u3 in [u3.next, u1.next.next]").empty());
  CHECK(faults("u3 in [u1.next.next, u3.next]") == fault);
}

// u3 is the first and would be an absent-handover, u1 behind it a none-reference; who is asked
// first says which of them happens. `each` asks one member all at once, a loop all of them for
// their set before any for its `where`.
TEST_CASE("the fault of the first member is the one that happens", "[checker][orders]") {
  using Faults = std::set<std::string>;
  const Faults absent = {"absent-handover"}, none = {"none-reference"};
  const auto faults = [](const std::string& code) {
    const Orders all(code, "    unit.next: ref unit\n");
    all.prove();
    return all.faults();
  };
  const std::string set = ".where(x, if(x == u3, received(tok), x.next.on))";
  const std::string own = " where if(y == u3, received(tok), y.next.on)", log = ":\n  log = 1";
  CHECK(faults("for y in l" + set + log) == absent);
  CHECK(faults("for y in l.reversed" + set + log) == none);
  CHECK(faults("for y in l" + set + ".reversed" + log) == absent);
  CHECK(faults("s = l" + set) == absent);
  CHECK(faults("s = before(l" + set + ", u1)") == absent);
  CHECK(faults("for y in l" + own + log) == absent);
  CHECK(faults("for y in snapshot(l" + set + ")" + log) == absent);
  CHECK(faults("pick y in l" + own) == absent);
  CHECK(faults("each y in l" + own + log) == absent);
  CHECK(faults("each y in l.reversed" + own + log) == none);
  // Here the set asks of u1 what nobody handed over, and the loop asks u3 for its next.
  const std::string of_set = ".where(x, if(x == u1, received(tok), true))";
  const std::string of_own = " where if(y == u3, y.next.on, true)";
  CHECK(faults("for y in l" + of_set + of_own + log) == absent);
  CHECK(faults("each y in l" + of_set + of_own + log) == none);
  // The keys of an order are asked in the order of the set as well, also of a single member.
  const std::string key = " order ascending if(if(y == u3, received(tok), y.next.on), 1, 2)";
  CHECK(faults("for y in l" + key + log) == absent);
  CHECK(faults("for y in l.reversed" + key + log) == none);
  CHECK(faults("for y in l.where(x, x == u1)" + key + log) == none);
  // Of two sides the left one is asked first.
  CHECK(faults("if received(tok) == u1.next.on" + log) == absent);
  CHECK(faults("if u1.next.on == received(tok)" + log) == none);
  CHECK(faults("log = if(received(tok), 1, 2) + if(u1.next.on, 1, 2)") == absent);
  CHECK(faults("log = if(u1.next.on, 1, 2) + if(received(tok), 1, 2)") == none);
}

}  // namespace luproof::checker
