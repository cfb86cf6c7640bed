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

constexpr std::size_t kLines = 30;
// Of a run; the rest of the lines is what every mail says.
constexpr std::size_t kSteps = 11, kFewestSteps = 6;

std::string step_line(const Row& row) {
  std::string line = fmt::format("  {:>2}. {}", row.visible, row.step_text());
  if (!row.patch.empty()) line += fmt::format("  [patch {}]", row.patch);
  line = model::printable(line);
  return cut(line, kMailColumns);
}

// Behind the steps of a run, and behind what holds: what it rests on, as far as there is room.
class Grounds {
 public:
  // Tells less than there is only where it says so.
  void add(const std::string& head, const std::vector<std::string>& items, std::size_t most,
           const std::string& separator = ", ") {
    for (std::string& line : mail_list(head, items, separator, most, whole_))
      lines_.push_back(std::move(line));
  }
  void of_reading(const checker::Checked& checked) {
    add("Switched off:", checked.acts_off, 1);
    add("Not modelled:", checked.model->not_modelled, 3, "; ");
  }
  const std::vector<std::string>& lines() const { return lines_; }
  bool whole() const { return whole_; }

 private:
  std::vector<std::string> lines_;
  bool whole_ = true;
};

std::vector<std::string> overridden(const checker::Checked& checked, const std::vector<Row>& all) {
  std::vector<std::string> texts;
  for (const Override& o : overrides(checked, all))
    texts.push_back(o.what + " by " + o.by + (o.patch.empty() ? "" : " (patch " + o.patch + ")"));
  return texts;
}

// The beginning and the end of a run; the end says more.
void add_steps(const std::vector<Row>& visible, std::size_t most, std::vector<std::string>& lines) {
  constexpr std::size_t kHead = 3;
  for (std::size_t i = 0; i < visible.size(); ++i) {
    const std::size_t tail = most - kHead - 1;
    if (visible.size() > most && i == kHead) {
      lines.push_back(fmt::format("      ({} more steps)", visible.size() - kHead - tail));
      i = visible.size() - tail;
    }
    lines.push_back(step_line(visible[i]));
  }
}

void violation(const checker::Checked& checked, const checker::Finding& finding,
               const Request& request, std::vector<std::string>& out,
               std::vector<std::string>& cited) {
  std::vector<std::string> lines;
  auto add = [](std::vector<std::string>& to, const std::string& text, std::size_t indent,
                std::size_t first) {
    for (std::string& line : mail_lines(text, indent, first, 2)) to.push_back(std::move(line));
  };
  const std::string of = element(checked, finding);
  add(lines,
      fmt::format("luproof: {}: {} is violated{}", title(checked), finding.property,
                  of.empty() ? "" : " for " + of),
      2, 0);
  add(lines, because(checked, finding), 2, 2);
  add(lines, finding.reason, 2, 2);
  add(lines, "Scope: " + scope_text(checked, finding), 4, 2);
  std::vector<Row> all, visible;
  if (finding.run) all = rows(checked, *finding.run);
  for (const Row& row : all)
    if (row.visible || !row.fault.empty()) visible.push_back(row);
  std::vector<std::string> rule;
  if (!visible.empty()) {
    const Row& last = visible.back();
    for (const std::string& name : last.cite)
      if (std::find(cited.begin(), cited.end(), name) == cited.end()) cited.push_back(name);
    add(rule,
        fmt::format("Rule: {} ({}:{}) [{}]", last.rule, shown_path(last.file, request), last.line,
                    joined(last.cite)),
        4, 2);
  }
  Grounds grounds;  // what is left out of them, the command shows
  grounds.add("Needs:", finding.needs, 1);
  grounds.add("Override:", overridden(checked, all), 2);
  grounds.add("Assumes:", assumptions(checked, finding), 2);
  grounds.of_reading(checked);
  const std::vector<std::string> command = command_lines(reproduce(checked, finding, request));
  if (finding.run) {
    const std::size_t others =
        lines.size() + rule.size() + grounds.lines().size() + command.size() + 2;
    lines.emplace_back();
    add_steps(visible, std::clamp(kLines - std::min(kLines, others), kFewestSteps, kSteps), lines);
    lines.emplace_back();
  }
  for (const std::vector<std::string>* part :
       std::initializer_list<const std::vector<std::string>*>{&rule, &grounds.lines(), &command})
    lines.insert(lines.end(), part->begin(), part->end());
  out.insert(out.end(), lines.begin(), lines.end());
  out.emplace_back();
}

// What holds within one scope is one sentence.
void holds_lines(const checker::Checked& checked, const Request& request,
                 std::vector<std::string>& out) {
  std::vector<std::pair<std::string, std::vector<std::string>>> scopes;
  std::vector<std::string> taken;
  for (const checker::Finding& finding : checked.findings) {
    if (believed(checked, finding) != checker::Verdict::Holds) continue;
    for (const std::string& name : assumptions(checked, finding))
      if (std::find(taken.begin(), taken.end(), name) == taken.end()) taken.push_back(name);
    const std::string scope = scope_text(checked, finding);
    auto at = std::find_if(scopes.begin(), scopes.end(),
                           [&](const auto& each) { return each.first == scope; });
    if (at == scopes.end()) at = scopes.insert(at, {scope, {}});
    at->second.push_back(finding.property);
  }
  if (scopes.empty()) return;
  for (const auto& [scope, names] : scopes)
    for (std::string& line :
         mail_lines(fmt::format("luproof: {}: holds, {}: {}", title(checked), scope, joined(names)),
                    2, 0, std::string::npos))
      out.push_back(std::move(line));
  Grounds grounds;
  grounds.add("Assumes:", taken, 2);
  grounds.of_reading(checked);
  out.insert(out.end(), grounds.lines().begin(), grounds.lines().end());
  if (grounds.whole()) return;
  const std::vector<std::string> command = command_lines(reproduce(checked, request));
  out.insert(out.end(), command.begin(), command.end());
}

}  // namespace

std::string mail(const checker::Checked& checked, const Request& request, const Sources& sources) {
  std::vector<std::string> lines, open, cited;
  for (const checker::Finding& finding : checked.findings) {
    const checker::Verdict verdict = believed(checked, finding);
    if (verdict == checker::Verdict::Violated)
      violation(checked, finding, request, lines, cited);
    else if (verdict != checker::Verdict::Holds)
      open.push_back(fmt::format("{} ({}: {})", finding.property, checker::verdict_name(verdict),
                                 reason_of(checked, finding)));
  }
  holds_lines(checked, request, lines);
  if (!open.empty())
    for (std::string& line :
         mail_lines(fmt::format("luproof: {}: open: {}", title(checked), joined(open)), 2, 0,
                    std::string::npos))
      lines.push_back(std::move(line));
  add_sources(cited, sources, lines);
  return mail_text(lines);
}

}  // namespace luproof::report
