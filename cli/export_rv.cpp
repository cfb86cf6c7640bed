// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/export_rv.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "checker/export/rv.h"
#include "cli/progress.h"

namespace luproof::cli {
namespace {

namespace exporter = checker::exporter;
using model::Diagnostics;
using model::Model;

constexpr std::size_t kLongestMonitor = 31;  // MAX_DA_NAME_LEN of the kernel, less the end

std::vector<std::string> functions_of(const Model& model) {
  std::vector<std::string> names = {"kexec"};
  for (const model::Procedure& p : model.procedures)
    if (p.symbol) names.push_back(p.name);
  for (const model::Event& e : model.events)
    if (e.symbol && e.act < 0) names.push_back(e.name);
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Why no automaton can say what the property says, or "".
std::string not_for_a_monitor(const model::Property& property) {
  switch (property.kind) {
    case model::PropertyKind::LeadsTo:
      return "it says that something will happen, and no run that is still going on breaks that";
    case model::PropertyKind::Recoverable:
    case model::PropertyKind::Possible:
      return "it speaks of runs that could be, and a monitor sees the one that is";
    case model::PropertyKind::Safety:
      break;
  }
  return property.clauses.empty() ? "no claim of this design asks for it" : "";
}

void look_up(const Model& model, const RvOptions& options, const std::vector<int>& properties,
             exporter::RvQuestion& question, Diagnostics& diagnostics) {
  std::vector<std::string> cells, elements;
  for (const model::Cell& c : model.cells) cells.push_back(c.shown);
  for (const std::string& name : options.cells) {
    const auto at = std::find(cells.begin(), cells.end(), name);
    if (at == cells.end())
      diagnostics.error({}, fmt::format("there is no cell '{}'", name), suggestion(name, cells));
    else
      question.cells.push_back(static_cast<int>(at - cells.begin()));
  }
  const std::vector<std::string> functions = functions_of(model);
  for (const std::string& name : options.functions) {
    if (!contains(functions, name))
      diagnostics.error({}, fmt::format("the design knows no function '{}' of the kernel", name),
                        suggestion(name, functions));
    question.functions.push_back(name);
  }
  for (const model::Sort& sort : model.sorts)
    for (const std::string& name : sort.names) elements.push_back(name);
  if (!options.element.empty() && !contains(elements, options.element))
    diagnostics.error({}, fmt::format("there is no element '{}'", options.element),
                      suggestion(options.element, elements));
  question.element = options.element;
  if (options.kernel > model.kernels)
    diagnostics.error({}, fmt::format("no run has a kernel {}", options.kernel),
                      fmt::format("the last one is {}", model.kernels));
  question.kernel = options.kernel;
  if (properties.size() > 1)
    diagnostics.error({}, "a monitor watches one property", "name one with --property");
  if (properties.size() != 1) return;
  question.property = properties[0];
  const model::Property& property = model.properties[question.property];
  if (const std::string why = not_for_a_monitor(property); !why.empty())
    diagnostics.error({}, fmt::format("{} cannot be watched: {}", property.name, why),
                      "safety properties can: never, always and step");
}

std::vector<std::string> introduction(const Model& model, const exporter::RvQuestion& question,
                                      const exporter::RvWatch& watch,
                                      const exporter::RvAutomaton& automaton,
                                      const checker::Outcome& outcome) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("luproof: {}{}{}", model.name,
                              model.variant.empty() ? "" : ", variant " + model.variant,
                              model.about.empty() ? "" : ": " + model.about));
  lines.push_back(fmt::format(
      "What {} can show, all depths, {} states, runs of {} update{} at most",
      question.kernel ? fmt::format("kernel {} of a run", question.kernel) : "the life of a kernel",
      outcome.statistics.states, model.kernels - 1, model.kernels == 2 ? "" : "s"));
  if (!question.element.empty()) lines.push_back("Only what is about " + question.element);
  if (question.property >= 0) {
    for (const checker::Finding& f : outcome.findings)
      if (f.index == question.property)
        lines.push_back(fmt::format("Property {}: {} in this design", f.property,
                                    checker::verdict_name(f.verdict)));
    lines.push_back(automaton.told + automaton.untold == 0
                        ? "No run breaks it: whatever the design does not do is refused"
                        : fmt::format("Of the ways to break it {} are refused, {} look like runs "
                                      "that keep it",
                                      automaton.told, automaton.untold));
  }
  for (const std::string& unseen : watch.unseen()) lines.push_back("Not shown: " + unseen);
  std::vector<std::string> off;
  for (const model::Act& act : model.acts)
    if (!act.allowed) off.push_back(act.name);
  if (!off.empty()) lines.push_back("Off: " + report::joined(off));
  if (automaton.any) lines.push_back("Some runs end at a full pool; then everything is allowed");
  lines.push_back(fmt::format("rvgen monitor -c da -t {} -s FILE.dot",
                              question.element.empty() ? "global" : "per_obj"));
  return lines;
}

int inconclusive(const std::string& what) {
  fmt::print(stderr, "no automaton: {}\n", what);
  return report::kInconclusive;
}

// Every reachable state, with every step: what all monitors of a design are made from.
struct Walked {
  Walked(const Model& model, const std::vector<int>& properties, bool symmetry,
         const checker::Limits& limits, Diagnostics& diagnostics)
      : layout(model) {
    checker::GroundOptions ground;
    ground.fuse = false;  // what others show between two steps is to be seen
    ground.limits = &limits;
    system = checker::ground(model, layout, ground, diagnostics);
    if (!system) return;
    unfinished = system->unfinished;
    if (!unfinished.empty()) return;
    graph = std::make_unique<checker::Graph>(*system);
    checker::ExploreOptions explore;
    explore.only = properties;
    explore.symmetry = symmetry;
    outcome = checker::explore(*system, explore, limits, graph.get());
    if (!outcome.statistics.exhausted)
      unfinished = outcome.statistics.stopped_by + ", not every state was seen";
  }
  exporter::RvAutomaton automaton(const exporter::RvWatch& watch,
                                  const exporter::RvQuestion& question,
                                  const checker::Limits& limits) const {
    return exporter::rv_automaton(*system, *graph, outcome.statistics, watch, question, limits);
  }

  const model::Layout layout;
  std::unique_ptr<checker::System> system;
  std::unique_ptr<checker::Graph> graph;
  checker::Outcome outcome;
  std::string unfinished;
};

// Why an automaton is not worth a monitor, and what to do; "" if it is.
std::pair<std::string, std::string> none(const exporter::RvWatch& watch,
                                         const exporter::RvAutomaton& automaton) {
  if (automaton.symbols.empty())
    return {"no function of the kernel shows what is watched",
            watch.unseen().empty() ? "name one with --event" : watch.unseen().front()};
  if (automaton.told == 0 && automaton.untold > 0)
    return {"runs that break the property show the same as runs that keep it",
            "observe more with --event or --watch; what an earlier kernel did no monitor sees"};
  return {};
}

// One line a property: what its monitor is, or why there is none.
std::string listed(const Model& model, const Walked& walked, exporter::RvQuestion question,
                   const checker::Limits& limits, int& status) {
  std::size_t width = 0;
  for (const model::Property& p : model.properties) width = std::max(width, p.name.size());
  std::string out;
  for (std::size_t p = 0; p < model.properties.size(); ++p) {
    std::string says = not_for_a_monitor(model.properties[p]);
    if (says.empty()) {
      question.property = static_cast<int>(p);
      const exporter::RvWatch watch(*walked.system, question);
      const exporter::RvAutomaton automaton = walked.automaton(watch, question, limits);
      if (!automaton.failed.empty()) {
        status = report::kInconclusive;
        says = automaton.failed;
      } else if (says = none(watch, automaton).first; says.empty()) {
        says = fmt::format("{}, {}", report::counted(automaton.states.size(), "state"),
                           report::counted(automaton.symbols.size(), "event"));
        if (automaton.told)
          says += fmt::format("; refuses {} of {} ways to break it", automaton.told,
                              automaton.told + automaton.untold);
        out += fmt::format("  {:<{}}  {}\n", model.properties[p].name, width, says);
        continue;
      }
    }
    out += fmt::format("  {:<{}}  none: {}\n", model.properties[p].name, width, says);
  }
  return fmt::format("{}{}\n{}", model.name,
                     model.variant.empty() ? "" : ", variant " + model.variant, out);
}

}  // namespace

void RvOptions::declare(CLI::App& app, LimitOptions& limits) {
  auto* group = app.add_option_group("monitors", "For --to rv");
  group->add_option("--watch", cells, "Observe what changes this cell (repeatable)")
      ->allow_extra_args(false);
  group->add_option("--event", functions, "Observe this function (repeatable)")
      ->allow_extra_args(false);
  group->add_option("--for", element, "Only calls about this element");
  group->add_option("--kernel", kernel, "Only the Nth kernel of a run (default: any)")
      ->check(CLI::Range(1, 100));
  group->add_flag("--list", list, "Of each property: its monitor, or why there is none");
  limits.declare_bound(*group);
}

bool RvOptions::any() const {
  return list || !cells.empty() || !functions.empty() || !element.empty() || kernel;
}

std::string RvOptions::write(const Model& model, const std::vector<int>& properties,
                             checker::Limits& bounds, Diagnostics& diagnostics, int& status) const {
  status = report::kWrongInput;
  exporter::RvQuestion question;
  if (list && (!properties.empty() || !cells.empty() || !functions.empty()))
    diagnostics.error({}, "--list speaks of every property", "leave out what names one");
  look_up(model, *this, properties, question, diagnostics);
  if (!list && cells.empty() && functions.empty() && properties.empty())
    diagnostics.error({}, "a monitor observes functions, and none is named",
                      "--watch CELL, --property P, --event FUNCTION or --list");
  if (!diagnostics.ok()) return "";
  show_progress(bounds, model.name);
  const Walked walked(model, properties, element.empty(), bounds, diagnostics);
  end_progress();
  if (!diagnostics.ok()) return "";
  if (!walked.unfinished.empty()) {
    status = inconclusive(walked.unfinished);
    return "";
  }
  if (list) {
    status = report::kHolds;
    return listed(model, walked, question, bounds, status);
  }
  const exporter::RvWatch watch(*walked.system, question);
  const exporter::RvAutomaton automaton = walked.automaton(watch, question, bounds);
  if (!automaton.failed.empty()) {
    status = inconclusive(automaton.failed);
    return "";
  }
  if (const auto why = none(watch, automaton); !why.first.empty())
    diagnostics.error({}, why.first, why.second);
  if (!diagnostics.ok()) return "";
  status = report::kHolds;
  return exporter::rv_text(automaton,
                           introduction(model, question, watch, automaton, walked.outcome));
}

void check_rv_file(const std::string& file, Diagnostics& diagnostics) {
  const std::filesystem::path path = file;
  const std::string name = path.stem().string();
  if (path.extension() != ".dot" && path.extension() != ".gv")
    diagnostics.error({}, fmt::format("rvgen does not read '{}'", file), "end its name with .dot");
  else if (name.size() > kLongestMonitor || exporter::rv_identifier(name, {}) != name)
    diagnostics.error({}, fmt::format("'{}' cannot be the name of a monitor", name),
                      "at most 31 letters, digits and underscores, not a digit first");
}

}  // namespace luproof::cli
