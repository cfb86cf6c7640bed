// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/each_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/grid.h"
#include "report/json.h"
#include "report/run.h"
#include "report/verdict_mark.h"

namespace luproof::report {
namespace {

using checker::Course;
using checker::Finding;
using checker::Prefix;
using checker::Verdict;
using model::printable;

constexpr std::size_t kWidth = 100;

std::string name(const Prefix& prefix) {
  return prefix.patch ? fmt::format("{}", prefix.patch) : "base";
}

const Finding* finding(const Prefix& prefix, const std::string& property) {
  if (!prefix.checked) return nullptr;
  for (const Finding& f : prefix.checked->findings)
    if (f.property == property) return &f;
  return nullptr;
}

bool decided(const Prefix& prefix) {
  if (!prefix.checked || !prefix.checked->statistics.stopped_by.empty()) return false;
  const auto& all = prefix.checked->findings;
  return std::none_of(all.begin(), all.end(), [&](const Finding& f) {
    return believed(*prefix.checked, f) == Verdict::Unknown;
  });
}

std::string cell(const Prefix& prefix, const std::string& property) {
  if (!prefix.checked) return "?";
  const Finding* f = finding(prefix, property);
  if (!f) return prefix.checked->statistics.stopped_by.empty() ? "." : "?";
  const Verdict verdict = believed(*prefix.checked, *f);
  return verdict == Verdict::Violated && f->run ? std::to_string(f->run->weight)
                                                : verdict_mark(verdict);
}

// Only what is not the same everywhere, or broken everywhere.
std::vector<Course> shown(const std::vector<Course>& all) {
  std::vector<Course> some;
  for (const Course& course : all)
    if (course.changes() || course.phases[0].verdict != Verdict::Holds) some.push_back(course);
  return some;
}

std::string told(const Course& course) {
  std::string text;
  for (const auto& phase : course.phases)
    text += (text.empty() ? "" : ", ") +
            fmt::format("{} {}", checker::verdict_name(phase.verdict),
                        phase.patch ? fmt::format("after patch {}", phase.patch)
                                    : std::string("without the series"));
  return text;
}

// "5, 6 and 9"
std::string list(const std::vector<int>& patches) {
  std::string text;
  for (std::size_t i = 0; i < patches.size(); ++i)
    text += (i == 0 ? "" : i + 1 == patches.size() ? " and " : ", ") + std::to_string(patches[i]);
  return text;
}

class Text {
 public:
  Text(const EachPatch& each, const TextOptions& options)
      : e_(each), style_(options.style), all_(courses(each.prefixes)), shown_(shown(all_)) {}

  std::string run() {
    std::string of = e_.request.path;  // the whole series, from which nothing is taken away
    if (e_.prefixes.back().checked) of = title(*e_.prefixes.back().checked);
    out_ = style_.bold(printable(of + ", patch by patch")) + "\n";
    table();
    for (const Course& course : shown_) {
      note(2, course.property + ": " + told(course));
      first_broken(course);
    }
    worse();
    for (const Prefix& prefix : e_.prefixes) {
      if (!prefix.error.empty()) note(2, fmt::format("{}: {}", name(prefix), prefix.error));
      if (prefix.checked && !prefix.checked->broken.empty())
        note(2, name(prefix) + ": luproof is wrong here: " + prefix.checked->broken);
    }
    out_ += style_.dim("  again: " + printable(e_.again)) + "\n";
    return std::move(out_);
  }

 private:
  void note(std::size_t indent, const std::string& text) {
    out_ += std::string(indent, ' ') + wrapped(printable(text), kWidth - indent, indent) + "\n";
  }

  void table() {
    Grid grid;
    grid.head = {"patch"};
    std::vector<std::string> legend;
    for (std::size_t p = 0; p < shown_.size(); ++p) {
      grid.head.push_back(fmt::format("p{}", p + 1));
      legend.push_back(fmt::format("p{}={}", p + 1, shown_[p].property));
    }
    for (const Prefix& prefix : e_.prefixes) {
      grid.rows.push_back({name(prefix)});
      for (const Course& course : shown_) grid.rows.back().push_back(cell(prefix, course.property));
    }
    grid.tight = grid.width() > kWidth;
    out_ += grid.text(style_, 2);
    if (!legend.empty()) note(4, joined(legend));
    note(4, "a number: violated in so many visible steps; '.': holds; 'v': vacuous");
    if (const std::size_t kept = all_.size() - shown_.size())
      note(4, kept == 1 ? "1 other property holds everywhere"
                        : fmt::format("{} other properties hold everywhere", kept));
  }

  // The run of the patch that breaks it.
  void first_broken(const Course& course) {
    if (course.worse.empty()) return;
    for (const Prefix& prefix : e_.prefixes) {
      if (prefix.patch != course.worse[0]) continue;
      const Finding* f = finding(prefix, course.property);
      if (!f || !f->run || !prefix.checked->broken.empty()) return;
      const std::string steps = steps_text(*prefix.checked, *f->run);
      const auto [earlier, fresh] = told_.emplace(steps, course.property);
      if (fresh)
        note(6, steps);
      else
        note(6, "by the run for " + earlier->second + " above");
    }
  }

  void worse() {
    std::vector<int> patches;
    for (const Course& course : all_)
      for (const int patch : course.worse)
        if (std::find(patches.begin(), patches.end(), patch) == patches.end())
          patches.push_back(patch);
    std::sort(patches.begin(), patches.end());
    const bool known = std::all_of(e_.prefixes.begin(), e_.prefixes.end(), decided);
    if (patches.empty())
      note(2, known ? "no prefix of the series breaks what holds without it"
                    : "no prefix of the series is known to break what holds without it");
    else
      note(2, fmt::format("worse than without the series after {} {}",
                          patches.size() == 1 ? "patch" : "patches", list(patches)));
  }

  const EachPatch& e_;
  const Style& style_;
  std::vector<Course> all_, shown_;
  std::map<std::string, std::string> told_;
  std::string out_;
};

}  // namespace

std::string each_patch_text(const EachPatch& each, const TextOptions& options) {
  return Text(each, options).run();
}

nlohmann::ordered_json each_patch_json(const EachPatch& each) {
  using nlohmann::ordered_json;
  ordered_json patches = ordered_json::array(), properties = ordered_json::array();
  for (const Prefix& prefix : each.prefixes) {
    ordered_json one = {{"patch", prefix.patch}, {"properties", ordered_json::array()}};
    if (!prefix.error.empty()) one["error"] = prefix.error;
    if (prefix.checked) {
      for (const Finding& f : prefix.checked->findings)
        one["properties"].push_back(property_json(*prefix.checked, f, each.request));
      one["states"] = prefix.checked->statistics.states;
      one["exhausted"] = prefix.checked->statistics.exhausted;
    }
    patches.push_back(std::move(one));
  }
  for (const Course& course : courses(each.prefixes)) {
    ordered_json phases = ordered_json::array();
    for (const auto& phase : course.phases)
      phases.push_back({{"from", phase.patch}, {"verdict", checker::verdict_name(phase.verdict)}});
    properties.push_back(
        {{"property", course.property}, {"course", phases}, {"worse_after", course.worse}});
  }
  ordered_json choices = ordered_json::object();
  for (const auto& [choice, alternative] : each.reading.choices) choices[choice] = alternative;
  return {{"file", each.request.path},
          {"variant", each.reading.variant},
          {"choices", choices},
          {"patches", patches},
          {"properties", properties}};
}

int exit_status(const EachPatch& each) {
  int status = kHolds;
  for (const Prefix& prefix : each.prefixes)
    if (!prefix.checked || !prefix.checked->broken.empty()) status = worse(status, kInconclusive);
  for (const Course& course : courses(each.prefixes)) {
    if (!course.worse.empty() || course.phases.back().verdict == Verdict::Violated)
      status = worse(status, kViolated);
    for (const auto& phase : course.phases)
      if (phase.verdict == Verdict::Unknown) status = worse(status, kInconclusive);
  }
  return status;
}

}  // namespace luproof::report
