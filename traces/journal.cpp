// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/journal.h"

#include <algorithm>
#include <cstring>

namespace luproof::traces {

namespace {
constexpr std::size_t kInMemory = std::size_t{8} << 20;
constexpr std::size_t kBlock = std::size_t{256} << 10;
}  // namespace

void Journal::add(const TraceLine& line) {
  if (!problem_.empty()) return;
  packed_.clear();
  pack_line(line, packed_);
  const auto size = static_cast<std::uint32_t>(packed_.size());
  memory_.append(reinterpret_cast<const char*>(&size), sizeof size);
  memory_ += packed_;
  ++lines_;
  if (memory_.size() < kInMemory) return;
  if (!file_.is_open()) file_ = input::RandomFile::temporary(problem_);
  if (problem_.empty() && !file_.append(memory_)) problem_ = "cannot write a temporary file";
  memory_.clear();
}

// `size` bytes at `at`, from the file or from the memory behind it.
bool Journal::bytes(std::uint64_t at, std::size_t size, std::string_view& found) {
  if (at >= file_.size()) {
    const std::uint64_t from = at - file_.size();
    if (from + size > memory_.size()) return false;
    found = std::string_view(memory_).substr(from, size);
    return true;
  }
  if (at < block_at_ || at + size > block_at_ + block_.size()) {
    block_.resize(std::max(kBlock, size));
    block_.resize(file_.read_at(at, block_.data(), block_.size()));
    block_at_ = at;
  }
  if (at + size > block_at_ + block_.size()) return false;
  found = std::string_view(block_).substr(at - block_at_, size);
  return true;
}

bool Journal::next(TraceLine& line) {
  std::string_view found;
  if (!bytes(at_, sizeof(std::uint32_t), found)) return false;
  std::uint32_t size;
  std::memcpy(&size, found.data(), sizeof size);
  if (!bytes(at_ + sizeof size, size, found)) return false;
  at_ += sizeof size + size;
  unpack_line(found, line);
  return true;
}

}  // namespace luproof::traces
