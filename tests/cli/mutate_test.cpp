// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof mutate` as a user meets it, and the proof of its claims: the line is taken out of the
// file by an editor that knows nothing of the language, and `check` says what `mutate` said.
#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

// The lamp must not be lit while it is open: the door's lock guards it, or else `check`; `humming`
// guards nothing.
const char* const kLamp = R"spec(design: lamp
state:
  kernel: {lit: bool, open: bool, humming: bool}
locks: {door: mutex}
define:
  closed: {any: false}
  spare: {any: false}
extend:
  closed: not open
  spare: lit
procedures:
  light() -> errno: return 0
  open_it(): |
    with door:
      open = true
      open = false
  never_called(): lit = true
override:
  procedures.light:
    patch: "2"
    at: lamp.c:light
    code: |
      check closed else -EBUSY
      lit = true
      humming = true
      humming = false
      lit = false
      return 0
actors:
  a: {code: "with door: ignore light()"
}
  b: {code: open_it()}
properties:
  dark: {never: lit && open, because: Nobody looks into a lamp.}
)spec";

nlohmann::json reading(const Ran& ran) {
  INFO(ran.err);
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  REQUIRE(json.is_object());
  return json.at("readings").at(0);
}

std::map<std::string, std::string> verdicts(const Ran& ran) {
  std::map<std::string, std::string> all;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  REQUIRE(json.is_object());
  for (const auto& one : json.at("properties")) all[one.at("property")] = one.at("verdict");
  return all;
}

std::string with_line(const std::string& text, int line, const std::string& fresh) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) at = text.find('\n', at) + 1;
  std::string out = text;
  return out.replace(at, text.find('\n', at) - at, fresh);
}
std::string line_of(const std::string& text, int line) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) at = text.find('\n', at) + 1;
  return text.substr(at, text.find('\n', at) - at);
}

// The line as somebody with an editor would change it; "" where it takes more than one line.
std::string edited(const std::string& line, const nlohmann::json& row) {
  const std::size_t column = row.at("column").get<std::size_t>() - 1;
  const std::string text = row.at("text"), change = row.at("change");
  if (change == "left out" && text.rfind("extend ", 0) == 0)
    return line.find('{') == column + 1 || line.find_first_not_of(' ') != column ? "" : "#";
  if (change == "left out") {
    const bool single = line.compare(column, std::string::npos, text) == 0 ||
                        (text[0] == '@' && line.size() > column &&
                         text.compare(text.find(' ') + 1, std::string::npos, line, column) == 0);
    return single ? line.substr(0, column) + "pass" : "";
  }
  if (change != "taken as true" && change != "taken as false") return "";
  for (const char* before : {"if ", "where ", "when ", ": "}) {
    const std::size_t at = text.find(before);
    const std::string rest =
        at == std::string::npos ? text : text.substr(at + std::string(before).size());
    if (line.compare(column, rest.size(), rest) != 0) continue;
    return line.substr(0, column) + change.substr(9) + line.substr(column + rest.size());
  }
  return "";
}

// How many rows were held to what an editor and `check` say.
std::size_t confirm(const Folder& folder, const std::string& name, const std::string& text,
                    const std::string& options) {
  const auto before = verdicts(folder.run("check " + name + " --format json " + options));
  const auto rows = reading(folder.run("mutate " + name + " --format json " + options));
  std::size_t confirmed = 0;
  for (const auto& row : rows.at("changes")) {
    const std::string line = line_of(text, row.at("line"));
    const std::string fresh = edited(line, row);
    if (fresh.empty() || !row.at("not_told").get<std::string>().empty()) continue;
    INFO(row.dump() << "\n" << fresh);
    folder.write("changed.yaml", with_line(text, row.at("line"), fresh));
    std::map<std::string, std::string> expected = before;
    for (const auto& loss : row.at("needed_for"))
      expected[loss.at("property")] = loss.at("verdict");
    const Ran ran = folder.run("check changed.yaml --format json " + options);
    INFO(ran.err);
    const auto after = verdicts(ran);
    for (const auto& [property, verdict] : expected)
      if (before.count(property) && before.at(property) == "holds") {
        INFO(property);
        CHECK(after.count(property));
        if (after.count(property)) CHECK(after.at(property) == verdict);
      }
    ++confirmed;
  }
  return confirmed;
}

}  // namespace

TEST_CASE("a run of a changed line is shown again by mutate, under the change's own name",
          "[cli]") {
  const Folder folder;
  const std::string root = std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string();
  const std::string ask = "mutate docs/tutorial/first.yaml --variant with-ports --line 45";
  const Ran ran = folder.run(ask, root);
  CHECK(ran.out.find("VIOLATED vf-dma-continues") != std::string::npos);
  // The design as it is holds: `check` would show nothing of it.
  CHECK(ran.out.find("again: luproof check") == std::string::npos);
  CHECK(ran.out.find("again: luproof " + ask + "\n") != std::string::npos);
  std::set<std::string> heads;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("docs/tutorial/first.yaml:45:")) CHECK(heads.insert(line).second);
  CHECK(heads.size() == 4);
}

TEST_CASE("the report of what a lamp needs is the golden one", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  const Ran ran = folder.run("mutate lamp.yaml");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/mutate-lamp.txt"));
  const Ran side_by_side = folder.run("mutate lamp.yaml --jobs 3");
  CHECK(side_by_side.out == ran.out);
}

TEST_CASE("what is needed shows in check when an editor takes it away", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  CHECK(confirm(folder, "lamp.yaml", kLamp, "") >= 6);
}

TEST_CASE("one line of a design is tried with its run", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  const std::string text = kLamp;
  const auto line =
      1 +
      std::count(text.begin(), text.begin() + static_cast<long>(text.rfind("lit = false")), '\n');
  const Ran ran = folder.run("mutate lamp.yaml --line " + std::to_string(line));
  CHECK(ran.status == 0);
  CHECK(ran.out.find("VIOLATED dark") != std::string::npos);
  CHECK(ran.out.find("with door") == std::string::npos);  // another line
}

TEST_CASE("wrong input of mutate is told with status 2", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  CHECK(folder.run("mutate nowhere.yaml").status == 2);
  CHECK(folder.run("mutate lamp.yaml --variant none").status == 2);
  CHECK(folder.run("mutate lamp.yaml --only some").status == 2);
}

TEST_CASE("a search that is stopped is not told, and the status says so", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  const Ran ran = folder.run("mutate lamp.yaml --bound 1 --format json");
  CHECK(ran.status == 3);
}

TEST_CASE("a fault without a line is no need for it where the design may have it too", "[cli]") {
  const Folder folder;
  // What `count` does takes more steps than the bound; without its check `light` reads at once.
  folder.write("lamp.yaml",
               "design: lamp\ncite: x\nstate:\n  kernel: {lit: bool, n: int 0..9}\n"
               "  handover: {tok: bool}\n"
               "procedures:\n  light() -> errno: |\n    check n > 8 else -EBUSY\n"
               "    lit = received(tok)\n    return 0\n"
               "actors:\n  a: {code: ignore light()}\n"
               "  b:\n    code: |\n      n = 1\n      n = 2\n      n = 3\n      n = 4\n"
               "properties: {dark: {never: lit}}\n");
  const Ran ran = folder.run("mutate lamp.yaml --bound 2");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 3);
  CHECK(ran.out.find("absent-handover is violated then, and unknown without the change") !=
        std::string::npos);
  CHECK(ran.out.find(" needed: ") == std::string::npos);
}

TEST_CASE("the skips of the first VFIO series are load-bearing, one by one", "[cli][long]") {
  const Folder folder;
  const std::string path = LUPROOF_SOURCE_SPECS "/designs/vfio-rfc-v1.yaml";
  const std::string text = Folder::read(path);
  folder.write("vfio-rfc-v1.yaml", text);
  const std::string options = "--variant root-bus --specs " LUPROOF_SOURCE_SPECS;
  CHECK(confirm(folder, "vfio-rfc-v1.yaml", text, options) >= 50);

  const auto rows = reading(folder.run("mutate vfio-rfc-v1.yaml --format json " + options));
  const auto needed = [&](const std::string& begins) {
    for (const auto& row : rows.at("changes"))
      if (row.at("text").get<std::string>().rfind(begins, 0) == 0) {
        std::set<std::string> violated;
        for (const auto& loss : row.at("needed_for"))
          if (loss.at("verdict") == "violated") violated.insert(loss.at("property"));
        return violated;
      }
    FAIL("no change of " + begins);
    return std::set<std::string>();
  };
  // The skips of patches 10, 12 and 14, as the letter of the series gives their reasons.
  CHECK(needed("d.skip_kexec_clear_master = true") == std::set<std::string>{"vf-dma-continues"});
  CHECK(needed("first_open_keeps_master") == std::set<std::string>{"vf-dma-continues"});
  CHECK(needed("first_open_keeps_running") ==
        std::set<std::string>{"vf-dma-continues", "vf-reset"});
}

}  // namespace luproof
