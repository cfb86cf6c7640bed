// SPDX-License-Identifier: GPL-2.0-or-later
// Opens captures for tests: files below tests/captures, or a few lines given in the test.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "model/source.h"
#include "traces/line_copy.h"
#include "traces/reader.h"

namespace luproof::traces::test {

// A capture read to its end.
struct Capture {
  model::SourcePtr source;  // its text, of a text
  std::vector<OwnedLine> kept;
  std::vector<TraceLine> lines;  // whose texts `kept` holds
  CaptureHealth health;
  std::string errors;  // why it was refused; the lines are empty then

  // The line with this number in the file.
  const TraceLine& at(int number) const {
    for (const TraceLine& line : lines)
      if (line.number == number) return line;
    FAIL("no line " << number);
    return lines.front();
  }
  std::int64_t count(Anomaly kind) const { return health.of(kind).count; }
};

// The argument of this name; the test fails if there is none.
inline Argument argument(const TraceLine& line, std::string_view name) {
  const Argument* const found = line.find(name);
  CAPTURE(line.number, std::string(name));
  CHECK(found != nullptr);
  return found == nullptr ? Argument{} : *found;
}

inline Capture read_all(CaptureReader& reader) {
  Capture capture;
  TraceLine line;
  while (reader.next(line)) capture.kept.emplace_back(line);
  CHECK_FALSE(reader.next(line));
  for (const OwnedLine& kept : capture.kept) capture.lines.push_back(kept.line());
  capture.health = reader.health();
  if (const auto refusal = reader.refusal()) {
    capture.errors = "error: " + refusal->message + "\n  hint: " + refusal->hint;
    capture.lines.clear();
  }
  return capture;
}

// The captures in a file below tests/captures.
inline std::vector<Capture> read_captures(const std::string& name) {
  model::Diagnostics diagnostics;
  std::vector<Capture> captures;
  for (const ReaderPtr& reader :
       open_capture(std::string(LUPROOF_TEST_DIR) + "/captures/" + name, diagnostics))
    captures.push_back(read_all(*reader));
  INFO(diagnostics.render());
  CHECK(captures.empty() != diagnostics.ok());
  return captures;
}

inline Capture read_bytes(std::string bytes) {
  model::Diagnostics diagnostics;
  const auto readers = open_capture("test", input::bytes_of(std::move(bytes)), diagnostics);
  CHECK(readers.empty() != diagnostics.ok());
  if (readers.size() == 1) return read_all(*readers.front());
  Capture capture;
  capture.errors = diagnostics.render();
  return capture;
}

inline Capture read_text(std::string text) {
  Capture capture = read_bytes(text);
  capture.source = model::Source::make("test.trace.txt", std::move(text));
  return capture;
}

inline std::string file_bytes(const std::string& name) {
  std::ifstream file(std::string(LUPROOF_TEST_DIR) + "/captures/" + name, std::ios::binary);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Capture read_capture(const std::string& name) {
  std::vector<Capture> captures = read_captures(name);
  REQUIRE(captures.size() == 1);
  Capture capture = std::move(captures.front());
  capture.source = model::Source::make(name, file_bytes(name));
  return capture;
}

}  // namespace luproof::traces::test
