// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/calls.h"

#include <algorithm>

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

Calls calls_of(const model::Model& model, const FoundRun& found) {
  Calls calls;
  if (found.at.empty()) return calls;
  // Of each instance: the calls that it is in, outermost first.
  std::vector<std::vector<int>> stacks(found.at[0].control->tasks.size());
  const auto top = [&](int instance) {
    return stacks[instance].empty() ? -1 : stacks[instance].back();
  };
  for (std::size_t i = 0; i < found.taken.size(); ++i) {
    const Successor& step = found.taken[i];
    const int number = static_cast<int>(i) + 1, instance = step.label.instance;
    const auto event = [&](int index, const std::vector<Value>& args, int caller) {
      calls.of_step.push_back(static_cast<int>(calls.all.size()));
      calls.all.push_back({instance, true, index, args, true, number, number, caller});
    };
    if (instance < 0) {
      event(step.label.event, step.label.args, -1);
    } else {
      const model::Stmt* const statement =
          step.label.stmt >= 0 ? model.statement_by_id[step.label.stmt] : nullptr;
      if (statement && statement->kind == model::StmtKind::Fire)
        event(statement->ref, step.fired, top(instance));
      else
        calls.of_step.push_back(top(instance));
      for (const Passage& passage : step.passages) {
        auto& stack = stacks[instance];
        if (!passage.returned) {
          calls.all.push_back(
              {instance, false, passage.procedure, {}, false, number, 0, top(instance)});
          stack.push_back(static_cast<int>(calls.all.size()) - 1);
        } else if (!stack.empty()) {
          calls.all[stack.back()].left = number;
          stack.pop_back();
        }
      }
    }
    if (i + 1 >= found.at.size() || !found.at[i + 1].control) continue;
    // Arguments stand in the frames; a kexec takes frames away without a return.
    const auto& tasks = found.at[i + 1].control->tasks;
    for (std::size_t t = 0; t < stacks.size() && t < tasks.size(); ++t) {
      const auto& frames = tasks[t].frames;
      while (stacks[t].size() + 1 > std::max<std::size_t>(frames.size(), 1)) {
        calls.all[stacks[t].back()].left = number;
        stacks[t].pop_back();
      }
      for (std::size_t k = 0; k < stacks[t].size(); ++k) {
        Call& call = calls.all[stacks[t][k]];
        const plain::Frame& frame = frames[k + 1];
        if (call.args_known || frame.procedure != call.index) continue;
        const int parameters = model.procedures[call.index].parameters;
        call.args.assign(frame.locals.begin(), frame.locals.begin() + parameters);
        call.args_known = true;
      }
    }
  }
  return calls;
}

}  // namespace luproof::checker
