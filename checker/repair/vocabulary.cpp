// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/repair/vocabulary.h"

#include <algorithm>
#include <functional>
#include <set>

#include "checker/interpreter_evaluate.h"

namespace luproof::checker::repair {
namespace {

using model::Expr;
using model::ExprPtr;
using model::Op;
using model::Type;

constexpr Type kBool{Type::Kind::Bool, -1, 0, 1, false};
constexpr std::size_t kMostStates = 400;  // that conditions are told apart by
constexpr int kPlain = 0, kCell = 2, kLifted = 4, kNegated = 3;

ExprPtr make(Op op, std::vector<ExprPtr> kids, int ref = -1, Type type = kBool) {
  auto e = std::make_shared<Expr>();
  e->op = op;
  e->type = type;
  e->ref = ref;
  e->kids = std::move(kids);
  return e;
}
Type reference(int sort) { return Type{Type::Kind::Ref, sort, 0, 0, false}; }
ExprPtr local(int slot, int sort) { return make(Op::Local, {}, slot, reference(sort)); }

// Code may not read what only properties and claims may.
bool monitors(const model::Model& model, const ExprPtr& e, std::set<int>& seen) {
  if (!e) return false;
  if (e->op == Op::Was || e->op == Op::Old || e->op == Op::Idle || e->op == Op::Settled)
    return true;
  if ((e->op == Op::Cell || e->op == Op::SetCell) &&
      model.cells[static_cast<std::size_t>(e->ref)].life == model::Life::History)
    return true;
  if (e->op == Op::Define && seen.insert(e->ref).second &&
      monitors(model, model.defines[static_cast<std::size_t>(e->ref)].body, seen))
    return true;
  return std::any_of(e->kids.begin(), e->kids.end(),
                     [&](const ExprPtr& kid) { return monitors(model, kid, seen); });
}

}  // namespace

std::string Condition::of(const std::string& argument) const {
  std::string out;
  for (const char c : text) out += c == '$' ? argument : std::string(1, c);
  return out;
}

std::vector<Value> arguments(const model::Model& model, int sort) {
  if (sort < 0) return {0};
  std::vector<Value> all;
  const model::Sort& s = model.sorts[static_cast<std::size_t>(sort)];
  for (int i = 0; i < s.size; ++i) all.push_back(1 + s.first + i);
  return all;
}

bool is_true(const Condition& condition, const plain::World& world, const State& state,
             Value argument) {
  plain::View view;
  view.data = &state;
  plain::Evaluator evaluator(world, view, {argument, 0});
  const bool truth = evaluator.value(*condition.expr) != 0;
  return !evaluator.failed() && truth != condition.negated;
}

Vocabulary::Vocabulary(const model::Model& model, const model::Layout& layout,
                       const std::vector<const Run*>& runs)
    : model_(model), world_(model, layout) {
  std::set<State> seen;
  for (const Run* run : runs)
    for (const State& state : run->states)
      if (states_.size() < kMostStates && seen.insert(state).second) states_.push_back(state);
  gather();
}

void Vocabulary::add(std::string text, ExprPtr expr, int sort, int rank) {
  all_.push_back({std::move(text), std::move(expr), sort, false, rank});
}

void Vocabulary::gather() {
  for (std::size_t i = 0; i < model_.defines.size(); ++i) {
    const model::Define& d = model_.defines[i];
    std::set<int> seen;
    if (d.result.kind != Type::Kind::Bool || d.parameters > 1 || monitors(model_, d.body, seen))
      continue;
    const int id = static_cast<int>(i);
    if (d.parameters == 0)
      add(d.name, make(Op::Define, {}, id), -1, kPlain);
    else if (d.locals[0].type.kind == Type::Kind::Ref)
      add(d.name + "($)", make(Op::Define, {local(0, d.locals[0].type.id)}, id),
          d.locals[0].type.id, kPlain);
  }
  for (std::size_t i = 0; i < model_.cells.size(); ++i) {
    const model::Cell& c = model_.cells[i];
    const bool handover = c.life == model::Life::Handover;
    if (c.life == model::Life::History || c.index.size() > 1 ||
        c.of_topology != model::Cell::OfTopology::No)
      continue;
    if (!handover && (c.kind != model::CellKind::Data || c.type.kind != Type::Kind::Bool)) continue;
    const int sort = c.index.empty() ? -1 : c.index[0];
    std::vector<ExprPtr> at;
    if (sort >= 0) at.push_back(local(0, sort));
    const bool member = c.shown.find('.') != std::string::npos;
    std::string text = sort < 0 ? c.name : member ? "$." + c.name : c.name + "($)";
    if (handover) text = "handed(" + text + ")";
    add(std::move(text), make(handover ? Op::Handed : Op::Cell, std::move(at), static_cast<int>(i)),
        sort, kCell);
  }
  const std::size_t plain = all_.size();
  for (std::size_t i = 0; i < plain; ++i) lifted(Condition(all_[i]));
}

// Something below the argument: a function below a port, a VF of a PF.
void Vocabulary::lifted(const Condition& below) {
  if (below.sort != model::kFunction && below.sort != model::kVf) return;
  const auto of_member = [&](int slot) {
    auto e = std::make_shared<Expr>(*below.expr);
    e->kids = {local(slot, below.sort)};
    return ExprPtr(e);
  };
  const std::string name = model_.sorts[static_cast<std::size_t>(below.sort)].name;
  const Type functions{Type::Kind::Set, model::kFunction, 0, 0, false};
  const auto above = make(Op::In, {local(0, model::kFunction),
                                   make(Op::SetRelation, {local(1, below.sort)},
                                        static_cast<int>(model::Relation::Upstream), functions)});
  const auto members =
      make(Op::SetSort, {}, below.sort, Type{Type::Kind::Set, below.sort, 0, 0, false});
  add(name + ".exists(x, " + below.of("x") + " && $ in x.upstream)",
      make(Op::Exists, {members, make(Op::And, {of_member(1), above})}, 1), model::kFunction,
      below.rank + kLifted);
  const auto vfs =
      make(Op::SetRelation, {local(0, model::kPf)}, static_cast<int>(model::Relation::Vfs),
           Type{Type::Kind::Set, model::kVf, 0, 0, false});
  add("$.vfs.exists(x, " + below.of("x") + ")", make(Op::Exists, {vfs, of_member(1)}, 1),
      model::kPf, below.rank + kLifted);
}

std::vector<Condition> Vocabulary::of(int sort) const {
  const auto fits = [&](int own) {
    for (int s = sort; s >= 0; s = model_.sorts[static_cast<std::size_t>(s)].parent)
      if (s == own) return true;
    return own < 0;
  };
  std::vector<Condition> some;
  for (const Condition& c : all_) {
    if (!fits(c.sort)) continue;
    some.push_back(c);
    some.push_back(c);
    some.back().negated = true;
    some.back().text = "not " + c.text;
    some.back().rank += kNegated;
  }
  std::stable_sort(some.begin(), some.end(),
                   [](const Condition& a, const Condition& b) { return a.rank < b.rank; });
  const std::vector<Value> elements = arguments(model_, sort);
  std::set<std::vector<bool>> seen;
  std::erase_if(some, [&](const Condition& c) {
    std::vector<bool> says;
    for (const State& state : states_)
      for (const Value element : elements) says.push_back(is_true(c, world_, state, element));
    const bool constant =
        std::adjacent_find(says.begin(), says.end(), std::not_equal_to<>()) == says.end();
    return constant || !seen.insert(std::move(says)).second;
  });
  return some;
}

}  // namespace luproof::checker::repair
