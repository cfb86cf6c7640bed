// SPDX-License-Identifier: GPL-2.0-or-later
// How long a kept function did not work, and in which stretch of the update.
//
// A blackout lasts from the last moment at which the function was known to work to the first at
// which it is known to work again. Clocks start again with each kernel: what spans a jump has no
// length then, and none is made up. A clock that counts has no seconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "traces/line.h"
#include "traces/promise.h"
#include "traces/verdict.h"

namespace luproof::traces {

class Blackouts {
 public:
  // `usable` is the property of functions that says what has to go on; `phases` are names, of
  // which `jump` is where the clock starts again (or -1).
  Blackouts(const model::Model& model, const model::Layout& layout, const std::string& usable,
            const std::vector<std::string>& phases, int jump);

  // One function more that is kept; its number.
  int add(int function);
  // From now on it is kept.
  void begin(int number) { kept_[number].due = true; }

  void at(const std::string& file, int capture, const TraceLine& line);
  void enter(int phase);
  // Another kernel, whose clock is another one; what it shows comes behind the jump.
  void next_kernel();
  void boots() { behind_jump_ = true; }
  // What was known so far was of a later moment.
  void forget();
  // The state has changed.
  void look(const Knowledge& state, int kernel);

  std::vector<Blackout> finish();
  // Whether ports were taken to work of which nothing says that they do.
  bool assumed() const { return assumed_; }

 private:
  struct One {
    int function = -1;
    std::optional<Promise> usable;
    bool due = false;
    std::optional<BlackoutEnd> known_until;  // it worked, and what came then is not known
    bool works = false;                      // it is known to
    std::optional<Blackout> open;
    BlackoutPhase phase;  // the one that is open
    BlackoutEnd since;    // when that began
    bool broken = false;  // the clock started again in it
  };
  void close_phase(One& one, const BlackoutEnd& now);
  void open_phase(One& one, const BlackoutEnd& now);

  const model::Model& model_;
  const model::Layout& layout_;
  std::optional<BoundProperty> usable_;
  bool assumed_ = false;
  std::vector<std::string> phases_;
  int jump_ = -1;
  std::vector<One> kept_;
  std::vector<Blackout> done_;
  BlackoutEnd now_;
  int phase_ = 0;
  bool behind_jump_ = false;
};

}  // namespace luproof::traces
