// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/recorder.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/source.h"

namespace luproof::traces {

namespace {

constexpr std::size_t kLongestQuote = 600;
constexpr std::size_t kEnds = 20;  // steps at the beginning and at the end that are kept anyway

std::string cut(std::string_view text) {
  return text.size() <= kLongestQuote ? std::string(text)
                                      : std::string(text.substr(0, kLongestQuote)) + " [...]";
}

std::string task_of(const TraceLine& line) {
  if (line.pid >= 0) return task_and_pid(line);
  if (line.kind == LineKind::Message) return "kernel log";
  return line.cpu >= 0 ? fmt::format("CPU {}", line.cpu) : std::string();
}

}  // namespace

Recorder::Recorder(const model::Model& model, const model::Layout& layout, const Binding& binding,
                   std::set<LineKey> matter, std::int64_t expected, const Room& room)
    : model_(model),
      layout_(layout),
      binding_(binding),
      matter_(std::move(matter)),
      room_(room),
      everything_(expected <= static_cast<std::int64_t>(room.steps)),
      after_(kEnds) {
  list_slots();
}

// What changes, and is of the machine or of a kernel: constants and bookkeeping tell nothing.
void Recorder::list_slots() {
  for (const model::Component& component : layout_.components()) {
    if (component.part != model::Part::Value) continue;
    const model::Cell& cell = model_.cells[component.owner];
    if (cell.life == model::Life::Given || cell.life == model::Life::History) continue;
    for (int s = 0; s < component.size; ++s) {
      std::vector<int> of;
      int rest = s;
      for (std::size_t d = component.dims.size(); d-- > 0;) {
        const int offset = rest % component.dims[d];
        rest /= component.dims[d];
        if (d < cell.index.size() && model_.base_sort(cell.index[d]) == model::kFunction)
          of.insert(of.begin(), model_.sorts[cell.index[d]].first + offset);
      }
      slots_.push_back({component.base + s, layout_.slot_name(component.base + s), std::move(of)});
    }
  }
}

std::string Recorder::text_of(const Slot& slot, const Known& known) const {
  return known.known() ? layout_.slot_value(slot.slot, known.value) : "unknown";
}

void Recorder::start(const Knowledge& state) {
  shown_ = state;
  for (const Slot& slot : slots_) {
    out_.cells.push_back({slot.name, slot.of});
    out_.start.push_back(text_of(slot, state[slot.slot]));
  }
}

void Recorder::where(int capture, int kernel, const std::string& file) {
  capture_ = capture;
  kernel_ = kernel;
  file_ = file;
}

void Recorder::open(const TraceLine* line, const Knowledge& state, std::string text) {
  close(state);
  Timeline::Step step;
  step.capture = capture_;
  step.kernel = kernel_;
  step.file = file_;
  step.text = std::move(text);
  rule_ = {-1, -1};
  if (line != nullptr) {
    step.line = line->number;
    step.time_ns = line->time_ns;
    step.task = task_of(*line);
    step.cpu = line->cpu;
    step.quote = cut(line->quote);
  }
  open_ = std::move(step);
}

void Recorder::name(std::string text, std::string note) {
  open_->text = std::move(text);
  if (!note.empty()) open_->note = std::move(note);
}

void Recorder::rule(int meaning, int event, int function) {
  open_->function = function;
  rule_ = {meaning, event};
}

int Recorder::rule_number(int meaning, int event) {
  const auto [at, fresh] =
      rules_.emplace(std::pair{meaning, event}, static_cast<int>(out_.rules.size()));
  if (!fresh) return at->second;
  Timeline::Rule rule;
  const Meaning& read = binding_.meanings[meaning];
  rule.read_at =
      fmt::format("{}:{}", read.source ? read.source->path : binding_.path, read.span.line);
  rule.read_as = read.about;
  rule.name = read.symbol.empty() ? read.name : read.symbol;
  if (event >= 0) {
    const model::Event& declared = model_.events[event];
    const model::Origin& origin = declared.origin;
    rule.name = declared.name;
    rule.about = origin.about;
    rule.status = origin.status;
    rule.patch = origin.patch;
    rule.at = origin.at;
    rule.cite = origin.cite;
    rule.file = origin.span.source ? origin.span.source->path : "";
    rule.line = origin.span.line;
  }
  out_.rules.push_back(std::move(rule));
  return at->second;
}

void Recorder::close(const Knowledge& state) {
  if (!open_) return;
  Timeline::Step step = std::move(*open_);
  open_.reset();
  if (rule_.first >= 0) step.rule = rule_number(rule_.first, rule_.second);
  if (state != shown_) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Known &was = shown_[slots_[i].slot], &is = state[slots_[i].slot];
      if (was.known() != is.known() || (is.known() && was.value != is.value))
        step.to.push_back({static_cast<int>(i), text_of(slots_[i], is)});
    }
    shown_ = state;
  }
  ++out_.all;
  add(std::move(step));
}

void Recorder::close_if_changed(const Knowledge& state) {
  if (open_ && state == shown_ && open_->remarks.empty() && open_->breaks.empty()) open_.reset();
  close(state);
}

void Recorder::add(Timeline::Step step) {
  everything_ = everything_ && out_.steps.size() < 2 * room_.steps;
  const bool full = changes_ > room_.changes;
  const bool room = out_.steps.size() < room_.steps;
  const bool matters = step.kexec || !step.remarks.empty() || !step.breaks.empty() ||
                       matter_.count({step.capture, step.line}) > 0;
  if (!full && (everything_ || (matters && out_.steps.size() < 2 * room_.steps))) {
    for (; !waiting_.empty(); waiting_.pop_front()) keep(std::move(waiting_.front()));
    after_ = room_.around;
    return keep(std::move(step));
  }
  if (!full && room && after_ > 0) {
    --after_;
    return keep(std::move(step));
  }
  waiting_.push_back(std::move(step));
  const std::size_t most = full || !room ? 0 : room_.around;
  for (; waiting_.size() > most; waiting_.pop_front()) fold(waiting_.front());
}

void Recorder::keep(Timeline::Step step) {
  end_fold();
  changes_ += step.to.size();
  out_.steps.push_back(std::move(step));
}

void Recorder::fold(const Timeline::Step& step) {
  if (!folded_) {
    folded_ = Timeline::Step();
    folded_->capture = step.capture;
    folded_->file = step.file;
    folded_->line = step.line;
    folded_->time_ns = step.time_ns;
    folded_->kernel = step.kernel;
  }
  ++folded_->left_out;
  for (const Timeline::Change& change : step.to) folded_to_[change.cell] = change.text;
}

void Recorder::end_fold() {
  if (!folded_) return;
  folded_->text = fmt::format("{} steps without one that a verdict names", folded_->left_out);
  for (auto& [cell, text] : folded_to_) folded_->to.push_back({cell, std::move(text)});
  folded_to_.clear();
  changes_ += folded_->to.size();
  out_.steps.push_back(std::move(*folded_));
  folded_.reset();
}

// Cells that were unknown all the time say nothing.
Timeline Recorder::finish(std::string stopped) {
  for (; waiting_.size() > kEnds; waiting_.pop_front()) fold(waiting_.front());
  for (; !waiting_.empty(); waiting_.pop_front()) keep(std::move(waiting_.front()));
  end_fold();
  std::vector<bool> told(out_.cells.size());
  for (std::size_t i = 0; i < told.size(); ++i) told[i] = out_.start[i] != "unknown";
  for (const Timeline::Step& step : out_.steps)
    for (const Timeline::Change& change : step.to) told[change.cell] = true;
  std::vector<int> number(told.size(), -1);
  int left = 0;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (!told[i]) continue;
    number[i] = left;
    if (static_cast<std::size_t>(left) != i) {
      out_.cells[left] = std::move(out_.cells[i]);
      out_.start[left] = std::move(out_.start[i]);
    }
    ++left;
  }
  out_.cells.resize(left);
  out_.start.resize(left);
  for (Timeline::Step& step : out_.steps)
    for (Timeline::Change& change : step.to) change.cell = number[change.cell];
  out_.topology = model_.topology;
  out_.stopped = std::move(stopped);
  return std::move(out_);
}

}  // namespace luproof::traces
