// SPDX-License-Identifier: GPL-2.0-or-later
// Long lines of a report on a terminal, and what is left alone.
#include "report/fit.h"

#include <sstream>

#include "tests/cli/command.h"

namespace luproof::report {

TEST_CASE("a long line goes on below its own text", "[report][fit]") {
  CHECK(fit("  0000:01:10.0 from a.trace:400 to the end of the captures: at least 14 s\n", 40) ==
        "  0000:01:10.0 from a.trace:400 to the\n"
        "    end of the captures: at least 14 s\n");
  CHECK(fit("short\n\nlast line without an end", 40) == "short\n\nlast line without an end");
  // A word that is longer than a line stays whole, as paths have to.
  const std::string path(60, 'p');
  CHECK(fit("in " + path + " it is\n", 40) == "in\n  " + path + "\n  it is\n");
}

TEST_CASE("colours and letters beyond ASCII have no width of their own", "[report][fit]") {
  const std::string red = "\x1b[1;31mviolates\x1b[0m " + std::string(31, 'x');
  CHECK(fit(red, 40) == red);                                             // 8 + 1 + 31 columns
  const std::string arrows = "→→→→→→→→→→ →→→→→→→→→→ →→→→→→→→→→ →→→→→→→";  // 40 columns
  CHECK(fit(arrows, 40) == arrows);
}

TEST_CASE("a command stays one piece, and nothing changes without a width", "[report][fit]") {
  const std::string command =
      "luproof trace old.trace.txt new.trace.txt --topology igb4.lspci --keep all\n";
  CHECK(fit(command, 40) == command);
  CHECK(fit("    \x1b[2magain:\x1b[0m " + command, 40) == "    \x1b[2magain:\x1b[0m " + command);
  const std::string line = std::string(50, 'a') + " " + std::string(50, 'b') + "\n";
  CHECK(fit(line, 0) == line);
  // Nobody has a terminal of three columns.
  CHECK(fit("one two three four five six\n", 3) == "one two three four five six\n");
}

}  // namespace luproof::report

namespace luproof::command {

TEST_CASE("what is piped is neither coloured nor wrapped", "[cli][fit]") {
  const Folder folder;
  const std::string root = std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string();
  const std::string check = "check docs/tutorial/first.yaml --variant endpoint-only";
  const Ran plain = folder.run(check, root);
  ::setenv("COLUMNS", "40", 1);
  CHECK(folder.run(check, root).out == plain.out);
  ::unsetenv("COLUMNS");
  CHECK(plain.out.find('\x1b') == std::string::npos);
  CHECK(folder.run(check + " --color never", root).out == plain.out);
}

TEST_CASE("the coloured report is the golden one, and the plain one without its codes",
          "[cli][fit]") {
  const Folder folder;
  const std::string root = std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string();
  const std::string check = "check docs/tutorial/first.yaml --variant endpoint-only";
  const std::string coloured = folder.run(check + " --color always", root).out;
  CHECK(coloured == Folder::read(LUPROOF_TEST_DIR "/cli/golden/check-coloured.txt"));
  std::string plain;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b')
      i = coloured.find('m', i);
    else
      plain += coloured[i];
  }
  CHECK(plain == folder.run(check, root).out);
}

}  // namespace luproof::command
