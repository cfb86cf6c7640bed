// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/calls.h"

#include "checker/interpreter_control.h"

namespace luproof::checker {

int Calls::outermost(int call) const {
  while (call >= 0 && all[call].caller >= 0) call = all[call].caller;
  return call;
}

bool Calls::within(int call, int outer) const {
  while (call >= 0 && call != outer) call = all[call].caller;
  return call >= 0;
}

namespace {

// Walks along a run and keeps, of each instance, the calls that it is in, outermost first.
class Walk {
 public:
  Walk(const model::Model& model, const model::Layout& layout, const FoundRun& found)
      : model_(model), layout_(layout), found_(found), stacks_(found.at[0].control->tasks.size()) {}

  Calls calls() {
    settle(0);
    for (std::size_t i = 0; i < found_.taken.size(); ++i) {
      const int number = static_cast<int>(i) + 1;
      step(found_.taken[i], number);
      if (i + 1 < found_.at.size() && found_.at[i + 1].control) settle(number);
    }
    return std::move(calls_);
  }

 private:
  int top(int instance) const { return stacks_[instance].empty() ? -1 : stacks_[instance].back(); }

  void enter(int instance, int procedure, int number) {
    calls_.all.push_back({instance, false, procedure, {}, false, number, 0, top(instance)});
    stacks_[instance].push_back(static_cast<int>(calls_.all.size()) - 1);
  }

  void leave(int instance, int number) {
    calls_.all[stacks_[instance].back()].left = number;
    stacks_[instance].pop_back();
  }

  void step(const Successor& step, int number) {
    const int instance = step.label.instance;
    const auto event = [&](int index, const std::vector<Value>& args, int caller) {
      calls_.of_step.push_back(static_cast<int>(calls_.all.size()));
      calls_.all.push_back({instance, true, index, args, true, number, number, caller});
    };
    if (instance < 0) return event(step.label.event, step.label.args, -1);
    const model::Stmt* const statement =
        step.label.stmt >= 0 ? model_.statement_by_id[step.label.stmt] : nullptr;
    if (statement && statement->kind == model::StmtKind::Fire)
      event(statement->ref, step.fired, top(instance));
    else
      calls_.of_step.push_back(top(instance));
    // A kexec ends calls without a return; its passages are those of the actors that start then.
    if (statement && statement->kind == model::StmtKind::Kexec) {
      for (std::size_t t = 0; t < stacks_.size(); ++t)
        while (dies(t) && !stacks_[t].empty()) leave(static_cast<int>(t), number);
      return;
    }
    for (const Passage& passage : step.passages)
      if (!passage.returned)
        enter(instance, passage.procedure, number);
      else if (!stacks_[instance].empty())
        leave(instance, number);
  }

  bool dies(std::size_t instance) const {
    const model::Life life = model_.actors[layout_.instances()[instance].actor].life;
    return life == model::Life::Kernel || life == model::Life::Userspace;
  }

  // Arguments stand in the frames. What an actor does before its first step it has done when its
  // kernel starts, and no step tells of it.
  void settle(int number) {
    const auto& tasks = found_.at[static_cast<std::size_t>(number)].control->tasks;
    for (std::size_t t = 0; t < stacks_.size() && t < tasks.size(); ++t) {
      const auto& frames = tasks[t].frames;
      auto& stack = stacks_[t];
      const std::size_t depth = frames.empty() ? 0 : frames.size() - 1;
      std::size_t same = 0;
      while (same < stack.size() && same < depth &&
             calls_.all[stack[same]].index == frames[same + 1].procedure)
        ++same;
      while (stack.size() > same) leave(static_cast<int>(t), number);
      while (stack.size() < depth)
        enter(static_cast<int>(t), frames[stack.size() + 1].procedure, number + 1);
      for (std::size_t k = 0; k < depth; ++k) {
        Call& call = calls_.all[stack[k]];
        if (call.args_known) continue;
        const auto& locals = frames[k + 1].locals;
        call.args.assign(locals.begin(), locals.begin() + model_.procedures[call.index].parameters);
        call.args_known = true;
      }
    }
  }

  const model::Model& model_;
  const model::Layout& layout_;
  const FoundRun& found_;
  Calls calls_;
  std::vector<std::vector<int>> stacks_;
};

}  // namespace

Calls calls_of(const model::Model& model, const model::Layout& layout, const FoundRun& found) {
  if (found.at.empty()) return {};
  return Walk(model, layout, found).calls();
}

}  // namespace luproof::checker
