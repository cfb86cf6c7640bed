// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof map` on a made-up series: an mbox out of order, with a cover letter, an answer, encoded
// text, a file that is no C, and a hunk without a hint.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
namespace fs = std::filesystem;

struct Posted {
  Posted() {
    for (const char* what : {"tree", "specs", "series.mbox"})
      fs::copy(fs::path(LUPROOF_TEST_DIR) / "kernel" / what, fs::path(folder.path()) / what,
               fs::copy_options::recursive);
  }
  Ran map(const std::string& more) const {
    return folder.run("map series.mbox --specs specs " + more);
  }
  Folder folder;
};

std::string golden(const std::string& name) {
  return Folder::read(fs::path(LUPROOF_TEST_DIR) / "kernel/golden" / name);
}

}  // namespace

TEST_CASE("with the tree, changed lines are found in their functions", "[kernel]") {
  const Posted posted;
  const Ran ran = posted.map("specs/designs/keeps.yaml --tree tree");
  CHECK(ran.status == 1);  // the design speaks of patches 3 and 4, of two
  CHECK(ran.out == golden("map.txt"));
}

TEST_CASE("without the tree, what a hunk does not say is not claimed", "[kernel]") {
  const Posted posted;
  const Ran ran = posted.map("specs/designs/keeps.yaml --format json");
  const auto out = nlohmann::json::parse(ran.out);
  REQUIRE(out.at("patches").size() == 2);
  CHECK(out.at("patches")[0].at("functions").empty());
  CHECK(out.at("patches")[0].at("elsewhere") ==
        nlohmann::json{"drivers/pci/pci.c", "Documentation/x.rst"});
  const auto& added = out.at("patches")[1].at("functions").at(0);
  CHECK(added.at("function") == "pci_lu_note");
  CHECK(added.at("new") == true);
  CHECK(added.at("guessed") == true);
  CHECK(added.at("modelled") == false);
}

TEST_CASE("a place that the series has is borne out", "[kernel]") {
  const Posted posted;
  posted.folder.write("specs/designs/one.yaml",
                      "design: one\nuse: [pci]\noverride:\n  define.keeps_mastering: {patch: 1, "
                      "at: \"drivers/pci/pci.c:__pci_set_master\", expr: \"true\"}\n");
  CHECK(posted.map("specs/designs/one.yaml --tree tree").status == 0);
  posted.folder.write("specs/designs/one.yaml",
                      "design: one\nuse: [pci]\noverride:\n  define.keeps_mastering: {patch: 2, "
                      "at: \"drivers/pci/pci.c:__pci_set_master\", expr: \"true\"}\n");
  const Ran ran = posted.map("specs/designs/one.yaml --tree tree");
  CHECK(ran.status == 1);
  CHECK(ran.out.find("patch 2 does not change drivers/pci/pci.c:__pci_set_master; 1 does") !=
        std::string::npos);
}

TEST_CASE("the skeleton of a design loads", "[kernel]") {
  const Posted posted;
  const Ran ran = posted.map("--tree tree");
  CHECK(ran.status == 0);
  CHECK(ran.out == golden("skeleton.yaml"));
  posted.folder.write("skeleton.yaml", ran.out);
  CHECK(posted.folder.run("check skeleton.yaml --specs specs").status == 0);
}

TEST_CASE("a text without a diff is no series", "[kernel]") {
  const Posted posted;
  posted.folder.write("series.mbox", "Subject: hello\n\nNothing.\n");
  const Ran ran = posted.map("");
  CHECK(ran.status == 2);
  CHECK(ran.err.find("there is no patch in 'series.mbox'") != std::string::npos);
}

}  // namespace luproof
