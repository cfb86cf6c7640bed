// SPDX-License-Identifier: GPL-2.0-or-later
// Answers come one by one and are let go again, so a machine with hundreds of VFs costs the memory
// of one search. What is kept of them are the lines of the report.
#include "report/preflight.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/run.h"
#include "report/run_json.h"
#include "report/text.h"

namespace luproof::report {

using checker::Checked;
using checker::Finding;
using checker::MachineAnswer;
using checker::Verdict;

namespace {

void add_new(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& text : from)
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
}

// Of the last visible step; the function that it hits is called "itself", so that functions which
// are lost in the same way are told together.
void describe(const Row& row, const std::string& function, const Request& request, Loss& loss) {
  std::vector<std::string> args = row.args;
  for (std::string& arg : args)
    if (arg == function) arg = "itself";
  loss.step = row.event + (args.empty() ? "" : "(" + joined(args) + ")");
  for (const Change& change : row.changes)
    loss.changes.push_back(fmt::format("{}: {} -> {}", change.what, change.from, change.to));
  loss.source = row.rule == row.event ? "" : "in " + row.rule + ", ";
  loss.source += fmt::format("{}:{}", shown_path(row.file, request), row.line);
  if (!row.cite.empty()) loss.source += " [" + joined(row.cite) + "]";
}

}  // namespace

Preflight::Preflight(const host::Machine& machine, const host::Plan& plan, Request request,
                     std::string title, std::string command)
    : machine_(machine),
      plan_(plan),
      request_(std::move(request)),
      command_(std::move(command)),
      title_(std::move(title)) {}

std::string Preflight::name(int function) const {
  return machine_.topology.functions[function].name;
}

std::vector<std::string> Preflight::names(const std::vector<int>& functions) const {
  std::vector<std::string> all;
  for (const int function : functions) all.push_back(name(function));
  return all;
}

void Preflight::lost(const MachineAnswer& answer, const Finding& finding,
                     std::vector<Loss>& losses) {
  const std::string who = element(answer.checked, finding);
  Loss loss;
  loss.property = finding.property;
  loss.because = because(answer.checked, finding);
  std::vector<Row> all;
  if (finding.run) all = rows(answer.checked, *finding.run);
  const auto last = std::find_if(all.rbegin(), all.rend(), [](const Row& row) {
    return row.visible > 0 || !row.fault.empty();
  });
  if (last != all.rend()) describe(*last, who, request_, loss);
  loss.steps = finding.run ? finding.run->weight : 0;
  const auto same = std::find_if(losses.begin(), losses.end(), [&](const Loss& other) {
    return other.property == loss.property && other.step == loss.step;
  });
  // The function that a group loses first is the one to show.
  const bool first = std::any_of(of_groups_.begin(), of_groups_.end(), [&](const Loss& group) {
    return group.property == loss.property && group.functions.front() == who;
  });
  if (same != losses.end() && !first) {
    add_new(same->functions, {who});
    return;
  }
  loss.functions.push_back(who);
  if (finding.run) {
    loss.run = run_text(answer.checked, *finding.run, request_, TextOptions{});
    loss.run_json = run_json(answer.checked, finding.run, request_);
  }
  if (same == losses.end()) {
    losses.push_back(std::move(loss));
  } else {
    add_new(loss.functions, same->functions);
    *same = std::move(loss);
  }
}

void Preflight::undecided(const MachineAnswer& answer, const Finding& finding) {
  std::string reason = reason_of(answer.checked, finding);
  if (reason.empty()) reason = answer.checked.statistics.stopped_by;
  const auto same = std::find_if(undecided_.begin(), undecided_.end(), [&](const Undecided& u) {
    return u.property == finding.property && u.reason == reason;
  });
  if (same != undecided_.end())
    add_new(same->functions, names(answer.kept));
  else
    undecided_.push_back({names(answer.kept), finding.property, reason});
}

void Preflight::take(const MachineAnswer& answer) {
  const Checked& checked = answer.checked;
  states_ = std::max(states_, checked.statistics.states);
  title_ = report::title(checked);  // with what was chosen
  if (broken_.empty()) broken_ = checked.broken;
  if (answer.without) {
    for (Loss& loss : losses_)
      for (const Finding& finding : checked.findings)
        if (finding.property == loss.property && finding.verdict == Verdict::Holds &&
            std::find(loss.functions.begin(), loss.functions.end(), name(answer.kept.front())) !=
                loss.functions.end())
          loss.hangs_on.insert(*answer.without);
    return;
  }
  const bool alone = answer.detail;
  const bool loses =
      std::any_of(checked.findings.begin(), checked.findings.end(),
                  [](const Finding& f) { return f.verdict == Verdict::Violated && f.claim >= 0; });
  for (const Finding& finding : checked.findings) {
    checked_properties_.insert(finding.property);
    if (!answer.detail) add_new(assumed_, assumptions(checked, finding));
    const Verdict verdict = believed(checked, finding);
    if (verdict == Verdict::Violated) {
      // What only several of them lose together is told if none of them loses it alone.
      if (finding.claim >= 0)
        lost(answer, finding, alone ? losses_ : of_groups_);
      else if (!answer.detail)
        lost(answer, finding, machine_losses_);
    } else if (verdict == Verdict::Unknown && (alone || !loses)) {
      undecided(answer, finding);
    } else if (verdict == Verdict::Vacuous && !answer.detail) {
      vacuous_.insert(finding.property);
      if (!loses && exit_status(checked, finding) != kHolds) undecided(answer, finding);
    }
  }
  if (!answer.detail) {
    acts_off_ = checked.acts_off;
    not_modelled_ = checked.model->not_modelled;
    left_out_.kept = std::max(left_out_.kept, answer.left_out.kept);
    left_out_.vfs = std::max(left_out_.vfs, answer.left_out.vfs);
    left_out_.others = std::max(left_out_.others, answer.left_out.others);
  }
  if (alone || !loses)
    for (const int function : answer.kept) judged_.insert(name(function));
}

void Preflight::finish(bool stopped) {
  const std::size_t alone = losses_.size();
  for (const Loss& loss : of_groups_)
    if (std::none_of(losses_.begin(), losses_.begin() + static_cast<std::ptrdiff_t>(alone),
                     [&](const Loss& told) { return told.property == loss.property; }))
      losses_.push_back(loss);
  for (const Loss& loss : losses_)
    lost_functions_.insert(loss.functions.begin(), loss.functions.end());
  std::vector<std::string> missing;
  for (const int function : plan_.kept)
    if (!judged_.count(name(function))) missing.push_back(name(function));
  if (!missing.empty())
    undecided_.push_back(
        {missing, "",
         stopped ? "the search was stopped before it came to them" : "no search came to them"});
  std::stable_sort(losses_.begin(), losses_.end(),
                   [](const Loss& a, const Loss& b) { return a.steps < b.steps; });
}

int Preflight::status() const {
  const bool problem = std::any_of(
      plan_.remarks.begin(), plan_.remarks.end(),
      [](const host::Remark& remark) { return remark.kind == host::Remark::Kind::Problem; });
  if (!broken_.empty()) return kInconclusive;
  if (problem || !losses_.empty() || !machine_losses_.empty()) return kViolated;
  return undecided_.empty() ? kHolds : kInconclusive;
}

}  // namespace luproof::report
