// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/source.h"
#include "report/facts.h"
#include "report/trace_batch_run.h"

namespace luproof::report {

using model::printable;

namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kWidestName = 42;
constexpr std::size_t kVerdictWidth = 12;
constexpr std::size_t kMostListed = 40;

// Lines of at most `width` characters; a word that is longer is cut into pieces.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, end - at);
    at = end + 1;
    while (!word.empty()) {
      std::string& line = lines.back();
      const std::size_t room = line.empty() ? width : width - std::min(width, line.size() + 1);
      if (word.size() <= room) {
        line += (line.empty() ? "" : " ") + word;
        break;
      }
      if (!line.empty()) {
        lines.emplace_back();
        continue;
      }
      std::size_t cut = width;  // not inside a character
      while (cut > 1 && (static_cast<unsigned char>(word[cut]) & 0xc0) == 0x80) --cut;
      line = word.substr(0, cut);
      word.erase(0, cut);
      lines.emplace_back();
    }
  }
  if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string coloured(const std::string& verdict, const Style& style) {
  if (verdict == "conforms" || verdict == "known") return style.green(verdict);
  if (verdict == "violates" || verdict == "unexplained" || verdict == kWrong)
    return style.red(verdict);
  return style.yellow(verdict);
}

std::string row(const TraceRun& run, std::size_t name_width, const Style& style) {
  const RunFacts facts = facts_of(run);
  const std::size_t indent = name_width + 2 + kVerdictWidth + 2;
  const std::string name = printable(run.name);
  std::string out;
  if (name.size() > name_width)
    for (const std::string& line : wrapped(name, kWidth)) out += line + "\n";
  out += std::string(name.size() > name_width ? name_width : 0, ' ');
  if (out.empty()) out = fmt::format("{:<{}}", name, name_width);
  out += "  " + coloured(facts.verdict, style) +
         std::string(kVerdictWidth - std::min(kVerdictWidth, facts.verdict.size()), ' ') + "  ";
  const auto lines = wrapped(facts.what, kWidth - indent);
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += (i == 0 ? "" : std::string(indent, ' ')) + lines[i] + "\n";
  return out;
}

// A text that may be long, below its title.
std::string listed(const std::string& text) {
  std::string out;
  const auto lines = wrapped(text, kWidth - 4);
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "  " : "    ") + lines[i] + "\n";
  return out;
}

std::string baseline(const BatchSummary& all) {
  if (!all.with_baseline) return "";
  std::vector<std::string> gone;
  std::size_t unasked = 0;
  for (const BaselineRow& entry : all.baseline) {
    if (entry.state == "gone")
      gone.push_back(fmt::format("{}: {} of {}", printable(entry.place), printable(entry.property),
                                 printable(entry.function)));
    unasked += entry.state == "not-asked" ? 1 : 0;
  }
  std::string out = fmt::format(
      "violations: {} new, {} expired, {} known; of the baseline {} no longer seen, {} not looked "
      "for\n",
      count(all.new_ones), count(all.expired_ones), count(all.known_ones), count(gone.size()),
      count(unasked));
  if (!gone.empty()) out += "\nNo longer seen, the baseline can do without:\n";
  for (const std::string& text : gone) out += listed(text);
  return out;
}

}  // namespace

std::string counts_text(const BatchSummary& all, std::size_t runs) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t number, const char* what) {
    if (number > 0) parts.push_back(fmt::format("{} {}", count(number), what));
  };
  add(all.violates, "violated");
  add(all.unexplained, "unexplained");
  add(all.wrong, "wrong input");
  add(all.inconclusive, "inconclusive");
  add(all.known, "known");
  add(all.conforms, "conforming");
  return counted(runs, "run") + ": " + joined(parts);
}

int exit_status(const TraceRuns& all) {
  int status = kHolds;
  for (const TraceRun& run : all.runs) {
    const bool failed = run.status == kInconclusive && all.inconclusive_fails;
    status = worse(status, failed ? kViolated : run.status);
  }
  return status;
}

std::string batch_text(const TraceRuns& all, const Style& style) {
  std::size_t widest = 3;
  for (const TraceRun& run : all.runs) widest = std::max(widest, printable(run.name).size());
  widest = std::min(widest, kWidestName);
  std::string out =
      fmt::format("{}  {:<{}}  {}\n", style.bold(fmt::format("{:<{}}", "run", widest)), "verdict",
                  kVerdictWidth, "what decides it");
  for (const TraceRun& run : all.runs) out += row(run, widest, style);
  const BatchSummary summary = summary_of(all);
  out += "\n" + counts_text(summary, all.runs.size()) + "\n" + baseline(summary);
  if (!all.notes.empty()) out += "\nTo be looked at:\n";
  for (const std::string& note : all.notes) out += listed(printable(note));
  if (!all.left_out.empty()) out += "\nNot judged:\n";
  for (std::size_t i = 0; i < std::min(all.left_out.size(), kMostListed); ++i)
    out += listed(printable(all.left_out[i].first) + ": " + printable(all.left_out[i].second));
  if (all.left_out.size() > kMostListed)
    out += fmt::format("  and {} more\n", count(all.left_out.size() - kMostListed));
  return out + "\n" + style.dim(all.command) + "\n";
}

}  // namespace luproof::report
