// SPDX-License-Identifier: GPL-2.0-or-later
// One search: the frontier by (visible steps, steps), nearest first.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "checker/explorer/crew.h"
#include "checker/explorer/expand.h"
#include "checker/explorer/explorer.h"
#include "checker/symmetry/canonical.h"

namespace luproof::checker {

class Search {
 public:
  // `symmetry`: what is used, or nullptr; the graph is packed for it.
  Search(System& system, const ExploreOptions& options, const Limits& limits, Graph& graph,
         const Symmetry* symmetry);
  // Goes on as far as `most` states; false if there are more.
  bool run(std::size_t most);
  // Nothing if the states that stand for others do not give the whole answer.
  std::optional<Outcome> finish();

 private:
  struct Key {
    std::uint16_t weight = 0, length = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Best {  // the nearest place: a state, or a transition out of it
    bool found = false;
    Key key;
    std::uint32_t state = 0;
    std::int32_t by = -1;
  };
  struct PropertyBest {
    bool wanted = true, latched = false;
    Best violation, witness;
    std::set<std::string> by;
  };
  struct FaultBest {
    Best violation;
    std::set<std::string> by;
  };

  bool start();
  bool go_on(std::size_t most);
  void conclude();
  void measure();
  std::vector<std::uint32_t> next_batch();
  bool expand_batch(const std::vector<std::uint32_t>& batch);
  Crew* crew_for(std::size_t pieces);
  void take(const std::uint32_t* first, const std::uint32_t* last, const Chunk& chunk);
  void take_event(const Chunk::Event& event);
  std::uint32_t add(const std::uint64_t* words, std::uint64_t hash, std::uint32_t parent,
                    std::int32_t by, Key key);
  Key key_of(std::uint32_t number) const {
    return {g_.nodes[number].weight, g_.nodes[number].length};
  }
  Key behind(std::uint32_t number, int by) const;
  static void note(Best& best, Key key, std::uint32_t state, std::int32_t by);
  bool stopped();
  void tell();
  bool all_decided(Key key) const;

  // answers.cpp
  // `property`: which one the last step breaks, if it is one that does.
  Run run_to(const Best& best, int property = -1);
  void last_steps();
  void last_step(std::uint32_t from, std::uint32_t to, std::int32_t by);
  void blame(std::set<std::string>& by, std::int32_t transition, std::uint32_t state);
  const std::string& text_of(std::int32_t by, std::uint32_t state);
  std::vector<std::int32_t> orbit(std::int32_t transition) const;
  void spread_fired();
  void settle(Finding& finding, const PropertyBest& best);
  std::string reason() const;

  System& s_;
  const ExploreOptions& options_;
  const Limits& limits_;
  Graph& g_;
  const Symmetry* symmetry_;
  std::optional<Canonical> sorted_;
  const Canonical* canonical_ = nullptr;
  bool unready_ = false;  // a limit ended what makes the moves ready
  bool whole_ = true;     // what is said of states holds for those that they stand for
  Plan plan_;
  std::vector<Key> cost_;  // of each transition
  std::map<Key, std::vector<std::uint32_t>> frontier_;
  Key last_key_;  // of the part of the frontier that was added to last
  std::vector<std::uint32_t>* last_list_ = nullptr;
  std::vector<Seen> workers_;
  std::vector<Chunk> chunks_;
  std::optional<Crew> crew_;
  bool uniform_ = true;  // every transition weighs and counts the same: no state comes nearer again
  std::vector<PropertyBest> best_;
  std::map<Fault, FaultBest> faults_;
  Best passed_kexec_;
  std::vector<std::uint64_t> bad_;  // per state: the first 64 properties; empty: none was bad
  std::vector<State> starts_;
  bool started_yet_ = false;
  std::map<std::int32_t, std::string> texts_;  // of transitions whose arguments are constants
  std::string text_;
  std::chrono::steady_clock::time_point started_, reported_;
  Outcome outcome_;
};

}  // namespace luproof::checker
