// SPDX-License-Identifier: GPL-2.0-or-later
// What a user can ask of a verdict: why a line counts, what was not understood, the fewest lines
// that show it; and what two dumps say where nothing was traced.
#include <fstream>
#include <sstream>

#include "tests/traces/validate.h"
#include "traces/slice.h"

using namespace luproof::traces;
using namespace luproof::traces::test;
using Catch::Matchers::Contains;

namespace {

std::string explained(const std::string& capture, const std::string& line) {
  ValidateOptions options;
  options.captures = {captured(capture)};
  options.topology = captured("topology/igb4.lspci.zst");
  options.keep = {"0000:01:10.0"};
  options.explain = line;
  const auto judged = judge(options);
  if (!judged.verdict) return judged.errors;
  std::string text;
  for (const std::string& each : judged->explanation) text += each + "\n";
  return text;
}

std::string read_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a line is explained: what it is, which rule it is, and why not the others",
          "[traces][evidence]") {
  const std::string capture = "s1/igb-kprobe.trace.txt";
  CHECK_THAT(explained(capture, "193"), Contains("a probe on pci_write_config_word") &&
                                            Contains("'command': this is it") &&
                                            Contains("it is command_write(0000:01:10.0, false)"));
  CHECK_THAT(explained(capture, "27"),
             Contains("'command': not so: where == 4") &&
                 Contains("'sriov-control': this is it, on 0000:01:00.0") &&
                 Contains("it is vf_enable_set(0000:01:00.0)"));
  CHECK_THAT(explained(capture, "14"), Contains("no rule of the binding 'pci' is for "
                                                "sriov_numvfs_store"));
  CHECK_THAT(explained(capture, "13"), Contains("a marker"));
  CHECK_THAT(explained("s5/all.trace.txt.zst", "36"), Contains("only asks"));
  CHECK_THAT(explained("s1/igb-kprobe.trace.dat", "181"),
             Contains("it is command_write(0000:01:10.0, false)"));
  CHECK_THAT(explained(capture, "5"), Contains("no capture has a line 5"));
  CHECK_THAT(explained(capture, "9999"), Contains("no capture has a line"));
  CHECK_THAT(explained(capture, "x"), Contains("'x' is no line"));
  CHECK_THAT(explained(capture, captured(capture) + ":193"), Contains("command_write"));
}

TEST_CASE("coverage counts what no rule binds and names rules that never fired",
          "[traces][evidence]") {
  ValidateOptions options;
  options.captures = {captured("s1/igb-kprobe.trace.txt")};
  options.topology = captured("topology/igb4.lspci.zst");
  options.coverage = true;
  const auto judged = judge(options);
  REQUIRE_FALSE(judged->unbound.empty());
  CHECK(judged->unbound.front().name == "really_probe");
  CHECK(judged->unbound.front().count == 12);
  const auto fired = [&](const std::string& name) {
    std::int64_t count = 0;
    for (const CoverageRow& row : judged->rules)
      if (row.name == name) count += row.count;
    return count;
  };
  CHECK(fired("command") > 0);
  CHECK(fired("kernel_kexec") == 0);
  // Without a single bound event the capture proves nothing, and coverage says why.
  Lines lines;
  lines.add("f <-g").add("f <-g");
  ValidateOptions only;
  only.coverage = true;
  const auto nothing = judge(lines, {}, std::move(only));
  CHECK(nothing->outcome == Outcome::Inconclusive);
  CHECK(nothing->unbound.front().name == "f");
  CHECK_FALSE(judge(lines, {}).verdict);
}

TEST_CASE("a slice has the fewest lines with the same verdict", "[traces][evidence]") {
  const auto [capture, topology] = GENERATE(table<std::string, std::string>({
      {"s1/igb-kprobe.trace.txt", "topology/no-vfs.lspci.zst"},
      {"s3/new.bootmap.trace.dat", "topology/igb4-nvme7.lspci.zst"},
      {"s5/all.trace.txt.zst", "topology/vfio-pf-2-vfs.lspci.zst"},
  }));
  CAPTURE(capture);
  const Temporary slice("");
  ValidateOptions options;
  options.captures = {captured(capture)};
  options.topology = captured(topology);
  options.keep = {"0000:01:10.0"};
  options.slice = slice.path();
  const auto whole = judge(options);
  REQUIRE(whole->outcome == Outcome::Violates);
  const std::string text = read_file(slice.path());
  CHECK_THAT(text, Contains("# Cut from "));
  const auto lines = std::count(text.begin(), text.end(), '\n') - 2;
  CHECK(lines >= 1);
  CHECK(lines <= 4);
  options.captures = {slice.path()};
  options.slice.clear();
  const auto again = judge(options);
  CHECK(again->outcome == Outcome::Violates);
  CHECK(same_verdict(*whole, *again));
}

TEST_CASE("what cannot be sliced is refused", "[traces][evidence]") {
  ValidateOptions options;
  options.captures = {captured("s1/igb-kprobe.trace.txt")};
  options.topology = captured("topology/igb4.lspci.zst");
  options.keep = {"0000:01:10.0@line:20"};
  options.slice = "/nonexistent/slice.txt";
  CHECK_THAT(judge(options).errors, Contains("lines of other numbers"));
  options.keep = {"0000:01:10.0"};
  CHECK_THAT(judge(options).errors, Contains("cannot write"));
  options.captures.push_back(captured("s3/new.boot.trace.txt"));
  CHECK_THAT(judge(options).errors, Contains("one capture"));
}

TEST_CASE("the fewest are those that cannot go", "[traces][evidence]") {
  const auto has = [](const std::vector<std::size_t>& all, std::size_t wanted) {
    return std::find(all.begin(), all.end(), wanted) != all.end();
  };
  const auto keeps = [&](const std::vector<std::size_t>& chosen) {
    return has(chosen, 3) && has(chosen, 41) && has(chosen, 42);
  };
  CHECK(fewest(100, keeps, 10000) == std::vector<std::size_t>{3, 41, 42});
  CHECK(fewest(
            1, [](const auto&) { return true; }, 10)
            .size() == 1);
}

TEST_CASE("two dumps alone show that functions are gone, and never that none was reset",
          "[traces][evidence]") {
  ValidateOptions options;
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.topology_after = captured("topology/after-kexec.lspci.zst");
  options.keep = {"all"};
  const auto gone = judge(options);
  REQUIRE(gone->outcome == Outcome::Violates);
  CHECK(gone->violations.front().property == "vf-exists");
  CHECK(gone->violations.front().trust == Trust::Certain);
  CHECK(gone->violations.size() == 11);
  CHECK(std::find(gone->changes.begin(), gone->changes.end(),
                  "0000:01:00.0: num_vfs was 4 and is 0") != gone->changes.end());
  options.topology_after = options.topology;
  const auto same = judge(options);
  CHECK(same->outcome == Outcome::Inconclusive);
  CHECK(same->violations.empty());
  CHECK(has_gap(*same, "dumps do not show whether a function was reset"));
}

TEST_CASE("a dump of afterwards shows what the capture missed", "[traces][evidence]") {
  ValidateOptions options;
  options.topology_after = captured("topology/after-kexec.lspci.zst");
  Lines lines;
  lines.command("0000:01:10.0", 4);
  const auto judged = judge(lines, {"0000:01:10.2"}, options);
  REQUIRE(judged->outcome == Outcome::Violates);
  CHECK(judged->violations.front().property == "vf-exists");
  CHECK_FALSE(judged->violations.front().line);
}
