// SPDX-License-Identifier: GPL-2.0-or-later
// SMT-LIB 2: functions over the values of a state, for whatever query somebody wants to ask.
//
// trans takes the number of a step: what does not change need not be said again for each step. Each
// function brings its shared terms along as lets, one nesting a level and not one a term.
#include <fmt/format.h>

#include "checker/export/export.h"
#include "checker/export/printer.h"

namespace luproof::checker::exporter {
namespace {

constexpr Dialect kSmt = {.yes = "true",
                          .no = "false",
                          .negation = "(not {0})",
                          .all_open = "(and ",
                          .all_join = " ",
                          .any_open = "(or ",
                          .any_join = " ",
                          .close = ")",
                          .equal = "(= {0} {1})",
                          .less = "(< {0} {1})",
                          .sum = "(+ {0} {1})",
                          .difference = "(- {0} {1})",
                          .product = "(* {0} {1})",
                          .quotient = "(div {0} {1})",
                          .choice = "(ite {0} {1} {2})",
                          .negative = "(- {0})",
                          .reference = "{0}"};

std::string parameters(const Program& program, std::string_view ending) {
  std::string out;
  for (const Variable& v : program.variables) out += fmt::format("({}{} Int) ", v.name, ending);
  return out;
}

// A conjunction; with one part too many, so that it is never empty.
std::string conjunction(const std::vector<std::string>& parts) {
  return fmt::format("(and true\n  {})", fmt::join(parts, "\n  "));
}

std::string in_range(const Program& program, const Printer& print, std::string_view ending) {
  std::vector<std::string> parts;
  for (const Variable& v : program.variables)
    parts.push_back(
        fmt::format("(<= {} {}{} {})", print.value(v.low), v.name, ending, print.value(v.high)));
  return conjunction(parts);
}

std::string with_lets(const Printer& print, const std::string& body) {
  std::vector<std::string> levels;
  for (const Printer::Definition& d : print.definitions()) {
    const auto level = static_cast<std::size_t>(d.level);
    if (levels.size() <= level) levels.resize(level + 1);
    levels[level] += fmt::format("({} {})\n", d.name, d.text);
  }
  std::string open, close;
  for (const std::string& level : levels) {
    open += "(let (" + level + ")\n";
    close += ")";
  }
  return open + body + close;
}

std::string init(const Program& program) {
  std::vector<Term> roots = program.assumptions;
  for (const Variable& v : program.variables)
    if (v.first_term >= 0) roots.push_back(v.first_term);
  const Printer print(program, kSmt, roots);
  std::vector<std::string> parts;
  for (const Variable& v : program.variables) {
    if (v.by_start) continue;
    if (v.first_term >= 0)
      parts.push_back(fmt::format("(= {} {})", v.name, print.number(v.first_term)));
    else if (v.first_low == v.first_high)
      parts.push_back(fmt::format("(= {} {})", v.name, print.value(v.first_low)));
    else
      parts.push_back(fmt::format("(<= {} {} {})", print.value(v.first_low), v.name,
                                  print.value(v.first_high)));
  }
  for (const Term assumption : program.assumptions) parts.push_back(print.truth(assumption));
  if (!program.starts.empty()) {
    std::string any = "(or";
    for (const auto& start : program.starts) {
      any += " (and true";
      for (const auto& [variable, value] : start)
        any += fmt::format(" (= {} {})", program.variables[variable].name, print.value(value));
      any += ")";
    }
    parts.push_back(any + ")");
  }
  return with_lets(print, conjunction(parts));
}

std::string trans(const Program& program) {
  std::vector<Term> roots;
  for (const Rule& rule : program.rules) {
    if (rule.ends) continue;
    roots.push_back(rule.guard);
    for (const auto& [variable, term] : rule.updates) roots.push_back(term);
  }
  const Printer print(program, kSmt, roots);
  std::string enabled = "(or false";
  std::vector<std::string> next;
  for (const Variable& v : program.variables) next.push_back(v.name);
  for (std::size_t r = 0; r < program.rules.size(); ++r) {
    const Rule& rule = program.rules[r];
    if (rule.ends) continue;
    enabled += fmt::format("\n  (and (= step {}) {}) ; {}", r, print.truth(rule.guard), rule.shown);
    for (const auto& [variable, term] : rule.updates)
      next[variable] =
          fmt::format("(ite (= step {}) {}\n    {})", r, print.number(term), next[variable]);
  }
  std::vector<std::string> parts = {enabled + "\n  )"};
  for (std::size_t v = 0; v < next.size(); ++v)
    parts.push_back(fmt::format("(= {}_next {})", program.variables[v].name, next[v]));
  return with_lets(print, conjunction(parts));
}

std::string bad(const Program& program, int goal) {
  const Term when = reached(program, goal);
  const Printer print(program, kSmt, {when});
  return with_lets(print, print.truth(when));
}

}  // namespace

Written smt2(const Program& program) {
  const Printer plain(program, kSmt, {});
  std::string out = fmt::format("; {}, exported by luproof.\n", program.shown);
  for (const Variable& v : program.variables) out += fmt::format("; {}: {}\n", v.name, v.shown);
  const std::string state = parameters(program, "");
  out += fmt::format("(define-fun range ({}) Bool\n{})\n", state, in_range(program, plain, ""));
  out += fmt::format("(define-fun init ({}) Bool\n{})\n", state, init(program));
  out += fmt::format("(define-fun trans ((step Int) {}{}) Bool\n{})\n", state,
                     parameters(program, "_next"), trans(program));
  for (std::size_t g = 0; g < program.goals.size(); ++g)
    out += fmt::format("(define-fun {} ({}) Bool ; {}\n{})\n", program.goals[g].name, state,
                       program.goals[g].shown, bad(program, static_cast<int>(g)));
  return {out, ""};
}

}  // namespace luproof::checker::exporter
