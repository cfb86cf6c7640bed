// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/store.h"

#include <algorithm>
#include <bit>

namespace luproof::checker {
namespace {
constexpr std::size_t kFirstTable = 1 << 12;
constexpr std::size_t kSmallTable = 1 << 22;
constexpr std::size_t kPartWords = 1 << 16;
}  // namespace

StateStore::StateStore(Packing packing)
    : packing_(std::move(packing)),
      width_(packing_.words()),
      shift_(static_cast<unsigned>(std::bit_width(std::max<std::size_t>(64, kPartWords / width_)) -
                                   1)),
      table_(kFirstTable, 0),
      number_mask_(kFirstTable - 1),
      scratch_(width_) {
  parts_.reserve(std::size_t{1} << (32 - shift_));  // others may read while parts come in
}

void StateStore::grow() {
  const std::size_t size = table_.size();
  table_ = {};  // before there is a new one
  table_ = std::vector<std::uint32_t>(size * (size < kSmallTable ? 4 : 2), 0);
  number_mask_ = static_cast<std::uint32_t>(table_.size() - 1);
  const std::size_t mask = table_.size() - 1;
  for (std::uint32_t number = 0; number < count_; ++number) {
    const std::uint64_t h = hash(this->at(number));
    std::size_t place = slot_of(h);
    while (table_[place]) place = (place + 1) & mask;
    table_[place] = tag_of(h) | (number + 1);
  }
}

std::int64_t StateStore::find(const std::uint64_t* words) const {
  const std::uint64_t h = hash(words);
  const std::uint32_t tag = tag_of(h);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t place = slot_of(h); table_[place]; place = (place + 1) & mask) {
    if ((table_[place] & ~number_mask_) != tag) continue;
    const std::uint32_t number = (table_[place] & number_mask_) - 1;
    if (std::equal(words, words + width_, at(number))) return number;
  }
  return -1;
}

std::pair<std::uint32_t, bool> StateStore::insert(const std::uint64_t* words, std::uint64_t hash) {
  if ((count_ + 1) * 4 > table_.size() * 3) grow();
  const std::uint32_t tag = tag_of(hash);
  const std::size_t mask = table_.size() - 1;
  std::size_t place = slot_of(hash);
  for (; table_[place]; place = (place + 1) & mask) {
    const std::uint32_t entry = table_[place];
    if ((entry & ~number_mask_) != tag) continue;
    const std::uint32_t number = (entry & number_mask_) - 1;
    const std::uint64_t* known = at(number);
    std::size_t i = 0;  // most states are one word, which is no work for std::equal
    while (i < width_ && known[i] == words[i]) ++i;
    if (i == width_) return {number, false};
  }
  const auto number = static_cast<std::uint32_t>(count_);
  if (number >> shift_ == parts_.size())
    parts_.push_back(
        std::unique_ptr<std::uint64_t[]>(new std::uint64_t[width_ << shift_]));  // not cleared
  std::copy(words, words + width_, parts_.back().get() + (number & ((1u << shift_) - 1)) * width_);
  table_[place] = tag | static_cast<std::uint32_t>(++count_);
  return {number, true};
}

std::pair<std::uint32_t, bool> StateStore::insert(const State& state) {
  packing_.pack(state, scratch_.data());
  return insert(scratch_.data(), hash(scratch_.data()));
}

}  // namespace luproof::checker
