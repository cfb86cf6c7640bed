// SPDX-License-Identifier: GPL-2.0-or-later
// kexec as one transition, and how control starts: both follow from where each value lives.
#include <algorithm>

#include "checker/ground/grounder.h"

namespace luproof::checker {

using model::Cell;
using model::CellKind;
using model::Life;
using model::Part;

void Grounder::branch_any(const std::vector<std::pair<int, SlotRange>>& any, std::size_t next,
                          Path path, const Then& then) {
  if (next == any.size()) return then(std::move(path));
  for (Value v = any[next].second.low; v <= any[next].second.high && !ended_; ++v) {
    pace_.step();
    Path one = path;
    one.state.write(any[next].first, t_.constant(v));
    one.label.choices.push_back(v);
    branch_any(any, next + 1, std::move(one), then);
  }
}

// Instances of life kernel and userspace begin anew, one after the other.
void Grounder::restart(std::size_t instance, Path path, bool first_kernel, const Then& then) {
  if (instance == layout_.instances().size()) return then(std::move(path));
  const model::Actor& actor = m_.actors[layout_.instances()[instance].actor];
  const bool goes_on = !first_kernel && !dies(static_cast<int>(instance));
  auto rest = [&](Path ready, int to) {
    if (to >= 0) {
      ready.state.write(s_.point_slot[instance], t_.constant(to));
      if (discovered_[instance].insert(to).second)
        open_.emplace_back(static_cast<int>(instance), to);
    }
    restart(instance + 1, std::move(ready), first_kernel, then);
  };
  if (goes_on && (actor.in == model::Kernels::Every || m_.kernels == 1))
    return rest(std::move(path), -1);
  if (goes_on) {
    // What is neither kernel nor userspace goes on, unless its kernels begin or end here.
    const Term second =
        t_.eq(path.state.read(layout_.find(Part::Kernel, -1)->base), t_.constant(2));
    Path later = path;
    later.guard = t_.conj(later.guard, t_.negate(second));
    if (!t_.is_false(later.guard)) rest(std::move(later), -1);
    path.guard = t_.conj(path.guard, second);
    if (t_.is_false(path.guard)) return;
    const auto& columns = s_.programs[layout_.instances()[instance].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      path.state.write(s_.column_slot[instance] + static_cast<int>(c), t_.constant(0));
  }
  if (!starts_in(actor, first_kernel)) return rest(std::move(path), 0);
  arrive(static_cast<int>(instance), s_.programs[layout_.instances()[instance].actor].entry,
         std::move(path), 0, rest);
}

void Grounder::boot_cells(StepState& after, const StepState& before, Path& path,
                          std::vector<std::pair<int, SlotRange>>& any) {
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    const Cell& cell = m_.cells[c];
    const model::Component* values = layout_.find(Part::Value, static_cast<int>(c));
    if (cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock) {
      for (const Part part : {Part::Value, Part::Readers, Part::Queued})
        if (const model::Component* component = layout_.find(part, static_cast<int>(c)))
          for (int i = 0; i < component->size; ++i)
            after.write(component->base + i, t_.constant(component->low));
      continue;
    }
    if (cell.life != Life::Kernel && cell.life != Life::Userspace) continue;
    const bool set = cell.kind == CellKind::List || cell.kind == CellKind::Set;
    const int width = set ? values->dims.back() : 1;
    for (int row = 0; row < values->size; row += width) {
      std::vector<Value> indices(cell.index.size());
      int rest = row / width;
      for (std::size_t k = cell.index.size(); k-- > 0;) {
        indices[k] = m_.sorts[cell.index[k]].first + rest % values->dims[k] + 1;
        rest /= values->dims[k];
      }
      Term living = t_.truth(true);
      for (std::size_t k = 0; k < indices.size(); ++k)
        living = t_.conj(living, e_.alive(cell.index[k], indices[k], after));
      Env env;
      env.state = &before;
      for (std::size_t k = 0; k < indices.size(); ++k)
        env.bind(static_cast<int>(k), t_.constant(indices[k]));
      const model::ExprPtr& source = cell.has_boot ? cell.boot : cell.cold;
      const Term reach = t_.conj(path.guard, living);
      Term fallback = t_.constant(values->low);
      if (cell.cold && !cell.cold_any && cell.cold->op == model::Op::Const)
        fallback = t_.constant(cell.cold->value);
      if (set) {
        const SetTerm members = source ? e_.set(*source, env, reach, path.faults) : SetTerm{};
        for (int k = 0; k < width; ++k) {
          const Value self = m_.sorts[cell.type.id].first + k + 1;
          const Term rank =
              cell.kind == CellKind::List ? e_.place(members, self) : e_.contains(members, self);
          after.write(values->base + row + k, t_.ite(living, rank, t_.constant(0)));
        }
        if (source)
          x_.fail(path, e_.stranger(members, cell.type.id, reach), Fault::WrongKind, source->span);
        continue;
      }
      if (cell.has_boot ? cell.boot_any : cell.cold_any) {
        after.write(values->base + row, t_.constant(values->low));
        any.emplace_back(values->base + row, SlotRange{values->low, values->high});
        continue;
      }
      Term value = source ? e_.value(*source, env, reach, path.faults) : t_.constant(values->low);
      const Term wrong = t_.conj(reach, t_.disj(t_.lt(value, t_.constant(values->low)),
                                                t_.lt(t_.constant(values->high), value)));
      if (source) x_.fail(path, wrong, Fault::OutOfRange, source->span);
      after.write(values->base + row, t_.ite(living, value, fallback));
    }
  }
}

void Grounder::kexec(const Action& action, int instance, Path path, const Then& then) {
  const int kernel = layout_.find(Part::Kernel, -1)->base;
  const Term number = path.state.read(kernel);
  path.kexec = true;
  path.guard = t_.conj(path.guard, t_.lt(number, t_.constant(m_.kernels)));
  if (t_.is_false(path.guard)) return;
  Term carries = t_.truth(true);
  if (!action.stmt->values.empty() && action.stmt->values[0]) {
    Env env;
    env.instance = instance;
    env.state = &path.state;
    env.frame = &s_.programs[layout_.instances()[instance].actor].frames[action.frame];
    carries = e_.value(*action.stmt->values[0], env, path.guard, path.faults);
  }
  StepState& after = path.state;
  for (std::size_t c = 0; c < m_.cells.size(); ++c) {
    if (m_.cells[c].life != Life::Handover) continue;
    auto move = [&](Part from, Part to) {
      const model::Component& out = *layout_.find(from, static_cast<int>(c));
      const model::Component& in = *layout_.find(to, static_cast<int>(c));
      for (int i = 0; i < out.size; ++i) {
        after.write(in.base + i, t_.ite(carries, after.read(out.base + i), t_.constant(out.low)));
        after.write(out.base + i, t_.constant(out.low));
      }
    };
    move(Part::OutPresent, Part::InPresent);
    move(Part::OutValue, Part::InValue);
    const model::Component& restored = *layout_.find(Part::InRestored, static_cast<int>(c));
    for (int i = 0; i < restored.size; ++i) after.write(restored.base + i, t_.constant(0));
  }
  after.write(kernel, t_.add(number, t_.constant(1)));
  const StepState before = after;

  // Pool elements live on if something that survives refers to them.
  for (std::size_t sort = 0; sort < m_.sorts.size(); ++sort) {
    const model::Component* alive = layout_.find(Part::Alive, static_cast<int>(sort));
    if (!alive) continue;
    for (int i = 0; i < alive->size; ++i) {
      Term kept = t_.truth(false);
      for (std::size_t c = 0; c < m_.cells.size(); ++c) {
        const Cell& cell = m_.cells[c];
        const bool handed = cell.life == Life::Handover;
        if (cell.type.kind != model::Type::Kind::Ref || cell.type.id < 0 ||
            m_.base_sort(cell.type.id) != static_cast<int>(sort))
          continue;
        if (!handed && cell.life != Life::Hardware && cell.life != Life::Guest) continue;
        const model::Component& values =
            *layout_.find(handed ? Part::InValue : Part::Value, static_cast<int>(c));
        const bool set = cell.kind == CellKind::List || cell.kind == CellKind::Set;
        const int width = set ? values.dims.back() : 1;
        for (int row = 0; row < values.size; row += width) {
          const Term present =
              handed ? before.read(layout_.find(Part::InPresent, static_cast<int>(c))->base +
                                   row / width)
                     : t_.truth(true);
          const Term refers =
              set ? t_.negate(t_.eq(before.read(values.base + row + i), t_.constant(0)))
                  : t_.eq(before.read(values.base + row), t_.constant(i + 1));
          kept = t_.disj(kept, t_.conj(present, refers));
        }
      }
      // What refers to a dead one keeps its name from being given again, and does not revive it.
      after.write(alive->base + i, t_.conj(kept, before.read(alive->base + i)));
      x_.clear_element(static_cast<int>(sort), i + 1, t_.negate(kept), after);
    }
  }
  std::vector<std::pair<int, SlotRange>> any;
  boot_cells(after, before, path, any);
  after.write(layout_.find(Part::Panicked, -1)->base, t_.constant(0));
  for (std::size_t i = 0; i < layout_.instances().size(); ++i) {
    if (!dies(static_cast<int>(i))) continue;
    const auto& columns = s_.programs[layout_.instances()[i].actor].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      after.write(s_.column_slot[i] + static_cast<int>(c), t_.constant(0));
  }
  path.name_faults();
  branch_any(any, 0, std::move(path),
             [&](Path booted) { restart(0, std::move(booted), false, then); });
}

}  // namespace luproof::checker
