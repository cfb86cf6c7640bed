// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ground/grounder.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/ground/fuse.h"

namespace luproof::checker {

using model::Life;
using model::Part;

namespace {
constexpr int kMaximumEager = 1500;  // local actions in one step; beyond it is an endless loop
constexpr std::size_t kMaximumTransitions = 400'000;
}  // namespace

int System::position(const State& state, int instance) const {
  const int point = state[point_slot[instance]];
  const model::Stmt* stmt = programs[layout->instances()[instance].actor].points[point].stmt;
  return stmt ? stmt->id : -1;
}

bool Grounder::starts_in(const model::Actor& actor, bool first_kernel) const {
  return actor.in == model::Kernels::Every || (actor.in == model::Kernels::Old) == first_kernel;
}

bool Grounder::dies(int instance) const {
  const Life life = m_.actors[layout_.instances()[instance].actor].life;
  return life == Life::Kernel || life == Life::Userspace;
}

void Grounder::allocate() {
  s_.slots.resize(layout_.slots());
  for (const model::Component& c : layout_.components())
    for (int i = 0; i < c.size; ++i) s_.slots[c.base + i] = {c.low, c.high};
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    if (m_.cells[c].of_topology == model::Cell::OfTopology::No) continue;
    const model::Component& values = *layout_.find(Part::Value, static_cast<int>(c));
    for (int i = 0; i < values.size; ++i)
      if (const auto first = m_.first_value(m_.cells[c], i))
        s_.slots[values.base + i] = {first->low, first->high};
  }
  for (const auto& instance : layout_.instances()) {
    const Program& program = s_.programs[instance.actor];
    s_.point_slot.push_back(static_cast<int>(s_.slots.size()));
    s_.slots.push_back({0, static_cast<Value>(program.points.size()) - 1});
    s_.column_slot.push_back(static_cast<int>(s_.slots.size()));
    for (const Column& c : program.columns) s_.slots.push_back({c.low, c.high});
  }
  s_.at.resize(layout_.instances().size());
  discovered_.resize(layout_.instances().size());
  for (std::size_t i = 0; i < layout_.instances().size(); ++i)
    s_.at[i].resize(s_.programs[layout_.instances()[i].actor].points.size());
}

void Grounder::follow(int instance, const Edge& edge, std::size_t action, Path path, int depth,
                      const std::function<void(Path, int)>& at_rest) {
  if (ended_) return;
  if (stack_.near()) {  // by returns: to throw through so much stack is more than ASan follows
    s_.unfinished = "too long a step";
    ended_ = true;
    return;
  }
  pace_.step();
  path.name_faults();
  if (action == edge.actions.size())
    return arrive(instance, edge.to, std::move(path), depth + 1, at_rest);
  const Action& a = edge.actions[action];
  std::vector<Note> met;  // of this action
  auto go_on = [&](Path next, const auto& with) {
    const Recording elsewhere(e_, nullptr);
    next.notes.insert(next.notes.end(), met.begin(), met.end());
    with(std::move(next));
  };
  const Recording recording(e_, &met);
  if (a.act == Act::Kexec)
    return kexec(a, instance, std::move(path), [&](Path next) {
      go_on(std::move(next), [&](Path ready) { at_rest(std::move(ready), -1); });
    });
  x_.perform(a, instance, std::move(path), [&](Path next) {
    go_on(std::move(next), [&](Path ready) {
      follow(instance, edge, action + 1, std::move(ready), depth, at_rest);
    });
  });
}

void Grounder::at(const Point& point, Path& path) {
  if (!s_.watch || !point.stmt) return;
  noting(path.notes, [&] { e_.note(Watch::What::Statement, point.stmt->id, path.guard); });
}

// An actor that waits looks at its condition and takes no step.
void Grounder::note_waiting(const Point& point, const Path& path, int instance) {
  if (!s_.watch || !point.stmt || point.stmt->kind != model::StmtKind::Wait) return;
  for (Action action : point.edges[0].actions) {
    action.flag = true;
    Path waiting = path;
    noting(s_.state_notes,
           [&] { x_.perform(action, instance, std::move(waiting), [](const Path&) {}); });
  }
}

void Grounder::arrive(int instance, int point, Path path, int depth,
                      const std::function<void(Path, int)>& at_rest) {
  const Program& program = s_.programs[layout_.instances()[instance].actor];
  const Point& p = program.points[point];
  if (path.exhausted || point == 0 || p.step) return at_rest(std::move(path), point);
  at(p, path);
  if (depth > kMaximumEager) {
    const model::Stmt* where = p.stmt;  // a point between two statements has none
    for (const Edge& edge : p.edges)
      if (!where) where = program.points[edge.to].stmt;
    x_.fail(path, path.guard, Fault::EndlessLoop, where ? where->span : model::Span{});
    path.name_faults();
    return at_rest(std::move(path), 0);
  }
  for (const Edge& edge : p.edges) follow(instance, edge, 0, path, depth, at_rest);
}

void Grounder::emit_faults(const Path& path, int instance, int from) {
  for (std::size_t i = 0; i < path.faults.size(); ++i) {
    const FaultCase& f = path.faults[i];
    // A fault happens only where no earlier one of the step did.
    Term guard = f.condition;
    for (std::size_t k = 0; k < i; ++k) guard = t_.conj(guard, t_.negate(path.faults[k].condition));
    if (t_.is_false(guard) ||
        !seen_faults_.emplace(instance, from, guard, static_cast<int>(f.fault)).second)
      continue;
    Transition t;
    t.labels = {path.fault_labels[i]};
    t.args = {path.args};
    t.instance = instance;
    t.from = from;
    t.guard = t.unguarded = guard;
    t.fault = f.fault;
    t.fault_span = f.span;
    t.notes.assign(path.notes.begin(),
                   path.notes.begin() + static_cast<std::ptrdiff_t>(path.fault_notes[i]));
    t.weight = weight_of(m_, t.labels[0]);
    pace_.add(t);
    s_.transitions.push_back(std::move(t));
  }
}

void Grounder::finish(Path path, int instance, int from, int to) {
  if (s_.transitions.size() > kMaximumTransitions) {
    if (!ended_)
      diagnostics_.error(model::Span{}, "the model has more than 400,000 ground transitions",
                         "use a smaller topology or fewer copies");
    ended_ = true;
    return;
  }
  path.name_faults();
  emit_faults(path, instance, from);
  const Term unguarded = path.guard;
  for (const FaultCase& f : path.faults) path.guard = t_.conj(path.guard, t_.negate(f.condition));
  if (t_.is_false(path.guard)) return;
  if (instance >= 0 && to >= 0) {
    path.state.write(s_.point_slot[instance], t_.constant(to));
    if (discovered_[instance].insert(to).second) open_.emplace_back(instance, to);
  }
  noting(path.notes, [&] { latches(path.state, false); });
  Transition t;
  t.labels = {path.label};
  t.args = {path.args};
  t.instance = instance;
  t.from = from;
  t.to = to;
  t.guard = path.guard;
  t.unguarded = unguarded;
  t.passings = path.passings;
  t.kexec = path.kexec;
  t.exhausted = path.exhausted;
  t.weight = weight_of(m_, path.label);
  if (path.label.event >= 0)
    t.environment = m_.events[path.label.event].act >= 0;
  else if (path.label.stmt >= 0)
    t.environment = m_.statement_by_id[path.label.stmt]->kind == model::StmtKind::MayFail &&
                    !path.label.choices.empty() && path.label.choices[0] == 1;
  step_checks(t, path);
  for (const auto& [slot, value] : path.state.updates())
    if (value != s_.slot(slot)) t.updates.emplace_back(slot, value);
  std::sort(t.updates.begin(), t.updates.end());
  t.notes.insert(t.notes.end(), path.notes.begin(), path.notes.end());
  pace_.add(t);
  s_.transitions.push_back(std::move(t));
}

void Grounder::expand(int instance, int point) {
  const Program& program = s_.programs[layout_.instances()[instance].actor];
  const Point& p = program.points[point];
  if (point == 0) return;
  for (const Edge& edge : p.edges) {
    Path path(s_);
    path.guard = t_.eq(s_.slot(s_.point_slot[instance]), t_.constant(point));
    if (dies(instance))
      path.guard = t_.conj(path.guard, t_.negate(s_.slot(layout_.find(Part::Panicked, -1)->base)));
    path.label.instance = instance;
    path.label.stmt = p.stmt ? p.stmt->id : -1;
    at(p, path);
    noting(path.notes,
           [&] { e_.note(Watch::What::Actor, layout_.instances()[instance].actor, path.guard); });
    note_waiting(p, path, instance);
    follow(instance, edge, 0, std::move(path), 0,
           [&](Path next, int to) { finish(std::move(next), instance, point, to); });
  }
}

void Grounder::events() {
  for (std::size_t e = 0; e < m_.events.size(); ++e) {
    const model::Event& event = m_.events[e];
    if (!event.when || (event.act >= 0 && !m_.acts[event.act].allowed)) continue;
    std::vector<std::vector<Value>> bindings = {{}};
    for (int p = 0; p < event.parameters; ++p) {
      std::vector<std::vector<Value>> next;
      const model::Type& type = event.locals[p].type;
      std::vector<Value> values;
      if (type.kind == model::Type::Kind::Ref)
        values = e_.elements(type.id);
      else if (type.kind == model::Type::Kind::Bool)
        values = {0, 1};
      else if (type.kind == model::Type::Kind::Enum)
        for (std::size_t v = 0; v < m_.enums[type.id].values.size(); ++v)
          values.push_back(static_cast<Value>(v));
      else
        diagnostics_.error(
            event.origin.span,
            fmt::format("'{}' happens by itself and cannot take a number", event.name));
      for (const auto& binding : bindings)
        for (const Value v : values) {
          next.push_back(binding);
          next.back().push_back(v);
        }
      bindings = std::move(next);
    }
    for (const auto& binding : bindings) {
      Path path(s_);
      path.guard = t_.truth(true);
      path.label.event = static_cast<int>(e);
      path.label.args = binding;
      for (const Value v : binding) path.args.push_back(t_.constant(v));
      Env env;
      env.state = &path.state;
      for (std::size_t p = 0; p < binding.size(); ++p) {
        env.bind(static_cast<int>(p), t_.constant(binding[p]));
        const model::Type& type = event.locals[p].type;
        if (type.kind == model::Type::Kind::Ref)
          path.guard = t_.conj(path.guard, e_.alive(type.id, binding[p], path.state));
      }
      if (event.by == "kernel" || event.by == "userspace")
        path.guard =
            t_.conj(path.guard, t_.negate(s_.slot(layout_.find(Part::Panicked, -1)->base)));
      if (event.act >= 0) {
        const int slot = layout_.find(Part::Budget, event.act)->base;
        path.guard = t_.conj(path.guard, t_.lt(t_.constant(0), s_.slot(slot)));
      }
      noting(s_.state_notes, [&] {  // everybody looks at it, whether it happens or not
        path.guard = t_.conj(path.guard, e_.value(*event.when, env, path.guard, path.faults));
      });
      const Recording recording(e_, &path.notes);
      e_.note(Watch::What::Event, static_cast<int>(e), path.guard);
      e_.note(Watch::What::Act, event.act, path.guard);
      if (event.act >= 0) {
        const int slot = layout_.find(Part::Budget, event.act)->base;
        path.state.write(slot, t_.sub(s_.slot(slot), t_.constant(1)));
      }
      x_.body(event.body, env, path.state, path.guard, path.faults);
      finish(std::move(path), -1, -1, -1);
    }
  }
}

void Grounder::start_control() {
  Path path(s_);
  path.guard = t_.truth(true);
  for (int s = 0; s < layout_.slots(); ++s)
    if (s_.initial[s]) path.state.write(s, t_.constant(*s_.initial[s]));
  for (std::size_t i = 0; i < layout_.instances().size(); ++i) {
    path.state.write(s_.point_slot[i], t_.constant(0));
    const auto& columns = s_.programs[layout_.instances()[i].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      path.state.write(s_.column_slot[i] + static_cast<int>(c), t_.constant(0));
  }
  restart(0, std::move(path), true, [&](Path ready) {
    std::vector<std::pair<int, Value>> start;
    if (!ready.faults.empty()) {
      const FaultCase& first = ready.faults[0];
      diagnostics_.error(first.span,
                         fmt::format("an actor's code may end in {} before its first step",
                                     fault_name(first.fault)),
                         "let it take a step before");
      return;
    }
    bool open = !t_.is_true(ready.guard);
    for (const auto& [slot, value] : ready.state.updates())
      open = open || (slot >= layout_.slots() && t_[value].op != TermOp::Const);
    if (open) {
      diagnostics_.error(model::Span{},
                         "an actor's code before its first step depends on a given cell",
                         "let it read the cell in a step");
      return;
    }
    for (const auto& [slot, value] : ready.state.updates()) {
      if (slot < layout_.slots()) continue;
      start.emplace_back(slot, t_[value].value);
    }
    std::sort(start.begin(), start.end());
    s_.starts.push_back(std::move(start));
    s_.start_notes.insert(s_.start_notes.end(), ready.notes.begin(), ready.notes.end());
  });
}

void Grounder::run() {
  allocate();
  claim_support();
  noting(s_.start_notes, [&] { initial_values(); });
  start_control();
  while (!open_.empty() && !ended_) {
    const auto [instance, point] = open_.back();
    open_.pop_back();
    expand(instance, point);
  }
  events();
  properties();
  for (std::size_t i = 0; i < s_.transitions.size(); ++i) {
    const Transition& t = s_.transitions[i];
    if (t.instance < 0)
      s_.anywhere.push_back(static_cast<int>(i));
    else
      s_.at[t.instance][t.from].push_back(static_cast<int>(i));
  }
}

std::unique_ptr<System> ground(const model::Model& model, const model::Layout& layout,
                               const GroundOptions& options, model::Diagnostics& diagnostics) {
  auto system = std::make_unique<System>();
  system->model = &model;
  system->watch = options.watch;
  system->layout = &layout;
  system->compared = options.compared;
  system->programs = build_programs(model, diagnostics);
  if (!diagnostics.ok()) return nullptr;
  Pace pace(*system, options.limits);
  try {
    on_deep_stack([&] { Grounder(*system, pace, diagnostics).run(); });
    if (diagnostics.ok() && options.fuse && system->unfinished.empty()) fuse(*system, pace);
  } catch (const Ended& ended) {
    system->unfinished = ended.by;
  }
  system->compared = nullptr;
  if (!diagnostics.ok()) return nullptr;
  return system;
}

}  // namespace luproof::checker
