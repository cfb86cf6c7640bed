// SPDX-License-Identifier: GPL-2.0-or-later
// The events of one CPU, page by page, as the ring buffer holds them.
//
// Nothing in a page is believed before it is checked: a length leads no further than the page, a
// page no further than its section. A page that does not make sense is left out, and said: what it
// held is lost, not absent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traces/dat/format.h"
#include "traces/dat/words.h"
#include "traces/input/spool.h"

namespace luproof::traces::dat {

// Where the pages of one CPU are in the file.
struct CpuData {
  int cpu = -1;
  std::uint64_t offset = 0, size = 0;
  bool packed = false;  // in zstd chunks
};

struct Record {
  std::uint64_t time = 0;
  std::string_view data;
};

class CpuPages {
 public:
  // `room`: the memory that this CPU may take for what it reads ahead.
  CpuPages(const input::RandomFile& file, CpuData where, PageHeader header, std::uint32_t page_size,
           Words words, std::size_t room);

  // The next event; false at the end.
  bool next(Record& record) {
    // Nearly all events are short and say how long they are.
    if (events_.size() >= 4) {
      const std::uint32_t head = words_.u32(events_.data());
      const std::uint32_t words = big_ ? head >> 27 : head & 31;
      const std::size_t size = 4 + std::size_t{words} * 4;
      if (words - 1 < kLongestShort && size <= events_.size()) {
        time_ += big_ ? head & ((1U << 27) - 1) : head >> 5;
        record.time = time_;
        record.data = events_.substr(4, size - 4);
        events_.remove_prefix(size);
        return true;
      }
    }
    return next_odd(record);
  }
  int cpu() const { return where_.cpu; }

  // What came before the event that was read last, or before the end; each is told once.
  struct Before {
    bool lost = false;
    std::int64_t events = -1;  // lost; -1: no number
    int bad_pages = 0;
  };
  Before before();
  bool has_before() const { return before_.lost || before_.bad_pages > 0; }

 private:
  static constexpr std::uint32_t kLongestShort = 28;  // words

  bool next_odd(Record& record);
  bool next_page();
  bool read_page();
  bool next_chunk();
  bool refill(std::size_t wanted);
  void bad_page();

  const input::RandomFile* file_;
  CpuData where_;
  PageHeader header_;
  std::uint32_t page_size_;
  Words words_;
  bool big_ = false;  // the machine that wrote it was big-endian, and so is the order of bits
  std::size_t room_;
  std::uint64_t done_ = 0;    // bytes of the section that were taken
  std::uint32_t chunks_ = 0;  // still to come
  bool chunks_known_ = false;
  std::string buffer_;       // pages that were read
  std::size_t filled_ = 0;   // of buffer_
  std::size_t taken_ = 0;    // of that
  std::string_view events_;  // of the page, those that are left
  std::uint64_t time_ = 0;
  bool zero_page_ = false;  // an empty page: the last, or there was damage
  bool ended_ = false;
  Before before_;
};

}  // namespace luproof::traces::dat
