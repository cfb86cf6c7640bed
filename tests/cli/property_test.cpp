// SPDX-License-Identifier: GPL-2.0-or-later
// `--property`: what is asked is answered, also what is built in.
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "report/facts.h"
#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;
using command::replaced;

// Who waits at the bar waits for ever; nothing is wrong but that.
const std::string kBar = R"(design: bar
state: {kernel: {open: bool, n: int 0..2, shut: bool}}
environment: {tick: {about: Time passes, at-most: 1}}
procedures:
  come_in(): {symbol: no, code: wait open}
events:
  turn: {act: tick, when: n == 0, do: n = 1}
actors:
  guest: {life: kernel, in: old, code: come_in()}
properties:
  low: {never: n == 2}
  even: {never: n == 1}
variants:
  quiet: {}
  late: {allow: [tick]}
)";

using Verdicts = std::map<std::string, std::string>;

Verdicts verdicts(const nlohmann::json& properties) {
  Verdicts all;
  for (const auto& one : properties) all[one.at("property")] = one.at("verdict");
  return all;
}

}  // namespace

// What holds in every state may do so because no run comes far.
TEST_CASE("a fault that nobody asked for is said beside the verdict", "[cli][property]") {
  const Folder folder;
  folder.write("short.yaml",
               "design: short\nstate: {kernel: {n: int 0..1, bad: bool}}\nactors:\n  a:\n"
               "    code: |\n      n = n + 1\n      n = n + 1\n      bad = true\n"
               "properties:\n  fine: {never: bad, because: Bad is bad.}\n");
  for (const char* form : {"text", "mail", "html", "sarif"}) {
    const Ran ran = folder.run("check short.yaml --property fine --format " + std::string(form));
    INFO(form);
    CHECK(ran.status == 0);
    std::string said = ran.out;  // a mail breaks lines where words end
    for (std::size_t at = 0; (at = said.find("\n  ", at)) != std::string::npos;)
      said.replace(at, 3, " ");
    CHECK(said.find("some runs end in out-of-range") != std::string::npos);
  }
  // Where it is asked for, it is a verdict.
  for (const char* names : {"", " --property fine --property out-of-range"}) {
    const Ran all = folder.run("check short.yaml" + std::string(names));
    CHECK(all.status == 1);
    CHECK(all.out.find("VIOLATED out-of-range") != std::string::npos);
    CHECK(all.out.find("some runs end in") == std::string::npos);
  }
}

TEST_CASE("a deadlock is looked for beside another property", "[cli][property]") {
  const Folder folder;
  folder.write("bar.yaml", kBar);
  const std::string both = " --property deadlock --property low";
  for (const auto& [engine, verdict] :
       std::vector<std::pair<std::string, std::string>>{{"auto", "violated"},
                                                        {"explorer", "violated"},
                                                        {"smt", "violated"},
                                                        {"pdr", "unknown"}}) {
    INFO(engine);
    const Ran ran =
        folder.run("check bar.yaml --variant quiet --format json --engine " + engine + both);
    CHECK(ran.status == (verdict == "violated" ? 1 : 3));
    CHECK(verdicts(nlohmann::json::parse(ran.out).at("properties")) ==
          Verdicts{{"low", "holds"}, {"deadlock", verdict}});
  }
  CHECK(folder.run("check bar.yaml --variant quiet --property low").status == 0);
  CHECK(folder.run("matrix bar.yaml" + both).status == 1);

  folder.write("plan.yaml", "sweep: s\ndesigns: [{file: bar.yaml, properties: [deadlock, low]}]\n");
  const Ran swept = folder.run("sweep plan.yaml");
  CHECK(verdicts(nlohmann::json::parse(swept.out.substr(0, swept.out.find('\n')))
                     .at("answer")
                     .at("properties")) == Verdicts{{"low", "holds"}, {"deadlock", "violated"}});
}

TEST_CASE("a built-in violation that is asked for gets an answer", "[cli][property]") {
  const Folder folder;
  folder.write("bar.yaml", kBar);
  const std::string ask = "check bar.yaml --variant late --property not-a-member";
  Ran ran = folder.run(ask);  // no step of the design removes anything
  CHECK(ran.status == 0);
  CHECK(ran.out.find("holds    not-a-member") != std::string::npos);

  folder.write("far.yaml", replaced(kBar, "n = 1", "n = n + 2"));
  ran = folder.run("check far.yaml --variant late --property out-of-range");
  CHECK(ran.status == 0);
  folder.write("far.yaml", replaced(kBar, "n = 1", "n = n + 3"));
  CHECK(folder.run("check far.yaml --variant late --property out-of-range").status == 1);
  // The second step violates: a search that does not come to it leaves that open.
  folder.write("far.yaml", replaced(replaced(kBar, "n == 0, do: n = 1", "true, do: n = n + 2"),
                                    "at-most: 1", "at-most: 2"));
  CHECK(folder.run("check far.yaml --variant late --property out-of-range").status == 1);
  ran = folder.run("check far.yaml --variant late --property out-of-range --bound 0");
  CHECK(ran.status == 3);
  CHECK(ran.out.find("unknown  out-of-range") != std::string::npos);
}

TEST_CASE("the hint for a property that there is not has deadlock in it", "[cli][property]") {
  const Folder folder;
  folder.write("bar.yaml", kBar);
  for (const char* command : {"check bar.yaml", "matrix bar.yaml", "repair bar.yaml"}) {
    INFO(command);
    Ran ran = folder.run(std::string(command) + " --property something");
    CHECK(ran.status == 2);
    CHECK(ran.err.find("known: deadlock, even, low") != std::string::npos);
    ran = folder.run(std::string(command) + " --property deadlok");
    CHECK(ran.err.find("did you mean 'deadlock'?") != std::string::npos);
  }
}

TEST_CASE("every built-in violation is in the description of the language", "[cli][property]") {
  const std::string page = Folder::read(LUPROOF_TEST_DIR "/../docs/language.md");
  for (const std::string& name : report::built_in_properties()) {
    INFO(name);
    CHECK(page.find("`" + name + "`") != std::string::npos);
  }
}

}  // namespace luproof
