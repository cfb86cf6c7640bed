// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/dat/pages.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace luproof::traces::dat {

namespace {

constexpr std::uint64_t kCommitSize = (std::uint64_t{1} << 20) - 1;
constexpr std::uint64_t kMissedStored = std::uint64_t{1} << 30;
constexpr std::uint64_t kMissedEvents = std::uint64_t{1} << 31;
constexpr std::uint32_t kPadding = 29, kTimeExtend = 30, kTimeStamp = 31;
constexpr int kTimeShift = 27;
constexpr std::uint64_t kStampBits = (std::uint64_t{1} << 59) - 1;
constexpr std::uint32_t kPagesInChunk = 16;  // trace-cmd writes 10

}  // namespace

CpuPages::CpuPages(const input::RandomFile& file, CpuData where, PageHeader header,
                   std::uint32_t page_size, Words words, std::size_t room)
    : file_(&file),
      where_(where),
      header_(header),
      page_size_(page_size),
      words_(words),
      big_(words.swap != (std::endian::native == std::endian::big)),
      room_(std::max<std::size_t>(room, std::size_t{kPagesInChunk} * page_size)) {}

CpuPages::Before CpuPages::before() { return std::exchange(before_, {}); }

void CpuPages::bad_page() {
  ++before_.bad_pages;
  events_ = {};
}

// The next chunk of a packed section, unpacked, into buffer_. A damaged one ends the section: where
// the next begins is not known.
bool CpuPages::next_chunk() {
  char word[8];
  const auto get = [&](char* into, std::size_t size) {
    // trace-cmd does not count the word that holds the number of chunks.
    if (done_ + size > where_.size + 4) return false;
    if (file_->read_at(where_.offset + done_, into, size) != size) return false;
    done_ += size;
    return true;
  };
  if (!chunks_known_) {
    chunks_known_ = true;
    if (where_.size == 0) return false;
    if (!get(word, 4)) {
      bad_page();
      return false;
    }
    chunks_ = words_.u32(word);
  }
  if (chunks_ == 0) return false;
  --chunks_;
  std::string packed;
  bool good = get(word, 8);
  const std::uint32_t size = good ? words_.u32(word) : 0;
  const std::uint32_t unpacked = good ? words_.u32(word + 4) : 0;
  good = good && size <= 2 * room_ && unpacked <= room_ && unpacked > 0;
  if (good) {
    packed.resize(size);
    good = get(packed.data(), size);
  }
  if (good) {
    if (buffer_.size() < unpacked) buffer_.resize(unpacked);
    filled_ = unpacked;
    taken_ = 0;
    const std::size_t got = ZSTD_decompress(buffer_.data(), unpacked, packed.data(), packed.size());
    good = !ZSTD_isError(got) && got == unpacked;
  }
  if (!good) {
    chunks_ = 0;
    filled_ = 0;
    taken_ = 0;
    bad_page();
  }
  return good;
}

// Makes `wanted` bytes available in buffer_ behind taken_, or as many as there are.
bool CpuPages::refill(std::size_t wanted) {
  if (filled_ - taken_ >= wanted) return true;
  if (where_.packed) return filled_ > taken_ || next_chunk();
  const std::size_t had = filled_ - taken_;
  const auto more = static_cast<std::size_t>(
      std::min<std::uint64_t>(std::max(room_, wanted), where_.size - done_));
  if (more == 0) return had > 0;
  std::memmove(buffer_.data(), buffer_.data() + taken_, had);
  taken_ = 0;
  if (buffer_.size() < had + more) buffer_.resize(had + more);
  const std::size_t got = file_->read_at(where_.offset + done_, buffer_.data() + had, more);
  filled_ = had + got;
  done_ += got;
  if (got < more) {  // the section goes on behind the end of the file
    done_ = where_.size;
    bad_page();
  }
  return filled_ > 0;
}

bool CpuPages::next_page() {
  while (!ended_) {
    if (read_page()) return true;
  }
  return false;
}

bool CpuPages::read_page() {
  if (!refill(page_size_)) {
    ended_ = true;
    return false;
  }
  const std::size_t there = std::min<std::size_t>(filled_ - taken_, page_size_);
  const std::string_view page = std::string_view(buffer_).substr(taken_, there);
  taken_ += there;
  if (zero_page_) bad_page();  // an empty page that was not the last
  zero_page_ = false;
  if (page.size() < header_.data_offset) {
    bad_page();
    return false;
  }
  const std::uint64_t time = words_.u64(page.data());
  const char* const at = page.data() + header_.commit_offset;
  const std::uint64_t commit = header_.commit_size == 8 ? words_.u64(at) : words_.u32(at);
  const std::uint64_t size = commit & kCommitSize;
  if (size == 0) {
    zero_page_ = true;
    return false;
  }
  const std::string_view data = page.substr(header_.data_offset);
  if (size > data.size() || (commit & 0x3ff00000) != 0) {
    bad_page();
    return false;
  }
  if ((commit & kMissedEvents) != 0) {
    before_.lost = true;
    if ((commit & kMissedStored) != 0 && size + header_.commit_size <= data.size())
      before_.events = words_.number(data.data() + size, header_.commit_size, false);
    if (before_.events < 0) before_.events = -1;
  }
  events_ = data.substr(0, size);
  time_ = time;
  return true;
}

bool CpuPages::next_odd(Record& record) {
  for (;;) {
    while (events_.size() >= 4) {
      const std::uint32_t head = words_.u32(events_.data());
      const std::uint32_t type = big_ ? head >> kTimeShift : head & 31;
      std::uint64_t delta = big_ ? head & ((1U << kTimeShift) - 1) : head >> 5;
      std::size_t start = 4;
      std::size_t length = std::size_t{type} * 4;
      if (type == kPadding && delta == 0) {  // nothing more in this page
        events_ = {};
        break;
      }
      if (type == 0 || type >= kPadding) {
        if (events_.size() < 8) {
          bad_page();
          break;
        }
        const std::uint32_t word = words_.u32(events_.data() + 4);
        if (type == kTimeExtend || type == kTimeStamp) {
          const std::uint64_t wide = (std::uint64_t{word} << kTimeShift) + delta;
          time_ = type == kTimeExtend ? time_ + wide : (time_ & ~kStampBits) | (wide & kStampBits);
          events_.remove_prefix(8);
          continue;
        }
        if (type == 0) start = 8;
        length = type == 0 ? (std::size_t{word} - 4 + 3) & ~std::size_t{3} : word;
        if (type == 0 && word < 4) length = events_.size();
      }
      if (start + length > events_.size() || length == 0) {
        bad_page();
        break;
      }
      time_ += delta;
      record.time = time_;
      record.data = events_.substr(start, length);
      events_.remove_prefix(start + length);
      if (type != kPadding) return true;
    }
    if (!events_.empty()) bad_page();  // less than an event's header is left
    if (!next_page()) return false;
  }
}

}  // namespace luproof::traces::dat
