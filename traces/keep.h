// SPDX-License-Identifier: GPL-2.0-or-later
// What the user says has to survive: `--keep WHAT[@FROM]`.
#pragma once

#include <optional>
#include <string>

#include "model/topology.h"
#include "traces/line.h"

namespace luproof::traces {

// A moment of the captures, for `@FROM` and `--topology-at`.
struct Moment {
  enum class Kind { Start, Line, Marker, Time, Kexec, Preserve };
  Kind kind = Kind::Start;
  std::int64_t line = 0;  // of the first capture
  std::string text;       // a part of what a marker says
  std::int64_t time_ns = 0;

  // Whether lines tell it, and not their meaning.
  bool told_by_lines() const {
    return kind == Kind::Line || kind == Kind::Marker || kind == Kind::Time;
  }
  // Whether `line` is at or after it; Kexec and Preserve are told by bindings.
  bool reached_by(const TraceLine& at, int capture) const;
};

struct KeepRequest {
  enum class What { Function, AllVfs, Preserved };
  std::string text;  // as written
  What what = What::Function;
  model::Bdf function;
  Moment from;
};

// "start", "line:N", "marker:TEXT", "time:SECONDS", "kexec", "preserve"
std::optional<Moment> read_moment(const std::string& text, const std::string& option,
                                  model::Diagnostics& diagnostics);
std::optional<KeepRequest> read_keep(const std::string& text, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
