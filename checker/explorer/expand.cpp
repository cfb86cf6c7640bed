// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/expand.h"

#include "checker/symmetry/canonical.h"

namespace luproof::checker {

Plan::Plan(System& system, const Packing& packing, std::vector<Question> questions)
    : moves_(system, packing),
      decisions_(system.terms, packing),
      questions_(std::move(questions)),
      answered_(questions_.size()) {
  for (const Question& q : questions_) entries_.push_back(decisions_.compile(q.term));
}

template <std::size_t kWidth>
void Plan::expand_all(const StateStore& store, const Canonical* canonical,
                      const std::uint32_t* first, const std::uint32_t* last, Seen& seen,
                      Chunk& chunk) {
  chunk.successors.clear();
  chunk.events.clear();
  const std::size_t width = kWidth ? kWidth : store.packing().words();
  for (; first != last; ++first) {
    const std::uint32_t number = *first;
    seen.look(store.at(number));
    for (std::size_t q = 0; q < entries_.size(); ++q)
      if (!answered_[q].load(std::memory_order_relaxed) && decisions_.decide(entries_[q], seen))
        chunk.events.push_back({number, -1, static_cast<std::int32_t>(q)});
    moves_.each(seen, [&](const Moves::Move& move) {
      if (move.checked)
        moves_.checks(move, seen, [&](int property) {
          chunk.events.push_back({number, move.id, property});
        });
      if (move.ends) {
        chunk.events.push_back({number, move.id, -1});
        return;
      }
      const std::size_t at = chunk.successors.size() * width;
      if (at + width > chunk.words.size()) chunk.words.resize(2 * (at + width));
      std::uint64_t* next = chunk.words.data() + at;
      for (std::size_t w = 0; w < width; ++w) next[w] = seen.words()[w];
      moves_.follow(move, seen, next);
      if (canonical) canonical->make(next);
      chunk.successors.push_back({store.hash<kWidth>(next), number, move.id});
    });
  }
}

void Plan::expand(const StateStore& store, const Canonical* canonical, const std::uint32_t* first,
                  const std::uint32_t* last, Seen& seen, Chunk& chunk) {
  if (store.packing().words() == 1)
    expand_all<1>(store, canonical, first, last, seen, chunk);
  else
    expand_all<0>(store, canonical, first, last, seen, chunk);
}

}  // namespace luproof::checker
