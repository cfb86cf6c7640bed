// SPDX-License-Identifier: GPL-2.0-or-later
// What a reply to a new version of a series can quote: the verdicts that differ in one table, then
// a line for each assumption and for what became possible or impossible, with a run.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/diff_report.h"
#include "report/grid.h"
#include "report/run.h"

namespace luproof::report {
namespace {

using checker::BehaviourGroup;
using checker::Checked;
using checker::Diff;
using checker::Of;
using checker::ReadingDiff;
using checker::VerdictChange;

constexpr std::size_t kWidth = 100, kText = 76;
constexpr std::size_t kGroups = 12, kMembers = 3;

class DiffMarkdown {
 public:
  DiffMarkdown(const Diff& diff, const DiffRequest& request) : d_(diff), r_(request) {}

  std::string run() {
    paragraph(r_.name_a + " -> " + r_.name_b + ", " + counted(d_.readings.size(), "reading") +
              " compared.");
    for (const ReadingDiff& d : d_.readings)
      for (const Checked* side : {&d.a, &d.b})
        if (!side->broken.empty())
          paragraph("luproof is wrong here, and nothing below is to be believed: " + side->broken);
    verdicts();
    for (const Of of : {Of::A, Of::B}) lone(of);
    assumptions();
    for (const Of of : {Of::A, Of::B}) behaviours(of);
    for (const ReadingDiff& d : d_.readings)
      if (!d.behaviours_unknown.empty())
        item(which(d) + ": behaviours are not compared: " + d.behaviours_unknown);
    return out_ + "\n    $ " + model::printable(r_.again) + " --format markdown\n";
  }

 private:
  const std::string& name(Of of) const { return of == Of::A ? r_.name_a : r_.name_b; }
  static std::string which(const ReadingDiff& d) {
    const std::string text = reading_name(d.b.reading);
    return text.empty() ? "the file itself" : text;
  }
  void paragraph(const std::string& text) {
    out_ += wrapped(plain_markdown(text), kText, 0) + "\n\n";
  }
  void item(const std::string& text) {
    out_ += "- " + wrapped(plain_markdown(text), kText - 2, 2) + "\n";
  }
  void steps(const Checked& checked, const checker::Run& run) {
    out_ += "\n      " + wrapped(model::printable(steps_text(checked, run)), kText - 6, 6) + "\n\n";
  }

  void verdicts() {
    std::vector<std::string> properties;
    for (const ReadingDiff& d : d_.readings)
      for (const VerdictChange& change : d.verdicts)
        if (std::find(properties.begin(), properties.end(), change.property) == properties.end())
          properties.push_back(change.property);
    if (properties.empty()) {
      std::vector<const ReadingDiff*> all;
      for (const ReadingDiff& d : d_.readings) all.push_back(&d);
      std::string text = no_difference(all) + ".";
      text[0] = 'N';
      return paragraph(text);
    }
    Grid grid;
    grid.head = {"reading"};
    grid.head.insert(grid.head.end(), properties.begin(), properties.end());
    for (const ReadingDiff& d : d_.readings) {
      if (d.verdicts.empty()) continue;
      grid.rows.push_back({which(d)});
      for (const std::string& property : properties) grid.rows.back().push_back(cell(d, property));
    }
    if (grid.width() <= kWidth) out_ += grid.markdown() + "\n";
    for (const ReadingDiff& d : d_.readings)
      for (const VerdictChange& change : d.verdicts) broken(d, change);
  }

  static std::string cell(const ReadingDiff& d, const std::string& property) {
    for (const VerdictChange& change : d.verdicts)
      if (change.property == property) return change.from + " -> " + change.to;
    return "=";
  }

  // The run of the side that breaks it, once for all that it breaks.
  void broken(const ReadingDiff& d, const VerdictChange& change) {
    for (const Of of : {Of::A, Of::B}) {
      const Checked& checked = of == Of::A ? d.a : d.b;
      const int at = of == Of::A ? change.at_a : change.at_b;
      if (at < 0) continue;
      const checker::Finding& finding = checked.findings[static_cast<std::size_t>(at)];
      if (believed(checked, finding) != checker::Verdict::Violated || !finding.run) continue;
      item(fmt::format("{} ({}): violated in {}, in {}:", change.property, which(d), name(of),
                       counted(static_cast<std::size_t>(finding.run->weight), "visible step")));
      if (told_.insert(name(of) + steps_text(checked, *finding.run)).second)
        steps(checked, *finding.run);
      else
        out_.replace(out_.size() - 2, 2, " by the same run.\n");
    }
  }

  void lone(Of of) {
    std::vector<std::string> names;
    for (const model::Reading& reading : of == Of::A ? d_.only_a : d_.only_b) {
      const std::string text = reading_name(reading);
      names.push_back(text.empty() ? "the file itself" : text);
    }
    if (!names.empty()) item(fmt::format("only in {}: {}", name(of), joined(names, "; ")));
  }

  // Each once, with the readings that say it where the others do not.
  void assumptions() {
    std::vector<std::pair<std::string, std::vector<std::string>>> items;
    for (const ReadingDiff& d : d_.readings)
      for (const checker::AssumptionChange& change : d.assumptions) {
        std::vector<std::string> falls;
        for (const auto& fall : change.falls)
          falls.push_back(fmt::format("{}: {} -> {}", fall.property, fall.from, fall.to));
        const std::string what = change.status         ? "an uncertain rule"
                                 : change.load_bearing ? "load-bearing; without it " + joined(falls)
                                 : !change.unknown.empty()
                                     ? "unknown whether it is needed: " + change.unknown
                                 : falls.empty() ? "not needed for any verdict"
                                                 : "without it " + joined(falls);
        const std::string text =
            fmt::format("assumed only by {}: {} ({})", name(change.of), change.name, what);
        auto at = std::find_if(items.begin(), items.end(),
                               [&](const auto& each) { return each.first == text; });
        if (at == items.end()) at = items.insert(at, {text, {}});
        at->second.push_back(which(d));
      }
    for (const auto& [text, readings] : items)
      item(readings.size() == d_.readings.size() ? text : joined(readings, "; ") + ": " + text);
  }

  // Each once, in the first reading that shows it.
  void behaviours(Of of) {
    std::size_t shown = 0, more = 0;
    for (const ReadingDiff& d : d_.readings)
      for (const BehaviourGroup& group : of == Of::A ? d.only_a : d.only_b) {
        std::string text = fmt::format("{} in kernel {}", group.event, group.kernel);
        std::vector<std::string> details;
        for (const checker::Behaviour& member : group.members)
          if (!member.detail.empty() && details.size() < kMembers)
            details.push_back(member.detail.rfind(": ", 0) == 0 ? member.detail.substr(2)
                                                                : group.event + member.detail);
        if (!details.empty()) text += ": " + joined(details, "; ");
        if (group.members.size() > kMembers)
          text += fmt::format(" and {} more", group.members.size() - kMembers);
        if (!told_.insert(name(of) + text).second) continue;
        if (++shown > kGroups) {
          ++more;
          continue;
        }
        item(fmt::format("possible only in {} ({}): {}", name(of), which(d), text));
        const Checked& checked = of == Of::A ? d.a : d.b;
        if (!group.members.empty() && group.members[0].run) steps(checked, *group.members[0].run);
      }
    if (more) item(fmt::format("... and {} more that are possible only in {}", more, name(of)));
  }

  const Diff& d_;
  const DiffRequest& r_;
  std::set<std::string> told_;
  std::string out_;
};

}  // namespace

std::string diff_markdown(const Diff& diff, const DiffRequest& request) {
  return DiffMarkdown(diff, request).run();
}

}  // namespace luproof::report
