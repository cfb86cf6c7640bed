// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drift.h"
#include "report/json_text.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

namespace luproof::report {
namespace {

using kernel::Drifted;
using kernel::Fate;
using model::printable;

std::string place(const std::string& file, const std::string& function) {
  return file + ":" + function;
}

std::string now(const Drifted& d) {
  const std::string at = fmt::format("{}:{}", d.now_file, d.line);
  switch (d.fate) {
    case Fate::Changed:
    case Fate::Appeared:
      return " at " + at;
    case Fate::Moved:
    case Fate::Elsewhere:
      return " to " + at;
    case Fate::Renamed:
      return fmt::format(" to {} at {}", d.now_function, at);
    case Fate::Gone:
      return "";
  }
  return "";
}

// A function of a file counts once, however many rules speak of it.
std::string summary(const kernel::Drift& drift) {
  std::map<Fate, std::size_t> fates;
  for (const Drifted& d : drift.drifted) ++fates[d.fate];
  std::string text = counted(drift.functions, "function") + " compared";
  for (const auto& [fate, number] : fates)
    text += fmt::format(", {} {}", count(number), kernel::text_of(fate));
  if (drift.drifted.empty() && drift.stopped.empty()) text += ", all as recorded";
  if (!drift.unrecorded.empty())
    text += fmt::format(", {} without a fingerprint", count(drift.unrecorded.size()));
  if (!drift.stopped.empty())
    text += fmt::format("; stopped by {}: {} not compared, {} not looked for everywhere",
                        drift.stopped, count(drift.uncompared), count(drift.unsettled.size()));
  return text;
}

std::string shown(const kernel::Citation& c, const Request& request) {
  std::string how;
  if (c.how == kernel::Speaks::At) how = c.rule.patch.empty() ? "at" : "at, patch " + c.rule.patch;
  if (c.how == kernel::Speaks::Name) how = "by its name";
  if (c.how == kernel::Speaks::Sentence) how = "in its sentence";
  const std::string variant = c.rule.variant.empty() ? "" : " (" + c.rule.variant + ")";
  return fmt::format("{}:{} {} {}{}, {}", shown_path(c.path, request), c.rule.span.line,
                     c.rule.kind, c.rule.id, variant, how);
}

}  // namespace

int exit_status(const kernel::Drift& drift) {
  if (!drift.drifted.empty()) return kViolated;
  return drift.unrecorded.empty() && drift.stopped.empty() ? kHolds : kInconclusive;
}

std::string drift_text(const kernel::Drift& drift, const Request& request) {
  std::string text = printable(fmt::format("{} against Linux {}", drift.kernel, drift.release));
  text += "\n";
  for (const Drifted& d : drift.drifted) {
    text += printable(fmt::format("  {} {}{}", kernel::text_of(d.fate), place(d.file, d.function),
                                  now(d))) +
            "\n";
    for (const kernel::Citation& c : d.who) text += "    " + printable(shown(c, request)) + "\n";
    text += "    rest on it: " + printable(d.users.empty() ? "nothing" : joined(d.users)) + "\n";
  }
  for (const std::string& name : drift.unrecorded)
    text += "  no fingerprint of " + printable(name) + "\n";
  for (const std::string& name : drift.unsettled)
    text += "  not where it was: " + printable(name) + "\n";
  return text + summary(drift) + "\n";
}

std::string drift_json(const kernel::Drift& drift, const Request& request) {
  using nlohmann::ordered_json;
  ordered_json functions = ordered_json::array();
  for (const Drifted& d : drift.drifted) {
    ordered_json rules = ordered_json::array();
    for (const kernel::Citation& c : d.who) {
      ordered_json rule = {{"id", c.rule.id},
                           {"kind", c.rule.kind},
                           {"file", shown_path(c.path, request)},
                           {"line", c.rule.span.line},
                           {"how", kernel::text_of(c.how)}};
      if (!c.rule.variant.empty()) rule["variant"] = c.rule.variant;
      if (!c.rule.patch.empty()) rule["patch"] = c.rule.patch;
      rules.push_back(std::move(rule));
    }
    ordered_json out = {
        {"fate", kernel::text_of(d.fate)}, {"function", d.function}, {"file", d.file}};
    if (d.fate != Fate::Gone)
      out["now"] = {{"function", d.now_function}, {"file", d.now_file}, {"line", d.line}};
    out["rules"] = rules;
    out["used_by"] = d.users;
    functions.push_back(std::move(out));
  }
  const ordered_json out = {{"command", "drift"},
                            {"kernel", drift.kernel},
                            {"recorded", drift.recorded},
                            {"release", drift.release},
                            {"compared", drift.functions},
                            {"drifted", functions},
                            {"unrecorded", drift.unrecorded},
                            {"stopped", drift.stopped},
                            {"uncompared", drift.uncompared},
                            {"unsettled", drift.unsettled}};
  return json_text(out);
}

std::string recorded_text(const kernel::Fingerprints& recorded, const std::string& file) {
  std::string text =
      fmt::format("{} of Linux {} in {}\n", counted(recorded.functions.size(), "function"),
                  printable(recorded.release), printable(file));
  std::map<std::string, std::vector<std::string>> files;
  for (const kernel::Fingerprint& f : recorded.functions) files[f.function].push_back(f.file);
  for (const auto& [function, all] : files)
    if (all.size() > 1)
      text +=
          printable(fmt::format("  {} is in {}; 'at:' would say which", function, joined(all))) +
          "\n";
  for (const std::string& name : recorded.absent)
    text += "  " + printable(name) + " is cited, and not in this tree\n";
  return text;
}

}  // namespace luproof::report
