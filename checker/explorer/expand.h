// SPDX-License-Identifier: GPL-2.0-or-later
// A piece of the frontier, expanded: its successors and what is to be said of its states.
//
// Nothing here depends on what is already known, so pieces may be expanded at the same time; they
// are taken in order afterwards, and the result is the same however many worked on it.
#pragma once

#include <atomic>

#include "checker/explorer/moves.h"
#include "checker/explorer/store.h"

namespace luproof::checker {

// Something that is asked of every state.
struct Question {
  enum class What : std::uint8_t { Bad, Witness, Latched, PassedKexec };
  What what;
  int property = -1;
  Term term = -1;
};

struct Chunk {
  struct Successor {
    std::uint64_t hash;
    std::uint32_t parent;
    std::int32_t by;
  };
  struct Event {
    std::uint32_t state;
    std::int32_t by;      // -1: of the state itself
    std::int32_t detail;  // the question; the property of a check; -1: the run ends
  };
  std::vector<Successor> successors;
  std::vector<std::uint64_t> words;  // of the successors, and some room
  std::vector<Event> events;
};

class Canonical;

// What is asked and done in every state, made ready once for everybody.
class Plan {
 public:
  Plan(System& system, const Packing& packing, std::vector<Question> questions);
  void expand(const StateStore& store, const Canonical* canonical, const std::uint32_t* first,
              const std::uint32_t* last, Seen& seen, Chunk& chunk);
  const std::vector<Question>& questions() const { return questions_; }
  // Nobody wants to know any more. A question about bad states is never answered.
  void answered(std::size_t question) { answered_[question] = true; }
  Moves& moves() { return moves_; }

 private:
  template <std::size_t kWidth>  // words a state; 0: any number
  void expand_all(const StateStore& store, const Canonical* canonical, const std::uint32_t* first,
                  const std::uint32_t* last, Seen& seen, Chunk& chunk);

  Moves moves_;
  Decisions decisions_;
  std::vector<Question> questions_;
  std::vector<Decisions::Entry> entries_;
  std::vector<std::atomic<bool>> answered_;
};

}  // namespace luproof::checker
