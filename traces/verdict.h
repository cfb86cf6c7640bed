// SPDX-License-Identifier: GPL-2.0-or-later
// What is said about one or several captures, for every report.
//
// "conforms" is the strongest word, so it is the hardest to earn: nothing was lost, nothing that
// matters was unreadable, and no bound line was without its function.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/health.h"
#include "traces/places.h"
#include "traces/timeline.h"

namespace luproof::traces {

// Known: violations that a baseline lists, and no other.
enum class Outcome { Conforms, Violates, Unexplained, Inconclusive, Known };
// IfComplete: a violation unless something happened that the capture does not show.
enum class Trust { Certain, IfComplete };

constexpr std::string_view outcome_name(Outcome outcome) {
  constexpr std::string_view kNames[] = {"conforms", "violates", "unexplained", "inconclusive",
                                         "known"};
  return kNames[static_cast<int>(outcome)];
}
constexpr std::string_view trust_name(Trust trust) {
  return trust == Trust::Certain ? "certain" : "if-complete";
}

// What a baseline says of a violation; Expired: it lists it, but not any more today.
enum class Standing { Unasked, New, Known, Expired };

struct TraceViolation {
  std::string property;
  std::string because;   // the property's own sentence
  std::string function;  // that was kept
  std::string file;
  std::optional<std::int64_t>
      line;  // none: no line shows the step itself, it happened by `by_line`
  std::int64_t by_line = 0;
  std::string event;   // "pci_clear_master(0000:01:10.6)"
  std::string quote;   // the line's text
  std::string reason;  // why, and why not certain
  Trust trust = Trust::Certain;
  int capture = 0;  // index of the file
  Standing standing = Standing::Unasked;
  std::string listed_at, listed;  // where the baseline lists it, and why
};

struct Kept {
  std::string function;
  std::string claim;                 // the level
  std::string from;                  // as asked for; "" = from its existence
  std::string file;                  // where it began
  std::optional<std::int64_t> line;  // none: it existed when the capture began, or never did
  bool began = false;
  int upheld = 0;  // how much of what was promised was ever seen to be so
};

// Note: worth knowing. Unseen: no "conforms" with it. Loss: events are missing, so that even a
// capture in which nothing happens proves nothing.
enum class GapKind { Note, Unseen, Loss };

// Something that the capture does not show.
struct Gap {
  std::string file;
  std::int64_t line = 0;  // 0: the file as a whole
  int cpu = -1;           // -1: all, or unknown
  std::string what;
  GapKind kind = GapKind::Unseen;
  std::vector<GapPlace> where = {};  // on each CPU, of events that are missing
};

// A line of a capture.
struct LinePlace {
  std::string file;
  std::int64_t line = 0;
  std::string quote;
  std::vector<std::int64_t> inside;  // lines inside its call, which only show it once more
};
struct Moved {
  LinePlace line, to;
  bool before = true;  // false: behind `to`
};
// What would have to be different for nothing to be lost; each of the two is enough. Lines inside
// the call of a line that goes or moves are gone with it.
struct Difference {
  std::vector<LinePlace> without;
  bool smallest = false;  // fewer lines would not do; false: none of these could stay, at least
  std::vector<Moved> moved;
  bool bounded = false;  // not everything could be tried
  std::string reason;    // why there is nothing of the kind
};

// Of a blackout: a line, and its time in ns or, with a clock that counts, in ticks.
struct BlackoutEnd {
  std::string file;
  int capture = -1;
  std::int64_t line = 0;  // 0: before the first line
  std::optional<std::int64_t> time;
  bool ticks = false;
};
struct BlackoutPhase {
  std::string name;
  std::optional<std::int64_t> ns;
  std::string why;  // it has no length
};
// For how long a function did not work.
struct Blackout {
  std::string function;
  BlackoutEnd from;
  std::optional<BlackoutEnd> to;  // none: not as far as the captures go
  std::optional<std::int64_t> ns;
  std::int64_t at_least = 0;  // ns: what could be measured of it
  std::vector<BlackoutPhase> phases;
};

// A name and how many lines had it, or how often a rule fired.
struct CoverageRow {
  std::string name;
  std::int64_t count = 0;
  std::string place;  // of the rule
};

// What a run of a design can and cannot explain.
struct DesignVerdict {
  enum class Answer { Explained, Violates, Unexplained, CannotTell };
  // A state in which the lines so far may have left the design.
  struct Alive {
    std::vector<std::string> standing, refused, expected;
  };
  Answer answer = Answer::CannotTell;
  std::string design;  // and its variant
  std::string reason;  // of CannotTell; of Violates: the property's own sentence
  std::string property;
  std::int64_t heard = 0;  // lines that are calls or returns in words of the design
  // Unexplained, Violates: the line, and what it says.
  int capture = 0;
  std::string file, event, quote;
  std::int64_t line = 0;
  std::int64_t alive_count = 0;
  std::vector<Alive> alive;
  std::int64_t states = 0;  // that were looked at
  std::vector<std::string> assumptions;
  struct Step {
    std::string text;
    std::int64_t line = 0;  // 0: no line shows it
    std::string file;
    std::string actor;  // of the design
    int capture = -1;
    std::string task, quote;  // of the line, where a timeline was asked for
    std::optional<std::int64_t> time_ns;
  };
  std::vector<Step> run;  // the explanation, or the run that violates
  // Unexplained: the last lines about the design up to that one, where a timeline was asked for.
  std::vector<Step> lines;
};

// What became of an entry of a baseline. Gone: its function was kept, and nothing of it was seen.
struct BaselineUse {
  enum class State { Seen, Gone, NotAsked };
  std::string property, function, kernel, place;
  State state = State::NotAsked;
  bool expired = false;
};

// What a function that is kept is held to, and who says so.
struct Promised {
  std::string property, because, about, pack;
  std::vector<std::string> cite;
};

// How well a capture was read.
struct CaptureReading {
  std::string path;
  CaptureHealth health;
  std::vector<CpuStats> stats;  // of the file itself, or given beside it
  std::int64_t bound = 0;       // lines that are events of the model
  std::string order;            // what its order of lines is worth
};

struct TraceVerdict {
  Outcome outcome = Outcome::Conforms;
  std::string reason;
  std::string kernel;                      // its release; "" if nothing says it
  std::int64_t events = 0;                 // lines of events in all captures
  std::int64_t bound = 0;                  // of them, events of the model
  std::int64_t lost = 0;                   // as far as a number is known
  std::vector<TraceViolation> violations;  // the one that the verdict names first
  std::vector<Kept> kept;
  std::vector<Gap> gaps;
  std::optional<Difference> different;
  std::vector<Blackout> blackouts;
  std::optional<std::vector<BaselineUse>> baseline;
  std::vector<std::string> changes;  // between the dumps of before and after
  std::vector<Promised> promised;
  std::vector<CaptureReading> readings;  // of each capture
  std::vector<std::string> assumptions;
  std::vector<std::string> unexercised;
  std::vector<CoverageRow> unbound, rules;   // with `coverage`
  std::vector<std::string> explanation;      // of a line, if one was asked for
  std::string explanation_ended;             // the limit by which it is not all, or nothing
  std::optional<DesignVerdict> design;       // if there is one
  std::shared_ptr<const Timeline> timeline;  // if it was asked for

  int exit_status() const {
    constexpr int kStatus[] = {0, 1, 1, 3, 0};
    return kStatus[static_cast<int>(outcome)];
  }
};

}  // namespace luproof::traces
