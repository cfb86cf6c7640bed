// SPDX-License-Identifier: GPL-2.0-or-later
// For Rumur, which checks beside that no value leaves its range.
//
// States are exactly ours. Assumptions over first states are Rumur's own `assume`; a model without
// them is plain Murphi.
#include <fmt/format.h>

#include "checker/export/export.h"
#include "checker/export/printer.h"
#include "checker/export/updates.h"

namespace luproof::checker::exporter {
namespace {

constexpr Dialect kMurphi = {.yes = "true",
                             .no = "false",
                             .negation = "!{0}",
                             .all_open = "(",
                             .all_join = " & ",
                             .any_open = "(",
                             .any_join = " | ",
                             .close = ")",
                             .equal = "({0} = {1})",
                             .less = "({0} < {1})",
                             .sum = "({0} + {1})",
                             .difference = "({0} - {1})",
                             .product = "({0} * {1})",
                             .quotient = "({0} / {1})",
                             .choice = "({0} ? {1} : {2})",
                             .negative = "(-{0})",
                             .reference = "{0}()",
                             .inline_below = 6};

std::string first_states(const Program& program, const Printer& print) {
  std::string rulesets, given, derived, assumed;
  for (const Variable& v : program.variables) {
    if (v.by_start) continue;
    if (v.first_term >= 0) {
      derived += fmt::format("  {} := {};\n", v.name, print.number(v.first_term));
    } else if (v.first_low == v.first_high) {
      given += fmt::format("  {} := {};\n", v.name, print.value(v.first_low));
    } else {
      rulesets += fmt::format("ruleset f_{}: {}..{} do\n", v.name, v.first_low, v.first_high);
      given += fmt::format("  {0} := f_{0};\n", v.name);
    }
  }
  for (const Term assumption : program.assumptions)
    assumed += fmt::format("  assume {};\n", print.truth(assumption));
  std::string out = rulesets;
  const std::size_t starts = std::max<std::size_t>(1, program.starts.size());
  for (std::size_t i = 0; i < starts; ++i) {
    out += fmt::format("startstate \"start {}\" begin\n{}{}", i, given, derived);
    if (!program.starts.empty())
      for (const auto& [variable, value] : program.starts[i])
        out += fmt::format("  {} := {};\n", program.variables[variable].name, print.value(value));
    out += assumed + "end;\n";
  }
  for (std::size_t at = 0; (at = rulesets.find("ruleset", at)) != std::string::npos; ++at)
    out += "end;\n";
  return out;
}

}  // namespace

Written murphi(const Program& program) {
  const Printer print(program, kMurphi, roots_of(program));
  std::string out = fmt::format("-- {}, exported by luproof.\n", program.shown);
  out +=
      "-- rumur --value-type int32_t --deadlock-detection off -o model.c FILE && cc -O1 -mcx16 -o "
      "model model.c "
      "-lpthread "
      "&& ./model\nvar\n";
  for (const Variable& v : program.variables)
    out += fmt::format("  {}: {}..{}; -- {}\n", v.name, v.low, v.high, v.shown);
  if (program.variables.empty()) out += "  v_none: 0..1;\n";
  for (const Printer::Definition& d : print.definitions())
    out += fmt::format("function {}(): {}; begin return {}; end;\n", d.name,
                       d.truth ? "boolean" : fmt::format("{}..{}", d.low, d.high), d.text);
  out += first_states(program, print);
  for (const Rule& rule : program.rules) {
    const Sequence sequence = in_sequence(program, rule);
    out += fmt::format("rule \"{} {}\" {} ==>\n", rule.name, rule.shown, print.truth(rule.guard));
    for (std::size_t i = 0; i < sequence.before.size(); ++i) {
      const Variable& v = program.variables[sequence.before[i].first];
      out += fmt::format("var t{}: {}..{};\n", i, v.low, v.high);
    }
    out += "begin\n";
    for (const auto& [goal, when] : rule.hits)
      out += fmt::format("  assert \"{}\" !{};\n", program.goals[goal].name, print.truth(when));
    for (std::size_t i = 0; i < sequence.before.size(); ++i)
      out += fmt::format("  t{} := {};\n", i, print.number(sequence.before[i].second));
    for (const auto& [variable, term] : sequence.then)
      out += fmt::format("  {} := {};\n", program.variables[variable].name, print.number(term));
    for (std::size_t i = 0; i < sequence.before.size(); ++i)
      out += fmt::format("  {} := t{};\n", program.variables[sequence.before[i].first].name, i);
    out += "end;\n";
  }
  for (const Goal& goal : program.goals)
    if (!program.terms().is_false(goal.when))
      out += fmt::format("invariant \"{}\" !{};\n", goal.name, print.truth(goal.when));
  return {out, ""};
}

}  // namespace luproof::checker::exporter
