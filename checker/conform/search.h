// SPDX-License-Identifier: GPL-2.0-or-later
// One search for a run that explains what was seen; conform.h says what for.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "checker/conform/partial.h"
#include "checker/conform/relevant.h"
#include "checker/explorer/code.h"
#include "checker/explorer/store.h"

namespace luproof::checker {

// A place in the search: what is explained so far, the state, and who is in the middle of what.
struct Spot {
  std::uint32_t position = 0;
  std::uint32_t state = 0;
  std::uint32_t crew = 0;
  std::uint32_t parent = 0;
  std::int32_t by = -1;  // transition; -1: the start, or time went by
};

// What is known of an instance beyond its state.
struct Hand {
  Value task = 0;       // whose calls it is; 0: nobody's yet
  Value depth = 0;      // calls that it is in
  Value excused = 0;    // an environment act chose an error, which stands for any error
  Value remaining = 0;  // what its last step shows and no line has shown yet
  bool operator==(const Hand&) const = default;
};

class ConformSearch {
 public:
  // `avoid`: no state or step may violate a property.
  ConformSearch(System& system, Partial& partial, const Shown& shown,
                const Observations& observations, bool avoid, const ConformOptions& options,
                const Limits& limits);

  // The place where all is explained, or -1.
  std::int64_t run();
  const std::string& stopped_by() const { return stopped_by_; }
  std::size_t furthest() const { return furthest_; }
  const std::vector<Spot>& places() const { return places_; }
  void state_of(const Spot& place, State& state) const { store_.unpack(place.state, state); }
  const std::vector<Hand>& crew_of(const Spot& place) const { return crews_[place.crew]; }
  int fault() const { return fault_; }
  std::uint32_t fault_place() const { return fault_place_; }
  bool enabled(int transition, const State& state);
  // The property that a state, or a step, violates; or -1.
  int bad_state(const State& state);
  int bad_step(int transition, const State& before);
  int first_visible(int transition, const Visible& kernel) const;
  // First values that were settled on the way to a place.
  const std::vector<std::pair<int, Value>>* settled_at(std::uint32_t place) const {
    const auto found = settled_.find(place);
    return found == settled_.end() ? nullptr : &found->second;
  }
  Partial& partial() { return partial_; }
  const std::vector<Value>& remainder(const Hand& hand) const {
    return remainders_[hand.remaining];
  }
  const Visible& kernel_at(std::size_t position) const;

 private:
  void add(std::uint32_t position, const State& state, std::uint32_t crew, std::uint32_t parent,
           std::int32_t by, int cost);
  void expand(std::uint32_t number);
  void observed(const Seen& seen);
  enum class Missing { None, One, All };  // lines, here
  void hidden(Missing missing, bool kexec);
  void unheard(int transition, const Visible& kernel, Missing missing, int cost);
  void forget_one();
  void heard_rest(std::size_t instance, int cost);
  bool fits(const std::vector<Value>& remaining, const Seen& seen, bool excused) const;
  void take(int transition, const Seen* seen, int heard, std::size_t further, int cost);
  bool attempt(int transition, const Seen* seen, int heard, std::size_t further, int cost);
  std::optional<std::uint32_t> crew_after(int transition, const Seen* seen, int heard);
  std::optional<Value> see(Term t);
  std::optional<bool> fits(const Emission& emission, const Seen& seen, bool excused);
  void add_settled(std::uint32_t position, const State& state, std::uint32_t crew,
                   std::uint32_t parent, std::int32_t by, int cost);
  void insert(std::uint32_t position, std::uint32_t number, std::uint32_t crew,
              std::uint32_t parent, std::int32_t by, int cost);
  std::uint32_t intern(std::vector<Hand> crew);
  Value intern_rest(std::vector<Value> rest);
  std::optional<Value> keep(const std::vector<Emission>& all, std::size_t from,
                            const Visible& kernel);
  struct Compiled {
    Code code;
    std::vector<int> lazy;  // slots that it reads and that may not be settled
  };
  std::unique_ptr<Compiled> compiled(const std::vector<Term>& roots) const;
  bool may_hang(const Compiled& of) const;
  const Compiled& guard(int transition);
  const Compiled& effect(int transition);
  bool stopped();

  System& s_;
  Partial& partial_;
  Partial behind_;  // looks at states behind a step
  const Shown& shown_;
  const Observations& obs_;
  bool avoid_;
  Relevant relevant_;
  std::vector<std::pair<int, Value>> ignored_;  // slots that make no difference, and what they are
  std::vector<int> by_themselves_;              // events that make one
  std::vector<std::vector<int>> never_heard_;   // of them, in each kernel, those that no line shows
  const ConformOptions& options_;
  const Limits& limits_;
  StateStore store_;
  std::vector<Spot> places_;
  std::vector<std::uint32_t> table_;                              // of places: number + 1
  std::vector<std::vector<std::pair<int, std::uint32_t>>> open_;  // by position: (cost, place)
  std::vector<std::vector<Hand>> crews_;
  std::map<std::vector<Value>, std::uint32_t> crew_index_;
  std::vector<std::vector<Value>> remainders_;  // 0: nothing
  std::map<std::vector<Value>, Value> remainder_index_;
  std::vector<std::unique_ptr<Compiled>> guards_, effects_;
  Code watch_;
  std::vector<Term> watch_terms_;
  std::vector<int> watched_;            // property of each root of watch_
  std::vector<std::int8_t> bad_known_;  // by state: 0 unknown, 1 fine, 2 bad
  std::vector<int> kernel_of_;          // by position
  std::vector<std::pair<int, Value>> budgets_;
  std::vector<Value> registers_, watch_registers_;
  State current_, next_;
  bool open_state_ = false;  // something of the current state is not settled
  Term hangs_ = -1;
  std::vector<std::pair<int, Value>> settled_now_;
  std::unordered_map<std::uint32_t, std::vector<std::pair<int, Value>>> settled_;
  Spot at_;
  std::uint32_t at_number_ = 0;
  int at_cost_ = 0;
  std::size_t top_ = 0, furthest_ = 0;
  int fault_ = -1;  // the transition to a built-in violation that comes last
  std::uint32_t fault_place_ = 0;
  std::string stopped_by_;
};

}  // namespace luproof::checker
