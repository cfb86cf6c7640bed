// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/pdr/steps.h"

#include <algorithm>

namespace luproof::checker::pdr {

namespace {
constexpr std::size_t kMostNamed = 1024;  // values of a slot of which one is said to be the case
}

Steps::Steps(System& system, const Possible& possible, const smt::Demands& demands, Solver& solver)
    : system_(system),
      possible_(possible),
      solver_(solver),
      encoder_(solver, system.terms, words_) {
  declare();
  simplify(demands);
  begin();
}

void Steps::declare() {
  const std::size_t slots = system_.slots.size();
  live_.assign(slots, 0);
  writers_.resize(slots);
  for (std::size_t s = 0; s < slots; ++s) {
    const Values& values = possible_.values[s];
    if (values.size() == 1) {
      words_.push_back(bits::constant_word(values[0]));
      continue;
    }
    live_[s] = 1;
    const SlotRange range =
        values.empty() ? system_.slots[s] : SlotRange{values.front(), values.back()};
    bits::Word word(bits::width_of(range.low, range.high));
    for (std::size_t i = 0; i < word.size(); ++i) {
      const bool sign = i + 1 == word.size();
      word[i] = sign && range.low >= 0   ? kFalse
                : sign && range.high < 0 ? kTrue
                                         : solver_.fresh_choice();
    }
    words_.push_back(std::move(word));
  }
  // Only after all words: an encoder reads them.
  for (std::size_t s = 0; s < slots; ++s) {
    const Values& values = possible_.values[s];
    if (live_[s] == 0 || values.empty() || values.size() > kMostNamed) continue;
    if (values.size() == 2 && values[0] == 0 && values[1] == 1) continue;
    std::vector<Lit> one;
    for (const Value v : values) one.push_back(atom(static_cast<int>(s), v));
    solver_.clause(one);
  }
}

Lit Steps::atom(int slot, Value value) {
  const bits::Word& word = words_[slot];
  const Lit lit = bits::equal(solver_, word, bits::constant_word(value));
  if (lit > 0 && lit != kTrue) {
    meanings_.emplace(lit, Meaning{slot, value});
  } else if (lit < 0 && lit != kFalse) {
    // The slot is one bit, and this its value without it; the literal is named by the other.
    std::uint32_t with = 0;
    for (std::size_t i = 0; i < bits::kWidest; ++i)
      if (bits::bit(word, i) != kFalse) with |= std::uint32_t{1} << i;
    meanings_.emplace(-lit, Meaning{slot, static_cast<Value>(with)});
  }
  return lit;
}

void Steps::simplify(const smt::Demands& demands) {
  smt::Simplifier shared(system_.terms, possible_.values);
  for (std::size_t t = 0; t < system_.transitions.size(); ++t) {
    const Transition& transition = system_.transitions[t];
    if (possible_.step[t] == 0) continue;
    const auto narrowed = demands.narrowed(static_cast<int>(t), possible_.values);
    if (!narrowed) continue;
    Step step;
    step.transition = static_cast<int>(t);
    step.guard = shared(transition.guard);
    if (system_.terms.is_false(step.guard)) continue;
    step.demands.assign(narrowed->begin(), narrowed->end());
    if (transition.fault == Fault::None && !transition.exhausted) {
      // What the guard says of a slot alone holds for the updates too.
      smt::Simplifier own(system_.terms, possible_.values);
      for (const auto& [slot, values] : *narrowed) own.narrow(slot, values);
      smt::Simplifier& simpler = narrowed->empty() ? shared : own;
      for (const auto& [slot, term] : transition.updates) {
        const Term value = simpler(term);
        if (!is_live(slot) || value == simpler(system_.slot(slot))) continue;
        step.updates.emplace_back(slot, value);
        writers_[slot].push_back(static_cast<int>(steps_.size()));
      }
      std::sort(step.updates.begin(), step.updates.end());
    }
    steps_.push_back(std::move(step));
  }
}

void Steps::begin() {
  start_ = solver_.fresh();
  const auto say = [&](Lit lit) { solver_.clause({-start_, lit}); };
  std::vector<char> derived(system_.slots.size(), 0), started(system_.slots.size(), 0);
  for (const auto& [slot, term] : system_.initial_terms) derived[slot] = 1;
  for (const auto& start : system_.starts)
    for (const auto& [slot, value] : start) started[slot] = 1;
  for (std::size_t i = 0; i < system_.slots.size(); ++i) {
    const int s = static_cast<int>(i);
    if (live_[i] == 0 || derived[i] != 0 || started[i] != 0) continue;
    const Values& first = possible_.first[i];
    if (first.empty()) {
      const SlotRange range = system_.at_start(s);
      say(-bits::less(solver_, words_[i], bits::constant_word(range.low)));
      say(-bits::less(solver_, bits::constant_word(range.high), words_[i]));
      continue;
    }
    std::vector<Lit> one = {-start_};
    for (const Value v : first) one.push_back(atom(s, v));
    solver_.clause(one);
  }
  for (const auto& [slot, term] : system_.initial_terms)
    say(bits::equal(solver_, words_[slot], encoder_.word(term)));
  for (const Term assumption : system_.assumptions) say(encoder_.truth(assumption));
  std::vector<Lit> ways = {-start_};
  for (const auto& start : system_.starts) {
    std::vector<Lit> all;
    std::vector<char> set(system_.slots.size(), 0);
    for (const auto& [slot, value] : start) {
      set[slot] = 1;
      all.push_back(atom(slot, value));
    }
    for (std::size_t i = 0; i < started.size(); ++i)
      if (started[i] != 0 && set[i] == 0)
        all.push_back(atom(static_cast<int>(i), system_.initial[i].value_or(system_.slots[i].low)));
    ways.push_back(solver_.all(std::move(all)));
  }
  if (!system_.starts.empty()) solver_.clause(ways);
}

bool Steps::never_first(Lit lit) const {
  const Meaning& m = meaning(lit);
  const Values& first = possible_.first[m.slot];
  if (first.empty()) return false;
  const bool can = std::binary_search(first.begin(), first.end(), m.value);
  return lit > 0 ? !can : can && first.size() == 1;
}

const Term* Steps::update(int step, int slot) const {
  const auto& updates = steps_[step].updates;
  const auto at = std::lower_bound(updates.begin(), updates.end(), slot,
                                   [](const auto& u, int s) { return u.first < s; });
  return at != updates.end() && at->first == slot ? &at->second : nullptr;
}

bool Steps::writes(int step, int slot) const { return update(step, slot) != nullptr; }

bool Steps::refuses(int step, Lit lit) {
  const Meaning& m = meaning(lit);
  if (const Term* term = update(step, m.slot)) {
    const TermNode& node = system_.terms[*term];
    if (node.op == TermOp::Const) return (node.value == m.value) != (lit > 0);
    return lit > 0 && (m.value < node.low || m.value > node.high);
  }
  const auto& demands = steps_[step].demands;
  const auto at = std::lower_bound(demands.begin(), demands.end(), m.slot,
                                   [](const auto& d, int s) { return d.first < s; });
  if (at == demands.end() || at->first != m.slot) return false;
  const bool can = std::binary_search(at->second.begin(), at->second.end(), m.value);
  return lit > 0 ? !can : can && at->second.size() == 1;
}

const std::vector<Lit>& Steps::needs(int step) {
  Step& s = steps_[step];
  if (!s.encoded) {
    for (const Term conjunct : smt::conjuncts(system_.terms, s.guard))
      s.needs.push_back(encoder_.truth(conjunct));
    std::sort(s.needs.begin(), s.needs.end());
    s.needs.erase(std::unique(s.needs.begin(), s.needs.end()), s.needs.end());
    s.encoded = true;
  }
  return s.needs;
}

Lit Steps::before(int step, Lit lit) {
  const Lit var = lit < 0 ? -lit : lit;
  const Meaning& m = meaning(var);
  const Term* term = update(step, m.slot);
  if (!term) return lit;
  const std::uint64_t key =
      static_cast<std::uint64_t>(step) << 32 | static_cast<std::uint32_t>(var);
  auto at = before_.find(key);
  if (at == before_.end())
    at = before_
             .emplace(key, bits::equal(solver_, encoder_.word(*term), bits::constant_word(m.value)))
             .first;
  return lit < 0 ? -at->second : at->second;
}

State Steps::state() const {
  State state;
  for (const bits::Word& word : words_) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bits::kWidest; ++i)
      if (solver_.value(bits::bit(word, i))) value |= std::uint32_t{1} << i;
    state.push_back(static_cast<Value>(value));
  }
  return state;
}

}  // namespace luproof::checker::pdr
