// SPDX-License-Identifier: GPL-2.0-or-later
// `--format sarif` of check and trace. The fields that are used, and which of them the standard
// demands, are in tests/schemas/sarif-used.json, written by hand from SARIF 2.1.0. The schema of
// the standard itself is used too where LUPROOF_SARIF_SCHEMA says in which file it is, and
// tests/sarif/against-sarif-om holds the logs beside classes that others made of that schema: it
// knows every key and what is demanded, and nothing of what a value may be.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace luproof::command {
namespace {

using Json = nlohmann::json;

const std::filesystem::path kRoot = std::filesystem::path(LUPROOF_TEST_DIR).parent_path();

Json log_of(const std::string& text) {
  const Json log = Json::parse(text);
  for (const std::string& problem : Schema("../tests/schemas/sarif-used.json").problems(log))
    FAIL_CHECK(problem);
  if (const char* const whole = std::getenv("LUPROOF_SARIF_SCHEMA"))
    for (const std::string& problem : Schema(whole).problems(log)) FAIL_CHECK(problem);
  const Json& run = log["runs"][0];
  for (const Json& result : run["results"])
    CHECK(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"] ==
          result["ruleId"]);
  return run;
}

}  // namespace

TEST_CASE("SARIF of a check names the rule that breaks the promise", "[cli][sarif]") {
  const Folder folder;
  const Ran ran =
      folder.run("check docs/tutorial/first.yaml --format sarif -o " + folder.path() + "/log.sarif",
                 kRoot.string());
  CHECK(ran.status == 1);
  const Json run = log_of(Folder::read(folder.path() + "/log.sarif"));
  // Of the two variants one is violated, in one property; what holds is no alert.
  REQUIRE(run["results"].size() == 1);
  const Json& result = run["results"][0];
  CHECK(result["ruleId"] == "vf-dma-continues");
  CHECK(result["level"] == "error");
  const Json& place = result["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "docs/tutorial/first.yaml");
  CHECK(place["artifactLocation"]["uriBaseId"] == "%SRCROOT%");
  CHECK(place["region"]["startLine"] == 23);  // pci_clear_master(d)
  const Json& steps = result["codeFlows"][0]["threadFlows"][0]["locations"];
  CHECK(steps.size() == 3);
  CHECK(steps.back()["location"]["message"]["text"] == "reboot: pci_clear_master(rp)");
  CHECK(steps.back()["state"]["function.bus_master[rp]"]["text"] == "false");
}

TEST_CASE("SARIF of captures names their lines", "[cli][sarif]") {
  const Folder folder;
  const Ran ran = folder.run(
      "trace tests/captures/s3/new.bootmap.trace.txt tests/captures/s3/new.boot.trace.txt "
      "--topology tests/captures/topology/igb4-nvme7.lspci.zst --keep all --format sarif",
      kRoot.string());
  CHECK(ran.status == 1);
  const Json run = log_of(ran.out);
  const Json& first = run["results"].at(0);
  CHECK(first["ruleId"] == "vf-dma-continues");
  const Json& place = first["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "tests/captures/s3/new.bootmap.trace.txt");
  CHECK(place["region"]["startLine"] == 400);
}

TEST_CASE("SARIF of a check and of a capture is the golden one", "[cli][sarif]") {
  const Folder folder;
  const std::string golden = LUPROOF_TEST_DIR "/cli/golden/";
  CHECK(folder.run("check docs/tutorial/first.yaml --format sarif", kRoot.string()).out ==
        Folder::read(golden + "check-first.sarif"));
  CHECK(folder
            .run("trace s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst --keep "
                 "0000:01:10.0 --specs '" LUPROOF_SOURCE_SPECS "' --format sarif",
                 (kRoot / "tests/captures").string())
            .out == Folder::read(golden + "trace-violates.sarif"));
}

TEST_CASE("SARIF of a design says which line no run explains", "[cli][sarif]") {
  const Folder folder;
  const Ran ran = folder.run(
      "trace tests/captures/s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --design "
      "luo-handlers-7.3 --from-start --format sarif",
      kRoot.string());
  CHECK(ran.status == 1);
  const Json run = log_of(ran.out);
  REQUIRE(run["results"].size() == 1);
  CHECK(run["results"][0]["ruleId"] == "unexplained");
  CHECK(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 316);
}

TEST_CASE("SARIF of captures says what was promised, and who says so", "[cli][sarif]") {
  const Folder folder;
  const Ran ran = folder.run(
      "trace tests/captures/s1/igb-kprobe.trace.txt --topology "
      "tests/captures/topology/igb4.lspci.zst --keep 0000:01:10.0 --format sarif",
      kRoot.string());
  const Json run = log_of(ran.out);
  bool found = false;
  for (const Json& rule : run["tool"]["driver"]["rules"]) {
    if (rule["id"] != "vf-exists") continue;
    found = true;
    CHECK(rule["properties"]["pack"] == "properties");
    CHECK(rule["help"]["text"].get<std::string>().find("\n[pci-lpc2025] ") != std::string::npos);
    CHECK(rule["helpUri"].get<std::string>().starts_with("https://"));
  }
  CHECK(found);
}

TEST_CASE("SARIF says that an input was wrong", "[cli][sarif]") {
  const Folder folder;
  folder.write("a capture.trace", "this is none\n");
  const Ran ran = folder.run("trace 'a capture.trace' --keep all --format sarif");
  CHECK(ran.status == 2);
  const Json run = log_of(ran.out);
  CHECK(run["results"].empty());
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
}

}  // namespace luproof::command
