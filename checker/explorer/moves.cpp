// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/moves.h"

#include <algorithm>
#include <bit>

namespace luproof::checker {
namespace {
constexpr std::size_t kWorthSelecting = 8;  // transitions
constexpr Value kMostValues = 16;           // of the selector

// What the grounding writes holds in every state: "if the guard, then 3, else as before". Where the
// guard is known to be true most of that is gone.
class Assuming {
 public:
  Assuming(Terms& terms, Term guard) : t_(terms) { know(guard, true); }
  Term operator()(Term t) {
    return t_.substitute(
        t,
        [&](int slot, Term same) {
          const auto known = slots_.find(slot);
          return known == slots_.end() ? same : known->second;
        },
        facts_);
  }

 private:
  void know(Term fact, bool is) {
    std::vector<std::pair<Term, bool>> open = {{fact, is}};
    while (!open.empty()) {
      const auto [t, truth] = open.back();
      open.pop_back();
      const TermNode n = t_[t];
      if (n.op == TermOp::Const) continue;
      facts_[t] = t_.truth(truth);
      if (n.op == TermOp::Not) open.emplace_back(n.a, !truth);
      if (n.op == (truth ? TermOp::And : TermOp::Or)) {
        open.emplace_back(n.a, truth);
        open.emplace_back(n.b, truth);
      }
      if (n.op != TermOp::Eq || !truth) continue;
      if (t_[n.a].op == TermOp::Slot && t_[n.b].op == TermOp::Const) slots_[t_[n.a].value] = n.b;
      if (t_[n.b].op == TermOp::Slot && t_[n.a].op == TermOp::Const) slots_[t_[n.b].value] = n.a;
    }
  }

  Terms& t_;
  Terms::Memo facts_;
  std::unordered_map<int, Term> slots_;
};

}  // namespace

Moves::Moves(System& system, const Packing& packing)
    : s_(system), packing_(packing), decisions_(system.terms, packing) {
  move_of_.assign(s_.transitions.size(), -1);
  for (const auto& points : s_.at) points_.emplace_back(points.size());
  for (std::size_t i = 0; i < s_.at.size(); ++i)
    if (std::any_of(s_.at[i].begin(), s_.at[i].end(), [](const auto& ids) { return !ids.empty(); }))
      moving_.push_back(i);
  choose_selector();
}

// The slot that most guards of what happens by itself ask for.
void Moves::choose_selector() {
  if (s_.anywhere.empty()) return;
  anywhere_.resize(1);
  if (s_.anywhere.size() < kWorthSelecting) return;
  std::vector<int> asked(s_.slots.size(), 0);
  for (const int id : s_.anywhere) {
    std::vector<char> support(s_.slots.size(), 0);
    s_.terms.support(s_.transitions[static_cast<std::size_t>(id)].guard, support);
    for (std::size_t s = 0; s < support.size(); ++s) asked[s] += support[s];
  }
  for (std::size_t s = 0; s < asked.size(); ++s)
    if (s_.slots[s].high - s_.slots[s].low >= kMostValues) asked[s] = 0;
  const auto best = std::max_element(asked.begin(), asked.end());
  if (best == asked.end() || 2 * static_cast<std::size_t>(*best) < s_.anywhere.size()) return;
  selector_ = static_cast<int>(best - asked.begin());
  anywhere_.resize(static_cast<std::size_t>(s_.slots[selector_].high - s_.slots[selector_].low) +
                   1);
}

std::int32_t Moves::move_of(int id) {
  std::int32_t& known = move_of_[static_cast<std::size_t>(id)];
  if (known >= 0) return known;
  const Transition& t = s_.transitions[static_cast<std::size_t>(id)];
  Move m;
  m.transition = &t;
  m.id = id;
  m.ends = t.fault != Fault::None || t.exhausted;
  m.checked = t.fault == Fault::None && !t.checks.empty();
  Assuming assuming(s_.terms, t.guard);
  std::vector<Term> roots;
  for (const StepCheck& c : t.checks) roots.push_back(assuming(c.bad));
  for (const auto& [slot, update] : t.updates) {
    const Packing::Field& f = packing_.field(slot);
    if (f.bits == 0) continue;
    const Term value = assuming(update);
    if (s_.terms[value].op != TermOp::Const) {
      if (shuffled(m, f, slot, value)) continue;
      m.computed.emplace_back(roots.size(), f);
      roots.push_back(value);
      continue;
    }
    auto same = std::find_if(m.writes.begin(), m.writes.end(),
                             [&](const Move::Write& w) { return w.word == f.word; });
    if (same == m.writes.end()) same = m.writes.insert(same, {f.word, ~0ull, 0});
    same->keep &= ~f.mask();
    same->set |= f.put(s_.terms[value].value);
  }
  m.code = Code(s_.terms, roots);
  m.simple = m.shuffles.empty() && m.computed.empty();
  bytes_ += m.code.bytes() + sizeof(Move);
  known = static_cast<std::int32_t>(moves_.size());
  moves_.push_back(std::move(m));
  return known;
}

void Moves::compile(List& list, const std::vector<int>& ids, int slot, Value value) {
  Terms::Memo memo;
  std::vector<Candidate> candidates;
  for (const int id : ids) {
    if (look_) look_();
    Term guard = s_.transitions[static_cast<std::size_t>(id)].guard;
    if (slot >= 0)
      guard = s_.terms.substitute(
          guard, [&](int s, Term same) { return s == slot ? s_.terms.constant(value) : same; },
          memo);
    if (s_.terms.is_false(guard)) continue;
    const std::int32_t move = move_of(id);
    Candidate c{{}, Decisions::kTrue, move};
    c.first = decisions_.first(decisions_.compile(guard), c.rest);
    candidates.push_back(c);
  }
  list.candidates = std::move(candidates);
  list.ready = true;
}

void Moves::compile_all() {
  for (const std::size_t i : moving_)
    for (std::size_t p = 0; p < points_[i].size(); ++p)
      if (!points_[i][p].ready) compile_point(i, p);
  for (std::size_t v = 0; v < anywhere_.size(); ++v)
    if (!anywhere_[v].ready) compile_anywhere(v);
}

// A copy of a slot, or a bit that stays only with (or is joined by) another bit.
bool Moves::shuffled(Move& move, const Packing::Field& target, int slot, Term value) const {
  const Terms& terms = s_.terms;
  const TermNode* n = &terms[value];
  Move::Shuffle s{target.word, 0, 0, target.mask(), 0, Move::Shuffle::Op::Copy};
  if (n->op == TermOp::And || n->op == TermOp::Or) {
    s.op = n->op == TermOp::And ? Move::Shuffle::Op::And : Move::Shuffle::Op::Or;
    const TermNode &a = terms[n->a], &b = terms[n->b];
    if (a.op == TermOp::Slot && a.value == slot)
      n = &b;
    else if (b.op == TermOp::Slot && b.value == slot)
      n = &a;
    else
      return false;
  }
  const bool flipped = n->op == TermOp::Not;
  if (flipped) n = &terms[n->a];
  if (n->op != TermOp::Slot) return false;
  const Packing::Field& source = packing_.field(n->value);
  const bool bit = source.bits == 1 && source.low == 0 && target.bits == 1 && target.low == 0;
  const bool alike = source.bits == target.bits && source.low == target.low;
  if (!bit && (!alike || flipped || s.op != Move::Shuffle::Op::Copy)) return false;
  if (flipped) s.flip = ~0ull;
  s.source = source.word;
  s.right = static_cast<int>(source.shift) - static_cast<int>(target.shift);
  const auto same = std::find_if(move.shuffles.begin(), move.shuffles.end(),
                                 [&](const Move::Shuffle& o) { return o.same_kind(s); });
  if (same == move.shuffles.end())
    move.shuffles.push_back(s);
  else
    same->mask |= s.mask;
  return true;
}

void Moves::shuffle(const Move& move, Seen& seen, std::uint64_t* next) const {
  for (const Move::Shuffle& s : move.shuffles) {
    const std::uint64_t bits = std::rotr(seen.words()[s.source] ^ s.flip, s.right) & s.mask;
    std::uint64_t& to = next[s.word];
    switch (s.op) {
      case Move::Shuffle::Op::Copy:
        to = (to & ~s.mask) | bits;
        break;
      case Move::Shuffle::Op::And:
        to &= ~s.mask | bits;
        break;
      case Move::Shuffle::Op::Or:
        to |= bits;
        break;
    }
  }
  if (move.computed.empty()) return;
  move.code.run(seen.state(), seen.registers);
  for (const auto& [root, f] : move.computed)
    next[f.word] = (next[f.word] & ~f.mask()) | f.put(move.code.at(root, seen.registers));
}

}  // namespace luproof::checker
