// SPDX-License-Identifier: GPL-2.0-or-later
// What a criterion of a question comes to over all runs of an explored design.
//
// The states between beginning and end of what is measured are a graph of their own, whose steps
// weigh what they add. The fewest are a shortest way through it, the most a longest one, which has
// no bound where a circle adds something. From some of its states the end may be out of reach.
#pragma once

#include <optional>
#include <string>

#include "checker/explored.h"
#include "model/question.h"

namespace luproof::checker::ask {

struct Measured {
  std::string unknown;  // why there is no answer; "" if there is one
  bool begins = false;  // on some run
  bool ends = false;    // likewise; else the two numbers say nothing
  std::int64_t fewest = 0, most = 0;
  bool unbounded = false;    // `most` has no bound
  bool may_never = false;    // some run comes to where the end cannot be reached any more
  std::optional<Run> worst;  // of what is wanted: replayed by whoever shows it

  // "-", "3", "3..5", "3..unbounded", "never", "3..5 or never"
  std::string text() const;
  bool operator==(const Measured& other) const;  // of the numbers
};

Measured measure(const Explored& explored, const model::Criterion& criterion,
                 model::Diagnostics& diagnostics);

// What is at least as good as the other one; nothing where they cannot be compared.
std::optional<bool> as_good(const Measured& a, const Measured& b, model::Criterion::Want want);

}  // namespace luproof::checker::ask
