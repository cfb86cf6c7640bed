// SPDX-License-Identifier: GPL-2.0-or-later
// What a capture tells about the state of the model: each value is known or not.
//
// A capture starts in the middle and shows only what was probed, so most values are unknown at
// first. What is known comes from a line, or from a dump of the topology whose moment is less
// certain: where the two disagree, the line is right, and so each value says where it is from.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/layout.h"

namespace luproof::traces {

using model::Value;

enum class Source : std::uint8_t { Unknown, Dump, Line };

struct Known {
  Value value = 0;
  Source source = Source::Unknown;

  bool known() const { return source != Source::Unknown; }
  bool is(Value expected) const { return known() && value == expected; }
  bool operator==(const Known&) const = default;
};

inline Known known(Value value, Source source = Source::Line) { return {value, source}; }

// What is true of both: a value that they share.
inline Known join(const Known& a, const Known& b) {
  if (!a.known() || !b.known() || a.value != b.value) return {};
  return {a.value, a.source < b.source ? a.source : b.source};
}

// One entry for each slot of the Layout.
using Knowledge = std::vector<Known>;

inline void join_into(Knowledge& into, const Knowledge& other) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = join(into[i], other[i]);
}

// A function of the topology as a reference, and back.
inline Value reference(int function) { return function + 1; }
inline int function_of(Value reference) { return reference - 1; }

}  // namespace luproof::traces
