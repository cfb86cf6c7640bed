// SPDX-License-Identifier: GPL-2.0-or-later
// How much of a capture a binding understands, and how much of a binding a capture uses.
//
// An event that nothing binds may be one that matters, and a rule that never fires may name a
// function that the kernel has renamed: both make "conforms" empty without a word.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "traces/binding.h"
#include "traces/verdict.h"

namespace luproof::traces {

class Unbound {
 public:
  void count(const TraceLine& line, const Binding& binding);
  // By frequency, the most frequent first.
  std::vector<CoverageRow> rows() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> counts_;
  std::int64_t others_ = 0;  // of names that are not kept apart any more
};

// What each rule of the binding did; `fired` counts lines by meaning.
std::vector<CoverageRow> rules_of(const Binding& binding, const std::map<int, std::int64_t>& fired);

}  // namespace luproof::traces
