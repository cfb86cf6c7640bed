// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probes/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace luproof::traces {

using model::printable;

namespace {

constexpr std::size_t kColumns = 98;

std::string list(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=@%+,").find(c) != std::string::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string comment(const std::string& text, const std::string& mark) {
  std::string out, line = mark;
  const std::string safe = printable(text);
  for (std::size_t at = 0; at < safe.size();) {
    const std::size_t end = std::min(safe.find(' ', at), safe.size());
    const std::string word = safe.substr(at, end - at);
    if (line.size() > mark.size() && line.size() + word.size() + 1 > kColumns) {
      out += line + "\n";
      line = mark;
    }
    line += (line.size() > mark.size() ? " " : "") + word;
    at = end + 1;
  }
  return out + line + "\n";
}

std::vector<std::string> remarks(const Plan& plan) {
  std::vector<std::string> all;
  all.push_back(fmt::format("Made by: luproof {}", plan.command));
  all.push_back(fmt::format(
      "Read with the binding {}{}{}", plan.binding, plan.range.empty() ? "" : ", " + plan.range,
      plan.names ? "; needs Linux 6.6, which looks arguments up by name" : ""));
  std::map<std::string, std::vector<std::string>> lost;  // property -> functions
  for (const Plan::Missing& each : plan.missing) {
    std::string text = fmt::format("Not recorded: {}, {}.", each.function, each.why);
    if (!each.events.empty()) text += fmt::format(" Not seen by it: {}.", list(each.events));
    all.push_back(std::move(text));
    for (const std::string& property : each.judges) lost[property].push_back(each.function);
  }
  for (const auto& [property, functions] : lost) {
    const bool never = std::any_of(plan.missing.begin(), plan.missing.end(), [&](const auto& m) {
      return m.needed && std::count(m.judges.begin(), m.judges.end(), property) > 0;
    });
    all.push_back(
        never ? fmt::format("Never judged to hold: {} (without {}).", property, list(functions))
              : fmt::format("Judged in part: {}; what only {} would show goes unseen.", property,
                            list(functions)));
  }
  if (plan.total >= 0)
    all.push_back(
        fmt::format("Expect about {} lines in an update of {}.", plan.total, plan.machine));
  else
    all.push_back("With --topology DUMP luproof says how many lines to expect in an update.");
  return all;
}

std::string persistent_parameters(const Plan& plan) {
  return fmt::format("reserve_mem={0}M:4096:{1} trace_instance={2}^traceoff@{1}", plan.buffer_mib,
                     kGroup, kPersistent);
}

}  // namespace luproof::traces
