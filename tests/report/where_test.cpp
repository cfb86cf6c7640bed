// SPDX-License-Identifier: GPL-2.0-or-later
// A counterexample of an open topology is of no use without the values that it needs.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/text.h"

namespace luproof::report {

TEST_CASE("a run says which open values it needs, each as small as can be", "[report]") {
  char name[] = "/tmp/luproof-where-XXXXXX";
  REQUIRE(mkstemp(name) >= 0);
  // Routing ID 0x10 + offset reaches the next bus from offset 240 on.
  std::ofstream(name) << R"y(case: where
topology:
  pf0: {kind: pf, bdf: "0000:00:02.0", first_vf_offset: any, vf_stride: any, total_vfs: 1, num_vfs: any 1..1}
  vf0: {kind: vf, of: pf0, index: 0}
state:
  hardware: {seen: bool, noise: bool = any}
  given: {wanted: bool = any, fixed: bool = true}
events: {look(): {when: not seen && wanted, do: seen = true}}
properties:
  same-bus: {never: seen && vf0.bus != pf0.bus}
)y";
  model::Diagnostics diagnostics;
  auto checked = checker::check(name, {}, {}, {}, {}, diagnostics);
  std::filesystem::remove(name);
  REQUIRE(checked);
  Request request;
  request.path = name;
  const std::string report = text(*checked, request, {});
  INFO(report);
  CHECK(report.find("where wanted = true, first_vf_offset[pf0] = 240, vf_stride[pf0] = 0\n") !=
        std::string::npos);
  std::vector<std::pair<checker::Checked, Request>> results;
  results.emplace_back(std::move(*checked), request);
  const auto object = nlohmann::json::parse(json(results));
  const auto& property = object.at("properties").at(0);
  CHECK(property.at("engine") == "smt");
  CHECK(property.at("where").at("first_vf_offset[pf0]") == "240");
}

}  // namespace luproof::report
