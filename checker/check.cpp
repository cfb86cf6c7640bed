// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/assumed.h"
#include "checker/describe.h"
#include "checker/explored.h"
#include "checker/ground/system.h"
#include "checker/lasso.h"
#include "checker/pdr/pdr.h"
#include "checker/proof/prove.h"
#include "checker/smt.h"
#include "checker/stuck.h"

namespace luproof::checker {
namespace {

using model::LoadOptions;

constexpr std::size_t kMostStarts = 100'000;  // first states that the explorer is asked to list
constexpr int kSolverBound = 100;  // steps, of a search that nobody bounded; most specs end before

LoadOptions with_reading(const LoadOptions& load, const model::Reading& reading) {
  LoadOptions options = load;
  options.variant = reading.variant;
  options.later = reading.later;
  for (const auto& [name, alternative] : reading.choices) options.choose[name] = alternative;
  return options;
}

struct Prepared {
  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::shared_ptr<Observed> observed;  // null: nobody asks
  std::unique_ptr<System> system;
};

std::optional<Prepared> prepare(const std::string& path, const LoadOptions& load,
                                const CheckOptions& options, bool observed, const Limits& limits,
                                model::Diagnostics& diagnostics) {
  auto loaded = model::load(path, load, diagnostics);
  if (!loaded) return std::nullopt;
  std::erase_if(loaded->assumptions, [&](const auto& a) { return options.without.count(a.name); });
  Prepared p;
  p.model = std::make_unique<model::Model>(std::move(*loaded));
  p.layout = std::make_unique<model::Layout>(*p.model);
  if (observed) p.observed = std::make_shared<Observed>(*p.model);
  p.system = ground(*p.model, *p.layout,
                    GroundOptions{options.fuse, observed ? &p.observed->watch : nullptr, &limits},
                    diagnostics);
  if (!p.system) return std::nullopt;
  return p;
}

// What an engine is asked for, as asks_for takes it.
std::vector<int> selected(const model::Model& model, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const auto named = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<int> only;
  for (std::size_t i = 0; i < model.properties.size(); ++i)
    if (named(model.properties[i].name)) only.push_back(static_cast<int>(i));
  if (named("deadlock")) only.push_back(kDeadlock);
  if (only.empty()) only.push_back(kFaults);
  return only;
}

// An engine tells of a built-in violation where it finds one. Who asks for it by name gets an
// answer in any case.
void answer_faults(const System& system, const std::vector<std::string>& names, Outcome& outcome) {
  const Statistics& st = outcome.statistics;
  for (auto fault = Fault::NoneReference; fault <= Fault::EndlessLoop;
       fault = static_cast<Fault>(static_cast<int>(fault) + 1)) {
    const std::string name = fault_name(fault);
    if (std::find(names.begin(), names.end(), name) == names.end() ||
        std::any_of(outcome.findings.begin(), outcome.findings.end(),
                    [&](const Finding& f) { return f.property == name; }))
      continue;
    Finding& f = outcome.findings.emplace_back();
    f.property = name;
    const bool possible = !system.unfinished.empty() ||
                          std::any_of(system.transitions.begin(), system.transitions.end(),
                                      [&](const Transition& t) { return t.fault == fault; });
    if (!possible || (st.exhausted && !st.pool_exhausted)) {
      f.verdict = Verdict::Holds;
      continue;
    }
    f.depth = st.depth;
    f.reason = st.pool_exhausted        ? "a pool of the model was full in some run"
               : !st.stopped_by.empty() ? "stopped by " + st.stopped_by
                                        : "not every state was seen";
  }
}

// Of what goes on while a graph is kept.
Limits beside(const Limits& limits, const Graph* graph) {
  Limits rest = limits;
  if (graph && rest.memory) rest.memory -= std::min(rest.memory - 1, graph->bytes());
  return rest;
}

// A limit was reached before there was a system to look at.
Outcome undecided(const System& system, const std::vector<int>& only) {
  Outcome outcome;
  outcome.statistics.stopped_by = system.unfinished;
  const auto add = [&](const std::string& property, int index) {
    Finding& f = outcome.findings.emplace_back();
    f.property = property;
    f.index = index;
    f.depth = 0;
    f.reason = "stopped by " + system.unfinished + " before the first step was looked at";
  };
  for (std::size_t i = 0; i < system.model->properties.size(); ++i) {
    const model::Property& property = system.model->properties[i];
    const int index = static_cast<int>(i);
    if (!asks_for(only, index)) continue;
    if (property.kind == model::PropertyKind::Safety && property.clauses.empty()) continue;
    add(property.name, index);
  }
  if (asks_for(only, kDeadlock)) add("deadlock", -1);
  return outcome;
}

Outcome run_engine(System& system, const CheckOptions& asked, const std::vector<int>& only,
                   const Limits& limits, Graph* keep = nullptr) {
  if (!system.unfinished.empty()) return undecided(system, only);
  const Engine engine = asked.engine;
  if (engine == Engine::Smt) return check_smt(system, only, limits);
  if (engine == Engine::Pdr) return check_pdr(system, {.only = only}, limits);
  if (engine == Engine::Auto && count_starts(system, kMostStarts) >= kMostStarts) {
    Limits bounded = limits;
    if (bounded.bound < 0) bounded.bound = kSolverBound;
    return check_smt(system, only, bounded);
  }
  ExploreOptions options;
  options.only = only;
  options.symmetry = asked.symmetry;
  options.threads = asked.threads;
  return explore(system, options, limits, keep);
}

bool violated(const std::string& path, const LoadOptions& load, const std::set<std::string>& acts,
              const CheckOptions& options, const std::string& property, const Limits& limits,
              model::Diagnostics& diagnostics) {
  LoadOptions fewer = load;
  fewer.allow = acts;
  auto p = prepare(path, fewer, options, false, limits, diagnostics);
  if (!p) return false;
  const Outcome outcome = run_engine(*p->system, options, {}, limits);
  return std::any_of(outcome.findings.begin(), outcome.findings.end(), [&](const Finding& f) {
    return f.property == property && f.verdict == Verdict::Violated;
  });
}

// Inclusion-minimal: without any of them the property is not violated (as far as the engine can
// say).
void find_needs(Checked& checked, const std::string& path, const LoadOptions& load,
                const CheckOptions& options, const Limits& limits,
                model::Diagnostics& diagnostics) {
  for (Finding& f : checked.findings) {
    if (f.verdict != Verdict::Violated) continue;
    std::set<std::string> needed(checked.acts_on.begin(), checked.acts_on.end());
    if (violated(path, load, {}, options, f.property, limits, diagnostics)) needed.clear();
    for (const std::string& act : checked.acts_on) {
      if (!needed.count(act) || needed.size() == 1) continue;
      std::set<std::string> fewer = needed;
      fewer.erase(act);
      if (violated(path, load, fewer, options, f.property, limits, diagnostics)) needed = fewer;
    }
    f.needs.assign(needed.begin(), needed.end());
  }
}

// What the spec's own file declares and no run ever does, and a kexec that nobody comes to.
void find_never_fired(Checked& checked, const System& system, const Statistics& statistics) {
  if (!statistics.exhausted || statistics.fired.size() != system.transitions.size()) return;
  std::set<std::string> seen;
  bool may_jump = false, jumps = false;
  for (std::size_t t = 0; t < system.transitions.size(); ++t) {
    may_jump = may_jump || system.transitions[t].kexec;
    if (!statistics.fired[t]) continue;
    jumps = jumps || system.transitions[t].kexec;
    for (const Label& label : system.transitions[t].labels) {
      if (label.event >= 0) seen.insert(checked.model->events[label.event].name);
      if (label.stmt < 0) continue;
      seen.insert(place_of(*checked.model, label.stmt).name);
      const model::Stmt& s = *checked.model->statement_by_id[label.stmt];
      if (s.kind == model::StmtKind::Fire) seen.insert(checked.model->events[s.ref].name);
    }
    for (const Passing& p : system.transitions[t].passings)
      seen.insert(checked.model->procedures[p.procedure].name);
  }
  if (may_jump && !jumps) checked.never_fired.emplace_back("kexec");
  for (const auto& p : checked.model->procedures)
    if (p.origin.pack == checked.model->name && !seen.count(p.name))
      checked.never_fired.push_back(p.name);
  for (const auto& e : checked.model->events)
    if (e.origin.pack == checked.model->name && !seen.count(e.name) &&
        (e.act < 0 || checked.model->acts[e.act].allowed))
      checked.never_fired.push_back(e.name);
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Holds:
      return "holds";
    case Verdict::Violated:
      return "violated";
    case Verdict::Vacuous:
      return "vacuous";
    case Verdict::Unknown:
      return "unknown";
  }
  return "unknown";
}

std::optional<Checked> check(const std::string& path, const LoadOptions& load,
                             const model::Reading& reading, const CheckOptions& options,
                             const Limits& limits, model::Diagnostics& diagnostics) {
  const LoadOptions with = with_reading(load, reading);
  const bool observes = options.observe;
  auto p = prepare(path, with, options, observes, limits, diagnostics);
  if (!p) return std::nullopt;
  Checked checked;
  checked.reading = reading;
  for (const model::Act& act : p->model->acts)
    (act.allowed ? checked.acts_on : checked.acts_off).push_back(act.name);
  for (const model::Choice& choice : p->model->choices)
    checked.choices_fixed.push_back(
        choice.name + "=" +
        p->model->enums[choice.enumeration].values[std::max(0, choice.selected)]);
  auto graph = options.keep || observes || options.prove || options.why
                   ? std::make_unique<Graph>(*p->system)
                   : nullptr;
  Outcome outcome =
      run_engine(*p->system, options, selected(*p->model, options.properties), limits, graph.get());
  answer_faults(*p->system, options.properties, outcome);
  if (observes && p->system->unfinished.empty()) {
    observe(*p->system, *graph, outcome.statistics, options.visible_steps, *p->observed);
    for (const Finding& f : outcome.findings)  // an engine without a graph shows some runs
      for (const auto* run : {&f.run, &f.witness})
        if (graph->nodes.empty() && *run) observe(*p->system, **run, *p->observed);
  }
  checked.observed = p->observed;
  checked.findings = std::move(outcome.findings);
  checked.statistics = std::move(outcome.statistics);
  checked.model = std::move(p->model);
  checked.layout = std::move(p->layout);
  find_never_fired(checked, *p->system, checked.statistics);
  if (const auto composition = model::compose(path, with, diagnostics)) {
    find_assumed(*p->system, composition->documents, checked.statistics, checked.findings);
    model::RulePlaces places;
    for (const auto& document : composition->documents)
      if (observes) places.add(*document);
    if (observes) checked.exercised = exercised(*checked.model, *checked.observed, places);
  }
  for (Finding& f : checked.findings) {
    if (f.index >= 0 && f.verdict == Verdict::Violated)
      for (const model::Clause& clause : checked.model->properties[f.index].clauses)
        f.claim = std::max(f.claim, clause.claim);
    for (auto* run : {&f.run, &f.witness}) {
      if (!*run) continue;
      const bool violates = run == &f.run && f.verdict == Verdict::Violated;
      Configuration end;
      const std::string error =
          replay(*checked.model, *checked.layout, **run, violates ? f.index : -1,
                 violates ? &f.element : nullptr, &end);
      if (violates && error.empty() && f.stuck >= 0)
        f.reason = stuck_text(*checked.model, *checked.layout, end, f.stuck);
      if (violates && error.empty() && f.index >= 0 &&
          checked.model->properties[f.index].kind == model::PropertyKind::LeadsTo)
        f.reason = lasso_text(*checked.model, *checked.layout, **run, end);
      if (!error.empty() && checked.broken.empty())
        checked.broken = fmt::format("the run for '{}' does not replay in the interpreter: {}",
                                     f.property, error);
    }
  }
  const bool holds = std::any_of(checked.findings.begin(), checked.findings.end(),
                                 [](const Finding& f) { return f.verdict == Verdict::Holds; });
  if (options.any_vfs && holds && checked.statistics.exhausted)
    checked.any_vfs = any_number_of_vfs(path, with, options.without, limits);
  const auto& expected = checked.model->expectations;
  const bool wanted =
      options.needs &&
      (!options.expected_needs || std::any_of(expected.begin(), expected.end(),
                                              [](const auto& e) { return !e.needs.empty(); }));
  if (wanted && !checked.acts_on.empty())
    find_needs(checked, path, with, options, limits, diagnostics);
  if (options.prove || options.why) {
    const bool dump = with.topology.has_value();
    const Limits rest = beside(limits, graph.get());
    checked.proof = proof::prove(
        *p->system, checked.statistics.exhausted ? graph.get() : nullptr, checked.findings,
        proof::subject_of(*checked.model, reading.variant, dump ? "of a dump" : ""), rest);
    if (options.why && checked.proof->reason.empty())
      checked.why = proof::why(*p->system, *checked.proof, rest);
  }
  if (options.keep && graph && checked.statistics.exhausted)
    checked.explored = std::make_shared<Explored>(Explored{std::move(p->system), std::move(graph)});
  return checked;
}

void keep_only(Checked& checked, const std::vector<std::string>& properties) {
  if (properties.empty()) return;
  std::erase_if(checked.findings, [&](const Finding& f) {
    if (std::find(properties.begin(), properties.end(), f.property) != properties.end())
      return false;
    if (f.verdict == Verdict::Violated && f.run && f.run->fault != Fault::None)
      checked.beside.push_back(f.property);
    return true;
  });
}

namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all.empty() ? "nothing" : all;
}

}  // namespace

std::vector<std::string> unmet(const Checked& checked) {
  std::vector<std::string> lines;
  if (!checked.broken.empty()) lines.push_back(checked.broken);
  auto finding_of = [&](const std::string& name) {
    return std::find_if(checked.findings.begin(), checked.findings.end(),
                        [&](const Finding& f) { return f.property == name; });
  };
  for (const Finding& f : checked.findings) {
    const auto e =
        std::find_if(checked.model->expectations.begin(), checked.model->expectations.end(),
                     [&](const model::Expectation& x) { return x.property == f.property; });
    const std::string wanted = e == checked.model->expectations.end() ? "holds" : e->verdict;
    const std::string actual = verdict_name(f.verdict);
    if (wanted != actual) {
      std::string why = f.reason.empty() ? "" : " (" + f.reason + ")";
      if (f.verdict == Verdict::Violated) why += " by " + joined(f.violated_by);
      lines.push_back(fmt::format("{}: expected {}, found {}{}", f.property, wanted, actual, why));
      continue;
    }
    if (e == checked.model->expectations.end() || f.verdict != Verdict::Violated) continue;
    if (!e->violated_by.empty() && f.violated_by_known) {
      for (const std::string& actual_step : f.violated_by)
        if (std::none_of(e->violated_by.begin(), e->violated_by.end(), [&](const std::string& w) {
              return speaks_of(*checked.model, w, actual_step);
            }))
          lines.push_back(fmt::format("{}: also violated by {}", f.property, actual_step));
      for (const std::string& w : e->violated_by)
        if (std::none_of(f.violated_by.begin(), f.violated_by.end(),
                         [&](const std::string& a) { return speaks_of(*checked.model, w, a); }))
          lines.push_back(fmt::format("{}: not violated by {}, but by {}", f.property, w,
                                      joined(f.violated_by)));
    }
    if (e->steps_low >= 0 && f.run &&
        (f.run->weight < e->steps_low || f.run->weight > e->steps_high))
      lines.push_back(fmt::format("{}: violated in {} visible steps, expected {}..{}", f.property,
                                  f.run->weight, e->steps_low, e->steps_high));
    if (!e->needs.empty()) {
      std::vector<std::string> a = e->needs, b = f.needs;
      std::sort(a.begin(), a.end());
      std::sort(b.begin(), b.end());
      if (a != b)
        lines.push_back(fmt::format("{}: needs {}, expected {}", f.property, joined(b), joined(a)));
    }
  }
  for (const model::Expectation& e : checked.model->expectations) {
    if (finding_of(e.property) != checked.findings.end()) continue;
    if (e.verdict == "holds" &&
        std::none_of(checked.model->properties.begin(), checked.model->properties.end(),
                     [&](const model::Property& p) { return p.name == e.property; }))
      continue;  // a built-in violation that did not happen
    lines.push_back(fmt::format("{}: expected {}, but no claim of this spec asks for it",
                                e.property, e.verdict));
  }
  return lines;
}

}  // namespace luproof::checker
