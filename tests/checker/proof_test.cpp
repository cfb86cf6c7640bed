// SPDX-License-Identifier: GPL-2.0-or-later
// Proofs are only worth what refuses a wrong one.
#include <catch2/catch.hpp>

#include "checker/proof/obligations.h"
#include "checker/proof/prove.h"
#include "checker/proof/smt_text.h"
#include "random_spec.h"
#include "spec_text.h"

namespace luproof::checker {
namespace {

using proof::Subject;

// A door that may only be opened while the key is in: the property needs a clause of its own.
const char* const kDoor = R"(design: door
state:
  kernel:
    key: bool = false
    open: bool = false
    turns: int 0..3 = 0
events:
  put_in:
    when: "!key"
    do: key = true
  take_out:
    when: key && !open
    do: key = false
  open_it:
    when: GUARD
    do: open = true
  shut_it:
    when: open
    do: open = false
  turn:
    when: turns < 3
    do: turns = turns + 1
properties:
  key-in: {never: "open && !key", because: The key is out of an open door.}
)";

std::string door(const std::string& guard) {
  std::string text = kDoor;
  return text.replace(text.find("GUARD"), 5, guard);
}

struct Explorable {
  std::optional<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::unique_ptr<System> system;
  std::unique_ptr<Graph> graph;
  Outcome outcome;

  explicit Explorable(const std::string& text) : model(load_text(text)) {
    layout = std::make_unique<model::Layout>(*model);
    model::Diagnostics diagnostics;
    system = ground(*model, *layout, {}, diagnostics);
    REQUIRE(system);
    graph = std::make_unique<Graph>(*system);
    Limits limits;
    limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    outcome = explore(*system, {}, limits, graph.get());
  }
  std::shared_ptr<const Proof> proof() {
    return proof::prove(*system, graph.get(), outcome.findings, proof::subject_of(*model, "", ""),
                        {});
  }
};

// "" if this is a proof of all properties of the spec.
std::string refuted(Explorable& e, const Invariant& invariant, bool box = true) {
  const auto bounds = proof::bounds_of(*e.system);
  const auto goals = proof::goals_of(*e.system, {0}, {});
  return proof::refuted(
      proof::certificate(*e.system, goals,
                         box ? proof::with_box(*e.system, bounds, invariant) : invariant, {}),
      {});
}

}  // namespace

TEST_CASE("a safe design has a proof that Z3 confirms from its text", "[checker]") {
  Explorable e(door("key"));
  const auto proof = e.proof();
  CHECK(proof->reason == "");
  CHECK(proof->properties == std::vector<int>{0});
  // "open implies key" is all that it takes: by reasoning, no fewer than one clause of two cells.
  REQUIRE(proof->invariant.clauses.size() <= 1);
  CHECK(refuted(e, proof->invariant) == "");
}

TEST_CASE("an invariant that a step leaves is refused, and so is one that excludes too little",
          "[checker]") {
  Explorable e(door("key"));
  const int key = e.layout->find(model::Part::Value, 0)->base;
  const int open = e.layout->find(model::Part::Value, 1)->base;
  CHECK(refuted(e, {{{Atom{key, {1}}, Atom{open, {0}}}}}) == "");
  // False at the start.
  CHECK(refuted(e, {{{Atom{key, {1}}}}}) == "an initial state is outside the invariant");
  // True at the start; a step makes it false.
  CHECK(refuted(e, {{{Atom{key, {0}}}}}).find("leaves the invariant") != std::string::npos);
}

TEST_CASE("no proof of an unsafe design gets through", "[checker]") {
  Explorable e(door("turns > 1"));
  CHECK(e.proof()->reason == "no safety property of it is known to hold");
  // Not even with an engine that says otherwise.
  const auto goals = proof::goals_of(*e.system, {0}, {});
  const auto bounds = proof::bounds_of(*e.system);
  const auto learned = proof::learn(*e.system, *e.graph, bounds, goals, {});
  CHECK(!learned.invariant);
  CHECK(refuted(e, {}) != "");
  const int key = e.layout->find(model::Part::Value, 0)->base;
  const int open = e.layout->find(model::Part::Value, 1)->base;
  CHECK(refuted(e, {{{Atom{key, {1}}, Atom{open, {0}}}}}) != "");
}

TEST_CASE("a certificate of luproof says of which system it is", "[checker]") {
  Explorable safe(door("key")), other(door("key && turns > 0"));
  const auto proof = safe.proof();
  const auto stated = proof::stated(proof->certificate.text);
  REQUIRE(stated);
  CHECK(stated->subject.design == "door");
  CHECK(stated->properties == std::vector<std::string>{"key-in"});
  CHECK(proof::derived(*safe.system, *stated, "") == proof->certificate.text);
  CHECK(proof::derived(*other.system, *stated, "") != proof->certificate.text);
  CHECK(!proof::stated("; something else\n"));
  CHECK(!proof::stated("; luproof certificate 1: x\n;@ 99999999999999:1\n"));
  CHECK(!proof::stated("; luproof certificate 1: x\n;@ 1:\n"));
}

TEST_CASE("random designs that are safe have proofs, and their clauses hold in every state",
          "[checker]") {
  int proved = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Explorable e(RandomSpec(seed).text());
    if (!e.outcome.statistics.exhausted || e.outcome.statistics.pool_exhausted) continue;
    const auto proof = e.proof();
    if (proof->properties.empty()) continue;
    INFO(seed);
    REQUIRE(proof->reason == "");
    ++proved;
    State state;
    for (std::uint32_t n = 0; n < e.graph->nodes.size(); ++n) {
      e.graph->store.unpack(n, state);
      for (const Clause& clause : proof->invariant.clauses)
        REQUIRE(std::any_of(clause.begin(), clause.end(), [&](const Atom& atom) {
          return std::binary_search(atom.values.begin(), atom.values.end(), state[atom.slot]);
        }));
    }
  }
  CHECK(proved >= 5);
}

TEST_CASE("random properties that are violated have no proof", "[checker]") {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Explorable e(RandomSpec(seed).text());
    if (!e.outcome.statistics.exhausted) continue;
    std::vector<int> violated;
    for (const Finding& f : e.outcome.findings)
      if (f.index >= 0 && f.verdict == Verdict::Violated &&
          e.model->properties[f.index].kind == model::PropertyKind::Safety)
        violated.push_back(f.index);
    for (const int property : violated) {
      const auto goals = proof::goals_of(*e.system, {property}, {});
      const auto bounds = proof::bounds_of(*e.system);
      INFO(seed);
      CHECK(!proof::learn(*e.system, *e.graph, bounds, goals, {}).invariant);
      ++refused;
    }
  }
  CHECK(refused >= 3);
}

TEST_CASE("the text of a term says what the term is", "[checker]") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Explorable e(RandomSpec(seed).text());
    const System& s = *e.system;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < s.slots.size(); ++i)
      names.push_back("|s" + std::to_string(i) + "|");
    const std::vector<std::optional<Value>> none(s.slots.size());
    proof::SmtText text(s, names, none);
    std::string out, terms;
    for (std::size_t i = 0; i < s.slots.size(); ++i)
      out += "(declare-const " + names[i] + " " + text.sort(static_cast<int>(i)) + ")\n";
    for (const Transition& t : s.transitions) {
      text.count(t.guard);
      for (const auto& [slot, term] : t.updates) text.count(term);
    }
    std::vector<std::string> guards;
    std::vector<std::vector<std::string>> updates;
    for (const Transition& t : s.transitions) {
      guards.push_back(text.truth(t.guard, out));
      updates.emplace_back();
      for (const auto& [slot, term] : t.updates)
        updates.back().push_back(text.value(term, slot, out));
    }
    proof::Certificate asked;
    State state;
    for (std::uint32_t n = 0; n < e.graph->nodes.size(); n += 1 + e.graph->nodes.size() / 4) {
      e.graph->store.unpack(n, state);
      std::string all, wrong;
      for (std::size_t i = 0; i < s.slots.size(); ++i)
        all +=
            "(assert (= " + names[i] + " " + text.literal(static_cast<int>(i), state[i]) + "))\n";
      for (std::size_t t = 0; t < s.transitions.size(); ++t) {
        const bool enabled = s.terms.evaluate(s.transitions[t].guard, state) != 0;
        wrong += std::string(" (not (= ") + guards[t] + (enabled ? " true))" : " false))");
        if (!enabled || s.transitions[t].fault != Fault::None) continue;
        for (std::size_t u = 0; u < updates[t].size(); ++u) {
          const auto& [slot, term] = s.transitions[t].updates[u];
          wrong += " (not (= " + updates[t][u] + " " +
                   text.literal(slot, s.terms.evaluate(term, state)) + "))";
        }
      }
      out += "(push 1)\n" + all + "(assert (or" + wrong + " false))\n(check-sat)\n(pop 1)\n";
      ++asked.obligations;
    }
    asked.text = out;
    INFO(seed);
    CHECK(proof::refuted(asked, {}) == "");
  }
}

TEST_CASE("a name of the input stays between its bars", "[checker]") {
  CHECK(proof::symbol("a|) (exit) (|b\\\n") == "|a_) (exit) (_b__|");
}

}  // namespace luproof::checker
