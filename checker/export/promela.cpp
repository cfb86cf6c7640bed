// SPDX-License-Identifier: GPL-2.0-or-later
// For SPIN: one process, whose loop takes one rule a round.
//
// A d_step is one transition and one state, so states are ours but for one: the state before the
// first values are there. Goals are assertions, in a step or in a round that changes nothing; with
// -c0 the search goes on behind them, and each is told by its name.
#include <fmt/format.h>

#include "checker/export/export.h"
#include "checker/export/printer.h"
#include "checker/export/updates.h"

namespace luproof::checker::exporter {
namespace {

constexpr Dialect kPromela = {.yes = "true",
                              .no = "false",
                              .negation = "(!{0})",
                              .all_open = "(",
                              .all_join = " && ",
                              .any_open = "(",
                              .any_join = " || ",
                              .close = ")",
                              .equal = "({0} == {1})",
                              .less = "({0} < {1})",
                              .sum = "({0} + {1})",
                              .difference = "({0} - {1})",
                              .product = "({0} * {1})",
                              .quotient = "({0} / {1})",
                              .choice = "({0} -> {1} : {2})",
                              .negative = "(0-{0})",
                              .reference = "{0}"};

std::string_view type_of(const Variable& v) {
  if (v.low >= 0 && v.high <= 1) return "bit";
  if (v.low >= 0 && v.high <= 255) return "byte";
  return v.low >= -32768 && v.high <= 32767 ? "short" : "int";
}

// First values. Free ones are chosen within one atomic step; where the assumptions do not allow
// them, the process is back where it was, and no state is added.
std::string first_values(const Program& program, const Printer& print) {
  std::string out = "begin:\n  atomic {\n";
  std::string undo, derived;
  bool free = false;
  for (const Variable& v : program.variables) {
    if (v.by_start) continue;
    if (v.first_term >= 0) {
      derived += fmt::format("{} = {}; ", v.name, print.number(v.first_term));
    } else if (v.first_low == v.first_high) {
      derived += fmt::format("{} = {}; ", v.name, print.value(v.first_low));
    } else {
      out += fmt::format("    select({} : {}..{});\n", v.name, v.first_low, v.first_high);
      undo += fmt::format("{} = 0; ", v.name);
      free = true;
    }
  }
  if (!program.assumptions.empty()) {
    out += "    if\n    :: ";
    for (std::size_t i = 0; i < program.assumptions.size(); ++i)
      out += (i ? " && " : "") + print.truth(program.assumptions[i]);
    out += fmt::format("\n    :: else -> d_step {{ {}skip }}; goto {}\n    fi;\n", undo,
                       free ? "begin" : "done");
  }
  out += fmt::format("    d_step {{ {}skip }}", derived);
  if (!program.starts.empty()) {
    out += ";\n    if\n";
    for (const auto& start : program.starts) {
      out += "    :: d_step { ";
      for (const auto& [variable, value] : start)
        out += fmt::format("{} = {}; ", program.variables[variable].name, print.value(value));
      out += "skip }\n";
    }
    out += "    fi";
  }
  return out + "\n  };\n";
}

}  // namespace

Written promela(const Program& program) {
  const Printer print(program, kPromela, roots_of(program));
  std::string out = fmt::format("/* {}, exported by luproof.\n", program.shown);
  out +=
      "   spin -o1 -o2 -o3 -o4 -a FILE && cc -O1 -DSAFETY -DNOREDUCE -DVECTORSZ=8192 -o pan pan.c "
      "&& ./pan -c0 "
      "-m1000000\n"
      "   It has one state more than luproof counts: the one before the first values are there. "
      "*/\n";
  for (const Variable& v : program.variables)
    out += fmt::format("{} {}; /* {} */\n", type_of(v), v.name, v.shown);
  for (const Goal& goal : program.goals)
    out += fmt::format("hidden byte {}; /* always 0: {} */\n", goal.name, goal.shown);
  std::size_t temporaries = 0;
  std::string body;
  for (const Rule& rule : program.rules) {
    const Sequence sequence = in_sequence(program, rule);
    temporaries = std::max(temporaries, sequence.before.size());
    body += fmt::format(":: d_step {{ {} -> /* {} {} */\n     ", print.truth(rule.guard), rule.name,
                        rule.shown);
    for (const auto& [goal, when] : rule.hits)
      body += fmt::format("assert({} || !{}); ", program.goals[goal].name, print.truth(when));
    for (std::size_t i = 0; i < sequence.before.size(); ++i)
      body += fmt::format("t{} = {}; ", i, print.number(sequence.before[i].second));
    for (const auto& [variable, term] : sequence.then)
      body += fmt::format("{} = {}; ", program.variables[variable].name, print.number(term));
    for (std::size_t i = 0; i < sequence.before.size(); ++i)
      body += fmt::format("{} = t{}; ", program.variables[sequence.before[i].first].name, i);
    body += "skip }\n";
  }
  for (std::size_t i = 0; i < temporaries; ++i) out += fmt::format("hidden int t{};\n", i);
  for (const Printer::Definition& d : print.definitions())
    out += fmt::format("#define {} {}\n", d.name, d.text);
  out += "\nactive proctype model() {\n" + first_values(program, print) + "end: do\n" + body;
  for (const Goal& goal : program.goals)
    if (!program.terms().is_false(goal.when))
      out += fmt::format(":: d_step {{ {} -> assert({}) }}\n", print.truth(goal.when), goal.name);
  out += "od;\ndone: skip\n}\n";
  return {out, ""};
}

}  // namespace luproof::checker::exporter
