// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof show --format svg`, and drawings of what nobody should draw.
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <set>
#include <vector>

#include "report/drawing.h"
#include "tests/cli/command.h"

namespace luproof::command {
namespace {

const std::string kRoot = std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string();

// Graphviz keeps what it allocates, so it draws in a process of its own.
report::Drawing drawn(const std::string& dot) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const report::Drawing made = report::draw(dot);
    const std::string text = (made.problem.empty() ? "+" + made.svg : "-" + made.problem);
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t wrote = write(ends[1], text.data() + at, text.size() - at);
      if (wrote <= 0) break;
      at += static_cast<std::size_t>(wrote);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE_FALSE(text.empty());
  return text.starts_with('+') ? report::Drawing{text.substr(1), ""}
                               : report::Drawing{"", text.substr(1)};
}

// The texts of a drawing in their order. Fails if tags do not close as they open, or if there is
// one that a drawing has no need of.
std::vector<std::string> texts_of(const std::string& svg) {
  static const std::set<std::string> kTags = {"svg",     "g",    "title",    "polygon",
                                              "ellipse", "path", "polyline", "text"};
  std::vector<std::string> open, texts;
  std::size_t at = 0;
  while (at < svg.size()) {
    const std::size_t tag = svg.find('<', at);
    const std::string between = svg.substr(at, tag == std::string::npos ? tag : tag - at);
    if (!open.empty() && open.back() == "text") texts.push_back(between);
    CHECK(between.find('>') == std::string::npos);
    if (tag == std::string::npos) break;
    const std::size_t end = svg.find('>', tag);
    REQUIRE(end != std::string::npos);
    const std::string inside = svg.substr(tag + 1, end - tag - 1);
    const bool closing = inside.starts_with("/"), empty = inside.ends_with("/");
    const std::string name =
        inside.substr(closing, inside.find_first_of(" \n/", closing) - closing);
    CAPTURE(inside);
    CHECK(kTags.count(name) == 1);
    CHECK_FALSE(std::regex_search(inside, std::regex("\\b(on\\w+|href|src|style)=")));
    if (closing) {
      REQUIRE_FALSE(open.empty());
      CHECK(open.back() == name);
      open.pop_back();
    } else if (!empty) {
      open.push_back(name);
    }
    at = end + 1;
  }
  CHECK(open.empty());
  return texts;
}

}  // namespace

TEST_CASE("the table of a topology says that a VF is of its PF, not below it", "[cli]") {
  const Folder folder;
  const Ran ran = folder.run("show docs/tutorial/first.yaml --what topology", kRoot);
  INFO(ran.out);
  CHECK(std::regex_search(ran.out, std::regex("\npf0 +pf +0000:01:00.0 +rp ")));
  CHECK(std::regex_search(ran.out, std::regex("\nvf0 +vf +0000:01:10.0 +VF of pf0 ")));
}

TEST_CASE("the time that a drawing has by itself is told", "[cli]") {
  CHECK(Folder().run("show --help").out.find("(default: 60 for a") != std::string::npos);
}

TEST_CASE("a topology is drawn as SVG with its functions", "[cli][show]") {
  const Folder folder;
  const Ran ran = folder.run("show docs/tutorial/first.yaml --format svg", kRoot);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(ran.out.starts_with("<svg "));
  const auto texts = texts_of(ran.out);
  const std::set<std::string> found(texts.begin(), texts.end());
  // A root port, a PF with one VF, and the line from the VF to its PF.
  CHECK(found ==
        std::set<std::string>{"rp 0000:00:1c.0", "pf0 0000:01:00.0", "vf0 0000:01:10.0", "PF"});
  CHECK(
      folder.run("show docs/tutorial/first.yaml --format svg -o " + folder.path() + "/a.svg", kRoot)
          .out.empty());
  CHECK(Folder::read(folder.path() + "/a.svg") == ran.out);
}

TEST_CASE("a life cycle is drawn as SVG: the golden texts", "[cli][show]") {
  const Folder folder;
  std::string found;
  for (const std::string& text : texts_of(
           folder.run("show docs/tutorial/first.yaml --what lifecycle --format svg", kRoot).out))
    found += text + "\n";
  CHECK(found == Folder::read(LUPROOF_TEST_DIR "/cli/golden/show-lifecycle.txt"));
}

TEST_CASE("dependencies are said and drawn up to the root bus", "[cli][show]") {
  const Folder folder;
  const std::string what = " --what dependencies";
  const std::string first = "show docs/tutorial/first.yaml" + what;
  CHECK(folder.run(first, kRoot).out ==
        "rp (0000:00:1c.0): on a root bus\n"
        "pf0 (0000:01:00.0): below rp\n"
        "vf0 (0000:01:10.0): VF of pf0, below rp\n");
  // Only what comes next is an edge: the VF is below the port because its PF is.
  const std::string dot = folder.run(first + " --dot", kRoot).out;
  CHECK(dot.find("n1 -> n0 [label=\"below\"]") != std::string::npos);
  CHECK(dot.find("n2 -> n1 [label=\"VF of\", style=dashed]") != std::string::npos);
  CHECK(dot.find("n2 -> n0") == std::string::npos);
  const auto texts = texts_of(folder.run(first + " --format svg --of vf0", kRoot).out);
  CHECK(std::set<std::string>(texts.begin(), texts.end()) ==
        std::set<std::string>{"rp 0000:00:1c.0", "pf0 0000:01:00.0", "vf0 0000:01:10.0", "VF of",
                              "below"});
}

TEST_CASE("--of leaves what a function hangs on and what hangs on it", "[cli][show]") {
  const Folder folder;
  folder.write("tree.yaml",
               "design: tree\ncite: linux-7.3.4\ntopology:\n"
               "  left: {kind: port, bdf: \"0000:00:01.0\", secondary: 1, subordinate: 2}\n"
               "  under: {kind: port, under: left, bdf: \"0000:01:00.0\", secondary: 2, "
               "subordinate: 2}\n"
               "  right: {kind: port, bdf: \"0000:00:02.0\", secondary: 3, subordinate: 3}\n"
               "  nic: {kind: pf, under: under, bdf: \"0000:02:00.0\", first_vf_offset: 1, "
               "vf_stride: 1, total_vfs: 2}\n"
               "  far: {kind: other, under: right, bdf: \"0000:03:00.0\"}\n"
               "  a: {kind: vf, of: nic, index: 0}\n"
               "  b: {kind: vf, of: nic, index: 1}\n");
  const auto shown = [&](const std::string& more) {
    const Ran ran = folder.run("show tree.yaml --what dependencies" + more);
    CAPTURE(more, ran.err);
    CHECK(ran.status == 0);
    return ran.out;
  };
  const std::string left = "left (0000:00:01.0): on a root bus\n",
                    under = "under (0000:01:00.0): below left\n",
                    nic = "nic (0000:02:00.0): below under, left\n",
                    a = "a (0000:02:00.1): VF of nic, below under, left\n",
                    b = "b (0000:02:00.2): VF of nic, below under, left\n";
  CHECK(shown(" --of a") == left + under + nic + a);  // and not its sibling
  CHECK(shown(" --of 02:00.0") == left + under + nic + a + b);
  CHECK(shown(" --of left") == shown(" --of under"));
  CHECK(shown(" --of right") ==
        "right (0000:00:02.0): on a root bus\n"
        "far (0000:03:00.0): below right\n");
  CHECK(shown("").find(b) != std::string::npos);
  const Ran none = folder.run("show tree.yaml --what dependencies --of nik");
  CHECK(none.status == 2);
  CHECK(none.err.find("there is no such function\n  hint: did you mean 'nic'?") !=
        std::string::npos);
  CHECK(folder.run("show tree.yaml --of nic").status == 2);
}

TEST_CASE("what a topology leaves open may hang on anything of its kind", "[cli][show]") {
  const Folder folder;
  folder.write("open.yaml",
               "design: open\ncite: linux-7.3.4\ntopology:\n"
               "  one: {kind: port, bdf: \"0000:00:01.0\", secondary: 1, subordinate: 1}\n"
               "  nic: {kind: pf, under: any, total_vfs: 1, first_vf_offset: 1, vf_stride: 1}\n"
               "  v0: {kind: vf, of: any, index: 0}\n");
  const Ran ran = folder.run("show open.yaml --what dependencies --of one");
  CAPTURE(ran.err);
  CHECK(ran.out ==
        "one (0000:00:01.0): on a root bus\n"
        "nic: below any port or none\n"
        "v0: VF of any PF\n");
  const std::string dot = folder.run("show open.yaml --what dependencies --dot").out;
  CHECK(dot.find("n1 -> any_port [label=\"below\"]") != std::string::npos);
  CHECK(dot.find("any_pf [label=\"any PF\"") != std::string::npos);
}

TEST_CASE("the functions of a dump hang on what its bridges say", "[cli][show]") {
  const Folder folder;
  const Ran ran = folder.run(
      "show --topology tests/captures/topology/igb4.lspci.zst --what dependencies --of "
      "0000:05:00.0",
      kRoot);
  CAPTURE(ran.err);
  CHECK(ran.out.rfind("0000:00:1c.2: on a root bus\n"
                      "0000:03:00.0: below 0000:00:1c.2\n"
                      "0000:04:00.0: below 0000:03:00.0, 0000:00:1c.2\n"
                      "0000:05:00.0: below 0000:04:00.0, 0000:03:00.0, 0000:00:1c.2\n",
                      0) == 0);
}

TEST_CASE("show refuses to draw what is a text", "[cli][show]") {
  const Folder folder;
  for (const char* what : {"system", "claims"})
    for (const char* form : {"--format svg", "--format dot", "--dot"}) {
      const Ran ran = folder.run(
          std::string("show docs/tutorial/first.yaml --what ") + what + " " + form, kRoot);
      CAPTURE(what, form);
      CHECK(ran.status == 2);
      CHECK(ran.err.find("is a text and no drawing") != std::string::npos);
    }
  CHECK(folder.run("show docs/tutorial/first.yaml --format dot", kRoot).out ==
        folder.run("show docs/tutorial/first.yaml --dot", kRoot).out);
}

TEST_CASE("labels of a drawing stay labels", "[cli][show]") {
  const auto texts = texts_of(drawn("digraph { a [label=\"</text><script>alert(1)</script>\"]; "
                                    "b [label=\"--> <!-- ]]> & \\\" ' \\\\N\"]; a -> b; }")
                                  .svg);
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
  CHECK(texts[1].find("&amp; &quot; &#39; \\N") != std::string::npos);
}

TEST_CASE("a drawing of too many things is refused with the number", "[cli][show]") {
  std::string dot = "digraph {\n";
  for (std::size_t i = 0; i <= report::kMostDrawn; ++i) dot += "n" + std::to_string(i) + ";\n";
  CHECK(drawn(dot + "}\n").problem ==
        "2,001 boxes and 0 lines are no picture: at most 2,000 and 8,000 are drawn");
  CHECK(drawn("digraph {").problem == "Graphviz cannot read what it should draw");
}

}  // namespace luproof::command
