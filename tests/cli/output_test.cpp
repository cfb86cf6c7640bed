// SPDX-License-Identifier: GPL-2.0-or-later
// What is written arrives whole, or is said not to have arrived.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "tests/cli/command.h"

namespace {

namespace fs = std::filesystem;
using luproof::command::Folder;
using luproof::command::Ran;

const std::string kSpecs = LUPROOF_SOURCE_SPECS;
const std::string kHolds = "'" LUPROOF_SOURCE_SPECS "/designs/idpf-lpc2025.yaml' --variant slides";

int shell(const std::string& command) {
  const int status = std::system(("bash -c \"" + command + "\"").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::set<std::string> files_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.insert(file.path().filename());
  return names;
}

}  // namespace

TEST_CASE("a reader that has seen enough does no harm", "[cli][output]") {
  const Folder folder;
  const std::string rules = "'" LUPROOF_BINARY "' rules '" + kSpecs + "/rules'";
  const std::string to = " 2>'" + folder.path() + "/err'";
  CHECK(shell(rules + to + " | head -n 1 >/dev/null") == 0);
  CHECK(Folder::read(folder.path() + "/err").empty());
  // Where somebody ignores SIGPIPE for us, the write fails instead; that is said, and no crash.
  CHECK(shell("trap '' PIPE; " + rules + to + " | head -n 1 >/dev/null; exit \\${PIPESTATUS[0]}") ==
        2);
  CHECK(Folder::read(folder.path() + "/err").find("cannot write to standard output") !=
        std::string::npos);
}

TEST_CASE("files appear whole or not at all", "[cli][output]") {
  const Folder folder;
  const std::string folder_name = folder.path();
  folder.write("before.pml", "kept");
  // The disk is full for the file that is written beside the old one.
  const std::string small =
      "ulimit -f 1; trap '' XFSZ; cd '" + folder_name + "'; '" LUPROOF_BINARY "' ";
  CHECK(shell(small + "export " + kHolds + " --to promela -o before.pml 2>/dev/null") == 2);
  CHECK(Folder::read(folder_name + "/before.pml") == "kept");
  CHECK(files_in(folder_name) == std::set<std::string>{"before.pml"});
  CHECK(folder.run("export " + kHolds + " --to promela -o before.pml").status == 0);
  CHECK(Folder::read(folder_name + "/before.pml").size() > 1000);
  // A device stays one.
  CHECK(folder.run("export " + kHolds + " --to promela -o /dev/null").status == 2);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(folder.run("export " + kHolds + " --to promela -o .").status == 2);
  CHECK(folder.run("export " + kHolds + " --to promela -o no/such/folder.pml").status == 2);
}
