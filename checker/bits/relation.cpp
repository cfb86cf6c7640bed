// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/bits/relation.h"

namespace luproof::checker::bits {
namespace {

int bits_for(const SlotRange& range) {
  const auto most = static_cast<std::uint64_t>(std::int64_t{range.high} - range.low);
  int width = 0;
  while (most >> width != 0) ++width;
  return width;
}

class Maker {
 public:
  explicit Maker(const System& system) : s_(system), encoder_(r_.aig, system.terms, words_) {
    declare();
  }

  Relation make() {
    select();
    advance();
    begin();
    judge();
    return std::move(r_);
  }

 private:
  struct Write {
    Lit taken = kFalse;
    Term term = -1;
  };

  void declare();
  void select();
  void number(std::size_t low, std::size_t high, std::size_t bit, Lit so_far);
  void advance();
  void begin();
  Lit begins_at_a_start();
  void judge();
  Lit is(int slot, Value value) { return equal(r_.aig, words_[slot], constant_word(value)); }
  Lit within(int slot, const SlotRange& range);

  const System& s_;
  Relation r_;
  std::vector<Word> words_;  // of slots
  Encoder<Aig> encoder_;
  std::vector<Lit> chosen_;  // per number of an input: it is that one
  std::vector<Lit> taken_;   // and the step is enabled
};

void Maker::declare() {
  std::vector<char> written(s_.slots.size(), 0);
  for (const Transition& t : s_.transitions)
    for (const auto& [slot, term] : t.updates) written[slot] = 1;
  for (const auto& start : s_.starts)
    for (const auto& [slot, value] : start) written[slot] = 1;
  for (const auto& [slot, term] : s_.initial_terms) written[slot] = 1;
  for (std::size_t s = 0; s < s_.slots.size(); ++s) {
    const bool fixed = s_.initial[s] && !written[s];
    SlotBits bits;
    bits.low = fixed ? *s_.initial[s] : s_.slots[s].low;
    bits.first = static_cast<int>(r_.state.size());
    bits.width = fixed ? 0 : bits_for(s_.slots[s]);
    Word word;
    for (int i = 0; i < bits.width; ++i) {
      r_.state.push_back(r_.aig.fresh());
      word.push_back(r_.state.back());
    }
    word.push_back(kFalse);
    words_.push_back(bits.low == 0 ? trimmed(std::move(word))
                                   : sum(r_.aig, word, constant_word(bits.low), false));
    r_.slots.push_back(bits);
  }
}

// chosen_[n] for low <= n < high, where `so_far` says that the bits above `bit` fit.
void Maker::number(std::size_t low, std::size_t high, std::size_t bit, Lit so_far) {
  if (low >= chosen_.size()) return;
  if (high - low == 1) {
    chosen_[low] = so_far;
    return;
  }
  const std::size_t middle = low + (high - low) / 2;
  const Lit in = r_.input[bit - 1];
  number(low, middle, bit - 1, r_.aig.both(so_far, -in));
  number(middle, high, bit - 1, r_.aig.both(so_far, in));
}

void Maker::select() {
  for (std::size_t t = 0; t < s_.transitions.size(); ++t)
    if (s_.transitions[t].fault == Fault::None) r_.steps.push_back(static_cast<int>(t));
  std::size_t numbers = 1;
  while (numbers < r_.steps.size()) {
    numbers *= 2;
    r_.input.push_back(r_.aig.fresh());
  }
  chosen_.assign(r_.steps.size(), kFalse);
  number(0, numbers, r_.input.size(), kTrue);
  for (std::size_t n = 0; n < r_.steps.size(); ++n)
    taken_.push_back(r_.aig.both(chosen_[n], encoder_.truth(s_.transitions[r_.steps[n]].guard)));
}

void Maker::advance() {
  std::vector<std::vector<Write>> writes(s_.slots.size());
  std::vector<Lit> going;
  for (std::size_t n = 0; n < r_.steps.size(); ++n) {
    const Transition& t = s_.transitions[r_.steps[n]];
    if (t.exhausted) continue;
    going.push_back(taken_[n]);
    for (const auto& [slot, term] : t.updates) writes[slot].push_back({taken_[n], term});
  }
  r_.valid = r_.aig.any(going);
  r_.next = r_.state;
  for (std::size_t s = 0; s < s_.slots.size(); ++s) {
    const SlotBits& bits = r_.slots[s];
    if (bits.width == 0 || writes[s].empty()) continue;
    std::vector<Lit> written;
    std::vector<std::vector<Lit>> ways(bits.width);
    for (const Write& w : writes[s]) {
      written.push_back(w.taken);
      Word value = encoder_.word(w.term);
      if (bits.low != 0) value = sum(r_.aig, value, constant_word(bits.low), true);
      for (int i = 0; i < bits.width; ++i)
        ways[i].push_back(r_.aig.both(w.taken, bit(value, static_cast<std::size_t>(i))));
    }
    const Lit any = r_.aig.any(written);
    for (int i = 0; i < bits.width; ++i) {
      ways[i].push_back(r_.aig.both(-any, r_.state[bits.first + i]));
      r_.next[bits.first + i] = r_.aig.any(ways[i]);
    }
  }
}

Lit Maker::within(int slot, const SlotRange& range) {
  return r_.aig.both(-less(r_.aig, words_[slot], constant_word(range.low)),
                     -less(r_.aig, constant_word(range.high), words_[slot]));
}

// One of the starts: what it does not say of control is as it is at first.
Lit Maker::begins_at_a_start() {
  std::vector<char> by_start(s_.slots.size(), 0);
  for (const auto& start : s_.starts)
    for (const auto& [slot, value] : start) by_start[slot] = 1;
  std::vector<Lit> ways;
  for (const auto& start : s_.starts) {
    std::map<int, Value> values;
    for (std::size_t s = 0; s < by_start.size(); ++s)
      if (by_start[s]) values[static_cast<int>(s)] = s_.initial[s].value_or(s_.slots[s].low);
    for (const auto& [slot, value] : start) values[slot] = value;
    std::vector<Lit> all;
    for (const auto& [slot, value] : values) all.push_back(is(slot, value));
    ways.push_back(r_.aig.all(all));
  }
  return s_.starts.empty() ? kTrue : r_.aig.any(ways);
}

void Maker::begin() {
  std::vector<char> otherwise(s_.slots.size(), 0);
  for (const auto& [slot, term] : s_.initial_terms) otherwise[slot] = 1;
  for (const auto& start : s_.starts)
    for (const auto& [slot, value] : start) otherwise[slot] = 1;
  r_.first.resize(r_.state.size());
  std::vector<Lit> all;
  for (std::size_t i = 0; i < s_.slots.size(); ++i) {
    const int s = static_cast<int>(i);
    const SlotBits& bits = r_.slots[i];
    const SlotRange range = s_.at_start(s);
    if (otherwise[i] || bits.width == 0) continue;
    // Control is never free: what nobody sets is at its lowest value.
    if (!s_.initial[i] && s < s_.data_slots() && range.low != range.high) {
      all.push_back(within(s, range));
      continue;
    }
    const Value value = s_.initial[i].value_or(range.low);
    all.push_back(is(s, value));
    const auto number = static_cast<std::uint64_t>(std::int64_t{value} - bits.low);
    for (int b = 0; b < bits.width; ++b) r_.first[bits.first + b] = (number >> b & 1) != 0;
  }
  for (const auto& [slot, term] : s_.initial_terms)
    all.push_back(equal(r_.aig, words_[slot], encoder_.word(term)));
  for (const Term assumption : s_.assumptions) all.push_back(encoder_.truth(assumption));
  all.push_back(begins_at_a_start());
  r_.initial = r_.aig.all(all);
}

void Maker::judge() {
  std::vector<std::vector<Lit>> bad(s_.bad.size());
  for (std::size_t p = 0; p < s_.bad.size(); ++p)
    if (s_.bad[p] >= 0) bad[p].push_back(encoder_.truth(s_.bad[p]));
  std::map<Fault, std::vector<Lit>> faults;
  std::vector<Lit> exhausted;
  for (std::size_t n = 0; n < r_.steps.size(); ++n) {
    const Transition& t = s_.transitions[r_.steps[n]];
    for (const StepCheck& check : t.checks)
      bad[check.property].push_back(r_.aig.both(taken_[n], encoder_.truth(check.bad)));
    if (t.exhausted) exhausted.push_back(encoder_.truth(t.guard));
  }
  for (const Transition& t : s_.transitions)
    if (t.fault != Fault::None) faults[t.fault].push_back(encoder_.truth(t.guard));
  for (const auto& ways : bad) r_.bad.push_back(r_.aig.any(ways));
  for (const auto& [fault, ways] : faults) r_.faults[fault] = r_.aig.any(ways);
  r_.exhausted = r_.aig.any(exhausted);
}

}  // namespace

std::vector<char> Relation::bits_of(const State& all_slots) const {
  std::vector<char> values(aig.size(), 0);
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const auto number = static_cast<std::uint64_t>(std::int64_t{all_slots[s]} - slots[s].low);
    for (int i = 0; i < slots[s].width; ++i)
      values[state[slots[s].first + i]] = (number >> i & 1) != 0;
  }
  return values;
}

State Relation::state_of(const std::vector<Lit>& lits, const std::vector<char>& values) const {
  State result;
  for (const SlotBits& slot : slots) {
    std::int64_t number = slot.low;
    for (int i = 0; i < slot.width; ++i)
      if (Aig::value(values, lits[slot.first + i])) number += std::int64_t{1} << i;
    result.push_back(static_cast<Value>(number));
  }
  return result;
}

void Relation::set_input(std::vector<char>& values, std::size_t number) const {
  for (std::size_t i = 0; i < input.size(); ++i) values[input[i]] = (number >> i & 1) != 0;
}

Relation relation_of(const System& system) { return Maker(system).make(); }

}  // namespace luproof::checker::bits
