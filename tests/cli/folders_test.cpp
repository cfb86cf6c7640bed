// SPDX-License-Identifier: GPL-2.0-or-later
// Where specs are found: the shipped ones, and those of LUPROOF_PATH.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/cli/command.h"

namespace {

using luproof::command::Folder;
using luproof::command::Ran;

class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  bool had_ = false;
  std::string before_;
};

void says(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

// `lamp` is a pack that no folder but `own` has.
constexpr const char* kLamp =
    "rules: lamp\nabout: A lamp.\nstate: {kernel: {lit: bool}}\n"
    "procedures:\n  switch_on(): lit = true\n"
    "properties:\n  dark:\n    never: lit\n    because: The lamp is lit.\n";
constexpr const char* kRoom =
    "design: room\nuse: [lamp]\nactors:\n  a: {code: switch_on()}\nexpect: {dark: violated}\n";

}  // namespace

TEST_CASE("packs of LUPROOF_PATH can be used from anywhere", "[cli][folders]") {
  const Folder folder;
  folder.write("own/rules/lamp.yaml", kLamp);
  folder.write("elsewhere/room.yaml", kRoom);
  const Ran without = folder.run("check elsewhere/room.yaml");
  CHECK(without.status == 2);
  says(without.err, "no file 'lamp.yaml' to use");
  says(without.err, "LUPROOF_PATH");
  const Environment path("LUPROOF_PATH",
                         folder.path() + "/nothing-in-it::" + folder.path() + "/own");
  folder.write("nothing-in-it/x", "");
  const Ran with = folder.run("check elsewhere/room.yaml");
  INFO(with.err);
  CHECK(with.status == 1);
  says(with.out, "VIOLATED dark");
  // A relative folder starts where luproof does.
  const Environment relative("LUPROOF_PATH", "own");
  CHECK(folder.run("check elsewhere/room.yaml").status == 1);
  CHECK(folder.run("check ../elsewhere/room.yaml", folder.path() + "/own").status == 2);
}

TEST_CASE("a pack of LUPROOF_PATH stands before the shipped one of its name", "[cli][folders]") {
  const Folder folder;
  folder.write("own/rules/kexec.yaml",
               "rules: kexec\nabout: Another.\nstate: {kernel: {mine: bool}}\n");
  folder.write("a.yaml", "design: a\nuse: [kexec]\nactors:\n  a: {code: mine = true}\n");
  CHECK(folder.run("show a.yaml --what lifecycle").status == 2);
  const Environment path("LUPROOF_PATH", "own");
  CHECK(folder.run("show a.yaml --what lifecycle").status == 0);
  // What stands beside the spec is nearer still.
  folder.write("rules/kexec.yaml", "rules: kexec\nabout: A third.\n");
  CHECK(folder.run("show a.yaml --what lifecycle").status == 2);
}

TEST_CASE("explain knows the packs of LUPROOF_PATH", "[cli][folders]") {
  const Folder folder;
  folder.write("own/rules/lamp.yaml", kLamp);
  folder.write("shipped/rules/room.yaml", "rules: room\nabout: A room.\n");
  folder.write("shipped/sources.yaml", "a-source: {title: A title}\n");
  CHECK(folder.run("explain switch_on --specs shipped").status == 2);
  const Environment path("LUPROOF_PATH", "own");
  const Ran ran = folder.run("explain switch_on --specs shipped");
  INFO(ran.err);
  CHECK(ran.status == 0);
  says(ran.out, "own/rules/lamp.yaml:5");
}

TEST_CASE("a folder of the environment that is none is an error", "[cli][folders]") {
  const Folder folder;
  folder.write("file", "");
  {
    const Environment path("LUPROOF_PATH", folder.path() + ":file:gone\x1b[31m");
    const Ran ran = folder.run("rules '" LUPROOF_SOURCE_SPECS "/rules'");
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    says(ran.err, "LUPROOF_PATH names 'file', which is no folder");
    says(ran.err, "LUPROOF_PATH names 'gone\\x1b[31m', which is no folder");
  }
  const Environment specs("LUPROOF_SPECS", "gone");
  const Ran ran = folder.run("rules '" LUPROOF_SOURCE_SPECS "/rules'");
  CHECK(ran.status == 2);
  says(ran.err, "LUPROOF_SPECS is 'gone', which is no folder");
  const Ran option = folder.run("explain kexec --specs gone");
  CHECK(option.status == 2);
  says(option.err, "--specs");
}

TEST_CASE("the version says what luproof is built of and where its specs are", "[cli][folders]") {
  const Folder folder;
  const Ran plain = folder.run("--version");
  CHECK(plain.status == 0);
  CHECK(plain.out.rfind("luproof ", 0) == 0);
  says(plain.out, "\ncompiler  ");
  says(plain.out, "\nZ3        4.");
  says(plain.out, "\nlibraries Boost 1.");
  says(plain.out, ", yaml-cpp ");
  folder.write("shipped/x", "");
  const Environment specs("LUPROOF_SPECS", folder.path() + "/shipped");
  const Environment path("LUPROOF_PATH", "shipped");
  const Ran ran = folder.run("--version");
  says(ran.out, "\nspecs     " + folder.path() + "/shipped (LUPROOF_SPECS)\n");
  says(ran.out, "\nown       shipped (LUPROOF_PATH)\n");
}
