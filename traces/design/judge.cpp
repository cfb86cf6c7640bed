// SPDX-License-Identifier: GPL-2.0-or-later
// The design is loaded twice: once for its words, and again with the sessions and files that the
// captures name, on the machine that they come from.
#include "traces/design/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "checker/check.h"
#include "checker/conform/reasons.h"
#include "checker/conform/shown.h"
#include "checker/describe.h"
#include "model/load.h"
#include "model/spec_folders.h"
#include "traces/design/recording.h"
#include "traces/order.h"

namespace luproof::traces {

using checker::Conformity;
using model::printable;

namespace {

constexpr std::size_t kStatesBefore = 300'000;  // of a capture that may begin in the middle
constexpr std::int64_t kNear = 16;              // observations before the furthest
constexpr int kMostOrders = 4;                  // that are tried
constexpr std::size_t kMostNamed = 6;
constexpr int kActs = 100;  // of each kind of environment act, in one run

using Answer = DesignVerdict::Answer;

}  // namespace

class DesignJudge::Impl {
 public:
  std::string path;
  model::LoadOptions load;
  std::optional<model::Model> words;  // the design with its own members

  bool begin(model::Diagnostics& diagnostics) {
    words = model::load(path, load, diagnostics);
    if (!words) return false;
    // What the environment did is in the capture; the design may not rule it out.
    load.allow.emplace();
    for (const model::Act& act : words->acts) load.allow->insert(act.name);
    for (const model::Choice& choice : words->choices)
      if (choice.selected < 0)
        diagnostics.error(choice.origin.span,
                          fmt::format("the choice '{}' is open", printable(choice.name)),
                          "a variant that chooses: --variant NAME");
    for (const model::Procedure& p : words->procedures)
      if (p.symbol) names.insert(p.name);
    for (const model::Event& e : words->events)
      if (e.symbol) names.insert(e.name);
    return diagnostics.ok();
  }

  std::optional<DesignVerdict> judge(Captures& captures,
                                     const std::optional<model::Topology>& machine, bool from_start,
                                     const checker::Limits& limits,
                                     model::Diagnostics& diagnostics) {
    from_start_ = from_start;
    DesignVerdict verdict;
    verdict.design = words->name + (load.variant.empty() ? "" : ":" + load.variant);
    const bool placed = machine && place(*machine);
    const Binding& binding = *captures.binding;
    const Words heard(*words, binding);
    Recording recording =
        listen(captures.all, heard, binding, *words, placed, shown(captures.mentioned));
    for (const Utterance& said : recording.said)
      if (said.subject >= 0) ++verdict.heard;
    if (recording.foreign > 0)
      verdict.assumptions.push_back(fmt::format(
          "{} lines about PCI functions that the design does not have say nothing of it",
          recording.foreign));
    if (verdict.heard == 0) {
      verdict.reason = "no line of the captures is about a procedure or an event of the design";
      return verdict;
    }
    if (!reload(recording, limits, diagnostics)) return std::nullopt;
    if (!system_->unfinished.empty()) {
      verdict.reason =
          fmt::format("the design was not built within the bound on {}", system_->unfinished);
      return verdict;
    }
    leave_out_undone(recording, verdict);
    for (const auto& [sort, all] : recording.members.names(*words))
      if (std::any_of(all.begin(), all.end(), [](const std::string& name) {
            return name.find("_unnamed") != std::string::npos;
          }))
        verdict.assumptions.push_back(fmt::format("there was no {} beyond these {}: {}", sort,
                                                  all.size(), fmt::join(all, ", ")));
    explain(recording, heard, captures, limits, verdict, diagnostics);
    if (!diagnostics.ok()) return std::nullopt;
    return verdict;
  }

  std::set<std::string, std::less<>> names;

 private:
  static std::set<std::string, std::less<>> shown(const Mentioned& mentioned) {
    std::set<std::string, std::less<>> all = mentioned.traced;
    all.insert(mentioned.probed.begin(), mentioned.probed.end());
    return all;
  }

  // The design on this machine; on its own where its text speaks of functions by name.
  bool place(const model::Topology& machine) {
    model::LoadOptions there = load;
    there.topology = machine;
    model::Diagnostics ignored;
    auto moved = model::load(path, there, ignored);
    if (!moved) return false;
    words = std::move(moved);
    load = std::move(there);
    return true;
  }

  bool reload(const Recording& recording, const checker::Limits& limits,
              model::Diagnostics& diagnostics) {
    model::LoadOptions named = load;
    named.members = recording.members.names(*words);
    model::Diagnostics ignored;
    auto loaded = model::load(path, named, ignored);
    if (!loaded) {
      named.members.clear();
      loaded = model::load(path, load, diagnostics);
    }
    if (!loaded) return false;
    if (!named.members.empty()) open_given(*loaded, named.members);
    for (model::Act& act : loaded->acts) act.at_most = std::max(act.at_most, kActs);
    loaded->kernels = std::max(loaded->kernels, static_cast<int>(recording.kernels.size()) + 1);
    model_ = std::make_unique<model::Model>(std::move(*loaded));
    layout_ = std::make_unique<model::Layout>(*model_);
    system_ = checker::ground(*model_, *layout_, {.limits = &limits}, diagnostics);
    return system_ != nullptr;
  }

  // Lines about what nothing of the design does: it does not say who does it, and when.
  void leave_out_undone(Recording& recording, DesignVerdict& verdict) const {
    std::set<std::pair<checker::Seen::Kind, int>> done;
    const checker::Shown shown(*system_);
    for (std::size_t id = 0; id < system_->transitions.size(); ++id)
      for (const checker::Emission& e : shown.of(static_cast<int>(id)))
        done.emplace(e.kind, e.subject);
    const auto before = recording.said.size();
    std::erase_if(recording.said, [&](const Utterance& said) {
      return said.subject >= 0 && done.count({said.kind, said.subject}) == 0;
    });
    const auto left_out = static_cast<std::int64_t>(before - recording.said.size());
    if (left_out == 0) return;
    verdict.heard -= left_out;
    verdict.assumptions.push_back(
        fmt::format("{} lines about what nothing of the design does say nothing of it", left_out));
  }

  // What the captures' own sessions and files are is not known; a reference stays as it is.
  static void open_given(model::Model& model,
                         const std::map<std::string, std::vector<std::string>>& members) {
    for (model::Cell& cell : model.cells) {
      const bool open = cell.life == model::Life::Given && cell.index.size() == 1 &&
                        cell.kind == model::CellKind::Data &&
                        (cell.type.kind == model::Type::Kind::Enum ||
                         cell.type.kind == model::Type::Kind::Bool) &&
                        members.count(model.sorts[cell.index[0]].name) > 0;
      if (!open) continue;
      cell.cold_any = true;
      cell.cold = nullptr;
    }
  }

  void explain(const Recording& recording, const Words& heard, Captures& captures,
               const checker::Limits& limits, DesignVerdict& verdict,
               model::Diagnostics& diagnostics) {
    std::vector<std::int64_t> lines;
    auto observations = observations_of(recording, heard, *model_, false, lines);
    Conformity found = checker::conform(*system_, observations, {}, limits);
    verdict.states = static_cast<std::int64_t>(found.states);
    const bool gap_first =
        !recording.said.empty() && recording.said.front().kind == checker::Seen::Kind::Gap;
    verdict.assumptions.push_back(
        gap_first
            ? "what happened before the first line is not known"
            : fmt::format("before the first line, {} was in its first state", verdict.design));
    if (found.answer == Conformity::Answer::Unexplained && !gap_first && !from_start_) {
      std::vector<std::int64_t> later;
      const auto anything = observations_of(recording, heard, *model_, true, later);
      checker::ConformOptions bounded;
      bounded.most_states = kStatesBefore;
      const Conformity before = checker::conform(*system_, anything, bounded, limits);
      if (before.answer != Conformity::Answer::Unexplained) {
        verdict.reason =
            before.answer == Conformity::Answer::Stopped
                ? "whether a capture that begins in the middle explains it was not "
                  "decided within the bound on " +
                      before.stopped_by
                : "it is explained only if something had happened before the first line";
        verdict.assumptions.pop_back();
        tell_line(found.furthest, observations, lines, recording, captures, verdict);
        tell_alive(found, verdict);
        return;
      }
      verdict.assumptions.back() = "whatever happened before the first line";
    }
    switch (found.answer) {
      case Conformity::Answer::Stopped:
        verdict.reason = fmt::format("the search was stopped by the bound on {}, at {} states{}",
                                     found.stopped_by, found.states, unshown(observations));
        tell_line(found.furthest, observations, lines, recording, captures, verdict);
        return;
      case Conformity::Answer::Unexplained:
        verdict.answer = Answer::Unexplained;
        verdict.reason = other_order(recording, heard, captures, lines[found.furthest], limits);
        if (!verdict.reason.empty()) verdict.answer = Answer::CannotTell;
        tell_line(found.furthest, observations, lines, recording, captures, verdict);
        tell_alive(found, verdict);
        return;
      case Conformity::Answer::Violates:
        verdict.answer = Answer::Violates;
        verdict.property = found.property;
        verdict.reason = found.property_index >= 0
                             ? model_->properties[found.property_index].because
                             : "a violation that the language itself knows";
        tell_line(found.violated_at, observations, lines, recording, captures, verdict);
        break;
      case Conformity::Answer::Explained:
        verdict.answer = Answer::Explained;
        break;
    }
    tell_run(found, lines, recording, captures, verdict);
    check_run(found, diagnostics);
  }

  // Lines of two CPUs that stand close together may have happened the other way round. Empty if no
  // such exchange near the line explains the capture.
  std::string other_order(const Recording& recording, const Words& heard, const Captures& captures,
                          std::int64_t furthest, const checker::Limits& limits) const {
    if (furthest < 0) return {};
    int tried = 0;
    const auto last = static_cast<std::int64_t>(recording.said.size()) - 1;
    for (std::int64_t at = std::min(furthest + 1, last);
         at > 0 && at > furthest - kNear && tried < kMostOrders; --at) {
      const auto second = static_cast<std::size_t>(at);
      const Utterance &a = recording.said[second - 1], &b = recording.said[second];
      if (a.capture != b.capture || a.cpu < 0 || b.cpu < 0 || a.cpu == b.cpu || a.task == b.task ||
          !a.time || !b.time)
        continue;
      const OrderPolicy policy = order_policy(captures.all[static_cast<std::size_t>(a.capture)]);
      if (*b.time - *a.time > policy.closer_than) continue;
      ++tried;
      Recording other = recording;
      std::swap(other.said[second - 1], other.said[second]);
      std::vector<std::int64_t> lines;
      const auto observations = observations_of(other, heard, *model_, false, lines);
      const Conformity found = checker::conform(*system_, observations, {}, limits);
      if (found.answer != Conformity::Answer::Unexplained)
        return fmt::format(
            "lines {} and {} are of two CPUs and so close that they may have happened "
            "the other way round",
            a.line, b.line);
    }
    return {};
  }

  // Procedures whose calls may be hidden anywhere, since nothing shows that they were recorded.
  std::string unshown(const checker::Observations& observations) const {
    std::vector<std::string> all;
    const std::vector<char>& enter = observations.kernels.front().enter;
    for (std::size_t i = 0; i < model_->procedures.size(); ++i)
      if (model_->procedures[i].symbol && !enter[i]) all.push_back(model_->procedures[i].name);
    if (all.empty()) return {};
    const std::string more = all.size() > kMostNamed ? ", ..." : "";
    all.resize(std::min(all.size(), kMostNamed));
    return fmt::format("; if {}{} were recorded, --probes FILE would say so", fmt::join(all, ", "),
                       more);
  }

  void tell_line(std::size_t observation, const checker::Observations& observations,
                 const std::vector<std::int64_t>& lines, const Recording& recording,
                 Captures& captures, DesignVerdict& verdict) const {
    if (observation >= lines.size()) observation = lines.size() - 1;
    verdict.event = checker::seen_text(*model_, observations.seen[observation]);
    if (lines[observation] < 0) return;
    const Utterance& said = recording.said[static_cast<std::size_t>(lines[observation])];
    Capture& capture = captures.all[static_cast<std::size_t>(said.capture)];
    verdict.capture = said.capture;
    verdict.file = capture.path;
    verdict.line = said.line;
    TraceLine line;
    capture.journal.rewind();
    while (capture.journal.next(line))
      if (line.number == said.line) {
        verdict.quote = line.quote;
        break;
      }
  }

  static void tell_alive(const Conformity& found, DesignVerdict& verdict) {
    verdict.alive_count = static_cast<std::int64_t>(found.alive_count);
    for (const checker::Alive& alive : found.alive)
      verdict.alive.push_back({alive.standing, alive.refused, alive.expected});
  }

  // The visible steps and those that lines show.
  void tell_run(const Conformity& found, const std::vector<std::int64_t>& lines,
                const Recording& recording, const Captures& captures,
                DesignVerdict& verdict) const {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < found.run.steps.size(); ++i) {
      const std::size_t now = found.shows[i];
      DesignVerdict::Step step;
      step.text = checker::step_text(*model_, found.run.steps[i], found.run.args[i]);
      const int instance = found.run.steps[i].instance;
      step.actor = instance < 0 ? "environment" : layout_->instance_name(instance);
      const bool seen = now > shown && lines[shown] >= 0;
      if (seen) {
        const Utterance& said = recording.said[static_cast<std::size_t>(lines[shown])];
        step.line = said.line;
        step.file = captures.all[static_cast<std::size_t>(said.capture)].path;
        step.capture = said.capture;
      }
      if (seen || checker::weight_of(*model_, found.run.steps[i]) > 0)
        verdict.run.push_back(std::move(step));
      shown = now;
    }
  }

  // A run of the design is one that the plain interpreter can walk.
  void check_run(Conformity& found, model::Diagnostics& diagnostics) const {
    if (found.run.steps.empty() || found.run.steps.size() > checker::ConformOptions{}.longest_run)
      return;
    const std::string problem = checker::replay(*model_, *layout_, found.run, -1);
    if (!problem.empty())
      diagnostics.error(model::Span{}, "the run that was found is no run of the design: " + problem,
                        "this is a fault of luproof");
  }

  bool from_start_ = false;
  std::unique_ptr<model::Model> model_;
  std::unique_ptr<model::Layout> layout_;
  std::unique_ptr<checker::System> system_;
};

DesignJudge::DesignJudge() : impl_(std::make_unique<Impl>()) {}
DesignJudge::~DesignJudge() = default;

std::unique_ptr<DesignJudge> DesignJudge::make(const std::string& design,
                                               const std::string& variant, const std::string& specs,
                                               model::Diagnostics& diagnostics) {
  std::unique_ptr<DesignJudge> judge(new DesignJudge);
  judge->impl_->path = design;
  std::error_code ignored;
  if (design.find('/') == std::string::npos && !std::filesystem::exists(design, ignored))
    judge->impl_->path = model::find_spec(specs, "designs/" + design + ".yaml");
  judge->impl_->load.specs = specs;
  judge->impl_->load.variant = variant;
  if (!judge->impl_->begin(diagnostics)) return nullptr;
  return judge;
}

bool DesignJudge::wants(std::string_view symbol) const {
  return impl_->names.find(symbol) != impl_->names.end();
}

std::optional<DesignVerdict> DesignJudge::judge(Captures& captures,
                                                const std::optional<model::Topology>& machine,
                                                bool from_start, const checker::Limits& limits,
                                                model::Diagnostics& diagnostics) {
  return impl_->judge(captures, machine, from_start, limits, diagnostics);
}

}  // namespace luproof::traces
