// SPDX-License-Identifier: GPL-2.0-or-later
// What would have to be different: each answer is tried on the capture that it is about.
#include <algorithm>
#include <sstream>

#include "tests/traces/validate.h"

using namespace luproof::traces;
using namespace luproof::traces::test;
using Catch::Matchers::Contains;

namespace {

const std::string kVf = "0000:01:10.0", kPf = "0000:01:00.0";

std::vector<std::int64_t> numbers(const std::vector<LinePlace>& places) {
  std::vector<std::int64_t> all;
  for (const LinePlace& place : places) all.push_back(place.line);
  std::sort(all.begin(), all.end());
  return all;
}

Lines fresh() {
  Lines lines;
  lines.probe("sriov_enable", kPf).probe("pci_write_config_word", kPf, "where=0x168 val=0x19");
  return lines;
}

// The text without these lines, and without those inside their calls.
std::string without(const std::string& text, const std::vector<LinePlace>& gone) {
  std::stringstream in(text);
  std::string out, line;
  for (std::int64_t number = 1; std::getline(in, line); ++number)
    if (std::none_of(gone.begin(), gone.end(), [&](const LinePlace& place) {
          return place.line == number ||
                 std::count(place.inside.begin(), place.inside.end(), number) > 0;
        }))
      out += line + "\n";
  return out;
}

}  // namespace

TEST_CASE("leaving out the line that lost is enough where nothing follows", "[traces][different]") {
  Lines lines = fresh();
  lines.command(kVf, 0x6).command(kVf, 0x2);
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->different);
  CHECK(numbers(judged->different->without) == std::vector<std::int64_t>{4});
  CHECK(judged->different->smallest);
  // It may also come before the bit is set: nothing is lost then.
  REQUIRE(judged->different->moved.size() == 1);
  CHECK(judged->different->moved[0].line.line == 4);
  CHECK(judged->different->moved[0].before);
  CHECK(judged->different->moved[0].to.line == 3);
}

TEST_CASE("what was kept has to be there to be kept", "[traces][different]") {
  // Without line 3 the bit would never have been on: that is no way out.
  Lines lines = fresh();
  lines.command(kVf, 0x6).command(kVf, 0x2).command(kVf, 0x6).command(kVf, 0x2);
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->different);
  CHECK(numbers(judged->different->without) == std::vector<std::int64_t>{4, 6});
  CHECK(judged->different->smallest);
}

TEST_CASE("a call goes with the lines inside it", "[traces][different]") {
  Lines lines;
  lines.probe("pci_clear_master", kVf).add("pci_clear_master <-device_shutdown").command(kVf, 0x2);
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->different);
  REQUIRE(numbers(judged->different->without) == std::vector<std::int64_t>{1});
  CHECK(judged->different->without[0].inside == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("nothing is promised where no line shows the step", "[traces][different]") {
  ValidateOptions options;
  options.captures = {captured("s3/new.boot.trace.txt")};
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.keep = {kVf};
  const Judged judged = judge(options);
  REQUIRE(judged->different);
  CHECK(judged->different->without.empty());
  CHECK_THAT(judged->different->reason, Contains("no recorded line shows the step"));
}

TEST_CASE("where a line and a dump show a loss, the line is not denied", "[traces][different]") {
  const std::string folder = "reproduced/first-open-vf-dma-continues/";
  ValidateOptions options;
  options.captures = {captured(folder + "capture.trace")};
  options.topology = captured(folder + "before.lspci.zst");
  options.topology_after = captured(folder + "after.lspci.zst");
  options.keep = {"all"};
  const Judged judged = judge(options);
  REQUIRE_FALSE(judged->violations.empty());
  CHECK(judged->violations.front().line == 17);
  REQUIRE(judged->different);
  CHECK(judged->different->without.empty());
  CHECK_THAT(judged->different->reason, Contains("without line"));
  CHECK_THAT(judged->different->reason, Contains("17"));
  CHECK_THAT(judged->different->reason, Contains("a dump still shows a loss"));
}

TEST_CASE("what a dump shows to be violated was exercised", "[traces][different]") {
  const std::string folder = "reproduced/numvfs-vf-exists/";
  ValidateOptions options;
  options.topology = captured(folder + "before.lspci.zst");
  options.topology_after = captured(folder + "after.lspci.zst");
  options.keep = {"all"};
  const Judged judged = judge(options);
  REQUIRE_FALSE(judged->violations.empty());
  CHECK(judged->violations.front().property == "vf-exists");
  CHECK(std::count(judged->unexercised.begin(), judged->unexercised.end(), "vf-exists") == 0);
  CHECK(std::count(judged->unexercised.begin(), judged->unexercised.end(), "vf-reset") == 1);
}

TEST_CASE("of a kexec the clears of the VFs and of the ports above them are what has to go",
          "[traces][different]") {
  ValidateOptions options;
  options.captures = {captured("s3/new.bootmap.trace.txt")};
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.keep = {"all"};
  const Judged judged = judge(options);
  REQUIRE(judged->different);
  // pci_clear_master of the four igb VFs and, by line 561, of the two root ports above VFs.
  CHECK(numbers(judged->different->without) ==
        std::vector<std::int64_t>{400, 408, 416, 424, 546, 561});
  luproof::model::Diagnostics diagnostics;
  const auto source =
      luproof::model::read_source(captured("s3/new.bootmap.trace.txt"), 1 << 20, diagnostics);
  std::string text = without(source->text, judged->different->without);
  // The header counts the lines.
  const auto lines = std::count(text.begin(), text.end(), '\n') - 12;
  const std::size_t counts = text.find("584/584");
  REQUIRE(counts != std::string::npos);
  text.replace(counts, 7, fmt::format("{0}/{0}", lines));
  const Temporary changed(text);
  options.captures = {changed.path()};
  const Judged again = judge(options);
  CHECK(again->violations.empty());
  CHECK_FALSE(again->different);
}
