// SPDX-License-Identifier: GPL-2.0-or-later
// What luproof says of itself: --help, the manual, the completions of shells.
#include <catch2/catch.hpp>
#include <sstream>
#include <vector>

#include "tests/cli/command.h"

namespace {

using luproof::command::Folder;
using luproof::command::Ran;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

// The first words of a section's entries: those of luproof's help that are indented by two.
std::vector<std::string> entries(const std::string& help, const std::string& section) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : lines_of(help)) {
    if (line.rfind(section, 0) == 0) inside = true;
    if (line.empty()) inside = false;
    if (inside && line.size() > 2 && line[0] == ' ' && line[1] == ' ' && line[2] != ' ')
      found.push_back(line.substr(2, line.find_first_of(" ,", 2) - 2));
  }
  return found;
}

std::vector<std::string> commands(const Folder& folder) {
  return entries(folder.run("--help").out, "Commands");
}

std::string without(std::string text, char unwanted) {
  std::erase(text, unwanted);
  return text;
}

bool installed(const char* tool) {
  return std::system((std::string("command -v ") + tool + " >/dev/null 2>&1").c_str()) == 0;
}

// What bash offers for a line; the last word is the one that is being written.
std::string offered(const Folder& folder, const std::vector<std::string>& words) {
  std::string script = "source ./luproof.bash\nCOMP_WORDS=('" LUPROOF_BINARY "'";
  for (const std::string& word : words) script += " '" + word + "'";
  script += ")\nCOMP_CWORD=" + std::to_string(words.size()) +
            "\n_luproof\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  folder.write("ask.bash", script);
  const std::string command =
      "cd '" + folder.path() + "' && bash --norc ask.bash >offered.txt 2>err.txt";
  CHECK(std::system(command.c_str()) == 0);
  CHECK(Folder::read(folder.path() + "/err.txt").empty());
  return Folder::read(folder.path() + "/offered.txt");
}

}  // namespace

TEST_CASE("every help fits 100 columns and says how a command ends", "[cli][help]") {
  const Folder folder;
  const auto all = commands(folder);
  REQUIRE(all.size() >= 19);
  std::vector<std::string> helps = {folder.run("--help").out};
  for (const std::string& command : all) {
    const Ran ran = folder.run(command + " --help");
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    INFO(ran.out);
    CHECK(ran.out.find("Usage: luproof " + command) != std::string::npos);
    CHECK(ran.out.find("Exit status: 0") != std::string::npos);
    helps.push_back(ran.out);
  }
  for (const std::string& help : helps)
    for (const std::string& line : lines_of(help)) {
      INFO(line);
      CHECK(columns(line) <= 100);
    }
}

TEST_CASE("a command line without a command, or with none that there is, is wrong input",
          "[cli][help]") {
  const Folder folder;
  for (const char* line :
       {"", "chek", "check", "check x.yaml --frmat json", "rules . --format xml"}) {
    const Ran ran = folder.run(line);
    INFO(line << "\n" << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.rfind("luproof: ", 0) == 0);
    for (const std::string& one : lines_of(ran.err)) CHECK(columns(one) <= 100);
  }
  CHECK(folder.run("chek").err.find("did you mean 'check'?") != std::string::npos);
}

TEST_CASE("a wrong option names the help of its own command", "[cli][help]") {
  const Folder folder;
  for (const char* wrong : {"trace --format markdown x", "trace --frmat x"}) {
    const Ran ran = folder.run(wrong);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("hint: luproof trace --help lists its options") != std::string::npos);
  }
  CHECK(folder.run("--frmat").err.find("hint: luproof --help lists commands") != std::string::npos);
}

TEST_CASE("the manual has every command and every option, and is clean roff", "[cli][help]") {
  const Folder folder;
  std::filesystem::create_directory(folder.path() + "/man");
  REQUIRE(folder.run("man --write man").status == 0);
  const std::string overview = without(Folder::read(folder.path() + "/man/luproof.1"), '\\');
  for (const std::string& command : commands(folder)) {
    CHECK(overview.find(".BR luproof-" + command + " (1)") != std::string::npos);
    const std::string written = Folder::read(folder.path() + "/man/luproof-" + command + ".1");
    CHECK(folder.run("man " + command).out == written);
    const std::string page = without(written, '\\');
    for (const std::string& option : entries(folder.run(command + " --help").out, "Options")) {
      INFO(command << " " << option);
      CHECK(page.find("fB" + option + "fR") != std::string::npos);
    }
  }
  CHECK(folder.run("man chekc").status == 2);
  if (!installed("mandoc")) return;
  const std::string lint =
      "cd '" + folder.path() + "/man' && mandoc -T lint -W warning *.1 >../lint";
  const int status = std::system(lint.c_str());
  INFO(Folder::read(folder.path() + "/lint"));
  CHECK(status == 0);
}

TEST_CASE("bash completes commands, options, their values and variants", "[cli][help]") {
  const Folder folder;
  folder.write("luproof.bash", folder.run("completion bash").out);
  folder.write(
      "d.yaml",
      "design: d\nstate: {kernel: {n: bool}}\nproperties:\n  calm: {never: n, because: x}\n"
      "variants: {low: {about: a}, high: {about: b}}\n");
  CHECK(offered(folder, {"ch"}) == "check\n");
  CHECK(offered(folder, {"--ver"}) == "--version\n");
  CHECK(offered(folder, {"check", "--each"}) == "--each-patch\n");
  CHECK(offered(folder, {"check", "--format", ""}) == "text\njson\nmail\nhtml\nsarif\n");
  CHECK(offered(folder, {"check", "--format", "=", "j"}) == "json\n");
  CHECK(offered(folder, {"check", "d"}) == "d.yaml\n");
  CHECK(offered(folder, {"check", "d.yaml", "--variant", ""}) == "low\nhigh\n");
  CHECK(offered(folder, {"check", "d.yaml", "--variant", "h"}) == "high\n");
  CHECK(offered(folder, {"check", "d.yaml", "--property", ""}) == "calm\n");
  CHECK(offered(folder, {"check", "--timeout", ""}) == "\n");
  // Whatever --help names is offered.
  for (const std::string& command : commands(folder)) {
    const std::string all = "\n" + offered(folder, {command, "--"});
    for (const std::string& option : entries(folder.run(command + " --help").out, "Options"))
      if (option.rfind("--", 0) == 0) {
        INFO(command << " " << option);
        CHECK(all.find("\n" + option + "\n") != std::string::npos);
      }
  }
}

TEST_CASE("zsh and fish can read their completions", "[cli][help]") {
  const Folder folder;
  for (const char* shell : {"zsh", "fish"}) {
    const Ran ran = folder.run(std::string("completion ") + shell);
    CHECK(ran.status == 0);
    CHECK(ran.out.find("each-patch") != std::string::npos);
    folder.write("it", ran.out);
    if (!installed(shell)) continue;
    const std::string command = "cd '" + folder.path() + "' && " + shell + " -n it 2>err.txt";
    const int status = std::system(command.c_str());
    INFO(Folder::read(folder.path() + "/err.txt"));
    CHECK(status == 0);
  }
  CHECK(folder.run("completion csh").status == 2);
}
