// SPDX-License-Identifier: GPL-2.0-or-later
// `check --format mail`: what a reviewer pastes below a patch.
#include <sstream>

#include "tests/cli/command.h"

namespace luproof::command {

TEST_CASE("a mail names the sources of the rule that breaks the promise", "[cli][mail]") {
  const Folder folder;
  const std::string root = std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string();
  const Ran ran = folder.run("check docs/tutorial/first.yaml --format mail --color always", root);
  CHECK(ran.status == 1);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/check-first.mail"));
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK((line.size() <= 72 || line.find("https://") != std::string::npos));
    CHECK((line.empty() || line.back() != ' '));
    CHECK(line.find_first_of("\t\x1b") == std::string::npos);
  }
}

}  // namespace luproof::command
