// SPDX-License-Identifier: GPL-2.0-or-later
// Printed captures of every style: whatever the bytes are, the reader comes to its end.
#include <cstdint>

#include "traces/journal.h"
#include "traces/text/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof::traces;
  TextReader reader("fuzz",
                    input::bytes_of(std::string(reinterpret_cast<const char*>(data), size)));
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
