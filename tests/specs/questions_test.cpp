// SPDX-License-Identifier: GPL-2.0-or-later
// Every shipped question prints a complete table that fits a terminal and a mail. What the tables
// say is in the specs, and `luproof test` holds it.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/cli/command.h"

namespace luproof {
namespace {

namespace fs = std::filesystem;
using command::Folder;
using command::Ran;

void fits(const fs::path& question) {
  const Folder folder;
  for (const char* format : {"text", "markdown"}) {
    INFO(question << " as " << format);
    const Ran ran = folder.run("ask '" + question.string() + "' --format " + format);
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(ran.out.find("luproof ask ") != std::string::npos);
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);)
      // The command has the path of the file, as long as it may be.
      if (line.find("luproof ask") == std::string::npos) {
        INFO(line);
        CHECK(line.size() <= 100);
      }
  }
}

}  // namespace

TEST_CASE("small questions print a table that fits", "[specs]") {
  const fs::path folder = fs::path(LUPROOF_SOURCE_SPECS) / "questions";
  for (const char* name :
       {"error-callback", "standard-or-driver-specific", "who-decides-sufficient"})
    fits(folder / (std::string(name) + ".yaml"));
}

TEST_CASE("every question prints a table that fits", "[specs][long]") {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(fs::path(LUPROOF_SOURCE_SPECS) / "questions"))
    if (entry.path().extension() == ".yaml") all.push_back(entry.path());
  CHECK(all.size() >= 14);
  for (const fs::path& question : all) fits(question);
}

}  // namespace luproof
