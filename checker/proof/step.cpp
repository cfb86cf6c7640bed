// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/step.h"

#include <algorithm>
#include <set>

namespace luproof::checker::proof {
namespace {

bits::Word chosen_word(bits::Aig& aig, SlotRange range) {
  bits::Word word(bits::width_of(range.low, range.high));
  for (bits::Lit& lit : word) lit = aig.fresh();
  if (range.low >= 0) word.back() = bits::kFalse;
  if (range.high < 0) word.back() = bits::kTrue;
  return word;
}

// The conjunction itself and all below it that are true where it is.
std::set<Term> true_with(const Terms& terms, Term guard) {
  std::set<Term> result;
  std::vector<Term> open = {guard};
  while (!open.empty()) {
    const Term at = open.back();
    open.pop_back();
    if (!result.insert(at).second || terms[at].op != TermOp::And) continue;
    open.push_back(terms[at].a);
    open.push_back(terms[at].b);
  }
  return result;
}

// An event writes "what it writes if its condition is true, else what there was": the first of it.
Term once_taken(const Terms& terms, Term value, const std::set<Term>& holds) {
  constexpr Term kNo = 0, kYes = 1;  // the first two of every graph
  if (holds.count(value)) return kYes;
  const TermNode& node = terms[value];
  switch (node.op) {
    case TermOp::Not:
      return holds.count(node.a) ? kNo : value;
    case TermOp::Ite:
      return holds.count(node.a) ? node.b : value;
    case TermOp::And:
    case TermOp::Or: {
      const Term a = once_taken(terms, node.a, holds), b = once_taken(terms, node.b, holds);
      const Term decides = node.op == TermOp::And ? kNo : kYes;
      if (a == decides || b == decides) return decides;
      return a == 1 - decides ? b : b == 1 - decides ? a : value;
    }
    default:
      return value;
  }
}

}  // namespace

using bits::kFalse;
using bits::kTrue;
using bits::Lit;
using smt::Values;

Step::Step(System& system, const Bounds& bounds)
    : system_(system),
      bounds_(bounds),
      simplify_(system.terms, bounds.values),
      in_box_(system.slots.size(), kTrue),
      encoder_(aig_, system.terms, words_),
      writers_(system.slots.size()) {
  for (std::size_t s = 0; s < system.slots.size(); ++s) {
    const Values& values = bounds.values[s];
    if (values.size() == 1) {
      words_.push_back(bits::constant_word(values[0]));
      continue;
    }
    const SlotRange range =
        values.empty() ? system.slots[s] : SlotRange{values.front(), values.back()};
    words_.push_back(chosen_word(aig_, range));
    const bits::Word& word = words_.back();
    for (const Lit lit : word)
      if (lit > kTrue) slot_of_[lit] = static_cast<int>(s);
    in_box_[s] = aig_.all({-bits::less(aig_, word, bits::constant_word(range.low)),
                           -bits::less(aig_, bits::constant_word(range.high), word)});
    if (!values.empty())
      in_box_[s] =
          aig_.both(in_box_[s], member(word, smt::in_range(range.low, range.high), values));
  }
  for (std::size_t t = 0; t < system.transitions.size(); ++t)
    if (bounds.steps[t].live && system.transitions[t].fault == Fault::None &&
        !system.transitions[t].exhausted)
      for (const auto& [slot, term] : bounds.steps[t].updates)
        writers_[slot].push_back(static_cast<int>(t));
}

Lit Step::holds(Term term) { return encoder_.truth(simplify_(term)); }

Lit Step::guard(int transition) {
  const Bounds::Step& step = bounds_.steps[transition];
  return step.live ? encoder_.truth(step.guard) : kFalse;
}

// `possible`: what the word can be; empty: anything.
Lit Step::member(const bits::Word& word, const Values& possible, const Values& wanted) {
  Values in, out;
  std::set_intersection(possible.begin(), possible.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(in));
  std::set_difference(possible.begin(), possible.end(), wanted.begin(), wanted.end(),
                      std::back_inserter(out));
  const bool known = !possible.empty();
  if (known && out.empty()) return kTrue;
  const bool negative = known && out.size() < in.size();
  std::vector<Lit> any;
  for (const Value value : negative ? out : known ? in : wanted)
    any.push_back(bits::equal(aig_, word, bits::constant_word(value)));
  const Lit result = aig_.any(std::move(any));
  return negative ? -result : result;
}

Lit Step::before(const Clause& clause) {
  std::vector<Lit> any;
  for (const Atom& atom : clause)
    any.push_back(member(words_[atom.slot], bounds_.values[atom.slot], atom.values));
  return aig_.any(std::move(any));
}

const std::pair<int, Term>* Step::update(int transition, int slot) const {
  const auto& updates = bounds_.steps[transition].updates;
  const auto at = std::lower_bound(updates.begin(), updates.end(), std::pair(slot, Term{-1}));
  return at != updates.end() && at->first == slot ? &*at : nullptr;
}

// An atom is true whatever the state before was.
bool Step::kept(int transition, const Clause& clause) const {
  const Bounds::Step& step = bounds_.steps[transition];
  return std::any_of(clause.begin(), clause.end(), [&](const Atom& atom) {
    const auto* written = update(transition, atom.slot);
    const Values& after = written
                              ? step.after[static_cast<std::size_t>(written - step.updates.data())]
                              : bounds_.values[atom.slot];
    return !after.empty() &&
           std::includes(atom.values.begin(), atom.values.end(), after.begin(), after.end());
  });
}

Lit Step::breaks(int transition, const Clause& clause) {
  const Bounds::Step& step = bounds_.steps[transition];
  std::vector<Lit> any;
  for (const Atom& atom : clause) {
    const auto* written = update(transition, atom.slot);
    if (!written) {
      any.push_back(member(words_[atom.slot], bounds_.values[atom.slot], atom.values));
      continue;
    }
    const Values& after = step.after[static_cast<std::size_t>(written - step.updates.data())];
    const bits::Word word = encoder_.word(written->second);
    any.push_back(member(word, after, atom.values));
  }
  return aig_.all({guard(transition), -aig_.any(std::move(any))});
}

Lit Step::breaks_unguarded(int transition, const Clause& clause) {
  const Transition& t = system_.transitions[transition];
  const std::set<Term> certain = true_with(system_.terms, t.guard);
  std::vector<Lit> broken;
  if (t.instance >= 0)
    broken.push_back(holds(system_.terms.eq(system_.slot(system_.point_slot[t.instance]),
                                            system_.terms.constant(t.from))));
  for (const Atom& atom : clause) {
    const auto at = std::find_if(t.updates.begin(), t.updates.end(),
                                 [&](const auto& update) { return update.first == atom.slot; });
    const Term after = at == t.updates.end() ? system_.slot(atom.slot)
                                             : once_taken(system_.terms, at->second, certain);
    broken.push_back(
        -member(encoder_.word(simplify_(after)), simplify_.values(after), atom.values));
  }
  return aig_.all(broken);
}

std::vector<int> Step::writers(const Clause& clause) const {
  std::vector<int> result;
  for (const Atom& atom : clause)
    result.insert(result.end(), writers_[atom.slot].begin(), writers_[atom.slot].end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  std::erase_if(result, [&](int t) { return kept(t, clause); });
  return result;
}

std::vector<int> Step::read(int transition, const Clause& clause) const {
  std::vector<char> support(system_.slots.size(), 0);
  system_.terms.support(bounds_.steps[transition].guard, support);
  for (const Atom& atom : clause) {
    if (const auto* written = update(transition, atom.slot))
      system_.terms.support(written->second, support);
    else
      support[atom.slot] = 1;
  }
  return open(support);
}

std::vector<int> Step::read(Term term) const {
  std::vector<char> support(system_.slots.size(), 0);
  system_.terms.support(term, support);
  return open(support);
}

std::vector<int> Step::open(const std::vector<char>& support) const {
  std::vector<int> result;
  for (std::size_t s = 0; s < support.size(); ++s)
    if (support[s] && !bounds_.fixed(static_cast<int>(s))) result.push_back(static_cast<int>(s));
  return result;
}

}  // namespace luproof::checker::proof
