// SPDX-License-Identifier: GPL-2.0-or-later
// --timeout and --memory end whatever takes too long, on input of strangers too: status 3, and
// nothing is said to hold that was not looked at (docs/security.md).
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"
#include "tests/cli/deep_design.h"

namespace luproof::command {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = fs::path(LUPROOF_TEST_DIR) / "..";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// More states than anybody can look at.
std::string endless(const std::string& name, int last) {
  std::string text = "design: " + name + "\ncite: x\nstate:\n  kernel:\n";
  std::string actors, far;
  for (int i = 0; i < 8; ++i) {
    const std::string c = "c" + std::to_string(i);
    text += "    " + c + ": int 0..40 = 0\n";
    actors += "  t" + std::to_string(i) + ":\n    code: |\n      forever:\n        if " + c +
              " < 40:\n          " + c + " = " + c + " + 1\n        else:\n          " + c +
              " = 0\n";
    far += (i ? " and " : "") + c + " == " + std::to_string(i == 7 ? last : 40 - i);
  }
  return text + "define: {\"counts()\": {expr: true, patch: 1}}\nactors:\n" + actors +
         "properties:\n  far: {never: \"" + far + "\"}\n" +
         "variants: {one: {}, two: {}}\nmatrix: {kernels: [one, two], expect: {}}\n";
}

}  // namespace

TEST_CASE("every command that searches keeps to its time and its memory", "[cli][hostile]") {
  const Folder folder;
  folder.write("big.yaml", endless("big", 33));
  folder.write("other.yaml", endless("other", 31));
  folder.write("far.txt", "run to far\n");
  struct Row {
    std::string arguments;
    bool memory = true;  // the solvers' own is not bounded at once
  };
  const std::vector<Row> rows = {
      {"check big.yaml --variant one"},
      {"check big.yaml --variant one --why"},
      {"check big.yaml --variant one --certificate proof.smt2"},
      {"check big.yaml --variant one --engine smt", false},
      {"check big.yaml --variant one --engine pdr", false},
      {"check big.yaml --variant one --then two"},
      {"ask big.yaml"},
      {"matrix big.yaml"},
      {"diff big.yaml other.yaml"},
      {"mutate big.yaml --variant one"},
      {"repair big.yaml --variant one"},
      {"check big.yaml --variant one --each-patch"},
      {"simulate big.yaml --variant one --script far.txt"},
      {"export big.yaml --to rv --variant one --watch c0"},
  };
  for (const Row& row : rows)
    for (const char* limit : {" --timeout 0.2", " --memory 1M"}) {
      if (!row.memory && limit[3] == 'm') continue;
      const Ran ran = folder.run(row.arguments + limit);
      INFO(row.arguments << limit << "\n" << ran.out << ran.err);
      CHECK(ran.status == 3);  // nothing is said to hold that was not looked at
      for (const char* claim : {"holds  ", "nothing to repair", "no property holds"})
        CHECK_FALSE(has(ran.out, claim));
    }
  for (const char* limit : {"--timeout 0.2", "--memory 1M", "--bound 3"}) {
    const Ran test = folder.run(std::string("test big.yaml ") + limit);
    INFO(limit << "\n" << test.out);
    CHECK(test.status == 3);
    CHECK(has(test.out, "open  big.yaml:one\n"));
    CHECK(has(test.out, "far: expected holds, found unknown"));
    CHECK(has(test.out, ": 0 ok, 0 failed, 0 wrong, "));
  }
  // This has a verdict of its own on what was not shown.
  const Ran lint = folder.run("lint big.yaml --timeout 0.2");
  CHECK((lint.status == 1 || lint.status == 3));
  // A task of a sweep has its status in its line.
  for (const char* limit : {"timeout: 0.2", "memory: 1M"}) {
    folder.write("plan.yaml", std::string("sweep: plan\nlimits: {") + limit +
                                  "}\ndesigns: [{file: big.yaml, variants: [one]}]\n");
    const Ran sweep = folder.run("sweep plan.yaml");
    INFO(limit << "\n" << sweep.out << sweep.err);
    CHECK(sweep.status == 0);
    CHECK(has(sweep.out, "\"status\":3"));
    CHECK_FALSE(has(sweep.out, "\"holds\""));
  }
}

TEST_CASE("what judges a machine, a capture or a run keeps to its time and its memory",
          "[cli][hostile]") {
  const Folder folder;
  const std::string run = folder.path() + "/run.json";
  folder.write("run.json",
               folder
                   .run("check docs/tutorial/first.yaml --variant endpoint-only --format json",
                        kRoot.string())
                   .out);
  for (const std::string& arguments :
       {std::string(
            "trace tests/captures/s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --keep all "
            "--design luo-handlers-7.3"),
        std::string("preflight --specs specs --topology tests/captures/rig61/before.lspci.zst "
                    "--keep all --design host-with-skips --variant with-adoption"),
        "explain " + run})
    for (const char* limit : {" --timeout 0.000001", " --memory 1K"}) {
      const Ran ran = folder.run(arguments + limit, kRoot.string());
      INFO(arguments << limit << "\n" << ran.out << ran.err);
      CHECK(ran.status == 3);
    }
}

TEST_CASE("what builds a design keeps to its time and its memory, and writes nothing then",
          "[cli][hostile]") {
  const Folder folder;
  const std::string design = (kRoot / "docs/tutorial/first.yaml").string();
  const std::string proof = folder.path() + "/proof.smt2";
  const std::string one = design + " --variant with-ports";
  REQUIRE(folder.run("check " + one + " --certificate " + proof, kRoot.string()).status == 0);
  std::vector<std::string> all = {"certificate " + proof + " --design " + design,
                                  "show " + one + " --what system -o written"};
  for (const char* target : {"promela", "murphi", "tla", "smt2", "aiger", "btor2", "dot"})
    all.push_back("export " + one + " -o written --to " + target);
  for (const std::string& arguments : all)
    for (const auto& [limit, name] :
         {std::pair{" --timeout 0.000001", "--timeout"}, std::pair{" --memory 1K", "--memory"}}) {
      const Ran ran = folder.run(arguments + limit);
      INFO(arguments << limit << "\n" << ran.out << ran.err);
      CHECK(ran.status == 3);
      CHECK(ran.out.empty());
      CHECK(has(ran.err, std::string("luproof: stopped by ") + name));
      CHECK_FALSE(fs::exists(folder.path() + "/written"));
    }
}

TEST_CASE("a grounding is ended in the middle of an expression", "[cli][hostile]") {
  const Folder folder;
  folder.write("deep.yaml", deep());
  for (const char* limit : {"--timeout 0.5", "--memory 2M"})
    for (const char* command :
         {"check deep.yaml ", "show deep.yaml --what system ", "export deep.yaml --to smt2 "}) {
      const Ran ran = folder.run(std::string(command) + limit);
      INFO(command << limit << "\n" << ran.out << ran.err);
      CHECK(ran.status == 3);
      CHECK_FALSE(has(ran.out, "holds  "));
    }
  // A capture is read before, and judging may take half as long again.
  const Ran trace =
      folder.run("trace '" + (kRoot / "tests/captures/s6-basic/new.boot.trace.txt.zst").string() +
                 "' --kernel 7.3.4 --keep all --design deep.yaml --timeout 2");
  INFO(trace.out << trace.err);
  CHECK(trace.status == 3);
  CHECK(has(trace.out, "the design was not built within the bound on timeout"));
}

TEST_CASE("a step of simulate is ended in the middle of an expression", "[cli][hostile]") {
  const Folder folder;
  folder.write("deep.yaml", deep());
  folder.write("first.txt", "list\nrun to far\n");
  const Ran random = folder.run("simulate deep.yaml --random --timeout 0.5");
  INFO(random.out << random.err);
  CHECK(random.status == 3);
  CHECK(has(random.err, "stopped by --timeout: the walk goes no further"));
  const Ran script = folder.run("simulate deep.yaml --script first.txt --timeout 0.5");
  INFO(script.out << script.err);
  CHECK(script.status == 3);
  CHECK(has(script.out, "stopped before this was answered"));
  CHECK_FALSE(has(script.out, "at all depths"));
}

TEST_CASE("no report affirms what a limit has kept from being looked at", "[cli][hostile]") {
  const Folder folder;
  folder.write("big.yaml", endless("big", 33));
  folder.write("other.yaml",
               endless("other", 33) + "assume: {early: {expr: \"c0 < 3\", because: x}}\n");
  struct Row {
    std::string arguments, format, says;
  };
  const std::vector<Row> rows = {
      {"mutate big.yaml --variant one", "text", "1: not known whether it is needed (1 change)"},
      {"mutate big.yaml --variant one", "markdown", "| patch 1 | not known whether it is needed"},
      {"check big.yaml --variant one --each-patch", "text",
       "no prefix of the series is known to break what holds without it"},
      {"check big.yaml --variant one --each-patch", "json", "\"worse_after\": []"},
      {"diff big.yaml other.yaml", "text", "no verdict is known to differ; not decided: "},
      {"diff big.yaml other.yaml", "text", "unknown whether it is needed: "},
      {"diff big.yaml other.yaml", "markdown", "No verdict is known to differ; not decided: "},
      {"diff big.yaml other.yaml", "json", "\"undecided\": ["},
      {"ask big.yaml", "text", "scope: NOT all depths"},
      {"ask big.yaml", "markdown", "scope: NOT all depths"},
      {"matrix big.yaml", "text", "scope: NOT all depths"},
      {"check big.yaml --variant one", "json", "\"verdict\": \"unknown\""},
      {"check big.yaml --variant one", "html", "unknown"},
      {"check big.yaml --variant one", "mail", "open: "},
  };
  for (const Row& row : rows)
    for (const char* limit : {" --memory 1K", " --memory 1M", " --timeout 0.05"}) {
      if (row.arguments.starts_with("mutate") && limit[3] == 't') continue;  // each has its own
      const Ran ran = folder.run(row.arguments + limit + " --format " + row.format);
      INFO(row.arguments << limit << "\n" << ran.out << ran.err);
      CHECK(ran.status == 3);
      CHECK(has(ran.out, row.says));
      for (const char* claim :
           {"not needed for any", "o verdict differs", " all depths,", "\"all depths,",
            "no prefix of the series breaks", "\"depth\": \"all\"", "hold everywhere"})
        if (!(std::string(claim) == " all depths," && has(ran.out, "NOT all depths,")))
          CHECK_FALSE(has(ran.out, claim));
    }
}

TEST_CASE("searches side by side share the memory", "[cli][hostile]") {
  const Folder folder;
  folder.write("big.yaml", endless("big", 33));
  const auto states = [&](const std::string& jobs) {
    const Ran ran = folder.run("test big.yaml --memory 64M --format json --jobs " + jobs);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 3);
    const auto all = nlohmann::json::parse(ran.out, nullptr, false);
    REQUIRE(all.is_object());
    return all.at("results").at(0).at("states").get<std::size_t>();
  };
  const std::size_t alone = states("1"), shared = states("2");
  CHECK(shared * 10 < alone * 9);
  CHECK(shared * 4 > alone);
}

TEST_CASE("a test that ran out of time goes on to no other file, and blames no rule",
          "[cli][hostile]") {
  const Folder folder;
  folder.write("big.yaml", endless("big", 33));
  folder.write("wrong.yaml", "design: [\n");
  Ran ran = folder.run("test big.yaml wrong.yaml --timeout 0.0001");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 3);
  CHECK(has(ran.out, "open  wrong.yaml\n"));
  ran = folder.run("test big.yaml --coverage --timeout 0.2");
  CHECK(ran.status == 3);
  CHECK_FALSE(has(ran.out, "not exercised"));
  CHECK(has(ran.out, "\nstopped: "));
  ran = folder.run("test big.yaml --removal --timeout 0.2");
  CHECK(ran.status == 3);
  CHECK(has(ran.out, "removal: not tried"));
}

TEST_CASE("where nobody says how much memory, it is 3/4 of the machine's", "[cli][hostile]") {
  const Folder folder;
  folder.write("big.yaml", endless("big", 33));
  folder.write("meminfo", "MemTotal:           8192 kB\n");
  folder.write("small", "#!/bin/sh\nmount --bind meminfo /proc/meminfo && exec \"$@\"\n");
  const auto run = [&](const std::string& arguments) {  // on a machine of 8 MiB
    const std::string command = "cd '" + folder.path() +
                                "' && unshare -rm sh small '" LUPROOF_BINARY "' " + arguments +
                                " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    return Ran{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
               Folder::read(folder.path() + "/out.txt"), Folder::read(folder.path() + "/err.txt")};
  };
  if (run("--version").status != 0) return;  // no name spaces here
  const std::string note =
      "luproof: stopped at 3/4 of this machine's memory (6 MiB); --memory SIZE says otherwise\n";
  const Ran usual = run("check big.yaml --variant one");
  INFO(usual.out << usual.err);
  CHECK(usual.status == 3);
  CHECK(has(usual.out, "stopped by memory"));
  CHECK(usual.err == note);
  CHECK(run("check big.yaml --variant one --memory 1M").err.empty());
  // An option that nobody gave ends nothing.
  folder.write("deep.yaml", deep());
  const Ran export_of = run("export deep.yaml --to smt2");
  CHECK(export_of.status == 3);
  CHECK(export_of.err == "luproof: stopped by memory: nothing is written\n" + note);
  // Without a limit it goes on, until the time is up.
  const Ran none = run("check big.yaml --variant one --memory 0 --timeout 1");
  CHECK(none.status == 3);
  CHECK(has(none.out, "stopped by timeout"));
  CHECK(none.err.empty());
}

}  // namespace luproof::command
