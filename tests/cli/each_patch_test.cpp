// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof check --each-patch`: what each patch of a series breaks or keeps.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

// A box is promised by patch 1, kept dry by patch 2 and kept whole by patch 3, which leaves the lid
// open; patch 4 closes it.
const std::string kSeries = R"(design: box
events:
  rain:
    when: not over
    do: |
      wet = promised() && not sheltered()
      over = true
  open: {when: over && promised() && lets_open(), do: "spilt = true"}
state:
  kernel: {over: bool, wet: bool, spilt: bool}
define:
  promised(): {expr: true, patch: 1}
  sheltered(): {any: false}
  lets_open(): {expr: not closed() && careless(), about: a lid}
  careless(): {expr: true, patch: 3}
  closed(): {expr: true, patch: 4}
extend:
  sheltered(): {expr: true, patch: 2}
properties:
  dry: {never: wet}
  whole: {never: spilt}
)";

}  // namespace

TEST_CASE("the course of the verdicts over a series is the golden one", "[cli]") {
  const Folder folder;
  folder.write("box.yaml", kSeries);
  const Ran ran = folder.run("check box.yaml --each-patch");
  INFO(ran.err);
  CHECK(ran.status == 1);  // the whole holds, and prefixes are worse than the base
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/each-patch-box.txt"));
}

TEST_CASE("a series in the right order is never worse than its base", "[cli]") {
  const Folder folder;
  std::string series = kSeries;
  const auto renumber = [&](const std::string& from, const std::string& to) {
    series.replace(series.find(from), from.size(), to);
  };
  renumber("promised(): {expr: true, patch: 1}", "promised(): {expr: true, patch: 5}");
  folder.write("box.yaml", series);
  const Ran ran = folder.run("check box.yaml --each-patch");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out.find("no prefix of the series breaks what holds without it") != std::string::npos);
}

TEST_CASE("each patch as JSON", "[cli]") {
  const Folder folder;
  folder.write("box.yaml", kSeries);
  const auto json =
      nlohmann::json::parse(folder.run("check box.yaml --each-patch --format json").out);
  const auto& reading = json["readings"][0];
  REQUIRE(reading["patches"].size() == 5);
  CHECK(reading["patches"][2]["patch"] == 2);
  for (const auto& p : reading["properties"]) {
    if (p["property"] == "dry") {
      CHECK(p["worse_after"] == nlohmann::json({1}));
      CHECK(p["course"].size() == 3);
    }
    if (p["property"] == "whole") CHECK(p["worse_after"] == nlohmann::json({3}));
  }
}

TEST_CASE("a patch is no worse than a base that is not known", "[cli]") {
  const Folder folder;
  // Without patch 1 the fault takes more steps than the bound, with it one.
  folder.write("slow.yaml",
               "design: slow\nstate: {kernel: {n: int 0..9, lit: bool}}\n"
               "define: {quick(): {expr: true, patch: 1}}\n"
               "events:\n  count: {when: n < 9, do: n = n + 1}\n"
               "  light: {when: quick() || n == 9, do: lit = true}\n"
               "properties: {dark: {never: lit}}\n");
  const Ran ran = folder.run("check slow.yaml --each-patch --bound 3");
  INFO(ran.out << ran.err);
  CHECK(ran.out.find("no prefix of the series is known to break what holds without it") !=
        std::string::npos);
  CHECK(folder.run("check slow.yaml --each-patch").out.find("dark: violated without the series") !=
        std::string::npos);
}

TEST_CASE("a variant without patches is the base of one that has them", "[cli]") {
  const Folder folder;
  folder.write("both.yaml",
               "design: both\ndefine: {on: {expr: false}}\nproperties: {p: {never: on}}\n"
               "variants: {before: {}, after: {override: {define.on: {patch: 1, expr: false}}}}\n");
  const Ran both = folder.run("check both.yaml --each-patch");
  INFO(both.err);
  CHECK(both.status == 0);
  CHECK(both.out.starts_with(
      "both.yaml, variant before: names no patch\nboth, variant after, patch by patch\n"));
  const auto json =
      nlohmann::json::parse(folder.run("check both.yaml --each-patch --format json").out);
  CHECK(json["readings"].size() == 1);
  CHECK(folder.run("check both.yaml --each-patch --variant before").status == 2);
}

TEST_CASE("each patch needs patches, and they are numbers", "[cli]") {
  const Folder folder;
  folder.write("none.yaml", "design: none\nproperties: {p: {never: false}}\n");
  const Ran none = folder.run("check none.yaml --each-patch");
  CHECK(none.status == 2);
  CHECK(none.err.find("names a patch") != std::string::npos);
  // Once a file, whatever its variants.
  folder.write("two.yaml",
               "design: two\nproperties: {p: {never: false}}\nvariants: {a: {}, b: {}}\n");
  const Ran two = folder.run("check two.yaml --each-patch");
  CHECK(two.status == 2);
  CHECK(two.err.find("names a patch") == two.err.rfind("names a patch"));
  folder.write("odd.yaml", "design: odd\ndefine: {d: {expr: true, patch: third}}\n");
  const Ran odd = folder.run("check odd.yaml --each-patch");
  CHECK(odd.status == 2);
  CHECK(odd.err.find("odd.yaml:2:10: error: the patch 'third' is no number") != std::string::npos);
  CHECK(folder.run("check odd.yaml --each-patch --why").status == 2);
}

}  // namespace luproof
