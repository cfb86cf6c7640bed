// SPDX-License-Identifier: GPL-2.0-or-later
// Printed captures of every style: whatever the bytes are, the reader comes to its end, and where
// lines that nobody asks about are only looked at, the others and the health are the same.
#include <cstdint>
#include <string>
#include <vector>

#include "traces/journal.h"
#include "traces/text/reader.h"

namespace {

using namespace luproof::traces;

// What a reading says of the lines that are asked for, and of the whole.
std::string reading(const std::string& bytes, const std::vector<std::string>& words) {
  TextReader reader("fuzz", input::bytes_of(bytes));
  reader.words(words);
  reader.look_at_first(UINT64_MAX);
  std::string said;
  TraceLine line;
  while (reader.next(line)) {
    const bool asked = line.kind == LineKind::Lost || line.kind == LineKind::Unknown ||
                       line.symbol.find("pci_set_master") != std::string_view::npos ||
                       line.function.find("pci_set_master") != std::string_view::npos;
    if (asked) said += std::to_string(line.number) + " " + std::string(line.symbol) + "\n";
  }
  const CaptureHealth& health = reader.health();
  said += std::to_string(health.lines) + " " + std::to_string(health.events);
  for (const Tally& tally : health.tallies)
    said += " " + std::to_string(tally.count) + "@" + std::to_string(tally.first_line);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (reading(bytes, {}) != reading(bytes, {"pci_set_master"})) __builtin_trap();
  TextReader reader("fuzz", input::bytes_of(bytes));
  Journal journal;
  TraceLine line;
  std::int64_t last = 0;
  while (reader.next(line)) {
    if (line.number < last) __builtin_trap();
    last = line.number;
    line.quote = line.text;
    journal.add(line);
  }
  std::int64_t lines = 0;
  while (journal.next(line)) ++lines;
  if (lines != journal.size()) __builtin_trap();
  reader.refusal();
  return 0;
}
