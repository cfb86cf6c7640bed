// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof diff` as a user meets it: the report of a known pair, exit status, JSON, wrong input.
#include <nlohmann/json.hpp>

#include "tests/checker/diff_fixture.h"
#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

struct Designs {
  Designs() {
    folder.write("v5.yaml", bus_design("v5", "true"));
    folder.write("v6.yaml", bus_design("v6", "kernel > 1", kNoRescan));
    folder.write("bare.yaml", bus_design("bare", "kernel > 1"));
    folder.write("two.yaml",
                 bus_design("two", "true",
                            "variants:\n  good: {}\n  bad: {override: {define.keeps_number: "
                            "{expr: kernel > 1, patch: \"3\", at: \"probe.c:scan\"}}}\n"));
  }
  Folder folder;
};

}  // namespace

TEST_CASE("the report of what v6 gave up is the golden one", "[cli]") {
  const Designs designs;
  const Ran ran = designs.folder.run("diff v5.yaml v6.yaml");
  INFO(ran.err);
  CHECK(ran.status == 0);  // no verdict differs: that is what the assumption is for
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/diff-v5-v6.txt"));
}

TEST_CASE("what a reply can quote of it is golden as well", "[cli]") {
  const Designs designs;
  const Ran ran = designs.folder.run("diff v5.yaml bare.yaml --format markdown");
  INFO(ran.err);
  CHECK(ran.status == 1);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/diff-v5-bare.md"));
  const Ran assumed = designs.folder.run("diff v5.yaml v6.yaml --format markdown");
  CHECK(assumed.out.find("No verdict differs.") != std::string::npos);
  CHECK(assumed.out.find("load-bearing;") != std::string::npos);
}

TEST_CASE("what is said of one reading alone names it", "[cli]") {
  // Only where the outgoing kernel may let go of the number, the assumption is needed.
  const std::string variants =
      "variants:\n  lax: {}\n  strict: {override: {define.keeps_number: {expr: \"true\"}}}\n";
  const Folder folder;
  folder.write("v5.yaml", bus_design("v5", "true", variants));
  folder.write("v6.yaml", bus_design("v6", "kernel > 1", kNoRescan + variants));
  std::string out = folder.run("diff v5.yaml v6.yaml --format markdown").out;
  INFO(out);
  for (std::size_t at = 0; (at = out.find("\n  ", at)) != std::string::npos;)
    out.replace(at, 3, " ");
  const std::string assumed = ": assumed only by v6: no-rescan-renumbers-a-busy-bridge (";
  CHECK(out.find("- variant lax" + assumed + "load-bearing;") != std::string::npos);
  CHECK(out.find("- variant strict" + assumed + "not needed") != std::string::npos);
  CHECK(out.find("- assumed only by v6: scans-are-short (not needed") != std::string::npos);
}

TEST_CASE("diff exits with 1 if a verdict differs and shows the run that breaks it", "[cli]") {
  const Designs designs;
  const Ran ran = designs.folder.run("diff v5.yaml bare.yaml");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("bus-number-kept: holds -> violated") != std::string::npos);
  CHECK(ran.out.find("number: 1 -> 2") != std::string::npos);
  CHECK(ran.out.find("again: luproof diff v5.yaml bare.yaml") != std::string::npos);
}

TEST_CASE("diff exits with 3 if something could not be decided", "[cli]") {
  const Designs designs;
  CHECK(designs.folder.run("diff v5.yaml v6.yaml --bound 1").status == 3);
}

TEST_CASE("two variants of one file can be compared by FILE:VARIANT", "[cli]") {
  const Designs designs;
  const Ran ran = designs.folder.run("diff two.yaml:good two.yaml:bad");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 1);
  CHECK(ran.out.find("two:good -> two:bad") != std::string::npos);
  CHECK(ran.out.find("changed: definition keeps_number") != std::string::npos);
  CHECK(ran.out.find("patch 3, probe.c:scan") != std::string::npos);
  CHECK(designs.folder.run("diff two.yaml two.yaml").status == 0);
  CHECK(designs.folder.run("diff two.yaml two.yaml --variant bad").status == 0);
  // One variant against a file without any.
  CHECK(designs.folder.run("diff two.yaml:good v5.yaml").status == 0);
}

TEST_CASE("diff --verbose shows every behaviour with its run", "[cli]") {
  const Designs designs;
  const std::string brief = designs.folder.run("diff v5.yaml bare.yaml").out;
  const std::string all = designs.folder.run("diff v5.yaml bare.yaml --verbose").out;
  CHECK(all.size() > brief.size());
  CHECK(all.find("pci_scan_bridge_extend: number = 2 in kernel 1") != std::string::npos);
}

TEST_CASE("diff as JSON is one object with the fields that scripts rely on", "[cli]") {
  const Designs designs;
  const Ran ran = designs.folder.run("diff v5.yaml v6.yaml --format json");
  CHECK(ran.status == 0);
  const auto out = nlohmann::json::parse(ran.out);
  CHECK(out.at("command") == "diff");
  CHECK(out.at("a").at("name") == "v5");
  CHECK(out.at("b").at("file") == "v6.yaml");
  CHECK(out.at("verdicts").empty());
  const auto& bearing = out.at("assumptions").at(0);
  CHECK(bearing.at("name") == "no-rescan-renumbers-a-busy-bridge");
  CHECK(bearing.at("only_in") == "b");
  CHECK(bearing.at("load_bearing") == true);
  CHECK(bearing.at("without").at(0).at("property") == "bus-number-kept");
  CHECK(bearing.at("without").at(0).at("run").back().at("changes").at(0).at("to") == "2");
  CHECK(out.at("assumptions").at(1).at("load_bearing") == false);
  const auto& lost = out.at("behaviours").at(0);
  CHECK(lost.at("only_in") == "a");
  CHECK(lost.at("kernel") == 1);
  CHECK(lost.at("behaviours").at(0).at("what") == "pci_scan_bridge_extend: inherits = true");
  CHECK(!lost.at("behaviours").at(0).at("run").empty());
  bool changed = false;
  for (const auto& rule : out.at("rules"))
    if (rule.at("name") == "keeps_number") {
      changed = true;
      CHECK(rule.at("change") == "changed");
      CHECK(rule.at("a").at("text") == "true");
      CHECK(rule.at("b").at("text") == "kernel > 1");
    }
  CHECK(changed);
}

TEST_CASE("wrong input to diff is told on stderr with status 2", "[cli]") {
  const Designs designs;
  for (const char* arguments :
       {"diff v5.yaml missing.yaml", "diff v5.yaml", "diff two.yaml:no two.yaml",
        "diff two.yaml:good two.yaml --variant bad", "diff v5.yaml v6.yaml --format mail"}) {
    INFO(arguments);
    const Ran ran = designs.folder.run(arguments);
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err != "");
  }
}

}  // namespace luproof
