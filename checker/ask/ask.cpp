// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ask/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace luproof::checker::ask {
namespace {

std::vector<std::string> open_choices(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const Row& row : rows)
    for (const auto& [choice, value] : row.reading.choices)
      if (std::find(all.begin(), all.end(), choice) == all.end()) all.push_back(choice);
  for (const Row& row : rows) {  // in the order of the spec
    if (!row.checked.model) continue;
    const auto place = [&](const std::string& name) {
      const auto& choices = row.checked.model->choices;
      return std::find_if(choices.begin(), choices.end(),
                          [&](const model::Choice& c) { return c.name == name; });
    };
    std::stable_sort(all.begin(), all.end(), [&](const std::string& x, const std::string& y) {
      return place(x) < place(y);
    });
    break;
  }
  return all;
}

// What a choice is in a row, be it open or fixed by a variant.
std::string chosen(const Row& row, const std::string& name) {
  if (const auto open = row.reading.choices.find(name); open != row.reading.choices.end())
    return open->second;
  if (row.checked.model)
    for (const model::Choice& c : row.checked.model->choices)
      if (c.name == name && c.selected >= 0)
        return row.checked.model->enums[c.enumeration].values[c.selected];
  return "?";
}

void name_rows(const std::vector<std::string>& choices, std::vector<Row>& rows) {
  for (Row& row : rows) {
    row.variant = row.reading.variant;
    for (const std::string& choice : choices)
      row.alternative += (row.alternative.empty() ? "" : "/") + chosen(row, choice);
    if (choices.empty()) std::swap(row.variant, row.alternative);
  }
}

void drop_conditions(Checked& checked) {
  std::erase_if(checked.findings, [](const Finding& f) { return model::is_condition(f.property); });
}

int rank(Verdict verdict) {
  return verdict == Verdict::Holds ? 2 : verdict == Verdict::Vacuous ? 1 : 0;
}

const Finding* finding(const Checked& checked, const std::string& property) {
  for (const Finding& f : checked.findings)
    if (f.property == property) return &f;
  return nullptr;
}

class Comparison {
 public:
  Comparison(const Table& table, std::size_t a, std::size_t b) : t_(table), a_(a), b_(b) {}

  // Whether `a` is at least as good as `b` in everything, and better in something: in what.
  std::optional<Worse> run() {
    bool compared = false;
    for (const std::string& variant : t_.variants) {
      const Row* a = t_.find(variant, t_.alternatives[a_]);
      const Row* b = t_.find(variant, t_.alternatives[b_]);
      if (!a || !b) continue;
      if (!row(*a, *b)) return std::nullopt;
      compared = true;
    }
    return compared ? reason_ : std::nullopt;
  }

 private:
  bool row(const Row& a, const Row& b) {
    if (!a.error.empty() || !b.error.empty()) return false;
    std::set<std::string> names;
    for (const Row* side : {&a, &b})
      for (const Finding& f : side->checked.findings) names.insert(f.property);
    for (const std::string& name : names)
      if (!verdict(a, b, name)) return false;
    for (std::size_t c = 0; c < a.measured.size(); ++c)
      if (!criterion(a, b, c)) return false;
    return assumes_no_more(a, b);
  }

  bool verdict(const Row& a, const Row& b, const std::string& name) {
    const Finding *of_a = finding(a.checked, name), *of_b = finding(b.checked, name);
    for (const auto& [f, row] : {std::pair{of_a, &a}, {of_b, &b}})
      if (f ? f->verdict == Verdict::Unknown : !row->checked.statistics.stopped_by.empty())
        return false;
    // What only one is asked for: a built-in violation, or a property without a claim.
    const int rank_a = of_a ? rank(of_a->verdict) : 2, rank_b = of_b ? rank(of_b->verdict) : 2;
    if (rank_a < rank_b) return false;
    if (rank_a > rank_b && !reason_) reason_ = Worse{a_, index(b), name, -1};
    return true;
  }

  bool criterion(const Row& a, const Row& b, std::size_t c) {
    const auto want = t_.question.criteria[c].want;
    const auto good = as_good(a.measured[c], b.measured[c], want);
    if (!good || !*good) return false;
    const auto back = as_good(b.measured[c], a.measured[c], want);
    if (back && !*back && !reason_) reason_ = Worse{a_, index(b), "", static_cast<int>(c)};
    return true;
  }

  // Of what the spec assumes; which uncertain rules a row happens to use says nothing of it.
  static bool assumes_no_more(const Row& a, const Row& b) {
    const auto& of_b = b.checked.model->assumptions;
    const auto& of_a = a.checked.model->assumptions;
    return std::all_of(of_a.begin(), of_a.end(), [&](const model::Assumption& x) {
      return std::any_of(of_b.begin(), of_b.end(),
                         [&](const model::Assumption& y) { return x.name == y.name; });
    });
  }

  std::size_t index(const Row& row) const { return static_cast<std::size_t>(&row - &t_.rows[0]); }

  const Table& t_;
  std::size_t a_, b_;
  std::optional<Worse> reason_;
};

}  // namespace

const Row* Table::find(const std::string& variant, const std::string& alternative) const {
  for (const Row& row : rows)
    if (row.variant == variant && row.alternative == alternative) return &row;
  return nullptr;
}

std::string Table::name(const Row& row) const {
  return variants.size() > 1 ? row.variant + ":" + row.alternative : row.alternative;
}

std::set<std::string> assumed(const Row& row) {
  std::set<std::string> all;
  if (!row.checked.model) return all;
  for (const auto& assumption : row.checked.model->assumptions) all.insert(assumption.name);
  for (const Finding& f : row.checked.findings)
    if (f.verdict == Verdict::Holds) all.insert(f.assumed.begin(), f.assumed.end());
  return all;
}

bool is_asked(const model::Question& question, const model::Reading& reading) {
  return question.variants.empty() || std::find(question.variants.begin(), question.variants.end(),
                                                reading.variant) != question.variants.end();
}

Row row(const std::string& path, const model::LoadOptions& load, const model::Reading& reading,
        const model::Question& question, const CheckOptions& options, const Limits& limits,
        model::Diagnostics& diagnostics) {
  Row row;
  row.reading = reading;
  model::LoadOptions with = load;
  with.criteria = !question.criteria.empty();
  CheckOptions check_options = options;
  check_options.keep = options.keep || with.criteria;
  auto checked = check(path, with, reading, check_options, limits, diagnostics);
  if (!checked) {
    row.error = "it does not load";
    return row;
  }
  row.checked = std::move(*checked);
  drop_conditions(row.checked);
  for (const model::Criterion& criterion : question.criteria) {
    Measured m;
    const Statistics& statistics = row.checked.statistics;
    if (statistics.pool_exhausted)
      m.unknown = "some runs end at a full pool";
    else if (row.checked.explored)
      m = measure(*row.checked.explored, criterion, diagnostics);
    else
      m.unknown = statistics.stopped_by.empty() ? "not every state was seen"
                                                : "stopped by " + statistics.stopped_by;
    if (m.worst) {
      const std::string error = replay(*row.checked.model, *row.checked.layout, *m.worst, -1);
      if (!error.empty() && row.checked.broken.empty())
        row.checked.broken = fmt::format("the run for '{}' does not replay in the interpreter: {}",
                                         criterion.name, error);
    }
    row.measured.push_back(std::move(m));
  }
  row.checked.explored.reset();  // it is large, and there are many rows
  return row;
}

Table table(model::Question question, std::vector<Row> rows) {
  Table table;
  table.question = std::move(question);
  table.choices = open_choices(rows);
  name_rows(table.choices, rows);
  table.rows = std::move(rows);
  const auto once = [](std::vector<std::string>& all, const std::string& name) {
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  };
  for (const Row& row : table.rows) {
    once(table.variants, row.variant);
    once(table.alternatives, row.alternative);
  }
  for (std::size_t b = 0; b < table.alternatives.size(); ++b)
    for (std::size_t a = 0; a < table.alternatives.size(); ++a)
      if (a != b)
        if (auto worse = Comparison(table, a, b).run()) table.worse[b].push_back(std::move(*worse));
  // What nothing beats is what a reader wants to be sent to.
  for (auto& [b, reasons] : table.worse)
    std::stable_partition(reasons.begin(), reasons.end(), [&](const Worse& worse) {
      return table.worse.find(worse.than) == table.worse.end();
    });
  return table;
}

std::vector<std::string> unmet(const Table& table) {
  std::vector<std::string> lines;
  for (const model::ExpectedRow& expected : table.question.rows) {
    const auto row = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& r) { return table.name(r) == expected.name; });
    if (row == table.rows.end()) {
      std::vector<std::string> known;
      for (const Row& r : table.rows) known.push_back(table.name(r));
      const std::string near = model::did_you_mean(expected.name, known);
      lines.push_back(fmt::format("{}: the table has no such row{}", expected.name,
                                  near.empty() ? "" : "; " + near));
      continue;
    }
    for (const auto& [name, text] : expected.measured)
      for (std::size_t c = 0; c < row->measured.size(); ++c)
        if (table.question.criteria[c].name == name && row->measured[c].text() != text)
          lines.push_back(fmt::format("{}: {} expected {}, found {}", expected.name, name, text,
                                      row->measured[c].text()));
    if (!expected.worse_than) continue;
    std::set<std::string> wanted(expected.worse_than->begin(), expected.worse_than->end()), found;
    const auto at =
        std::find(table.alternatives.begin(), table.alternatives.end(), row->alternative);
    if (const auto worse =
            table.worse.find(static_cast<std::size_t>(at - table.alternatives.begin()));
        worse != table.worse.end())
      for (const Worse& w : worse->second) found.insert(table.alternatives[w.than]);
    const auto list = [](const std::set<std::string>& names) {
      std::string all;
      for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
      return all.empty() ? "none" : all;
    };
    if (wanted != found)
      lines.push_back(fmt::format("{}: expected to be worse than {}, found {}", expected.name,
                                  list(wanted), list(found)));
  }
  return lines;
}

}  // namespace luproof::checker::ask
