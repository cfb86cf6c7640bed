// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof rules`: what the catalogue says of a pack written for it, and that docs/rules.md is it.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

const char* const kPack = R"(rules: small
about: A pack for this test
cite: [paper]
versions: 7.2+
status: spec-knowledge
use: [base]
state: {kernel: {n: bool}}
environment:
  power-fails: {about: The power fails, at-most: 1}
events:
  set_n: {about: Sets n, cite: mail, status: derived, versions: 6.19 to 7.0, do: n = true}
procedures:
  both(): |
    if not n:
      set_n()
    n = false
extend:
  fine: not n
properties:
  never-n: {never: n, because: n is bad.}
override:
  define.word: {expr: n, patch: "3", at: "a.c:f"}
)";

struct Packs {
  Packs() {
    folder.write("rules/base.yaml",
                 "rules: base\ncite: book\ndefine:\n  fine: {all: true, about: all is well}\n"
                 "  word: true\n  bars: true || true\n");
    folder.write("rules/small.yaml", kPack);
    folder.write("rules/alone.yaml", "rules: alone\ndefine: {x: true}\n");
    folder.write("designs/d.yaml", "design: d\nuse: [small]\n");
    folder.write("cases/c.yaml", "case: c\nuse: [d]\n");
  }
  Folder folder;
};

}  // namespace

TEST_CASE("the catalogue has each rule once, with its own facts before the file's", "[cli]") {
  const Packs packs;
  const Ran ran = packs.folder.run("rules . --format json");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  const auto out = nlohmann::json::parse(ran.out);
  CHECK(out.at("command") == "rules");
  std::map<std::string, nlohmann::json> rules;
  for (const auto& rule : out.at("rules")) CHECK(rules.emplace(rule.at("id"), rule).second);
  CHECK(rules.size() == 10);  // 3 of base, 6 of small, 1 of alone; n is a cell and no rule
  const auto& event = rules.at("small.set_n");
  CHECK(event.at("kind") == "event");
  CHECK(event.at("about") == "Sets n");
  CHECK(event.at("text") == "n = true");
  CHECK(event.at("cite") == nlohmann::json{"mail"});
  CHECK(event.at("status") == "derived");
  CHECK(event.at("versions") == "6.19 to 7.0");
  CHECK(event.at("file") == "rules/small.yaml");
  CHECK(event.at("line") == 11);
  const auto& procedure = rules.at("small.both");
  CHECK(procedure.at("kind") == "procedure");
  CHECK(procedure.at("text") == "if not n: set_n(); n = false");
  CHECK(procedure.at("cite") == nlohmann::json{"paper"});
  CHECK(procedure.at("status") == "spec-knowledge");
  CHECK(procedure.at("versions") == "7.2+");
  CHECK(rules.at("small.power-fails").at("kind") == "environment act");
  CHECK(rules.at("small.extend.fine").at("text") == "not n");
  CHECK(rules.at("small.never-n").at("about") == "n is bad.");
  CHECK(rules.at("small.override.define.word").at("text") == "n");
  CHECK(rules.at("base.fine").at("versions") == "");
}

TEST_CASE("a pack is used by what uses it through other files too, and packs do not count",
          "[cli]") {
  const Packs packs;
  const auto out = nlohmann::json::parse(packs.folder.run("rules . --format json").out);
  std::map<std::string, nlohmann::json> used;
  for (const auto& pack : out.at("packs")) used[pack.at("name")] = pack.at("used_by");
  CHECK(used.at("base") == nlohmann::json{"c", "d"});
  CHECK(used.at("small") == nlohmann::json{"c", "d"});
  CHECK(used.at("alone") == nlohmann::json::array());
}

TEST_CASE("a bar in a rule does not end a cell of the Markdown table", "[cli]") {
  const Packs packs;
  const Ran ran = packs.folder.run("rules . --format markdown");
  CHECK(ran.status == 0);
  CHECK(ran.out.find("| `base.bars` | definition | `true \\|\\| true` |") != std::string::npos);
}

TEST_CASE("a catalogue of no pack, or of a broken one, is an error", "[cli]") {
  const Folder folder;
  folder.write("only.yaml", "design: only\n");
  folder.write("broken.yaml", "rules: broken\nrulez: {}\n");
  const Ran none = folder.run("rules only.yaml");
  CHECK(none.status == 2);
  CHECK(none.err.find("no pack of rules") != std::string::npos);
  const Ran broken = folder.run("rules broken.yaml --format json");
  CHECK(broken.status == 2);
  CHECK(broken.out == "");
  CHECK(broken.err.find("unknown key 'rulez'") != std::string::npos);
}

TEST_CASE("docs/rules.md is the catalogue of the shipped packs", "[cli]") {
  const Folder folder;
  const std::filesystem::path root = std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path();
  const Ran ran = folder.run("rules specs --format markdown --specs specs", root.string());
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  INFO("docs/rules.md is out of date; run: scripts/rules");
  CHECK((ran.out == Folder::read(root / "docs/rules.md")));
}

TEST_CASE("what specs leave out is listed", "[cli][limits]") {
  const Folder folder;
  const std::filesystem::path root = std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path();
  const Ran ran = folder.run("rules specs --format limits --specs specs", root.string());
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("\nrules `kexec`:\n\n- kexec-jump and crash images\n") != std::string::npos);
}

TEST_CASE("the commands of docs/add-a-rule.md print what it says", "[cli]") {
  const Folder folder;
  const std::filesystem::path root = std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path();
  std::istringstream page(Folder::read(root / "docs/add-a-rule.md"));
  int commands = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("$ luproof ", 0) != 0) continue;
    const Ran ran = folder.run(line.substr(10), root.string());
    INFO(line << "\n" << ran.out << ran.err);
    CHECK(ran.status == 0);
    std::string expected;
    while (std::getline(page, line) && line.rfind("```", 0) != 0 && line != "  …")
      expected += line + "\n";
    CHECK(ran.out.rfind(expected, 0) == 0);
    ++commands;
  }
  CHECK(commands == 2);
}

}  // namespace luproof
