// SPDX-License-Identifier: GPL-2.0-or-later
// What a report says of how well a capture was read.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/schema.h"
#include "traces/health.h"

namespace luproof::command {
namespace {

using Json = nlohmann::json;

Ran trace(const std::string& arguments) {
  const Folder folder;
  return folder.run("trace " + arguments, LUPROOF_TEST_DIR "/captures");
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

constexpr const char* kLossy = "s7lost/nooverwrite.trace.txt.zst";

}  // namespace

TEST_CASE("every sign of damage names its source", "[cli][health]") {
  for (const traces::AnomalyInfo& entry : traces::anomaly_table()) {
    CAPTURE(std::string(entry.id));
    CHECK_FALSE(entry.source.empty());
    CHECK_FALSE(entry.sentence.empty());
  }
}

TEST_CASE("a report has one line about a capture that is not whole, and none about another",
          "[cli][health]") {
  const std::string line = "Health of s7lost/nooverwrite.trace.txt.zst: ";
  const Ran counted = trace(std::string(kLossy) + " --stats s7lost/nooverwrite.stats.txt");
  CHECK(contains(counted.out, line));
  CHECK(contains(counted.out, "--health lists"));
  CHECK_FALSE(contains(trace("s1/igb-kprobe.trace.txt").out, "Health of"));
}

TEST_CASE("--health shows what was found, and what was looked for and not found", "[cli][health]") {
  const Ran ran = trace(std::string(kLossy) + " --stats s7lost/nooverwrite.stats.txt --health");
  const std::size_t start = ran.out.find("\nHealth of ");
  REQUIRE(start != std::string::npos);
  const std::size_t end = ran.out.find("\n\n", ran.out.find("severity", start));
  CHECK(ran.out.substr(start + 1, end - start) ==
        Folder::read(LUPROOF_TEST_DIR "/cli/golden/trace-health.txt"));
  // A kind of damage that is not listed was perhaps not looked for.
  for (const traces::AnomalyInfo& entry : traces::anomaly_table())
    if (entry.kind != traces::Anomaly::CpuOverrun)
      CHECK(contains(ran.out, std::string(entry.sentence)));
}

TEST_CASE("JSON has the health of each capture", "[cli][health]") {
  const std::string both =
      "s3/new.bootmap.trace.txt s7lost/overwrite.trace.txt.zst --topology "
      "topology/igb4-nvme7.lspci.zst --keep all --format json";
  const Json report = Json::parse(trace(both).out);
  CHECK(Schema("trace.schema.json").problems(report) == std::vector<std::string>{});
  REQUIRE(report["health"].size() == 2);
  const Json& first = report["health"][0];
  CHECK(first["file"] == "s3/new.bootmap.trace.txt");
  CHECK(first["format"] == "ftrace text");
  CHECK(first["events"] == 584);
  CHECK(first["lost"] == 0);
  // The header says 1318 of 12490.
  const Json& second = report["health"][1];
  CHECK(second["lost"].get<int>() >= 12490 - 1318);
  CHECK(first["bound"].get<int>() + second["bound"].get<int>() == report["bound"].get<int>());
  bool wrapped = false;
  for (const Json& found : second["found"])
    wrapped = wrapped || (found["id"] == "wrapped-buffer" && found["severity"] == "loss" &&
                          found["source"] == "header");
  CHECK(wrapped);
}

TEST_CASE("a healthy capture has nothing found but notes", "[cli][health]") {
  const Json report = Json::parse(trace("s1/igb-kprobe.trace.txt --format json").out);
  for (const Json& found : report["health"][0]["found"]) CHECK(found["severity"] == "note");
  CHECK(report["health"][0]["malformed"] == 0);
}

}  // namespace luproof::command
