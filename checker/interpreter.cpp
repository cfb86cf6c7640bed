// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter.h"

#include <algorithm>

#include "checker/interpreter_actions.h"
#include "checker/interpreter_properties.h"

namespace luproof::checker {

using model::Part;
using plain::Next;
using plain::Run;
using plain::Runs;
using plain::View;

class Interpreter::Impl {
 public:
  Impl(const model::Model& model, const model::Layout& layout) : world(model, layout, &pace) {}

  plain::Pace pace;
  const plain::World world;

  const model::Actor& actor(int instance) const {
    return world.model.actors[world.layout.instances()[instance].actor];
  }
  bool stopped(const State& data, int instance) const {
    const model::Life life = actor(instance).life;
    return world.panicked(data) && (life == model::Life::Kernel || life == model::Life::Userspace);
  }
  Run begin(const Configuration& from, int instance) const {
    Run run;
    run.label.instance = instance;
    run.data = from.data;
    run.control = *from.control;
    run.instance = instance;
    return run;
  }
  void add(Run run, std::vector<Successor>& successors) const {
    Successor successor;
    successor.label = std::move(run.label);
    successor.choices_of = std::move(run.choices_of);
    successor.fired = std::move(run.fired);
    successor.fault = run.trouble.fault;
    successor.fault_span = run.trouble.span;
    successor.scope_exhausted = run.exhausted;
    successor.passages = std::move(run.passages);
    if (!run.over()) plain::update_latches(world, run.data, run.control);
    successor.next.data = std::move(run.data);
    successor.next.control = std::make_shared<const Control>(std::move(run.control));
    successors.push_back(std::move(successor));
  }
  void steps_of(const Configuration& from, int instance, std::vector<Successor>& successors) const {
    const Next next = plain::next_of(from.control->tasks[instance]);
    if (next.kind == Next::Kind::Ended || stopped(from.data, instance)) return;
    Run run = begin(from, instance);
    run.label.stmt = next.stmt ? next.stmt->id : -1;
    for (Run& acted : plain::act(world, std::move(run)))
      for (Run& outcome : plain::complete(world, std::move(acted), next.stmt))
        add(std::move(outcome), successors);
  }
  void happenings(const Configuration& from, int event, std::vector<Successor>& successors) const;
  std::vector<Value> domain(const State& data, const model::Type& type) const;
};

std::vector<Value> Interpreter::Impl::domain(const State& data, const model::Type& type) const {
  using Kind = model::Type::Kind;
  std::vector<Value> values;
  Value low = 0, high = 0;
  switch (type.kind) {
    case Kind::Bool:
      high = 1;
      break;
    case Kind::Int:
      low = type.low, high = type.high;
      break;
    case Kind::Enum:
      high = static_cast<Value>(world.model.enums[type.id].values.size()) - 1;
      break;
    case Kind::Errno:
      high = static_cast<Value>(world.model.errnos.size()) - 1;
      break;
    case Kind::Ref:
      for (int e = 0; e < world.model.sorts[type.id].size; ++e)
        if (const Value element = world.reference(type.id, e); world.alive(data, type.id, element))
          values.push_back(element);
      return values;
    case Kind::Void:
    case Kind::Set:
      return values;
  }
  for (Value value = low; value <= high; ++value) values.push_back(value);
  return values;
}

void Interpreter::Impl::happenings(const Configuration& from, int event,
                                   std::vector<Successor>& successors) const {
  const model::Event& happening = world.model.events[event];
  if (!happening.when) return;
  const bool of_the_kernel = happening.by == "kernel" || happening.by == "userspace";
  if (of_the_kernel && world.panicked(from.data)) return;
  Run scratch = begin(from, -1);
  if (happening.act >= 0 &&
      !plain::Effects(world, scratch.data, scratch.trouble).act_available(happening.act))
    return;

  std::vector<Value> arguments;
  const std::function<void()> bind_next = [&] {
    if (static_cast<int>(arguments.size()) < happening.parameters) {
      for (Value value : domain(from.data, happening.locals[arguments.size()].type)) {
        arguments.push_back(value);
        bind_next();
        arguments.pop_back();
      }
      return;
    }
    std::vector<Value> locals = arguments;
    locals.resize(happening.locals.size());
    plain::Evaluator evaluator(world, View{&from.data}, std::move(locals));
    const bool enabled = evaluator.truth(*happening.when);
    if (!enabled && !evaluator.failed()) return;
    Run run = scratch;
    run.label.event = event;
    run.label.args = arguments;
    run.trouble = evaluator.trouble();
    if (enabled) {
      plain::Effects effects(world, run.data, run.trouble);
      if (happening.act >= 0) effects.spend(happening.act);
      effects.fire(event, arguments, happening.origin.span);
    }
    add(std::move(run), successors);
  };
  bind_next();
}

Interpreter::Interpreter(const model::Model& model, const model::Layout& layout)
    : impl_(std::make_unique<Impl>(model, layout)) {}
Interpreter::~Interpreter() = default;

void Interpreter::look_with(std::function<void()> look) { impl_->pace.look_with(std::move(look)); }

std::optional<std::vector<Configuration>> Interpreter::initial(std::size_t limit) const {
  return started(nullptr, limit);
}

std::vector<Configuration> Interpreter::initial_like(const State& data) const {
  constexpr std::size_t kMostWays = 100'000;  // that actors may have begun
  return started(&data, kMostWays).value_or(std::vector<Configuration>());
}

std::vector<Configuration> Interpreter::initial_with(const State& data) const {
  std::vector<Configuration> found;
  for (Configuration& one : initial_like(data))
    if (one.data == data) found.push_back(std::move(one));
  return found;
}

std::optional<std::vector<Configuration>> Interpreter::started(const State* like,
                                                               std::size_t limit) const {
  const plain::World& world = impl_->world;
  auto states = plain::cold_states(world, limit, like);
  if (!states) return std::nullopt;
  const int instances = static_cast<int>(world.layout.instances().size());
  std::vector<Configuration> found;
  for (State& state : *states) {
    Run fresh;
    fresh.data = std::move(state);
    fresh.control.tasks.resize(instances);
    Runs runs;
    runs.push_back(std::move(fresh));
    for (int i = 0; i < instances; ++i) {
      if (!plain::starts_in(impl_->actor(i), 1)) continue;
      Runs started;
      for (Run& run : runs) {
        run.instance = i;
        plain::start(world, run.control, i);
        Runs settled = plain::settle(world, run);
        // There is no step yet that could be blamed: what goes wrong before the first shared action
        // is left to the instance's first step.
        if (std::any_of(settled.begin(), settled.end(), [](const Run& r) { return r.over(); })) {
          settled.clear();
          settled.push_back(run);
        }
        std::move(settled.begin(), settled.end(), std::back_inserter(started));
        if (started.size() + found.size() > limit) return std::nullopt;
      }
      runs = std::move(started);
    }
    for (Run& run : runs) {
      plain::update_latches(world, run.data, run.control);
      found.push_back(
          {std::move(run.data), std::make_shared<const Control>(std::move(run.control))});
    }
  }
  return found;
}

std::vector<Successor> Interpreter::successors(const Configuration& from) const {
  std::vector<Successor> found;
  for (std::size_t i = 0; i < from.control->tasks.size(); ++i)
    impl_->steps_of(from, static_cast<int>(i), found);
  for (std::size_t e = 0; e < impl_->world.model.events.size(); ++e)
    impl_->happenings(from, static_cast<int>(e), found);
  return found;
}

std::vector<int> Interpreter::positions(const Configuration& at) const {
  std::vector<int> found;
  for (const plain::Task& task : at.control->tasks) {
    const Next next = plain::next_of(task);
    found.push_back(next.stmt ? next.stmt->id : -1);
  }
  return found;
}

std::string Interpreter::key(const Configuration& at) const {
  std::string key(reinterpret_cast<const char*>(at.data.data()), at.data.size() * sizeof(Value));
  for (plain::Task task : at.control->tasks) {
    for (plain::Frame& frame : task.frames)  // what is no longer read is no difference
      if (frame.mode == plain::Mode::Running) plain::forget_dead_locals(frame);
    plain::append_key(task, key);
  }
  return key;
}

bool Interpreter::ended(const Configuration& at, int instance) const {
  return at.control->tasks[instance].frames.empty();
}

bool Interpreter::blocked(const Configuration& at, int instance) const {
  const plain::Task& task = at.control->tasks[instance];
  if (task.frames.size() < 2 || impl_->stopped(at.data, instance)) return false;
  const Next next = plain::next_of(task);
  if (next.kind != Next::Kind::Statement) return false;
  switch (next.stmt->kind) {
    case model::StmtKind::Wait:
    case model::StmtKind::Lock:
    case model::StmtKind::With:
    case model::StmtKind::Pick:
      break;
    default:
      return false;
  }
  return plain::act(impl_->world, impl_->begin(at, instance)).empty();
}

bool Interpreter::bad_state(int property, const Configuration& at, Value* element) const {
  const model::Property& asked = impl_->world.model.properties[property];
  if (asked.kind != model::PropertyKind::Safety || asked.moment != model::Moment::EveryState)
    return false;
  return plain::violated(impl_->world, asked, View{&at.data, at.control.get()}, at.data, element);
}

bool Interpreter::bad_step(int property, const Configuration& from, const Successor& step,
                           Value* element) const {
  const plain::World& world = impl_->world;
  const model::Property& asked = world.model.properties[property];
  if (asked.kind != model::PropertyKind::Safety || step.fault != Fault::None ||
      step.scope_exhausted)
    return false;
  const View before{&from.data, from.control.get()};
  const View after{&step.next.data, step.next.control.get(), &from.data, from.control.get()};
  switch (asked.moment) {
    case model::Moment::EveryState:
      return false;
    case model::Moment::Step:
      return plain::violated(world, asked, after, from.data, element);
    case model::Moment::Kexec:
      return step.label.stmt >= 0 &&
             world.model.statement_by_id[step.label.stmt]->kind == model::StmtKind::Kexec &&
             plain::violated(world, asked, before, from.data, element);
    case model::Moment::Enter:
    case model::Moment::Return:
      return std::any_of(step.passages.begin(), step.passages.end(),
                         [&](const Passage& p) { return plain::looks_at(world, asked, p); }) &&
             plain::violated(world, asked, after, step.next.data, element);
  }
  return false;
}

bool Interpreter::holds(const model::Expr& expr, const Configuration& at) const {
  plain::Evaluator evaluator(impl_->world, View{&at.data, at.control.get()}, {});
  return evaluator.truth(expr);
}

}  // namespace luproof::checker
