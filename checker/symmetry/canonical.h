// SPDX-License-Identifier: GPL-2.0-or-later
// One state for all that differ only by an exchange of blocks: the blocks sorted.
//
// Groups are sorted in the order in which they were found, so that inner ones are sorted when the
// blocks around them are compared. Each exchange maps sorted inner blocks to sorted inner blocks;
// the result is then the same for every state of an orbit.
#pragma once

#include "checker/explorer/packing.h"
#include "checker/symmetry/symmetry.h"

namespace luproof::checker {

class Canonical {
 public:
  Canonical(const Symmetry& symmetry, const Packing& packing);
  void make(std::uint64_t* words) const {
    for (const Group& group : groups_) {
      if (group.pieces == 1)
        sort_single(group, words);
      else
        sort_wide(group, words);
    }
  }

 private:
  struct Piece {
    std::uint32_t word;
    std::uint32_t shift;
    std::uint64_t mask;  // before the shift
    std::uint64_t get(const std::uint64_t* w) const { return w[word] >> shift & mask; }
    void put(std::uint64_t* w, std::uint64_t v) const {
      w[word] = (w[word] & ~(mask << shift)) | v << shift;
    }
  };
  struct Group {
    std::size_t blocks = 0, pieces = 0;
    std::vector<Piece> all;  // block by block
  };
  static constexpr std::size_t kMostBlocks = 64;
  static void sort_single(const Group& group, std::uint64_t* words) {
    std::uint64_t keys[kMostBlocks];
    const std::size_t n = group.blocks;
    bool sorted = true;
    for (std::size_t b = 0; b < n; ++b) {
      const std::uint64_t key = group.all[b].get(words);
      std::size_t at = b;
      for (; at > 0 && keys[at - 1] > key; --at) keys[at] = keys[at - 1];
      sorted = sorted && at == b;
      keys[at] = key;
    }
    if (sorted) return;
    for (std::size_t b = 0; b < n; ++b) group.all[b].put(words, keys[b]);
  }
  static void sort_wide(const Group& group, std::uint64_t* words);

  std::vector<Group> groups_;
};

}  // namespace luproof::checker
