// SPDX-License-Identifier: GPL-2.0-or-later
// The states seen so far, packed, each with a number.
//
// Most successors are old states, and looking one up is a walk through memory that is not in any
// cache. An entry of the table is 32 bits: the number in as many as the table's size needs, a piece
// of the hash in the others, so that a wrong entry is hardly ever followed; both reads can be asked
// for ahead. Words never move once written: others may read old states while new ones come in.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "checker/explorer/packing.h"

namespace luproof::checker {

class StateStore {
 public:
  explicit StateStore(const System& system) : StateStore(Packing(system)) {}
  explicit StateStore(Packing packing);

  // The number of the state, and whether it is new.
  std::pair<std::uint32_t, bool> insert(const State& state);
  std::pair<std::uint32_t, bool> insert(const std::uint64_t* words, std::uint64_t hash);
  // Its number, or -1.
  std::int64_t find(const std::uint64_t* words) const;
  void unpack(std::uint32_t number, State& state) const { packing_.unpack(at(number), state); }
  const std::uint64_t* at(std::uint32_t number) const {
    return parts_[number >> shift_].get() + (number & ((1u << shift_) - 1)) * width_;
  }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * width_ * 8 + table_.capacity() * 4; }
  int bits() const { return packing_.bits(); }
  const Packing& packing() const { return packing_; }

  template <std::size_t kWidth = 0>  // words a state, if that is known
  std::uint64_t hash(const std::uint64_t* words) const {
    std::uint64_t h = 0;
    for (std::size_t i = 0; i < (kWidth ? kWidth : width_); ++i) {
      h = (h ^ words[i]) * 0x9E3779B97F4A7C15ull;
      h ^= h >> 32;
    }
    return h;
  }
  void expect(std::uint64_t hash) const { __builtin_prefetch(&table_[slot_of(hash)]); }
  // Once the table's entry has come: asks for the state that it speaks of.
  void expect_known(std::uint64_t hash) const {
    const std::uint32_t entry = table_[slot_of(hash)];
    if (entry) __builtin_prefetch(at((entry & number_mask_) - 1));
  }

 private:
  std::size_t slot_of(std::uint64_t hash) const { return hash & (table_.size() - 1); }
  std::uint32_t tag_of(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash >> 32) & ~number_mask_;
  }
  void grow();

  Packing packing_;
  std::size_t width_;  // words a state
  unsigned shift_;     // states in a part, as a power of two
  std::vector<std::unique_ptr<std::uint64_t[]>> parts_;
  std::vector<std::uint32_t> table_;  // tag and number + 1, 0 = empty
  std::uint32_t number_mask_;
  std::size_t count_ = 0;
  std::vector<std::uint64_t> scratch_;
};

}  // namespace luproof::checker
