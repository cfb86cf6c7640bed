// SPDX-License-Identifier: GPL-2.0-or-later
// The report for a browser, as far as it can be held to something without one: what is in its data,
// and that its data stays data. tests/browser/pages does the rest.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/check_page.h"
#include "tests/cli/command.h"

namespace luproof::report {
namespace {

using Json = nlohmann::json;
using Results = std::vector<std::pair<checker::Checked, Request>>;

const std::string kSpec = std::string(LUPROOF_TEST_DIR) + "/report/page.yaml";

Results results(int vfs) {
  model::Diagnostics diagnostics;
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  load.vfs.count = vfs;
  auto checked = checker::check(kSpec, load, {}, {}, {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  Results all;
  all.emplace_back(std::move(*checked), Request{});
  all.back().second.path = kSpec;
  return all;
}

// Between the tags of the block of data.
std::string block(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  REQUIRE(at != std::string::npos + begin.size());
  return page.substr(at, page.find("</script>", at) - at);
}

const Json& finding(const Json& reading, const std::string& property) {
  for (const Json& each : reading["findings"])
    if (each["property"] == property) return each;
  FAIL("no " << property);
  return reading;
}

}  // namespace

TEST_CASE("what a spec says stays inside of the data of a page", "[report][page]") {
  const std::string text = block(check_page(results(0), {}));
  // Nothing of it can end the block, begin a comment, or be read as an entity.
  CHECK(text.find_first_of("<>&") == std::string::npos);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  const Json data = Json::parse(text);
  CHECK(data["readings"][0]["about"].get<std::string>().find(
            "</script><script>document.title='ran'</script>") == 0);
}

TEST_CASE("a page holds the states of a run: start and changes are the states", "[report][page]") {
  const Results all = results(0);
  const Json reading = Json::parse(block(check_page(all, {})))["readings"][0];
  const auto& found = all[0].first.findings;
  const auto violated = std::find_if(found.begin(), found.end(),
                                     [](const auto& f) { return f.property == "dma-goes-on"; });
  REQUIRE(violated->run);
  const Json& run = reading["runs"][finding(reading, "dma-goes-on")["run"].get<std::size_t>()];
  const model::Layout& layout = *all[0].first.layout;
  std::map<std::string, std::string> now;
  const auto name = [&](const Json& cell) {
    return reading["cells"][cell.get<std::size_t>()]["name"].get<std::string>();
  };
  const auto text = [&](const Json& number) {
    return reading["texts"][number.get<std::size_t>()].get<std::string>();
  };
  for (std::size_t cell = 0; cell < run["start"].size(); ++cell)
    now[name(cell)] = text(run["start"][cell]);
  std::size_t compared = 0;
  for (std::size_t step = 0; step <= run["steps"].size(); ++step) {
    for (int slot = 0; slot < layout.slots(); ++slot) {
      const auto known = now.find(layout.slot_name(slot));
      if (known == now.end()) continue;
      ++compared;
      REQUIRE(known->second == layout.slot_value(slot, violated->run->states[step][slot]));
    }
    if (step < run["steps"].size())
      for (const Json& to : run["steps"][step]["to"]) now[name(to[0])] = text(to[1]);
  }
  // rounds, kernel, panicked, and two cells of each of five functions, before and after each step.
  CHECK(compared == 13 * (run["steps"].size() + 1));
  CHECK(now["function.dma[vf1]"] == "false");
  CHECK(now["function.quiet[vf0]"] == "true");
  CHECK(now["function.quiet[pf0]"] == "false");
}

TEST_CASE("the data of a page of a check is the golden one", "[report][page]") {
  const command::Folder folder;
  const command::Ran ran =
      folder.run("check docs/tutorial/first.yaml --format html",
                 std::filesystem::path(LUPROOF_TEST_DIR).parent_path().string());
  CHECK(nlohmann::ordered_json::parse(block(ran.out)).dump(1) + "\n" ==
        command::Folder::read(LUPROOF_TEST_DIR "/report/golden/first-page.json"));
}

TEST_CASE("a page of 64 VFs and 300 steps stays small", "[report][page]") {
  const Results all = results(64);
  const std::string page = check_page(all, {});
  CHECK(page.size() < 250'000);
  const Json reading = Json::parse(block(page))["readings"][0];
  CHECK(reading["functions"].size() == 67);
  const Json& one = finding(reading, "dma-goes-on");
  const Json& last = reading["runs"][one["run"].get<std::size_t>()]["steps"].back();
  CHECK(last["visible"] == 300);
  CHECK(last["text"] == "halt(vf1)");
  std::vector<std::string> path;
  for (const Json& f : one["path"])
    path.push_back(reading["functions"][f.get<std::size_t>()]["name"]);
  std::sort(path.begin(), path.end());
  CHECK(path == std::vector<std::string>{"pf0", "rp", "vf1"});
}

TEST_CASE("a page tells only addresses that a browser may follow", "[report][page]") {
  Sources sources;
  sources["linux-7.3.4"] = {"Linux", "somebody", "2026", "https://example.org/"};
  CHECK(sources["linux-7.3.4"].linked());
  for (const char* link : {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""})
    CHECK_FALSE(Source{"", "", "", link}.linked());
}

TEST_CASE("a run that does not replay is not drawn", "[report][page]") {
  Results all = results(0);
  all[0].first.broken = "on purpose";
  const Json reading = Json::parse(block(check_page(all, {})))["readings"][0];
  CHECK(reading["runs"].empty());
  CHECK(reading["broken"] == "on purpose");
  for (const Json& each : reading["findings"]) CHECK(each["verdict"] == "unknown");
}

}  // namespace luproof::report

namespace luproof::command {

TEST_CASE("check --output writes the whole report or leaves the file alone", "[cli][page]") {
  const Folder folder;
  const std::string spec = std::string(LUPROOF_TEST_DIR) + "/report/page.yaml";
  const Ran to_stdout = folder.run("check " + spec + " --format html");
  CHECK(to_stdout.status == 1);
  const Ran ran = folder.run("check " + spec + " --format html -o page.html");
  CHECK(ran.status == 1);
  CHECK(ran.out.empty());
  CHECK(Folder::read(folder.path() + "/page.html") == to_stdout.out);
  CHECK(to_stdout.out.starts_with("<!DOCTYPE html>\n"));
  CHECK(to_stdout.out.ends_with("</html>\n"));
  CHECK(folder.run("check " + spec + " -o page.txt").out.empty());
  CHECK(Folder::read(folder.path() + "/page.txt") == folder.run("check " + spec).out);

  const Ran nowhere = folder.run("check " + spec + " --format html -o no/such/page.html");
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("cannot write no/such/page.html") != std::string::npos);
  std::filesystem::create_directory(folder.path() + "/taken");
  CHECK(folder.run("check " + spec + " --format html -o taken").status == 2);
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    CHECK(file.path().extension() != ".part");
}

}  // namespace luproof::command
