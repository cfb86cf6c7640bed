// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof lint`: each kind of finding is found where it is, and nowhere else.
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

// A folder with packs, cases and a list of sources.
struct Specs {
  Specs() {
    char name[] = "/tmp/luproof-lint-XXXXXX";
    REQUIRE(mkdtemp(name));
    path = name;
    for (const char* folder : {"rules", "designs", "cases", "questions"})
      fs::create_directory(path / folder);
    write("sources.yaml", "mail: {title: A mail}\n");
  }
  ~Specs() { fs::remove_all(path); }
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

struct Linted {
  int status = -1;
  std::string out, err;
  nlohmann::json json;

  // "kind file:line" of each finding, in order.
  std::vector<std::string> findings() const {
    std::vector<std::string> all;
    for (const auto& f : json.at("findings"))
      all.push_back(f.at("kind").get<std::string>() + " " + f.at("file").get<std::string>() + ":" +
                    std::to_string(f.at("line").get<int>()));
    return all;
  }
  std::string what(std::size_t i) const { return json.at("findings").at(i).at("what"); }
  std::string hint(std::size_t i) const { return json.at("findings").at(i).at("hint"); }
};

Linted lint(const Specs& specs, const std::string& arguments = ".") {
  Linted linted;
  for (const char* format : {"text", "json"}) {
    const std::string command = "cd '" + specs.path.string() +
                                "' && '" LUPROOF_BINARY "' lint --specs . --format " + format +
                                " " + arguments + " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (std::string(format) == "text") {
      linted = {code, specs.read("out.txt"), specs.read("err.txt"), {}};
    } else {
      CHECK(code == linted.status);
      linted.json = nlohmann::json::parse(specs.read("out.txt"), nullptr, false);
    }
  }
  INFO(linted.out << linted.err);
  return linted;
}

using Names = std::vector<std::string>;

// Everything in it is used, every condition is both, every event happens.
const char* const kLamp = R"spec(rules: lamp
cite: mail
state:
  kernel: {on: bool}
define:
  lit: on
events:
  turn_on: {do: on = true}
  turn_off: {do: on = false}
properties:
  possible-light: {possible: lit}
)spec";
const char* const kCase = R"spec(case: use
cite: mail
use: [lamp]
actors:
  a:
    code: |
      forever:
        if on:
          turn_off()
        else:
          turn_on()
)spec";

}  // namespace

TEST_CASE("lint says nothing of specs in which all is used", "[cli]") {
  const Specs specs;
  specs.write("rules/lamp.yaml", kLamp);
  specs.write("cases/use.yaml", kCase);
  const Linted linted = lint(specs);
  CHECK(linted.status == 0);
  CHECK(linted.findings() == Names{});
  CHECK(linted.out == "2 files, 1 reading: 0 findings\n");
  CHECK(linted.err == "");
}

TEST_CASE("lint finds an event that never happens, and says why", "[cli]") {
  const Specs specs;
  specs.write("rules/lamp.yaml", R"spec(rules: lamp
cite: mail
environment: {thunder: {about: it does}, rain: {about: it does}}
state:
  kernel: {on: bool}
events:
  turn_on: {do: on = true}
  never_called: {do: on = true}
  never_true: {when: on && not on, do: on = false}
  not_allowed: {act: thunder, when: on, do: on = false}
  allowed: {act: rain, when: on, do: on = false}
properties:
  light: {possible: on}
)spec");
  specs.write(
      "cases/use.yaml",
      "case: use\ncite: mail\nuse: [lamp]\nallow: [rain]\nactors:\n  a: {code: turn_on()}\n");
  const Linted linted = lint(specs);
  CHECK(linted.status == 1);
  REQUIRE(linted.findings() == Names{"dead-event rules/lamp.yaml:8", "dead-event rules/lamp.yaml:9",
                                     "dead-event rules/lamp.yaml:10"});
  CHECK(linted.hint(0) == "no code that a run reaches names it");
  CHECK(linted.hint(1) == "its 'when' is never true");
  CHECK(linted.hint(2) == "no spec says 'allow: [thunder]'");
}

TEST_CASE("lint finds conditions that never come out one way", "[cli]") {
  const Specs specs;
  specs.write("designs/use.yaml", R"spec(design: use
cite: mail
state:
  kernel: {on: bool, more: bool}
events:
  always: {when: on || not on, do: more = not more}
procedures:
  hook(): {hook: yes, code: pass}
  asked() -> errno: |
    check on else -EIO
    return 0
extend:
  "hook()": {when: on && not on, code: on = false}
actors:
  a:
    code: |
      on = true
      if on:
        ignore asked()
      if more:
        wait on
      hook()
      if not on:
        if more:
          pass
properties:
  p: {possible: more}
)spec");
  const Linted linted = lint(specs);
  CHECK(linted.status == 1);
  REQUIRE(linted.findings() ==
          Names{"constant-guard designs/use.yaml:6", "constant-guard designs/use.yaml:10",
                "constant-guard designs/use.yaml:13", "constant-guard designs/use.yaml:18",
                "constant-guard designs/use.yaml:21", "constant-guard designs/use.yaml:23"});
  CHECK(linted.what(0).find("'when of always' is never false") == 0);
  CHECK(linted.what(1).find("'check on else -EIO' is never false") == 0);
  CHECK(linted.what(2).find("'on && not on") == 0);
  CHECK(linted.what(2).find("is never true") != std::string::npos);
  CHECK(linted.what(3).find("'if on:' is never false") == 0);
  CHECK(linted.what(4).find("'wait on' is never false") == 0);
  CHECK(linted.what(5).find("'if not on:' is never true") == 0);  // and nobody gets behind it
}

TEST_CASE("a condition of a pack is judged by all specs that use it", "[cli]") {
  const Specs specs;
  specs.write("rules/lamp.yaml", R"spec(rules: lamp
cite: mail
state:
  kernel: {on: bool}
procedures:
  press(): |
    if on:
      on = false
    else:
      on = true
)spec");
  const std::string head = "\ncite: mail\nuse: [lamp]\nactors:\n  a:\n    code: |\n      press()\n";
  specs.write("cases/once.yaml", "case: once" + head);
  CHECK(lint(specs).findings() == Names{"constant-guard rules/lamp.yaml:7"});
  specs.write("cases/twice.yaml", "case: twice" + head + "      press()\n");
  CHECK(lint(specs).findings() == Names{});
  // The pack is not asked for, so it is not spoken of.
  CHECK(lint(specs, "cases/once.yaml").findings() == Names{});
}

TEST_CASE("lint finds what nothing uses", "[cli]") {
  const Specs specs;
  specs.write("cases/use.yaml", R"spec(case: use
cite: mail
kinds:
  colour: [red, green]
  shape: [round, square]
config:
  used: {type: bool, value: true}
  unused: {type: bool, value: true}
environment:
  rain: {about: nobody waits for it}
locks: {m: mutex, n: mutex}
state:
  kernel:
    on: bool
    nobody: bool
    written: shape
define:
  asked: on
  never_asked: on
procedures:
  result() -> errno: return 0
actors:
  a:
    code: |
      let seen = on
      let unseen = on
      let r = result()
      let s = result()
      with m:
        on = seen && used && r == 0
      written = round
properties:
  p: {possible: asked}
)spec");
  const Linted linted = lint(specs);
  CHECK(linted.status == 1);
  REQUIRE(linted.findings() == Names{"unused cases/use.yaml:4", "unused cases/use.yaml:8",
                                     "unused cases/use.yaml:10", "unused cases/use.yaml:11",
                                     "unused cases/use.yaml:15", "unused cases/use.yaml:16",
                                     "unused cases/use.yaml:19", "unused cases/use.yaml:26",
                                     "unused cases/use.yaml:28"});
  CHECK(linted.what(0) == "nothing uses the kind 'colour'");
  CHECK(linted.what(1) == "nothing uses the constant 'unused'");
  CHECK(linted.what(2) == "nothing uses the environment act 'rain'");
  CHECK(linted.what(3) == "nothing uses the lock 'n'");
  CHECK(linted.what(4) == "nothing uses the cell 'nobody'");
  CHECK(linted.what(5) == "the cell 'written' is written and never read");
  CHECK(linted.what(6) == "nothing uses the definition 'never_asked'");
  CHECK(linted.what(7) == "'let unseen = on' is never read");
  CHECK(linted.hint(8) == "write 'ignore' and the call if its result does not matter");
}

TEST_CASE("lint finds a property that has nothing to look at", "[cli]") {
  const Specs specs;
  specs.write("cases/use.yaml", R"spec(case: use
cite: mail
state:
  kernel: {on: bool}
entities: {lamp: {members: [l1]}}
claims:
  kept: {for: lamp l, level: light, from: on}
  never: {for: lamp l, level: dark, from: on && not on}
properties:
  bound: {for: l in claimed(light), never: not on}
  unbound: {for: l in claimed(dark), never: on}
  no-level: {for: l in claimed(other), never: on}
actors:
  a: {code: on = true}
)spec");
  const Linted linted = lint(specs);
  REQUIRE(linted.findings() ==
          Names{"idle-property cases/use.yaml:11", "idle-property cases/use.yaml:12"});
  CHECK(linted.hint(1) == "no claim has its level");
}

TEST_CASE("lint finds a choice whose alternatives change nothing", "[cli]") {
  const Specs specs;
  const std::string head = R"spec(question: q
cite: mail
choices:
  who: [core, driver]
  what: [more, less]
state:
  kernel: {on: bool, n: 0..3}
actors:
  a:
    code: |
)spec";
  const std::string tail = "properties:\n  p: {possible: on && n > 0}\n";
  specs.write("questions/q.yaml", head +
                                      "      on = true\n      if who == core:\n        n = 1\n"
                                      "      else:\n        n = 1\n      if what == more:\n"
                                      "        n = 3\n" +
                                      tail);
  // Which statement makes a visible step is a difference, so `who` has to share one.
  CHECK(lint(specs).findings() == Names{});
  specs.write("questions/q.yaml", head +
                                      "      on = who == core || who == driver\n      n = 1\n"
                                      "      if what == more:\n        n = 3\n" +
                                      tail);
  const Linted linted = lint(specs);
  REQUIRE(linted.findings() == Names{"idle-choice questions/q.yaml:4"});
  CHECK(linted.what(0).find("'who'") != std::string::npos);
}

TEST_CASE("lint finds rules without a source, and lists that do not agree", "[cli]") {
  const Specs specs;
  specs.write("sources.yaml", "mail: {title: A mail}\nbook: {title: A book}\n");
  specs.write("cases/use.yaml", R"spec(case: use
state:
  kernel: {on: bool}
define:
  sourced: {expr: on, cite: mail}
  rumour: not on
  wrong: {expr: on, cite: [mails]}
properties:
  p: {possible: sourced && rumour && wrong, cite: mail}
actors:
  a: {code: on = true}
)spec");
  const Linted linted = lint(specs);
  REQUIRE(linted.findings() == Names{"no-source cases/use.yaml:6",
                                     "unknown-source cases/use.yaml:7",
                                     "unused-source sources.yaml:2"});
  CHECK(linted.hint(1) == "did you mean 'mail'?");
  // One file is not all there is: what it does not cite may be cited elsewhere.
  CHECK(lint(specs, "cases/use.yaml").findings().size() == 2);
}

TEST_CASE("a pack that no spec uses is named, wrong input is status 2", "[cli]") {
  const Specs specs;
  specs.write("rules/lamp.yaml", kLamp);
  CHECK(lint(specs).findings() == Names{"unused-pack rules/lamp.yaml:1"});
  specs.write("rules/lamp.yaml", "rules: lamp\nnonsense: true\n");
  const Linted linted = lint(specs);
  CHECK(linted.status == 2);
  CHECK(linted.out == "");
  CHECK(linted.err.find("unknown key 'nonsense'") != std::string::npos);
  CHECK(lint(specs, "nowhere.yaml").status == 2);
}

TEST_CASE("what was not seen in full is not judged", "[cli]") {
  const Specs specs;
  specs.write("rules/lamp.yaml", kLamp);
  specs.write("cases/use.yaml", kCase);
  const Linted linted = lint(specs, ". --bound 0");
  CHECK(linted.status == 3);
  CHECK(linted.findings() == Names{});
  CHECK(linted.json.at("not_every_run_seen").size() == 1);
}
