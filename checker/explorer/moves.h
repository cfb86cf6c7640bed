// SPDX-License-Identifier: GPL-2.0-or-later
// The transitions over packed words: which are possible in a state, and where they lead.
//
// What is done for each state is made ready once: the transitions out of a control point when a
// state first stands there (most of a large design is never reached), those that happen by
// themselves once for each value of the slot that most of them ask for.
#pragma once

#include <functional>

#include "checker/explorer/decide.h"

namespace luproof::checker {

class Moves {
 public:
  Moves(System& system, const Packing& packing);

  struct Move {
    struct Write {
      std::uint32_t word;
      std::uint64_t keep, set;
    };
    const Transition* transition = nullptr;
    std::int32_t id = -1;
    // Bits of one word that follow other bits: all bits of a mask at once.
    struct Shuffle {
      enum class Op : std::uint8_t { Copy, And, Or };
      std::uint32_t word, source;
      int right;  // rotation of the source
      std::uint64_t mask, flip;
      Op op;
      bool same_kind(const Shuffle& o) const {
        return word == o.word && source == o.source && right == o.right && op == o.op &&
               (flip == 0) == (o.flip == 0);
      }
    };
    std::vector<Write> writes;  // constants
    std::vector<Shuffle> shuffles;
    Code code;  // then the checks and what the other updates compute
    std::vector<std::pair<std::size_t, Packing::Field>> computed;  // root of the code, field
    bool ends = false;  // a fault, or a full pool: there is no state behind it
    bool checked = false;
    bool simple = true;  // the writes are all
  };

  // Calls fire(move) for each move that is possible in the state. May compile.
  template <typename Fire>
  void each(Seen& seen, const Fire& fire);
  // The state behind a move that does not end, into `next`, which holds the state before.
  void follow(const Move& move, Seen& seen, std::uint64_t* next) const {
    for (const Move::Write& w : move.writes) next[w.word] = (next[w.word] & w.keep) | w.set;
    if (!move.simple) shuffle(move, seen, next);
  }
  // Properties whose check the move breaks.
  template <typename Broken>
  void checks(const Move& move, Seen& seen, const Broken& broken) const;
  // Compiles everything, so that each() only reads from now on.
  void compile_all();
  // What compiles calls `look` now and then, which may throw. Empty: it does no more.
  void look_with(std::function<void()> look) { look_ = std::move(look); }
  std::size_t bytes() const { return decisions_.bytes() + bytes_; }

 private:
  struct Candidate {
    Compare first;
    Decisions::Entry rest;
    std::int32_t move;
  };
  struct List {
    bool ready = false;
    std::vector<Candidate> candidates;
  };
  void choose_selector();
  void compile(List& list, const std::vector<int>& ids, int slot, Value value);
  std::int32_t move_of(int id);
  bool shuffled(Move& move, const Packing::Field& target, int slot, Term value) const;
  void shuffle(const Move& move, Seen& seen, std::uint64_t* next) const;
  void compile_point(std::size_t instance, std::size_t point) {
    compile(points_[instance][point], s_.at[instance][point], -1, 0);
  }
  void compile_anywhere(std::size_t value) {
    compile(anywhere_[value], s_.anywhere, selector_,
            selector_ < 0 ? 0 : s_.slots[selector_].low + static_cast<Value>(value));
  }
  template <typename Fire>
  void try_all(const List& list, Seen& seen, const Fire& fire) const {
    for (const Candidate& c : list.candidates)
      if (c.first.holds(seen.words()) && decisions_.decide(c.rest, seen))
        fire(moves_[static_cast<std::size_t>(c.move)]);
  }

  System& s_;
  const Packing& packing_;
  std::function<void()> look_;
  Decisions decisions_;
  std::vector<Move> moves_;
  std::size_t bytes_ = 0;                  // of their code
  std::vector<std::int32_t> move_of_;      // by transition, -1: not yet
  std::vector<std::vector<List>> points_;  // of each instance
  std::vector<std::size_t> moving_;        // instances with transitions
  int selector_ = -1;                      // slot
  std::vector<List> anywhere_;             // by its value
};

template <typename Fire>
void Moves::each(Seen& seen, const Fire& fire) {
  for (const std::size_t i : moving_) {
    const auto point = static_cast<std::size_t>(packing_.field(s_.point_slot[i]).get(seen.words()));
    if (!points_[i][point].ready) compile_point(i, point);
    try_all(points_[i][point], seen, fire);
  }
  if (anywhere_.empty()) return;
  std::size_t value = 0;
  if (selector_ >= 0) {
    const Packing::Field& f = packing_.field(selector_);
    value = static_cast<std::size_t>(f.get(seen.words()) - f.low);
  }
  if (!anywhere_[value].ready) compile_anywhere(value);
  try_all(anywhere_[value], seen, fire);
}

template <typename Broken>
void Moves::checks(const Move& move, Seen& seen, const Broken& broken) const {
  const auto& all = move.transition->checks;
  move.code.run(seen.state(), seen.registers);
  for (std::size_t c = 0; c < all.size(); ++c)
    if (move.code.at(c, seen.registers)) broken(all[c].property);
}

}  // namespace luproof::checker
