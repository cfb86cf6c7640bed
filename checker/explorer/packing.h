// SPDX-License-Identifier: GPL-2.0-or-later
// Where each slot lies in the packed words of a state.
//
// No field lies over two words, so a condition on slots of one word is one mask and one comparison.
// Slots that are asked to lie together get one run of bits: blocks that may be exchanged are then
// sorted as numbers (checker/symmetry/).
#pragma once

#include <cstdint>
#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

class Packing {
 public:
  struct Field {
    std::uint32_t word = 0;
    std::uint8_t shift = 0;
    std::uint8_t bits = 0;
    Value low = 0;
    std::uint64_t mask() const { return ((1ull << bits) - 1) << shift; }  // at most 33 bits
    std::uint64_t put(Value v) const {
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(v - low)) << shift;
    }
    Value get(const std::uint64_t* words) const {
      return static_cast<Value>(words[word] >> shift & ((1ull << bits) - 1)) + low;
    }
  };

  explicit Packing(const System& system, const std::vector<std::vector<int>>& together = {});
  const Field& field(int slot) const { return fields_[static_cast<std::size_t>(slot)]; }
  std::size_t words() const { return words_; }
  int bits() const { return bits_; }
  void pack(const State& state, std::uint64_t* words) const;
  void unpack(const std::uint64_t* words, State& state) const;

 private:
  std::vector<Field> fields_;
  std::size_t words_ = 1;
  int bits_ = 0;
};

}  // namespace luproof::checker
