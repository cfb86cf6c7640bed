// SPDX-License-Identifier: GPL-2.0-or-later
// Which members loops, `each` and `pick` take, and how sets are read: docs/language.md, sections 4
// and 6.
#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

using Values = std::set<Value>;

// In the order of the topology, and so from 1: rp, pf0, pf1, vf0 (of pf0).
const std::string kTree = R"y(
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 2}
  pf0: {kind: pf, under: rp, bdf: "0000:01:00.0", first_vf_offset: 128, vf_stride: 2, total_vfs: 1}
  pf1: {kind: pf, under: rp, bdf: "0000:01:00.1"}
  vf0: {kind: vf, of: pf0, index: 0}
state:
  kernel: {log: "int 0..9999", cut: bool}
  given: {"function.number": "int 0..9"}
define:
  "place(function d)": if(d == rp, 1, if(d == pf0, 2, if(d == pf1, 3, 4)))
)y";

Spec walk(const std::string& loop) {
  return Spec(kTree + actor("kernel", loop + "\n  log = log * 10 + place(d)"));
}

TEST_CASE("children-first gives exactly the orders in which nothing comes before what is below it",
          "[checker]") {
  // vf0 (4) before pf0 (2), all before rp (1), pf1 (3) anywhere before rp.
  CHECK(walk("for d in function order children-first:").final_values("log") ==
        Values{4231, 4321, 3421});
}

TEST_CASE("parents-first is the reverse", "[checker]") {
  CHECK(walk("for d in function order parents-first:").final_values("log") ==
        Values{1324, 1234, 1243});
}

TEST_CASE("registration order is that of the topology", "[checker]") {
  CHECK(walk("for d in function order registration:").final_values("log") == Values{1234});
  CHECK(walk("for d in function order reverse-registration:").final_values("log") == Values{4321});
}

TEST_CASE("a loop without an order takes every order, and tells which", "[checker]") {
  CHECK(walk("for d in pf:").final_values("log") == Values{23, 32});
  Spec spec = walk("for d in pf:");
  // The set is not shared: the choice is made before the first step, so there are two beginnings.
  REQUIRE(spec.initial.size() == 2);
  const auto steps = spec.interpreter->successors(spec.initial[0]);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].label.choices == std::vector<Value>{3});  // the second member follows eagerly
}

TEST_CASE("ascending and descending order by the key, ties freely", "[checker]") {
  CHECK(walk("for d in function where d != rp order ascending if(d == pf1, 0, 1):")
            .final_values("log") == Values{324, 342});
  CHECK(walk("for d in function where d != rp order descending if(d == pf1, 0, 1):")
            .final_values("log") == Values{243, 423});
}

TEST_CASE("relations of the PCI tree", "[checker]") {
  CHECK(walk("for d in vf0.upstream order registration:").final_values("log") == Values{1});
  CHECK(walk("for d in rp.children order registration:").final_values("log") == Values{234});
  CHECK(walk("for d in pf0.vfs order registration:").final_values("log") == Values{4});
  CHECK(walk("for d in rp.subtree order registration:").final_values("log") == Values{234});
}

const std::string kUnits = R"y(
entities: {unit: {members: [u1, u2, u3]}}
state: {kernel: {l: list of unit, s: set of unit, log: "int 0..9999", "unit.on": bool}}
define:
  "place(unit u)": if(u == u1, 1, if(u == u2, 2, 3))
)y";

TEST_CASE("a list is walked oldest first, also after a removal", "[checker]") {
  const std::string fill = "l.append(u3)\nl.append(u1)\nl.append(u2)\nl.remove(u1)\nl.append(u1)\n";
  const auto logged = [&](const std::string& set) {
    return Spec(kUnits +
                actor("kernel", fill + "for u in " + set + ":\n  log = log * 10 + place(u)"))
        .final_values("log");
  };
  CHECK(logged("l") == Values{321});
  CHECK(logged("l.reversed") == Values{123});
  CHECK(logged("before(l, u2)") == Values{3});
  CHECK(logged("before(l, u3)") == Values{0});
  CHECK(logged("snapshot(l)") == Values{321});
  Spec last(kUnits + actor("kernel", fill + "log = place(l.last)"));
  CHECK(last.final_values("log") == Values{1});
  // Ranks are dense: u3, u2, u1.
  CHECK(last.final_values("l[u3]") == Values{1});
  CHECK(last.final_values("l[u2]") == Values{2});
  CHECK(last.final_values("l[u1]") == Values{3});
}

TEST_CASE("a live loop skips what was removed and visits what was added", "[checker]") {
  const std::string body = R"y(
s.append(u1)
s.append(u2)
for u in SET order registration:
  log = log * 10 + place(u)
  if u == u1:
    s.remove(u2)
    s.append(u3)
)y";
  const auto logged = [&](const std::string& set) {
    std::string code = body;
    code.replace(code.find("SET"), 3, set);
    return Spec(kUnits + actor("kernel", code)).final_values("log");
  };
  CHECK(logged("s") == Values{13});
  CHECK(logged("snapshot(s)") == Values{12});
}

TEST_CASE("a member that comes back is not visited twice", "[checker]") {
  Spec spec(kUnits + actor("kernel", R"y(
s.append(u1)
for u in s:
  log = log + 1
  s.remove(u)
  s.append(u)
)y"));
  CHECK(spec.final_values("log") == Values{1});
}

TEST_CASE("finding the next member of a shared set is a step of its own", "[checker]") {
  Spec spec(kUnits + actor("kernel", R"y(
s.append(u1)
for u in s:
  let x = 1
)y"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 3);  // append, find u1, find nothing
  CHECK(run[1].label.choices == std::vector<Value>{1});
  CHECK(run[2].label.choices.empty());
  CHECK(run[1].label.stmt == run[2].label.stmt);
  Spec snapshot(kUnits + actor("kernel", "s.append(u1)\nfor u in snapshot(s):\n  let x = 1"));
  CHECK(snapshot.only_run().size() == 2);  // S is read once; finding nothing more is local
}

TEST_CASE("each settles who takes part before the first body runs", "[checker]") {
  Spec spec(kUnits + actor("kernel", R"y(
each u in unit where not u1.on:
  u.on = true
)y"));
  const auto run = spec.only_run();
  REQUIRE(run.size() == 1);
  CHECK(spec.final_values("unit.on[u1]") == Values{1});
  CHECK(spec.final_values("unit.on[u3]") == Values{1});
}

TEST_CASE("pick takes any member that fits and waits while there is none", "[checker]") {
  const std::string picked = kUnits + R"y(
procedures:
  p(): |
    pick u in s where u != u2
    log = place(u)
)y";
  Spec spec(picked + actor("kernel", "s.append(u1)\ns.append(u2)\ns.append(u3)\np()"));
  CHECK(spec.final_values("log") == Values{1, 3});
  Spec none(picked + actor("kernel", "s.append(u2)\np()"));
  CHECK(none.blocks(0));
  CHECK(none.final_values("log") == Values{0});
}

TEST_CASE("a list refuses a second append and a stranger's removal, a set does not", "[checker]") {
  const auto faults = [](const std::string& code) {
    return Spec(kUnits + actor("kernel", code)).faults();
  };
  CHECK(faults("l.append(u1)\nl.append(u1)") == std::set<std::string>{"double-append"});
  CHECK(faults("l.remove(u1)") == std::set<std::string>{"not-a-member"});
  CHECK(faults("s.append(u1)\ns.append(u1)\ns.remove(u2)").empty());
}

TEST_CASE("an operand that is not reached does no harm", "[checker]") {
  const auto faults = [](const std::string& condition) {
    return Spec(R"y(
entities: {unit: {members: [u1, u2]}}
state: {kernel: {r: ref unit, done: bool, "unit.next": ref unit, "unit.on": bool}}
)y" + actor("kernel", "if " + condition + ":\n  done = true"))
        .faults();
  };
  const std::set<std::string> none_reference = {"none-reference"};
  CHECK(faults("r.on") == none_reference);
  CHECK(faults("r != none && r.on").empty());
  CHECK(faults("r == none || r.on").empty());
  CHECK(faults("r != none implies r.on").empty());
  CHECK(faults("if(r == none, true, r.on)").empty());
  // u1 decides before u2.next is followed.
  CHECK(faults("unit.exists(u, u == u1 || u.next.on)").empty());
  CHECK(faults("unit.all(u, u != u1 && u.next.on)").empty());
  CHECK(faults("unit.count(u, u == u1 || u.next.on) == 1") == none_reference);
  // Membership asks about the one member only.
  CHECK(faults("u1 in unit.where(u, u == u1 || u.next.on)").empty());
}

TEST_CASE("a cell of a sub-sort cannot be read through another one", "[checker]") {
  Spec spec(R"y(
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 2}
  nic: {kind: other, under: rp, bdf: "0000:01:00.0"}
state: {kernel: {"port.open": bool, "function.open2": bool, d: ref function}}
)y" + actor("kernel", "d = nic\nif d is port && d.open:\n  pass\nif d.open:\n  pass"));
  CHECK(spec.faults() == std::set<std::string>{"wrong-kind"});
  CHECK(spec.values("d") == Values{0, 2});
}

}  // namespace
}  // namespace luproof::checker
