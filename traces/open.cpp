// SPDX-License-Identifier: GPL-2.0-or-later
// What a file is: by its content, never by its name.
#include <fmt/format.h>

#include "traces/dat/reader.h"
#include "traces/input/spool.h"
#include "traces/reader.h"
#include "traces/text/reader.h"

namespace luproof::traces {

namespace {

constexpr std::size_t kStart = 512;  // bytes that name a format

std::vector<ReaderPtr> fail(const std::string& path, std::string message, std::string hint,
                            model::Diagnostics& diagnostics) {
  diagnostics.error({model::Source::make(path, ""), 0, 0, 1}, std::move(message), std::move(hint));
  return {};
}

}  // namespace

std::vector<ReaderPtr> open_capture(const std::string& path, input::BytesPtr bytes,
                                    model::Diagnostics& diagnostics) {
  auto start = std::make_unique<input::Peekable>(std::move(bytes));
  const auto packing = input::packing_of(start->peek(kStart));
  if (packing != input::Packing::None) {
    start = std::make_unique<input::Peekable>(input::unpack(std::move(start), packing));
    if (input::packing_of(start->peek(kStart)) != input::Packing::None)
      return fail(path, "the file is compressed twice", "unpack it once", diagnostics);
  }
  const std::string_view head = start->peek(kStart);
  if (head.empty() && !start->problem().empty())
    return fail(path, start->problem(), "copy the file again", diagnostics);
  std::vector<ReaderPtr> readers;
  if (!head.starts_with(dat::kMagic)) {
    readers.push_back(std::make_unique<TextReader>(path, std::move(start)));
    return readers;
  }
  // A binary file points to and fro: it has to be on a disk, unpacked.
  std::string problem;
  input::RandomFile file = input::spool(*start, problem);
  if (!file.is_open()) return fail(path, problem, "", diagnostics);
  if (!start->problem().empty())
    return fail(path, start->problem(), "copy the file again", diagnostics);
  return dat::open_readers(path, std::move(file), diagnostics);
}

std::vector<ReaderPtr> open_capture(const std::string& path, model::Diagnostics& diagnostics) {
  std::string problem;
  if (path != "-") {
    input::RandomFile file = input::RandomFile::open(path);
    char magic[dat::kMagic.size()];
    if (file.is_open() && file.read_at(0, magic, sizeof magic) == sizeof magic &&
        std::string_view(magic, sizeof magic) == dat::kMagic)
      return dat::open_readers(path, std::move(file), diagnostics);
  }
  input::BytesPtr bytes = input::open_bytes(path, problem);
  if (!bytes) return fail(path, problem, "", diagnostics);
  return open_capture(path == "-" ? "(standard input)" : path, std::move(bytes), diagnostics);
}

}  // namespace luproof::traces
