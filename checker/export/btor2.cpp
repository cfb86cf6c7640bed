// SPDX-License-Identifier: GPL-2.0-or-later
// BTOR2: signed words, each as wide as the values of its term need.
//
// The input is the number of a step; one that is not enabled leaves the state as it is, so the
// system is total. Where there are several first states, a constraint on the first round says
// which.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "checker/export/export.h"

namespace luproof::checker::exporter {
namespace {

int width_of(std::int64_t low, std::int64_t high) {
  int width = 1;
  while (low < -(std::int64_t{1} << (width - 1)) || high >= (std::int64_t{1} << (width - 1)))
    ++width;
  return width;
}

class Lines {
 public:
  explicit Lines(const Program& program) : p_(program), terms_(program.terms()) {}
  std::string text();

 private:
  struct Word {
    int id = 0, width = 0;
  };
  int line(const std::string& rest) {
    out_ += fmt::format("{} {}\n", ++last_, rest);
    return last_;
  }
  int sort(int width) {
    const auto known = sorts_.find(width);
    if (known != sorts_.end()) return known->second;
    return sorts_[width] = line(fmt::format("sort bitvec {}", width));
  }
  int op(std::string_view name, int width, const std::vector<int>& parts) {
    return line(fmt::format("{} {} {}", name, sort(width), fmt::join(parts, " ")));
  }
  Word constant(std::int64_t value) {
    const auto known = constants_.find(value);
    if (known != constants_.end()) return known->second;
    const int width = width_of(value, value);
    return constants_[value] = {line(fmt::format("constd {} {}", sort(width), value)), width};
  }
  int as(Word word, int width);
  int both(int a, int b) { return op("and", 1, {a, b}); }
  Word number(Term term);
  int truth(Term term);
  Word make(Term term);
  bool is_truth(Term term) const {
    const TermOp o = terms_[term].op;
    return o == TermOp::Not || o == TermOp::And || o == TermOp::Or || o == TermOp::Eq ||
           o == TermOp::Lt;
  }
  void begin();
  void steps();

  const Program& p_;
  const Terms& terms_;
  std::string out_;
  int last_ = 0;
  std::map<int, int> sorts_;
  std::map<std::int64_t, Word> constants_;
  std::vector<Word> states_;
  std::unordered_map<Term, int> truths_;
  std::unordered_map<Term, Word> numbers_;
};

int Lines::as(Word word, int width) {
  if (word.width == width) return word.id;
  if (word.width < width)
    return line(fmt::format("sext {} {} {}", sort(width), word.id, width - word.width));
  return line(fmt::format("slice {} {} {} 0", sort(width), word.id, width - 1));
}

Lines::Word Lines::number(Term term) {
  if (const auto known = numbers_.find(term); known != numbers_.end()) return known->second;
  const Word word =
      is_truth(term) ? Word{op("ite", 2, {truth(term), as(constant(1), 2), as(constant(0), 2)}), 2}
                     : make(term);
  return numbers_[term] = word;
}

Lines::Word Lines::make(Term term) {
  const TermNode n = terms_[term];
  if (n.op == TermOp::Const) return constant(n.value);
  if (n.op == TermOp::Slot)
    return states_[static_cast<std::size_t>(p_.variable_of[static_cast<std::size_t>(n.value)])];
  if (n.op == TermOp::Shift) {
    const Word a = number(n.a);
    const int width = std::max(a.width, width_of(n.value, n.value));
    return {op("sra", width, {as(a, width), as(constant(n.value), width)}), width};
  }
  const bool choice = n.op == TermOp::Ite;
  const Word a = number(choice ? n.b : n.a), b = number(choice ? n.c : n.b);
  const int width = std::max({a.width, b.width, width_of(n.low, n.high)});
  const int left = as(a, width), right = as(b, width);
  if (choice) return {op("ite", width, {truth(n.a), left, right}), width};
  const std::string_view name = n.op == TermOp::Add ? "add" : n.op == TermOp::Sub ? "sub" : "mul";
  return {op(name, width, {left, right}), width};
}

int Lines::truth(Term term) {
  if (const auto known = truths_.find(term); known != truths_.end()) return known->second;
  const TermNode n = terms_[term];
  int id = 0;
  if (n.op == TermOp::Not) {
    id = op("not", 1, {truth(n.a)});
  } else if (n.op == TermOp::And || n.op == TermOp::Or) {
    const int a = truth(n.a), b = truth(n.b);
    id = op(n.op == TermOp::And ? "and" : "or", 1, {a, b});
  } else if (n.op == TermOp::Eq || n.op == TermOp::Lt) {
    const Word a = number(n.a), b = number(n.b);
    const int width = std::max(a.width, b.width);
    const int left = as(a, width), right = as(b, width);
    id = op(n.op == TermOp::Eq ? "eq" : "slt", 1, {left, right});
  } else {
    const Word word = number(term);
    id = op("redor", 1, {word.id});
  }
  return truths_[term] = id;
}

// First values as conditions, but for those that are the same in all first states.
void Lines::begin() {
  std::vector<int> conditions;
  for (std::size_t i = 0; i < p_.variables.size(); ++i) {
    const Variable& v = p_.variables[i];
    const Word state = states_[i];
    if (v.by_start) continue;
    if (v.first_term >= 0) {
      const int value = as(number(v.first_term), state.width);
      conditions.push_back(op("eq", 1, {state.id, value}));
    } else if (v.first_low == v.first_high) {
      const int value = as(constant(v.first_low), state.width);
      line(fmt::format("init {} {} {}", sort(state.width), state.id, value));
    } else {
      const int low = as(constant(v.first_low), state.width);
      const int high = as(constant(v.first_high), state.width);
      conditions.push_back(op("sgte", 1, {state.id, low}));
      conditions.push_back(op("slte", 1, {state.id, high}));
    }
  }
  for (const Term assumption : p_.assumptions) conditions.push_back(truth(assumption));
  int any = 0;
  for (const auto& start : p_.starts) {
    int all = line(fmt::format("one {}", sort(1)));
    for (const auto& [variable, value] : start) {
      const Word state = states_[variable];
      const int first = as(constant(value), state.width);
      all = both(all, op("eq", 1, {state.id, first}));
    }
    any = any ? op("or", 1, {any, all}) : all;
  }
  if (any) conditions.push_back(any);
  if (conditions.empty()) return;
  const int no = line(fmt::format("zero {}", sort(1))), yes = line(fmt::format("one {}", sort(1)));
  const int begun = line(fmt::format("state {} begun", sort(1)));
  line(fmt::format("init {} {} {}", sort(1), begun, no));
  line(fmt::format("next {} {} {}", sort(1), begun, yes));
  int all = yes;
  for (const int condition : conditions) all = both(all, condition);
  line(fmt::format("constraint {}", op("or", 1, {begun, all})));
}

void Lines::steps() {
  const int width = width_of(0, static_cast<std::int64_t>(p_.rules.size()));
  const int step = line(fmt::format("input {} step", sort(width)));
  std::vector<int> next;
  for (const Word& state : states_) next.push_back(state.id);
  for (std::size_t r = 0; r < p_.rules.size(); ++r) {
    const Rule& rule = p_.rules[r];
    if (rule.updates.empty()) continue;
    const int number_of = as(constant(static_cast<std::int64_t>(r)), width);
    const int guard = truth(rule.guard);
    const int taken = both(op("eq", 1, {step, number_of}), guard);
    for (const auto& [variable, term] : rule.updates) {
      const int wide = states_[variable].width;
      const int value = as(number(term), wide);
      next[variable] = op("ite", wide, {taken, value, next[variable]});
    }
  }
  for (std::size_t i = 0; i < next.size(); ++i)
    line(fmt::format("next {} {} {}", sort(states_[i].width), states_[i].id, next[i]));
}

std::string Lines::text() {
  out_ = fmt::format("; {}, exported by luproof\n", p_.shown);
  for (const Variable& v : p_.variables) {
    const int width = width_of(v.low, v.high);
    states_.push_back({line(fmt::format("state {} {}", sort(width), v.name)), width});
  }
  begin();
  steps();
  for (std::size_t g = 0; g < p_.goals.size(); ++g)
    if (p_.goals[g].kind != GoalKind::Possible) {
      const int when = truth(reached(p_, static_cast<int>(g)));
      line(fmt::format("bad {} {}", when, p_.goals[g].name));
    }
  return out_;
}

}  // namespace

Written btor2(const Program& program) { return {Lines(program).text(), ""}; }

}  // namespace luproof::checker::exporter
