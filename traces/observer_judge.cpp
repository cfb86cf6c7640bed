// SPDX-License-Identifier: GPL-2.0-or-later
// What an event changes, and what that means for the functions that are kept.
#include <fmt/format.h>

#include <algorithm>

#include "traces/observer.h"

namespace luproof::traces {

Known Observer::exists(int function) const {
  return state_[in_.layout.find(model::Part::Value, existence_)->base + function];
}

void Observer::apply(const Call& call, const Cause& cause, bool sure) {
  if (!sure) return might({call}, cause, true);
  ++changes_;
  forgotten_ = false;
  effects_.apply(call.event, call.arguments, kernel_, state_);
  if (std::any_of(held_.begin(), held_.end(), [](const Held& h) { return h.active; }))
    for (int cell : effects_.written(call.event)) touched_.insert(cell);
  judge(&cause);
}

// One of `calls` happened, or none. `definite`: it is known what happened, not to which function.
void Observer::might(const std::vector<Call>& calls, const Cause& cause, bool definite) {
  const Knowledge before = state_;
  for (const Call& call : calls) {
    Knowledge after = before;
    effects_.apply(call.event, call.arguments, kernel_, after);
    join_into(state_, after);
  }
  if (state_ != before) ++changes_;
  Cause unsure = cause;
  unsure.certain = false;
  judge(definite ? &unsure : nullptr, cause.task);
}

// A call that would fail otherwise tells what was so before it. Where only the dump says something
// else, the dump is from later than this line.
void Observer::tell(const Call& call) {
  Knowledge told = state_;
  effects_.apply(call.event, call.arguments, kernel_, told);
  bool younger = false;
  for (std::size_t s = 0; s < told.size(); ++s) {
    const bool contradicts =
        told[s].known() && state_[s].known() && told[s].value != state_[s].value;
    if (contradicts && state_[s].source == Source::Line) return;  // the call fails
    younger = younger || contradicts;
  }
  state_ = std::move(told);
  ++changes_;
  forgotten_ = false;
  if (younger) {
    dump_younger_ = true;
    blackouts_.forget();
    for (Known& slot : state_)
      if (slot.source == Source::Dump) slot = {};
  }
  for (Held& held : held_) {
    if (!held.active || held.gone) continue;
    if (exists(held.function).is(0)) {
      held.active = false;
      held.shown.began = false;
    } else if (younger) {
      for (Promise& promise : held.promises) promise.begin(state_, kernel_, step_);
    }
  }
  judge(nullptr);
}

void Observer::activate(Held& held, const TraceLine* line) {
  if (!held.due || held.active || held.gone || exists(held.function).is(0)) return;
  held.active = true;
  held.shown.began = true;
  blackouts_.begin(held.blackout);
  held.shown.file = path_;
  held.shown.line = line ? std::optional<std::int64_t>(line->number) : std::nullopt;
  if (line) remark(held.shown.function + " is kept from here on");
  for (Promise& promise : held.promises) promise.begin(state_, kernel_, step_);
}

// Looks at everything that is kept after a change; `cause` is null where nothing is to blame.
void Observer::judge(const Cause* cause, std::int64_t task) {
  if (cause) task = cause->task;
  for (Held& held : held_) {
    if (held.gone) continue;
    if (!held.active) {
      activate(held, line_);
      continue;
    }
    bool said = false;  // the lowest level that a step breaks stands for those above it
    for (Promise& promise : held.promises) {
      const auto broken =
          promise.look(state_, kernel_, step_, cause ? Blame::Line : Blame::None, task);
      if (broken && cause && !said) violated(held, promise, *broken, *cause);
      said = said || broken;
    }
    // What is gone cannot be kept any longer; a function that appears there later is another one.
    if (exists(held.function).is(0) && cause && cause->certain) held.gone = true;
  }
  blackouts_.look(state_, kernel_);
}

// A task that begins another probe has ended the one before, unless that is of a function above.
void Observer::probe_begins(int function, std::int64_t task) {
  const model::Topology& topology = in_.model.topology;
  const std::vector<int> above = topology.upstream(function);
  for (auto& [other, probing] : probing_) {
    const bool around = topology.functions[function].pf == other ||
                        std::find(above.begin(), above.end(), other) != above.end();
    if (probing.task == task && !around) probing.ended = std::min(probing.ended, step_);
  }
  probing_[function] = {task, step_, INT64_MAX, step_};
}

void Observer::probe_ends(int function) {
  Probing& probing = probing_.try_emplace(function, Probing{0, step_, step_, step_}).first->second;
  probing.ended = std::min(probing.ended, step_);
  probing.last = step_;
}

// A driver's probe that fails takes back what it turned on, and nothing was in use meanwhile. That
// it failed is not shown; so what one probe turned on and off is no certain loss, and neither is
// what it may have turned off unseen.
bool Observer::in_probe(const Cause& cause, const Break& broken, int function) const {
  if (cause.function != function) return false;
  const std::int64_t on_since = broken.on_since;
  const auto found = probing_.find(function);
  if (found == probing_.end())  // a probe may have begun where events are missing
    return begins_shown_ && lost_at_ > 0 && on_since >= lost_at_;
  const Probing& probing = found->second;
  if (probing.last < lost_at_ && on_since >= lost_at_) return true;
  if (on_since < probing.began) return false;
  if (broken.doubt >= 0 && broken.doubt < probing.ended &&
      (broken.doubt_task == kAnyTask || broken.doubt_task == probing.task))
    return true;
  return probing.ended == INT64_MAX && probing.task == cause.task;
}

void Observer::violated(Held& held, const Promise& promise, const Break& broken,
                        const Cause& cause) {
  const model::Property& property = in_.model.properties[promise.property()];
  TraceViolation found;
  found.trust = cause.certain ? broken.trust : Trust::IfComplete;
  found.reason = cause.note;
  if (broken.trust == Trust::IfComplete && cause.certain)
    found.reason = "what it was before is not known";
  if (found.trust == Trust::Certain && in_probe(cause, broken, held.function)) {
    found.trust = Trust::IfComplete;
    found.reason = "the probe of its driver may have turned it on and, failing, off again";
  }
  for (const TraceViolation& other : verdict_.violations)
    if (other.property == property.name && other.function == held.shown.function &&
        (other.trust == Trust::Certain || other.trust == found.trust))
      return;
  found.property = property.name;
  found.because = property.because;
  found.function = held.shown.function;
  found.file = path_;
  found.capture = capture_;
  found.by_line = cause.line->number;
  if (cause.shown) found.line = cause.line->number;
  if (!cause.shown && found.by_line > 0 && found.reason.empty())
    found.reason = "no line shows it, but by this line every function has passed";
  found.event = cause.event;
  found.quote = model::printable(cause.line->quote);
  if (in_.recorder)
    in_.recorder->breaks(fmt::format(
        "{} {}{}", property.name,
        found.trust == Trust::Certain ? "is broken for " : "may be broken for ", found.function));
  verdict_.violations.push_back(std::move(found));
}

}  // namespace luproof::traces
