// SPDX-License-Identifier: GPL-2.0-or-later
// One collection of views; checker/anynumber/views.h says what it is about.
//
// views.cpp puts views together and takes steps, parts.cpp takes a state apart into what the
// members share and what each has, alike.cpp sees to it that one member is as good as another.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "checker/anynumber/need.h"
#include "checker/anynumber/views.h"
#include "checker/explorer/code.h"

namespace luproof::checker {

using Multiset = std::vector<int>;  // numbers of private parts, ascending

class Collector {
 public:
  Collector(System& system, const std::vector<Element>& members, const Compared& compared,
            int width, const Limits& limits)
      : s_(system),
        shape_(system),
        members_(members),
        compared_(compared),
        width_(width),
        limits_(limits),
        count_(static_cast<int>(members.size())),
        need_(system.terms, owner_, count_) {
    out_.width = width;
    out_.bad.assign(system.model->properties.size(), 0);
  }

  Views run() {
    if (own() && !asks_for_more()) {
      do {
        again_ = false;
        forget();
        search();
      } while (again_);
    }
    out_.states = states_.size();
    for (const auto& [shared, parts] : seen_) out_.views += parts.views.size();
    return std::move(out_);
  }

 private:
  struct Parts {  // of one shared part
    std::set<int> singles;
    std::set<Multiset> views;
  };
  struct Taken {  // a state as the sum of its parts
    int shared = -1;
    std::vector<int> named;  // members, in the order in which the shared part names them
    Multiset others;
  };

  int member(const Element& e) const {
    const auto at = std::find(members_.begin(), members_.end(), e);
    return at == members_.end() ? -1 : static_cast<int>(at - members_.begin());
  }
  bool stop(std::string why, model::Span where = {}) {
    if (out_.obstacle.empty()) {
      out_.obstacle = std::move(why);
      out_.where = std::move(where);
    }
    return false;
  }

  void forget();
  bool own();
  bool offer(std::size_t at, const std::vector<Value>& values);
  bool learn(const State& next, const std::vector<int>& different);
  void own_numbers();
  void constants(Term t, std::vector<Value>& into) const;
  // Which of its own numbers a value of its `at`-th slot is, or -1.
  int number(int m, int at, Value value) const;
  bool asks_for_more();
  int asked(const Transition& t, const State& state, int named, Terms::Memo& memo);
  void search();
  // The member that a value of the slot refers to, or -1.
  int refers(int slot, Value value) const;
  Value mark(int slot, Value value, int place) const;
  Value unmark(int slot, Value value, int own) const;
  bool take_apart(const State& state, Taken& taken);
  State put_together(int shared, const Multiset& others) const;
  void add(const State& state);
  void add(int shared, const Multiset& others);
  void recombine(int shared, const Multiset& fresh);
  void subsets(const Multiset& of, std::size_t from, Multiset& some,
               const std::function<void(const Multiset&)>& then) const;
  void choose(int shared, const std::vector<int>& from, std::size_t at, Multiset& some);
  bool allowed(int shared, const Multiset& others) const;
  std::uint32_t what_is_no_number(const State& state) const;
  void compile_comparisons();
  std::uint32_t comparisons(const State& state);
  void expand(const State& state);
  bool interchangeable(const State& state);
  std::vector<State> successors(const State& state, std::vector<int>* fired);
  State exchanged(const State& state, int first) const;

  System& s_;
  Shape shape_;
  const std::vector<Element>& members_;
  const Compared& compared_;
  int width_;
  const Limits& limits_;
  int count_;
  Views out_;

  std::vector<int> owner_;              // of each slot: a member or -1
  std::vector<int> shared_;             // slots of nobody
  std::vector<std::vector<int>> mine_;  // of each member, in one order of families
  std::vector<int> place_;              // of each slot of a member: where it is in mine_
  // Of each place: numbers that differ from member to member, one row a number.
  std::vector<std::vector<std::vector<Value>>> own_;
  std::vector<ElementMap> swaps_;  // of a member and the next one
  std::vector<std::vector<int>> moves_;
  std::vector<Code> code_;
  Code bad_;
  // Of the comparisons of numbers, each once: whether the left is less, whether the right is.
  Code signs_;
  std::vector<int> sign_of_;  // per comparison: which of them
  std::size_t signs_count_ = 0;
  std::map<std::vector<Value>, int> shared_numbers_, private_numbers_;
  std::vector<std::vector<Value>> shared_values_, private_values_;
  std::vector<int> names_;  // of each shared part: how many members it names
  std::map<int, Parts> seen_;
  std::set<State> states_;
  std::deque<State> open_;
  std::vector<Value> registers_;
  Need need_;
  bool again_ = false;  // a number of its own was found: the search starts anew
};

}  // namespace luproof::checker
