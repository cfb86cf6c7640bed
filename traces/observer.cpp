// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/observer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace luproof::traces {

using model::printable;

namespace {

constexpr int kMostGaps = 100;
constexpr std::size_t kMostNames = 8;

// What the topology or the model says about a cell whatever the moment is.
Known constant_of(const model::Model& model, const model::Layout& layout, const model::Cell& cell,
                  const std::vector<int>& elements) {
  if (cell.life == model::Life::Given && elements.size() == 1 &&
      model.base_sort(cell.index[0]) == model::kFunction) {
    if (const auto value = model.topology.functions[elements[0]].value(cell.name))
      return known(static_cast<Value>(*value));
  }
  if (cell.cold_any) return {};
  if (!cell.cold) return known(cell.type.kind == model::Type::Kind::Int ? cell.type.low : 0);
  Frame frame(cell.frame);
  for (std::size_t i = 0; i < elements.size(); ++i)
    bind(frame, static_cast<int>(i), known(reference(elements[i])));
  const Knowledge nothing(layout.slots());
  return Kleene(model, layout, nothing, 1).value(*cell.cold, frame);
}

// The indices of a slot of a data cell, as elements of base sorts.
std::vector<int> elements_of(const model::Model& model, const model::Component& component,
                             int slot) {
  std::vector<int> elements(component.dims.size());
  for (int i = static_cast<int>(component.dims.size()) - 1; i >= 0; --i) {
    elements[i] = slot % component.dims[i];
    slot /= component.dims[i];
  }
  const model::Cell& cell = model.cells[component.owner];
  for (std::size_t i = 0; i < elements.size() && i < cell.index.size(); ++i)
    elements[i] += model.sorts[cell.index[i]].first;
  return elements;
}

}  // namespace

Observer::Observer(ObserverInput input)
    : in_(std::move(input)),
      effects_(in_.model, in_.layout),
      blackouts_(in_.model, in_.layout, in_.binding.usable, in_.binding.phases,
                 in_.binding.jump_phase()),
      state_(in_.layout.slots()) {
  const auto& cells = in_.model.cells;
  const auto cell = std::find_if(cells.begin(), cells.end(),
                                 [&](const auto& c) { return c.name == in_.binding.existence; });
  existence_ = static_cast<int>(cell - cells.begin());
  const auto properties = properties_of(in_.model, in_.claim);
  for (const KeepRequest& request : in_.keep) {
    for (int f = 0; f < static_cast<int>(in_.model.topology.functions.size()); ++f) {
      const model::PciFunction& function = in_.model.topology.functions[f];
      const bool meant = request.what == KeepRequest::What::Function
                             ? function.bdf == request.function
                             : function.kind == model::FunctionKind::Vf;
      const bool twice =
          std::any_of(held_.begin(), held_.end(), [&](const Held& h) { return h.function == f; });
      if (!meant || twice) continue;
      Held held;
      held.request = request;
      held.function = f;
      held.due = request.from.kind == Moment::Kind::Start;
      held.shown.function = function.name;
      held.shown.claim = in_.claim;
      held.shown.from = request.from.kind == Moment::Kind::Start
                            ? ""
                            : request.text.substr(request.text.find('@') + 1);
      for (const BoundProperty& bound : properties)
        held.promises.emplace_back(in_.model, in_.layout, bound.property, bound.clause, f);
      held.blackout = blackouts_.add(f);
      held_.push_back(std::move(held));
    }
  }
  for (const Meaning& meaning : in_.binding.meanings)
    begins_shown_ = begins_shown_ ||
                    (!meaning.begins.empty() && in_.mentioned.probed.count(meaning.symbol) > 0);
  start_state();
}

void Observer::start_state() {
  for (const model::Component& component : in_.layout.components()) {
    if (component.part != model::Part::Value) continue;
    const model::Cell& cell = in_.model.cells[component.owner];
    const bool constant = cell.life == model::Life::Given || cell.life == model::Life::History;
    if (!constant || cell.kind != model::CellKind::Data) continue;
    for (int s = 0; s < component.size; ++s)
      state_[component.base + s] =
          constant_of(in_.model, in_.layout, cell, elements_of(in_.model, component, s));
  }
}

// The values of the dump, taken now.
void Observer::use_dump(const TraceLine* line) {
  if (!in_.machine.has_dump || dump_used_) return;
  dump_used_ = true;
  if (line) remark(printable(in_.topology) + " shows the values of this moment");
  for (const model::Component& component : in_.layout.components()) {
    if (component.part != model::Part::Value) continue;
    const model::Cell& cell = in_.model.cells[component.owner];
    if (cell.life != model::Life::Hardware || cell.index.size() != 1 ||
        in_.model.base_sort(cell.index[0]) != model::kFunction)
      continue;
    for (int s = 0; s < component.size; ++s) {
      const int function = elements_of(in_.model, component, s)[0];
      const auto value = in_.model.topology.functions[function].value(cell.name);
      if (!value || !in_.machine.dumped[function]) continue;
      Known& slot = state_[component.base + s];
      const Value dumped = static_cast<Value>(*value);
      if (slot.known() && slot.value != dumped)
        gap(line ? line->number : 0, -1,
            fmt::format("the dump says {} = {}, the lines before it say {}",
                        in_.layout.slot_name(component.base + s),
                        in_.layout.slot_value(component.base + s, dumped),
                        in_.layout.slot_value(component.base + s, slot.value)));
      slot = known(dumped, Source::Dump);
    }
  }
  ++changes_;
  forgotten_ = false;
  judge(nullptr);
}

void Observer::begin(const std::string& path, const CaptureHealth& health, const Places* places) {
  ++capture_;
  if (capture_ > 0) next_kernel(nullptr);
  path_ = path;
  health_ = &health;
  places_ = places;
  kernel_ = std::max(kernel_, 1);
  fresh_ = true;
  line_ = nullptr;
  if (in_.topology_at.kind == Moment::Kind::Start) use_dump(nullptr);
  // What came before the first line left is lost, and the dump is from before that.
  if (health.of(Anomaly::WrappedBuffer).count > 0) forget_hardware();
  if (capture_ == 0) judge(nullptr);
  if (!in_.recorder) return;
  in_.recorder->where(capture_, kernel_, path_);
  if (capture_ == 0)
    in_.recorder->start(state_);
  else
    in_.recorder->close(state_);
}

void Observer::begin_dumps() {
  kernel_ = 1;
  path_ = in_.topology;
  use_dump(nullptr);
  if (in_.recorder) in_.recorder->start(state_);
}

// The hardware goes on, everything that a kernel holds is another one's.
void Observer::next_kernel(const TraceLine* first) {
  if (!jumped_) gap(0, -1, "the capture ends before the kernel does: what followed is not seen");
  ++kernel_;
  if (in_.recorder) {
    in_.recorder->where(capture_, kernel_, path_);
    step(first, "another kernel begins");
    in_.recorder->kexec();
  }
  blackouts_.next_kernel();
  jumped_ = false;
  tasks_.clear();
  probing_.clear();
  counts_.clear();
  settled_.clear();
  lost_at_ = 0;
  for (const model::Component& component : in_.layout.components())
    if (component.part == model::Part::Value) {
      const model::Life life = in_.model.cells[component.owner].life;
      if (life == model::Life::Kernel || life == model::Life::Userspace)
        std::fill_n(state_.begin() + component.base, component.size, Known{});
    }
}

// From here on the changes are those of this step, until the next.
void Observer::step(const TraceLine* line, std::string text) {
  if (in_.recorder) in_.recorder->open(line, state_, std::move(text));
}

// Something about the line that is no change of the machine.
void Observer::remark(std::string text) {
  if (!in_.recorder) return;
  if (!in_.recorder->is_open()) step(line_, "a moment that was named");
  in_.recorder->remark(std::move(text));
}

void Observer::line(const TraceLine& line, std::int64_t place) {
  take(line, place);
  if (in_.recorder) in_.recorder->close(state_);
}

void Observer::take(const TraceLine& line, std::int64_t place) {
  line_ = &line;
  blackouts_.at(path_, capture_, line);
  ++step_;
  if (place > 0 && place != line.number) {
    TraceLine there = line;
    there.number = place;
    moments(there);
  } else {
    moments(line);
  }
  const bool first = std::exchange(fresh_, false);
  switch (line.kind) {
    case LineKind::Boot:
      if (!first) next_kernel(&line);
      return;
    case LineKind::Lost:
      say(line, "events are missing here: what they could change is not known any more");
      step(&line, "events are missing: nothing is known any more");
      return lose(line);
    case LineKind::Unknown:
      say(line, "it cannot be read: it may have been any event");
      step(&line, "cannot be read: it may have been any event");
      return forget_hardware();
    case LineKind::Message:
      return message(line);
    default:
      break;
  }
  const std::string_view symbol = in_.binding.symbol_of(line);
  if (symbol.empty()) return;
  const auto meanings = in_.binding.by_symbol.find(symbol);
  if (meanings != in_.binding.by_symbol.end())
    bound(line, meanings->first, meanings->second);
  else if (line.kind == LineKind::Kprobe && line.function.empty())
    unnamed_probe(line);
}

// A probe event whose function the tool that wrote the file did not print: it may be any.
void Observer::unnamed_probe(const TraceLine& line) {
  const bool about_pci = std::any_of(
      line.args.begin(), line.args.end(),
      [](const Argument& argument) { return model::Bdf::parse(argument.text).has_value(); });
  if (about_pci) unnamed_.emplace(printable(line.symbol), line.number);
}

void Observer::end() {
  for (auto& entry : tasks_) release(entry.second);
  if (in_.recorder) in_.recorder->close(state_);
  for (const auto& [meaning, count] : counts_) {
    const Meaning& what = in_.binding.meanings[meaning];
    const auto& functions = in_.model.topology.functions;
    const auto passing = std::count_if(functions.begin(), functions.end(), [&](const auto& f) {
      const auto& kinds = what.counted->kinds;
      return std::find(kinds.begin(), kinds.end(), f.kind) != kinds.end();
    });
    if (count < passing)
      gap(0, -1,
          fmt::format("{} of {} functions passed {}: which ones is not shown", count, passing,
                      printable(what.symbol)));
  }
  for (const auto& [symbol, seen] : nameless_)
    gap(seen.first, -1,
        fmt::format("{} line{} of {} name{} no function", seen.second, seen.second == 1 ? "" : "s",
                    printable(symbol), seen.second == 1 ? "s" : ""));
  nameless_.clear();
  if (!unnamed_.empty()) {
    std::string names;
    std::int64_t first = unnamed_.begin()->second;
    std::size_t listed = 0;
    for (const auto& [name, number] : unnamed_) {
      first = std::min(first, number);
      if (++listed <= kMostNames) names += (listed > 1 ? ", " : "") + name;
    }
    if (listed > kMostNames) names += fmt::format(" and {} more", listed - kMostNames);
    gap(first, -1,
        fmt::format("which functions these probe events sit on is not shown (--probes says it): {}",
                    names));
  }
  unnamed_.clear();
  note_health();
  verdict_.events += health_->events;
}

void Observer::moments(const TraceLine& line) {
  if (!dump_used_ && in_.topology_at.reached_by(line, capture_)) use_dump(&line);
  for (Held& held : held_) {
    if (held.due || !held.request.from.reached_by(line, capture_)) continue;
    held.due = true;
    activate(held, &line);
  }
}

void Observer::moment_reached(Moment::Kind kind, const TraceLine& line) {
  if (!dump_used_ && in_.topology_at.kind == kind) use_dump(&line);
  for (Held& held : held_) {
    if (held.due || held.request.from.kind != kind) continue;
    held.due = true;
    activate(held, &line);
  }
}

void Observer::lose(const TraceLine& line) {
  if (line.lost > 0) verdict_.lost += line.lost;
  if (++lost_lines_ <= kMostGaps) {
    std::vector<GapPlace> where;
    if (const auto place = places_ ? places_->at_mark(line.number, line.cpu) : std::nullopt)
      where.push_back(*place);
    gap(line.number, line.cpu,
        line.lost >= 0 ? fmt::format("{} events lost", line.lost)
                       : "events lost, the number is not known",
        GapKind::Loss, std::move(where));
  }
  forget_hardware();
}

// Events are missing here: anything may have changed.
void Observer::forget_hardware() {
  lost_at_ = ++step_;
  for (auto& entry : tasks_) entry.second = {};
  if (forgotten_) return;
  for (const model::Component& component : in_.layout.components()) {
    if (component.part != model::Part::Value) continue;
    const model::Life life = in_.model.cells[component.owner].life;
    if (life != model::Life::Given && life != model::Life::History)
      std::fill_n(state_.begin() + component.base, component.size, Known{});
  }
  forgotten_ = true;
  ++changes_;
  judge(nullptr);
}

void Observer::gap(std::int64_t line, int cpu, std::string what, GapKind kind,
                   std::vector<GapPlace> where) {
  if (verdict_.gaps.size() < std::size_t{2} * kMostGaps)
    verdict_.gaps.push_back({path_, line, cpu, std::move(what), kind, std::move(where)});
}

void Observer::note_health() {
  if (lost_lines_ > kMostGaps)
    gap(0, -1, fmt::format("{} more marks of lost events", lost_lines_ - kMostGaps), GapKind::Loss);
  lost_lines_ = 0;
  for (const AnomalyInfo& entry : anomaly_table()) {
    const Tally& tally = health_->of(entry.kind);
    // What the marks and the statistics count is said for each CPU.
    if (entry.effect == Effect::Note || tally.count == 0 || entry.kind == Anomaly::LostEvents ||
        entry.kind == Anomaly::CpuOverrun)
      continue;
    std::string what(entry.sentence);
    if (entry.kind == Anomaly::WrappedBuffer) {
      const std::int64_t missing = health_->header.entries_written.value_or(0) -
                                   health_->header.entries_in_buffer.value_or(0);
      what += fmt::format(" ({} of {} are left)", health_->header.entries_in_buffer.value_or(0),
                          health_->header.entries_written.value_or(0));
      verdict_.lost += std::max<std::int64_t>(missing, 0);
    } else if ((entry.kind == Anomaly::BadPacking || entry.kind == Anomaly::BadSection) &&
               !health_->problem.empty()) {
      what += ": " + health_->problem;
    } else if (tally.count > 1) {
      what += fmt::format(" ({} times, first here)", tally.count);
    }
    std::vector<GapPlace> where;
    if (entry.kind == Anomaly::WrappedBuffer && places_) where = places_->before_first();
    gap(tally.first_line, -1, std::move(what), GapKind::Loss, std::move(where));
  }
}

TraceVerdict Observer::finish() {
  for (Held& held : held_) {
    for (const Promise& promise : held.promises) held.shown.upheld += promise.upheld();
    verdict_.kept.push_back(held.shown);
  }
  verdict_.blackouts = blackouts_.finish();
  if (in_.machine.has_dump) {
    if (dump_younger_)
      verdict_.assumptions.push_back(fmt::format(
          "{} shows VFs that the capture creates, so it was taken later than the capture began and "
          "only its structure is used (--topology-at says when it was taken)",
          printable(in_.topology)));
    else if (dump_used_ && in_.topology_at.kind == Moment::Kind::Start)
      verdict_.assumptions.push_back(
          fmt::format("{} was taken when the first capture began", printable(in_.topology)));
  }
  if (kernel_ > 1)
    verdict_.assumptions.push_back(
        "each kernel follows the one before it through kexec, in the order given");
  if (blackouts_.assumed() && !verdict_.blackouts.empty())
    verdict_.assumptions.emplace_back(
        "of blackouts: ports above work where nothing shows that they do");
  for (const BoundProperty& bound : properties_of(in_.model, in_.claim)) {
    const std::string& name = in_.model.properties[bound.property].name;
    if (std::any_of(verdict_.violations.begin(), verdict_.violations.end(),
                    [&](const TraceViolation& v) { return v.property == name; }))
      continue;  // a dump shows what no line does
    const std::vector<int> reads = reads_of(in_.model, bound);
    if (std::none_of(reads.begin(), reads.end(), [&](int c) { return touched_.count(c) > 0; }))
      verdict_.unexercised.push_back(name);
  }
  return std::move(verdict_);
}

}  // namespace luproof::traces
