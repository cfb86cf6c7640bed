// SPDX-License-Identifier: GPL-2.0-or-later
// For TLC: one variable, a record with a field for each of ours, so that a step names only what it
// changes. Goals are invariants: a step is bad in the states from which it can be taken.
#include <fmt/format.h>

#include "checker/export/export.h"
#include "checker/export/printer.h"

namespace luproof::checker::exporter {
namespace {

constexpr Dialect kTla = {.yes = "TRUE",
                          .no = "FALSE",
                          .negation = "(~{0})",
                          .all_open = "(",
                          .all_join = " /\\ ",
                          .any_open = "(",
                          .any_join = " \\/ ",
                          .close = ")",
                          .equal = "({0} = {1})",
                          .less = "({0} < {1})",
                          .sum = "({0} + {1})",
                          .difference = "({0} - {1})",
                          .product = "({0} * {1})",
                          .quotient = "({0} \\div {1})",
                          .choice = "(IF {0} THEN {1} ELSE {2})",
                          .negative = "(-{0})",
                          .reference = "{0}",
                          .variable = "s.{0}"};

// Free values are a record f, values that differ between the starts a record g.
std::string first_states(const Program& program) {
  Dialect free_dialect = kTla;
  free_dialect.variable = "f.{0}";
  const Printer print(program, free_dialect, {});
  std::string free, fields, assumed, starts;
  for (const Variable& v : program.variables) {
    const bool is_free = !v.by_start && v.first_term < 0 && v.first_low != v.first_high;
    if (is_free)
      free += fmt::format("{}{}: {}..{}", free.empty() ? "" : ", ", v.name,
                          print.value(v.first_low), print.value(v.first_high));
    const std::string value = v.by_start          ? "g." + v.name
                              : v.first_term >= 0 ? print.number(v.first_term)
                              : is_free           ? "f." + v.name
                                                  : print.value(v.first_low);
    fields += fmt::format("{}    {} |-> {}", fields.empty() ? "" : ",\n", v.name, value);
  }
  for (const Term assumption : program.assumptions)
    assumed += fmt::format("  /\\ {}\n", print.truth(assumption));
  for (const auto& start : program.starts) {
    starts += starts.empty() ? "[" : ",\n    [";
    for (std::size_t i = 0; i < start.size(); ++i)
      starts += fmt::format("{}{} |-> {}", i ? ", " : "", program.variables[start[i].first].name,
                            print.value(start[i].second));
    starts += "]";
  }
  std::string out = "Init ==\n";
  if (!free.empty()) out += fmt::format("  \\E f \\in [{}] :\n", free);
  if (!starts.empty()) out += fmt::format("  \\E g \\in {{{}}} :\n", starts);
  return out + assumed + "  /\\ s = [\n" + fields + "]\n";
}

}  // namespace

Written tla(const Program& program) {
  std::vector<Term> roots;
  for (const Rule& rule : program.rules) {
    roots.push_back(rule.guard);
    for (const auto& [variable, term] : rule.updates) roots.push_back(term);
  }
  std::vector<Term> goals;
  for (std::size_t g = 0; g < program.goals.size(); ++g)
    goals.push_back(reached(program, static_cast<int>(g)));
  roots.insert(roots.end(), goals.begin(), goals.end());
  const Printer print(program, kTla, roots);

  std::string out = "---- MODULE Luproof ----\n";
  out += fmt::format("\\* {}, exported by luproof. The file has to be named Luproof.tla.\n",
                     program.shown);
  out += "EXTENDS Integers\nVARIABLE s\n";
  for (const Variable& v : program.variables)
    out += fmt::format("\\* {}: {}..{}, {}\n", v.name, v.low, v.high, v.shown);
  for (const Printer::Definition& d : print.definitions())
    out += fmt::format("{} == {}\n", d.name, d.text);
  out += first_states(program);
  std::string next;
  for (const Rule& rule : program.rules) {
    if (rule.ends) continue;
    out +=
        fmt::format("\\* {}\n{} == {} /\\ s' = ", rule.shown, rule.name, print.truth(rule.guard));
    for (std::size_t i = 0; i < rule.updates.size(); ++i)
      out += fmt::format("{}!.{} = {}", i ? ", " : "[s EXCEPT ",
                         program.variables[rule.updates[i].first].name,
                         print.number(rule.updates[i].second));
    out += rule.updates.empty() ? "s\n" : "]\n";
    next += fmt::format("  \\/ {}\n", rule.name);
  }
  out += next.empty() ? "Next == FALSE\n" : "Next ==\n" + next;
  out += "Spec == Init /\\ [][Next]_s\n";
  std::string configuration = "SPECIFICATION Spec\nCHECK_DEADLOCK FALSE\n";
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const Goal& goal = program.goals[g];
    out += fmt::format("\\* {}{}\n{} == {}\n", goal.shown,
                       goal.kind == GoalKind::Possible ? ", which is to be violated" : "",
                       goal.name, print.truth(program.system->terms.negate(goals[g])));
    configuration += fmt::format("INVARIANT {}\n", goal.name);
  }
  return {out + "====\n", configuration};
}

}  // namespace luproof::checker::exporter
