// SPDX-License-Identifier: GPL-2.0-or-later
// What a reviewer quotes: the verdict and how far it can be trusted, the line that decides it, what
// the capture does not show, what was assumed, one command, and who says so.
#include "report/trace_mail.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/facts.h"
#include "report/mail_lines.h"
#include "report/trace_batch_run.h"
#include "traces/certainty.h"

namespace luproof::report {
namespace {

using traces::DesignVerdict;
using traces::Outcome;
using traces::TraceVerdict;
using traces::TraceViolation;

constexpr std::size_t kQuoted = 4;  // lines of mail for one of a capture
constexpr std::size_t kAlso = 3;
constexpr std::size_t kSteps = 8;  // of a design's run, its end

class TraceMail {
 public:
  TraceMail(const TraceVerdict& verdict, const std::string& name) : v_(verdict), name_(name) {}

  std::vector<std::string> lines(const std::string& command, const Sources& sources) {
    headline();
    for (std::size_t i = 0; i < std::min(kAlso, v_.violations.size()); ++i)
      violation(v_.violations[i]);
    if (v_.violations.size() > kAlso)
      add(fmt::format("and {} more", v_.violations.size() - kAlso), 2);
    if (v_.design) design(*v_.design);
    out_.emplace_back();
    std::vector<std::string> unseen;
    for (const traces::Gap& gap : v_.gaps) {
      const std::string file = v_.readings.size() > 1 ? gap.file + ":" : "line ";
      unseen.push_back(gap.line > 0 ? fmt::format("{}{}: {}", file, gap.line, gap.what) : gap.what);
    }
    list("Not shown: ", unseen);
    list("Assumes: ", v_.assumptions);
    list("Not exercised: ", v_.unexercised);
    for (std::string& line : command_lines(command)) out_.push_back(std::move(line));
    add_sources(cited_, sources, out_);
    if (!out_.back().empty()) out_.emplace_back();
    return std::move(out_);
  }

 private:
  void add(const std::string& text, std::size_t first, std::size_t most = 3) {
    for (std::string& line : mail_lines(text, first + 2, first, most))
      out_.push_back(std::move(line));
  }

  void list(const char* title, const std::vector<std::string>& texts) {
    if (!texts.empty()) add(title + joined(texts, "; "), 2);
  }

  void headline() {
    const std::string what(traces::outcome_name(v_.outcome));
    const bool named = v_.outcome == Outcome::Violates && !v_.violations.empty();
    add(fmt::format("luproof: {}: {}{}", name_, what,
                    named ? " " + v_.violations.front().property : ": " + v_.reason),
        0);
    add(std::string(traces::certainty_text(traces::certainty_of(v_))), 2);
  }

  // As the kernel wrote it, but for the blanks that make columns of it.
  void quote(const std::string& text) {
    for (std::string& line : mail_lines(text, 4, 2, kQuoted))
      out_.push_back(line.replace(0, 2, "> "));
  }

  void violation(const TraceViolation& v) {
    out_.emplace_back();
    const std::int64_t line = v.line.value_or(v.by_line);
    add(fmt::format("{} of {}, {}{}{}", v.property, v.function, line > 0 && !v.line ? "by " : "at ",
                    v.file, line > 0 ? fmt::format(":{}", line) : ""),
        2);
    if (!v.quote.empty()) quote(v.quote);
    add(v.event, 2);
    add(v.because, 2);
    if (v.trust == traces::Trust::IfComplete)
      add("Only if the capture hides nothing: " + v.reason, 2);
    if (v.standing == traces::Standing::Known)
      add(fmt::format("Known: {}: {}", v.listed_at, v.listed), 2);
    for (const traces::Promised& promised : v_.promised)
      if (promised.property == v.property)
        for (const std::string& source : promised.cite) {
          if (std::find(cited_.begin(), cited_.end(), source) == cited_.end())
            cited_.push_back(source);
        }
  }

  void design(const DesignVerdict& d) {
    using Answer = DesignVerdict::Answer;
    out_.emplace_back();
    if (d.answer == Answer::Explained)
      return add(fmt::format("A run of {} explains all {} lines about it.", d.design, d.heard), 2);
    if (d.answer == Answer::CannotTell)
      add(fmt::format("{}: {}", d.design, d.reason), 2);
    else if (d.answer == Answer::Violates)
      add(fmt::format("Every run of {} that explains the lines violates {} at {}:{}", d.design,
                      d.property, d.file, d.line),
          2);
    else
      add(fmt::format("No run of {} explains {}:{}", d.design, d.file, d.line), 2);
    if (d.line > 0) quote(d.quote);
    if (!d.event.empty()) add("It says: " + d.event, 2);
    if (d.answer == Answer::Violates) steps(d);
    if (d.answer == Answer::Unexplained)
      for (const DesignVerdict::Alive& alive : d.alive) {
        if (!alive.refused.empty()) return add("Said no: " + alive.refused.front(), 2);
        if (!alive.expected.empty()) return add("It would allow: " + alive.expected.front(), 2);
      }
  }

  void steps(const DesignVerdict& d) {
    add(d.reason, 2);
    out_.emplace_back();
    const std::size_t from = d.run.size() - std::min(d.run.size(), kSteps);
    if (from > 0) out_.push_back(fmt::format("      ({} more steps)", from));
    for (std::size_t i = from; i < d.run.size(); ++i)
      add(d.run[i].line > 0 ? fmt::format("{}: {}", d.run[i].line, d.run[i].text) : d.run[i].text,
          4, 1);
  }

  const TraceVerdict& v_;
  const std::string& name_;
  std::vector<std::string> out_, cited_;
};

}  // namespace

std::string trace_mail(const TraceVerdict& verdict, const std::string& name,
                       const std::string& command, const Sources& sources) {
  return mail_text(TraceMail(verdict, name).lines(command, sources));
}

std::string batch_mail(const TraceRuns& all) {
  std::vector<std::string> lines, well;
  const auto add = [&](const std::string& text) {
    for (std::string& line : mail_lines(text, 2, 0, 6)) lines.push_back(std::move(line));
  };
  add(fmt::format("luproof: {}: {}", all.folder, counts_text(summary_of(all), all.runs.size())));
  std::string texts;
  for (const TraceRun& run : all.runs) {
    const RunFacts facts = facts_of(run);
    if (facts.json.is_null())
      add(fmt::format("luproof: {}: {}: {}", run.name, facts.verdict, facts.what));
    else if (run.status == kHolds)
      well.push_back(run.name);
    else
      texts += run.text;
  }
  if (!well.empty()) add("Fine: " + joined(well));
  for (std::string& line : command_lines(all.command)) lines.push_back(std::move(line));
  lines.emplace_back();
  return mail_text(lines) + texts;
}

}  // namespace luproof::report
