// SPDX-License-Identifier: GPL-2.0-or-later
// Runs that reports write are read again as the same runs, also after edits that do not concern
// them; what is no run is an error that says where.
#include "report/run_file.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/json.h"
#include "tests/cli/command.h"

namespace luproof::report {
namespace {

using command::Folder;
using Json = nlohmann::json;

const std::string kSpecs = LUPROOF_SOURCE_SPECS;
const std::string kFirst = kSpecs + "/../docs/tutorial/first.yaml";

std::vector<checker::Checked> checked(const std::string& path, const std::string& variant) {
  model::Diagnostics diagnostics;
  model::LoadOptions load;
  load.specs = kSpecs;
  load.variant = variant;
  const auto readings = model::readings(path, load, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(readings);
  std::vector<checker::Checked> all;
  for (const model::Reading& reading : *readings) {
    all.push_back(*checker::check(path, load, reading, {}, {}, diagnostics));
    REQUIRE(all.back().broken.empty());
  }
  return all;
}

std::string report_of(checker::Checked one, const std::string& path) {
  std::vector<std::pair<checker::Checked, Request>> results;
  Request request;
  request.path = path;
  results.emplace_back(std::move(one), request);
  return json(results);
}

struct Read {
  std::optional<RunFile> file;
  std::optional<LoadedRun> run;
  std::string errors;
};

Read read(const std::string& path, const RunPick& pick = {}) {
  Read result;
  model::Diagnostics diagnostics;
  result.file = read_run_file(path, pick, kSpecs, diagnostics);
  if (result.file) result.run = load_run(path, *result.file, diagnostics);
  result.errors = diagnostics.render();
  return result;
}

// The tutorial's counterexample as a file beside the spec.
std::string first_run(const Folder& folder) {
  folder.write("first.yaml", Folder::read(kFirst));
  const std::string spec = folder.path() + "/first.yaml";
  const std::string text = report_of(std::move(checked(spec, "endpoint-only")[0]), "first.yaml");
  folder.write("run.json", text);
  return folder.path() + "/run.json";
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("every run that check writes is read again as the same run", "[report]") {
  const std::pair<const char*, const char*> kSome[] = {
      {"/designs/idpf-lpc2025.yaml", ""},
      {"/designs/vfio-rfc-v1.yaml", "as-posted"},
      {"/designs/vfio-rfc-v1.yaml", "any-order"},
      {"/questions/who-enables-sriov.yaml", "slides"},
      {"/cases/cb-43-reset-against-numvfs.yaml", ""},
      {"/cases/cb-13-assign-busses.yaml", ""},
      {"/checks/check-luo-races.yaml", ""}};
  for (const auto& [name, variant] : kSome) {
    std::size_t runs = 0;
    for (checker::Checked& one : checked(kSpecs + name, variant)) {
      const auto findings = one.findings;
      const std::string its_variant = one.reading.variant;
      Folder folder;
      folder.write("run.json", report_of(std::move(one), kSpecs + name));
      for (const checker::Finding& f : findings)
        for (const bool witness : {false, true}) {
          const auto& run = witness ? f.witness : f.run;
          if (!run || run->steps.empty() || (witness && f.verdict != checker::Verdict::Holds))
            continue;
          const Read again = read(folder.path() + "/run.json", {f.property, its_variant, witness});
          INFO(name << " " << its_variant << " " << f.property << "\n" << again.errors);
          REQUIRE(again.run);
          CHECK(again.file->property == f.property);
          CHECK(again.run->found.run.steps == run->steps);
          CHECK(again.run->found.run.states == run->states);
          CHECK(again.run->found.run.weight == run->weight);
          CHECK(again.run->found.run.fault == run->fault);
          ++runs;
        }
    }
    INFO(name);
    CHECK(runs > 0);
  }
}

TEST_CASE("a run outlives edits that do not concern it", "[report]") {
  Folder folder;
  const std::string path = first_run(folder);
  const auto before = read(path);
  INFO(before.errors);
  REQUIRE(before.run);
  std::string text = Folder::read(folder.path() + "/first.yaml");
  // Lines move, and numbers of events, cells and statements.
  replace(text, "define:\n",
          "environment:\n  rain: {about: It rains}\nevents:\n  rains(function x):\n    act: rain\n"
          "    when: x.exists\n    do: x.exists = true\ndefine:\n");
  folder.write("first.yaml", "# a remark\n# and another\n" + text);
  const auto after = read(path);
  INFO(after.errors);
  REQUIRE(after.run);
  CHECK(after.run->found.run.weight == before.run->found.run.weight);
  CHECK(after.run->found.taken.back().fired == before.run->found.taken.back().fired);
}

TEST_CASE("a run of a spec that was changed under it names the step and says why", "[report]") {
  Folder folder;
  const std::string path = first_run(folder);
  std::string text = Folder::read(folder.path() + "/first.yaml");
  replace(text, "pci_clear_master(d)\n", "pass\n");
  folder.write("first.yaml", text);
  const auto after = read(path);
  CHECK(!after.run);
  INFO(after.errors);
  CHECK(after.errors.find("run.json: error: this is no run of ") != std::string::npos);
  CHECK(after.errors.find("has no statement 'pci_clear_master(d)'") != std::string::npos);
}

TEST_CASE("what is no run file is an error with its place", "[report]") {
  Folder folder;
  const std::string path = first_run(folder);
  const Json good = Json::parse(Folder::read(path));
  const auto errors_of = [&](const std::string& text) {
    folder.write("bad.json", text);
    const Read again = read(folder.path() + "/bad.json");
    CHECK(!again.run);
    return again.errors;
  };
  const auto says = [](const std::string& errors, const std::string& what) {
    INFO(errors);
    CHECK(errors.find(what) != std::string::npos);
    CHECK(errors.find('\x1b') == std::string::npos);
  };
  says(errors_of("{\n  \"run\": [,]\n}"), "bad.json:2:11: error: this is no JSON");
  says(errors_of(""), "bad.json");
  says(errors_of("[1, 2]"), "there is no run in it");
  says(errors_of(std::string(64, '[')), "this is no JSON");
  // The parser would take it; whoever copies or prints it recurses.
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  says(errors_of(deep), "bad.json:1:65: error: JSON nested more than 64 levels deep");
  says(errors_of("{\"start\": {\"a\": " + deep + "}}"), "nested more than 64 levels deep");
  says(errors_of("{\"property\": \"" + std::string(100, '[') + "\"}"), "there is no run in it");
  says(errors_of("{\"vfs\": 1e400}"), "a number that is out of range");
  says(errors_of("{\"properties\": 3}"), "'properties' is neither a list nor a map");
  for (std::size_t p = 0; p < good["properties"].size(); ++p) {
    if (good["properties"][p]["run"].empty()) continue;
    const auto with = [&](const Json::json_pointer& at, const Json& value) {
      Json bad = good;
      bad["properties"][p][at] = value;
      return errors_of(bad.dump());
    };
    using Pointer = Json::json_pointer;
    says(with(Pointer("/run/1/label"), nullptr), "step 2 of the run has no label");
    says(with(Pointer("/run/1/label/actor"), 3), "'actor' is no text");
    says(with(Pointer("/run/0/label/actor"), "\x1b[31mnobody"),
         "there is no actor '\\x1b[31mnobody'");
    says(with(Pointer("/run/0/label/nth"), "one"), "'nth' of step 1 is no number");
    says(with(Pointer("/run/0/label/choices"), {"alternative 9"}), "step 1 of");
    says(with(Pointer("/run/0/fault"), "wrong-kind"), "goes on behind the fault of step 1");
    says(with(Pointer("/start/nothing"), "true"), "which this spec does not leave open");
    says(with(Pointer("/file"), "nowhere.yaml"), "nowhere.yaml");
    says(with(Pointer("/reading/vfs"), -4), "'vfs' is no number of VFs");
    says(with(Pointer("/reading"), nullptr), "there is no 'reading'");
    Json twice = good;
    twice["properties"].push_back(good["properties"][p]);
    says(errors_of(twice.dump()), "there are 2 runs in it");
    return;
  }
  FAIL("the tutorial's design has a counterexample");
}

TEST_CASE("of several runs one is chosen by its property and variant", "[report]") {
  Folder folder;
  const std::string spec = kSpecs + "/designs/vfio-rfc-v1.yaml";
  folder.write("run.json", report_of(std::move(checked(spec, "without-reset-skip")[0]), spec));
  const std::string path = folder.path() + "/run.json";
  CHECK(read(path).errors.find("choose one with --property") != std::string::npos);
  CHECK(read(path, {"vf-reset", "", false}).run);
  CHECK(read(path, {"vf-rest", "", false}).errors.find("vf-reset") != std::string::npos);
}

}  // namespace luproof::report
