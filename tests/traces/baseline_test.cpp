// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/baseline.h"

#include <filesystem>

#include "tests/traces/validate.h"
#include "traces/decide.h"

namespace luproof::traces {
namespace {

using test::captured;
using test::judge;
using test::Temporary;

constexpr Day kNow{std::chrono::year(2026), std::chrono::month(12), std::chrono::day(1)};

std::optional<Baseline> read(const std::string& text, std::string& errors) {
  model::Diagnostics diagnostics;
  auto baseline = read_baseline(model::Source::make("known.yaml", text), kNow, diagnostics);
  errors = diagnostics.render();
  return baseline;
}

Baseline good(const std::string& text) {
  std::string errors;
  const auto baseline = read(text, errors);
  INFO(errors);
  REQUIRE(baseline.has_value());
  return *baseline;
}

std::string wrong(const std::string& text) {
  std::string errors;
  CHECK_FALSE(read(text, errors).has_value());
  return errors;
}

TraceViolation violation(const std::string& property, const std::string& function,
                         Trust trust = Trust::Certain) {
  TraceViolation made;
  made.property = property;
  made.function = function;
  made.trust = trust;
  return made;
}

TraceVerdict verdict_of(std::vector<TraceViolation> violations, const std::string& kernel = "") {
  TraceVerdict verdict;
  verdict.kernel = kernel;
  for (const TraceViolation& each : violations) {
    Kept kept;
    kept.function = each.function;
    kept.began = true;
    verdict.kept.push_back(kept);
  }
  verdict.violations = std::move(violations);
  return verdict;
}

constexpr const char* kOne =
    "- {property: vf-exists, function: \"0000:01:10.*\", reason: stock kernel}\n";

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a glob's star is any text and its question mark one character", "[traces][baseline]") {
  CHECK(glob_fits("*", ""));
  CHECK(glob_fits("0000:01:10.*", "0000:01:10.6"));
  CHECK(glob_fits("0000:0?:10.0", "0000:01:10.0"));
  CHECK(glob_fits("*:10.*", "0000:01:10.6"));
  CHECK(glob_fits("*0*0", "0000:01:10.0"));
  CHECK_FALSE(glob_fits("0000:01:10.?", "0000:01:10."));
  CHECK_FALSE(glob_fits("0000:01:10", "0000:01:10.6"));
  CHECK_FALSE(glob_fits("", "x"));
  // A point is a point: this is no regular expression.
  CHECK_FALSE(glob_fits("0000:01:10.6", "0000:01:1006"));
}

TEST_CASE("a glob with many stars is decided in no time", "[traces][baseline]") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(glob_fits(pattern + "b", std::string(5000, 'a')));
}

TEST_CASE("a day is a day of the calendar", "[traces][baseline]") {
  CHECK(read_day("2026-12-01") == kNow);
  CHECK(day_text(kNow) == "2026-12-01");
  CHECK(read_day("2028-02-29").has_value());
  for (const char* bad : {"2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01x", "",
                          "2026/01/01", "2026-00-10", "-026-01-01"})
    CHECK_FALSE(read_day(bad).has_value());
}

TEST_CASE("an entry without a kernel is for all, one with a range for that range",
          "[traces][baseline]") {
  const auto entry = [](const std::string& kernel) {
    return good("- {property: p, function: f, reason: r, kernel: \"" + kernel + "\"}")
        .entries.front();
  };
  const BaselineEntry range = entry(">=6.1 <7.0");
  CHECK(range.for_kernel(Release{6, 1}));
  CHECK(range.for_kernel(Release{6, 19}));
  CHECK_FALSE(range.for_kernel(Release{7, 0}));
  CHECK_FALSE(range.for_kernel(Release{6, 0}));
  // 6.10 comes after 6.9.
  CHECK(entry(">6.9").for_kernel(Release{6, 10}));
  CHECK(entry("<=7.3").for_kernel(Release{7, 3}));
  CHECK(entry("=7.3").for_kernel(Release{7, 3}));
  CHECK_FALSE(entry("=7.3").for_kernel(Release{7, 4}));
  // What is not known to be excused is not excused.
  CHECK_FALSE(range.for_kernel(std::nullopt));
  CHECK(good(kOne).entries.front().for_kernel(std::nullopt));
}

TEST_CASE("errors in a baseline have their place and a hint", "[traces][baseline]") {
  CHECK(has(wrong("- {property: p, functoin: f, reason: r}"),
            "known.yaml:1:17: error: unknown key 'functoin'"));
  CHECK(has(wrong("- {property: p, functoin: f, reason: r}"), "did you mean 'function'?"));
  CHECK(has(wrong("- {property: p, function: f}"), "'reason:' is missing"));
  CHECK(has(wrong("- {function: f, reason: r}"), "'property:' is missing"));
  CHECK(has(wrong("- {property: p, reason: r}"), "'function:' is missing"));
  CHECK(has(wrong("- {property: p, function: f, reason: r, expires: soon}"),
            "known.yaml:1:50: error: 'soon' is no day"));
  CHECK(has(wrong("- {property: p, function: f, reason: r, kernel: 7.3}"),
            "'7.3' is no condition on a kernel"));
  // Silently taking 7.3.4 for 7.3 would excuse other kernels than it says.
  CHECK(has(wrong("- {property: p, function: f, reason: r, kernel: \">=7.3.4\"}"),
            "a sign and two numbers"));
  CHECK(has(wrong("- {property: p, function: f, reason: r, kernel: \"\"}"), "no range of kernels"));
  CHECK(has(wrong("property: p"), "a baseline is a list of known violations"));
  CHECK(has(wrong("- just text"), "a map is expected"));
  CHECK(has(wrong("- {property: [p], function: f, reason: r}"), "'property' is a text"));
}

TEST_CASE("a violation is known, new or expired", "[traces][baseline]") {
  const auto standing = [](const std::string& text, const TraceViolation& of,
                           const std::string& kernel = "7.3.4") {
    TraceVerdict verdict = verdict_of({of}, kernel);
    mark_known(good(text), verdict);
    return verdict.violations.front().standing;
  };
  const TraceViolation gone = violation("vf-exists", "0000:01:10.6");
  CHECK(standing(kOne, gone) == Standing::Known);
  CHECK(standing(kOne, violation("vf-reset", "0000:01:10.6")) == Standing::New);
  CHECK(standing(kOne, violation("vf-exists", "0000:02:10.6")) == Standing::New);
  CHECK(standing("[]", gone) == Standing::New);
  const std::string entry = "- {property: vf-exists, function: \"*\", reason: r, ";
  // The last day still excuses.
  CHECK(standing(entry + "expires: 2026-12-01}", gone) == Standing::Known);
  CHECK(standing(entry + "expires: 2026-11-30}", gone) == Standing::Expired);
  CHECK(standing(entry + "kernel: \"<7.0\"}", gone) == Standing::New);
  // Of two entries the one that still excuses counts, in either order.
  const std::string old = entry + "expires: 2026-11-30}\n";
  CHECK(standing(old + kOne, gone) == Standing::Known);
  CHECK(standing(kOne + old, gone) == Standing::Known);
}

TEST_CASE("an entry that nothing was seen of is gone, if it could have been seen",
          "[traces][baseline]") {
  const Baseline baseline = good(
      "- {property: vf-exists, function: \"0000:01:10.6\", reason: r}\n"
      "- {property: vf-reset, function: \"0000:01:10.6\", reason: r}\n"
      "- {property: vf-exists, function: \"0000:09:10.6\", reason: r}\n"
      "- {property: vf-reset, function: \"*\", reason: r, kernel: \"<7.0\"}\n");
  TraceVerdict verdict = verdict_of({violation("vf-exists", "0000:01:10.6")}, "7.3");
  mark_known(baseline, verdict);
  using State = BaselineUse::State;
  REQUIRE(verdict.baseline->size() == 4);
  CHECK((*verdict.baseline)[0].state == State::Seen);
  CHECK((*verdict.baseline)[1].state == State::Gone);
  CHECK((*verdict.baseline)[2].state == State::NotAsked);  // nobody kept it
  CHECK((*verdict.baseline)[3].state == State::NotAsked);  // another kernel
  CHECK((*verdict.baseline)[1].place == "known.yaml:2");
  // Lost events may have been the violation.
  verdict.gaps.push_back({"", 0, -1, "lost", GapKind::Loss});
  mark_known(baseline, verdict);
  CHECK((*verdict.baseline)[1].state == State::NotAsked);
}

TEST_CASE("known violations alone are no failure, and hide nothing else", "[traces][baseline]") {
  const auto decided = [](TraceVerdict verdict) {
    mark_known(good(kOne), verdict);
    decide(verdict, {false, true});
    return verdict;
  };
  const TraceViolation listed = violation("vf-exists", "0000:01:10.6");
  CHECK(decided(verdict_of({listed})).outcome == Outcome::Known);
  CHECK(decided(verdict_of({listed})).exit_status() == 0);
  CHECK(decided(verdict_of({})).outcome == Outcome::Conforms);
  // A new one decides, wherever it stands.
  const TraceVerdict both = decided(verdict_of({listed, violation("vf-reset", "0000:01:10.6")}));
  CHECK(both.outcome == Outcome::Violates);
  CHECK(both.violations.front().property == "vf-reset");
  // A loss can hide a new one, and so can doubt.
  TraceVerdict lossy = verdict_of({listed});
  lossy.gaps.push_back({"", 0, -1, "events lost", GapKind::Loss});
  CHECK(decided(lossy).outcome == Outcome::Inconclusive);
  CHECK(decided(verdict_of({listed, violation("vf-reset", "0000:01:10.6", Trust::IfComplete)}))
            .outcome == Outcome::Inconclusive);
}

TEST_CASE("what was written as a baseline is read as the same", "[traces][baseline]") {
  BaselineEntry entry;
  entry.property = "vf-exists";
  entry.function = "0000:01:10.*";
  entry.kernel = ">=6.1 <7.0";
  entry.reason = "a \"quoted\" \\ reason: with # and\nan end";
  entry.owner = "somebody@example.org";
  entry.expires = kNow;
  const Baseline again = good(baseline_text({entry}));
  REQUIRE(again.entries.size() == 1);
  const BaselineEntry& read = again.entries.front();
  CHECK(read.property == entry.property);
  CHECK(read.function == entry.function);
  CHECK(read.kernel == entry.kernel);
  CHECK(read.conditions.size() == 2);
  CHECK(read.owner == entry.owner);
  CHECK(read.expires == entry.expires);
  CHECK(read.reason == "a \"quoted\" \\ reason: with # and\\x0aan end");
  CHECK(good(baseline_text({})).entries.empty());
}

TEST_CASE("a baseline is written whole or not at all", "[traces][baseline]") {
  namespace fs = std::filesystem;
  const Temporary there("the old one");
  model::Diagnostics diagnostics;
  CHECK(write_baseline(there.path(), {}, diagnostics));
  CHECK(diagnostics.ok());
  CHECK(
      good(std::string(model::read_source(there.path(), 1000, diagnostics)->text)).entries.empty());
  const fs::path missing = fs::temp_directory_path() / "luproof-no-such-folder" / "known.yaml";
  CHECK_FALSE(write_baseline(missing.string(), {}, diagnostics));
  CHECK(has(diagnostics.render(), "the baseline was not written"));
  // The name is that of a folder: nothing is left beside it.
  const fs::path folder = fs::temp_directory_path() / fmt::format("luproof-folder-{}", ::getpid());
  fs::create_directories(folder / "known.yaml" / "full");
  CHECK_FALSE(write_baseline((folder / "known.yaml").string(), {}, diagnostics));
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);
  fs::remove_all(folder);
}

TEST_CASE("validate holds a capture to its baseline", "[traces][baseline]") {
  ValidateOptions options;
  options.captures = {captured("s1/igb-kprobe.trace.txt")};
  options.topology = captured("topology/igb4.lspci.zst");
  options.keep = {"0000:01:10.0"};
  CHECK(judge(options)->outcome == Outcome::Violates);
  options.baseline = std::make_shared<const Baseline>(
      good("- {property: vf-dma-continues, function: \"0000:01:10.0\", reason: unbind}\n"
           "- {property: vf-exists, function: \"0000:01:10.0\", reason: the end of the test}"));
  const auto known = judge(options);
  REQUIRE(known->violations.front().line == 193);
  CHECK(known->violations.front().standing == Standing::Known);
  CHECK(known->violations.front().listed_at == "known.yaml:1");
  CHECK(known->outcome != Outcome::Violates);
}

}  // namespace luproof::traces
