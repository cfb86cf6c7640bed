// SPDX-License-Identifier: GPL-2.0-or-later
// Any file at all, packed or not, as `luproof trace` opens it.
#include <cstdint>

#include "traces/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  model::Diagnostics diagnostics;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& reader :
       traces::open_capture("fuzz", traces::input::bytes_of(std::move(bytes)), diagnostics)) {
    traces::TraceLine line;
    for (int lines = 0; lines < 10000 && reader->next(line); ++lines) continue;
    reader->refusal();
  }
  return 0;
}
