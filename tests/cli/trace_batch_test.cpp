// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof trace FOLDER` and what a CI does with it: forms of the report, exit statuses, baselines.
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/command.h"
#include "tests/cli/schema.h"

namespace luproof::command {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kCaptures = fs::path(LUPROOF_TEST_DIR) / "captures";

// A folder of captures as a job leaves it, below `ci` of a folder of the test.
class Job : public Folder {
 public:
  const Job& put(const std::string& capture, const std::string& name) const {
    write("ci/" + name, read(kCaptures / capture));
    return *this;
  }
  const Job& all() const {
    put("s1/igb-kprobe.trace.txt", "igb/enable.trace.txt");
    put("topology/igb4.lspci.zst", "igb/enable.before.lspci.zst");
    put("s1/igb-kprobe.stats.txt", "igb/enable.stats.txt");
    put("s3/new.bootmap.trace.txt", "kexec/old.trace.txt");
    put("s3/new.boot.trace.txt", "kexec/new.trace.txt");
    put("topology/igb4-nvme7.lspci.zst", "kexec/before.lspci.zst");
    put("topology/after-kexec.lspci.zst", "kexec/after.lspci.zst");
    put("s7lost/pipe.trace_pipe.txt.zst", "slow.trace_pipe.txt.zst");
    put("topology/igb4.lspci.zst", "slow.lspci.zst");
    write("ci/broken.trace", "this is <no> \"capture\" & has \x01 in it\n");
    write("ci/README.md", "What is recorded here.\n");
    write("ci/manifest/captures.yaml",
          "- {captures: ../igb/enable.trace.txt, name: nothing kept, keep: []}\n");
    return *this;
  }
  Ran trace(const std::string& arguments) const { return run("trace " + arguments); }
  Json json(const std::string& arguments) const {
    return Json::parse(trace(arguments + " --format json").out);
  }
};

std::string golden(const std::string& name) {
  return Folder::read(std::string(LUPROOF_TEST_DIR) + "/cli/golden/" + name);
}

// Times differ from run to run, and what a single report says is held to golden files of its own:
// of such a text the first line is left here.
std::string short_xml(std::string text) {
  static const std::regex kTime("time=\"[0-9.]+\"");
  text = std::regex_replace(text, kTime, "time=\"0\"");
  for (const std::string end : {"</failure>", "</error>", "</system-out>"})
    for (std::size_t at = 0; (at = text.find(end, at)) != std::string::npos; at += end.size()) {
      const std::size_t begin = text.rfind("\">", at), plain = text.rfind("<system-out>", at);
      const std::size_t start = end == "</system-out>" ? plain : begin;
      const std::size_t line = text.find('\n', start);
      if (line >= at || text.find("not judged: ", start) < at) continue;
      text.erase(line, at - line);
      at = line;
    }
  return text;
}

// Of each run what a CI looks at.
std::string short_json(const std::string& text) {
  nlohmann::ordered_json all = nlohmann::ordered_json::parse(text);
  for (auto& run : all["runs"]) {
    nlohmann::ordered_json shortened;
    for (const char* key : {"command", "verdict", "property", "function", "file", "line", "reason",
                            "name", "captures", "status", "errors"})
      if (run.contains(key)) shortened[key] = run[key];
    run = shortened;
  }
  return all.dump(2) + "\n";
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const Json& run_named(const Json& all, const std::string& name) {
  for (const Json& run : all["runs"])
    if (run["name"] == name) return run;
  FAIL("no run " << name);
  return all;
}

constexpr const char* kIgb =
    "igb/enable.trace.txt --topology igb/enable.before.lspci.zst --keep 0000:01:10.0";

}  // namespace

TEST_CASE("reports of a folder are those that were read and found good", "[cli][batch]") {
  const Job job;
  job.all();
  const Ran ran = job.trace("ci --keep all");
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "broken.trace: error: "));
  CHECK(ran.out == golden("trace-batch.txt"));
  CHECK(short_json(job.trace("ci --keep all --format json").out) == golden("trace-batch.json"));
  CHECK(short_xml(job.trace("ci --keep all --format junit").out) == golden("trace-batch.xml"));
}

TEST_CASE("a table of runs fits 100 columns, whatever their names", "[cli][batch]") {
  const Job job;
  job.all();
  const std::string longest = std::string(120, 'n') + "/" + std::string(120, 'c') + ".trace";
  job.put("s1/igb-kprobe.trace.txt", longest);
  std::istringstream lines(job.trace("ci --keep all").out);
  // The last line is the command that repeats it.
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("luproof trace ")) CHECK(line.size() <= 100);
}

TEST_CASE("JSON of a folder and of one capture are as their schemas say", "[cli][batch]") {
  const Job job;
  job.all();
  job.trace(
      "ci/kexec/old.trace.txt --topology ci/kexec/before.lspci.zst --keep all "
      "--write-baseline known.yaml --today 2026-12-01");
  for (const char* more : {"", " --baseline known.yaml --today 2026-12-01"}) {
    CHECK(
        Schema("trace-batch.schema.json").problems(job.json(std::string("ci --keep all") + more)) ==
        std::vector<std::string>{});
    CHECK(Schema("trace.schema.json")
              .problems(job.json("ci/kexec/old.trace.txt --topology ci/kexec/before.lspci.zst "
                                 "--keep all --coverage" +
                                 std::string(more))) == std::vector<std::string>{});
  }
}

TEST_CASE("a schema test would notice a field that is missing or of another type", "[cli][batch]") {
  const Schema schema("trace-batch.schema.json");
  CHECK_FALSE(schema.problems(Json{{"command", "trace"}}).empty());
  const Json good{{"command", "trace"},
                  {"runs", Json::array()},
                  {"skipped", Json::array()},
                  {"notes", Json::array()},
                  {"summary",
                   {{"runs", 0},
                    {"violates", 0},
                    {"unexplained", 0},
                    {"wrong", 0},
                    {"inconclusive", 0},
                    {"known", 0},
                    {"conforms", 0},
                    {"status", 0}}}};
  CHECK(schema.problems(good).empty());
  Json bad = good;
  bad["summary"]["status"] = 4;
  CHECK_FALSE(schema.problems(bad).empty());
  bad = good;
  bad["runs"].push_back({{"command", "trace"}, {"verdict", nullptr}});
  CHECK_FALSE(schema.problems(bad).empty());
}

TEST_CASE("a run of a folder says what it would say alone", "[cli][batch]") {
  const Job job;
  job.all();
  Json in_folder = run_named(job.json("ci --keep all"), "kexec");
  const Json alone = job.json(
      "ci/kexec/old.trace.txt ci/kexec/new.trace.txt --topology ci/kexec/before.lspci.zst "
      "--keep all");
  for (const char* own : {"name", "captures", "status", "seconds"}) in_folder.erase(own);
  CHECK(in_folder == alone);
}

TEST_CASE("wrong input decides the status of a folder, then violations, then doubt",
          "[cli][batch]") {
  const Job job;
  CHECK(job.put("s1/igb-kprobe.trace.txt", "good.trace").trace("ci").status == 0);
  job.put("s7lost/pipe.trace_pipe.txt.zst", "lossy.trace.zst");
  CHECK(job.trace("ci").status == 3);
  CHECK(job.trace("ci --inconclusive fail").status == 1);
  job.write("ci/kept/captures.yaml",
            "- {captures: ../good.trace, keep: \"0000:01:10.0\", name: kept}\n");
  CHECK(job.trace("ci").status == 1);
  job.write("ci/empty.trace", "");
  CHECK(job.trace("ci").status == 2);
  CHECK(job.trace("ci --inconclusive fail").status == 2);
}

TEST_CASE("the status of one capture follows --inconclusive too", "[cli][batch]") {
  const Job job;
  job.all();
  CHECK(job.trace("ci/slow.trace_pipe.txt.zst --inconclusive fail").status == 1);
  CHECK(job.trace("ci/slow.trace_pipe.txt.zst --inconclusive skip").status == 3);
  CHECK(job.trace("ci/slow.trace_pipe.txt.zst --inconclusive pass").status == 2);
}

TEST_CASE("JUnit: violated is a failure, wrong an error, inconclusive skipped with its reason",
          "[cli][batch]") {
  const Job job;
  job.all();
  const std::string single = job.run(std::string("trace ") + kIgb + " --format junit",
                                     (fs::path(job.path()) / "ci").string())
                                 .out;
  CHECK(short_xml(single) == golden("trace-violates.xml"));
  const Ran lossy = job.trace("ci/slow.trace_pipe.txt.zst --format junit");
  CHECK(contains(lossy.out, "failures=\"0\" errors=\"0\" skipped=\"1\""));
  CHECK(contains(lossy.out, "<skipped message=\""));
  const Ran failing = job.trace("ci/slow.trace_pipe.txt.zst --format junit --inconclusive fail");
  CHECK(contains(failing.out, "failures=\"1\" errors=\"0\" skipped=\"0\""));
  const Ran wrong = job.trace("ci/broken.trace --format junit");
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.out, "failures=\"0\" errors=\"1\" skipped=\"0\""));
}

TEST_CASE("XML has no character that a capture could break it with", "[cli][batch]") {
  const Job job;
  // A marker, which any user may write, in the line that decides; not UTF-8, and U+FFFE.
  job.write("ci/<&\"'>\x01.trace",
            "  evil-1     [000] .....     1.000000: tracing_mark_write: ]]></failure>\x1b[31m\xff\n"
            "  <&\"]]>-7   [000] .....     1.000001: pci_clear_master: (pci_clear_master+0x4/0x40) "
            "dev=\"0000:01:10.0\" x=\"\xef\xbf\xbe]]></failure>\x07\"\n");
  job.put("topology/igb4.lspci.zst", "before.lspci.zst");
  const Ran ran = job.trace("ci --keep 0000:01:10.0 --format junit");
  CHECK(ran.status == 1);
  for (const char c : ran.out) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK_FALSE(contains(ran.out, "]]></failure>"));
  CHECK_FALSE(contains(ran.out, "\xef\xbf\xbe"));
  CHECK_FALSE(contains(ran.out, "\xff"));
  CHECK(contains(ran.out, "name=\"&lt;&amp;&quot;'&gt;\\x01.trace\""));
  // Every < begins one of the elements that are ours.
  static const std::regex kElement(
      "</?(testsuites|testsuite|testcase|failure|error|system-out)[ >/]|<skipped |<\\?xml ");
  const auto begin = std::sregex_iterator(ran.out.begin(), ran.out.end(), kElement);
  CHECK(std::distance(begin, std::sregex_iterator()) ==
        std::count(ran.out.begin(), ran.out.end(), '<'));
}

TEST_CASE("a baseline that was written makes everything that is seen known", "[cli][batch]") {
  const Job job;
  job.all();
  const std::string kept = std::string(kIgb) + " --probes probes.txt --today 2026-12-01";
  const std::string folder = (fs::path(job.path()) / "ci").string();
  job.write("ci/probes.txt", "p:pci/flr pcie_flr dev=dev->dev.kobj.name:string\n");
  const auto trace = [&](const std::string& more) {
    return job.run("trace " + kept + more, folder);
  };
  const Ran none = trace(" --baseline known.yaml");
  CHECK(none.status == 2);
  CHECK(contains(none.err, "--baseline known.yaml: there is no such file"));
  CHECK(contains(none.err, "--write-baseline known.yaml instead writes a first one"));
  CHECK(trace(" --write-baseline known.yaml").status == 1);  // writing is no judging
  const Ran known = trace(" --baseline known.yaml");
  CHECK(known.status == 0);
  CHECK(known.out.substr(0, known.out.find("\n\nWhat")) == golden("trace-known.txt"));
  CHECK(contains(trace(" --baseline known.yaml --format junit").out, "failures=\"0\""));
  // After half a year somebody has to look again.
  const Ran later =
      job.run("trace " + std::string(kIgb) + " --baseline known.yaml --today 2027-06-01", folder);
  CHECK(later.status == 1);
  CHECK(contains(later.out, "no excuse any more: known.yaml:3"));
}

TEST_CASE("a baseline is brought up to date without losing its reasons", "[cli][batch]") {
  const Job job;
  job.all();
  job.write(
      "known.yaml",
      "- {property: vf-dma-continues, function: \"0000:01:10.0\", reason: by hand, owner: me}\n"
      "- {property: vf-moved, function: \"0000:01:10.0\", reason: long ago}\n"
      "- {property: vf-exists, function: \"0000:77:10.0\", reason: another machine}\n");
  const std::string command =
      "ci/kexec/old.trace.txt --topology ci/kexec/before.lspci.zst --keep all --baseline "
      "known.yaml --today 2026-12-01";
  const Ran ran = job.trace(command + " --write-baseline new.yaml");
  CHECK(contains(ran.out, "known.yaml:2: vf-moved of 0000:01:10.0"));
  const std::string updated = Folder::read(job.path() + "/new.yaml");
  CHECK(contains(updated, "reason: \"by hand\"\n  owner: \"me\""));
  CHECK_FALSE(contains(updated, "long ago"));
  CHECK(contains(updated, "another machine"));
  CHECK(contains(updated, "function: \"0000:01:10.6\""));
}

TEST_CASE("no baseline is written where an input is wrong", "[cli][batch]") {
  const Job job;
  job.all();
  const Ran ran = job.trace("ci --keep all --write-baseline known.yaml");
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "the baseline was not written: the input of a run is wrong"));
  CHECK_FALSE(fs::exists(job.path() + "/known.yaml"));
}

TEST_CASE("an error in a baseline stops everything before anything is read", "[cli][batch]") {
  const Job job;
  job.all();
  job.write("known.yaml", "- {property: vf-exists, function: \"*\"}\n");
  const Ran ran = job.trace("ci --baseline known.yaml");
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(contains(ran.err, "known.yaml:1:3: error: 'reason:' is missing"));
  CHECK(job.trace("ci --baseline no-such.yaml").status == 2);
  CHECK(job.trace("ci --today yesterday").status == 2);
}

TEST_CASE("entries are seen if any run of a folder sees them", "[cli][batch]") {
  const Job job;
  job.all();
  job.write("known.yaml",
            "- {property: vf-dma-continues, function: \"0000:01:10.*\", reason: both}\n"
            "- {property: vf-exists, function: \"0000:01:10.*\", reason: one}\n"
            "- {property: vf-moved, function: \"0000:01:10.*\", reason: none}\n"
            "- {property: vf-moved, function: \"0000:99:10.*\", reason: not kept}\n");
  const Json entries =
      job.json("ci --keep all --baseline known.yaml")["summary"]["baseline"]["entries"];
  REQUIRE(entries.size() == 4);
  CHECK(entries[0]["state"] == "seen");
  CHECK(entries[1]["state"] == "seen");
  CHECK(entries[2]["state"] == "gone");
  CHECK(entries[3]["state"] == "not-asked");
}

TEST_CASE("options of one run are refused for a folder", "[cli][batch]") {
  const Job job;
  job.all();
  for (const char* option : {"--stats ci/igb/enable.stats.txt", "--explain-line 3",
                             "--slice out.trace", "--topology-after ci/kexec/after.lspci.zst"}) {
    const Ran ran = job.trace(std::string("ci ") + option);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "is of one run, not of a folder"));
  }
  CHECK(contains(job.trace("ci ci/broken.trace").err, "ci is a folder: it is judged alone"));
}

TEST_CASE("with many jobs at once the report is the same", "[cli][batch]") {
  const Job job;
  job.all();
  const std::string one = short_json(job.trace("ci --keep all --jobs 1 --format json").out);
  CHECK(short_json(job.trace("ci --keep all --jobs 8 --format json").out) == one);
}

TEST_CASE("Ctrl-C ends a folder's runs, and says of each what is known", "[cli][batch]") {
  const Job job;
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "  sh-7       [000] .....     " + std::to_string(100 + i) +
            ".000000: pci_set_master: (pci_set_master+0x4/0x40) dev=\"0000:01:10.0\"\n";
  job.write("ci/000.trace", text);
  constexpr int kRuns = 300;  // far more than half a second's
  for (int i = 1; i < kRuns; ++i)
    fs::create_symlink("000.trace", fs::path(job.path()) / "ci" / (std::to_string(i) + ".trace"));
  const std::string command =
      "cd '" + job.path() +
      "' && timeout --foreground --preserve-status -s INT 0.5 '" LUPROOF_BINARY
      "' trace ci --jobs 2 --format json >json.txt 2>err.txt";
  const int status = std::system(command.c_str());
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
  const Json all = Json::parse(Folder::read(job.path() + "/json.txt"));
  CHECK(all["runs"].size() == kRuns);
  CHECK(all["summary"]["wrong"] == 0);
  CHECK(all["runs"].back()["reason"] == "ended by Ctrl-C before anything was known");
}

TEST_CASE("a limit ends a run with what is known so far", "[cli][batch]") {
  const Job job;
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "  sh-7       [000] .....     " + std::to_string(100 + i) +
            ".000000: pci_set_master: (pci_set_master+0x4/0x40) dev=\"0000:01:10.0\"\n";
  job.write("ci/big.trace", text);
  CHECK(job.trace("ci/big.trace").status == 0);
  for (const char* limit : {"--timeout 0.000001", "--memory 1K"}) {
    for (const char* what : {"ci/big.trace ", "ci "}) {
      const Ran ran = job.trace(std::string(what) + limit);
      CAPTURE(limit, what, ran.err);
      CHECK(ran.status == 3);
      CHECK(contains(ran.out, "reading ended here, by --"));
    }
  }
  CHECK(job.trace("ci --timeout 1000 --memory 4G").status == 0);
  CHECK(job.trace("ci --memory plenty").status == 2);
  // What was seen before the limit stays seen.
  job.write("ci/big.trace",
            "  sh-7       [000] .....     1.000000: pci_set_master: (pci_set_master+0x4/0x40) "
            "dev=\"0000:01:10.0\"\n"
            "  sh-7       [000] .....     2.000000: pci_clear_master: (pci_clear_master+0x4/0x40) "
            "dev=\"0000:01:10.0\"\n" +
                text);
  job.put("topology/igb4.lspci.zst", "before.lspci.zst");
  const Ran seen = job.trace("ci --keep 0000:01:10.0 --memory 1K");
  CHECK(seen.status == 1);
  CHECK(contains(seen.out, "at line 2"));
}

}  // namespace luproof::command
