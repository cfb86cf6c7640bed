// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/rule_list.h"

namespace luproof::report {
namespace {

using checker::Loss;
using checker::Mutation;
using checker::Mutations;
using checker::Verdict;
using model::printable;

constexpr std::size_t kTextShown = 90;

// A hunk of a series by its number, else by what the rule cites.
std::string hunk(const Mutation& m) {
  return m.patch.empty() ? joined(m.cite) : "patch " + m.patch;
}

std::string loss_text(const Loss& loss) {
  return fmt::format("{} violated in {} by {}", loss.property,
                     counted(static_cast<std::size_t>(loss.steps), "visible step"), loss.by);
}

std::string what(const Mutation& m) {
  return fmt::format("{}, {}", model::shortened(m.edit.text, kTextShown),
                     model::edit_name(m.edit.kind));
}

std::string verdict(const Mutation& m) {
  if (!m.used) return "not needed: no run comes here";
  std::vector<std::string> losses, vacuous;
  for (const Loss& loss : m.losses)
    if (loss.verdict == Verdict::Vacuous)
      vacuous.push_back(loss.property);
    else
      losses.push_back(loss_text(loss));
  if (!vacuous.empty()) losses.push_back("vacuous: " + joined(vacuous));
  std::string text = losses.empty() ? "" : "needed: " + joined(losses, "; ");
  if (!m.untold.empty())
    text += (text.empty() ? "" : "; more ") + std::string("could not be told: ") + m.untold;
  return text.empty() ? "not needed for any property" : text;
}

struct Group {
  std::string name;
  std::set<std::string> properties;
  std::size_t changes = 0, untold = 0;
};

std::vector<Group> groups(const Mutations& all) {
  std::vector<Group> result;
  for (const Mutation& m : all.all) {
    const std::string name = hunk(m);
    if (name.empty()) continue;
    auto group =
        std::find_if(result.begin(), result.end(), [&](const Group& g) { return g.name == name; });
    if (group == result.end()) group = result.insert(result.end(), Group{name, {}, 0, 0});
    ++group->changes;
    group->untold += !m.untold.empty();
    for (const Loss& loss : m.losses) group->properties.insert(loss.property);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Group& a, const Group& b) { return a.name < b.name; });
  return result;
}

std::string group_text(const Group& g) {
  std::string text = g.untold ? "not known whether it is needed" : "not needed for any property";
  if (!g.properties.empty())
    text = "needed for " + joined({g.properties.begin(), g.properties.end()});
  text += fmt::format(" ({})", counted(g.changes, "change"));
  return g.untold ? text + fmt::format(", {} not told", g.untold) : text;
}

struct Counts {
  std::size_t needed = 0, untold = 0, unused = 0, other = 0;
};
Counts counts(const Mutations& all) {
  Counts c;
  for (const Mutation& m : all.all)
    ++(m.needed() ? c.needed : !m.untold.empty() ? c.untold : !m.used ? c.unused : c.other);
  return c;
}

std::string summary(const Mutations& all) {
  const Counts c = counts(all);
  return fmt::format("{}: {} needed, {} not, {} where no run comes, {} not told",
                     counted(all.all.size(), "change"), c.needed, c.other, c.unused, c.untold);
}

std::string held(const Mutations& all) {
  if (!all.held.empty()) return "held: " + joined({all.held.begin(), all.held.end()});
  const std::string& stopped = all.base->statistics.stopped_by;
  return stopped.empty() ? "no property holds here, so nothing can be needed"
                         : fmt::format("no property is known to hold: stopped by {}", stopped);
}

// "|" ends a cell of a table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

}  // namespace

std::string mutation_text(const Mutations& all, const Request& request, const Style& style) {
  std::string out = style.bold(printable(title(*all.base))) + "\n";
  out += "  " + printable(held(all)) + "\n";
  if (!all.base->findings.empty())
    out += fmt::format("  scope: {}\n", printable(scope_text(*all.base, all.base->findings[0])));
  std::string file;
  for (const Mutation& m : all.all) {
    const std::string path = shown_path(m.edit.at.source->path, request);
    if (path != file) out += fmt::format("  {}\n", printable(file = path));
    const std::string text = printable(verdict(m)),
                      place = fmt::format("{}:{}", m.edit.at.line, m.edit.at.column);
    const std::string by = m.patch.empty() ? "" : fmt::format("  [patch {}]", m.patch);
    out += fmt::format("  {:>7}  {}{}\n           {}\n", place, printable(what(m)), printable(by),
                       m.needed() ? style.bold(text) : style.dim(text));
  }
  const auto by = groups(all);
  if (!by.empty()) out += "  by patch, or by source:\n";
  for (const Group& g : by) out += fmt::format("    {}: {}\n", printable(g.name), group_text(g));
  return out + fmt::format("  {}\n", summary(all));
}

std::string mutation_markdown(const Mutations& all, const Request& request) {
  std::string out = fmt::format("## {}\n\n{}.\n\n| place | change | patch or source | verdict |\n",
                                cell(title(*all.base)), cell(held(all)));
  out += "|---|---|---|---|\n";
  for (const Mutation& m : all.all)
    out += fmt::format("| {}:{}:{} | {} | {} | {} |\n",
                       cell(shown_path(m.edit.at.source->path, request)), m.edit.at.line,
                       m.edit.at.column, cell(what(m)), cell(hunk(m)), cell(verdict(m)));
  out += "\n| patch or source | verdict |\n|---|---|\n";
  for (const Group& g : groups(all))
    out += fmt::format("| {} | {} |\n", cell(g.name), cell(group_text(g)));
  return out + fmt::format("\n{}.\n", summary(all));
}

nlohmann::ordered_json mutation_json(const Mutations& all) {
  auto rows = nlohmann::ordered_json::array();
  for (const Mutation& m : all.all) {
    auto losses = nlohmann::ordered_json::array();
    for (const Loss& loss : m.losses) {
      nlohmann::ordered_json one = {{"property", loss.property},
                                    {"verdict", checker::verdict_name(loss.verdict)}};
      if (loss.verdict == Verdict::Violated) {
        one["visible_steps"] = loss.steps;
        one["by"] = loss.by;
      }
      losses.push_back(std::move(one));
    }
    rows.push_back({{"file", m.edit.at.source->path},
                    {"line", m.edit.at.line},
                    {"column", m.edit.at.column},
                    {"text", m.edit.text},
                    {"change", model::edit_name(m.edit.kind)},
                    {"rule", m.rule},
                    {"patch", m.patch},
                    {"cite", m.cite},
                    {"used", m.used},
                    {"needed_for", std::move(losses)},
                    {"not_told", m.untold}});
  }
  auto by = nlohmann::ordered_json::array();
  for (const Group& g : groups(all))
    by.push_back({{"name", g.name},
                  {"changes", g.changes},
                  {"needed_for", g.properties},
                  {"not_told", g.untold}});
  const Counts c = counts(all);
  return {{"spec", all.base->model->name},
          {"variant", all.reading.variant},
          {"choices", all.reading.choices},
          {"held", all.held},
          {"changes", std::move(rows)},
          {"by_patch", std::move(by)},
          {"needed", c.needed},
          {"not_needed", c.other},
          {"not_used", c.unused},
          {"not_told", c.untold}};
}

int exit_status(const Mutations& all) {
  return counts(all).untold || !all.base->statistics.exhausted ? kInconclusive : kHolds;
}

}  // namespace luproof::report
