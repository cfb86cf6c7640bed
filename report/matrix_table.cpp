// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/matrix_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "report/run.h"
#include "report/verdict_mark.h"

namespace luproof::report {
namespace {

using checker::Finding;
using checker::Matrix;
using checker::Pair;
using checker::Verdict;

// Violated before undecided before vacuous.
Verdict worst_of(const Pair& pair) {
  if (!pair.checked || !pair.checked->broken.empty()) return Verdict::Unknown;
  Verdict worst = Verdict::Holds;
  const auto rank = [](Verdict v) {
    return v == Verdict::Violated ? 3 : v == Verdict::Unknown ? 2 : v == Verdict::Vacuous ? 1 : 0;
  };
  for (const Finding& f : pair.checked->findings)
    if (const Verdict v = believed(*pair.checked, f); rank(v) > rank(worst)) worst = v;
  return worst;
}

// The properties that some pair violates, in the order in which they are found.
std::vector<std::string> broken_properties(const Matrix& matrix) {
  std::vector<std::string> all;
  for (const Pair& pair : matrix.pairs)
    if (pair.checked)
      for (const Finding& f : pair.checked->findings)
        if (believed(*pair.checked, f) == Verdict::Violated &&
            std::find(all.begin(), all.end(), f.property) == all.end())
          all.push_back(f.property);
  return all;
}

std::vector<const Finding*> violated(const Pair& pair) {
  std::vector<const Finding*> all;
  for (const Finding& f : pair.checked->findings)
    if (believed(*pair.checked, f) == Verdict::Violated) all.push_back(&f);
  return all;
}

const Finding* shortest(const Pair& pair) {
  const Finding* best = nullptr;
  for (const Finding* f : violated(pair))
    if (f->run && (!best || f->run->weight < best->run->weight)) best = f;
  return best;
}

std::string length(const Finding& f) { return std::to_string(f.run->weight); }

// How much a cell says, as far as there is room.
enum class Detail { Lengths, Names, Counts };

std::string cell(const Pair& pair, const std::vector<std::string>& properties, Detail detail) {
  if (const Verdict worst = worst_of(pair); worst != Verdict::Violated) return verdict_mark(worst);
  const auto all = violated(pair);
  if (detail == Detail::Counts) {
    const Finding* f = shortest(pair);
    return std::to_string(all.size()) + (f ? " in " + length(*f) : "");
  }
  std::string text;
  for (std::size_t p = 0; p < properties.size(); ++p)
    for (const Finding* f : all)
      if (f->property == properties[p])
        text += fmt::format("{}p{}{}", text.empty() ? "" : " ", p + 1,
                            detail == Detail::Lengths && f->run ? ":" + length(*f) : "");
  return text;
}

const char* marks(Detail detail) {
  switch (detail) {
    case Detail::Lengths:
      return "'p1:12': p1 is violated, in 12 visible steps; ";
    case Detail::Names:
      return "'p1': p1 is violated; ";
    case Detail::Counts:
      break;
  }
  return "'3 in 12': three properties are violated, the first in 12 visible steps; ";
}

std::string verdicts(const Pair& pair) {
  if (!pair.checked) return pair.error;
  if (!pair.checked->broken.empty()) return "luproof is wrong here: " + pair.checked->broken;
  std::vector<std::string> broken, undecided, vacuous;
  bool told = false;  // of what steps the number is
  for (const Finding& f : pair.checked->findings) {
    const Verdict verdict = believed(*pair.checked, f);
    if (verdict == Verdict::Violated)
      broken.push_back(
          f.property +
          (f.run ? " in " + (std::exchange(told, true)
                                 ? length(f)
                                 : counted(static_cast<std::size_t>(f.run->weight), "visible step"))
                 : ""));
    if (verdict == Verdict::Unknown) {
      std::string why = f.reason;
      if (f.depth >= 0 && why.rfind("not found within", 0) != 0)
        why =
            fmt::format("not found within {}", counted(static_cast<std::size_t>(f.depth), "step"));
      undecided.push_back(f.property + (why.empty() ? "" : " (" + why + ")"));
    }
    if (verdict == Verdict::Vacuous) vacuous.push_back(f.property);
  }
  std::string text;
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) text += (text.empty() ? "" : "; ") + (what + joined(names));
  };
  add("VIOLATED ", broken);
  add("not decided: ", undecided);
  if (broken.empty()) add("vacuous: ", vacuous);
  add("not asked for, some runs end in ", pair.checked->beside);
  return text;
}

}  // namespace

MatrixTable matrix_table(const Matrix& matrix, std::size_t width) {
  MatrixTable table;
  const std::vector<std::string> properties = broken_properties(matrix);
  Detail detail = Detail::Lengths;
  const auto fill = [&] {
    table.grid = Grid{};
    table.grid.head = {"old / new"};
    for (const std::string& kernel : matrix.kernels) table.grid.head.push_back(kernel);
    for (const Pair& pair : matrix.pairs) {
      if (pair.later == 0) table.grid.rows.push_back({matrix.kernels[pair.first]});
      table.grid.rows.back().push_back(cell(pair, properties, detail));
    }
  };
  for (const Detail next : {Detail::Lengths, Detail::Names, Detail::Counts}) {
    detail = next;
    fill();
    if (table.grid.width() <= width) break;
  }
  table.grid.tight = table.grid.width() > width;
  if (detail != Detail::Counts && !properties.empty()) {
    std::vector<std::string> names;
    for (std::size_t p = 0; p < properties.size(); ++p)
      names.push_back(fmt::format("p{}={}", p + 1, properties[p]));
    table.legend.push_back(joined(names));
  }
  table.legend.push_back((properties.empty() ? "" : std::string(marks(detail))) +
                         "'.': holds; 'v': vacuous; '?': not decided");
  table.legend.emplace_back(
      "below the diagonal: rollback, the newer kernel is replaced by the older");
  return table;
}

std::string pair_name(const Matrix& matrix, const Pair& pair) {
  return matrix.kernels[pair.first] + " -> " + matrix.kernels[pair.later] +
         (Matrix::is_rollback(pair) ? " (rollback)" : "");
}

std::vector<PairNote> pair_notes(const Matrix& matrix, Runs runs) {
  std::vector<PairNote> all;
  std::map<std::string, std::string> told;  // by the steps
  for (const Pair& pair : matrix.pairs) {
    PairNote note;
    note.pair = &pair;
    note.worst = worst_of(pair);
    const bool quiet = !pair.checked || pair.checked->beside.empty();
    if (note.worst == Verdict::Holds && quiet) continue;
    note.verdicts = verdicts(pair);
    if (pair.checked) {
      std::vector<std::string> changed;
      for (const checker::Difference& d : checker::differences(*pair.checked))
        changed.push_back(fmt::format("{} {} -> {}", d.config, d.before, d.after));
      note.differs = joined(changed);
      const Finding* f = shortest(pair);
      if (runs == Runs::Shortest && f && pair.checked->broken.empty()) {
        note.steps = steps_text(*pair.checked, *f->run);
        const std::string run = note.steps + checker::fault_name(f->run->fault);
        const auto [earlier, fresh] = told.emplace(run, pair_name(matrix, pair));
        if (!fresh) note.steps = "by the run of " + earlier->second + " above";
      }
    }
    all.push_back(std::move(note));
  }
  return all;
}

std::string summary(const Matrix& matrix) {
  std::map<Verdict, std::size_t> counts;
  for (const Pair& pair : matrix.pairs) ++counts[worst_of(pair)];
  std::vector<std::string> parts;
  const auto add = [&](Verdict verdict, const char* one, const char* many) {
    if (const std::size_t n = counts[verdict])
      parts.push_back(fmt::format("{} {}", n, n == 1 ? one : many));
  };
  add(Verdict::Holds, "holds", "hold");
  add(Verdict::Violated, "is violated", "are violated");
  add(Verdict::Vacuous, "is vacuous", "are vacuous");
  add(Verdict::Unknown, "is not decided", "are not decided");
  return fmt::format("of {}: {}", counted(matrix.pairs.size(), "pair"), joined(parts));
}

std::string matrix_scope(const Matrix& matrix) {
  std::size_t states = 0;
  bool all = true;
  const checker::Checked* any = nullptr;
  for (const Pair& pair : matrix.pairs) {
    if (!pair.checked) continue;
    any = &*pair.checked;
    states += pair.checked->statistics.states;
    all = all && all_depths(*pair.checked);
  }
  if (!any) return "";
  std::string text =
      fmt::format("scope: {}, this topology ({}), {}", all ? "all depths" : "NOT all depths",
                  counted(static_cast<std::size_t>(vfs(*any)), "VF"),
                  counted(static_cast<std::size_t>(any->model->kernels - 1), "update"));
  return states ? text + fmt::format(", {} states in all pairs", count(states)) : text;
}

}  // namespace luproof::report
