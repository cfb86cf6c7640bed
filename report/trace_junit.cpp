// SPDX-License-Identifier: GPL-2.0-or-later
// JUnit's XML, as CI systems read it: one test case for each run.
//
// What captures say ends up in it, and nobody proofreads a capture: every text is escaped, and what
// XML cannot hold at all (control characters, broken UTF-8) was made visible before.
#include <fmt/format.h>

#include "model/source.h"
#include "report/facts.h"
#include "report/trace_batch_run.h"

namespace luproof::report {

namespace {

constexpr std::size_t kLargestText = 100'000;  // of one run; some readers give up on more

// Text as it may stand in an element or in a quoted attribute. Lines stay lines.
std::string escaped(std::string_view text) {
  const bool cut = text.size() > kLargestText;
  text = text.substr(0, kLargestText);
  std::string out;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    for (const char c : model::printable(text.substr(start, end - start))) switch (c) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += c;
      }
    if (end < text.size()) out += '\n';
    start = end + 1;
  }
  return out + (cut ? "\n(the rest is left out)" : "");
}

// "￾" and "￿" are valid UTF-8 and no characters of XML.
std::string without_noncharacters(std::string text) {
  for (const std::string_view bad : {"\xef\xbf\xbe", "\xef\xbf\xbf"})
    for (std::size_t at = 0; (at = text.find(bad, at)) != std::string::npos;)
      text.replace(at, bad.size(), "?");
  return text;
}

std::string safe(std::string_view text) { return without_noncharacters(escaped(text)); }

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return safe(text);
}

struct Counts {
  std::size_t failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
};

std::string element(const char* name, const std::string& type, const std::string& message,
                    const std::string& text) {
  return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", name, one_line(type),
                     one_line(message), safe(text));
}

std::string test_case(const TraceRun& run, const TraceRuns& all, Counts& counts) {
  const RunFacts facts = facts_of(run);
  counts.seconds += run.seconds;
  std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n",
                                "luproof.trace", one_line(run.name), run.seconds);
  const std::string text = run.text.empty() ? run.errors : run.text;
  if (facts.verdict == kWrong) {
    ++counts.errors;
    out += element("error", kWrong, facts.what, text);
  } else if (facts.verdict == "violates" || facts.verdict == "unexplained") {
    ++counts.failures;
    out += element("failure", facts.property.empty() ? facts.verdict : facts.property, facts.what,
                   text);
  } else if (facts.verdict == "inconclusive" && all.inconclusive_fails) {
    ++counts.failures;
    out += element("failure", facts.verdict, facts.what, text);
  } else if (facts.verdict == "inconclusive") {
    ++counts.skipped;
    out += fmt::format("      <skipped message=\"{}\"/>\n      <system-out>{}</system-out>\n",
                       one_line(facts.what), safe(text));
  } else {
    out += fmt::format("      <system-out>{}</system-out>\n", safe(text));
  }
  return out + "    </testcase>\n";
}

// What concerns all runs together.
std::string whole(const TraceRuns& all) {
  std::string text;
  for (const BaselineRow& row : summary_of(all).baseline)
    if (row.state == "gone")
      text += fmt::format("no longer seen: {}: {} of {}\n", row.place, row.property, row.function);
  for (const std::string& note : all.notes) text += note + "\n";
  for (const auto& [file, why] : all.left_out)
    text += fmt::format("not judged: {}: {}\n", file, why);
  return text.empty() ? text : fmt::format("    <system-out>{}</system-out>\n", safe(text));
}

}  // namespace

std::string trace_junit(const TraceRuns& all) {
  Counts counts;
  std::string cases;
  for (const TraceRun& run : all.runs) cases += test_case(run, all, counts);
  const std::string head =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                  all.runs.size(), counts.failures, counts.errors, counts.skipped, counts.seconds);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"luproof trace\" {0}>\n"
      "  <testsuite name=\"{1}\" {0}>\n{2}{3}  </testsuite>\n</testsuites>\n",
      head, one_line(all.folder.empty() ? "luproof trace" : all.folder), cases, whole(all));
}

}  // namespace luproof::report
