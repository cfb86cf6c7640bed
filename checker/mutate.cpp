// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/mutate.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/describe.h"

namespace luproof::checker {
namespace {

// A change may make a search endless; what takes this much longer than it did is given up.
constexpr double kShortestTry = 10, kLonger = 20;

std::string last_visible(const Checked& checked, const Run& run) {
  for (std::size_t i = run.steps.size(); i-- > 0;) {
    const bool faulty = run.fault != Fault::None && i + 1 == run.steps.size();
    if (!faulty && weight_of(*checked.model, run.steps[i]) == 0) continue;
    return step_text(*checked.model, run.steps[i],
                     i < run.args.size() ? run.args[i] : std::vector<Value>{});
  }
  return "the first state";
}

void place(Mutation& mutation, const model::RulePlaces& places, const Checked& base) {
  const int index = places.find(mutation.edit.at);
  if (index < 0) return;
  const model::Rule& rule = places.rules()[static_cast<std::size_t>(index)];
  mutation.rule = rule.id;
  mutation.patch = rule.patch;
  mutation.cite = rule.cite;
  if (!rule.rule || !base.observed || !base.observed->complete) return;
  const auto exercise = base.exercised.find(key_of(rule));
  mutation.used = exercise != base.exercised.end() && exercise->second.used();
}

// Whether the base keeps what a change gives up is not known. A built-in violation is among its
// findings only where it happened.
bool unknown_of(const Checked& base, const Finding& asked) {
  for (const Finding& f : base.findings)
    if (f.property == asked.property) return f.verdict == Verdict::Unknown;
  return asked.index < 0 && !base.statistics.stopped_by.empty();
}

}  // namespace

std::optional<Mutations> mutations(const std::string& path, const model::LoadOptions& load,
                                   const model::Reading& reading, bool everything,
                                   const CheckOptions& options, const Limits& limits,
                                   model::Diagnostics& diagnostics) {
  Mutations result;
  result.path = path;
  result.load = load;
  result.reading = reading;
  CheckOptions observing = options;
  observing.observe = true;
  auto base = check(path, load, reading, observing, limits, diagnostics);
  model::LoadOptions with = load;
  with.variant = reading.variant;
  const auto composition = model::compose(path, with, diagnostics);
  if (!base || !composition) return std::nullopt;
  result.base = std::make_unique<Checked>(std::move(*base));
  for (const Finding& f : result.base->findings) {
    if (f.verdict == Verdict::Holds) result.held.insert(f.property);
    if (f.verdict == Verdict::Violated) result.violated.insert(f.property);
  }
  model::RulePlaces places;
  for (const auto& document : composition->documents) places.add(*document);
  std::vector<std::string> files;
  if (!everything) files.push_back(composition->documents.back()->source->path);
  for (model::Edit& edit : model::weakenings(*composition, files, diagnostics)) {
    Mutation mutation;
    mutation.edit = std::move(edit);
    place(mutation, places, *result.base);
    result.all.push_back(std::move(mutation));
  }
  return result;
}

void try_mutation(const Mutations& mutations, Mutation& mutation, const CheckOptions& options,
                  bool keep, const Limits& limits) {
  if (!mutation.used) return;
  const double seconds = std::max(kShortestTry, kLonger * mutations.base->statistics.seconds);
  Limits bounds = limits;
  bounds.progress = nullptr;
  bounds.deadline =
      std::min(bounds.deadline, std::chrono::steady_clock::now() +
                                    std::chrono::milliseconds(static_cast<long>(seconds * 1000)));
  model::LoadOptions load = mutations.load;
  load.edits.push_back(std::make_shared<model::Edit>(mutation.edit));
  model::Diagnostics diagnostics;
  auto checked = check(mutations.path, load, mutations.reading, options, bounds, diagnostics);
  if (!checked || !diagnostics.ok()) {
    const auto& all = diagnostics.all();
    const auto error = std::find_if(
        all.begin(), all.end(), [](const auto& d) { return d.severity == model::Severity::Error; });
    mutation.untold = "it does not load: " + (error == all.end() ? "" : error->message);
    return;
  }
  if (!checked->broken.empty()) {
    mutation.untold = checked->broken;
    return;
  }
  for (const Finding& f : checked->findings) {
    const bool held = mutations.held.count(f.property);
    const bool open = !held && unknown_of(*mutations.base, f);
    if (open && (f.verdict == Verdict::Violated || f.verdict == Verdict::Vacuous))
      mutation.untold = fmt::format("{} is {} then, and unknown without the change", f.property,
                                    verdict_name(f.verdict));
    else if (f.verdict == Verdict::Violated && !mutations.violated.count(f.property) &&
             (held || f.index < 0))
      mutation.losses.push_back({f.property, f.verdict, f.run ? f.run->weight : 0,
                                 f.run ? last_visible(*checked, *f.run) : ""});
    else if (held && f.verdict == Verdict::Vacuous)
      mutation.losses.push_back({f.property, f.verdict, 0, ""});
    else if (held && f.verdict == Verdict::Unknown && mutation.untold.empty())
      mutation.untold = f.property + " is unknown" + (f.reason.empty() ? "" : ": " + f.reason);
  }
  if (!checked->statistics.stopped_by.empty() && mutation.untold.empty())
    mutation.untold = "the search was stopped: " + checked->statistics.stopped_by;
  if (keep) mutation.checked = std::make_shared<Checked>(std::move(*checked));
}

}  // namespace luproof::checker
