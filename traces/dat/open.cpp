// SPDX-License-Identifier: GPL-2.0-or-later
// Which captures a trace-cmd file holds.
#include <algorithm>

#include "traces/dat/reader.h"

namespace luproof::traces {

namespace dat {

namespace {

constexpr int kSample = 20000;  // events that are looked at to find how addresses moved
constexpr std::size_t kSampleFunctions = 512;

// Addresses of functions that a buffer's events name.
std::vector<std::uint64_t> functions_of(const File& file, const Buffer& buffer) {
  std::vector<std::uint64_t> found;
  for (const CpuData& cpu : buffer.cpus) {
    CpuPages pages(file.bytes, cpu, file.page_header, buffer.page_size, file.words, 0);
    Record record;
    for (int i = 0; i < kSample && found.size() < kSampleFunctions && pages.next(record); ++i) {
      if (record.data.size() < 16) continue;
      const Format* const format = file.format(file.words.u16(record.data.data()));
      if (format == nullptr || format->group != "ftrace") continue;
      const Field* const field = format->find(format->name == "function" ? "ip" : "func");
      if (field == nullptr || field->size != 8 || field->offset + 8 > record.data.size()) continue;
      const std::uint64_t address = file.words.u64(record.data.data() + field->offset);
      if (std::find(found.begin(), found.end(), address) == found.end()) found.push_back(address);
    }
  }
  return found;
}

}  // namespace

std::vector<ReaderPtr> open_readers(const std::string& path, input::RandomFile bytes,
                                    model::Diagnostics& diagnostics) {
  std::vector<ReaderPtr> readers;
  Opened opened = open_file(std::move(bytes));
  if (!opened.file) {
    diagnostics.error({model::Source::make(path, ""), 0, 0, 1}, opened.refusal.message,
                      opened.refusal.hint);
    return readers;
  }
  const auto file = std::make_shared<const File>(std::move(*opened.file));
  std::vector<const Buffer*> own;
  std::optional<std::int64_t> own_shift = 0;
  for (const Buffer& buffer : file->buffers) {
    if (buffer.cpus.empty()) continue;
    const auto shift = file->symbols.shift_of(functions_of(*file, buffer));
    if (shift == 0) {
      own.push_back(&buffer);
    } else if (buffer.name.empty()) {
      own.push_back(&buffer);
      own_shift = shift;
    } else {
      // Another kernel's addresses: an instance that outlived it.
      readers.push_back(
          std::make_unique<DatReader>(path, file, std::vector<const Buffer*>{&buffer}, shift));
    }
  }
  if (!own.empty() || readers.empty())
    readers.push_back(std::make_unique<DatReader>(path, file, own, own_shift));
  return readers;
}

}  // namespace dat

}  // namespace luproof::traces
