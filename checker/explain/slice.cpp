// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explain/slice.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "checker/smt_words.h"

namespace luproof::checker {
namespace {

using smt::Answer;
using smt::Lit;

// The run as clauses: a word a slot and state, and an assumption for each effect.
class Unrolled {
 public:
  Unrolled(System& system, const GroundRun& run, const Violation& violation,
           const std::vector<int>& stuck, const Limits& limits)
      : s_(system), run_(run), violation_(violation), stuck_(stuck), circuit_(limits) {
    words_.resize(run.states.size());
    first();
    for (std::size_t i = 1; i < run.states.size(); ++i) step(i);
  }

  const std::map<std::pair<int, int>, Lit>& effects() const { return effects_; }

  // The end is bad, and every step in `conditions` is possible where it was taken.
  Lit claimed(const std::set<int>& conditions) {
    std::vector<Lit> all = {bad()};
    for (const int step : conditions) all.push_back(possible(step));
    return circuit_.all(std::move(all));
  }

  Answer forced(const std::vector<Effect>& by, Lit claim) {
    std::vector<Lit> assumed = {-claim};
    for (const Effect& e : by) assumed.push_back(effects_.at({e.step, e.slot}));
    return circuit_.check(assumed);
  }

 private:
  // Where an actor stands and what it keeps for itself is as it was, but for a local that was read
  // from the data.
  bool is_data(int slot) const { return slot < s_.data_slots(); }
  bool reads_data(Term term) const {
    std::vector<char> slots(s_.slots.size(), 0);
    s_.terms.support(term, slots);
    return std::find(slots.begin(), slots.begin() + s_.data_slots(), 1) !=
           slots.begin() + s_.data_slots();
  }
  smt::Encoder& encoder(std::size_t state) {
    while (encoders_.size() <= state)
      encoders_.emplace_back(circuit_, s_.terms, words_[encoders_.size()]);
    return encoders_[state];
  }
  // A word that is `value` if the effect is assumed, and anything else.
  smt::Word assumed(int step, int slot, const smt::Word& value) {
    const SlotRange range = s_.slots[static_cast<std::size_t>(slot)];
    smt::Word word = smt::fresh_word(circuit_, range.low, range.high);
    const Lit lit = circuit_.fresh();
    circuit_.clause({-lit, smt::equal(circuit_, word, value)});
    effects_[{step, slot}] = lit;
    return word;
  }
  void first() {
    const State& state = run_.states[0];
    for (std::size_t slot = 0; slot < state.size(); ++slot) {
      const smt::Word value = smt::constant_word(state[slot]);
      words_[0].push_back(
          is_data(static_cast<int>(slot)) ? assumed(0, static_cast<int>(slot), value) : value);
    }
  }
  // What the step changed is its effect; what it did not change stays.
  void step(std::size_t i) {
    const State &before = run_.states[i - 1], &after = run_.states[i];
    words_[i] = words_[i - 1];
    const Transition& t = s_.transitions[static_cast<std::size_t>(run_.taken[i - 1])];
    for (const auto& [slot, term] : t.updates) {
      if (before[slot] == after[slot]) continue;
      words_[i][static_cast<std::size_t>(slot)] =
          is_data(slot) || reads_data(term)
              ? assumed(static_cast<int>(i), slot, encoder(i - 1).word(term))
              : smt::constant_word(after[slot]);
    }
  }
  Lit possible(int step) {
    const auto at = static_cast<std::size_t>(step - 1);
    return encoder(at).truth(s_.transitions[static_cast<std::size_t>(run_.taken[at])].guard);
  }
  Lit bad() {
    const std::size_t last = run_.states.size() - 1;
    if (violation_.deadlock) {
      std::vector<Lit> none;
      for (const int instance : stuck_) {
        const int point = run_.states[last][s_.point_slot[instance]];
        for (const int id :
             s_.at[static_cast<std::size_t>(instance)][static_cast<std::size_t>(point)])
          none.push_back(-encoder(last).truth(s_.transitions[static_cast<std::size_t>(id)].guard));
      }
      return circuit_.all(std::move(none));
    }
    if (violation_.fault != Fault::None) return possible(static_cast<int>(run_.taken.size()));
    std::vector<Lit> any;
    const auto p = static_cast<std::size_t>(violation_.property);
    if (s_.bad[p] >= 0) any.push_back(encoder(last).truth(bad_term(p, run_.states[last])));
    if (last > 0)
      for (const StepCheck& check :
           s_.transitions[static_cast<std::size_t>(run_.taken[last - 1])].checks)
        if (check.property == violation_.property)
          any.push_back(encoder(last - 1).truth(check.bad));
    return circuit_.any(std::move(any));
  }

  // Of several elements for which the state is bad the first one is explained.
  Term bad_term(std::size_t property, const State& state) const {
    for (const Term term : s_.bad_for[property])
      if (s_.terms.evaluate(term, state)) return term;
    return s_.bad[property];
  }

  System& s_;
  const GroundRun& run_;
  const Violation& violation_;
  const std::vector<int>& stuck_;
  smt::Circuit circuit_;
  std::vector<std::vector<smt::Word>> words_;
  std::deque<smt::Encoder> encoders_;
  std::map<std::pair<int, int>, Lit> effects_;
};

// Leaves out what is not needed, the first effects first, in ever smaller pieces; `kept` stays.
std::optional<std::vector<Effect>> minimal(Unrolled& run, std::vector<Effect> all, Lit claim,
                                           const std::vector<Effect>& kept) {
  const auto forced = [&](std::vector<Effect> by) {
    by.insert(by.end(), kept.begin(), kept.end());
    return run.forced(by, claim);
  };
  if (forced(all) != Answer::Unsat) return std::nullopt;
  for (std::size_t piece = std::max<std::size_t>(all.size() / 2, 1);;
       piece = std::max<std::size_t>(piece / 2, 1)) {
    for (std::size_t at = 0; at < all.size();) {
      std::vector<Effect> fewer(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at));
      const std::size_t end = std::min(all.size(), at + piece);
      fewer.insert(fewer.end(), all.begin() + static_cast<std::ptrdiff_t>(end), all.end());
      const Answer answer = forced(fewer);
      if (answer == Answer::Stopped) return std::nullopt;
      if (answer == Answer::Unsat)
        all = std::move(fewer);
      else
        at = end;
    }
    if (piece == 1) return all;
  }
}

class Slicer {
 public:
  Slicer(System& system, const GroundRun& run, const Violation& violation,
         const std::vector<int>& stuck, const Limits& limits)
      : s_(system), ground_(run), violation_(violation), limits_(limits) {
    result_.stuck = stuck;
  }

  Slice find() {
    Unrolled run(s_, ground_, violation_, result_.stuck, limits_);
    std::vector<Effect> all;
    for (const auto& [effect, lit] : run.effects()) all.push_back({effect.first, effect.second});
    const auto causes = minimal(run, all, run.claimed({}), {});
    if (!causes) return none("the solver was stopped, or does not see the violation");
    result_.causes = *causes;
    const auto deciding = deciding_steps(s_, ground_);
    const std::size_t steps = ground_.taken.size();
    if (violation_.fault != Fault::None ||
        (violation_.property >= 0 && s_.bad[static_cast<std::size_t>(violation_.property)] < 0))
      need(static_cast<int>(steps), deciding);
    for (const int instance : result_.stuck)  // what brought the stuck actors to where they stand
      for (std::size_t i = steps; i-- > 0;)
        if (s_.transitions[static_cast<std::size_t>(ground_.taken[i])].instance == instance) {
          need(static_cast<int>(i) + 1, deciding);
          break;
        }
    need(result_.causes, deciding);
    std::vector<Effect> others;
    for (const Effect& e : all)
      if (std::find(result_.causes.begin(), result_.causes.end(), e) == result_.causes.end())
        others.push_back(e);
    for (bool more = true; more;) {
      const auto enabling = minimal(run, others, run.claimed(conditions_), result_.causes);
      if (!enabling) return none("the solver was stopped");
      result_.enabling = *enabling;
      const std::size_t before = needed_.size();
      need(result_.enabling, deciding);
      more = needed_.size() > before;
    }
    std::set<int> matter = conditions_;
    for (const auto* effects : {&result_.causes, &result_.enabling})
      for (const Effect& e : *effects)
        if (e.step > 0) matter.insert(e.step);
    result_.conditions.assign(conditions_.begin(), conditions_.end());
    result_.steps.assign(matter.begin(), matter.end());
    certify(conditions_);
    return std::move(result_);
  }

 private:
  Slice none(const std::string& why) {
    Slice empty;
    empty.reason = why;
    return empty;
  }

  void need(const std::vector<Effect>& effects, const std::vector<std::vector<int>>& deciding) {
    for (const Effect& e : effects)
      if (e.step > 0) need(e.step, deciding);
  }

  // The step has to be possible, and so has each one that decided that it comes.
  void need(int step, const std::vector<std::vector<int>>& deciding) {
    if (!needed_.insert(step).second) return;
    if (asks(step)) conditions_.insert(step);
    for (const int other : deciding[static_cast<std::size_t>(step)]) need(other, deciding);
  }

  // Whether the step can be taken follows from the data, not from where its actor stands alone.
  bool asks(int step) {
    const auto at = static_cast<std::size_t>(step) - 1;
    const State& state = ground_.states[at];
    const int panicked = s_.layout->find(model::Part::Panicked, -1)->base;
    Terms::Memo memo;
    const Term guard = s_.terms.substitute(
        s_.transitions[static_cast<std::size_t>(ground_.taken[at])].guard,
        [&](int slot, Term same) {
          return slot >= s_.data_slots() || slot == panicked ? s_.terms.constant(state[slot])
                                                             : same;
        },
        memo);
    return !s_.terms.is_true(guard);
  }

  // Once more with clauses of their own: enough, and nothing too much.
  void certify(const std::set<int>& conditions) {
    Unrolled again(s_, ground_, violation_, result_.stuck, limits_);
    const Lit bad = again.claimed({}), all = again.claimed(conditions);
    std::vector<Effect> both = result_.causes;
    both.insert(both.end(), result_.enabling.begin(), result_.enabling.end());
    result_.certified = again.forced(result_.causes, bad) == Answer::Unsat &&
                        again.forced(both, all) == Answer::Unsat &&
                        needed(again, result_.causes, {}, bad) &&
                        needed(again, result_.enabling, result_.causes, all);
    if (!result_.certified) result_.reason = "a second solver does not confirm it";
  }

  static bool needed(Unrolled& run, const std::vector<Effect>& each,
                     const std::vector<Effect>& beside, Lit claim) {
    for (std::size_t i = 0; i < each.size(); ++i) {
      std::vector<Effect> fewer = beside;
      for (std::size_t j = 0; j < each.size(); ++j)
        if (j != i) fewer.push_back(each[j]);
      if (run.forced(fewer, claim) != Answer::Sat) return false;
    }
    return true;
  }

  System& s_;
  const GroundRun& ground_;
  const Violation& violation_;
  const Limits& limits_;
  std::set<int> needed_;      // steps
  std::set<int> conditions_;  // those of them that ask for something
  Slice result_;
};

}  // namespace

Slice slice(System& system, const GroundRun& run, const Violation& violation,
            const std::vector<int>& stuck, const Limits& limits) {
  try {
    return Slicer(system, run, violation, stuck, limits).find();
  } catch (const z3::exception& e) {
    Slice none;
    none.reason = std::string("Z3: ") + e.msg();
    return none;
  }
}

}  // namespace luproof::checker
