// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof ask` as a user meets it: the table in its forms, exit status, wrong input.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

// Which way a parcel takes: by road it is late, by ferry it may get wet or never arrive.
std::string parcel(const std::string& ask) {
  return R"(question: parcel
about: Which way is the parcel to go?
choices:
  way: [road, ferry, both_ways]
events:
  load: pass
  drive: pass
  sail: pass
  deliver: pass
state:
  kernel: {delivered: bool, wet: bool}
define:
  stormy: "false"
actors:
  carrier:
    life: kernel
    code: |
      load()
      if way != ferry:
        drive()
        drive()
      if way != road:
        sail()
        if stormy:
          either:
            wet = true
          or:
            stop
      deliver()
      delivered = true
properties:
  dry: {never: wet, because: The parcel got wet.}
  once: {never: delivered && not delivered}
variants:
  calm: {about: The sea is calm}
  storm:
    override: {define.stormy: "true"}
    expect-by: {way: {ferry: {dry: violated}, both_ways: {dry: violated}}}
)" + ask;
}
const std::string kAsk = R"(ask:
  criteria:
    journey:
      from: {event: load}
      to: {event: deliver}
      takes: {drive: 5, sail: 3, deliver: 1}
      unit: h
      want: less
)";

std::string golden(const std::string& name) {
  return Folder::read(LUPROOF_TEST_DIR "/cli/golden/" + name);
}

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

}  // namespace

TEST_CASE("the table of a question is the golden one, as text and as Markdown", "[cli]") {
  const Folder folder;
  folder.write("parcel.yaml", parcel(kAsk));
  const Ran text = folder.run("ask parcel.yaml");
  INFO(text.err);
  CHECK(text.status == 0);
  CHECK(text.out == golden("ask-parcel.txt"));
  const Ran markdown = folder.run("ask parcel.yaml --format markdown");
  CHECK(markdown.out == golden("ask-parcel.md"));
  CHECK(widest(text.out) <= 100);
}

TEST_CASE("alternatives that do not fit as columns become rows with numbers", "[cli]") {
  const Folder folder;
  folder.write("turns.yaml", R"(question: turns
about: Where may the driver turn left?
choices:
  first: [left_at_first, straight_at_first, right_at_first]
  second: [left_at_second, straight_at_second]
events: {turn: turns = turns + 1}
state: {kernel: {turns: int 0..2, there: bool}}
actors:
  driver:
    life: kernel
    code: |
      if first == left_at_first:
        turn()
      if second == left_at_second:
        turn()
      there = true
properties:
  straight: {never: turns > 0, because: "A turn."}
  calm: {never: turns > 1, because: "Two of them."}
ask:
  criteria: {turns taken: {until: there, count: turn, want: less}}
)");
  const Ran ran = folder.run("ask turns.yaml");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(widest(ran.out) <= 100);
  CHECK(ran.out == golden("ask-turns.txt"));
}

TEST_CASE("ask as JSON is one object with the fields that scripts rely on", "[cli]") {
  const Folder folder;
  folder.write("parcel.yaml", parcel(kAsk));
  const auto json = nlohmann::json::parse(folder.run("ask parcel.yaml --format json").out);
  CHECK(json["command"] == "ask");
  CHECK(json["choices"] == nlohmann::json({"way"}));
  CHECK(json["alternatives"] == nlohmann::json({"road", "ferry", "both_ways"}));
  REQUIRE(json["rows"].size() == 6);
  const auto& ferry = json["rows"][4];
  CHECK(ferry["name"] == "storm:ferry");
  CHECK(ferry["measured"]["journey"]["fewest"] == 4);
  CHECK(ferry["measured"]["journey"]["may_never"] == true);
  CHECK(ferry["measured"]["journey"]["run"].size() > 2);
  bool found = false;
  for (const auto& p : ferry["properties"])
    if (p["property"] == "dry") {
      found = true;
      CHECK(p["verdict"] == "violated");
    }
  CHECK(found);
  for (const auto& p : ferry["properties"])
    CHECK(p["property"].get<std::string>().rfind("ask ", 0) != 0);
  REQUIRE(json["worse"].size() == 2);
  CHECK(json["worse"][0]["alternative"] == "both_ways");
}

TEST_CASE("what steps take can be measured elsewhere", "[cli]") {
  const Folder folder;
  folder.write("parcel.yaml", parcel(kAsk));
  const Ran ran = folder.run("ask parcel.yaml --variant calm --takes drive=50");
  CHECK(ran.out.find("101") != std::string::npos);
  CHECK(ran.out.find("again: luproof ask parcel.yaml --variant calm --takes drive=50") !=
        std::string::npos);
  CHECK(folder.run("ask parcel.yaml --takes drive").status == 2);
  CHECK(folder.run("ask parcel.yaml --takes drive=-1").status == 2);
  folder.write("plain.yaml", parcel(""));
  CHECK(folder.run("ask plain.yaml --takes drive=5").status == 2);
  const Ran unknown = folder.run("ask parcel.yaml --takes fly=5");
  CHECK(unknown.status == 2);
  CHECK(unknown.err.find("no event or procedure is called 'fly'") != std::string::npos);
}

TEST_CASE("ask says what is wrong and where", "[cli]") {
  const Folder folder;
  folder.write("parcel.yaml", parcel("ask: {criteria: {j: {until: delivered, count: drve}}}\n"));
  const Ran step = folder.run("ask parcel.yaml");
  CHECK(step.status == 2);
  CHECK(step.err.find("parcel.yaml:39:47: error: no event or procedure is called 'drve'") !=
        std::string::npos);
  CHECK(step.err.find("did you mean 'drive'?") != std::string::npos);
  folder.write("parcel.yaml", parcel("ask: {criteria: {j: {until: delivred}}}\n"));
  const Ran condition = folder.run("ask parcel.yaml");
  CHECK(condition.status == 2);
  CHECK(condition.err.find("delivred") != std::string::npos);
  // Each is said once, however many rows there are.
  CHECK(condition.err.find("error:") == condition.err.rfind("error:"));
}

TEST_CASE("a table that is not complete exits with 3", "[cli]") {
  const Folder folder;
  folder.write("parcel.yaml", parcel(kAsk));
  const Ran ran = folder.run("ask parcel.yaml --bound 2");
  CHECK(ran.status == 3);
  CHECK(ran.out.find("?") != std::string::npos);
  CHECK(ran.out.find("NOT all depths") != std::string::npos);
}

TEST_CASE("test holds a question to its table", "[cli]") {
  const Folder folder;
  folder.write("good.yaml", parcel(kAsk + R"(  table:
    "calm:road": {journey: 11}
    "storm:ferry": {journey: 4 or never}
    "storm:both_ways": {worse-than: [road, ferry]}
)"));
  const Ran good = folder.run("test good.yaml");
  INFO(good.out << good.err);
  CHECK(good.status == 0);
  folder.write("bad.yaml", parcel(kAsk + "  table: {\"calm:road\": {journey: 12}}\n"));
  const Ran bad = folder.run("test bad.yaml");
  CHECK(bad.status == 1);
  CHECK(bad.out.find("FAIL  bad.yaml: calm:road: journey expected 12, found 11") !=
        std::string::npos);
}

}  // namespace luproof
