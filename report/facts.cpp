// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace luproof::report {

using checker::Checked;
using checker::Finding;
using checker::Verdict;

namespace {

struct BuiltIn {
  std::string_view name, because;
};
constexpr std::array kBuiltIn = {
    BuiltIn{"deadlock", "An actor waits inside a procedure and nothing can ever wake it."},
    BuiltIn{"none-reference", "A step reads through a reference that is none."},
    BuiltIn{"stale-reference", "A step reads through a reference to something that was freed."},
    BuiltIn{"wrong-kind", "A step uses a function that is not of the kind its rule is about."},
    BuiltIn{"out-of-range", "A step assigns a value that the cell's type does not have."},
    BuiltIn{"refcount-underflow", "A reference is dropped that nobody holds."},
    BuiltIn{"absent-handover", "A step reads a handover that is not there."},
    BuiltIn{"double-restore", "A handover is restored a second time."},
    BuiltIn{"double-append", "A list receives a member that it already has."},
    BuiltIn{"not-a-member", "A step removes what is not in the list."},
    BuiltIn{"unlock-unheld", "A lock is released by somebody who does not hold it."},
    BuiltIn{"lock-leaked", "A call returns to userspace with a lock still held."},
    BuiltIn{"recursion-too-deep", "Calls nest without end."},
    BuiltIn{"endless-loop", "A loop turns for ever without taking a step."},
};

// The order in which statuses win over each other.
int rank(int status) {
  static constexpr std::array kRank = {0, 2, 3, 1};
  return kRank[static_cast<std::size_t>(status)];
}

const model::Property* property_of(const Checked& checked, const Finding& finding) {
  return finding.index < 0 ? nullptr : &checked.model->properties[finding.index];
}

}  // namespace

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-_./:=,+@").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

int worse(int a, int b) { return rank(a) >= rank(b) ? a : b; }

Verdict believed(const Checked& checked, const Finding& finding) {
  return checked.broken.empty() ? finding.verdict : Verdict::Unknown;
}

std::string reason_of(const Checked& checked, const Finding& finding) {
  return checked.broken.empty() ? finding.reason : "luproof is wrong here: " + checked.broken;
}

int exit_status(const Checked& checked, const Finding& finding) {
  switch (believed(checked, finding)) {
    case Verdict::Holds:
      return kHolds;
    case Verdict::Violated:
      return kViolated;
    case Verdict::Unknown:
      return kInconclusive;
    case Verdict::Vacuous:
      break;
  }
  const auto& expected = checked.model->expectations;
  const bool fine = std::any_of(expected.begin(), expected.end(), [&](const auto& e) {
    return e.property == finding.property && e.verdict == "vacuous";
  });
  return fine ? kHolds : kInconclusive;
}

int exit_status(const Checked& checked) {
  int status = checked.broken.empty() ? kHolds : kInconclusive;
  for (const Finding& finding : checked.findings)
    status = worse(status, exit_status(checked, finding));
  return status;
}

std::string joined(const std::vector<std::string>& parts, const std::string& with) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : with) + part;
  return text;
}

std::vector<std::string> built_in_properties() {
  std::vector<std::string> names;
  for (const BuiltIn& row : kBuiltIn) names.emplace_back(row.name);
  return names;
}

model::LoadOptions with_reading(model::LoadOptions load, const model::Reading& reading) {
  load.variant = reading.variant;
  load.later = reading.later;
  for (const auto& [name, alternative] : reading.choices) load.choose[name] = alternative;
  return load;
}

std::string shown_path(const std::string& path, const Request& request) {
  const std::string below = request.folder + "/";
  const bool inside = !request.folder.empty() && path.compare(0, below.size(), below) == 0;
  return inside ? path.substr(below.size()) : path;
}

std::string title(const Checked& checked) {
  std::string text = checked.model->name;
  if (!checked.reading.variant.empty()) text += ", variant " + checked.reading.variant;
  if (!checked.reading.later.empty()) text += ", then " + checked.reading.later;
  for (const auto& [name, alternative] : checked.reading.choices)
    text += fmt::format(", {}={}", name, alternative);
  for (const std::string& rule : checked.model->without) text += ", WITHOUT " + rule;
  return text;
}

std::string count(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string counted(std::size_t number, const std::string& what) {
  return count(number) + " " + what + (number == 1 ? "" : "s");
}

int vfs(const Checked& checked) { return checked.model->sorts[model::kVf].size; }

std::map<std::string, int> pools(const Checked& checked) {
  std::map<std::string, int> found;
  for (const model::Sort& sort : checked.model->sorts)
    if (sort.pool) found[sort.name] = sort.size;
  return found;
}

bool any_vfs(const Checked& checked, const Finding& finding) {
  return finding.verdict == checker::Verdict::Holds && finding.depth < 0 && checked.any_vfs &&
         finding.index >= 0 && checked.any_vfs->shows(finding.index);
}

std::string why_not_any_vfs(const Checked& checked, const Finding& finding) {
  if (!checked.any_vfs || !checked.any_vfs->asked || any_vfs(checked, finding) ||
      finding.verdict != checker::Verdict::Holds)
    return {};
  const checker::AnyVfs& any = *checked.any_vfs;
  if (finding.index < 0) return "waiting for ever is looked at for this number only";
  const auto own = any.not_shown.find(finding.index);
  std::string why = own != any.not_shown.end() ? own->second : any.why_not;
  if (own == any.not_shown.end() && any.where.source)
    why += fmt::format(" ({})", any.where.where());
  return why;
}

bool all_depths(const Checked& checked) {
  return checked.statistics.stopped_by.empty() &&
         std::all_of(checked.findings.begin(), checked.findings.end(), [&](const Finding& f) {
           return f.depth < 0 && believed(checked, f) != checker::Verdict::Unknown;
         });
}

std::string scope_text(const Checked& checked, const Finding& finding) {
  std::string text =
      finding.depth < 0
          ? "all depths"
          : fmt::format("within {}", counted(static_cast<std::size_t>(finding.depth), "step"));
  if (any_vfs(checked, finding))
    text += fmt::format(", this topology with any number of VFs ({} to {})", checked.any_vfs->from,
                        count(checked.any_vfs->most));
  else
    text +=
        fmt::format(", this topology ({})", counted(static_cast<std::size_t>(vfs(checked)), "VF"));
  for (const auto& [name, size] : pools(checked))
    text += fmt::format(", {}: at most {}", name, size);
  if (checked.model->kernels != 2)
    text += ", " + counted(static_cast<std::size_t>(checked.model->kernels - 1), "live update");
  if (checked.statistics.states > 0) text += ", " + counted(checked.statistics.states, "state");
  for (const std::string& fault : checked.beside) text += ", some runs end in " + fault;
  return text;
}

std::string because(const Checked& checked, const Finding& finding) {
  if (const model::Property* property = property_of(checked, finding)) {
    if (!property->because.empty()) return property->because;
    return property->origin.about;
  }
  for (const BuiltIn& row : kBuiltIn)
    if (row.name == finding.property) return std::string(row.because);
  return {};
}

std::string element(const Checked& checked, const Finding& finding) {
  const model::Property* property = property_of(checked, finding);
  if (!property || finding.element <= 0) return {};
  if (finding.claim >= 0)
    return checked.model->element_name(checked.model->claims[finding.claim].sort, finding.element);
  for (const model::Clause& clause : property->clauses)
    if (clause.local >= 0)
      return checked.model->element_name(property->locals[clause.local].type.id, finding.element);
  return {};
}

std::vector<std::string> assumptions(const Checked& checked, const Finding& finding) {
  std::vector<std::string> names;
  for (const auto& assumption : checked.model->assumptions) names.push_back(assumption.name);
  names.insert(names.end(), finding.assumed.begin(), finding.assumed.end());
  return names;
}

std::vector<Override> overrides(const Checked& checked, const std::vector<Row>& rows) {
  std::vector<Override> found;
  const auto add = [&](const std::string& what, const model::Origin* origin) {
    if (!origin || origin->overridden_by.empty()) return;
    if (std::any_of(found.begin(), found.end(), [&](const Override& o) { return o.what == what; }))
      return;
    std::vector<std::string> by;
    for (const std::string& name : origin->overridden_by)
      if (std::find(by.begin(), by.end(), name) == by.end()) by.push_back(name);
    found.push_back({what, joined(by), origin->patch, origin->at});
  };
  for (const Row& row : rows) {
    add(row.rule, row.origin);
    add(row.event, row.event_origin);
  }
  // Definitions and claims are read by steps without being steps; all that are changed are named.
  for (const auto& define : checked.model->defines) add(define.name, &define.origin);
  for (const auto& claim : checked.model->claims) add(claim.name, &claim.origin);
  for (const auto& property : checked.model->properties) add(property.name, &property.origin);
  return found;
}

std::string reproduce(const Checked& checked, const Request& request) {
  std::string text = "luproof check " + quoted(request.path);
  if (!checked.reading.variant.empty()) text += " --variant " + quoted(checked.reading.variant);
  if (!checked.reading.later.empty()) text += " --then " + quoted(checked.reading.later);
  std::map<std::string, std::string> choose = request.choose;
  for (const auto& [name, alternative] : checked.reading.choices) choose[name] = alternative;
  for (const auto& [name, alternative] : choose)
    text += " --choose " + quoted(name + "=" + alternative);
  for (const std::string& act : request.allow) text += " --allow " + quoted(act);
  for (const std::string& rule : request.without) text += " --without " + quoted(rule);
  if (!request.topology.empty()) text += " --topology " + quoted(request.topology);
  if (request.vfs > 0) text += fmt::format(" --vfs {}", request.vfs);
  if (!request.engine.empty()) text += " --engine " + request.engine;
  if (request.bound >= 0) text += fmt::format(" --bound {}", request.bound);
  return text;
}

std::string reproduce(const Checked& checked, const Finding& finding, const Request& request) {
  if (!request.again.empty()) return request.again;
  return reproduce(checked, request) + " --property " + quoted(finding.property);
}

}  // namespace luproof::report
