// SPDX-License-Identifier: GPL-2.0-or-later
// Every report names what a verdict takes for granted, and a mail spends one line on it.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/mail.h"
#include "report/text.h"

namespace luproof::report {
namespace {

std::pair<checker::Checked, Request> result(bool bad) {
  char name[] = "/tmp/luproof-assumes-XXXXXX";
  REQUIRE(mkdtemp(name));
  const std::filesystem::path folder = name;
  std::ofstream file(folder / "d.yaml");
  file << "design: d\nstate: {kernel: {n: bool}, given: {calm: bool = any}}\nevents:\n";
  for (int i = 0; i < 20; ++i)
    file << "  an_event_with_a_long_name_" << i << ": {status: derived, do: n = true}\n";
  file << "procedures:\n  p(): |\n";
  for (int i = 0; i < 20; ++i) file << "    an_event_with_a_long_name_" << i << "()\n";
  file << "actors: {a: {code: p()}}\nassume: {all-is-calm: calm}\nproperties: {q: {never: "
       << (bad ? "n" : "not calm") << "}}\n";
  file.close();
  model::Diagnostics diagnostics;
  auto checked = checker::check((folder / "d.yaml").string(), {}, {}, {}, {}, diagnostics);
  std::filesystem::remove_all(folder);
  INFO(diagnostics.render());
  REQUIRE(checked);
  Request request;
  request.path = "d.yaml";
  return {std::move(*checked), request};
}

int lines_with(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("JSON names the spec's assumptions, then the uncertain rules", "[report]") {
  std::vector<std::pair<checker::Checked, Request>> results;
  results.push_back(result(true));
  const auto out = nlohmann::json::parse(json(results));
  const auto& names = out.at("properties").at(0).at("assumptions");
  CHECK(names.size() == 21);
  CHECK(names.at(0) == "all-is-calm");
  CHECK(names.at(1) == "d.an_event_with_a_long_name_0 (derived)");
}

TEST_CASE("a mail spends one line on assumptions, violated or not", "[report]") {
  for (const bool bad : {true, false}) {
    const auto [checked, request] = result(bad);
    const std::string text = mail(checked, request);
    INFO(text);
    CHECK(lines_with(text, "Assumes: all-is-calm, d.an_event") == (bad ? 2 : 1));  // deadlock holds
    CHECK(lines_with(text, "an_event_with_a_long_name_2 ") == 0);
  }
}

TEST_CASE("the text report names the uncertain rules once a reading", "[report]") {
  const auto [checked, request] = result(true);
  const std::string shown = text(checked, request, {});
  CHECK(lines_with(shown, "assumes: all-is-calm") == 1);
  CHECK(lines_with(shown, "d.an_event_with_a_long_name_19 (derived)") == 1);
}

}  // namespace luproof::report
