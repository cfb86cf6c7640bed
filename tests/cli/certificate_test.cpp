// SPDX-License-Identifier: GPL-2.0-or-later
// Certificates as somebody else gets them: written whole or not at all, accepted by cvc5 and z3,
// and refused when they are corrupted or of another design.
#include <iostream>

#include "command.h"

namespace {

using luproof::command::Folder;
using luproof::command::Ran;
using luproof::command::replaced;

const std::string kScript = std::string(LUPROOF_SOURCE_SPECS) + "/../scripts/check-certificate";

const std::string kDesign = R"(design: door
state:
  kernel:
    key: bool = false
    open: bool = false
events:
  put_in:
    when: "!key"
    do: key = true
  take_out:
    when: key && !open
    do: key = false
  open_it:
    when: key
    do: open = true
  shut_it:
    when: open
    do: open = false
properties:
  key-in: {never: "open && !key", because: The key is out of an open door.}
)";

bool installed(const std::string& solver) {
  if (std::system(("command -v " + solver + " >/dev/null").c_str()) == 0) return true;
  std::cerr << solver << " is not installed: its part of this test is skipped\n";
  return false;
}

int script(const Folder& folder, const std::string& arguments) {
  const int status = std::system(("cd '" + folder.path() + "' && '" + kScript + "' --luproof '" +
                                  LUPROOF_BINARY + "' " + arguments + " >script.txt 2>&1")
                                     .c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a certificate passes other people's solvers", "[cli]") {
  const Folder folder;
  folder.write("door.yaml", kDesign);
  const Ran ran = folder.run("check door.yaml --certificate door.smt2");
  CHECK(ran.status == 0);
  CHECK(ran.out.find("certificate: door.smt2") != std::string::npos);
  for (const std::string solver : {"cvc5", "z3"}) {
    if (!installed(solver)) continue;
    INFO(solver);
    CHECK(script(folder, "--solver " + solver + " --design door.yaml door.smt2") == 0);
  }
}

TEST_CASE("corrupted certificates and those of another design are refused", "[cli]") {
  const Folder folder;
  folder.write("door.yaml", kDesign);
  REQUIRE(folder.run("check door.yaml --certificate door.smt2").status == 0);
  const std::string good = Folder::read(folder.path() + "/door.smt2");
  REQUIRE(folder.run("certificate door.smt2 --design door.yaml").status == 0);

  const auto refused = [&](const std::string& text, bool by_itself) {
    folder.write("bad.smt2", text);
    CHECK(folder.run("certificate bad.smt2 --design door.yaml").status == 1);
    if (!by_itself) return;
    for (const std::string solver : {"cvc5", "z3"})
      if (installed(solver)) CHECK(script(folder, "--solver " + solver + " bad.smt2") == 1);
  };
  SECTION("a question is gone") { refused(replaced(good, "(check-sat)\n", ""), true); }
  SECTION("an obligation is gone") {
    const auto at = good.rfind("(echo "), end = good.find("(pop 1)\n", at);
    refused(good.substr(0, at) + good.substr(end + 8), true);
  }
  SECTION("what is asserted is gone") {
    refused(replaced(good, "(assert (not invariant))\n", ""), true);
  }
  SECTION("a transition is gone") {
    const auto at = good.find(" (and guard!0"), end = good.find("))", at);
    refused(good.substr(0, at) + good.substr(end + 2), false);
  }
  SECTION("a condition of a transition is stronger") {
    refused(
        replaced(good, "(define-fun guard!0 () Bool ", "(define-fun guard!0 () Bool (and false "),
        false);
  }
  SECTION("the head promises more") {
    refused(replaced(good, "; properties: key-in", "; properties: key-in, everything"), false);
  }
  SECTION("the design is another") {
    folder.write("door.yaml", replaced(kDesign, "when: key && !open", "when: key"));
    CHECK(folder.run("certificate door.smt2 --design door.yaml").status == 1);
    CHECK(script(folder, "--design door.yaml door.smt2") != 0);
  }
  SECTION("the reading is another: that is said, and not that the title is") {
    folder.write("two.yaml", replaced(kDesign, "design: door\n", "design: two\n") +
                                 "topology:\n  r: {kind: port, bdf: \"0000:00:1c.0\"}\n");
    const Ran ran = folder.run("certificate door.smt2 --design two.yaml");
    INFO(ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(ran.out.find(": line 2: ; design: door\n  the design gives: ; design: two\n") !=
          std::string::npos);
  }
  SECTION("it is no certificate") {
    folder.write("bad.smt2", "(check-sat)\n");
    CHECK(folder.run("certificate bad.smt2 --design door.yaml").status == 2);
  }
}

TEST_CASE("a clause that is weakened in word and deed is refused by the solvers", "[cli]") {
  const Folder folder;
  folder.write("door.yaml", kDesign);
  REQUIRE(folder.run("check door.yaml --certificate door.smt2").status == 0);
  const std::string good = Folder::read(folder.path() + "/door.smt2");
  // Its only clause now admits everything; the text stays one that luproof would write.
  const auto at = good.find("(define-fun clause!0"), end = good.find('\n', at);
  const std::string line = good.substr(at, end - at);
  const std::string weak = line.substr(0, line.find(") Bool ") + 7) + "true)";
  folder.write("bad.smt2", replaced(good, line, weak));
  for (const std::string solver : {"cvc5", "z3"}) {
    if (!installed(solver)) continue;
    INFO(solver);
    CHECK(script(folder, "--solver " + solver + " bad.smt2") == 1);
  }
}

TEST_CASE("nothing is written where nothing is proved, and never half a file", "[cli]") {
  const Folder folder;
  folder.write("open.yaml", replaced(kDesign, "when: key\n", "when: true\n"));
  const Ran ran = folder.run("check open.yaml --certificate open.smt2");
  CHECK(ran.status == 1);
  CHECK(ran.err.find("no certificate of door") != std::string::npos);
  CHECK(!std::filesystem::exists(folder.path() + "/open.smt2"));
  folder.write("door.yaml", kDesign);
  const Ran nowhere = folder.run("check door.yaml --certificate no/such/folder.smt2");
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("cannot write no/such/folder.smt2") != std::string::npos);
}

TEST_CASE("several readings need a folder for their certificates", "[cli]") {
  const Folder folder;
  folder.write("door.yaml", kDesign + "variants:\n  a: {about: one}\n  b: {about: two}\n");
  const Ran ran = folder.run("check door.yaml --certificate one.smt2");
  CHECK(ran.status == 2);
  CHECK(ran.err.find("name a folder") != std::string::npos);
  std::filesystem::create_directory(folder.path() + "/all");
  CHECK(folder.run("check door.yaml --certificate all/").status == 0);
  CHECK(std::filesystem::exists(folder.path() + "/all/door.a.smt2"));
  CHECK(std::filesystem::exists(folder.path() + "/all/door.b.smt2"));
}

TEST_CASE("why says the invariant in the words of the spec and whose condition it rests on",
          "[cli]") {
  const Folder folder;
  folder.write("door.yaml", kDesign);
  const Ran ran = folder.run("check door.yaml --why");
  CHECK(ran.status == 0);
  // By reasoning: the door is open only with the key in; taking it out of an open door and opening
  // without it are what two conditions forbid.
  const std::string wanted = R"(  why: key-in
    in every state, and no step leaves it:
    - while not key: not open
    rests on the conditions of
    * environment: take_out() (door.yaml:10) door.yaml:10
    * environment: open_it() (door.yaml:13) door.yaml:13
)";
  CHECK(ran.out.find(wanted) != std::string::npos);
  INFO(ran.out);
  CHECK(folder.run("check door.yaml --why --format json").out.find("\"while not key: not open\"") !=
        std::string::npos);
}
