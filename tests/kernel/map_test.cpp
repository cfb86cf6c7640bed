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

// One patch of the file, as `git format-patch` writes it.
std::string patch_of(const std::string& file, const std::string& hunks) {
  return "Subject: [PATCH 1/1] one\n\n--- a/" + file + "\n+++ b/" + file + "\n" + hunks;
}

nlohmann::json functions_of(const Posted& posted, const std::string& more) {
  const Ran ran = posted.map("specs/designs/keeps.yaml --format json " + more);
  INFO(ran.err);
  return nlohmann::json::parse(ran.out).at("patches").at(0);
}

TEST_CASE("what a pack says of a changed function is what it was", "[kernel]") {
  const Posted posted;
  posted.folder.write(
      "series.mbox", patch_of("drivers/pci/pci.c",
                              "@@ -20,4 +20,5 @@\n void pci_clear_master(struct pci_dev *dev)\n {\n"
                              " \t__pci_set_master(dev, false);\n+\tdev->cleared = 1;\n }\n"));
  const nlohmann::json clears = functions_of(posted, "--tree tree").at("functions").at(0);
  CHECK(clears.at("function") == "pci_clear_master");
  CHECK(clears.at("modelled") == true);
  CHECK(clears.at("as_it_was") == true);
  // The pack that says so is not elsewhere too, whatever way leads to it.
  fs::create_directory_symlink("specs", fs::path(posted.folder.path()) / "linked");
  for (const std::string& ask :
       {std::string("map series.mbox --tree tree --specs specs linked/designs/keeps.yaml"),
        "map series.mbox --tree tree --specs '" + posted.folder.path() +
            "/specs' linked/designs/keeps.yaml",
        std::string("map series.mbox --tree tree --specs linked specs/designs/keeps.yaml")}) {
    const Ran ran = posted.folder.run(ask);
    INFO(ask << "\n" << ran.out << ran.err);
    CHECK(ran.out.find("only as it was, by event pci.pci_clear_master\n") != std::string::npos);
  }
  // A design that overrides it says what it is.
  posted.folder.write(
      "specs/designs/keeps.yaml",
      "design: keeps\nuse: [pci]\noverride:\n  events.pci_clear_master.do: {code: n = "
      "false}\n");
  const nlohmann::json overridden = functions_of(posted, "--tree tree").at("functions").at(0);
  CHECK(overridden.at("as_it_was") == false);
  CHECK(overridden.at("rules").at(1).at("id") == "keeps.override.events.pci_clear_master.do");
}

TEST_CASE("a function that only other specs are about is not modelled, and they are named",
          "[kernel]") {
  const Posted posted;
  posted.folder.write("series.mbox",
                      patch_of("drivers/pci/iov.c",
                               "@@ -23,4 +23,5 @@\n int sriov_enable(struct pci_dev *dev, "
                               "int nr)\n {\n+\tdev->nr = nr;\n \treturn dev->sriov ? "
                               "sriov_write(dev, nr) : -ENODEV;\n }\n"));
  posted.folder.write("specs/designs/keeps.yaml", "design: keeps\nuse: [pci]\n");
  const nlohmann::json enables = functions_of(posted, "--tree tree").at("functions").at(0);
  CHECK(enables.at("function") == "sriov_enable");
  CHECK(enables.at("modelled") == false);
  REQUIRE(enables.at("others").size() == 1);
  CHECK(enables.at("others").at(0).at("id") == "other.sriov_enable");
}

TEST_CASE("a stub in a header and a macro are no functions of their own", "[kernel]") {
  const Posted posted;
  posted.folder.write(
      "series.mbox",
      patch_of("drivers/pci/pci.c",
               "@@ -2,3 +2,8 @@\n /* Made up for tests. */\n #include <linux/pci.h>\n \n"
               "+#define pr_fmt(fmt) \"PCI: \" fmt\n+void pci_lu_keep(struct pci_dev *dev)\n+{\n"
               "+\tdev->kept = 1;\n+}\n") +
          "--- a/include/linux/pci.h\n+++ b/include/linux/pci.h\n@@ -2,3 +2,4 @@\n #ifndef "
          "CONFIG_PCI\n"
          " static inline void pci_clear_master(struct pci_dev *dev) { }\n"
          "+static inline void pci_lu_keep(struct pci_dev *dev) { }\n #endif\n");
  const Ran ran = posted.map("specs/designs/keeps.yaml --tree tree");
  CHECK(ran.out.find("pci.c:pr_fmt") == std::string::npos);
  CHECK(ran.out.find("include/linux/pci.h:pci_lu_keep (new): stub of the function in "
                     "drivers/pci/pci.c\n") != std::string::npos);
  CHECK(ran.out.find("1 function in 1 patch: 0 modelled, 1 not") != std::string::npos);
}

TEST_CASE("a hunk that does not fit is guessed, and the others of its file are not", "[kernel]") {
  const Posted posted;
  const std::string fits =
      "@@ -20,4 +20,5 @@\n void pci_clear_master(struct pci_dev *dev)\n {\n"
      " \t__pci_set_master(dev, false);\n+\tdev->cleared = 1;\n }\n";
  const std::string not_there =
      "@@ -60,3 +61,4 @@ void pci_later(struct pci_dev *dev)\n \tint a;\n \tint b;\n+\tint c;\n "
      "\tint d;\n";
  posted.folder.write("series.mbox", patch_of("drivers/pci/pci.c", fits + not_there));
  const nlohmann::json patch = functions_of(posted, "--tree tree");
  CHECK(patch.at("misfits") == nlohmann::json{"drivers/pci/pci.c"});
  REQUIRE(patch.at("functions").size() == 2);
  CHECK(patch.at("functions").at(0).at("function") == "pci_later");
  CHECK(patch.at("functions").at(0).at("guessed") == true);
  CHECK(patch.at("functions").at(1).at("function") == "pci_clear_master");
  CHECK(patch.at("functions").at(1).at("guessed") == false);
}

TEST_CASE("without the tree, a line of the first column ends the function of the hint",
          "[kernel]") {
  const Posted posted;
  posted.folder.write(
      "series.mbox",
      patch_of("drivers/pci/pci.h",
               "@@ -90,2 +90,5 @@ static inline int pci_tag(struct pci_dev *dev)\n"
               " \t 1)\n \n+#ifdef CONFIG_PCI_LU\n+void pci_lu(struct pci_dev *dev);\n"
               "+#endif\n"));
  const nlohmann::json outside = functions_of(posted, "");
  CHECK(outside.at("functions").empty());
  CHECK(outside.at("elsewhere") == nlohmann::json{"drivers/pci/pci.h"});
  // Inside a function a directive, or a label, is the function's own.
  posted.folder.write("series.mbox",
                      patch_of("drivers/pci/pci.c",
                               "@@ -90,2 +90,6 @@ int pci_tag(struct pci_dev *dev)\n \tint a;\n"
                               "+#ifdef CONFIG_PCI_LU\n+\ta = 1;\n+#endif\n+out:\n \treturn a;\n"));
  const nlohmann::json inside = functions_of(posted, "");
  CHECK(inside.at("elsewhere").empty());
  REQUIRE(inside.at("functions").size() == 1);
  CHECK(inside.at("functions").at(0).at("function") == "pci_tag");
}

TEST_CASE("without the tree, a function that hunks take away and add again has moved", "[kernel]") {
  const Posted posted;
  posted.folder.write("series.mbox",
                      patch_of("drivers/pci/pci.c",
                               "@@ -10,2 +10,2 @@\n-int pci_keep(struct pci_dev *dev)\n"
                               "+static int pci_keep_one(struct pci_dev *dev)\n {\n"
                               "@@ -30,1 +30,5 @@\n }\n+int pci_keep(struct pci_dev *dev)\n+{\n"
                               "+\treturn pci_keep_one(dev);\n+}\n"));
  const nlohmann::json functions = functions_of(posted, "").at("functions");
  REQUIRE(functions.size() == 2);
  CHECK(functions.at(0).at("function") == "pci_keep");
  CHECK(functions.at(0).at("new") == false);
  CHECK(functions.at(0).at("removed") == false);
  CHECK(functions.at(1).at("function") == "pci_keep_one");
  CHECK(functions.at(1).at("new") == true);
}

TEST_CASE("a patch of comments alone changes no code", "[kernel]") {
  const Posted posted;
  posted.folder.write(
      "series.mbox",
      patch_of("drivers/pci/pci.c",
               "@@ -1,3 +1,4 @@\n // SPDX-License-Identifier: GPL-2.0\n"
               " /* Made up for tests. */\n+/* Twice. */\n #include <linux/pci.h>\n"));
  for (const char* tree : {"", "--tree tree"})
    CHECK(posted.map(std::string("specs/designs/keeps.yaml ") + tree)
              .out.find("  patch 1: one\n    changes no code\n") != std::string::npos);
}

TEST_CASE("a mapping that is stopped says what it has not looked at", "[kernel]") {
  const Posted posted;
  const Ran ran = posted.map("specs/designs/keeps.yaml --tree tree --memory 1K");
  CHECK(ran.status == 3);
  CHECK(ran.out ==
        "PCI: keep mastering\n"
        "0 functions in 0 patches: 0 modelled, 0 not; stopped by --memory, 2 patches not looked "
        "at\n");
  const Ran out = posted.map("specs/designs/keeps.yaml --format json --timeout 0.000001");
  CHECK(out.status == 3);
  CHECK(nlohmann::json::parse(out.out).at("stopped") == "--timeout");
  CHECK(nlohmann::json::parse(out.out).at("left") == 2);
  CHECK(posted.map("--memory much").status == 2);
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

// Half of each of these reads as the head of a hunk with lines to come.
TEST_CASE("a hunk whose head is cut or counts beyond a number has no lines", "[kernel]") {
  const Posted posted;
  for (const std::string head :
       {"@@ -1,7 +1,999999999999 @@", "@@ -1,7", "@@ -1,7 +1,7", "@@ -1,7 x"}) {
    posted.folder.write("series.mbox",
                        "Subject: a\n\n--- a/f.c\n+++ b/f.c\n" + head + "\n+int a;\n int b;\n");
    INFO(head);
    CHECK(posted.map("").status == 0);
  }
}

}  // namespace luproof
