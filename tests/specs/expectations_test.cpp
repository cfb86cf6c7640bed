// SPDX-License-Identifier: GPL-2.0-or-later
// The shipped specs test themselves; a verdict, or a step that breaks a property, that changes is
// seen here.
#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <set>

#include "checker/check.h"
#include "model/yaml_tree.h"
#include "tests/specs/shipped.h"

namespace luproof {

// The CTest entry spec-suite asks all of them; here it is a sample, for sanitizers too.
TEST_CASE("readings of shipped specs meet their expectations", "[specs]") {
  const int readings = each_reading(
      [](const std::string& file, const model::Reading& reading, const model::LoadOptions& with) {
        model::Diagnostics diagnostics;
        checker::CheckOptions options;
        options.expected_needs = true;
        const auto checked = checker::check(file, with, reading, options, {}, diagnostics);
        INFO(diagnostics.render());
        REQUIRE(checked);
        CHECK(checker::unmet(*checked) == std::vector<std::string>{});
      },
      8);
  CHECK(readings >= 300);
}

TEST_CASE("every source that a spec cites is in the bibliography", "[specs]") {
  model::Diagnostics diagnostics;
  const auto source =
      model::read_source(std::string(LUPROOF_SOURCE_SPECS) + "/sources.yaml", 1 << 20, diagnostics);
  REQUIRE(source);
  const auto root = model::read_yaml(source, diagnostics);
  REQUIRE(root);
  std::set<std::string> known;
  for (const model::YamlEntry& entry : root->entries) {
    known.insert(entry.key.text);
    for (const char* field : {"title", "author", "date", "link"}) {
      INFO(entry.key.text << " " << field);
      CHECK(entry.value.find(field));
    }
  }
  each_reading([&](const std::string& file, const model::Reading&, const model::LoadOptions& with) {
    const auto model = model::load(file, with, diagnostics);
    REQUIRE(model);
    auto cited = [&](const std::string& what, const model::Origin& origin) {
      INFO(what);
      CHECK_FALSE(origin.cite.empty());
      for (const std::string& name : origin.cite) {
        INFO(name);
        CHECK(known.count(name) == 1);
      }
    };
    for (const auto& e : model->events) cited(e.name, e.origin);
    for (const auto& p : model->procedures) cited(p.name, p.origin);
    for (const auto& p : model->properties) cited(p.name, p.origin);
    for (const auto& c : model->claims) cited(c.name, c.origin);
  });
}

TEST_CASE("no case is longer than sixty lines", "[specs]") {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(LUPROOF_SOURCE_SPECS) / "cases")) {
    std::ifstream in(entry.path());
    int lines = 0;
    for (std::string line; std::getline(in, line);) ++lines;
    INFO(entry.path().string());
    CHECK(lines <= 60);
  }
}

// What a design says about itself may not be true of it by accident: the seed designs' own
// verdicts.
TEST_CASE("the seed designs come out as their authors and reviewers found", "[specs]") {
  const std::string specs = LUPROOF_SOURCE_SPECS;
  auto verdicts = [&](const std::string& file, const std::string& variant) {
    model::Diagnostics diagnostics;
    model::LoadOptions load;
    load.specs = specs;
    const auto checked = checker::check(specs + "/designs/" + file, load,
                                        model::Reading{variant, {}}, {}, {}, diagnostics);
    REQUIRE(checked);
    std::map<std::string, std::pair<checker::Verdict, std::vector<std::string>>> all;
    for (const auto& f : checked->findings) all[f.property] = {f.verdict, f.violated_by};
    return all;
  };
  using checker::Verdict;
  // The PF hardware reset destroys the VFs today; with the slides' changes it does not.
  CHECK(verdicts("idpf-lpc2025.yaml", "today")["vf-reset"].first == Verdict::Violated);
  CHECK(verdicts("idpf-lpc2025.yaml", "today")["vf-reset"].second ==
        std::vector<std::string>{"idpf_trigger_reset(pf0)"});
  for (const auto& [property, verdict] : verdicts("idpf-lpc2025.yaml", "slides")) {
    INFO(property);
    CHECK(verdict.first == Verdict::Holds);
  }
  CHECK(verdicts("idpf-lpc2025.yaml", "error-path")["vf-reset"].first == Verdict::Violated);
  // A port without Bus Master Enable forwards nothing.
  const auto without = verdicts("pci-lpc2025.yaml", "without-bridge-rule")["vf-dma-continues"];
  CHECK(without.first == Verdict::Violated);
  for (const std::string& step : without.second) CHECK(step.rfind("pci_clear_master(", 0) == 0);
  CHECK(verdicts("pci-lpc2025.yaml", "with-bridge-rule")["vf-dma-continues"].first ==
        Verdict::Holds);
}

}  // namespace luproof
