// SPDX-License-Identifier: GPL-2.0-or-later
// Input of strangers: what docs/security.md promises of the whole tool, one row a promise. What a
// single reader promises is tested beside it.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "tests/cli/command.h"

namespace luproof::command {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Every free text of a spec, with what a terminal, a browser and an XML parser would obey.
std::string rude(const std::string& name) {
  const std::string evil = "\\e[31m<script>alert(1)</script>\\u202e\\u2028\\r\\n]]>-->\\\"'&";
  std::string text = R"spec(design: NAME
about: "aEVIL"
not-modelled: ["nEVIL"]
topology:
  pf0: {kind: pf, bdf: "0000:00:02.0", first_vf_offset: 128, vf_stride: 2, total_vfs: 2}
  vf0: {kind: vf, of: pf0, index: 0}
environment: {trouble: {about: "eEVIL", cite: "cEVIL", at-most: 1}}
allow: [trouble]
state:
  given: {lucky: bool = any}
  hardware: {function.bus_master: bool = true}
events:
  "clear(function d)": {about: "vEVIL", cite: "cEVIL", versions: "7.2+", do: d.bus_master = false}
procedures:
  "tidy(function d) -> errno":
    about: "pEVIL"
    cite: "cEVIL"
    symbol: no
    code: |
      may-fail trouble -> -EIO
      clear(d)
      return 0
actors:
  kernel:
    code: |
      for d in vf:
        ignore tidy(d)
      kexec
properties:
  kept: {for: v in vf, never: not v.bus_master and lucky, cite: "cEVIL", because: "bEVIL"}
variants:
  one: {about: "xEVIL"}
  two: {about: "yEVIL", override: {procedures.tidy: return 0}}
)spec";
  for (const auto& [word, by] : {std::pair<std::string, std::string>{"NAME", name}, {"EVIL", evil}})
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size())
      text.replace(at, word.size(), by);
  return text;
}

}  // namespace

TEST_CASE("no text of a spec is obeyed by a terminal, a browser or a reader of XML",
          "[cli][hostile]") {
  const Folder folder;
  folder.write("rude.yaml", rude("rude"));
  folder.write("other.yaml", rude("other"));
  const std::string all = rude("pack");
  folder.write("pack.yaml", "rules" + all.substr(6, all.find("variants:") - 6));
  folder.write("bad.yaml", rude("bad") + "\"k\\e[31m<script>\": \"v\\e[31m\"\n");
  struct Row {
    std::string arguments;
    int status;
    bool markup = false;  // < has a meaning in it
  };
  const std::vector<Row> rows = {
      {"check rude.yaml", 1},
      {"check rude.yaml --format mail", 1},
      {"check rude.yaml --format json", 1},
      {"check rude.yaml --format sarif", 1},
      {"check rude.yaml --format html", 1, true},
      {"check bad.yaml", 2},
      {"ask rude.yaml", 0},
      {"diff rude.yaml other.yaml", 0},
      {"diff rude.yaml other.yaml --format markdown", 0, true},
      {"rules pack.yaml", 0},
      {"rules pack.yaml --format markdown", 0, true},
      {"lint rude.yaml", 1},
      {"show rude.yaml --dot", 0},
      {"show rude.yaml --what system", 0},
      {"export rude.yaml --to promela --variant one", 0},
      {"export rude.yaml --to murphi --variant one", 0},
      {"export rude.yaml --to smt2 --variant one", 0},
      {"export rude.yaml --to dot --variant one", 0},
  };
  for (const Row& row : rows) {
    const Ran ran = folder.run(row.arguments);
    INFO(row.arguments << "\n" << ran.out << ran.err);
    CHECK(ran.status == row.status);
    const std::string said = ran.out + ran.err;
    CHECK(std::none_of(said.begin(), said.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
    }));
    CHECK_FALSE(has(said, "\u202e"));  // writes from right to left
    CHECK_FALSE(has(said, "\u2028"));  // ends a line
    for (std::size_t at = 0;
         row.markup && (at = said.find("<script>alert", at)) != std::string::npos; ++at)
      CHECK((at > 0 && said[at - 1] == '\\'));  // a backslash takes the meaning in Markdown
  }
}

TEST_CASE("a pack that is a link out of its folder is not used", "[cli][hostile]") {
  const Folder folder;
  folder.write("secret.txt", "password: hunter2\n\"");
  folder.write("mine/spec.yaml", "case: spec\nuse: [pack]\n");
  folder.write("mine/other.yaml", "case: other\nuse: [near]\n");
  folder.write("mine/rules/real.yaml", "rules: near\n");
  fs::create_symlink("../../secret.txt", folder.path() + "/mine/rules/pack.yaml");
  fs::create_symlink("real.yaml", folder.path() + "/mine/rules/near.yaml");
  const Ran ran = folder.run("check mine/spec.yaml");
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "mine/spec.yaml:2:7: error: 'pack.yaml' is a link out of "));
  CHECK_FALSE(has(ran.err, "hunter2"));
  folder.write("mine/direct.yaml", "case: direct\nuse: [beside]\n");
  fs::create_symlink("../secret.txt", folder.path() + "/mine/beside.yaml");
  const Ran here = folder.run("check direct.yaml", folder.path() + "/mine");
  CHECK(here.status == 2);
  CHECK(has(here.err, "direct.yaml:2:7: error: 'beside.yaml' is a link out of "));
  CHECK_FALSE(has(here.err, "is a link out of \n"));
  CHECK(folder.run("check mine/other.yaml").status == 0);  // one that stays is a file like others
  folder.write("mine/up.yaml", "case: up\nuse: [../secret, .., '/etc/passwd', 'a\\0b']\n");
  const Ran up = folder.run("check mine/up.yaml");
  CHECK(up.status == 2);
  CHECK(has(up.err, "no file '../secret.yaml' to use"));
}

TEST_CASE("a binding that is a link out of its folder is not used", "[cli][hostile]") {
  const Folder folder;
  const std::string lines = "model: pci-rules\nexistence: exists\nlines: []\n";
  folder.write("secret.txt", "password: hunter2\n\"");
  folder.write("mine/far.yaml", "bindings: far\nuse: [secret]\n" + lines);
  folder.write("mine/close.yaml", "bindings: close\nuse: [near]\n" + lines);
  folder.write("mine/deep/real.yaml", "bindings: near\n" + lines);
  fs::create_symlink("../secret.txt", folder.path() + "/mine/secret.yaml");
  fs::create_symlink("deep/real.yaml", folder.path() + "/mine/near.yaml");
  // As a package manager installs: every file is a link to one folder.
  fs::create_directory(folder.path() + "/installed");
  for (const char* name : {"close.yaml", "near.yaml"})
    fs::create_symlink("../mine/" + std::string(name), folder.path() + "/installed/" + name);
  folder.write("c.txt", "# tracer: nop\n");
  const auto run = [&](const std::string& binding) {
    return folder.run("trace c.txt --keep all --kernel 7.3.4 --binding " + binding);
  };
  const Ran ran = run("mine/far.yaml");
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "mine/far.yaml:2:6: error: 'secret.yaml' is a link out of mine"));
  CHECK_FALSE(has(ran.err, "hunter2"));
  const Ran here = folder.run("trace ../c.txt --keep all --kernel 7.3.4 --binding far.yaml",
                              folder.path() + "/mine");
  CHECK(here.status == 2);
  CHECK(has(here.err, "far.yaml:2:6: error: 'secret.yaml' is a link out of this folder"));
  for (const char* binding : {"mine/close.yaml", "installed/close.yaml"}) {
    const Ran fine = run(binding);
    INFO(binding << "\n" << fine.err);
    CHECK_FALSE(has(fine.err, ".yaml"));
  }
}

TEST_CASE("a dump of more functions than a design can be about is an error, or takes its size",
          "[cli][hostile]") {
  const Folder folder;
  std::string dump;
  for (int i = 0; i < 1100; ++i) {
    char head[40];
    std::snprintf(head, sizeof head, "%04x:%02x:%02x.0 Bridge\n", i / 8192, i / 32 % 256, i % 32);
    dump += head;
    for (const char* row : {"00", "10", "20", "30"})
      dump += std::string(row) + ": 86 80 86 80 00 00 00 00 00 00 00 00 00 00 00 00\n";
    dump += "\n";
  }
  folder.write("large.lspci", dump);
  folder.write("one.yaml", "case: one\nstate: {kernel: {function.on: bool}}\n");
  folder.write("two.yaml",
               "case: two\nstate: {kernel: {\"knows(function a, function b)\": bool}}\n");
  CHECK(folder.run("check one.yaml --topology large.lspci").status == 0);
  // Of one cell alone: 1,210,000.
  const Ran ran = folder.run("check two.yaml --topology large.lspci");
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "two.yaml:2:18: error: the cells hold more than 1,048,576 values"));
}

TEST_CASE("an expression of a binding has a bound of its own", "[cli][hostile]") {
  const Folder folder;
  folder.write("b.yaml",
               "bindings: x\nmodel: pci-rules\nexistence: exists\nlines:\n"
               "  - {message: '(((a{100}){100}){100}){100}', event: pcie_flr(d)}\n");
  folder.write("c.txt", "# tracer: nop\n");
  const Ran ran = folder.run("trace c.txt --keep all --kernel 7.3.4 --binding b.yaml");
  CHECK(ran.status == 2);
  CHECK(has(ran.err, "b.yaml:5:15: error: no regular expression: "));
}

TEST_CASE("lengths that a binary capture claims are believed only of bytes that are there",
          "[cli][hostile]") {
  const Folder folder;
  const std::string whole =
      Folder::read(fs::path(LUPROOF_TEST_DIR) / "../fuzz/corpus/dat/small.v6.dat");
  REQUIRE(whole.size() > 4096);
  // Terabytes, in every place of the headers where a length of eight bytes could stand.
  const std::string claim("\0\0\0\0\0\x10\0\0", 8);
  for (std::size_t at = 12; at < 400; at += 31) {
    std::string bytes = whole;
    bytes.replace(at, claim.size(), claim);
    folder.write("claims.dat", bytes);
    const Ran ran = folder.run("trace claims.dat --keep all");
    INFO("at " << at << "\n" << ran.err);
    CHECK((ran.status == 2 || ran.status == 3));
  }
}

}  // namespace luproof::command
