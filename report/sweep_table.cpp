// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/grid.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;

namespace {

constexpr std::size_t kWidth = 100, kShownDigits = 12;

// In the order of the columns.
struct Column {
  int status;
  const char* head;
  const char* section;  // "": not listed one by one
};
constexpr std::array kColumns = {Column{kHolds, "holds", ""},
                                 Column{kViolated, "violated", "violated"},
                                 Column{kInconclusive, "inconclusive", "inconclusive"},
                                 Column{kWrongInput, "wrong", "wrong input"}};

struct Counts {
  std::array<std::size_t, kColumns.size()> by = {};

  void add(int status) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) by[i] += kColumns[i].status == status;
  }
  std::vector<std::string> cells(const std::string& name) const {
    std::vector<std::string> all = {name, ""};
    std::size_t sum = 0;
    for (const std::size_t count_of : by) {
      sum += count_of;
      all.push_back(count(count_of));
    }
    all[1] = count(sum);
    return all;
  }
};

// What is counted under one name, in the order of the first task of each.
Grid grid_of(const SweepTable& table) {
  std::vector<std::string> order;
  std::map<std::string, Counts> groups;
  Counts all;
  for (const auto& [number, result] : table.results) {
    const auto [at, fresh] = groups.try_emplace(result.about);
    if (fresh) order.push_back(result.about);
    at->second.add(result.status());
    all.add(result.status());
  }
  Grid grid;
  grid.head = {"what", "tasks"};
  for (const Column& column : kColumns) grid.head.emplace_back(column.head);
  for (const std::string& name : order) grid.rows.push_back(groups[name].cells(name));
  grid.rows.push_back(all.cells("in all"));
  return grid;
}

std::string title(const SweepTable& table) {
  return fmt::format("{}: {} of {}", table.head.sweep, count(table.results.size()),
                     counted(table.head.tasks, "task"));
}

std::string made_by(const SweepTable& table) {
  return fmt::format("plan {}, luproof {}, build {}", table.head.plan.substr(0, kShownDigits),
                     table.head.luproof, table.head.build.substr(0, kShownDigits));
}

// By name where the plan says which they are.
std::vector<std::string> missing_lines(const SweepTable& table) {
  std::vector<std::string> all;
  const std::vector<std::size_t> numbers = table.missing();
  if (table.names.empty()) {
    if (!numbers.empty()) all.push_back(ranges(numbers));
    return all;
  }
  for (const std::size_t number : numbers)
    all.push_back(fmt::format("{}  {}", number, table.names[number - 1]));
  return all;
}

}  // namespace

std::vector<std::size_t> SweepTable::missing() const {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 1; i <= head.tasks; ++i)
    if (!results.contains(i)) numbers.push_back(i);
  return numbers;
}

std::string ranges(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    if (!text.empty()) text += ", ";
    text +=
        end == i ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[end]);
    i = end + 1;
  }
  return text;
}

std::string sweep_text(const SweepTable& table, const Style& style) {
  std::string out = style.bold(printable(title(table))) + "\n";
  out += "  " + style.dim(printable(made_by(table))) + "\n";
  out += grid_of(table).text(style, 2);
  for (const Column& column : kColumns) {
    if (!*column.section) continue;
    bool begun = false;
    for (const auto& [number, result] : table.results) {
      if (result.status() != column.status) continue;
      if (!begun) out += style.bold(column.section) + "\n";
      begun = true;
      out += fmt::format("  {}  {}\n", number, printable(result.name));
      for (const std::string& line : sweep_findings(result))
        out += "       " + wrapped(printable(line), kWidth - 9, 9) + "\n";
    }
  }
  const auto missing = missing_lines(table);
  if (!missing.empty()) out += style.bold("missing") + "\n";
  for (const std::string& line : missing)
    out += "  " + (table.names.empty() ? wrapped(line, kWidth - 2, 4) : printable(line)) + "\n";
  return out;
}

std::string sweep_markdown(const SweepTable& table) {
  std::string out = "# " + plain_markdown(title(table)) + "\n\n";
  out += plain_markdown(made_by(table)) + "\n\n" + grid_of(table).markdown();
  for (const Column& column : kColumns) {
    if (!*column.section) continue;
    Grid grid;
    grid.head = {"task", "name", "what"};
    for (const auto& [number, result] : table.results) {
      if (result.status() != column.status) continue;
      grid.rows.push_back(
          {fmt::format("{}", number), result.name, joined(sweep_findings(result), "; ")});
    }
    if (!grid.rows.empty()) out += fmt::format("\n## {}\n\n", column.section) + grid.markdown();
  }
  const auto missing = missing_lines(table);
  if (!missing.empty()) out += "\n## missing\n\n";
  for (const std::string& line : missing) out += "- " + plain_markdown(line) + "\n";
  return out;
}

Json sweep_json(const SweepTable& table) {
  Json results = Json::array(), missing = Json::array(), counts = Json::object();
  for (const Column& column : kColumns)
    counts[column.head] =
        std::count_if(table.results.begin(), table.results.end(),
                      [&](const auto& entry) { return entry.second.status() == column.status; });
  for (const auto& [number, result] : table.results)
    results.push_back({{"task", number},
                       {"name", result.name},
                       {"about", result.about},
                       {"answer", result.answer}});
  for (const std::size_t number : table.missing()) missing.push_back(number);
  return {{"command", "merge"},           {"sweep", table.head.sweep},
          {"plan", table.head.plan},      {"luproof", table.head.luproof},
          {"build", table.head.build},    {"tasks", table.head.tasks},
          {"counts", std::move(counts)},  {"missing", std::move(missing)},
          {"status", exit_status(table)}, {"results", std::move(results)}};
}

int exit_status(const SweepTable& table) {
  int status = kHolds;
  for (const auto& [number, result] : table.results) status = worse(status, result.status());
  if (status == kWrongInput) return status;
  return table.missing().empty() ? status : static_cast<int>(kInconclusive);
}

}  // namespace luproof::report
