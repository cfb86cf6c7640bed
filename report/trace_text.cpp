// SPDX-License-Identifier: GPL-2.0-or-later
// The verdict first, then the line that decides it, then what the verdict rests on.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "model/source.h"
#include "report/trace_design.h"
#include "report/trace_health.h"
#include "report/trace_report.h"
#include "traces/certainty.h"

namespace luproof::report {

using model::printable;
using traces::CoverageRow;
using traces::Difference;
using traces::GapPlace;
using traces::Kept;
using traces::Outcome;
using traces::TraceVerdict;
using traces::TraceViolation;
using traces::Trust;

namespace {

constexpr std::size_t kMostListed = 20;
constexpr std::size_t kMostMoved = 4;  // more lines at other places are no story

std::string place(const TraceViolation& violation) {
  std::string file = printable(violation.file);
  if (violation.by_line == 0) return file;  // a dump
  return violation.line ? fmt::format("{}:{}", file, *violation.line)
                        : fmt::format("{}, by line {}", file, violation.by_line);
}

const Kept* kept_as(const TraceVerdict& verdict, const std::string& function) {
  const auto found = std::find_if(verdict.kept.begin(), verdict.kept.end(),
                                  [&](const Kept& kept) { return kept.function == function; });
  return found == verdict.kept.end() ? nullptr : &*found;
}

std::string since(const Kept& kept) {
  if (!kept.began) return "never there";
  const std::string start = kept.line ? fmt::format("since {}:{}", printable(kept.file), *kept.line)
                                      : "since the capture began";
  return kept.from.empty() ? start : fmt::format("{} (@{})", start, printable(kept.from));
}

// Whether a property of the design is what is violated, and none of a function that was kept.
bool design_decides(const TraceVerdict& verdict) {
  if (!verdict.design || verdict.design->answer != traces::DesignVerdict::Answer::Violates)
    return false;
  if (verdict.violations.empty()) return true;
  const TraceViolation& first = verdict.violations.front();
  return first.standing == traces::Standing::Known || first.trust == Trust::IfComplete;
}

std::string headline(const TraceVerdict& verdict, const Style& style) {
  const std::string word(traces::outcome_name(verdict.outcome));
  switch (verdict.outcome) {
    case Outcome::Conforms:
    case Outcome::Known:
      return style.green(word) + ": " + printable(verdict.reason) + "\n";
    case Outcome::Violates: {
      if (design_decides(verdict))
        return fmt::format("{} {} of {} at {}:{}\n", style.red(word),
                           printable(verdict.design->property), printable(verdict.design->design),
                           printable(verdict.design->file), verdict.design->line);
      const TraceViolation& first = verdict.violations.front();
      return fmt::format("{} {} at {}\n", style.red(word), first.property, place(first));
    }
    default:
      return style.yellow(word) + ": " + printable(verdict.reason) + "\n";
  }
}

// What the baseline says of it.
std::string standing(const TraceViolation& violation) {
  static constexpr const char* kWords[] = {"", "new: no baseline lists it",
                                           "known: ", "no excuse any more: "};
  return kWords[static_cast<int>(violation.standing)] + printable(violation.listed_at);
}

std::string detail(const TraceVerdict& verdict, const TraceViolation& first) {
  std::string out = "\n";
  if (first.line)
    out += fmt::format("  {} | {}\n", *first.line, first.quote);
  else if (first.by_line > 0)
    out += fmt::format("  no line shows it, but it has happened by line {}:\n  {} | {}\n",
                       first.by_line, first.by_line, first.quote);
  out += fmt::format("  {}\n", printable(first.event));
  out += fmt::format("  {} {}\n", first.function, printable(first.because));
  if (const std::string known = standing(first); !known.empty())
    out +=
        fmt::format("  {}{}\n", known, first.listed.empty() ? "" : ": " + printable(first.listed));
  if (first.trust == Trust::IfComplete)
    out += fmt::format("  only if the capture hides nothing: {}\n", printable(first.reason));
  if (const Kept* const kept = kept_as(verdict, first.function))
    out += fmt::format("  {} was kept ({}) {}\n", kept->function, kept->claim, since(*kept));
  return out;
}

// "33.346338", or a count of ticks.
std::string time_text(std::int64_t time, bool ticks) {
  if (ticks) return fmt::format("{}", time);
  const std::int64_t ns = time % 1'000'000'000;
  return ns % 1000 == 0 ? fmt::format("{}.{:06} s", time / 1'000'000'000, ns / 1000)
                        : fmt::format("{}.{:09} s", time / 1'000'000'000, ns);
}

// "between lines 345 and 347, 33.346338 s to 33.640194 s"
std::string stretch(const GapPlace& place) {
  std::string text =
      place.after_line > 0 && place.before_line > 0
          ? fmt::format("between lines {} and {}", place.after_line, place.before_line)
      : place.after_line > 0  ? fmt::format("behind line {}", place.after_line)
      : place.before_line > 0 ? fmt::format("before line {}", place.before_line)
                              : "anywhere";
  const auto time = [&](std::int64_t t) { return time_text(t, place.ticks); };
  if (place.from && place.to)
    text += fmt::format(", {} to {}", time(*place.from), time(*place.to));
  else if (place.from)
    text += fmt::format(", after {}", time(*place.from));
  else if (place.to)
    text += fmt::format(", until {}", time(*place.to));
  return text;
}

std::string gap_text(const traces::Gap& gap) {
  std::string where = printable(gap.file);
  if (gap.line > 0) where += fmt::format(":{}", gap.line);
  if (gap.cpu >= 0) where += fmt::format("{}CPU {}", where.empty() ? "" : " ", gap.cpu);
  std::string text =
      where.empty() ? printable(gap.what) : fmt::format("{}: {}", where, printable(gap.what));
  for (const GapPlace& place : gap.where)
    text += fmt::format("\n    {}{}",
                        place.cpu >= 0 ? fmt::format("on CPU {} ", place.cpu) : std::string(),
                        stretch(place));
  return text;
}

// What would have to be different, as one sentence for each way.
std::string different(const Difference& difference) {
  const auto numbers = [](const auto& all, auto number_of) {
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i)
      text += fmt::format("{}{}",
                          i == 0                ? ""
                          : i + 1 == all.size() ? " and "
                                                : ", ",
                          number_of(all[i]));
    return text;
  };
  const auto line = [](const traces::LinePlace& place) { return fmt::format("{}", place.line); };
  const bool inner = std::any_of(difference.without.begin(), difference.without.end(),
                                 [](const auto& place) { return !place.inside.empty(); });
  std::string out = "\nWhat would have to be different for nothing to be lost:\n";
  if (difference.without.empty())
    return fmt::format("\nNothing that lines could do differently would help: {}\n",
                       printable(difference.reason));
  out +=
      fmt::format("  without line{} {}{}{}\n", difference.without.size() == 1 ? "" : "s",
                  numbers(difference.without, line), inner ? " and what is inside their calls" : "",
                  difference.without.size() == 1 ? ""
                  : difference.smallest          ? " (one line alone would not do)"
                                                 : " (none of them could stay)");
  if (!difference.moved.empty() && difference.moved.size() <= kMostMoved)
    out += fmt::format("  with {}\n", numbers(difference.moved, [&](const traces::Moved& moved) {
                         return fmt::format("line {} {} line {}", moved.line.line,
                                            moved.before ? "before" : "behind", moved.to.line);
                       }));
  if (difference.bounded)
    out += "  more was not tried: judging a capture again and again has a limit\n";
  return out;
}

// "2.345678 s"
std::string length(std::int64_t ns) {
  return fmt::format("{:.6f} s", static_cast<double>(ns) / 1e9);
}

std::string blackout(const traces::Blackout& blackout) {
  const auto end = [](const traces::BlackoutEnd& at) {
    if (at.line == 0) return std::string("before the first line");
    std::string text = fmt::format("{}:{}", printable(at.file), at.line);
    if (at.time) text += fmt::format(" ({})", time_text(*at.time, at.ticks));
    return text;
  };
  const bool known = blackout.from.time && !blackout.from.ticks;
  std::string out = fmt::format("{} from {} to {}: {}", blackout.function, end(blackout.from),
                                blackout.to ? end(*blackout.to) : "the end of the captures",
                                blackout.ns ? length(*blackout.ns)
                                : known || blackout.at_least > 0
                                    ? fmt::format("at least {}", length(blackout.at_least))
                                    : "of unknown length");
  if (blackout.phases.size() < 2) return out;
  for (const traces::BlackoutPhase& phase : blackout.phases)
    out += fmt::format("\n    {}: {}", printable(phase.name),
                       phase.ns ? length(*phase.ns) : "unknown, " + phase.why);
  return out;
}

// A titled list, cut where it gets long.
template <typename Items, typename Show>
std::string list(const char* title, const Items& items, std::size_t from, Show show) {
  if (items.size() <= from) return "";
  std::string out = fmt::format("\n{}\n", title);
  const std::size_t end = std::min(items.size(), from + kMostListed);
  for (std::size_t i = from; i < end; ++i) out += "  " + show(items[i]) + "\n";
  if (end < items.size()) out += fmt::format("  and {} more\n", items.size() - end);
  return out;
}

}  // namespace

std::string trace_command(const std::vector<std::string>& arguments) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@+,";
  std::string out = "luproof trace";
  for (const std::string& argument : arguments) {
    const bool plain = !argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos;
    std::string quoted = argument;
    for (std::size_t at = 0; (at = quoted.find('\'', at)) != std::string::npos; at += 4)
      quoted.replace(at, 1, "'\\''");
    out += plain ? " " + argument : " '" + printable(quoted) + "'";
  }
  return out;
}

std::string trace_text(const TraceVerdict& verdict, const std::string& command, const Style& style,
                       bool health) {
  std::string out = headline(verdict, style);
  out += fmt::format("{}\n", traces::certainty_text(traces::certainty_of(verdict)));
  const bool shown = !verdict.violations.empty();
  if (shown) out += detail(verdict, verdict.violations.front());
  out += list("Also:", verdict.violations, 1, [](const TraceViolation& v) {
    const std::string known = standing(v);
    return fmt::format(
        "{} {} of {}: {}{}{}", place(v), v.property, v.function, printable(v.event),
        v.trust == Trust::Certain ? "" : " (not certain: " + printable(v.reason) + ")",
        known.empty() ? "" : " (" + known + ")");
  });
  if (verdict.different) out += different(*verdict.different);
  out += list("Did not work:", verdict.blackouts, 0, blackout);
  if (verdict.design) out += design_text(*verdict.design);
  std::vector<traces::BaselineUse> gone;
  if (verdict.baseline)
    std::copy_if(verdict.baseline->begin(), verdict.baseline->end(), std::back_inserter(gone),
                 [](const auto& use) { return use.state == traces::BaselineUse::State::Gone; });
  out += list("No longer seen, the baseline can do without:", gone, 0,
              [](const traces::BaselineUse& use) {
                return fmt::format("{}: {} of {}", printable(use.place), printable(use.property),
                                   printable(use.function));
              });
  out += list("Kept:", verdict.kept, 0, [](const Kept& kept) {
    return fmt::format("{} ({}) {}", kept.function, kept.claim, since(kept));
  });
  out += list("Not shown by the capture:", verdict.gaps, 0, gap_text);
  const auto itself = [](const std::string& text) { return printable(text); };
  out += list("Different between the dumps:", verdict.changes, 0, itself);
  out += list("Assumed:", verdict.assumptions, 0, itself);
  out +=
      list("Not exercised, no line changed what they are about:", verdict.unexercised, 0, itself);
  out += list("Bound by no rule, by frequency:", verdict.unbound, 0, [](const CoverageRow& row) {
    return fmt::format("{:>9}  {}", row.count, printable(row.name));
  });
  std::vector<CoverageRow> silent;
  for (const CoverageRow& row : verdict.rules)
    if (row.count == 0) silent.push_back(row);
  out += list("Rules that never fired:", silent, 0, [](const CoverageRow& row) {
    return fmt::format("{}  {}", printable(row.name), printable(row.place));
  });
  if (health) out += health_text(verdict, style);
  const std::string wrong = health ? "" : health_line(verdict);
  if (!wrong.empty()) out += "\n" + wrong;
  out += fmt::format("\n{} events read, {} of them bound", verdict.events, verdict.bound);
  if (verdict.lost > 0) out += fmt::format(", at least {} lost", verdict.lost);
  return out + "\n" + style.dim(command) + "\n";
}

std::string explained_text(const TraceVerdict& verdict) {
  std::string out;
  for (const std::string& line : verdict.explanation) out += printable(line) + "\n";
  return out;
}

}  // namespace luproof::report
