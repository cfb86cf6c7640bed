// SPDX-License-Identifier: GPL-2.0-or-later
// trace-cmd files, plain.
#include <cstdint>

#include "traces/dat/file.h"
#include "traces/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  // The magic number is not worth guessing.
  bytes.replace(0, std::min(bytes.size(), traces::dat::kMagic.size()), traces::dat::kMagic);
  model::Diagnostics diagnostics;
  for (const auto& reader :
       traces::open_capture("fuzz", traces::input::bytes_of(std::move(bytes)), diagnostics)) {
    traces::TraceLine line;
    while (reader->next(line)) reader->quote(line);
    reader->refusal();
  }
  return 0;
}
