// SPDX-License-Identifier: GPL-2.0-or-later
// Follows captures line by line: what is known of the machine, and what was kept and lost.
//
// There is no design here, so every line is possible and each bound line simply happens, at its
// entry, whatever the model's guards say. What makes a verdict wrong is in the details: one call
// shows as two lines, a call and the config write inside it show one change twice, some lines
// change nothing and only ask, and some do not say which function they are about.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "traces/binding.h"
#include "traces/blackout.h"
#include "traces/effects.h"
#include "traces/health.h"
#include "traces/keep.h"
#include "traces/line_copy.h"
#include "traces/machine.h"
#include "traces/promise.h"
#include "traces/recorder.h"
#include "traces/verdict.h"

namespace luproof::traces {

struct ObserverInput {
  const Binding& binding;
  const model::Model& model;
  const model::Layout& layout;
  const Machine& machine;
  const Mentioned& mentioned;
  std::vector<KeepRequest> keep;
  std::string claim;  // level
  Moment topology_at;
  std::string topology;  // file of the dump, for reports
  int explain_capture = -1;
  std::int64_t explain_line = -1;  // say what is made of this line
  Recorder* recorder = nullptr;    // told of each step, if there is one
};

class Observer {
 public:
  using LineKey = std::pair<int, std::int64_t>;  // of which capture, and its number

  explicit Observer(ObserverInput input);

  // The next capture. `health` and `places` are what reading it to its end found.
  void begin(const std::string& path, const CaptureHealth& health, const Places* places = nullptr);
  // `place`: the number that decides about moments, of a line that was moved.
  void line(const TraceLine& line, std::int64_t place = 0);
  void end();
  // Instead of captures: the dump is all that is known of the time before `after`.
  void begin_dumps();
  // What a dump shows that was taken when all captures had ended.
  void after(const model::Topology& dump, const std::string& path);
  // Everything but the outcome.
  TraceVerdict finish();
  // Lines that only show what the line of a call around them was taken for already.
  const std::map<LineKey, LineKey>& inside() const { return inside_; }
  // Lines that were events of the model, so far.
  std::int64_t bound() const { return verdict_.bound; }
  // How many lines each meaning was found in.
  const std::map<int, std::int64_t>& fired() const { return fired_; }

 private:
  struct Call {
    int event = -1;
    std::vector<Value> arguments;
    bool operator==(const Call&) const = default;
  };
  // A call whose effect has taken place and whose inner lines may still show it.
  struct Leaf {
    int meaning = -1;
    int function = -1;
    Call call;
    std::vector<int> expected;  // confirmations still to come
    std::int64_t line = 0;
  };
  struct Task {
    std::string_view last;  // symbol of its last bound line, of which kind the line was, and which
    LineKind last_kind = LineKind::Unknown;
    std::int64_t last_line = 0;
    bool waiting = false;  // `held` is a nameless line: the same call's probe line may follow
    OwnedLine held;
    Leaf leaf;
  };
  struct Held {  // a kept function
    KeepRequest request;
    int function = -1;
    bool due = false;  // the moment `from` has come
    bool active = false;
    bool gone = false;
    Kept shown;
    std::vector<Promise> promises;
    int blackout = -1;  // its number
  };
  struct Probing {  // a driver's probe of a function, from step to step
    std::int64_t task = 0;
    std::int64_t began = 0, ended = INT64_MAX;
    std::int64_t last = 0;  // when a line told of it last
  };
  // What a violation is said to be the work of.
  struct Cause {
    const TraceLine* line = nullptr;
    std::int64_t task = 0;
    int function = -1;  // the line's own
    std::string event;
    std::string note;  // why it is not certain
    bool certain = true;
    bool shown = true;  // false: no line shows the step
  };

  // observer.cpp: captures, moments, what is lost
  void start_state();
  void take(const TraceLine& line, std::int64_t place);
  void next_kernel(const TraceLine* first);
  void use_dump(const TraceLine* line);
  void moments(const TraceLine& line);
  void moment_reached(Moment::Kind kind, const TraceLine& line);
  void lose(const TraceLine& line);
  void forget_hardware();
  void unnamed_probe(const TraceLine& line);
  void gap(std::int64_t line, int cpu, std::string what, GapKind kind = GapKind::Unseen,
           std::vector<GapPlace> where = {});
  void note_health();

  // observer_match.cpp: from lines to events
  void say(const TraceLine& line, std::string_view what);
  void step(const TraceLine* line, std::string text);
  void remark(std::string text);
  bool explains(const TraceLine& line) const {
    return line.number == in_.explain_line && capture_ == in_.explain_capture;
  }
  void message(const TraceLine& line);
  void bound(const TraceLine& line, std::string_view symbol, const std::vector<int>& meanings);
  bool named(const TraceLine& line, const std::vector<int>& meanings, std::int64_t task);
  void nameless(const TraceLine& line, const std::vector<int>& meanings);
  static bool counts(const TraceLine& line, const Meaning& meaning);
  void counted(const TraceLine& line, const Meaning& meaning);
  void release(Task& task);
  void act(const TraceLine& line, int meaning, int function, bool sure, std::int64_t task);
  void note_step(const TraceLine& line, int meaning, int function);
  void note_inside(std::int64_t line, std::int64_t of);
  bool confirms(Task& task, int meaning, int function, const Call& call);
  std::optional<Call> call(const EventCall& wanted, int function, const TraceLine& line);
  std::vector<Call> calls(const Meaning& meaning, int function, const TraceLine& line);
  std::optional<bool> holds(const Condition& condition, int function, const TraceLine& line) const;
  int function_of_line(const Meaning& meaning, const TraceLine& line) const;
  bool called_by(const Meaning& meaning, const TraceLine& line) const;
  std::string text_of(const Call& call) const;

  // observer_after.cpp: the dump of afterwards
  void note_change(const model::PciFunction& before, const model::PciFunction* now);
  void observe_values(int function, const model::PciFunction& now, std::string& event);

  // observer_judge.cpp: what an event means for what is kept
  void apply(const Call& call, const Cause& cause, bool sure);
  void might(const std::vector<Call>& calls, const Cause& cause, bool definite);
  void tell(const Call& call);
  void judge(const Cause* cause, std::int64_t task = kAnyTask);
  void activate(Held& held, const TraceLine* line);
  bool in_probe(const Cause& cause, const Break& broken, int function) const;
  void probe_begins(int function, std::int64_t task);
  void probe_ends(int function);
  void violated(Held& held, const Promise& promise, const Break& broken, const Cause& cause);
  Known exists(int function) const;
  std::int64_t task_of(const TraceLine& line) const;

  ObserverInput in_;
  Effects effects_;
  Blackouts blackouts_;
  Knowledge state_;
  std::vector<Held> held_;
  std::unordered_map<std::int64_t, Task> tasks_;
  std::map<LineKey, LineKey> inside_;
  std::map<int, std::int64_t> fired_;  // meaning -> lines
  std::map<int, Probing> probing_;     // function -> the task that probes it
  std::map<int, int> counts_;          // meaning -> lines counted in this capture
  std::map<std::string, std::pair<std::int64_t, int>> nameless_;  // symbol -> first line, count
  std::map<int, std::int64_t>
      settled_;  // meaning -> change after which a nameless line did nothing
  std::map<std::string, std::int64_t> unnamed_;  // probe events without a function -> first line
  std::set<std::string> said_;                   // gaps that are said once
  std::string path_;
  const CaptureHealth* health_ = nullptr;
  const Places* places_ = nullptr;
  TraceVerdict verdict_;
  std::set<int> touched_;            // cells that events wrote while something was kept
  const TraceLine* line_ = nullptr;  // the one being read
  int capture_ = -1;
  int kernel_ = 0;      // counted from 1
  bool fresh_ = true;   // nothing of this kernel was seen yet
  int existence_ = -1;  // cell
  std::int64_t step_ = 0;
  std::int64_t changes_ = 0;
  bool dump_used_ = false;
  bool dump_younger_ = false;
  bool forgotten_ = false;
  bool jumped_ = false;
  bool begins_shown_ = false;  // probe lines show where a driver's probe begins
  std::int64_t lost_at_ = 0;   // step of the last loss in this capture
  int lost_lines_ = 0;
};

}  // namespace luproof::traces
