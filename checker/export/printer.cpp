// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/printer.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::checker::exporter {
namespace {

template <typename... Parts>
std::string fill(std::string_view pattern, const Parts&... parts) {
  return fmt::format(fmt::runtime(pattern), parts...);
}

// Nodes of the tree that a term would be without definitions.
std::size_t tree_size(const Terms& terms, Term term, std::unordered_map<Term, std::size_t>& known) {
  if (const auto at = known.find(term); at != known.end()) return at->second;
  constexpr std::size_t kHuge = 1'000'000;
  const TermNode& n = terms[term];
  std::size_t size = 1;
  for (const Term kid : {n.a, n.b, n.c})
    if (kid >= 0) size = std::min(kHuge, size + tree_size(terms, kid, known));
  return known[term] = size;
}

}  // namespace

std::vector<Term> roots_of(const Program& program) {
  std::vector<Term> roots = program.assumptions;
  for (const Variable& v : program.variables)
    if (v.first_term >= 0) roots.push_back(v.first_term);
  for (const Rule& rule : program.rules) {
    roots.push_back(rule.guard);
    for (const auto& [variable, term] : rule.updates) roots.push_back(term);
    for (const auto& [goal, when] : rule.hits) roots.push_back(when);
  }
  for (const Goal& goal : program.goals) roots.push_back(goal.when);
  return roots;
}

Printer::Printer(const Program& program, const Dialect& dialect, const std::vector<Term>& roots)
    : program_(program), terms_(program.terms()), dialect_(dialect) {
  std::unordered_map<Term, int> uses;
  std::vector<Term> open;
  auto use = [&](Term t) {
    if (++uses[t] == 1) open.push_back(t);
  };
  for (const Term root : roots) use(root);
  while (!open.empty()) {
    const TermNode& n = terms_[open.back()];
    open.pop_back();
    for (const Term kid : {n.a, n.b, n.c})
      if (kid >= 0) use(kid);
  }
  std::unordered_map<Term, std::size_t> sizes;
  for (const auto& [term, count] : uses)
    if (count > 1 && tree_size(terms_, term, sizes) >= dialect.inline_below)
      shared_.push_back(term);
  std::sort(shared_.begin(), shared_.end());
  for (std::size_t i = 0; i < shared_.size(); ++i) defined_[shared_[i]] = i;
}

bool Printer::is_truth(Term term) const {
  const TermNode& n = terms_[term];
  switch (n.op) {
    case TermOp::Not:
    case TermOp::And:
    case TermOp::Or:
    case TermOp::Eq:
    case TermOp::Lt:
      return true;
    case TermOp::Const:
    case TermOp::Slot:
      return false;
    default:
      break;
  }
  if (n.op != TermOp::Ite) return false;
  if (const auto known = truths_.find(term); known != truths_.end()) return known->second;
  return truths_[term] = is_truth(n.b) && is_truth(n.c);
}

std::string Printer::name_of(Term term) const {
  const auto at = defined_.find(term);
  return at == defined_.end() ? "" : fill(dialect_.reference, fmt::format("d{}", at->second));
}

std::string Printer::value(Value value) const {
  return value >= 0 ? std::to_string(value)
                    : fill(dialect_.negative, std::to_string(-std::int64_t{value}));
}

// A long row of one operation, without a level of nesting for each part.
std::string Printer::chain(Term term, TermOp op) const {
  const bool all = op == TermOp::And;
  std::string text(all ? dialect_.all_open : dialect_.any_open);
  std::vector<Term> open = {term};
  bool first = true;
  while (!open.empty()) {
    const Term t = open.back();
    open.pop_back();
    const TermNode& n = terms_[t];
    if (n.op == op && (t == term || !defined_.count(t))) {
      open.push_back(n.b);
      open.push_back(n.a);
      continue;
    }
    if (!first) text += all ? dialect_.all_join : dialect_.any_join;
    first = false;
    text += truth(t);
  }
  return text.append(dialect_.close);
}

// Rounded down, where other languages may round towards zero: below zero nothing is divided.
std::string Printer::shifted(const TermNode& n) const {
  const std::int64_t unit = std::int64_t{1} << n.value;
  const std::int64_t below = terms_[n.a].low < 0 ? -(n.low) : 0;  // whole units
  std::string dividend = number(n.a);
  if (below) dividend = fill(dialect_.sum, dividend, std::to_string(below * unit));
  const std::string quotient = fill(dialect_.quotient, dividend, std::to_string(unit));
  return below ? fill(dialect_.difference, quotient, std::to_string(below)) : quotient;
}

std::string Printer::inner(Term term) const {
  const TermNode& n = terms_[term];
  switch (n.op) {
    case TermOp::Const:
      return value(n.value);
    case TermOp::Slot:
      return fill(dialect_.variable, program_.variable(n.value).name);
    case TermOp::Not:
      return fill(dialect_.negation, truth(n.a));
    case TermOp::And:
    case TermOp::Or:
      return chain(term, n.op);
    case TermOp::Eq:
      return is_truth(n.a) && is_truth(n.b) ? fill(dialect_.equal, truth(n.a), truth(n.b))
                                            : fill(dialect_.equal, number(n.a), number(n.b));
    case TermOp::Lt:
      return fill(dialect_.less, number(n.a), number(n.b));
    case TermOp::Add:
      return fill(dialect_.sum, number(n.a), number(n.b));
    case TermOp::Sub:
      return fill(dialect_.difference, number(n.a), number(n.b));
    case TermOp::Mul:
      return fill(dialect_.product, number(n.a), number(n.b));
    case TermOp::Shift:
      return shifted(n);
    case TermOp::Ite:
      break;
  }
  const bool truths = is_truth(term);
  return fill(dialect_.choice, truth(n.a), truths ? truth(n.b) : number(n.b),
              truths ? truth(n.c) : number(n.c));
}

std::string Printer::truth(Term term) const {
  const TermNode& n = terms_[term];
  if (n.op == TermOp::Const) return std::string(n.value ? dialect_.yes : dialect_.no);
  const std::string name = name_of(term);
  std::string text = name.empty() ? inner(term) : name;
  if (is_truth(term)) return text;
  if (n.low == 0 && n.high == 1) return fill(dialect_.equal, text, "1");
  return fill(dialect_.negation, fill(dialect_.equal, text, "0"));
}

std::string Printer::number(Term term) const {
  const std::string name = name_of(term);
  const std::string text = name.empty() ? inner(term) : name;
  return is_truth(term) ? fill(dialect_.choice, text, "1", "0") : text;
}

// Of what stands within the term: one more than of the highest definition in it.
int Printer::level_of(Term term, std::unordered_map<Term, int>& known) const {
  if (const auto at = known.find(term); at != known.end()) return at->second;
  const TermNode& n = terms_[term];
  int level = 0;
  for (const Term kid : {n.a, n.b, n.c})
    if (kid >= 0)
      level = std::max(level, level_of(kid, known) + static_cast<int>(defined_.count(kid)));
  return known[term] = level;
}

std::vector<Printer::Definition> Printer::definitions() const {
  std::vector<Definition> all;
  std::unordered_map<Term, int> levels;
  for (std::size_t i = 0; i < shared_.size(); ++i) {
    const TermNode& n = terms_[shared_[i]];
    all.push_back({fmt::format("d{}", i), inner(shared_[i]), is_truth(shared_[i]), n.low, n.high,
                   level_of(shared_[i], levels)});
  }
  return all;
}

}  // namespace luproof::checker::exporter
