// SPDX-License-Identifier: GPL-2.0-or-later
// Code on one line of YAML is shown without what YAML has behind it.
#include "tests/cli/command.h"

namespace luproof::command {

TEST_CASE("a statement between braces or quotes is shown without them", "[cli]") {
  const Folder folder;
  folder.write("d.yaml", R"(design: d
state: {kernel: {lit: bool, n: int 0..3}}
actors:
  plain: {life: kernel, in: old, code: lit = true}
  first: {code: lit = true, life: kernel, in: old}
  texts: {life: kernel, in: old, code: "n, lit = 1, true"}
  calls: {life: kernel, in: old, code: wait (n == 1)}
  block:
    code: |
      n, lit = 2, true
)");
  folder.write("w.txt", "w\nq\n");
  const Ran ran = folder.run("simulate d.yaml --script w.txt");
  INFO(ran.out << ran.err);
  for (const char* shown :
       {"d.yaml:4  lit = true\n", "d.yaml:5  lit = true\n", "d.yaml:6  n, lit = 1, true\n",
        "d.yaml:7  wait (n == 1)", "d.yaml:10  n, lit = 2, true\n"})
    CHECK(ran.out.find(shown) != std::string::npos);
  CHECK(ran.out.find('}') == std::string::npos);
}

}  // namespace luproof::command
