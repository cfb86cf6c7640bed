// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/promise.h"

#include <algorithm>
#include <utility>

namespace luproof::traces {

using model::Expr;
using model::Op;

namespace {

constexpr int kDeepest = 64;

bool same(const Expr& a, const Expr& b) {
  if (a.op != b.op || a.ref != b.ref || a.value != b.value || a.kids.size() != b.kids.size())
    return false;
  for (std::size_t i = 0; i < a.kids.size(); ++i)
    if (!same(*a.kids[i], *b.kids[i])) return false;
  return true;
}

// e of `was(e) && not e`, or nullptr.
const Expr* goes_on(const Expr& bad) {
  if (bad.op != Op::And || bad.kids[0]->op != Op::Was || bad.kids[1]->op != Op::Not) return nullptr;
  const Expr& e = *bad.kids[1]->kids[0];
  return same(*bad.kids[0]->kids[0], e) ? &e : nullptr;
}

void collect_reads(const model::Model& model, const Expr& expr, int depth,
                   std::vector<int>& reads) {
  if (expr.op == Op::Cell && std::find(reads.begin(), reads.end(), expr.ref) == reads.end())
    reads.push_back(expr.ref);
  if (expr.op == Op::Define && depth < kDeepest)
    collect_reads(model, *model.defines[expr.ref].body, depth + 1, reads);
  for (const auto& kid : expr.kids) collect_reads(model, *kid, depth + 1, reads);
}

const model::Claim* claim_of_functions(const model::Model& model) {
  for (const model::Claim& claim : model.claims)
    if (model.base_sort(claim.sort) == model::kFunction) return &claim;
  return nullptr;
}

}  // namespace

Promise::Promise(const model::Model& model, const model::Layout& layout, int property, int clause,
                 int function)
    : model_(model),
      layout_(layout),
      property_(property),
      clause_(model.properties[property].clauses[clause]),
      function_(function) {
  Frame frame(model.properties[property].locals.size());
  bind(frame, clause_.local, known(reference(function)));
  if (const Expr* const e = goes_on(*clause_.bad)) take_apart(*e, frame, false, 0);
}

// Only what the topology decides is taken apart; the rest stays one part.
void Promise::take_apart(const Expr& expr, const Frame& outer, bool support, int depth) {
  const Knowledge nothing(layout_.slots());
  const Kleene kleene(model_, layout_, nothing, 1);
  Frame frame = outer;
  if (expr.op == Op::And && depth < kDeepest) {
    take_apart(*expr.kids[0], frame, support, depth + 1);
    take_apart(*expr.kids[1], frame, support, depth + 1);
    return;
  }
  if (expr.op == Op::Define && depth < kDeepest) {
    Frame inner = kleene.arguments(expr, frame);
    const int parameters = model_.defines[expr.ref].parameters;
    if (std::all_of(inner.begin(), inner.begin() + parameters,
                    [](const Known& k) { return k.known(); }))
      return take_apart(*model_.defines[expr.ref].body, inner, support, depth + 1);
  }
  if (expr.op == Op::All && depth < kDeepest) {
    const Members members = kleene.members(*expr.kids[0], frame);
    if (members &&
        std::all_of(members->begin(), members->end(), [](const Member& m) { return m.certain; })) {
      for (const Member& member : *members) {
        bind(frame, expr.ref, known(member.value));
        take_apart(*expr.kids[1], frame, true, depth + 1);
      }
      return;
    }
  }
  parts_.push_back({&expr, std::move(frame), support});
}

Known Promise::bad(const Knowledge& state, int kernel) const {
  Frame frame(model_.properties[property_].locals.size());
  bind(frame, clause_.local, known(reference(function_)));
  return Kleene(model_, layout_, state, kernel, &samples_).value(*clause_.bad, frame);
}

void Promise::begin(const Knowledge& state, int kernel, std::int64_t step) {
  const Kleene kleene(model_, layout_, state, kernel);
  samples_.clear();
  for (int sample : clause_.samples) {
    Frame frame(model_.samples[sample].frame);
    bind(frame, 0, known(reference(function_)));
    samples_.push_back(kleene.value(*model_.samples[sample].expr, frame));
  }
  for (Part& part : parts_) {
    const Known value = kleene.value(*part.expr, part.frame);
    part.memory = !value.known() ? Memory::Maybe : value.value != 0 ? Memory::On : Memory::Off;
    part.known = value.known();
    part.since = step;
    part.ever = part.ever || part.memory == Memory::On;
  }
  before_ = parts_.empty() ? bad(state, kernel) : Known{};
}

Known Promise::works(const Knowledge& state, int kernel, bool& assumed) const {
  const Kleene kleene(model_, layout_, state, kernel);
  bool all_known = !parts_.empty(), supported = true;
  for (const Part& part : parts_) {
    Frame frame = part.frame;
    const Known value = kleene.value(*part.expr, frame);
    if (value.is(0)) return known(0);
    if (!value.known() && part.support) supported = false;
    if (!value.known() && !part.support) all_known = false;
  }
  if (!all_known) return {};
  assumed = assumed || !supported;
  return known(1);
}

int Promise::upheld() const {
  return static_cast<int>(
      std::count_if(parts_.begin(), parts_.end(), [](const Part& part) { return part.ever; }));
}

std::optional<Break> Promise::look_at(Part& part, Known value, std::int64_t step, Blame blame,
                                      std::int64_t task) {
  const Memory before = part.memory;
  const bool was_known = part.known;
  const bool blamed = blame == Blame::Line;
  part.known = value.known();
  if (!value.known()) {
    if (before == Memory::Off) part.memory = Memory::Maybe, part.since = step;
    if (part.doubt < 0)
      part.doubt = step, part.doubt_task = task;
    else if (was_known && part.doubt_task != task)
      part.doubt_task = kAnyTask;
    // A line that may have ended it; not one that only came after something was forgotten.
    if (before == Memory::On && was_known && blamed)
      return Break{Trust::IfComplete, part.since, part.doubt, part.doubt_task};
    return std::nullopt;
  }
  if (value.value != 0) {
    if (before != Memory::On) part.memory = Memory::On, part.since = step;
    part.ever = true;
    part.doubt = -1;
    return std::nullopt;
  }
  part.memory = Memory::Off;
  const std::int64_t doubt = std::exchange(part.doubt, -1);
  if (before == Memory::Off || !blamed) return std::nullopt;
  return Break{before == Memory::On ? Trust::Certain : Trust::IfComplete, part.since, doubt,
               part.doubt_task};
}

std::optional<Break> Promise::look(const Knowledge& state, int kernel, std::int64_t step,
                                   Blame blame, std::int64_t task) {
  std::optional<Break> worst;
  const auto take = [&](const std::optional<Break>& found) {
    if (found && (!worst || (worst->trust != Trust::Certain && found->trust == Trust::Certain)))
      worst = found;
  };
  if (parts_.empty()) {
    const Known now = bad(state, kernel);
    const bool was_bad = before_.known() && before_.value != 0;
    if (now.known() && now.value != 0 && !was_bad) {
      // What was unknown before may have been bad for as long.
      if (blame == Blame::Line) take(Break{Trust::Certain});
    } else if (!now.known() && before_.is(0) && blame == Blame::Line) {
      take(Break{Trust::IfComplete});
    }
    before_ = now;
    return worst;
  }
  const Kleene kleene(model_, layout_, state, kernel);
  const bool own_off = std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return !part.support && part.memory == Memory::Off;
  });
  for (Part& part : parts_) {
    const auto found = look_at(part, kleene.value(*part.expr, part.frame), step, blame, task);
    if (!part.support || !own_off) take(found);
  }
  return worst;
}

std::vector<int> reads_of(const model::Model& model, const BoundProperty& bound) {
  std::vector<int> reads;
  collect_reads(model, *model.properties[bound.property].clauses[bound.clause].bad, 0, reads);
  return reads;
}

std::vector<std::string> levels_of(const model::Model& model) {
  const model::Claim* const claim = claim_of_functions(model);
  return claim ? claim->levels : std::vector<std::string>{};
}

std::optional<BoundProperty> property_named(const model::Model& model, const std::string& name) {
  for (std::size_t p = 0; p < model.properties.size(); ++p)
    for (std::size_t c = 0; c < model.properties[p].clauses.size(); ++c) {
      const int claim = model.properties[p].clauses[c].claim;
      if (model.properties[p].name == name && claim >= 0 &&
          model.base_sort(model.claims[claim].sort) == model::kFunction)
        return BoundProperty{static_cast<int>(p), static_cast<int>(c)};
    }
  return std::nullopt;
}

std::vector<BoundProperty> properties_of(const model::Model& model, const std::string& level) {
  std::vector<BoundProperty> found;
  for (const std::string& each : levels_of(model)) {
    for (std::size_t p = 0; p < model.properties.size(); ++p) {
      const model::Property& property = model.properties[p];
      if (property.kind != model::PropertyKind::Safety || property.level != each ||
          property.moment != model::Moment::EveryState)
        continue;
      for (std::size_t c = 0; c < property.clauses.size(); ++c)
        if (property.clauses[c].claim >= 0 &&
            model.base_sort(model.claims[property.clauses[c].claim].sort) == model::kFunction)
          found.push_back({static_cast<int>(p), static_cast<int>(c)});
    }
    if (each == level) break;
  }
  return found;
}

}  // namespace luproof::traces
