// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/ask_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "report/facts.h"
#include "report/run.h"

namespace luproof::report {
namespace {

using checker::Finding;
using checker::Verdict;
using AskRow = checker::ask::Row;
using checker::ask::Table;

constexpr std::size_t kShortName = 24;

const Finding* finding(const AskRow& row, const std::string& property) {
  for (const Finding& f : row.checked.findings)
    if (f.property == property) return &f;
  return nullptr;
}

std::string verdict(const AskRow& row, const std::string& property, bool brief) {
  if (!row.error.empty()) return "?";
  const Finding* f = finding(row, property);
  if (!f && !row.checked.statistics.stopped_by.empty()) return "?";
  if (!f) return brief ? "." : "-";
  switch (believed(row.checked, *f)) {
    case Verdict::Holds:
      return brief ? "." : "holds";
    case Verdict::Vacuous:
      return brief ? "v" : "vacuous";
    case Verdict::Unknown:
      return "?";
    case Verdict::Violated:
      break;
  }
  if (!f->run) return "violated";
  return brief ? std::to_string(f->run->weight) : counted(f->run->weight, "step");
}

class Layout {
 public:
  Layout(const Table& table, const std::string& variant) : t_(table) {
    for (const AskRow& row : t_.rows)
      if (row.variant == variant) rows_.push_back(&row);
    for (const AskRow* row : rows_)
      for (const Finding& f : row->checked.findings) {
        if (std::find(properties_.begin(), properties_.end(), f.property) == properties_.end())
          properties_.push_back(f.property);
      }
    const auto kept = [&](const std::string& property) {
      return std::all_of(rows_.begin(), rows_.end(), [&](const AskRow* row) {
        const Finding* f = finding(*row, property);
        if (!f) return row->error.empty() && row->checked.statistics.stopped_by.empty();
        return row->error.empty() && believed(row->checked, *f) == Verdict::Holds;
      });
    };
    kept_ = std::erase_if(properties_, kept);
    assumed_ = assumptions(t_).by_some;
  }

  AskGrid columns() const {
    AskGrid out;
    out.kept = kept_;
    out.grid.head = {t_.choices.empty() ? "variant" : joined(t_.choices, "/")};
    for (const AskRow* row : rows_) out.grid.head.push_back(row->alternative);
    const auto line = [&](std::string name, const auto& cell) {
      out.grid.rows.push_back({std::move(name)});
      for (const AskRow* row : rows_) out.grid.rows.back().push_back(cell(*row));
    };
    for (const std::string& property : properties_)
      line(property, [&](const AskRow& row) { return verdict(row, property, false); });
    for (std::size_t c = 0; c < t_.question.criteria.size(); ++c)
      line(criterion(c), [&](const AskRow& row) { return measured(row, c); });
    if (!assumed_.empty()) line("assumes", [&](const AskRow& row) { return assumes(row); });
    if (!t_.worse.empty()) line("worse than", [&](const AskRow& row) { return worse(row, true); });
    return out;
  }

  AskGrid lines() const {
    AskGrid out;
    out.kept = kept_;
    if (!short_names(t_)) {
      out.grid.head = {"row"};
      out.grid.head.insert(out.grid.head.end(), t_.choices.begin(), t_.choices.end());
    } else {
      out.grid.head = {t_.choices.empty() ? "variant" : joined(t_.choices, "/")};
    }
    std::vector<std::string> names;
    for (std::size_t p = 0; p < properties_.size(); ++p) {
      out.grid.head.push_back(fmt::format("p{}", p + 1));
      names.push_back(fmt::format("p{}={}", p + 1, properties_[p]));
    }
    for (std::size_t c = 0; c < t_.question.criteria.size(); ++c) {
      out.grid.head.push_back(fmt::format("c{}", c + 1));
      names.push_back(fmt::format("c{}={}", c + 1, criterion(c)));
    }
    if (!names.empty()) out.legend.push_back(joined(names));
    if (!assumed_.empty()) out.grid.head.emplace_back("assumes");
    if (!t_.worse.empty()) out.grid.head.emplace_back("worse than");
    for (const AskRow* row : rows_) out.grid.rows.push_back(line(*row));
    if (!properties_.empty())
      out.legend.push_back(std::string("a number: violated in so many visible steps; '.': holds") +
                           (has_vacuous() ? "; 'v': vacuous, nothing was promised" : ""));
    return out;
  }

 private:
  std::string criterion(std::size_t c) const {
    const model::Criterion& one = t_.question.criteria[c];
    return one.unit.empty() ? one.name : one.name + " (" + one.unit + ")";
  }

  std::vector<std::string> line(const AskRow& row) const {
    std::vector<std::string> cells = {alternative_name(t_, index(row))};
    if (!short_names(t_)) {
      std::istringstream values(row.alternative);
      for (std::string value; std::getline(values, value, '/');) cells.push_back(value);
    }
    for (const std::string& property : properties_) cells.push_back(verdict(row, property, true));
    for (std::size_t c = 0; c < t_.question.criteria.size(); ++c) cells.push_back(measured(row, c));
    if (!assumed_.empty()) cells.push_back(assumes(row));
    if (!t_.worse.empty()) cells.push_back(worse(row, false));
    return cells;
  }

  std::size_t index(const AskRow& row) const {
    const auto at = std::find(t_.alternatives.begin(), t_.alternatives.end(), row.alternative);
    return static_cast<std::size_t>(at - t_.alternatives.begin());
  }

  static std::string measured(const AskRow& row, std::size_t c) {
    return c < row.measured.size() ? row.measured[c].text() : "?";
  }

  std::string assumes(const AskRow& row) const {
    const auto own = checker::ask::assumed(row);
    std::vector<std::string> letters;
    for (std::size_t a = 0; a < assumed_.size(); ++a)
      if (own.count(assumed_[a])) letters.push_back(fmt::format("a{}", a + 1));
    return letters.empty() ? "-" : joined(letters, ",");
  }

  // Only the first of them where there is little room.
  std::string worse(const AskRow& row, bool all) const {
    const auto found = t_.worse.find(index(row));
    if (found == t_.worse.end()) return "-";
    std::string text = alternative_name(t_, found->second[0].than);
    if (!all && found->second.size() > 1) text += fmt::format(" +{}", found->second.size() - 1);
    for (std::size_t i = 1; all && i < found->second.size(); ++i)
      text += ", " + alternative_name(t_, found->second[i].than);
    return text;
  }

  bool has_vacuous() const {
    return std::any_of(rows_.begin(), rows_.end(), [&](const AskRow* row) {
      return std::any_of(properties_.begin(), properties_.end(),
                         [&](const std::string& p) { return verdict(*row, p, true) == "v"; });
    });
  }

  const Table& t_;
  std::vector<const AskRow*> rows_;
  std::vector<std::string> properties_, assumed_;
  std::size_t kept_ = 0;
};

}  // namespace

AskGrid ask_grid(const Table& table, const std::string& variant, std::size_t width) {
  const Layout layout(table, variant);
  AskGrid columns = layout.columns();
  if (short_names(table) && columns.grid.width() <= width) return columns;
  AskGrid lines = layout.lines();
  lines.grid.tight = lines.grid.width() > width;
  return lines;
}

bool short_names(const Table& table) {
  return std::all_of(table.alternatives.begin(), table.alternatives.end(),
                     [](const std::string& name) { return name.size() <= kShortName; });
}

std::string alternative_name(const Table& table, std::size_t alternative) {
  return short_names(table) ? table.alternatives[alternative] : fmt::format("r{}", alternative + 1);
}

Assumptions assumptions(const Table& table) {
  std::map<std::string, std::size_t> rows;
  for (const AskRow& row : table.rows)
    for (const std::string& name : checker::ask::assumed(row)) ++rows[name];
  Assumptions all;
  for (const auto& [name, number] : rows)
    (number == table.rows.size() ? all.by_all : all.by_some).push_back(name);
  return all;
}

std::string reason(const Table& table, const checker::ask::Worse& worse) {
  const AskRow& row = table.rows[worse.row];
  if (worse.criterion >= 0) {
    const model::Criterion& c = table.question.criteria[worse.criterion];
    return fmt::format("{} is {}{}", c.name, row.measured[worse.criterion].text(),
                       c.unit.empty() ? "" : " " + c.unit);
  }
  const Finding* f = finding(row, worse.property);
  if (f && f->verdict == Verdict::Violated && f->run)
    return fmt::format("{} is violated in {}", worse.property,
                       counted(f->run->weight, "visible step"));
  return fmt::format("{} is {}", worse.property, verdict(row, worse.property, false));
}

const checker::Run* run_of(const Table& table, const checker::ask::Worse& worse) {
  const AskRow& row = table.rows[worse.row];
  if (!row.checked.broken.empty()) return nullptr;
  if (worse.criterion >= 0) {
    const auto& run = row.measured[worse.criterion].worst;
    return run ? &*run : nullptr;
  }
  const Finding* f = finding(row, worse.property);
  return f && f->run ? &*f->run : nullptr;
}

}  // namespace luproof::report
