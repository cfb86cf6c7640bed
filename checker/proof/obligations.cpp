// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/obligations.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checker/proof/smt_text.h"
#include "checker/proof/speak.h"

namespace luproof::checker::proof {
namespace {

constexpr std::size_t kStepsTogether = 64;   // in one question
constexpr std::size_t kGoalsTogether = 128;  // likewise

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "none" : text;
}

// A comment ends with its line, whatever a name holds.
std::string comment(const std::string& text) { return "; " + model::printable(text) + "\n"; }

// The one value of a slot that nothing ever writes.
std::vector<std::optional<Value>> constants_of(const System& system) {
  std::vector<char> written(system.slots.size(), 0);
  for (const Transition& t : system.transitions)
    if (t.fault == Fault::None && !t.exhausted)
      for (const auto& [slot, term] : t.updates) written[slot] = 1;
  for (const auto& [slot, term] : system.initial_terms) written[slot] = 1;
  for (const auto& start : system.starts)
    for (const auto& [slot, value] : start) written[slot] = 1;
  std::vector<std::optional<Value>> constants(system.slots.size());
  for (std::size_t s = 0; s < constants.size(); ++s) {
    if (written[s]) continue;
    const SlotRange range = system.at_start(static_cast<int>(s));
    if (system.initial[s])
      constants[s] = system.initial[s];
    else if (s >= static_cast<std::size_t>(system.data_slots()) || range.low == range.high)
      constants[s] = range.low;
  }
  return constants;
}

class Writer {
 public:
  Writer(const System& system, const Goals& goals, const Invariant& invariant)
      : s_(system),
        goals_(goals),
        speaker_(system),
        constants_(constants_of(system)),
        text_(system, symbols(), constants_) {
    for (const Clause& clause : invariant.clauses)
      if (!settled(clause)) invariant_.clauses.push_back(clause);
  }

  Certificate run(const Subject& subject) {
    for (const Transition& t : s_.transitions) {
      if (!is_step(t)) continue;
      text_.count(t.guard);
      for (const auto& [slot, term] : t.updates) text_.count(term);
    }
    for (const Goal& goal : goals_.list) text_.count(goal.term);
    for (const auto& [slot, term] : s_.initial_terms) text_.count(term);
    for (const Term term : s_.assumptions) text_.count(term);
    declarations();
    clauses();
    initial();
    steps();
    goals();
    return {head(subject) + std::move(out_), obligations_};
  }

 private:
  static bool is_step(const Transition& t) { return t.fault == Fault::None && !t.exhausted; }

  std::vector<std::string> symbols() const {
    std::vector<std::string> names;
    std::set<std::string> taken;
    for (std::size_t s = 0; s < s_.slots.size(); ++s) {
      const bool point = std::find(s_.point_slot.begin(), s_.point_slot.end(),
                                   static_cast<int>(s)) != s_.point_slot.end();
      const std::string stem = (point ? "place of " : "") + speaker_.slot(static_cast<int>(s));
      std::string name = symbol(stem);
      while (!taken.insert(name).second) name = symbol(fmt::format("{} ({})", stem, s));
      names.push_back(std::move(name));
    }
    return names;
  }

  std::string head(const Subject& subject) const {
    std::vector<std::string> proved, excluded, choices;
    for (const int p : goals_.properties) proved.push_back(s_.model->properties[p].name);
    for (const Fault fault : goals_.faults) excluded.push_back(fault_name(fault));
    for (const auto& [name, alternative] : subject.choices)
      choices.push_back(name + "=" + alternative);
    std::string text = comment("luproof certificate 1: every run of " + subject.design +
                               (subject.variant.empty() ? "" : ", variant " + subject.variant) +
                               " keeps what is said here, at all depths");
    text += comment("design: " + subject.design);
    text += comment("variant: " + (subject.variant.empty() ? "none" : subject.variant));
    text += comment("choices: " + joined(choices));
    text += comment("environment acts: " + joined(subject.acts));
    text += comment("rules taken away: " + joined(subject.without));
    text += comment("assumptions: " + joined(subject.assumptions));
    text += comment("topology: " + subject.topology +
                    fmt::format(", {} VFs", s_.model->sorts[model::kVf].size));
    for (const model::Sort& sort : s_.model->sorts)
      if (sort.pool) text += comment(fmt::format("pool: {}, {} at a time", sort.name, sort.size));
    text += comment(fmt::format("live updates: {}", s_.model->kernels - 1));
    text += comment("properties: " + joined(proved));
    text += comment("no: " + joined(excluded));
    text +=
        comment(fmt::format("obligations: {}; each (check-sat) has to say unsat", obligations_));
    text += comment("system: " + hash());
    return text + "(set-logic QF_BV)\n";
  }

  // FNV-1a over everything below the head: a name for it, not a seal.
  std::string hash() const {
    std::uint64_t h = 0xcbf29ce484222325ull;
    for (const char c : out_) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return fmt::format("{:016x}", h);
  }

  bool declared(int slot) const {
    return !constants_[slot] && s_.slots[slot].low != s_.slots[slot].high;
  }

  void declarations() {
    out_ += "\n; The state. What no step ever writes stands as its value and is not listed.\n";
    std::string ranges;
    for (int s = 0; s < static_cast<int>(s_.slots.size()); ++s) {
      if (!declared(s)) continue;
      out_ += fmt::format("(declare-const {} {})\n", text_.name(s), text_.sort(s));
      if (const std::string range = text_.in_range(s, text_.name(s)); !range.empty())
        ranges += "(assert " + range + ")\n";
    }
    out_ += ranges;
  }

  // What is left of a clause once constants are known.
  std::vector<const Atom*> open_atoms(const Clause& clause) const {
    std::vector<const Atom*> atoms;
    for (const Atom& atom : clause)
      if (declared(atom.slot)) atoms.push_back(&atom);
    return atoms;
  }
  bool settled(const Clause& clause) const {
    return std::any_of(clause.begin(), clause.end(), [&](const Atom& atom) {
      const Value value = constants_[atom.slot].value_or(s_.slots[atom.slot].low);
      return !declared(atom.slot) &&
             std::binary_search(atom.values.begin(), atom.values.end(), value);
    });
  }

  void clauses() {
    out_ +=
        "\n; The invariant, clause by clause. The line of each before its sentence says the slots\n"
        "; and their values.\n";
    std::string all;
    of_slot_.resize(s_.slots.size());
    for (std::size_t k = 0; k < invariant_.clauses.size(); ++k) {
      const Clause& clause = invariant_.clauses[k];
      std::string facts, parameters, arguments, body;
      for (const Atom& atom : clause) {
        facts += fmt::format(" {}:", atom.slot);
        for (std::size_t i = 0; i < atom.values.size(); ++i)
          facts += (i ? "," : "") + std::to_string(atom.values[i]);
      }
      const std::vector<const Atom*> atoms = open_atoms(clause);
      out_ += fmt::format(";@{}\n", facts) + comment(speaker_.clause(clause));
      for (const Atom* atom : atoms) {
        const std::string argument = fmt::format("x{}", atom->slot);
        parameters += fmt::format("({} {})", argument, text_.sort(atom->slot));
        arguments += " " + text_.name(atom->slot);
        body += " " + text_.member(atom->slot, argument, atom->values);
        of_slot_[atom->slot].push_back(static_cast<int>(k));
      }
      out_ += fmt::format("(define-fun clause!{} ({}) Bool {})\n", k, parameters,
                          body.empty() ? "false" : "(or" + body + " false)");
      all += arguments.empty() ? fmt::format(" clause!{}", k)
                               : fmt::format(" (clause!{}{})", k, arguments);
    }
    out_ += "(define-fun invariant () Bool (and" + all + " true))\n";
  }

  void ask(const std::string& label, const std::string& assertions) {
    ++obligations_;
    out_ += fmt::format("(echo \"{}\")\n(push 1)\n{}(check-sat)\n(pop 1)\n", label, assertions);
  }

  void initial() {
    out_ += "\n; Initial states.\n";
    std::string all, defined;
    std::set<int> by_start, by_term;
    for (const auto& start : s_.starts)
      for (const auto& [slot, value] : start) by_start.insert(slot);
    for (const auto& [slot, term] : s_.initial_terms) by_term.insert(slot);
    for (int s = 0; s < static_cast<int>(s_.slots.size()); ++s) {
      if (!declared(s) || by_start.count(s) || by_term.count(s)) continue;
      const SlotRange range = s_.at_start(s), whole = s_.slots[s];
      if (s_.initial[s] || s >= s_.data_slots() || range.low == range.high) {
        all += fmt::format("(assert {})\n",
                           text_.member(s, text_.name(s), {s_.initial[s].value_or(range.low)}));
      } else if (range.low != whole.low || range.high != whole.high) {
        all += fmt::format("(assert {})\n", text_.between(s, text_.name(s), range));
      }
    }
    std::string starts;
    for (const auto& start : s_.starts) {
      std::string one;
      for (const int slot : by_start) {
        if (!declared(slot)) continue;
        const auto at = std::find_if(start.begin(), start.end(),
                                     [&](const auto& update) { return update.first == slot; });
        const Value value =
            at != start.end() ? at->second : s_.initial[slot].value_or(s_.slots[slot].low);
        one += " " + text_.member(slot, text_.name(slot), {value});
      }
      starts += " (and" + one + " true)";
    }
    if (!s_.starts.empty()) all += "(assert (or" + starts + "))\n";
    for (const auto& [slot, term] : s_.initial_terms)
      if (declared(slot))
        all +=
            fmt::format("(assert (= {} {}))\n", text_.name(slot), text_.value(term, slot, defined));
    for (const Term term : s_.assumptions)
      all += fmt::format("(assert {})\n", text_.truth(term, defined));
    out_ += defined;
    ask("an initial state is outside the invariant", all + "(assert (not invariant))\n");
    out_ += "\n(assert invariant)\n";
  }

  // The step writes a value that makes the clause true; or it leaves a place where what it does not
  // write has to make the clause true.
  bool plainly_kept(const Transition& t, const std::map<int, Term>& after,
                    const Clause& clause) const {
    bool by_the_rest = t.instance >= 0;
    for (const Atom& atom : clause) {
      const auto at = after.find(atom.slot);
      const auto has = [&](Value value) {
        return std::binary_search(atom.values.begin(), atom.values.end(), value);
      };
      if (at != after.end() && s_.terms[at->second].op == TermOp::Const &&
          has(s_.terms[at->second].value))
        return true;
      const bool place = t.instance >= 0 && atom.slot == s_.point_slot[t.instance];
      if (place ? has(t.from) : at != after.end()) by_the_rest = false;
    }
    return by_the_rest;
  }

  // What a step makes of the clauses that speak of something it writes.
  std::string kept(const Transition& t, std::string& defined) {
    std::map<int, Term> after(t.updates.begin(), t.updates.end());
    std::set<int> touched;
    std::string all;
    for (const auto& [slot, term] : t.updates) {
      if (!declared(slot)) continue;
      touched.insert(of_slot_[slot].begin(), of_slot_[slot].end());
    }
    for (const int k : touched) {
      if (plainly_kept(t, after, invariant_.clauses[k])) continue;
      std::string arguments;
      for (const Atom* atom : open_atoms(invariant_.clauses[k])) {
        const auto at = after.find(atom->slot);
        arguments += " " + (at == after.end() ? text_.name(atom->slot)
                                              : text_.value(at->second, atom->slot, defined));
      }
      all += fmt::format(" (clause!{}{})", k, arguments);
    }
    return "(and" + all + " true)";
  }

  void steps() {
    out_ +=
        "\n; The transitions: whether one is possible, and what it makes of the clauses that "
        "speak\n"
        "; of something that it writes. The others are what they were.\n";
    std::string ways;
    std::size_t first = 0, count = 0;
    for (std::size_t i = 0; i < s_.transitions.size(); ++i) {
      const Transition& t = s_.transitions[i];
      if (!is_step(t)) continue;
      std::string defined;
      const std::string guard = text_.truth(t.guard, defined);
      const std::string keeps = kept(t, defined);
      out_ += comment(fmt::format("step {}: {}", i, speaker_.step(t))) + defined;
      out_ += fmt::format("(define-fun guard!{} () Bool {})\n(define-fun keeps!{} () Bool {})\n", i,
                          guard, i, keeps);
      if (count++ == 0) first = i;
      ways += fmt::format(" (and guard!{} (not keeps!{}))", i, i);
      if (count < kStepsTogether && i + 1 < s_.transitions.size()) continue;
      ask(fmt::format("a step of {} to {} leaves the invariant", first, i),
          "(assert (or" + ways + " false))\n");
      ways.clear();
      count = 0;
    }
    if (count > 0)
      ask(fmt::format("a step from {} leaves the invariant", first),
          "(assert (or" + ways + " false))\n");
  }

  std::string name_of(const Goal& goal) const {
    switch (goal.kind) {
      case Goal::Kind::State:
        return s_.model->properties[goal.property].name + " is violated in a state";
      case Goal::Kind::Step:
        return fmt::format("{} is violated by step {}", s_.model->properties[goal.property].name,
                           goal.transition);
      case Goal::Kind::Fault:
        return fmt::format("{} at {}", fault_name(s_.transitions[goal.transition].fault),
                           speaker_.step(s_.transitions[goal.transition]));
      case Goal::Kind::Full:
        return "a pool is full at " + speaker_.step(s_.transitions[goal.transition]);
      case Goal::Kind::Range:
        return "a value leaves its range at " + speaker_.step(s_.transitions[goal.transition]);
    }
    return "";
  }

  void goals() {
    out_ += "\n; What the invariant excludes.\n";
    std::string ways;
    std::size_t count = 0;
    for (std::size_t i = 0; i < goals_.list.size(); ++i) {
      std::string defined;
      const std::string bad = text_.truth(goals_.list[i].term, defined);
      out_ += comment(name_of(goals_.list[i])) + defined;
      out_ += fmt::format("(define-fun bad!{} () Bool {})\n", i, bad);
      ways += fmt::format(" bad!{}", i);
      if (++count < kGoalsTogether && i + 1 < goals_.list.size()) continue;
      ask(fmt::format("something bad up to {} is within the invariant", i),
          "(assert (or" + ways + " false))\n");
      ways.clear();
      count = 0;
    }
  }

  const System& s_;
  const Goals& goals_;
  Invariant invariant_;  // without what constants make true
  Speaker speaker_;
  std::vector<std::optional<Value>> constants_;
  SmtText text_;
  std::string out_;
  std::vector<std::vector<int>> of_slot_;  // clauses that speak of it
  std::size_t obligations_ = 0;
};

}  // namespace

Invariant with_box(const System& system, const Bounds& bounds, const Invariant& invariant) {
  Invariant all;
  for (int s = 0; s < static_cast<int>(system.slots.size()); ++s) {
    const smt::Values& values = bounds.values[s];
    const SlotRange range = system.slots[s];
    if (!values.empty() &&
        static_cast<std::int64_t>(values.size()) < std::int64_t{range.high} - range.low + 1)
      all.clauses.push_back({Atom{s, values}});
  }
  all.clauses.insert(all.clauses.end(), invariant.clauses.begin(), invariant.clauses.end());
  return all;
}

Certificate certificate(const System& system, const Goals& goals, const Invariant& invariant,
                        const Subject& subject) {
  return Writer(system, goals, invariant).run(subject);
}

}  // namespace luproof::checker::proof
