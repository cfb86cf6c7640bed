// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/blackout.h"

#include <algorithm>

namespace luproof::traces {

namespace {
constexpr std::size_t kMostBlackouts = 1000;
}

Blackouts::Blackouts(const model::Model& model, const model::Layout& layout,
                     const std::string& usable, const std::vector<std::string>& phases, int jump)
    : model_(model),
      layout_(layout),
      usable_(property_named(model, usable)),
      phases_(phases),
      jump_(jump) {}

int Blackouts::add(int function) {
  One one;
  one.function = function;
  if (usable_) one.usable.emplace(model_, layout_, usable_->property, usable_->clause, function);
  kept_.push_back(std::move(one));
  return static_cast<int>(kept_.size()) - 1;
}

void Blackouts::at(const std::string& file, int capture, const TraceLine& line) {
  if (now_.capture != capture) now_ = {file, capture, 0, std::nullopt, false};
  now_.line = line.number;
  if (!line.time_ns && !line.ticks) return;  // as of the line before
  now_.time = line.time_ns ? line.time_ns : line.ticks;
  now_.ticks = !line.time_ns;
}

// Phases come in their order; only before the jump an update may be given up and begin again.
void Blackouts::enter(int phase) {
  if (phase < 0 || phase == phase_) return;
  const bool behind = jump_ >= 0 && phase > jump_;
  if (behind != behind_jump_ || (behind && phase < phase_)) return;
  phase_ = phase;
  for (One& one : kept_) {
    if (!one.open) continue;
    close_phase(one, now_);
    open_phase(one, now_);
  }
}

void Blackouts::next_kernel() {
  if (jump_ >= 0 && phase_ != jump_ && !behind_jump_) enter(jump_);
  phase_ = std::max(phase_, jump_);
  behind_jump_ = true;
  for (One& one : kept_) one.broken = true;
}

void Blackouts::close_phase(One& one, const BlackoutEnd& now) {
  const bool measured = !one.broken && one.since.time && now.time && !now.ticks && !one.since.ticks;
  if (measured) one.phase.ns = *now.time - *one.since.time;
  if (one.broken) one.phase.why = "the clock starts again";
  if (!measured && !one.broken)
    one.phase.why = now.ticks ? "the clock counts" : "its beginning has no time";
  one.open->phases.push_back(one.phase);
}

void Blackouts::open_phase(One& one, const BlackoutEnd& now) {
  one.phase = {};
  if (phase_ < static_cast<int>(phases_.size())) one.phase.name = phases_[phase_];
  one.since = now;
  one.broken = false;
}

void Blackouts::forget() {
  done_.clear();
  for (One& one : kept_) {
    one.works = false;
    one.known_until.reset();
    one.open.reset();
  }
}

void Blackouts::look(const Knowledge& state, int kernel) {
  for (One& one : kept_) {
    if (!one.due || !one.usable) continue;
    const Known works = one.usable->works(state, kernel, assumed_);
    if (!works.known()) {
      if (one.works) one.known_until = now_;
      one.works = false;
      continue;
    }
    if (works.value != 0) {
      if (one.open) {
        close_phase(one, now_);
        one.open->to = now_;
        if (done_.size() < kMostBlackouts) done_.push_back(std::move(*one.open));
        one.open.reset();
      }
      one.works = true;
      one.known_until.reset();
      continue;
    }
    if (one.open || (!one.works && !one.known_until)) continue;
    one.open.emplace();
    one.open->function = model_.topology.functions[one.function].name;
    one.open->from = one.works ? now_ : *one.known_until;
    open_phase(one, one.open->from);
    if (one.open->from.capture != now_.capture) one.broken = true;
    one.works = false;
    one.known_until.reset();
  }
}

std::vector<Blackout> Blackouts::finish() {
  for (One& one : kept_) {
    if (!one.open) continue;
    // As far as the captures go; it may have lasted longer.
    close_phase(one, now_);
    if (done_.size() < kMostBlackouts) done_.push_back(std::move(*one.open));
    one.open.reset();
  }
  for (Blackout& each : done_) {
    bool whole = each.to.has_value();
    std::int64_t sum = 0;
    for (const BlackoutPhase& phase : each.phases) {
      whole = whole && phase.ns;
      sum += phase.ns.value_or(0);
    }
    if (whole) each.ns = sum;
    each.at_least = sum;
  }
  std::stable_sort(done_.begin(), done_.end(), [](const Blackout& a, const Blackout& b) {
    return std::pair(a.from.capture, a.from.line) < std::pair(b.from.capture, b.from.line);
  });
  return std::move(done_);
}

}  // namespace luproof::traces
