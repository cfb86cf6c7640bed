// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof test --coverage` and `--removal`, and `check --without`, as scripts meet them.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

// `turn_on` and `asks` decide the verdict; nobody would miss `shine`; nobody reaches `unused`.
const char* const kPack = R"spec(rules: lamp
environment: {rain: {about: it falls}}
state:
  kernel: {on: bool, shining: bool, wet: bool}
define:
  asks: on || not on
  open: {any: false}
  unused: on
events:
  turn_on: {do: on = true}
  shine: {do: shining = true}
  falls: {act: rain, when: on, do: wet = true}
procedures:
  press() -> errno: |
    check asks else -EIO
    turn_on()
    shine()
    return 0
properties:
  dark: {never: on}
  dry: {never: wet}
  never-violated: {never: shining && not on}
)spec";
const char* const kCase = R"spec(case: pressed
use: [lamp]
allow: [rain]
actors:
  a: {code: ignore press()}
expect:
  dark: violated
  dry: {verdict: violated, needs: [rain]}
)spec";

struct Folder {
  Folder() {
    char name[] = "/tmp/luproof-cover-XXXXXX";
    REQUIRE(mkdtemp(name));
    path = name;
    fs::create_directory(path / "rules");
    fs::create_directory(path / "cases");
    write("rules/lamp.yaml", kPack);
    write("cases/pressed.yaml", kCase);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(path / name, std::ios::binary).rdbuf();
    return text.str();
  }
  fs::path path;
};

struct Ran {
  int status = -1;
  std::string out, err;
  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

Ran run(const Folder& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.path.string() + "' && '" LUPROOF_BINARY "' " +
                              arguments + " --specs . >out.txt 2>err.txt";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, folder.read("out.txt"),
          folder.read("err.txt")};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

nlohmann::json row(const nlohmann::json& rows, const std::string& rule) {
  for (const auto& one : rows)
    if (one.at("rule") == rule) return one;
  FAIL("no row for " + rule);
  return {};
}

}  // namespace

TEST_CASE("a rule that no reading uses fails the coverage and is listed last", "[cli]") {
  const Folder folder;
  const Ran text = run(folder, "test . --coverage");
  CHECK(text.status == 1);
  const std::size_t missing = text.out.find("not exercised by any reading:\n");
  REQUIRE(missing != std::string::npos);
  CHECK(has(text.out.substr(missing), "lamp.unused"));
  CHECK(has(text.out.substr(missing), "lamp.open"));
  CHECK_FALSE(has(text.out.substr(missing), "lamp.press"));
  CHECK(has(text.out, "only ever true"));

  const Ran json = run(folder, "test . --coverage --format json");
  CHECK(json.status == 1);
  const auto rules = json.json().at("coverage").at("rules");
  CHECK(row(rules, "lamp.asks").at("values") == "true");
  CHECK(row(rules, "lamp.press").at("readings") == 1);
  CHECK(row(rules, "lamp.press").at("first") == "./cases/pressed.yaml");
  CHECK(row(rules, "lamp.rain").at("readings") == 1);
  CHECK(row(rules, "lamp.unused").at("readings") == 0);

  // The case alone: it is no pack, and its packs are not asked for.
  CHECK(run(folder, "test cases/pressed.yaml --coverage").status == 0);
  CHECK(run(folder, "test .").status == 0);
}

TEST_CASE("a rule that can go without anybody noticing fails the removal", "[cli]") {
  const Folder folder;
  const Ran ran = run(folder, "test . --removal --format json");
  CHECK(ran.status == 1);
  const auto rows = ran.json().at("removal");
  for (const char* noticed : {"lamp.asks", "lamp.turn_on", "lamp.falls", "lamp.press", "lamp.rain",
                              "lamp.dark", "lamp.dry"}) {
    INFO(noticed);
    CHECK(row(rows, noticed).at("noticed") == true);
    CHECK(row(rows, noticed).at("by") == "./cases/pressed.yaml");
  }
  CHECK(row(rows, "lamp.asks").at("as") == "false");
  CHECK(row(rows, "lamp.shine").at("noticed") == false);
  CHECK(row(rows, "lamp.shine").at("tried") == 1);
  CHECK(row(rows, "lamp.unused").at("noticed") == false);
  CHECK(row(rows, "lamp.unused").at("tried") == 0);  // who does not use it cannot notice
  CHECK(row(rows, "lamp.never-violated").at("noticed") == false);

  const Ran text = run(folder, "test . --removal");
  CHECK(text.status == 1);
  const std::size_t silent = text.out.find("no reading notices that these are gone:\n");
  REQUIRE(silent != std::string::npos);
  CHECK(has(text.out.substr(silent), "lamp.shine"));
  CHECK_FALSE(has(text.out.substr(silent), "lamp.turn_on"));
}

TEST_CASE("one rule is taken away alone, an unknown one is wrong input", "[cli]") {
  const Folder folder;
  const Ran one = run(folder, "test . --removal --rule lamp.turn_on");
  CHECK(one.status == 0);
  CHECK(has(one.out, "1 rule: 1 noticed, 0 not"));
  CHECK(run(folder, "test . --removal --rule lamp.shine").status == 1);
  const Ran unknown = run(folder, "test . --removal --rule lamp.shone");
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "did you mean 'lamp.shine'?"));
  CHECK(run(folder, "test . --rule lamp.shine").status == 2);
}

TEST_CASE("without time nothing is said of the rules that were not tried", "[cli]") {
  const Folder folder;
  const Ran ran = run(folder, "test . --removal --rule lamp.shine --timeout 0.000001");
  CHECK(ran.status != 0);
  CHECK_FALSE(has(ran.out, "1 noticed"));
}

// With the rule there are 961 states, without it 58,621.
TEST_CASE("a search that memory ended does not say that nobody notices", "[cli]") {
  const Folder folder;
  folder.write("capped.yaml", R"spec(design: capped
state:
  kernel: {a: int 0..60, b: int 0..60, c: int 0..60}
define:
  "capped()": {expr: "a >= 1"}
actors:
  ta:
    code: |
      forever:
        if not capped():
          a = a + 1
  tb:
    code: |
      forever:
        if b < 30:
          b = b + 1
  tc:
    code: |
      forever:
        if c < 30:
          c = c + 1
properties:
  low: {never: "a > 40"}
)spec");
  const std::string command =
      "test capped.yaml --removal --rule capped.capped --jobs 1 --format json --memory ";
  const Ran enough = run(folder, command + "64M");
  CHECK(row(enough.json().at("removal"), "capped.capped").at("noticed") == true);
  CHECK(enough.status == 0);
  const Ran cut = run(folder, command + "2M");
  const auto capped = row(cut.json().at("removal"), "capped.capped");
  CHECK(capped.at("noticed") == false);
  CHECK(capped.at("unfinished") == true);
  CHECK(cut.status == 3);
}

TEST_CASE("a verdict says which rules it was reached without", "[cli]") {
  const Folder folder;
  const Ran text = run(folder, "check cases/pressed.yaml --without lamp.turn_on --property dark");
  CHECK(text.status == 0);
  CHECK(has(text.out, "WITHOUT lamp.turn_on"));
  const Ran broken = run(folder, "check cases/pressed.yaml --without lamp.asks=true");
  CHECK(broken.status == 1);
  CHECK(has(broken.out, "--without lamp.asks=true"));  // in the command that shows it again
  const Ran json = run(folder, "check cases/pressed.yaml --without lamp.turn_on --format json");
  CHECK(json.json().at("properties").at(0).at("without").at(0) == "lamp.turn_on");
  CHECK(run(folder, "check cases/pressed.yaml --without lamp.nothing").status == 2);
  CHECK(run(folder, "check cases/pressed.yaml --without lamp.asks=maybe").status == 2);
  CHECK_FALSE(has(run(folder, "check cases/pressed.yaml").out, "WITHOUT"));
}
