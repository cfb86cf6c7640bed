// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/symmetry/canonical.h"

#include <algorithm>
#include <numeric>

namespace luproof::checker {

Canonical::Canonical(const Symmetry& symmetry, const Packing& packing) {
  for (const auto& blocks : symmetry.groups) {
    Group group;
    group.blocks = std::min(blocks.size(), kMostBlocks);
    std::vector<std::vector<Piece>> pieces(group.blocks);
    for (std::size_t k = 0; k < blocks[0].size(); ++k) {
      // A slot goes on with the piece before it where it does so in every block.
      bool joins = k > 0;
      for (std::size_t b = 0; b < group.blocks; ++b) {
        const Packing::Field& f = packing.field(blocks[b][k]);
        if (!joins) break;
        const Piece& last = pieces[b].back();
        const std::uint64_t width = last.mask + 1;  // 0: the whole word
        joins = width && last.word == f.word && (width << last.shift) == 1ull << f.shift;
      }
      for (std::size_t b = 0; b < group.blocks; ++b) {
        const Packing::Field& f = packing.field(blocks[b][k]);
        const std::uint64_t mask = (1ull << f.bits) - 1;
        if (joins)
          pieces[b].back().mask |= mask << (f.shift - pieces[b].back().shift);
        else
          pieces[b].push_back({f.word, f.shift, mask});
      }
    }
    group.pieces = pieces[0].size();
    for (const auto& of_block : pieces)
      group.all.insert(group.all.end(), of_block.begin(), of_block.end());
    groups_.push_back(std::move(group));
  }
}

void Canonical::sort_wide(const Group& group, std::uint64_t* words) {
  const std::size_t k = group.pieces, n = group.blocks;
  thread_local std::vector<std::uint64_t> keys;
  keys.resize(n * k);
  for (std::size_t i = 0; i < n * k; ++i) keys[i] = group.all[i].get(words);
  std::size_t order[kMostBlocks];
  std::iota(order, order + n, std::size_t{0});
  std::stable_sort(order, order + n, [&](std::size_t a, std::size_t b) {
    return std::lexicographical_compare(keys.data() + a * k, keys.data() + (a + 1) * k,
                                        keys.data() + b * k, keys.data() + (b + 1) * k);
  });
  if (std::is_sorted(order, order + n)) return;
  for (std::size_t b = 0; b < n; ++b)
    for (std::size_t i = 0; i < k; ++i) group.all[b * k + i].put(words, keys[order[b] * k + i]);
}

}  // namespace luproof::checker
