// SPDX-License-Identifier: GPL-2.0-or-later
// Opens captures for tests: files below tests/captures, or a few lines given in the test.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "traces/text_reader.h"

namespace luproof::traces::test {

// A capture read to its end. The lines point into the source, which the capture keeps.
struct Capture {
  model::SourcePtr source;
  std::vector<TraceLine> lines;
  CaptureHealth health;
  std::string errors;  // why it was not opened; the lines are empty then

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

inline Capture read_source_text(model::SourcePtr source) {
  Capture capture{std::move(source), {}, {}, {}};
  model::Diagnostics diagnostics;
  auto reader = TextReader::open(capture.source, diagnostics);
  CHECK(reader.has_value() == diagnostics.ok());
  if (reader) {
    TraceLine line;
    while (reader->next(line)) capture.lines.push_back(line);
    CHECK_FALSE(reader->next(line));
    capture.health = reader->health();
  }
  capture.errors = diagnostics.render();
  return capture;
}

inline Capture read_text(std::string text) {
  return read_source_text(model::Source::make("test.trace.txt", std::move(text)));
}

inline Capture read_capture(const std::string& name) {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(std::string(LUPROOF_TEST_DIR) + "/captures/" + name,
                                         std::size_t{1} << 30, diagnostics);
  REQUIRE(source != nullptr);
  return read_source_text(source);
}

}  // namespace luproof::traces::test
