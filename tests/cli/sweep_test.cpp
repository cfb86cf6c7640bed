// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof sweep` and `luproof merge`: the same table however a plan is cut up, and nothing that is
// not of one plan and one build in it.
#include <nlohmann/json.hpp>

#include "tests/cli/sweep_fixture.h"

namespace luproof {
namespace {

using command::Folder;
using command::Jars;
using command::Ran;
using command::replaced;
using command::without_hashes;
using Json = nlohmann::json;

std::string golden(const std::string& name) {
  return Folder::read(LUPROOF_TEST_DIR "/cli/golden/" + name);
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a plan's tasks are numbered in one order, and shards share them out", "[cli][sweep]") {
  const Jars jars;
  const Ran all = jars.run("sweep plan.yaml --list");
  INFO(all.err);
  CHECK(all.out == golden("sweep-list.txt"));
  CHECK(jars.run("sweep plan.yaml --count").out == "6\n");
  CHECK(jars.run("sweep plan.yaml --count --shard 2/4").out == "2\n");
  const std::string second = jars.run("sweep plan.yaml --list --shard 2/4").out;
  CHECK(second.starts_with("2\t"));
  CHECK(contains(second, "\n6\t"));
}

TEST_CASE("the table of shards is that of one process, byte for byte", "[cli][sweep]") {
  const Jars jars;
  jars.sweep("all.jsonl");
  for (const std::string i : {"3", "1", "2"})
    CHECK(jars.run("sweep plan.yaml --jobs 1 --shard " + i + "/3 -o part-" + i + ".jsonl").status ==
          0);
  for (const std::string format : {"text", "markdown", "json"}) {
    const Ran one = jars.run("merge all.jsonl --format " + format);
    const Ran many = jars.run(
        "merge part-2.jsonl part-3.jsonl part-1.jsonl --plan plan.yaml --format " + format);
    CHECK(one.status == 2);  // named.yaml cannot be put on the other machine
    CHECK(many.status == 2);
    CHECK(one.out == many.out);
    CHECK(without_hashes(one.out) == golden("sweep-merge." + format + ".txt"));
  }
}

TEST_CASE("a line of a result is what check and trace say, with time and memory", "[cli][sweep]") {
  const Jars jars;
  jars.sweep("all.jsonl");
  std::istringstream lines(jars.text("all.jsonl"));
  int violated = 0, traces = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json result = Json::parse(line);
    CHECK(result["sweep"] == "jars");
    CHECK(result["tasks"] == command::kTasks);
    CHECK(result["plan"].get<std::string>().size() == 64);
    CHECK(result["seconds"].is_number());
    CHECK(result["memory"] > 1'000'000);
    const Json& answer = result["answer"];
    traces += answer["command"] == "trace" && answer["verdict"] == "violates" &&
              answer["violations"][0]["function"] == "0000:01:10.0";
    if (result["name"] != "designs/jar.yaml:plain,lid=loose") continue;
    CHECK(answer["status"] == 1);
    for (const Json& property : answer["properties"])
      violated += property["property"] == "shut" && property["verdict"] == "violated";
  }
  CHECK(violated == 1);
  CHECK(traces == 1);
}

TEST_CASE("what is recorded is not run again, and a torn last line is", "[cli][sweep]") {
  const Jars jars;
  // One after the other: the last line is of the capture.
  REQUIRE(jars.run("sweep plan.yaml --jobs 1 -o all.jsonl").status == 0);
  const std::string whole = jars.text("all.jsonl");
  const std::string table = jars.run("merge all.jsonl").out;
  jars.sweep("all.jsonl");
  CHECK(jars.text("all.jsonl") == whole);

  const std::size_t torn = whole.size() - 10;
  jars.write("all.jsonl", whole.substr(0, torn));
  const Ran missing = jars.run("merge all.jsonl");
  CHECK(missing.status == 2);
  CHECK(contains(missing.err, "the last line has no end"));
  CHECK(contains(missing.out, "missing\n  "));
  const Ran again = jars.run("sweep plan.yaml -o all.jsonl");
  CHECK(again.status == 0);
  CHECK(contains(again.err, "the last line had no end and was taken away"));
  CHECK(jars.lines("all.jsonl") == command::kTasks);
  const std::size_t kept = whole.rfind('\n', torn) + 1;
  CHECK(jars.text("all.jsonl").substr(0, kept) == whole.substr(0, kept));
  CHECK(jars.run("merge all.jsonl").out == table);
}

TEST_CASE("tasks of other files are skipped with --resume", "[cli][sweep]") {
  const Jars jars;
  CHECK(jars.run("sweep plan.yaml --shard 1/2 -o first.jsonl").status == 0);
  CHECK(jars.run("sweep plan.yaml --count --resume first.jsonl").out == "3\n");
  CHECK(jars.run("sweep plan.yaml --resume first.jsonl -o rest.jsonl").status == 0);
  CHECK(jars.lines("rest.jsonl") == 3);
  CHECK_FALSE(contains(jars.run("merge first.jsonl rest.jsonl").out, "missing"));
}

TEST_CASE("tasks that are missing are told, by name where the plan is at hand", "[cli][sweep]") {
  const Jars jars;
  jars.write("plan.yaml",
             "sweep: jars\ndesigns: [{file: designs/jar.yaml, variants: glued}, {file: "
             "designs/named.yaml}]\n");
  CHECK(jars.run("sweep plan.yaml --shard 1/2 -o first.jsonl").status == 0);
  const Ran bare = jars.run("merge first.jsonl");
  CHECK(bare.status == 3);
  CHECK(contains(bare.out, "missing\n  2\n"));
  const Ran named = jars.run("merge first.jsonl --plan plan.yaml");
  CHECK(named.status == 3);
  CHECK(contains(named.out, "missing\n  2  designs/named.yaml\n"));
  CHECK(jars.run("sweep plan.yaml --shard 2/2 -o second.jsonl").status == 0);
  CHECK(jars.run("merge first.jsonl second.jsonl --plan plan.yaml").status == 0);
}

TEST_CASE("a sweep whose time is over keeps what it has and says that it is not all",
          "[cli][sweep]") {
  const Jars jars;
  const Ran early = jars.run("sweep plan.yaml -o all.jsonl --timeout 0.000001");
  CHECK(early.status == 3);
  CHECK(contains(early.err, "6 of 6 tasks not recorded"));
  CHECK(jars.lines("all.jsonl") == 0);
  jars.sweep("all.jsonl");
  CHECK(jars.lines("all.jsonl") == command::kTasks);
}

TEST_CASE("results of another plan, of other files or of another build are refused",
          "[cli][sweep]") {
  const Jars jars;
  jars.sweep("old.jsonl");
  const std::string old = jars.text("old.jsonl");
  jars.write("designs/shelf.yaml", command::kShelf + "# no word of it has changed\n");
  for (const char* use : {"-o old.jsonl", "--resume old.jsonl"}) {
    const Ran other = jars.run(std::string("sweep plan.yaml ") + use);
    CHECK(other.status == 2);
    CHECK(contains(other.err, "old.jsonl:1:1: error: this result is of the plan jars ("));
  }
  CHECK(jars.text("old.jsonl") == old);
  jars.sweep("new.jsonl");
  const Ran mixed = jars.run("merge old.jsonl new.jsonl");
  CHECK(mixed.status == 2);
  CHECK(contains(mixed.err, "new.jsonl:1:1: error: this result is of the plan jars ("));
  CHECK(contains(mixed.err, "and old.jsonl:1 is of jars ("));
  CHECK(jars.run("merge old.jsonl --plan plan.yaml").status == 2);

  std::string other = jars.text("new.jsonl");
  for (std::size_t at = 0; (at = other.find("\"build\":\"", at)) != std::string::npos; at += 9)
    other[at + 9] = other[at + 9] == '0' ? '1' : '0';
  jars.write("other.jsonl", other);
  const Ran builds = jars.run("merge new.jsonl other.jsonl");
  CHECK(builds.status == 2);
  CHECK(contains(builds.err, "this result is of luproof 0.1.0 (build "));
}

TEST_CASE("a task that was run twice has to have one answer", "[cli][sweep]") {
  const Jars jars;
  jars.sweep("all.jsonl");
  jars.sweep("twice.jsonl");
  CHECK(jars.run("merge all.jsonl twice.jsonl").out == jars.run("merge all.jsonl").out);
  jars.write("twice.jsonl", replaced(jars.text("twice.jsonl"), "\"verdict\":\"violated\"",
                                     "\"verdict\":\"holds\""));
  const Ran ran = jars.run("merge all.jsonl twice.jsonl");
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "has another answer here than at all.jsonl:"));
}

TEST_CASE("lines that are no results are errors with their place", "[cli][sweep]") {
  const Jars jars;
  jars.sweep("all.jsonl");
  const std::string good = jars.text("all.jsonl");
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"{\"sweep\": \"jars\"\n", "this is no JSON"},
      {"{\"a\": " + std::string(9'999, '[') + std::string(9'999, ']') + "}\n",
       "JSON nested more than 64 levels deep"},
      {"[]\n", "it is no object of JSON"},
      {"{}\n", "it has no text 'sweep'"},
      {std::string("\x1b[31m\n"), "this is no JSON"},
      {replaced(good, "\"tasks\":6", "\"tasks\":99999999"), "no plan has so many tasks"},
      {replaced(good, "\"tasks\":6", "\"tasks\":-6"), "it has no number 'tasks'"},
      {replaced(good, "\"plan\":\"", "\"plan\":\"x"), "its 'plan' is no hash"},
      {replaced(good, "\"status\":", "\"status\":7"), "its 'status' is none of 0 to 3"},
      {replaced(good, "\"properties\":[", "\"properties\":[1,"), "are no objects"},
      {replaced(good, "\"name\":\"", "\"name\":7,\"x\":\""), "it has no text 'name'"}};
  for (const auto& [text, message] : rows) {
    jars.write("bad.jsonl", text);
    const Ran ran = jars.run("merge bad.jsonl");
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, message));
    CHECK(contains(ran.err, "bad.jsonl:"));
    CHECK_FALSE(contains(ran.err, "\x1b"));
  }
  jars.write("bad.jsonl", "");
  CHECK(contains(jars.run("merge bad.jsonl").err, "there is no result in these files"));
  CHECK(jars.run("merge none.jsonl").status == 2);
}

TEST_CASE("one process at a time adds to a file", "[cli][sweep]") {
  const Jars jars;
  jars.write("held.sh", "exec flock all.jsonl '" LUPROOF_BINARY "' sweep plan.yaml -o all.jsonl\n");
  const int status = std::system(("cd '" + jars.path() + "' && sh held.sh 2>err").c_str());
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(contains(jars.text("err"), "another luproof adds to this file"));
}

TEST_CASE("a plan is read strictly", "[cli][sweep]") {
  struct Row {
    std::string plan, error;
  };
  const std::vector<Row> rows = {
      {"sweep: x\n", "plan.yaml:1:1: error: the plan asks nothing"},
      {"sweep: x\ndesign: []\n", "plan.yaml:2:1: error: unknown key 'design'"},
      {"designs: [{file: designs/jar.yaml}]\n", "'sweep:' is missing"},
      {"sweep: x\ndesigns: []\n", "plan.yaml:2:10: error: 'designs' is a list"},
      {"sweep: x\ndesigns: [{}]\n", "'file:' is missing"},
      {"sweep: x\ndesigns: [{file: designs/none*.yaml}]\n",
       "plan.yaml:2:18: error: there is no file 'designs/none*.yaml'"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, variants: [plane]}]\n",
       "plan.yaml:2:47: error: none of the designs has the variant 'plane'"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, properties: [shot]}]\n",
       "none of the designs has the property 'shot'"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, choices: {lid: [losse]}}]\n",
       "none of the designs has the open choice lid with 'losse'"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, choices: [lid]}]\n",
       "'choices' is all, or a map"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, vfs: [0]}]\n", "'0' is no number of VFs"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml, topologies: [none.lspci]}]\n",
       "there is no topology 'none.lspci'"},
      {"sweep: x\ndesigns: [{file: designs/jar.yaml}, {file: designs/jar.yaml}]\n",
       "plan.yaml:2:37: error: the task 'designs/jar.yaml:plain,lid=loose' is there twice"},
      {"sweep: x\nlimits: {timeout: soon}\ndesigns: [{file: designs/jar.yaml}]\n",
       "plan.yaml:2:19: error: 'timeout' is a number of seconds"},
      {"sweep: x\nlimits: {memory: much}\ndesigns: [{file: designs/jar.yaml}]\n",
       "plan.yaml:2:18: error: 'memory' is a size"},
      {"sweep: x\ncaptures: [{keep: all}]\n", "either the 'files' of one run, or a 'folder'"},
      {"sweep: x\ncaptures: [{folder: none}]\n", "there is no folder 'none'"},
      {"sweep: x\ncaptures: [{folder: designs, name: y}]\n", "'name' is of one run"},
      {"sweep: x\ncaptures: [{files: igb.trace, strict: perhaps}]\n", "'strict' is yes or no"},
      {"sweep: [x]\ndesigns: [{file: designs/jar.yaml}]\n", "'sweep' is a text"},
      {"sweep: !x y\n", "a YAML tag"},
  };
  const Jars jars;
  for (const Row& row : rows) {
    jars.write("plan.yaml", row.plan);
    const Ran ran = jars.run("sweep plan.yaml --count");
    INFO(row.plan);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, row.error));
  }
  jars.write("plan.yaml", command::kPlan);
  for (const char* shard : {"0/2", "3/2", "1", "1/2/3", "-1/2", "a/b", "1/0", ""})
    CHECK(jars.run("sweep plan.yaml --count --shard '" + std::string(shard) + "'").status == 2);
}

TEST_CASE("a plan names variants, alternatives and properties", "[cli][sweep]") {
  const Jars jars;
  jars.write("plan.yaml",
             "sweep: x\nvfs: [own]\ndesigns: [{file: designs/jar.yaml, variants: [plain], choices: "
             "{lid: tight}, properties: [shut]}]\n");
  CHECK(jars.run("sweep plan.yaml --list").out == "1\tdesigns/jar.yaml:plain,lid=tight\n");
  const Ran ran = jars.run("sweep plan.yaml");
  const Json properties = Json::parse(ran.out)["answer"]["properties"];
  CHECK(properties.size() == 1);
  CHECK(properties[0]["property"] == "shut");
  CHECK(properties[0]["verdict"] == "holds");
}

TEST_CASE("where a plan lies, and where it is started, changes nothing", "[cli][sweep]") {
  const Jars jars;
  jars.sweep("all.jsonl");
  const Jars elsewhere;
  const std::string file = elsewhere.path() + "/all.jsonl";
  CHECK(elsewhere.run("sweep '" + elsewhere.path() + "/plan.yaml' -o '" + file + "'", "/").status ==
        0);
  CHECK(elsewhere.run("merge all.jsonl").out == jars.run("merge all.jsonl").out);
}

}  // namespace luproof
