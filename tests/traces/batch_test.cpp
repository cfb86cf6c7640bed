// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/batch.h"

#include <filesystem>

#include "tests/traces/validate.h"
#include "traces/batch_names.h"

namespace luproof::traces {
namespace {

namespace fs = std::filesystem;
using test::captured;
using test::Lines;

// A folder that is gone after the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/luproof-batch-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const Folder& write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this;
  }
  const Folder& capture(const std::string& name) const {
    return write(name, Lines().probe("pci_set_master", "0000:01:10.0").text());
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  Batch find(const ValidateOptions& common = {}) const {
    std::string errors;
    Batch batch = find(common, errors);
    INFO(errors);
    CHECK(errors.empty());
    return batch;
  }
  Batch find(const ValidateOptions& common, std::string& errors) const {
    Batch batch;
    model::Diagnostics diagnostics;
    const bool found = find_runs(path_.string(), common, batch, diagnostics);
    CHECK(found == diagnostics.ok());
    errors = diagnostics.render();
    return batch;
  }
  std::string wrong() const {
    std::string errors;
    find({}, errors);
    CHECK_FALSE(errors.empty());
    return errors;
  }

 private:
  fs::path path_;
};

std::vector<std::string> names_of(const Batch& batch) {
  std::vector<std::string> names;
  for (const BatchRun& run : batch.runs) names.push_back(run.name);
  return names;
}

bool left_out(const Batch& batch, const std::string& file) {
  return std::any_of(batch.left_out.begin(), batch.left_out.end(),
                     [&](const LeftOut& each) { return each.file == file; });
}

using Names = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a file's name says what it is to a capture", "[traces][batch]") {
  const auto kind = [](const char* name) { return read_file_name(name).kind; };
  CHECK(kind("vf.trace.txt") == NameKind::Capture);
  CHECK(kind("vf.trace.txt.zst") == NameKind::Capture);
  CHECK(kind("trace.dat") == NameKind::Capture);
  CHECK(kind("trace") == NameKind::Capture);
  CHECK(kind("before.lspci") == NameKind::Dump);
  CHECK(kind("igb.before.sysfs.zst") == NameKind::Dump);
  CHECK(kind("new.after-kexec.lspci.zst") == NameKind::LaterDump);
  CHECK(kind("during.sysfs") == NameKind::LaterDump);
  CHECK(kind("afternoon.lspci") == NameKind::Dump);  // not the word "after"
  CHECK(kind("vf.stats.txt") == NameKind::Stats);
  CHECK(kind("vf.probes.txt") == NameKind::Probes);
  CHECK(kind("vf.setup.txt") == NameKind::Setup);
  CHECK(kind("captures.yaml") == NameKind::Manifest);
  CHECK(kind("notes.txt") == NameKind::Other);
  CHECK(read_file_name("a.b.trace.txt.zst").stem == read_file_name("a.b.stats.txt").stem);
  CHECK(age_of("old.trace") == Age::Old);
  CHECK(age_of("new-boot.trace") == Age::New);
  CHECK(age_of("older.trace") == Age::None);
  CHECK(age_of("new") == Age::None);
  CHECK(number_of_name("02-new.trace") == 2);
  CHECK_FALSE(number_of_name("2nd.trace").has_value());
  CHECK_FALSE(number_of_name("trace.2").has_value());
}

TEST_CASE("every capture of a folder is a run of its own", "[traces][batch]") {
  const Folder folder;
  folder.capture("b.trace.txt").capture("a.txt").write("README.md", "# Not a capture\n");
  const Batch batch = folder.find();
  CHECK(names_of(batch) == Names{"a.txt", "b.trace.txt"});
  CHECK(batch.runs[0].options.captures == Names{folder / "a.txt"});
  CHECK(left_out(batch, "README.md"));
  CHECK(batch.left_out.size() == 1);
}

TEST_CASE("a text that quotes a capture is none", "[traces][batch]") {
  const Folder folder;
  folder.capture("a.trace").write(
      "mail.txt", "See:\n\n" + Lines().probe("pci_set_master", "0000:01:10.0").text() +
                      "\nand so on\nand on\n");
  CHECK(left_out(folder.find(), "mail.txt"));
}

TEST_CASE("a file with a capture's name is judged even if it is none", "[traces][batch]") {
  // Its error has to be seen: nothing was recorded.
  const Folder folder;
  folder.write("a.trace", "").write("b.dat", std::string(100, '\0'));
  CHECK(names_of(folder.find()) == Names{"a.trace", "b.dat"});
}

TEST_CASE("old and new in a sub-folder are one run, the old kernel first", "[traces][batch]") {
  const Folder folder;
  folder.capture("vm/new.trace").capture("vm/old.trace").capture("vm2/new.trace");
  const Batch batch = folder.find();
  CHECK(names_of(batch) == Names{"vm", "vm2/new.trace"});
  CHECK(batch.runs[0].options.captures == Names{folder / "vm/old.trace", folder / "vm/new.trace"});
  CHECK(batch.notes.empty());
}

TEST_CASE("numbered captures of a sub-folder are one run in that order", "[traces][batch]") {
  const Folder folder;
  folder.capture("vm/10-c.trace").capture("vm/1-a.trace").capture("vm/2-b.trace");
  const Batch batch = folder.find();
  REQUIRE(names_of(batch) == Names{"vm"});
  CHECK(batch.runs[0].options.captures ==
        Names{folder / "vm/1-a.trace", folder / "vm/2-b.trace", folder / "vm/10-c.trace"});
}

TEST_CASE("captures are joined by nothing that could mean something else", "[traces][batch]") {
  const Folder folder;
  // In the folder itself; two of the same number; more than an old and a new one.
  folder.capture("old.trace").capture("new.trace");
  folder.capture("n/1-a.trace").capture("n/1-b.trace");
  folder.capture("m/old.a.trace").capture("m/old.b.trace").capture("m/new.trace");
  const Batch batch = folder.find();
  CHECK(batch.runs.size() == 7);
  CHECK(batch.notes.size() == 3);
}

TEST_CASE("what lies beside a capture belongs to it by its name", "[traces][batch]") {
  const Folder folder;
  folder.capture("a.trace.txt").capture("b.trace.txt");
  folder.write("a.stats.txt", "x").write("b.probes.txt", "x").write("a.before.lspci", "x");
  folder.write("a.before.sysfs", "x").write("a.after.lspci", "x");
  folder.write("a.setup.txt", "# kernel: Linux version 7.3.4-luo (somebody)\np:x/y pcie_flr\n");
  const Batch batch = folder.find();
  REQUIRE(batch.runs.size() == 2);
  const ValidateOptions& a = batch.runs[0].options;
  CHECK(a.stats == Names{folder / "a.stats.txt"});
  CHECK(a.probes == Names{folder / "a.setup.txt"});
  CHECK(a.kernel == "7.3.4-luo");
  CHECK(a.topology == folder / "a.before.lspci");  // lspci has more than sysfs
  CHECK(a.topology_after.empty());
  const ValidateOptions& b = batch.runs[1].options;
  CHECK(b.stats == Names{""});
  CHECK(b.probes == Names{folder / "b.probes.txt"});
  CHECK(b.topology == folder / "a.before.lspci");  // the only one of the folder
  CHECK(left_out(batch, "a.after.lspci"));
  CHECK(left_out(batch, "a.before.sysfs"));
}

TEST_CASE("probes.txt as the recorder leaves it is that of the only run", "[traces][batch]") {
  const Folder folder;
  folder.capture("one/capture.trace").write("one/probes.txt", "x");
  folder.capture("two/old.trace").capture("two/new.trace").write("two/probes.txt", "x");
  folder.capture("own/a.trace").write("own/a.probes.txt", "x").write("own/probes.txt", "x");
  folder.capture("many/a.trace").capture("many/b.trace").write("many/probes.txt", "x");
  const Batch batch = folder.find();
  REQUIRE(batch.runs.size() == 5);
  CHECK(batch.runs[0].options.probes.empty());  // of many/ nobody says whose it is
  CHECK(batch.runs[1].options.probes.empty());
  CHECK(left_out(batch, "many/probes.txt"));
  CHECK(batch.runs[2].options.probes == Names{folder / "one/probes.txt"});
  CHECK(batch.runs[3].options.probes == Names{folder / "own/a.probes.txt"});
  CHECK(left_out(batch, "own/probes.txt"));
  CHECK(batch.runs[4].options.probes == Names{folder / "two/probes.txt"});
}

TEST_CASE("of several dumps the one with the capture's name is taken, or none", "[traces][batch]") {
  const Folder folder;
  folder.capture("igb-probe.trace").capture("other.trace");
  folder.write("igb.before.lspci", "x").write("nvme.before.lspci", "x");
  const Batch batch = folder.find();
  CHECK(batch.runs[0].options.topology == folder / "igb.before.lspci");
  CHECK(batch.runs[1].options.topology.empty());
  REQUIRE(batch.notes.size() == 1);
  CHECK(has(batch.notes[0], "other.trace: several dumps"));
}

TEST_CASE("the command line says it for every run", "[traces][batch]") {
  const Folder folder;
  folder.capture("a.trace").write("a.lspci", "x").write("a.probes.txt", "x");
  ValidateOptions common;
  common.topology = "mine.lspci";
  common.probes = {"mine.txt"};
  common.keep = {"all"};
  const Batch batch = folder.find(common);
  CHECK(batch.runs[0].options.topology == "mine.lspci");
  CHECK(batch.runs[0].options.probes == Names{"mine.txt"});
  CHECK(batch.runs[0].options.keep == Names{"all"});
}

TEST_CASE("a log is judged where nothing was traced", "[traces][batch]") {
  const std::string log = "[    0.000000] Linux version 7.3.4\n[    1.000000] pci: hello\n";
  const Folder folder;
  folder.write("alone/dmesg.txt", log).write("both/dmesg.txt", log).capture("both/a.trace");
  const Batch batch = folder.find();
  CHECK(names_of(batch) == Names{"alone/dmesg.txt", "both/a.trace"});
  CHECK(left_out(batch, "both/dmesg.txt"));
}

TEST_CASE("a manifest says what is a run, and nothing else is one", "[traces][batch]") {
  const Folder folder;
  folder.capture("x/a.trace").capture("x/b.trace").capture("x/c.trace").write("x/d.lspci", "");
  folder.write("x/a.stats", "")
      .write("x/captures.yaml",
             "- name: pair\n  captures: [b.trace, a.trace]\n"
             "  topology: d.lspci\n  topology-after: d.lspci\n"
             "  stats: [a.stats]\n  probes: a.stats\n"
             "  keep: [\"0000:01:10.0\", all]\n  claim: no-reset\n"
             "  strict: yes\n  kernel: \"7.3\"\n  design: luo-sessions-7.3\n"
             "- captures: a.trace\n  keep: []\n");
  ValidateOptions common;
  common.keep = {"all"};
  const Batch batch = folder.find(common);
  REQUIRE(names_of(batch) == Names{"x/pair", "x/a.trace"});
  const ValidateOptions& pair = batch.runs[0].options;
  CHECK(pair.captures == Names{folder / "x/b.trace", folder / "x/a.trace"});
  CHECK(pair.topology == folder / "x/d.lspci");
  CHECK(pair.topology_after == folder / "x/d.lspci");
  CHECK(pair.stats == Names{folder / "x/a.stats"});
  CHECK(pair.probes == Names{folder / "x/a.stats"});
  CHECK(pair.keep == Names{"0000:01:10.0", "all"});
  CHECK(pair.claim == "no-reset");
  CHECK(pair.strict);
  CHECK(pair.kernel == "7.3");
  CHECK(pair.design == "luo-sessions-7.3");
  CHECK(batch.runs[1].options.keep.empty());  // it says so, against the command line
}

TEST_CASE("errors in a manifest have their place and a hint", "[traces][batch]") {
  const auto told = [](const std::string& text) {
    const Folder folder;
    return folder.capture("a.trace").write("captures.yaml", text).wrong();
  };
  CHECK(has(told("- {captures: [a.trase]}"),
            "captures.yaml:1:14: error: 'captures': there is no file 'a.trase'"));
  CHECK(has(told("- {captures: [a.trase]}"), "did you mean 'a.trace'?"));
  CHECK(has(told("- {capture: a.trace}"), "unknown key 'capture'"));
  CHECK(has(told("- {name: x}"), "a run needs captures"));
  CHECK(
      has(told("- {captures: a.trace, stats: [a.trace, a.trace]}"), "more 'stats' than captures"));
  CHECK(has(told("- {captures: a.trace}\n- {captures: a.trace}"), "two runs are named 'a.trace'"));
  CHECK(has(told("- {captures: a.trace, strict: maybe}"), "'strict' is yes or no"));
  CHECK(has(told("captures: a.trace"), "a list of runs is expected"));
  CHECK(has(told("[]"), "a list of runs is expected"));
}

TEST_CASE("a folder without a capture is an error, never a pass", "[traces][batch]") {
  const Folder folder;
  folder.write("README.md", "nothing\n");
  CHECK(has(folder.wrong(), "no capture is below this folder"));
}

TEST_CASE("folders inside one another without end are refused", "[traces][batch]") {
  const Folder folder;
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "d/";
  folder.capture(deep + "a.trace");
  CHECK(has(folder.wrong(), "folders too deep in one another"));
}

TEST_CASE("a link to a folder is not followed", "[traces][batch]") {
  const Folder folder;
  folder.capture("a.trace");
  fs::create_directory_symlink(folder / ".", folder / "again");
  const Batch batch = folder.find();
  CHECK(batch.runs.size() == 1);
  CHECK(left_out(batch, "again"));
}

}  // namespace luproof::traces
