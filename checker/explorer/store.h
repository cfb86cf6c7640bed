// SPDX-License-Identifier: GPL-2.0-or-later
// The states seen so far, packed to the bits of their slots, each with a number.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

class StateStore {
 public:
  explicit StateStore(const System& system);

  // The number of the state, and whether it is new.
  std::pair<std::uint32_t, bool> insert(const State& state);
  void unpack(std::uint32_t number, State& state) const;
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return words_.capacity() * 8 + table_.capacity() * 4; }
  int bits() const { return bits_; }

 private:
  struct Field {
    std::uint32_t word;
    std::uint8_t shift;
    std::uint8_t bits;
    Value low;
  };
  void pack(const State& state, std::uint64_t* words) const;
  std::uint64_t hash(const std::uint64_t* words) const;
  void grow();

  std::vector<Field> fields_;
  std::size_t width_ = 1;  // words a state
  int bits_ = 0;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> table_;  // number + 1, 0 = empty
  std::size_t count_ = 0;
  std::vector<std::uint64_t> scratch_;
};

}  // namespace luproof::checker
