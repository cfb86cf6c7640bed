// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "report/ask_grid.h"
#include "report/ask_report.h"

namespace luproof::report {
namespace {

using AskRow = checker::ask::Row;
using checker::ask::Table;
using model::printable;

constexpr std::size_t kWidth = 100;

// The first row of a variant; all its rows speak of the same circumstances.
const AskRow& first_of(const Table& table, const std::string& variant) {
  return *std::find_if(table.rows.begin(), table.rows.end(),
                       [&](const AskRow& row) { return row.variant == variant; });
}

std::string scope(const Table& table, const std::string& variant) {
  std::size_t states = 0;
  bool all = true;
  for (const AskRow& row : table.rows) {
    if (row.variant != variant) continue;
    states += row.checked.statistics.states;
    all = all && all_depths(row.checked);
  }
  const AskRow& row = first_of(table, variant);
  if (!row.checked.model) return "";
  std::string text =
      fmt::format("scope: {}, this topology ({})", all ? "all depths" : "NOT all depths",
                  counted(static_cast<std::size_t>(vfs(row.checked)), "VF"));
  return states ? text + fmt::format(", {} states in all rows", count(states)) : text;
}

std::string kept(const AskGrid& grid) {
  if (!grid.kept) return "";
  return grid.kept == 1 ? "1 other property holds in every row"
                        : fmt::format("{} other properties hold in every row", grid.kept);
}

std::vector<std::string> assumption_lines(const Table& table) {
  const Assumptions all = assumptions(table);
  std::vector<std::string> lines;
  for (std::size_t a = 0; a < all.by_some.size(); ++a)
    lines.push_back(fmt::format("a{} {}", a + 1, all.by_some[a]));
  if (!all.by_all.empty()) lines.push_back("every row assumes " + joined(all.by_all));
  return lines;
}

struct Reason {
  std::string text, steps;
};
std::vector<Reason> reasons(const Table& table) {
  std::vector<Reason> all;
  for (const auto& [b, worse] : table.worse) {
    const checker::ask::Worse& w = worse[0];
    Reason r;
    r.text = fmt::format("{} is worse than {}: {}", alternative_name(table, b),
                         alternative_name(table, w.than), reason(table, w));
    if (table.variants.size() > 1) r.text += " (" + table.rows[w.row].variant + ")";
    if (const checker::Run* run = run_of(table, w))
      r.steps = steps_text(table.rows[w.row].checked, *run);
    all.push_back(std::move(r));
  }
  return all;
}

std::vector<std::string> errors(const Table& table) {
  std::vector<std::string> all;
  for (const AskRow& row : table.rows) {
    if (!row.error.empty()) all.push_back(table.name(row) + ": " + row.error);
    if (!row.checked.broken.empty())
      all.push_back(table.name(row) + ": luproof is wrong here: " + row.checked.broken);
  }
  return all;
}

std::string runs(const Table& table, const AskRequest& request, const TextOptions& options) {
  std::string out;
  for (const AskRow& row : table.rows)
    if (row.checked.model) out += "\n" + text(row.checked, request.base, options);
  return out;
}

}  // namespace

std::string ask_text(const Table& table, const AskRequest& request, const TextOptions& options) {
  std::string out =
      options.style.bold(printable(table.rows.empty()            ? request.base.path
                                   : table.rows[0].checked.model ? table.rows[0].checked.model->name
                                                                 : request.base.path)) +
      "\n";
  const auto note = [&](std::size_t indent, const std::string& line) {
    if (line.empty()) return;
    out += std::string(indent, ' ') + wrapped(printable(line), kWidth - indent, indent) + "\n";
  };
  note(2, request.about);
  for (const std::string& variant : table.variants) {
    if (table.variants.size() > 1)
      out += options.style.bold(printable("variant " + variant)) + "\n";
    const AskGrid grid = ask_grid(table, variant, kWidth - 2);
    out += grid.grid.text(options.style, 2);
    for (const std::string& line : grid.legend) note(4, line);
    note(4, kept(grid));
    note(4, scope(table, variant));
  }
  for (const std::string& line : assumption_lines(table)) note(2, line);
  for (const Reason& r : reasons(table)) {
    note(2, r.text);
    note(6, r.steps);
  }
  for (const std::string& line : errors(table)) note(2, line);
  if (request.runs) out += runs(table, request, options);
  out += options.style.dim("  again: " + printable(request.again)) + "\n";
  return out;
}

std::string ask_markdown(const Table& table, const AskRequest& request) {
  std::string out;
  const auto paragraph = [&](const std::string& text) {
    if (!text.empty()) out += wrapped(plain_markdown(text), 76, 0) + "\n\n";
  };
  const auto list = [&](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) out += "- " + wrapped(plain_markdown(line), 74, 2) + "\n";
    if (!lines.empty()) out += "\n";
  };
  paragraph(request.about);
  for (const std::string& variant : table.variants) {
    if (table.variants.size() > 1) paragraph("Variant " + variant + ":");
    const AskGrid grid = ask_grid(table, variant, kWidth);
    out += grid.grid.markdown() + "\n";
    list(grid.legend);
    paragraph(joined({kept(grid), scope(table, variant)}, kept(grid).empty() ? "" : "; "));
  }
  list(assumption_lines(table));
  for (const Reason& r : reasons(table)) {
    paragraph(r.text + (r.steps.empty() ? "." : ":"));
    if (!r.steps.empty()) out += "    " + wrapped(printable(r.steps), 72, 4) + "\n\n";
  }
  for (const std::string& line : errors(table)) paragraph(line);
  return out + "    $ " + printable(request.again) + "\n";
}

int exit_status(const Table& table) {
  int status = kHolds;
  for (const AskRow& row : table.rows) {
    if (!row.error.empty()) status = worse(status, kWrongInput);
    if (!row.checked.model) continue;
    if (!row.checked.broken.empty()) status = worse(status, kInconclusive);
    for (const checker::Finding& f : row.checked.findings)
      if (f.verdict == checker::Verdict::Unknown) status = worse(status, kInconclusive);
    for (const auto& m : row.measured)
      if (!m.unknown.empty()) status = worse(status, kInconclusive);
  }
  return status;
}

}  // namespace luproof::report
