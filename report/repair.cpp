// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/repair.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::report {
namespace {

using checker::repair::Candidate;
using checker::repair::Repair;
using checker::repair::Repairs;
using model::printable;

std::vector<const Candidate*> changes(const Repairs& all, const Repair& one) {
  std::vector<const Candidate*> some;
  for (const int i : one.set) some.push_back(&all.all[static_cast<std::size_t>(i)]);
  return some;
}

std::string sentence(const Candidate& c) {
  std::string text = c.declared ? c.name + (c.about.empty() ? "" : ": " + c.about) : c.about;
  if (c.declared && !c.cite.empty()) text += " [" + joined(c.cite) + "]";
  return text;
}

std::size_t declared(const Repairs& all) {
  return static_cast<std::size_t>(
      std::count_if(all.all.begin(), all.all.end(), [](const Candidate& c) { return c.declared; }));
}

// "all depths, this topology (1 VF), 301 states" of the check with the changes.
std::string scope(const Repair& one) {
  return one.checked->findings.empty() ? "all depths"
                                       : scope_text(*one.checked, one.checked->findings[0]);
}

std::string indented(const std::string& text, const std::string& margin) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += margin + printable(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

// What some run did before, and none does with the changes: the guard never lets it happen.
std::vector<std::string> never_used(const Repairs& all, const Repair& one) {
  const auto& before = all.base->never_fired;
  std::vector<std::string> fresh;
  for (const std::string& name : one.checked->never_fired)
    if (std::find(before.begin(), before.end(), name) == before.end()) fresh.push_back(name);
  return fresh;
}

std::string searched(const Repairs& all) {
  return fmt::format("{} tried of {} ({} declared)", counted(all.tried, "set"),
                     counted(all.all.size(), "candidate"), declared(all));
}

}  // namespace

std::string repair_text(const Repairs& all, const Style& style) {
  std::string out = style.bold(printable(title(*all.base))) + "\n";
  if (all.violated.empty()) {
    const std::string& stopped = all.base->statistics.stopped_by;
    return out + (stopped.empty()
                      ? "  nothing to repair\n"
                      : fmt::format("  nothing is known to be violated: stopped by {}\n", stopped));
  }
  out += "  violated: " + printable(joined(all.violated)) + "\n";
  std::size_t number = 0;
  for (const Repair& one : all.found) {
    const auto some = changes(all, one);
    bool first = true;
    for (const Candidate* c : some) {
      out +=
          fmt::format("  {:>2}{} {}{}\n", first ? std::to_string(++number) : "", first ? "." : " ",
                      style.bold(printable(sentence(*c))), c->declared ? "  (declared)" : "");
      first = false;
    }
    out += indented(checker::repair::variant_text(some, 2), "      ");
    out += fmt::format("      proved: every property holds, {}\n", printable(scope(one)));
    if (const auto unused = never_used(all, one); !unused.empty())
      out += fmt::format("      never used any more: {}\n", printable(joined(unused)));
  }
  for (const std::string& property : all.unstopped)
    out += fmt::format("  no candidate changes the run that violates {}\n", printable(property));
  if (all.found.empty()) out += style.red("  no repair was found") + "\n";
  for (const auto& [why, sets] : all.why_not)
    if (all.found.empty()) out += fmt::format("    {}: {}\n", counted(sets, "set"), why);
  out += fmt::format("  {}: {}{}\n",
                     all.found.empty() ? "no repair"
                                       : counted(all.found.size(), "repair") + " of " +
                                             counted(all.found[0].set.size(), "change"),
                     searched(all),
                     all.stopped.empty()
                         ? ""
                         : "; stopped by " + all.stopped + ", so smaller or other sets may do");
  return out;
}

nlohmann::ordered_json repair_json(const Repairs& all) {
  auto found = nlohmann::ordered_json::array();
  for (const Repair& one : all.found) {
    const auto some = changes(all, one);
    auto parts = nlohmann::ordered_json::array();
    for (const Candidate* c : some)
      parts.push_back(
          {{"name", c->name}, {"about", c->about}, {"declared", c->declared}, {"cite", c->cite}});
    found.push_back({{"changes", std::move(parts)},
                     {"variant", checker::repair::variant_text(some, 0)},
                     {"scope", scope(one)},
                     {"never_used_any_more", never_used(all, one)}});
  }
  return {{"spec", all.base->model->name},
          {"variant", all.base->reading.variant},
          {"choices", all.base->reading.choices},
          {"violated", all.violated},
          {"repairs", std::move(found)},
          {"candidates", all.all.size()},
          {"declared", declared(all)},
          {"tried", all.tried},
          {"why_not", all.why_not},
          {"unstopped", all.unstopped},
          {"stopped", all.stopped}};
}

int exit_status(const Repairs& all) {
  if (all.violated.empty())
    return std::all_of(
               all.base->findings.begin(), all.base->findings.end(),
               [](const checker::Finding& f) { return f.verdict != checker::Verdict::Unknown; })
               ? kHolds
               : kInconclusive;
  if (!all.found.empty()) return kHolds;
  return all.stopped.empty() ? kViolated : kInconclusive;
}

}  // namespace luproof::report
