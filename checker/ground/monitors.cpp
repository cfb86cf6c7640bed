// SPDX-License-Identifier: GPL-2.0-or-later
// Claims, properties and initial values, as terms.
#include <algorithm>

#include "checker/ground/grounder.h"

namespace luproof::checker {

using model::Life;
using model::Moment;
using model::Part;

bool Grounder::touches(const std::unordered_map<int, Term>& updates,
                       const std::vector<char>& support) const {
  return std::any_of(updates.begin(), updates.end(), [&](const auto& update) {
    return static_cast<std::size_t>(update.first) < support.size() && support[update.first];
  });
}

// What a claim's `from` and `until` look at: only a step that writes it can latch or let go.
void Grounder::claim_support() {
  const StepState plain(s_);
  for (const model::Claim& claim : m_.claims) {
    std::vector<char> support(s_.slots.size(), 0);
    for (const Value v : e_.elements(claim.sort)) {
      Env env;
      env.state = &plain;
      env.bind(0, t_.constant(v));
      std::vector<FaultCase> faults;
      t_.support(e_.value(*claim.from, env, t_.truth(true), faults), support);
      if (claim.until) t_.support(e_.value(*claim.until, env, t_.truth(true), faults), support);
      for (const FaultCase& f : faults) t_.support(f.condition, support);
      t_.support(e_.alive(claim.sort, v, plain), support);
    }
    claim_support_.push_back(std::move(support));
  }
}

void Grounder::latches(StepState& state, bool all) {
  const StepState after = state;
  const Term kernel = after.read(layout_.find(Part::Kernel, -1)->base);
  for (std::size_t c = 0; c < m_.claims.size(); ++c) {
    if (!all && !touches(after.updates(), claim_support_[c])) continue;
    const model::Claim& claim = m_.claims[c];
    const int latch = layout_.find(Part::Latch, static_cast<int>(c))->base;
    const int since = layout_.find(Part::LatchKernel, static_cast<int>(c))->base;
    const int released = layout_.find(Part::Released, static_cast<int>(c))->base;
    const auto elements = e_.elements(claim.sort);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const int e = static_cast<int>(i);
      Env env;
      env.state = &after;
      env.bind(0, t_.constant(elements[i]));
      auto holds = [&](const model::ExprPtr& expr) {
        std::vector<FaultCase> faults;
        Term value = e_.value(*expr, env, t_.truth(true), faults);
        for (const FaultCase& f : faults) value = t_.conj(value, t_.negate(f.condition));
        return value;
      };
      const Term living = e_.alive(claim.sort, elements[i], after);
      const Term latched = after.read(latch + e);
      const Term until = claim.until ? holds(claim.until) : t_.truth(false);
      const Term starts = t_.conj(t_.conj(living, t_.negate(latched)),
                                  t_.conj(t_.negate(until), holds(claim.from)));
      const Term ends = t_.conj(latched, t_.disj(until, t_.negate(living)));
      const Term handed_back =
          t_.conj(t_.conj(latched, living), t_.conj(until, t_.lt(after.read(since + e), kernel)));
      state.write(latch + e, t_.disj(starts, t_.conj(latched, t_.negate(ends))));
      state.write(since + e,
                  t_.ite(starts, kernel, t_.ite(ends, t_.constant(0), after.read(since + e))));
      state.write(released + e, t_.disj(after.read(released + e), handed_back));
      for (std::size_t s = 0; s < m_.samples.size(); ++s) {
        if (m_.samples[s].claim != static_cast<int>(c)) continue;
        std::vector<FaultCase> faults;
        Term value = e_.value(*m_.samples[s].expr, env, t_.truth(true), faults);
        for (const FaultCase& f : faults) value = t_.ite(f.condition, t_.constant(0), value);
        const int slot = layout_.find(Part::Sampled, static_cast<int>(s))->base + e;
        state.write(slot, t_.ite(starts, value, t_.ite(ends, t_.constant(0), after.read(slot))));
      }
    }
  }
}

Term Grounder::violated(const model::Property& property, const StepState& now,
                        const StepState& before, const StepState& latched,
                        std::vector<Term>* by_element, Term* bound) {
  Term result = t_.truth(false);
  for (const model::Clause& clause : property.clauses) {
    auto look = [&](Term element, Term when) {
      Env env;
      env.state = &now;
      env.before = &before;
      env.latched = &latched;
      env.claim = clause.claim;
      env.element = element;
      env.samples = &clause.samples;
      if (clause.local >= 0) env.bind(clause.local, element);
      std::vector<FaultCase> faults;
      Term bad = -1;
      {
        const Recording silence(e_, nullptr);  // nobody looks where nothing is bound
        bad = e_.value(*clause.bad, env, t_.truth(true), faults);
      }
      if (e_.recording()) {
        std::vector<FaultCase> again;
        e_.value(*clause.bad, env, when, again);
      }
      if (bound) *bound = t_.disj(*bound, when);
      for (const FaultCase& f : faults) bad = t_.disj(bad, f.condition);
      bad = t_.conj(bad, when);
      result = t_.disj(result, bad);
      if (by_element) by_element->push_back(bad);
    };
    if (clause.claim >= 0) {
      const int base = layout_.find(Part::Latch, clause.claim)->base;
      const auto elements = e_.elements(m_.claims[clause.claim].sort);
      for (std::size_t i = 0; i < elements.size(); ++i)
        look(t_.constant(elements[i]), latched.read(base + static_cast<int>(i)));
    } else if (!clause.set) {
      look(-1, t_.truth(true));
    } else {
      Env env;
      env.state = &now;
      std::vector<FaultCase> faults;
      for (const Member& m : e_.set(*clause.set, env, t_.truth(true), faults).members)
        look(m.value, m.in);
      for (const FaultCase& f : faults) result = t_.disj(result, f.condition);
    }
  }
  return result;
}

void Grounder::step_checks(Transition& transition, const Path& path) {
  const StepState before(s_);
  for (std::size_t p = 0; p < m_.properties.size(); ++p) {
    const model::Property& property = m_.properties[p];
    if (property.kind != model::PropertyKind::Safety || property.moment == Moment::EveryState)
      continue;
    Term when = t_.truth(false);
    if (property.moment == Moment::Step) when = t_.truth(true);
    if (property.moment == Moment::Kexec) when = t_.truth(transition.kexec);
    for (const Passing& passing : path.passings) {
      if (passing.procedure != property.procedure) continue;
      if (property.moment == Moment::Enter && !passing.returned) when = t_.truth(true);
      if (property.moment != Moment::Return || !passing.returned) continue;
      const Term zero =
          passing.result < 0 ? t_.truth(false) : t_.eq(passing.result, t_.constant(0));
      using Filter = model::Property::Filter;
      if (property.filter == Filter::Any)
        when = t_.truth(true);
      else if (passing.result >= 0)
        when = t_.disj(when, property.filter == Filter::Success ? zero : t_.negate(zero));
    }
    if (t_.is_false(when)) continue;
    const bool at_kexec = property.moment == Moment::Kexec;
    const StepState& now = at_kexec ? before : path.state;
    const StepState& latched = property.moment == Moment::Step || at_kexec ? before : path.state;
    std::vector<Note> met;
    noting(met, [&] {
      Term bound = t_.truth(false);
      const Term bad = t_.conj(when, violated(property, now, before, latched, nullptr, &bound));
      e_.note(Watch::What::Property, static_cast<int>(p), bound);
      if (!t_.is_false(bad)) transition.checks.push_back({static_cast<int>(p), bad});
    });
    for (const Note& n : met) transition.notes.push_back({n.key, t_.conj(when, n.when)});
  }
}

void Grounder::properties() {
  const StepState plain(s_);
  const Recording recording(e_, &s_.state_notes);
  for (std::size_t c = 0; c < m_.claims.size(); ++c) {
    const model::Component& latch = *layout_.find(Part::Latch, static_cast<int>(c));
    for (int i = 0; i < latch.size; ++i)
      e_.note(Watch::What::Claim, static_cast<int>(c), s_.slot(latch.base + i));
  }
  s_.bad_for.resize(m_.properties.size());
  for (std::size_t p = 0; p < m_.properties.size(); ++p) {
    const model::Property& property = m_.properties[p];
    auto closed = [&](const model::ExprPtr& expr) {
      if (!expr) return -1;
      Env env;
      env.state = &plain;
      std::vector<FaultCase> faults;
      Term value = e_.value(*expr, env, t_.truth(true), faults);
      for (const FaultCase& f : faults) value = t_.conj(value, t_.negate(f.condition));
      return value;
    };
    s_.from.push_back(closed(property.from));
    s_.to.push_back(closed(property.to));
    const bool safety = property.kind == model::PropertyKind::Safety;
    const bool in_states = safety && property.moment == Moment::EveryState;
    Term bound = safety ? t_.truth(false) : property.from ? s_.from.back() : t_.truth(true);
    s_.bad.push_back(in_states ? violated(property, plain, plain, plain, &s_.bad_for[p], &bound)
                               : -1);
    if (s_.watch && (in_states || !safety))
      e_.note(Watch::What::Property, static_cast<int>(p), bound);
  }
}

void Grounder::initial_values() {
  StepState state(s_);
  s_.initial.assign(s_.slots.size(), std::nullopt);
  std::vector<char> free(s_.slots.size(), 0), done(m_.cells.size(), 0);
  for (const model::Component& c : layout_.components()) {
    Value value = c.low;
    if (c.part == Part::Budget) value = m_.acts[c.owner].allowed ? m_.acts[c.owner].at_most : 0;
    for (int i = 0; i < c.size; ++i) state.write(c.base + i, t_.constant(value));
  }
  std::function<void(const model::Expr&)> needs;
  std::function<void(std::size_t)> cell = [&](std::size_t c) {
    if (done[c]) return;
    done[c] = 1;
    const model::Cell& declared = m_.cells[c];
    if (declared.kind != model::CellKind::Data && declared.kind != model::CellKind::Refcount)
      return;
    if (declared.life == Life::Handover) return;
    if (declared.cold) needs(*declared.cold);
    const model::Component& values = *layout_.find(Part::Value, static_cast<int>(c));
    for (int row = 0; row < values.size; ++row) {
      std::vector<Value> indices(declared.index.size());
      int rest = row;
      bool dead = false;
      for (std::size_t k = indices.size(); k-- > 0;) {
        indices[k] = m_.sorts[declared.index[k]].first + rest % values.dims[k] + 1;
        rest /= values.dims[k];
        dead = dead || m_.sorts[m_.base_sort(declared.index[k])].pool;
      }
      const int slot = values.base + row;
      if (dead) {
        if (declared.cold && !declared.cold_any && declared.cold->op == model::Op::Const)
          state.write(slot, t_.constant(declared.cold->value));
        continue;
      }
      const bool of_function =
          declared.index.size() == 1 && m_.base_sort(declared.index[0]) == model::kFunction;
      if (const auto first =
              of_function ? m_.first_value(declared, indices[0] - 1) : std::nullopt) {
        if (first->low == first->high) {
          state.write(slot, t_.constant(first->low));
          continue;
        }
        free[slot] = 1;
        s_.first[slot] = {first->low, first->high};
        state.write(slot, s_.slot(slot));
        continue;
      }
      if (declared.cold_any) {
        // A reference into a pool is none at the start: nothing lives yet.
        const bool pool = declared.type.kind == model::Type::Kind::Ref &&
                          m_.sorts[m_.base_sort(declared.type.id)].pool;
        if (pool) continue;
        free[slot] = 1;
        state.write(slot, s_.slot(slot));
        if (declared.type.kind == model::Type::Kind::Ref) {
          const model::Sort& sort = m_.sorts[declared.type.id];
          s_.first[slot] = {0, sort.first + sort.size};
          const Term none = t_.eq(s_.slot(slot), t_.constant(0));
          s_.assumptions.push_back(t_.disj(none, t_.lt(t_.constant(sort.first), s_.slot(slot))));
        }
      } else if (declared.cold) {
        Env env;
        env.state = &state;
        for (std::size_t k = 0; k < indices.size(); ++k)
          env.bind(static_cast<int>(k), t_.constant(indices[k]));
        std::vector<FaultCase> ignored;
        const Term value = e_.value(*declared.cold, env, t_.truth(true), ignored);
        state.write(slot, value);
      }
    }
  };
  needs = [&](const model::Expr& e) {
    if (e.op == model::Op::Cell || e.op == model::Op::SetCell) cell(e.ref);
    if (e.op == model::Op::Define) needs(*m_.defines[e.ref].body);
    for (const auto& kid : e.kids) needs(*kid);
  };
  for (std::size_t c = 0; c < m_.cells.size(); ++c) cell(c);
  for (const model::Assumption& a : m_.assumptions) {
    Env env;
    env.state = &state;
    std::vector<FaultCase> faults;
    Term value = e_.value(*a.expr, env, t_.truth(true), faults);
    for (const FaultCase& f : faults) value = t_.conj(value, t_.negate(f.condition));
    s_.assumptions.push_back(value);
  }
  for (const model::ExprPtr& expr : m_.machine) {
    Env env;
    env.state = &state;
    std::vector<FaultCase> none;
    s_.assumptions.push_back(e_.value(*expr, env, t_.truth(true), none));
  }
  latches(state, true);
  for (const auto& [slot, value] : state.updates()) {
    if (free[slot] && value == s_.slot(slot)) continue;
    if (t_[value].op == TermOp::Const)
      s_.initial[slot] = t_[value].value;
    else
      s_.initial_terms.emplace_back(slot, value);
  }
  std::sort(s_.initial_terms.begin(), s_.initial_terms.end());
}

namespace {

std::vector<int> free_slots(const System& system) {
  std::vector<int> free;
  std::vector<char> derived(system.slots.size(), 0);
  for (const auto& [slot, value] : system.initial_terms) derived[slot] = 1;
  for (int s = 0; s < system.data_slots(); ++s)
    if (!system.initial[s] && !derived[s]) free.push_back(s);
  return free;
}

}  // namespace

std::size_t count_starts(const System& system, std::size_t limit) {
  std::size_t count = 1;
  for (const int slot : free_slots(system)) {
    const SlotRange range = system.at_start(slot);
    const std::size_t values = static_cast<std::size_t>(std::int64_t{range.high} - range.low + 1);
    if (values > limit / count) return limit;
    count *= values;
  }
  return count;
}

std::optional<std::vector<State>> initial_states(const System& system, std::size_t limit) {
  const std::vector<int> free = free_slots(system);
  State state(system.slots.size(), 0);
  for (std::size_t s = 0; s < state.size(); ++s)
    state[s] = system.initial[s].value_or(system.at_start(static_cast<int>(s)).low);
  std::vector<State> all;
  std::size_t tried = 0;
  while (true) {
    if (++tried > limit) return std::nullopt;
    State full = state;
    for (const auto& [slot, value] : system.initial_terms)
      full[slot] = system.terms.evaluate(value, state);
    bool allowed = true;
    for (const Term a : system.assumptions) allowed = allowed && system.terms.evaluate(a, state);
    if (allowed)
      for (const auto& start : system.starts) {
        State one = full;
        for (const auto& [slot, value] : start) one[slot] = value;
        all.push_back(std::move(one));
      }
    std::size_t k = 0;
    for (; k < free.size(); ++k) {
      const SlotRange range = system.at_start(free[k]);
      if (state[free[k]] < range.high) {
        ++state[free[k]];
        break;
      }
      state[free[k]] = range.low;
    }
    if (k == free.size()) return all;
  }
}

}  // namespace luproof::checker
