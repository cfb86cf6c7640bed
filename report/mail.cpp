// SPDX-License-Identifier: GPL-2.0-or-later
// What a reviewer quotes: the verdict, its scope, the run with its patches, the rule that the last
// step breaks, what was not modelled, and one command. A long run keeps its beginning and its end.
#include "report/mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/mail_lines.h"
#include "report/run.h"

namespace luproof::report {
namespace {

constexpr std::size_t kLines = 25;
constexpr std::size_t kSteps = 11;  // of a run; the rest of the lines is what every mail says

std::string step_line(const Row& row) {
  std::string line = fmt::format("  {:>2}. {}", row.visible, row.step_text());
  if (!row.patch.empty()) line += fmt::format("  [patch {}]", row.patch);
  line = model::printable(line);
  return cut(line, kMailColumns);
}

void violation(const checker::Checked& checked, const checker::Finding& finding,
               const Request& request, std::vector<std::string>& out,
               std::vector<std::string>& cited) {
  std::vector<std::string> lines;
  auto add = [&](const std::string& text, std::size_t indent, std::size_t first, std::size_t most) {
    for (std::string& line : mail_lines(text, indent, first, most))
      lines.push_back(std::move(line));
  };
  const std::string of = element(checked, finding);
  add(fmt::format("luproof: {}: {} is violated{}", title(checked), finding.property,
                  of.empty() ? "" : " for " + of),
      2, 0, 2);
  add(because(checked, finding), 2, 2, 2);
  add("Scope: " + scope_text(checked, finding), 4, 2, 2);
  std::string rule;
  if (finding.run) {
    std::vector<Row> visible;
    for (Row& row : rows(checked, *finding.run))
      if (row.visible || !row.fault.empty()) visible.push_back(std::move(row));
    lines.emplace_back();
    for (std::size_t i = 0; i < visible.size(); ++i) {
      const std::size_t tail = kSteps - 4;  // the end of a run says more than its beginning
      if (visible.size() > kSteps && i == 3) {
        lines.push_back(fmt::format("      ({} more steps)", visible.size() - 3 - tail));
        i = visible.size() - tail;
      }
      lines.push_back(step_line(visible[i]));
    }
    lines.emplace_back();
    if (!visible.empty()) {
      const Row& last = visible.back();
      for (const std::string& name : last.cite)
        if (std::find(cited.begin(), cited.end(), name) == cited.end()) cited.push_back(name);
      rule = fmt::format("Rule: {} ({}:{}) [{}]", last.rule, shown_path(last.file, request),
                         last.line, joined(last.cite));
    }
  }
  if (!rule.empty()) add(rule, 4, 2, 2);
  if (!finding.needs.empty()) add("Needs: " + joined(finding.needs), 4, 2, 1);
  if (const auto taken = assumptions(checked, finding); !taken.empty())
    add("Assumes: " + joined(taken), 4, 2, 1);
  if (!checked.model->not_modelled.empty())
    add("Not modelled: " + joined(checked.model->not_modelled, "; "), 4, 2, 3);
  const std::vector<std::string> command = command_lines(reproduce(checked, finding, request));
  if (lines.size() + command.size() > kLines)
    lines.resize(kLines - std::min(kLines, command.size()));
  lines.insert(lines.end(), command.begin(), command.end());
  out.insert(out.end(), lines.begin(), lines.end());
  out.emplace_back();
}

}  // namespace

std::string mail(const checker::Checked& checked, const Request& request, const Sources& sources) {
  std::vector<std::string> lines, holds, open, taken, cited;
  for (const checker::Finding& finding : checked.findings) {
    const checker::Verdict verdict = believed(checked, finding);
    for (const std::string& name : assumptions(checked, finding))
      if (verdict == checker::Verdict::Holds &&
          std::find(taken.begin(), taken.end(), name) == taken.end())
        taken.push_back(name);
    if (verdict == checker::Verdict::Violated)
      violation(checked, finding, request, lines, cited);
    else if (verdict == checker::Verdict::Holds)
      holds.push_back(finding.property);
    else
      open.push_back(fmt::format("{} ({}: {})", finding.property, checker::verdict_name(verdict),
                                 reason_of(checked, finding)));
  }
  auto summary = [&](const std::string& text) {
    for (std::string& line : mail_lines(text, 2, 0, 6)) lines.push_back(std::move(line));
  };
  if (!holds.empty())
    summary(fmt::format("luproof: {}: holds, {}: {}", title(checked),
                        scope_text(checked, checked.findings.front()), joined(holds)));
  if (!holds.empty() && !taken.empty())
    for (std::string& line : mail_lines("Assumes: " + joined(taken), 4, 2, 1))
      lines.push_back(std::move(line));
  if (!open.empty()) summary(fmt::format("luproof: {}: open: {}", title(checked), joined(open)));
  add_sources(cited, sources, lines);
  return mail_text(lines);
}

}  // namespace luproof::report
