// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/packing.h"

#include <bit>
#include <cstring>

namespace luproof::checker {
namespace {

unsigned width_of(const SlotRange& slot) {
  return static_cast<unsigned>(
      std::bit_width(static_cast<std::uint64_t>(static_cast<std::int64_t>(slot.high) - slot.low)));
}

}  // namespace

Packing::Packing(const System& system, const std::vector<std::vector<int>>& together) {
  fields_.resize(system.slots.size());
  std::vector<char> placed(system.slots.size(), 0);
  unsigned used = 0;
  std::uint32_t word = 0;
  auto place = [&](int slot) {
    const SlotRange& range = system.slots[static_cast<std::size_t>(slot)];
    const unsigned bits = width_of(range);
    if (used + bits > 64) {
      ++word;
      used = 0;
    }
    fields_[static_cast<std::size_t>(slot)] = {word, static_cast<std::uint8_t>(bits ? used : 0),
                                               static_cast<std::uint8_t>(bits), range.low};
    used += bits;
    bits_ += static_cast<int>(bits);
    placed[static_cast<std::size_t>(slot)] = 1;
  };
  for (const auto& run : together) {
    unsigned total = 0;
    for (const int slot : run) total += width_of(system.slots[static_cast<std::size_t>(slot)]);
    if (used && used + total > 64) {
      ++word;
      used = 0;
    }
    for (const int slot : run) place(slot);
  }
  for (int slot = 0; slot < static_cast<int>(fields_.size()); ++slot)
    if (!placed[static_cast<std::size_t>(slot)]) place(slot);
  words_ = word + 1;
}

void Packing::pack(const State& state, std::uint64_t* words) const {
  std::memset(words, 0, words_ * 8);
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& f = fields_[i];
    if (f.bits) words[f.word] |= f.put(state[i]);
  }
}

void Packing::unpack(const std::uint64_t* words, State& state) const {
  state.resize(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) state[i] = fields_[i].get(words);
}

}  // namespace luproof::checker
