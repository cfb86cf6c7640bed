// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof trace --format html` as far as it can be held to something without a browser: what is in
// its data. tests/browser/pages looks at it in one.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof::command {
namespace {

using Json = nlohmann::ordered_json;

const std::string kCaptures = LUPROOF_TEST_DIR "/captures";

// Between the tags of the block of data.
std::string block(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  const std::size_t from = at + begin.size();
  return page.substr(from, page.find("</script>", from) - from);
}

Json data_of(const Ran& ran, int status) {
  INFO(ran.err);
  REQUIRE(ran.status == status);
  return Json::parse(block(ran.out));
}

std::string trace(const std::string& arguments) {
  return "trace " + arguments + " --format html --specs '" LUPROOF_SOURCE_SPECS "'";
}

std::string line(int number, const std::string& task, const std::string& body) {
  return fmt::format("{:>16}-7       [000] .....  {:5}.{:06}: {}\n", task, number / 1'000'000 + 1,
                     number % 1'000'000, body);
}

std::string command_write(int number, int value, const std::string& task = "worker") {
  return line(number, task,
              fmt::format("pci_write_config_word: (pci_write_config_word+0x4/0x40) "
                          "dev=\"0000:01:10.0\" where=0x4 val={:#x}",
                          value));
}

// What each cell is behind step `end` (not included), from the start and the changes.
std::map<std::string, std::string> cells_at(const Json& reading, std::size_t end) {
  const Json& run = reading["runs"][0];
  std::map<std::string, std::string> now;
  const auto text = [&](const Json& n) { return reading["texts"][n.get<std::size_t>()]; };
  for (std::size_t i = 0; i < run["start"].size(); ++i)
    now[reading["cells"][i]["name"]] = text(run["start"][i]);
  for (std::size_t i = 0; i < end; ++i)
    for (const Json& to : run["steps"][i]["to"])
      now[reading["cells"][to[0].get<std::size_t>()]["name"]] = text(to[1]);
  return now;
}

std::string without_folders(std::string text) {
  const std::string specs = LUPROOF_SOURCE_SPECS;
  for (std::size_t at = 0; (at = text.find(specs, at)) != std::string::npos;)
    text.replace(at, specs.size(), "specs");
  return text;
}

}  // namespace

TEST_CASE("the data of a page of a capture is the golden one", "[cli][page]") {
  const Folder folder;
  // Names of tasks are anybody's.
  folder.write("a.trace", command_write(1, 0x6, "</script>") + command_write(2, 0x6, "x&<!--") +
                              line(3, "sh", "tracing_mark_write: <b onmouseover=alert(1)>") +
                              command_write(4, 0x2) + command_write(5, 0x6));
  const Ran ran = folder.run(trace("a.trace --keep 0000:01:10.0 --kernel 7.3.4"));
  const std::string text = block(ran.out);
  CHECK(text.find_first_of("<>&") == std::string::npos);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  CHECK(without_folders(data_of(ran, 1).dump(1)) + "\n" ==
        Folder::read(LUPROOF_TEST_DIR "/cli/golden/trace-page.json"));
}

TEST_CASE("a page of two kernels names the line, and has the states around it", "[cli][page]") {
  const Folder folder;
  const Json data =
      data_of(folder.run(trace("s3/new.bootmap.trace.txt s3/new.boot.trace.txt --topology "
                               "topology/igb4-nvme7.lspci.zst --keep all"),
                         kCaptures),
              1);
  const Json& reading = data["readings"][0];
  const Json& first = reading["findings"][0];
  CHECK(first["label"] == "vf-dma-continues of 0000:01:10.6");
  const std::size_t at = first["at"];
  const Json& steps = reading["runs"][0]["steps"];
  CHECK(steps[at]["line"] == 400);
  CHECK(steps[at]["quote"].get<std::string>().find("dev=0000:01:10.6") != std::string::npos);
  CHECK(steps[at]["breaks"][0] == "vf-dma-continues is broken for 0000:01:10.6");
  CHECK(cells_at(reading, at)["function.bus_master[0000:01:10.6]"] == "true");
  CHECK(cells_at(reading, at + 1)["function.bus_master[0000:01:10.6]"] == "false");
  // One step is the kexec; lines behind it are of the second kernel and its clock.
  CHECK(std::count_if(steps.begin(), steps.end(),
                      [](const Json& step) { return step.contains("kexec"); }) == 1);
  CHECK(steps.back()["kernel"] == 2);
  CHECK(steps.back()["file"] == "new.boot.trace.txt");
  CHECK(steps.back()["time"].get<std::int64_t>() < steps[at]["time"].get<std::int64_t>());
  // The function, its PF and the port above.
  std::vector<std::string> path;
  for (const Json& f : first["path"]) path.push_back(reading["functions"][f.get<int>()]["name"]);
  CHECK(path == std::vector<std::string>{"0000:00:1c.0", "0000:01:00.0", "0000:01:10.6"});
}

TEST_CASE("a long capture is cut around what matters, and states stay right", "[cli][page]") {
  const Folder folder;
  std::string text = command_write(1, 0x6);
  constexpr int kLines = 30'000, kLost = 20'000;
  // On all the time but for one line; what follows switches another function.
  for (int i = 2; i <= kLines; ++i)
    text += i == kLost ? command_write(i, 0x2)
                       : line(i, "noise",
                              fmt::format("pci_write_config_word: (pci_write_config_word+0x4/0x40) "
                                          "dev=\"0000:02:00.0\" where=0x4 val={:#x}",
                                          i % 2 == 0 ? 0x6 : 0x2));
  folder.write("long.trace", text);
  const Ran ran = folder.run(trace("long.trace --keep 0000:01:10.0 --kernel 7.3.4"));
  const Json data = data_of(ran, 1);
  const Json& reading = data["readings"][0];
  const Json& steps = reading["runs"][0]["steps"];
  CHECK(steps.size() < 400);
  CHECK(ran.out.size() < 500'000);
  std::int64_t left_out = 0, shown = 0;
  for (const Json& step : steps) {
    const std::string said = step["text"];
    const std::size_t end = said.find(" steps left out");
    if (end == std::string::npos)
      ++shown;
    else
      left_out += std::stoll(said.substr(0, end - 4) + said.substr(end - 3, 3));
  }
  CHECK(shown + left_out == kLines);
  const std::size_t at = reading["findings"][0]["at"];
  CHECK(steps[at]["line"] == kLost);
  CHECK(steps[at - 1]["line"] == kLost - 1);
  CHECK(steps[at + 1]["line"] == kLost + 1);
  // The line before is odd and switched it off, the last one is even.
  CHECK(cells_at(reading, at)["function.bus_master[0000:02:00.0]"] == "false");
  CHECK(cells_at(reading, steps.size())["function.bus_master[0000:02:00.0]"] == "true");
  bool said = false;
  for (const Json& more : reading["findings"][0]["more"]) said = said || more[0] == "drawn";
  CHECK(said);
}

TEST_CASE("a page shows what conforms, and what a design has to say", "[cli][page]") {
  const Folder folder;
  const Json good = data_of(
      folder.run(trace("s1/igb-kprobe.trace.txt --topology topology/igb4.lspci.zst"), kCaptures),
      0);
  CHECK(good["readings"][0]["findings"][0]["verdict"] == "conforms");

  const std::string s6 = "s6-basic/new.boot.trace.txt.zst --kernel 7.3.4 --design luo-handlers-7.3";
  const Json bad = data_of(folder.run(trace(s6 + " --from-start"), kCaptures), 1);
  REQUIRE(bad["readings"].size() == 2);
  const Json& finding = bad["readings"][1]["findings"][0];
  CHECK(finding["verdict"] == "unexplained");
  const Json& last = bad["readings"][1]["runs"][0]["steps"].back();
  CHECK(last["line"] == 316);
  CHECK(last["fault"] == "no run of the design shows this line");
  // The lines about the design before it: luo_session_retrieve, then luo_session_retrieve_fd.
  const Json& before = bad["readings"][1]["runs"][0]["steps"];
  REQUIRE(before.size() > 2);
  CHECK(before[before.size() - 2]["line"] == 315);
  CHECK(before[before.size() - 3]["text"] == "luo_session_retrieve");
  CHECK(bad["readings"][0]["findings"][0]["verdict"] == "inconclusive");

  const Json explained =
      data_of(folder.run(trace("s6-basic/new.bootmap.trace.txt " + s6), kCaptures), 0);
  const Json& run = explained["readings"][1]["runs"][0]["steps"];
  CHECK(explained["readings"][1]["findings"][0]["verdict"] == "conforms");
  // Lines of the design's run are quoted, and have their times.
  const auto shown =
      std::find_if(run.begin(), run.end(), [](const Json& step) { return step.contains("line"); });
  REQUIRE(shown != run.end());
  CHECK(shown->contains("quote"));
  CHECK(shown->contains("time"));
}

TEST_CASE("a page is of one run, and none is written of a wrong input", "[cli][page]") {
  const Folder folder;
  const Ran of_folder = folder.run(trace(kCaptures));
  CHECK(of_folder.status == 2);
  CHECK(of_folder.err.find("not a folder") != std::string::npos);
  CHECK(folder.run(trace("s1/igb-kprobe.trace.txt --explain-line 3"), kCaptures).status == 2);
  folder.write("none.trace", "this is none\n");
  CHECK(folder.run(trace("none.trace -o page.html")).status == 2);
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/page.html"));
}

}  // namespace luproof::command
