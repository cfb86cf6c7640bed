// SPDX-License-Identifier: GPL-2.0-or-later
// Large captures out of small real ones.
//
// A capture that is only repeated has a clock that runs backwards, which is damage; so each time
// round all times are later. Lines and pages are otherwise as the kernel wrote them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <vector>

#include "bench/traces/bench.h"
#include "traces/dat/file.h"
#include "traces/dat/pages.h"
#include "traces/text/columns.h"
#include "traces/text/reader.h"

namespace luproof::bench {

using namespace traces;

namespace {

bool names_symbol(std::string_view body) {
  for (int i = 0; i < kSymbolCount; ++i)
    if (body.find(kSymbols[i]) != std::string_view::npos) return true;
  return false;
}

// A line of the kernel without its time.
struct Piece {
  std::string front, body;
};

}  // namespace

bool grow_text(const std::string& from, const std::string& to, std::uint64_t bytes, int every) {
  std::string problem;
  auto packed = std::make_unique<input::Peekable>(input::open_bytes(from, problem));
  const auto packing = input::packing_of(packed->peek(8));
  input::Lines lines(input::unpack(std::move(packed), packing));
  std::vector<Piece> named, others;
  std::string_view line;
  while (lines.next(line) && named.size() + others.size() < 200'000) {
    text::Columns columns;
    if (line.empty() || line[0] == '#' || !text::split_columns(line, columns)) continue;
    if (columns.searched || !columns.time_ns) continue;
    const std::size_t body = static_cast<std::size_t>(columns.body.data() - line.data());
    const std::size_t time = line.rfind(' ', body - 3) + 1;
    // The time's field is 12 characters wide.
    Piece piece{std::string(line.substr(0, std::min(time, body - 14))), std::string(columns.body)};
    (names_symbol(columns.body) ? named : others).push_back(std::move(piece));
  }
  if (named.empty() || (every > 1 && others.empty())) return false;
  std::ofstream out(to, std::ios::binary);
  out << "# tracer: nop\n#\n";
  std::uint64_t written = 0, next_named = 0, next_other = 0;
  std::string block;
  for (std::uint64_t i = 0; written < bytes; ++i) {
    const bool name = i % static_cast<std::uint64_t>(every) == 0;
    const Piece& piece =
        name ? named[next_named++ % named.size()] : others[next_other++ % others.size()];
    const std::uint64_t micros = 40'000'000 + i * 7;
    block += fmt::format("{}{:5}.{:06}: {}\n", piece.front, micros / 1'000'000, micros % 1'000'000,
                         piece.body);
    if (block.size() < (1U << 20)) continue;
    written += block.size();
    out << block;
    block.clear();
  }
  return static_cast<bool>(out);
}

bool grow_dat(const std::string& from, const std::string& to, std::uint64_t bytes) {
  const dat::Opened opened = dat::open_file(input::RandomFile::open(from));
  if (!opened.file || opened.file->buffers.empty()) return false;
  const dat::Buffer& buffer = opened.file->buffers.back();
  std::ifstream in(from, std::ios::binary);
  std::string whole{std::istreambuf_iterator<char>(in), {}};
  const std::size_t page = buffer.page_size;
  // Each CPU's pages; how long they last is how much later they come each time.
  std::map<int, std::string> pages;
  std::uint64_t first = UINT64_MAX, last = 0, size = 0;
  for (const dat::CpuData& cpu : buffer.cpus) {
    if (cpu.packed || cpu.offset + cpu.size > whole.size()) return false;
    std::string& mine = pages[cpu.cpu];
    mine = whole.substr(cpu.offset, cpu.size / page * page);
    size += mine.size();
    dat::CpuPages events(opened.file->bytes, cpu, opened.file->page_header, buffer.page_size,
                         opened.file->words, std::size_t{1} << 20);
    dat::Record record;
    while (events.next(record)) {
      first = std::min(first, record.time);
      last = std::max(last, record.time);
    }
  }
  if (size == 0) return false;
  const std::uint64_t rounds = bytes / size + 1;
  whole.resize((whole.size() + page - 1) / page * page);
  std::uint64_t at = whole.size();
  for (const dat::CpuData& cpu : buffer.cpus) {
    std::uint64_t old[2] = {cpu.offset, cpu.size};
    const std::size_t place =
        whole.find(std::string_view(reinterpret_cast<const char*>(old), sizeof old));
    if (place == std::string::npos) return false;
    const std::uint64_t now[2] = {at, pages[cpu.cpu].size() * rounds};
    std::memcpy(whole.data() + place, now, sizeof now);
    at += now[1];
  }
  std::ofstream out(to, std::ios::binary);
  out << whole;
  for (const dat::CpuData& cpu : buffer.cpus) {
    std::string mine = pages[cpu.cpu];
    for (std::uint64_t round = 0; round < rounds; ++round) {
      out << mine;
      for (std::size_t p = 0; p < mine.size(); p += page) {
        std::uint64_t time;
        std::memcpy(&time, mine.data() + p, sizeof time);
        time += last - first + 1000;
        std::memcpy(mine.data() + p, &time, sizeof time);
      }
    }
  }
  return static_cast<bool>(out);
}

}  // namespace luproof::bench
