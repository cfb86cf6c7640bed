// SPDX-License-Identifier: GPL-2.0-or-later
// Short enough to be read: behaviours come in groups with one run each, and what an earlier reading
// has told is not told again. `--verbose` tells everything.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/diff_report.h"
#include "report/run.h"

namespace luproof::report {
namespace {

using checker::AssumptionChange;
using checker::BehaviourGroup;
using checker::Checked;
using checker::Diff;
using checker::Of;
using checker::ReadingDiff;
using checker::RuleChange;
using checker::VerdictChange;
using model::printable;

constexpr std::size_t kMembers = 8;  // of a group of behaviours
constexpr std::size_t kGroups = 12;  // of one side of one reading
constexpr std::size_t kRules = 60;
constexpr std::size_t kText = 140;  // characters of a rule
constexpr std::size_t kSteps = 12;  // of a run to a behaviour
constexpr std::size_t kHead = 3;    // of them from its beginning

class DiffText {
 public:
  DiffText(const Diff& diff, const DiffRequest& request, const TextOptions& options)
      : d_(diff), r_(request), o_(options), style_(options.style) {}

  std::string run() {
    head();
    for (const ReadingDiff& reading : d_.readings) one(reading);
    rules();
    note(2, "again: " + r_.again);
    return std::move(out_);
  }

 private:
  void line(std::size_t indent, const std::string& content) {
    out_ += std::string(indent, ' ') + printable(content) + "\n";
  }
  void note(std::size_t indent, const std::string& content) {
    out_ += std::string(indent, ' ') + style_.dim(printable(content)) + "\n";
  }
  const std::string& name(Of of) const { return of == Of::A ? r_.name_a : r_.name_b; }

  void head() {
    out_ += style_.bold(printable(r_.name_a + " -> " + r_.name_b)) + "\n";
    if (!d_.readings.empty()) {
      about(r_.name_a, d_.readings[0].a);
      about(r_.name_b, d_.readings[0].b);
    }
    if (d_.as_files)
      note(2, "the two have no variant in common; the files themselves are compared");
    lone(Of::A, d_.only_a);
    lone(Of::B, d_.only_b);
    summary();
  }

  // What a reader wants to know first.
  void summary() {
    std::set<std::string> properties, bearing;
    std::vector<const ReadingDiff*> all;
    for (const ReadingDiff& d : d_.readings) {
      all.push_back(&d);
      for (const VerdictChange& change : d.verdicts) properties.insert(change.property);
      for (const AssumptionChange& change : d.assumptions)
        if (change.load_bearing)
          bearing.insert(fmt::format("{}, assumed only by {}", change.name, name(change.of)));
    }
    line(2, counted(d_.readings.size(), "reading") + " compared, " +
                (properties.empty()
                     ? no_difference(all)
                     : "verdicts that differ: " + joined({properties.begin(), properties.end()})));
    for (const std::string& text : bearing) line(2, "load-bearing: " + text);
  }

  void about(const std::string& who, const Checked& checked) {
    if (const std::string& text = checked.model->about; !text.empty()) line(2, who + ": " + text);
  }

  void lone(Of of, const std::vector<model::Reading>& readings) {
    std::vector<std::string> names;
    for (const model::Reading& reading : readings) {
      const std::string text = reading_name(reading);
      names.push_back(text.empty() ? "the file itself" : text);
    }
    if (!names.empty()) line(2, fmt::format("only in {}: {}", name(of), joined(names, "; ")));
  }

  void one(const ReadingDiff& d) {
    const std::string which = reading_name(d.a.reading), other = reading_name(d.b.reading);
    if (!which.empty() || !other.empty())
      out_ +=
          style_.bold(printable(which == other ? which : fmt::format("{} -> {}", which, other))) +
          "\n";
    for (const Checked* side : {&d.a, &d.b})
      if (!side->broken.empty())
        out_ += style_.red("  luproof is wrong here, and nothing below is to be believed") + "\n" +
                "    " + printable(side->broken) + "\n";
    for (const VerdictChange& change : d.verdicts) verdict(d, change);
    if (d.verdicts.empty() && d_.readings.size() > 1) line(2, no_difference({&d}));
    for (const AssumptionChange& change : d.assumptions) assumption(change);
    if (!d.behaviours_unknown.empty())
      line(2, "behaviours are not compared: " + d.behaviours_unknown);
    behaviours(Of::A, d.a, d.only_a);
    behaviours(Of::B, d.b, d.only_b);
  }

  // The run of the side that breaks the property.
  void verdict(const ReadingDiff& d, const VerdictChange& change) {
    line(2, fmt::format("{}: {} -> {}", change.property, change.from, change.to));
    for (const Of of : {Of::A, Of::B}) {
      const Checked& checked = of == Of::A ? d.a : d.b;
      const int at = of == Of::A ? change.at_a : change.at_b;
      if (at < 0) continue;
      const checker::Finding& finding = checked.findings[static_cast<std::size_t>(at)];
      if (believed(checked, finding) == checker::Verdict::Violated)
        broken(of, checked, finding);
      else if (const std::string why = reason_of(checked, finding); !why.empty())
        line(4, fmt::format("in {}: {}", name(of), why));
    }
  }

  void broken(Of of, const Checked& checked, const checker::Finding& finding) {
    if (!finding.run) return violation(of, checked, finding);
    std::string where =
        fmt::format("in {}, in {}", name(of),
                    counted(static_cast<std::size_t>(finding.run->weight), "visible step"));
    const auto [earlier, fresh] =
        told_.emplace(key_of(name(of), checked, finding), finding.property);
    if (!fresh && !o_.verbose)
      return line(4, where + ", by the run for " + earlier->second + " above");
    line(4, where + ":");
    violation(of, checked, finding);
  }

  // One run often breaks several promises, and in several readings; it is told once.
  static std::string key_of(const std::string& what, const Checked& checked,
                            const checker::Finding& finding) {
    std::string key = what;
    for (const Row& row : rows(checked, *finding.run)) key += "\n" + row.text();
    return key;
  }

  void violation(Of of, const Checked& checked, const checker::Finding& finding) {
    if (finding.run) out_ += run_text(checked, *finding.run, of == Of::A ? r_.a : r_.b, o_);
    const std::string who = element(checked, finding);
    const std::string why = because(checked, finding) + (who.empty() ? "" : " (for " + who + ")");
    if (!why.empty()) out_ += "    " + style_.red("=> ") + printable(why) + "\n";
  }

  void assumption(const AssumptionChange& change) {
    if (change.status) {
      line(2, fmt::format("uncertain rule that only {} uses: {}", name(change.of), change.name));
      return;
    }
    line(2, fmt::format("assumed only by {}: {}{}", name(change.of), change.name,
                        change.because.empty() ? "" : " (" + change.because + ")"));
    const checker::Finding* nearest = nullptr;  // whose run is shown
    for (const AssumptionChange::Fall& fall : change.falls) {
      const bool breaks = fall.from == "holds" && fall.to == "violated";
      std::string text = fmt::format("without it, {}: {} -> {}", fall.property, fall.from, fall.to);
      for (const checker::Finding& finding : change.without->findings) {
        if (finding.property != fall.property || !breaks || !finding.run) continue;
        text += fmt::format(", in {}",
                            counted(static_cast<std::size_t>(finding.run->weight), "visible step"));
        if (!nearest || finding.run->weight < nearest->run->weight) nearest = &finding;
      }
      out_ += "    " + (breaks ? style_.red("load-bearing: ") : "") + printable(text) + "\n";
      for (const checker::Finding& finding : change.without->findings)
        if (finding.property == fall.property && breaks && o_.verbose)
          violation(change.of, *change.without, finding);
    }
    if (nearest && !o_.verbose) told(change, *nearest);
    if (!change.unknown.empty())
      line(4, "unknown whether it is needed: " + change.unknown);
    else if (change.falls.empty())
      line(4, "not needed for any verdict");
  }

  void told(const AssumptionChange& change, const checker::Finding& finding) {
    const std::string key = key_of(change.name, *change.without, finding);
    if (!told_.emplace(key, finding.property).second)
      line(4, "by the run for " + finding.property + " that is shown above");
    else
      violation(change.of, *change.without, finding);
  }

  void behaviours(Of of, const Checked& checked, const std::vector<BehaviourGroup>& groups) {
    if (groups.empty()) return;
    line(2, fmt::format("possible only in {}:", name(of)));
    std::size_t shown = 0, again = 0;
    for (const BehaviourGroup& group : groups) {
      std::string text = fmt::format("{} in kernel {}", group.event, group.kernel);
      std::vector<std::string> details;
      for (const checker::Behaviour& member : group.members)
        if (details.size() < kMembers || o_.verbose) details.push_back(member.detail);
      const std::string all = name(of) + text + joined(details);
      if (!seen_.insert(all).second && !o_.verbose) {
        ++again;
        continue;
      }
      if (++shown > kGroups && !o_.verbose) continue;
      group_of(checked, group, of);
    }
    if (shown > kGroups && !o_.verbose)
      note(4, fmt::format("… and {} more; --verbose shows them", shown - kGroups));
    if (again) note(4, fmt::format("{} as in a reading above", counted(again, "group")));
  }

  void group_of(const Checked& checked, const BehaviourGroup& group, Of of) {
    const std::size_t most = o_.verbose ? group.members.size() : kMembers;
    for (std::size_t i = 0; i < std::min(most, group.members.size()); ++i) {
      const checker::Behaviour& b = group.members[i];
      line(4, model::shortened(fmt::format("{}{} in kernel {}", b.event, b.detail, b.kernel),
                               o_.verbose ? std::string::npos : kText));
      if (b.run) steps(checked, *b.run, of == Of::A ? r_.a : r_.b);
    }
    if (most < group.members.size())
      note(4, fmt::format("… and {} more of {}", group.members.size() - most, group.event));
  }

  // One line a visible step; the changes are in `--verbose`.
  void steps(const Checked& checked, const checker::Run& run, const Request& request) {
    if (o_.verbose) {
      out_ += run_text(checked, run, request, o_);
      return;
    }
    std::vector<Row> visible;
    for (Row& row : rows(checked, run))
      if (row.visible) visible.push_back(std::move(row));
    for (std::size_t i = 0; i < visible.size(); ++i) {
      if (visible.size() > kSteps && i == kHead) {
        i = visible.size() - (kSteps - kHead);
        note(12, fmt::format("… {} more steps", i - kHead));
      }
      note(6, fmt::format("{:>4}.  {}", visible[i].visible, visible[i].step_text()));
    }
  }

  void rules() {
    if (d_.rules.empty()) return;
    out_ += style_.bold("rules") + "\n";
    std::size_t shown = 0;
    for (const RuleChange& change : d_.rules)
      if (++shown <= kRules || o_.verbose) rule(change);
    if (shown > kRules && !o_.verbose)
      note(2, fmt::format("… and {} more; --verbose shows them", shown - kRules));
  }

  void rule(const RuleChange& change) {
    const std::string what = change.kind + " " + change.name;
    const std::string in = readings_text(d_, change);
    const std::string suffix = in.empty() ? "" : " (in " + in + ")";
    if (change.a && change.b) {
      line(2, fmt::format("changed: {}{}", what, suffix));
      side("-", *change.a, change.b->signature != change.a->signature, r_.a);
      side("+", *change.b, change.b->signature != change.a->signature, r_.b);
      return;
    }
    const model::Rule& rule = change.a ? *change.a : *change.b;
    line(2, fmt::format("only in {}: {}{}", name(change.a ? Of::A : Of::B), what, suffix));
    side(change.a ? "-" : "+", rule, false, change.a ? r_.a : r_.b);
  }

  void side(const char* sign, const model::Rule& rule, bool signature, const Request& request) {
    std::string text = signature ? rule.signature + ": " + rule.text : rule.text;
    if (!text.empty())
      line(4, fmt::format("{} {}", sign,
                          model::shortened(text, o_.verbose ? std::string::npos : kText)));
    if (!rule.about.empty()) note(6, rule.about);
    std::vector<std::string> from;
    if (!rule.patch.empty()) from.push_back("patch " + rule.patch);
    if (!rule.at.empty()) from.push_back(rule.at);
    if (o_.verbose && rule.span.source)
      from.push_back(
          fmt::format("{}:{}", shown_path(rule.span.source->path, request), rule.span.line));
    if (!from.empty()) note(6, joined(from));
  }

  const Diff& d_;
  const DiffRequest& r_;
  const TextOptions& o_;
  const Style& style_;
  std::map<std::string, std::string> told_;  // runs, and the property that they were shown for
  std::set<std::string> seen_;               // groups of behaviours
  std::string out_;
};

}  // namespace

int exit_status(const Diff& diff) {
  int status = kHolds;
  for (const ReadingDiff& d : diff.readings) {
    if (d.unknown) status = worse(status, kInconclusive);
    if (d.differs) status = worse(status, kViolated);
  }
  return status;
}

std::string reading_name(const model::Reading& reading) {
  std::string text = reading.variant.empty() ? "" : "variant " + reading.variant;
  for (const auto& [choice, alternative] : reading.choices)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", choice, alternative);
  return text;
}

std::string no_difference(const std::vector<const ReadingDiff*>& readings) {
  std::set<std::string> open;
  bool cut = false;
  for (const ReadingDiff* d : readings) {
    open.insert(d->undecided.begin(), d->undecided.end());
    cut = cut || d->cut;
  }
  if (open.empty() && !cut) return "no verdict differs";
  return "no verdict is known to differ" +
         (open.empty() ? "" : "; not decided: " + joined({open.begin(), open.end()}));
}

std::string readings_text(const Diff& diff, const RuleChange& change) {
  if (change.readings.size() == diff.readings.size()) return "";
  std::vector<std::string> names;
  for (const int reading : change.readings)
    names.push_back(reading_name(diff.readings[static_cast<std::size_t>(reading)].a.reading));
  return joined(names, "; ");
}

std::string diff_text(const Diff& diff, const DiffRequest& request, const TextOptions& options) {
  return DiffText(diff, request, options).run();
}

}  // namespace luproof::report
