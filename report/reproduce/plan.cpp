// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproduce/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/reproduce/predict.h"

namespace luproof::report {

using checker::Call;
using checker::Calls;
using checker::Value;
using model::Component;
using model::FunctionKind;
using model::Life;
using model::Part;

namespace {

class Planner {
 public:
  Planner(const LoadedRun& loaded, const Forces& forces, const traces::Plan& probes)
      : model_(*loaded.checked.model),
        layout_(*loaded.checked.layout),
        found_(loaded.found),
        forces_(forces),
        probes_(probes),
        calls_(checker::calls_of(model_, layout_, loaded.found)) {}

  void plan(Reproduction& out) {
    out.names = shell_names(model_.topology);
    start(out);
    roots();
    forced(out);
    others(out);
    std::set<int> needed;
    const auto need = [&](const std::vector<Argument>& arguments) {
      for (const Argument& each : arguments)
        if (each.function >= 0) needed.insert(each.function);
    };
    for (const Deeds& each : out.start) need(each.arguments);
    for (const Forced& each : out.forced) {
      need(each.deeds.arguments);
      if (each.line_of >= 0) needed.insert(each.line_of);
    }
    needed.insert(out.prediction.functions.begin(), out.prediction.functions.end());
    out.functions.assign(needed.begin(), needed.end());
  }

 private:
  bool exists_first(int function) const {
    for (std::size_t c = 0; c < model_.cells.size(); ++c)
      if (model_.cells[c].name == "exists")
        if (const auto value = first_value(static_cast<int>(c), function)) return *value == "true";
    return true;
  }

  // The text of a cell's value for a function in the first state; nullopt if it has none.
  std::optional<std::string> first_value(int cell, int function) const {
    const model::Cell& c = model_.cells[cell];
    const Component* const component = layout_.find(Part::Value, cell);
    if (!component || c.kind != model::CellKind::Data || c.index.size() != 1 ||
        model_.base_sort(c.index[0]) != model::kFunction)
      return std::nullopt;
    const int offset = layout_.offset_in(c.index[0], function);
    if (offset < 0) return std::nullopt;
    const int slot = component->base + offset;
    return layout_.slot_value(slot, found_.run.states[0][slot]);
  }

  void start(Reproduction& out) const {
    const auto& functions = model_.topology.functions;
    for (const StartRule& rule : forces_.start)
      for (int f = 0; f < static_cast<int>(functions.size()); ++f) {
        const FunctionKind kind = functions[f].kind;
        if (!rule.kinds.empty() &&
            std::find(rule.kinds.begin(), rule.kinds.end(), kind) == rule.kinds.end())
          continue;
        if (rule.vfs && kind == FunctionKind::Pf) {
          int number = 0;
          const std::vector<int> vfs = model_.topology.vfs(f);
          for (const int vf : vfs)
            if (exists_first(vf)) number = std::max(number, functions[vf].vf_index + 1);
          if (!vfs.empty())
            out.start.push_back({&rule.call, &rule.deeds, {{f, ""}, {-1, std::to_string(number)}}});
        }
        if (rule.vfs || !exists_first(f)) continue;
        for (std::size_t c = 0; c < model_.cells.size(); ++c)
          if (model_.cells[c].name == rule.call.name &&
              first_value(static_cast<int>(c), f) == rule.is)
            out.start.push_back({&rule.call, &rule.deeds, {{f, ""}}});
      }
  }

  const std::string& name_of(const Call& call) const {
    return call.event ? model_.events[call.index].name : model_.procedures[call.index].name;
  }
  const std::vector<model::Local>& locals_of(const Call& call) const {
    return call.event ? model_.events[call.index].locals : model_.procedures[call.index].locals;
  }
  int parameters_of(const Call& call) const {
    return call.event ? model_.events[call.index].parameters
                      : model_.procedures[call.index].parameters;
  }
  template <typename T, typename Of>
  const T* entry(const std::vector<T>& entries, Of of, const Call& call) const {
    for (const T& each : entries)
      if ((each.*of).name == name_of(call) &&
          static_cast<int>((each.*of).parameters.size()) == parameters_of(call))
        return &each;
    return nullptr;
  }
  std::string text_of(const Call& call) const {
    std::string text = name_of(call);
    if (!call.args_known || call.args.empty()) return text;
    text += "(";
    for (std::size_t i = 0; i < call.args.size(); ++i)
      text += (i ? ", " : "") + model_.value_text(locals_of(call)[i].type, call.args[i]);
    return text + ")";
  }
  std::string actor_of(const Call& call) const {
    if (call.instance >= 0) return layout_.instance_name(call.instance);
    const std::string& by = model_.events[call.index].by;
    return by.empty() ? "environment" : by;
  }
  int kernel_before(int step) const {
    const Component* const kernel = layout_.find(Part::Kernel, -1);
    return kernel ? found_.run.states[step - 1][kernel->base] : 1;
  }

  std::optional<Argument> argument(const model::Type& type, Value value) const {
    using Kind = model::Type::Kind;
    if (type.kind == Kind::Ref && model_.base_sort(type.id) == model::kFunction && value > 0)
      return Argument{value - 1, ""};
    if (type.kind == Kind::Int || type.kind == Kind::Bool)
      return Argument{-1, std::to_string(value)};
    return std::nullopt;
  }

  // Of each call: the one that it is in, or is itself, that somebody can make; -1: none.
  void roots() {
    root_.assign(calls_.all.size(), -1);
    for (std::size_t i = 0; i < calls_.all.size(); ++i) {
      const Call& call = calls_.all[i];
      if (call.caller >= 0 && root_[call.caller] >= 0) {
        root_[i] = root_[call.caller];
        continue;
      }
      if (call.instance < 0 || !call.args_known || !userspace(call.instance) ||
          kernel_before(call.entered) > 2)
        continue;
      if (entry(forces_.actions, &Action::call, call) && arguments(call))
        root_[i] = static_cast<int>(i);
    }
  }

  bool userspace(int instance) const {
    const Life life = model_.actors[layout_.instances()[instance].actor].life;
    return life == Life::Userspace || life == Life::Guest;
  }

  std::optional<std::vector<Argument>> arguments(const Call& call) const {
    std::vector<Argument> all;
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      const auto one = argument(locals_of(call)[i].type, call.args[i]);
      if (!one) return std::nullopt;
      all.push_back(*one);
    }
    return all;
  }

  void forced(Reproduction& out) const {
    static const Signature kKexec{"kexec", {}, {}};
    static const std::vector<Deed> kJump = {{Deed::Kind::Kexec, "", "", "", "", false}};
    std::vector<int> made;
    for (std::size_t i = 0; i < root_.size(); ++i)
      if (root_[i] == static_cast<int>(i)) made.push_back(static_cast<int>(i));
    for (std::size_t m = 0; m < made.size(); ++m) {
      const Call& call = calls_.all[made[m]];
      const Action* const action = entry(forces_.actions, &Action::call, call);
      Forced forced;
      forced.step = call.entered;
      forced.kernel = kernel_before(call.entered);
      forced.actor = actor_of(call);
      forced.text = text_of(call);
      forced.deeds = {&action->call, &action->deeds, *arguments(call)};
      forced.returns = call.left > 0;
      if (m + 1 < made.size()) {
        const Call& next = calls_.all[made[m + 1]];
        forced.concurrent = next.instance != call.instance && !call.event &&
                            (call.left == 0 || call.left > next.entered) &&
                            kernel_before(next.entered) == forced.kernel;
        if (forced.concurrent) point(made[m], first_effect(made[m + 1]), forced);
      }
      out.forced.push_back(std::move(forced));
    }
    // A jump that the code of an actor makes itself.
    for (std::size_t i = 0; i < found_.run.steps.size(); ++i) {
      const checker::Label& label = found_.run.steps[i];
      const int in = calls_.of_step[i];
      if (label.stmt < 0 || (in >= 0 && root_[in] >= 0) ||
          model_.statement_by_id[label.stmt]->kind != model::StmtKind::Kexec)
        continue;
      Forced forced;
      forced.step = static_cast<int>(i) + 1;
      forced.kernel = kernel_before(forced.step);
      forced.actor = layout_.instance_name(label.instance);
      forced.text = "kexec";
      forced.deeds = {&kKexec, &kJump, {}};
      out.forced.push_back(std::move(forced));
    }
    std::stable_sort(out.forced.begin(), out.forced.end(),
                     [](const Forced& a, const Forced& b) { return a.step < b.step; });
    for (std::size_t i = 0; i < out.forced.size(); ++i) {
      Forced& each = out.forced[i];
      each.number = static_cast<int>(i) + 1;
      out.jumps |= each.kernel == 1 &&
                   std::any_of(each.deeds.deeds->begin(), each.deeds.deeds->end(),
                               [](const Deed& d) { return d.kind == Deed::Kind::Kexec; });
    }
  }

  // What a call does before its first visible step nobody can tell from its not having begun.
  int first_effect(int call) const {
    for (std::size_t i = static_cast<std::size_t>(calls_.all[call].entered);
         i < calls_.of_step.size(); ++i)
      if (calls_.within(calls_.of_step[i], call) &&
          checker::weight_of(model_, found_.run.steps[i]) != 0)
        return static_cast<int>(i) + 1;
    return static_cast<int>(calls_.of_step.size());
  }

  // The last line that the call has shown before step `until`.
  void point(int outer, int until, Forced& forced) const {
    for (std::size_t i = static_cast<std::size_t>(outer); i < calls_.all.size(); ++i) {
      const Call& call = calls_.all[i];
      if (call.entered >= until || !call.args_known || !calls_.within(static_cast<int>(i), outer))
        continue;
      const auto take = [&](const std::string& line, int parameter) {
        const auto one = argument(locals_of(call)[parameter].type, call.args[parameter]);
        if (!one || one->function < 0) return;
        forced.line = line;
        forced.line_of = one->function;
      };
      const Shown* const shown = entry(forces_.shows, &Shown::step, call);
      if (shown && !shown->line.empty()) take(shown->line, shown->step.parameter(shown->of));
      for (const traces::Plan::Probe& probe : probes_.probes)
        if (probe.function == name_of(call) && !probe.at_return && !call.args.empty() &&
            probe.arguments.starts_with("dev="))
          take(probe.function, 0);
    }
  }

  // Visible steps that are in nothing that is done.
  void others(Reproduction& out) const {
    std::set<std::pair<int, std::string>> told;  // instance, call
    for (std::size_t i = 0; i < found_.run.steps.size(); ++i) {
      const checker::Label& label = found_.run.steps[i];
      const int in = calls_.of_step[i];
      const int step = static_cast<int>(i) + 1;
      if (label.stmt >= 0) failure(label, found_.taken[i], step, out);
      if (!checker::weight_of(model_, label) || (in >= 0 && root_[in] >= 0)) continue;
      NotForced other;
      other.step = step;
      if (in < 0) {
        if (model_.statement_by_id[label.stmt]->kind == model::StmtKind::Kexec) continue;
        other.actor = layout_.instance_name(label.instance);
        other.text = "its own code";
        other.because = "it changes what only the spec knows of";
        if (told.insert({label.instance, ""}).second)
          (userspace(label.instance) ? out.not_forced : out.comes).push_back(other);
        continue;
      }
      const Call& inner = calls_.all[in];
      const Call& outer = calls_.all[calls_.outermost(in)];
      other.actor = actor_of(outer);
      if (const Ignored* const known = ignored(in)) {
        other.text = text_of(inner);
        other.because = known->because;
        out.ignored.push_back(other);
        continue;
      }
      other.text = text_of(outer);
      if (!told.insert({outer.instance, other.text}).second) continue;
      if (label.event >= 0) {
        const int act = model_.events[label.event].act;
        other.because = act >= 0 ? fmt::format("the environment act '{}' is nobody's to make",
                                               model_.acts[act].name)
                                 : "it happens by itself";
        (act >= 0 ? out.not_forced : out.comes).push_back(other);
      } else if (!userspace(outer.instance)) {
        other.because = "it is the kernel's or the hardware's own";
        out.comes.push_back(other);
      } else {
        other.because = kernel_before(step) > 2
                            ? "the script goes no further than the second kernel"
                            : "nothing is known that a program could do to make it happen";
        out.not_forced.push_back(other);
      }
    }
  }

  const Ignored* ignored(int call) const {
    for (; call >= 0; call = calls_.all[call].caller)
      if (const Ignored* const known = entry(forces_.ignored, &Ignored::call, calls_.all[call]))
        return known;
    return nullptr;
  }

  void failure(const checker::Label& label, const checker::Successor& taken, int step,
               Reproduction& out) const {
    const model::Stmt& statement = *model_.statement_by_id[label.stmt];
    if (statement.kind != model::StmtKind::MayFail) return;
    for (std::size_t c = 0; c < label.choices.size() && c < taken.choices_of.size(); ++c)
      if (taken.choices_of[c].kind == checker::ChoiceOf::Kind::Fails && label.choices[c] != 0)
        out.not_forced.push_back({step, layout_.instance_name(label.instance),
                                  model_.acts[statement.ref].name,
                                  "a failure inside the kernel needs fault injection, which the "
                                  "script does not set up"});
  }

  const model::Model& model_;
  const model::Layout& layout_;
  const checker::FoundRun& found_;
  const Forces& forces_;
  const traces::Plan& probes_;
  Calls calls_;
  std::vector<int> root_;
};

}  // namespace

std::optional<Reproduction> plan_reproduction(const LoadedRun& loaded, const RunFile& file,
                                              const Forces& forces, const traces::Plan& probes,
                                              const traces::Binding& binding,
                                              model::Diagnostics& diagnostics) {
  Reproduction out;
  out.title = title(loaded.checked);
  out.spec = file.spec;
  out.variant = loaded.checked.reading.variant;
  auto prediction = predict(loaded, file, forces, diagnostics);
  if (!prediction) return std::nullopt;
  out.prediction = std::move(*prediction);
  Planner(loaded, forces, probes).plan(out);
  if (out.forced.empty()) {
    diagnostics.error(
        {model::Source::make(file.spec, ""), 0, 0, 1}, "nothing of the run could be forced",
        "specs/forces.yaml lists what can be; docs/reproduce.md says how to add to it");
    return std::nullopt;
  }
  for (const Forced& each : out.forced)
    if (each.concurrent && each.line.empty())
      out.remarks.push_back(fmt::format(
          "No line shows how far {} has come when step {} begins: two seconds are waited instead.",
          each.text, each.number + 1));
  if (const std::string why = unseen(out.prediction, binding); !why.empty())
    out.remarks.push_back(why);
  if (out.prediction.events.empty())
    out.remarks.emplace_back("The step that violates is no event: any line may show it.");
  return out;
}

}  // namespace luproof::report
