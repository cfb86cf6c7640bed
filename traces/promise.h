// SPDX-License-Identifier: GPL-2.0-or-later
// One property of the model, held to one kept function.
//
// A claim of a design has a beginning at which everything is sampled. A kept function has none
// that the capture shows, so a promise of the form `was(e) && not e` ("e goes on") is taken apart
// into what e needs, and each part counts from when it was first seen true: a Bus Master Enable
// that was never on cannot be lost, and one bridge about which nothing is known does not hide the
// loss of the function's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "traces/kleene.h"
#include "traces/verdict.h"

namespace luproof::traces {

// How much the last change of the state can be blamed on the line that made it.
enum class Blame {
  Line,  // the line shows it
  None,  // knowledge came or went (loss, a dump), but nothing is shown to have happened
};

inline constexpr std::int64_t kAnyTask = INT64_MIN;

struct Break {
  Trust trust = Trust::Certain;
  std::int64_t on_since = -1;          // of what went on: since which step of the observer
  std::int64_t doubt = -1;             // since which step it was not known any more whether it did
  std::int64_t doubt_task = kAnyTask;  // whose line that was
};

class Promise {
 public:
  Promise(const model::Model& model, const model::Layout& layout, int property, int clause,
          int function);

  int property() const { return property_; }
  // Whether all that has to go on does: true too where what supports it is not known.
  Known works(const Knowledge& state, int kernel, bool& assumed) const;
  // How many parts of it were ever on: what there was to lose.
  int upheld() const;
  // Starts to count, in this state.
  void begin(const Knowledge& state, int kernel, std::int64_t step);
  // Looks at the state after a change.
  std::optional<Break> look(const Knowledge& state, int kernel, std::int64_t step, Blame blame,
                            std::int64_t task = kAnyTask);

 private:
  enum class Memory { Off, Maybe, On };
  struct Part {
    const model::Expr* expr;
    Frame frame;
    bool support =
        false;  // of a function above: counts only while the function's own parts may hold
    Memory memory = Memory::Maybe;
    bool known = false;  // the value that was seen last
    std::int64_t since = 0;
    bool ever = false;  // it was on once
    std::int64_t doubt = -1, doubt_task = kAnyTask;
  };
  void take_apart(const model::Expr& expr, const Frame& frame, bool support, int depth);
  Known bad(const Knowledge& state, int kernel) const;
  static std::optional<Break> look_at(Part& part, Known value, std::int64_t step, Blame blame,
                                      std::int64_t task);

  const model::Model& model_;
  const model::Layout& layout_;
  int property_;
  const model::Clause& clause_;
  int function_;
  std::vector<Part> parts_;  // empty: the property is not of that form
  std::vector<Known> samples_;
  Known before_;
};

// The properties that hold a kept function to `level` and those below it, lowest level first.
struct BoundProperty {
  int property = -1;
  int clause = -1;
};
std::vector<BoundProperty> properties_of(const model::Model& model, const std::string& level);
// The one of this name, whatever its level.
std::optional<BoundProperty> property_named(const model::Model& model, const std::string& name);
// The cells that the property reads.
std::vector<int> reads_of(const model::Model& model, const BoundProperty& bound);
// The levels that `--claim` may name, lowest first.
std::vector<std::string> levels_of(const model::Model& model);

}  // namespace luproof::traces
