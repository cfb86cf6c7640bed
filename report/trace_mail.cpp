// SPDX-License-Identifier: GPL-2.0-or-later
// What a reviewer quotes: the verdict and how far it can be trusted, the line that decides it, what
// the capture does not show, what was assumed, one command, and who says so.
#include "report/trace_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

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

constexpr std::size_t kQuoted = 4;     // lines of mail for one of a capture
constexpr std::size_t kAlso = 3;       // places
constexpr std::size_t kFunctions = 6;  // of a property, at one place
constexpr std::size_t kWho = 6;        // lines of mail for them
constexpr std::size_t kSteps = 8;      // of a design's run, its end
constexpr std::size_t kLeftOut = 40;   // files of a folder

class TraceMail {
 public:
  TraceMail(const TraceVerdict& verdict, const std::string& name) : v_(verdict), name_(name) {}

  std::vector<std::string> lines(const std::string& command, const Sources& sources) {
    headline();
    violations();
    if (v_.design) design(*v_.design);
    out_.emplace_back();
    std::vector<std::string> unseen;
    for (const traces::Gap& gap : v_.gaps) {
      const std::string file = v_.readings.size() > 1 ? gap.file + ":" : "line ";
      unseen.push_back(gap.line > 0 ? fmt::format("{}{}: {}", file, gap.line, gap.what) : gap.what);
    }
    list("Not shown:", unseen);
    list("Assumes:", v_.assumptions);
    list("Not exercised:", v_.unexercised);
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
    bool all = true;
    for (std::string& line : mail_list(title, texts, "; ", 3, all)) out_.push_back(std::move(line));
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

  // What one line, or one dump, does: it is quoted once.
  using Place = std::vector<const TraceViolation*>;
  static bool together(const TraceViolation& a, const TraceViolation& b) {
    return a.capture == b.capture && a.file == b.file && a.line == b.line &&
           a.by_line == b.by_line && a.trust == b.trust && a.standing == b.standing;
  }

  // The first places, and one for each property that they leave out.
  void violations() {
    std::vector<Place> places;
    for (const TraceViolation& v : v_.violations) {
      auto at = std::find_if(places.begin(), places.end(),
                             [&](const Place& place) { return together(*place.front(), v); });
      if (at == places.end()) at = places.insert(at, Place());
      at->push_back(&v);
    }
    std::set<std::string> named;
    std::map<std::string, std::size_t> more;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool fresh =
          std::any_of(places[i].begin(), places[i].end(),
                      [&](const TraceViolation* v) { return !named.contains(v->property); });
      for (const TraceViolation* v : places[i])
        if (i < kAlso || fresh)
          named.insert(v->property);
        else
          ++more[v->property];
      if (i < kAlso || fresh) violation(places[i]);
    }
    std::vector<std::string> rest;
    for (const auto& [property, number] : more)
      rest.push_back(fmt::format("{} of {}", number, property));
    if (!rest.empty()) add("and more: " + joined(rest), 2);
  }

  static std::string who(const Place& place, const std::string& property) {
    std::vector<std::string> names;
    for (const TraceViolation* v : place)
      if (v->property == property) names.push_back(v->function);
    const std::size_t all = names.size();
    if (all > kFunctions) names.resize(kFunctions);
    return property + " of " + joined(names) +
           (all > kFunctions ? fmt::format(" and {} more", all - kFunctions) : "");
  }

  void violation(const Place& place) {
    out_.emplace_back();
    const TraceViolation& v = *place.front();
    std::vector<std::string> properties, what, events, because;
    const auto once = [](std::vector<std::string>& all, const std::string& text) {
      if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    };
    for (const TraceViolation* each : place) {
      once(properties, each->property);
      once(events, each->event);
      once(because, each->because);
    }
    for (const std::string& property : properties) what.push_back(who(place, property));
    const std::int64_t line = v.line.value_or(v.by_line);
    add(fmt::format("{}, {}{}{}", joined(what, "; "), line > 0 && !v.line ? "by " : "at ", v.file,
                    line > 0 ? fmt::format(":{}", line) : ""),
        2, kWho);
    if (!v.quote.empty()) quote(v.quote);
    add(events.front() + (events.size() > 1 ? fmt::format(" and {} more", events.size() - 1) : ""),
        2);
    for (const std::string& sentence : because) add(sentence, 2);
    if (v.trust == traces::Trust::IfComplete)
      add("Only if the capture hides nothing: " + v.reason, 2);
    if (v.standing == traces::Standing::Known)
      add(fmt::format("Known: {}: {}", v.listed_at, v.listed), 2);
    for (const traces::Promised& promised : v_.promised)
      if (std::find(properties.begin(), properties.end(), promised.property) != properties.end())
        for (const std::string& source : promised.cite) once(cited_, source);
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
  std::vector<std::string> lines, well, known;
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
      (facts.verdict == "known" ? known : well).push_back(run.name);
    else
      texts += run.text;
  }
  if (!known.empty()) add("Only violations that are known: " + joined(known));
  if (!well.empty()) add("Fine: " + joined(well));
  for (const std::string& note : all.notes) add("To be looked at: " + note);
  for (std::size_t i = 0; i < std::min(all.left_out.size(), kLeftOut); ++i)
    add(fmt::format("Not judged: {}: {}", all.left_out[i].first, all.left_out[i].second));
  if (all.left_out.size() > kLeftOut)
    add(fmt::format("Not judged: {} more", count(all.left_out.size() - kLeftOut)));
  for (std::string& line : command_lines(all.command)) lines.push_back(std::move(line));
  lines.emplace_back();
  return mail_text(lines) + texts;
}

}  // namespace luproof::report
