// SPDX-License-Identifier: GPL-2.0-or-later
// Names and sentences of the input go through `printable`, whole lines at a time, before colour is
// added; so no name can bring its own escape sequences.
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::report {
namespace {

using checker::Checked;
using checker::Finding;
using checker::Run;
using checker::Verdict;
using model::printable;

constexpr std::size_t kChangesShown = 8;  // of one step; a kexec alone can change hundreds

class Text {
 public:
  Text(const Checked& checked, const Request& request, const TextOptions& options)
      : checked_(checked), request_(request), options_(options), style_(options.style) {}

  std::string run() {
    out_ += style_.bold(printable(title(checked_))) + "\n";
    if (!checked_.broken.empty())
      out_ += style_.red("  luproof is wrong here, and no verdict below is to be believed") + "\n" +
              "    " + printable(checked_.broken) + "\n";
    for (const Finding& finding : checked_.findings) one(finding);
    if (checked_.findings.empty())
      out_ += "  nothing to check: no claim or property asks for anything\n";
    not_any_vfs();
    grounds();
    if (options_.statistics) statistics();
    return std::move(out_);
  }

  std::string steps_of(const Run& run_shown) {
    steps(rows(checked_, run_shown));
    return std::move(out_);
  }

 private:
  void line(int indent, const std::string& content) {
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + printable(content) + "\n";
  }

  std::size_t width() const {
    std::size_t widest = 0;
    for (const Finding& finding : checked_.findings)
      widest = std::max(widest, finding.property.size());
    return std::min<std::size_t>(widest, 40);
  }

  void one(const Finding& finding) {
    const std::string name = printable(fmt::format("{:<{}}", finding.property, width()));
    switch (believed(checked_, finding)) {
      case Verdict::Holds:
        out_ += fmt::format("  {} {}  {}\n", style_.green("holds   "), name,
                            printable(scope_text(checked_, finding)));
        witness(finding);
        return;
      case Verdict::Violated:
        violated(finding);
        return;
      case Verdict::Unknown:
        out_ += fmt::format("  {} {}  {}\n", style_.yellow("unknown "), name,
                            printable(unknown_text(finding)));
        return;
      case Verdict::Vacuous:
        out_ += fmt::format("  {} {}  {}\n", style_.yellow("vacuous "), name,
                            printable(reason_of(checked_, finding)));
        return;
    }
  }

  // A search that was cut short says how far it came, and never more than that.
  std::string unknown_text(const Finding& finding) const {
    std::string why = reason_of(checked_, finding);
    if (!checked_.broken.empty()) return why;
    if (finding.depth < 0 || why.rfind("not found within", 0) == 0) return why;
    return fmt::format("not found within {}; {}",
                       counted(static_cast<std::size_t>(finding.depth), "step"),
                       why.empty() ? "the search ended there" : why);
  }

  void witness(const Finding& finding) {
    if (!finding.witness) return;
    const std::vector<Row> all = rows(checked_, *finding.witness);
    const bool jumps =
        std::any_of(all.begin(), all.end(), [](const Row& row) { return row.kexec; });
    std::string text = fmt::format(
        "witness: {}", counted(static_cast<std::size_t>(finding.witness->weight), "visible step"));
    if (jumps) text += ", through kexec";
    if (const std::string release = release_of(checked_, *finding.witness, finding.index);
        !release.empty())
      text += ", " + release;
    out_ += "           " + style_.dim(printable(text)) + "\n";
    if (options_.verbose) steps(all);
  }

  void violated(const Finding& finding) {
    out_ +=
        fmt::format("  {} {}", style_.red("VIOLATED"), style_.bold(printable(finding.property)));
    if (!finding.run) {
      const model::Property* property =
          finding.index < 0 ? nullptr : &checked_.model->properties[finding.index];
      if (property && property->kind == model::PropertyKind::Possible)
        out_ += "  no reachable state has it";
      out_ += "  " + printable(scope_text(checked_, finding)) + "\n";
    } else {
      out_ += fmt::format(" in {}{}\n",
                          counted(static_cast<std::size_t>(finding.run->weight), "visible step"),
                          finding.shortest ? "" : " (a shorter run may exist)");
    }
    std::vector<Row> all;
    if (finding.run) {
      all = rows(checked_, *finding.run);
      // One run often breaks several promises; it is told once.
      const auto told = std::find_if(told_.begin(), told_.end(), [&](const Finding* f) {
        return f->run->steps == finding.run->steps && f->run->fault == finding.run->fault &&
               f->run->loop == finding.run->loop;
      });
      if (told != told_.end())
        line(7, "by the run of " + (*told)->property + " above");
      else
        run_of(finding, all);
      told_.push_back(&finding);
    }
    const std::string sentence = because(checked_, finding);
    const std::string who = element(checked_, finding);
    if (!sentence.empty() || !who.empty())
      out_ += "    " + style_.red("=> ") +
              printable(sentence + (who.empty()        ? ""
                                    : sentence.empty() ? "for " + who
                                                       : " (for " + who + ")")) +
              "\n";
    if (finding.claim >= 0)
      line(7, "promised by claim " + checked_.model->claims[finding.claim].name);
    if (!finding.reason.empty()) line(7, finding.reason);
    conditions(finding, all);
  }

  void run_of(const Finding& finding, const std::vector<Row>& all) {
    std::vector<std::string> values;
    for (const auto& [name, value] : chosen(checked_, *finding.run))
      values.push_back(name + " = " + value);
    if (!values.empty()) note("where", joined(values));
    steps(all, finding.run->loop);
  }

  void note(const std::string& head, const std::string& content, int indent = 4) {
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + style_.dim(head) + " " +
            printable(content) + "\n";
  }

  // What every verdict of the reading rests on.
  void grounds() {
    for (const auto& assumption : checked_.model->assumptions)
      note("assumes:",
           assumption.name + (assumption.because.empty() ? "" : " (" + assumption.because + ")"),
           2);
    if (const std::vector<std::string> rules = assumed(); !rules.empty())
      note("assumes:", joined(rules), 2);
    if (!checked_.acts_off.empty()) note("switched off:", joined(checked_.acts_off), 2);
    if (!checked_.model->not_modelled.empty())
      note("not modelled:", joined(checked_.model->not_modelled, "; "), 2);
    if (!checked_.never_fired.empty())
      note("never used in any run:", joined(checked_.never_fired), 2);
  }

  // Rules that are not certain, of all verdicts of the reading.
  std::vector<std::string> assumed() const {
    std::vector<std::string> rules;
    for (const Finding& finding : checked_.findings)
      for (const std::string& rule : finding.assumed)
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
    return rules;
  }

  void conditions(const Finding& finding, const std::vector<Row>& all) {
    note("scope:", scope_text(checked_, finding));
    if (finding.violated_by_known && finding.violated_by.size() > 1)
      note("violated by:", joined(finding.violated_by));
    if (!finding.needs.empty()) note("needs:", joined(finding.needs));
    for (const Override& o : overrides(checked_, all)) {
      std::string text = o.what + " by " + o.by;
      if (!o.patch.empty()) text += ", patch " + o.patch;
      if (!o.at.empty()) text += ", " + o.at;
      note("override:", text);
    }
    note("again:", reproduce(checked_, finding, request_));
  }

  // Visible steps are numbered; what lies between them is one line, unless everything is asked for
  // or there is nothing else. `loop`: the first of the steps that are repeated for ever, or -1.
  void steps(const std::vector<Row>& all, int loop = -1) {
    std::vector<const Row*> silent;
    const bool whole = options_.verbose || std::none_of(all.begin(), all.end(), [](const Row& row) {
                         return row.visible > 0;
                       });
    for (const Row& row : all) {
      if (loop >= 0 && &row == &all[static_cast<std::size_t>(loop)]) {
        fold(silent);
        line(4, "for ever:");
      }
      if (row.visible || !row.fault.empty() || whole) {
        fold(silent);
        step(row);
      } else {
        silent.push_back(&row);
      }
    }
    fold(silent);
  }

  void fold(std::vector<const Row*>& silent) {
    if (silent.empty()) return;
    std::vector<std::string> actors;
    for (const Row* row : silent)
      if (std::find(actors.begin(), actors.end(), row->actor) == actors.end())
        actors.push_back(row->actor);
    out_ += "         " +
            style_.dim(printable(
                fmt::format("… {} of {}", counted(silent.size(), "silent step"), joined(actors)))) +
            "\n";
    silent.clear();
  }

  void step(const Row& row) {
    const std::string number = row.visible ? fmt::format("{:>4}.", row.visible) : "    -";
    const std::string what = printable(row.step_text());
    out_ += fmt::format("  {}  {}\n", number, row.visible ? style_.bold(what) : style_.dim(what));
    const std::size_t shown =
        options_.verbose ? row.changes.size() : std::min(row.changes.size(), kChangesShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const Change& change = row.changes[i];
      line(11, fmt::format("{}: {} -> {}", change.what, change.from, change.to));
    }
    if (shown < row.changes.size())
      line(11, fmt::format("… and {} more", row.changes.size() - shown));
    for (const std::string& claim : row.claims) line(11, claim);
    if (!row.fault.empty())
      out_ += "           " + style_.red(printable(row.fault)) +
              printable(row.fault_where.empty() ? "" : " at " + row.fault_where) + "\n";
    out_ += "           " + style_.dim(printable(source(row))) + "\n";
  }

  std::string source(const Row& row) const {
    std::string text = row.rule == row.event ? "" : "in " + row.rule + ", ";
    text += fmt::format("{}:{}", shown_path(row.file, request_), row.line);
    if (!row.patch.empty()) text += ", patch " + row.patch;
    if (!row.cite.empty()) text += " [" + joined(row.cite) + "]";
    return text;
  }

  // Of what holds for the VFs of the topology only: why, each reason once.
  void not_any_vfs() {
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    std::size_t holds = 0;
    for (const Finding& finding : checked_.findings) {
      holds += finding.verdict == Verdict::Holds && finding.index >= 0;
      const std::string why = why_not_any_vfs(checked_, finding);
      if (why.empty() || finding.index < 0) continue;
      auto at = std::find_if(reasons.begin(), reasons.end(),
                             [&](const auto& reason) { return reason.first == why; });
      if (at == reasons.end()) at = reasons.insert(at, {why, {}});
      at->second.push_back(finding.property);
    }
    const auto here = static_cast<std::size_t>(vfs(checked_));
    for (const auto& [why, names] : reasons)
      line(2, fmt::format("shown for {} only: {} ({})", counted(here, "VF"),
                          names.size() == holds ? "all of them" : joined(names), why));
  }

  void statistics() {
    const checker::Statistics& s = checked_.statistics;
    line(2, fmt::format("statistics: {}, {}, depth {}, {} bits a state, {:.2f} s{}",
                        counted(s.states, "state"), counted(s.transitions, "transition"), s.depth,
                        s.bits, s.seconds,
                        s.exhausted            ? ", exhausted"
                        : s.stopped_by.empty() ? ""
                                               : ", stopped by " + s.stopped_by) +
                (s.reduced.empty() ? "" : ", up to the exchange of " + s.reduced));
    if (const auto& any = checked_.any_vfs; any && any->asked && any->why_not.empty())
      line(2, fmt::format("any number of VFs: {} copies, {} views of {}, {} put together",
                          any->looked_at, count(any->views), any->width,
                          counted(any->states, "state")));
  }

  const Checked& checked_;
  const Request& request_;
  const TextOptions& options_;
  const Style& style_;
  std::vector<const Finding*> told_;  // whose run is printed
  std::string out_;
};

}  // namespace

std::string run_text(const Checked& checked, const Run& run, const Request& request,
                     const TextOptions& options) {
  return Text(checked, request, options).steps_of(run);
}

std::string text(const Checked& checked, const Request& request, const TextOptions& options) {
  return Text(checked, request, options).run();
}

}  // namespace luproof::report
