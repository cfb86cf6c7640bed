// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/decide.h"

#include <algorithm>

namespace luproof::checker {
namespace {
// Branches of one decision: beyond, a shared part written out each time would cost more than code
// in which it is computed once.
constexpr std::size_t kRoom = 96;
}  // namespace

bool Decisions::holds(std::int32_t leaf, Seen& seen) const {
  const Leaf& l = leaves_[static_cast<std::size_t>(leaf)];
  l.code.run(seen.state(), seen.registers);
  for (std::size_t i = 0; i < l.negated.size(); ++i)
    if ((l.code.at(i, seen.registers) != 0) == (l.all == (l.negated[i] != 0))) return !l.all;
  return l.all;
}

Decisions::Entry Decisions::branch(const Branch& b) {
  if (b.yes == b.no) return b.yes;
  branches_.push_back(b);
  if (room_) --room_;
  return static_cast<Entry>(branches_.size()) - 1;
}

Decisions::Entry Decisions::leaf(const std::vector<std::pair<Term, bool>>& parts, bool all,
                                 Entry yes, Entry no) {
  const auto [known, fresh] =
      leaf_of_.emplace(std::pair(parts, all), static_cast<std::int32_t>(leaves_.size()));
  if (fresh) {
    std::vector<Term> roots;
    Leaf made;
    for (const auto& [term, negated] : parts) {
      roots.push_back(term);
      made.negated.push_back(negated);
    }
    made.code = Code(t_, roots);
    made.all = all;
    bytes_ += made.code.bytes() + sizeof(Leaf);
    leaves_.push_back(std::move(made));
  }
  return branch({{}, known->second, yes, no});
}

// A slot compared with a constant.
bool Decisions::literal(Term t, Compare& compare, bool& wanted) const {
  const TermNode* n = &t_[t];
  wanted = true;
  if (n->op == TermOp::Not) {
    wanted = false;
    n = &t_[n->a];
  }
  Value value = 1;
  if (n->op == TermOp::Eq) {
    const TermNode &a = t_[n->a], &b = t_[n->b];
    if ((a.op == TermOp::Slot) == (b.op == TermOp::Slot)) return false;
    if (a.op != TermOp::Const && b.op != TermOp::Const) return false;
    value = a.op == TermOp::Const ? a.value : b.value;
    n = a.op == TermOp::Slot ? &a : &b;
  } else if (n->op != TermOp::Slot || n->low != 0 || n->high != 1) {
    return false;
  }
  const Packing::Field& f = packing_.field(n->value);
  compare = {f.word, f.mask(), f.put(value)};
  if (compare.value & ~compare.mask) return false;  // no value of the slot
  if (f.bits == 1 && !wanted) {
    compare.value ^= compare.mask;
    wanted = true;
  }
  return true;
}

void Decisions::flatten(Term t, TermOp op, bool negated,
                        std::vector<std::pair<Term, bool>>& parts) const {
  std::vector<std::pair<Term, bool>> open = {{t, negated}};
  const TermOp dual = op == TermOp::And ? TermOp::Or : TermOp::And;
  while (!open.empty()) {
    const auto [at, not_] = open.back();
    open.pop_back();
    const TermNode& n = t_[at];
    if (n.op == TermOp::Not) {
      open.emplace_back(n.a, !not_);
    } else if (n.op == (not_ ? dual : op)) {
      open.emplace_back(n.b, not_);
      open.emplace_back(n.a, not_);
    } else {
      parts.emplace_back(at, not_);
    }
  }
}

// A conjunction: everything wanted of one word is one comparison. A disjunction: it fails only if
// all of its literals do, and those of one word fail together in one comparison.
Decisions::Entry Decisions::join(Term t, bool negated, Entry yes, Entry no) {
  const bool conj = (t_[t].op == TermOp::And) != negated;
  std::vector<std::pair<Term, bool>> parts;
  flatten(t, conj ? TermOp::And : TermOp::Or, negated, parts);
  std::vector<Compare> merged;  // of a conjunction: have to hold; of a disjunction: must not all
  std::vector<Part> others;
  std::vector<std::pair<Term, bool>> hard;  // for code, together: what they share is computed once
  for (const auto& [term, not_] : parts) {
    Part part{term, {}, false, !not_};
    bool wanted = true;
    part.masked = literal(term, part.compare, wanted);
    if (part.masked) {
      part.wanted = wanted != not_;
      const Compare& c = part.compare;
      const bool bit = (c.mask & (c.mask - 1)) == 0;
      if (bit && part.wanted != conj) {
        part.compare.value ^= c.mask;
        part.wanted = conj;
      }
      if (part.wanted == conj) {
        const auto same = std::find_if(merged.begin(), merged.end(), [&](const Compare& m) {
          return m.word == c.word && !(m.mask & c.mask);
        });
        if (same == merged.end()) {
          merged.push_back(c);
        } else {
          same->mask |= c.mask;
          same->value |= part.compare.value;
        }
        continue;
      }
    }
    const TermOp op = t_[term].op;
    if (part.masked || op == TermOp::And || op == TermOp::Or)
      others.push_back(part);
    else
      hard.emplace_back(term, not_);
  }
  std::stable_partition(others.begin(), others.end(), [](const Part& p) { return p.masked; });
  // Built from the end, since each branch names the next. What is cheap is looked at first.
  Entry next = conj ? yes : no;
  const Entry stop = conj ? no : yes;
  if (!hard.empty()) next = conj ? leaf(hard, true, next, stop) : leaf(hard, false, stop, next);
  for (std::size_t i = others.size(); i-- > 0;) {
    const Part& p = others[i];
    Entry on_true = conj ? next : stop, on_false = conj ? stop : next;
    if (p.masked) {
      if (!p.wanted) std::swap(on_true, on_false);
      next = branch({p.compare, -1, on_true, on_false});
    } else {
      next = build(p.term, !p.wanted, on_true, on_false);
    }
  }
  for (std::size_t i = merged.size(); i-- > 0;) next = branch({merged[i], -1, next, stop});
  return next;
}

Decisions::Entry Decisions::build(Term t, bool negated, Entry yes, Entry no) {
  if (negated) std::swap(yes, no);
  const TermNode& n = t_[t];
  if (n.op == TermOp::Const) return n.value ? yes : no;
  if (n.op == TermOp::Not) return build(n.a, false, no, yes);
  Compare compare;
  bool wanted = true;
  if (literal(t, compare, wanted)) {
    if (!wanted) std::swap(yes, no);
    return branch({compare, -1, yes, no});
  }
  if (room_ && (n.op == TermOp::And || n.op == TermOp::Or)) return join(t, false, yes, no);
  if (room_ && n.op == TermOp::Ite) {
    const Entry then = build(n.b, false, yes, no), otherwise = build(n.c, false, yes, no);
    return build(n.a, false, then, otherwise);
  }
  return leaf({{t, false}}, true, yes, no);
}

Decisions::Entry Decisions::compile(Term t) {
  room_ = kRoom;
  return build(t, false, kTrue, kFalse);
}

Compare Decisions::first(Entry entry, Entry& rest) const {
  rest = entry;
  if (entry < 0) return {};
  const Branch& b = branches_[static_cast<std::size_t>(entry)];
  if (b.leaf >= 0 || b.no != kFalse) return {};
  rest = b.yes;
  return b.compare;
}

}  // namespace luproof::checker
