// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/store.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace luproof::checker {

StateStore::StateStore(const System& system) {
  unsigned used = 0;
  std::uint32_t word = 0;
  for (const SlotRange& slot : system.slots) {
    const auto bits = static_cast<unsigned>(std::bit_width(
        static_cast<std::uint64_t>(static_cast<std::int64_t>(slot.high) - slot.low)));
    if (used + bits > 64) {
      ++word;
      used = 0;
    }
    fields_.push_back({word, static_cast<std::uint8_t>(bits ? used : 0),
                       static_cast<std::uint8_t>(bits), slot.low});
    used += bits;
    bits_ += static_cast<int>(bits);
  }
  width_ = word + 1;
  scratch_.resize(width_);
  table_.assign(1 << 12, 0);
}

void StateStore::pack(const State& state, std::uint64_t* words) const {
  std::memset(words, 0, width_ * 8);
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& f = fields_[i];
    if (f.bits)
      words[f.word] |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(state[i] - f.low))
                       << f.shift;
  }
}

void StateStore::unpack(std::uint32_t number, State& state) const {
  const std::uint64_t* words = words_.data() + number * width_;
  state.resize(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& f = fields_[i];
    const std::uint64_t mask = (1ull << f.bits) - 1;  // a Value has at most 33 bits of range
    state[i] = static_cast<Value>(words[f.word] >> f.shift & mask) + f.low;
  }
}

std::uint64_t StateStore::hash(const std::uint64_t* words) const {
  std::uint64_t h = 0x9E3779B97F4A7C15ull;
  for (std::size_t i = 0; i < width_; ++i) {
    h = (h ^ words[i]) * 0xBF58476D1CE4E5B9ull;
    h ^= h >> 31;
  }
  return h;
}

void StateStore::grow() {
  std::vector<std::uint32_t> old;
  old.swap(table_);
  table_.assign(old.size() * 2, 0);
  const std::size_t mask = table_.size() - 1;
  for (const std::uint32_t entry : old) {
    if (!entry) continue;
    std::size_t at = hash(words_.data() + (entry - 1) * width_) & mask;
    while (table_[at]) at = (at + 1) & mask;
    table_[at] = entry;
  }
}

std::pair<std::uint32_t, bool> StateStore::insert(const State& state) {
  if (count_ * 2 >= table_.size()) grow();
  pack(state, scratch_.data());
  const std::size_t mask = table_.size() - 1;
  std::size_t at = hash(scratch_.data()) & mask;
  while (table_[at]) {
    const std::uint64_t* known = words_.data() + (table_[at] - 1) * width_;
    if (std::equal(known, known + width_, scratch_.data())) return {table_[at] - 1, false};
    at = (at + 1) & mask;
  }
  words_.insert(words_.end(), scratch_.begin(), scratch_.end());
  table_[at] = static_cast<std::uint32_t>(++count_);
  return {static_cast<std::uint32_t>(count_ - 1), true};
}

}  // namespace luproof::checker
