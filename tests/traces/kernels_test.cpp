// SPDX-License-Identifier: GPL-2.0-or-later
// Which binding reads a capture, what a binding is made of, and messages of the kernel's log.
#include "traces/kernels.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/traces/validate.h"
#include "traces/binding.h"

using namespace luproof::traces;
using namespace luproof::traces::test;
using Catch::Matchers::Contains;

namespace {

std::vector<KernelRange> kernels(const std::string& text, std::string& errors) {
  luproof::model::Diagnostics diagnostics;
  auto read = read_kernels(luproof::model::Source::make("kernels.yaml", text), diagnostics);
  errors = diagnostics.render();
  CHECK(read.empty() != diagnostics.ok());
  return read;
}

bool assumes(const TraceVerdict& verdict, const std::string& part) {
  for (const std::string& assumption : verdict.assumptions)
    if (assumption.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a release is its first two numbers", "[traces][binding]") {
  CHECK(read_release("7.3.4+deb13-amd64") == Release{7, 3});
  CHECK(read_release("5.14.0-505.el9") == Release{5, 14});
  CHECK(read_release("6.18") == Release{6, 18});
  CHECK_FALSE(read_release("7"));
  CHECK_FALSE(read_release("next-20261120"));
  CHECK_FALSE(read_release(""));
}

TEST_CASE("a kernel's design is known by the functions of its code", "[traces][binding]") {
  std::string errors;
  const auto good = kernels(
      "kernels:\n  - {from: \"7.3\", tried: \"7.3\", binding: pci, design: luo, "
      "design-where: [luo_session_, kho_p]}\n  - {from: \"6.1\", tried: \"6.1\", binding: pci}\n",
      errors);
  REQUIRE(good.size() == 2);
  CHECK(good[0].design == "luo");
  CHECK(good[0].of_design("luo_session_create"));
  CHECK(good[0].of_design("kho_preserve"));
  CHECK_FALSE(good[0].of_design("pci_luo_session_x"));
  CHECK(good[1].design.empty());
  CHECK_FALSE(good[1].of_design("luo_session_create"));
  // A design that is taken nowhere, or everywhere, is a slip.
  const std::string head = "kernels:\n  - {from: \"7.3\", tried: \"7.3\", binding: pci, ";
  kernels(head + "design: luo}\n", errors);
  CHECK_THAT(errors, Contains("a design is named together with where it is taken"));
  kernels(head + "design-where: [luo_session_]}\n", errors);
  CHECK_THAT(errors, Contains("a design is named together with where it is taken"));
  kernels(head + "design: ../luo, design-where: [luo_session_]}\n", errors);
  CHECK_THAT(errors, Contains("a design is named together with where it is taken"));
  kernels(head + "design: luo, design-where: [luo_]}\n", errors);
  CHECK_THAT(errors, Contains("'luo_' is short"));
}

TEST_CASE("kernels that cannot be told apart are an error with a place", "[traces][binding]") {
  std::string errors;
  const auto good =
      kernels("kernels:\n  - {from: \"5.15\", tried: \"7.3\", binding: pci}\n", errors);
  REQUIRE(good.size() == 1);
  CHECK(good[0].holds({7, 5}));
  CHECK_FALSE(good[0].holds({5, 14}));
  kernels("kernels:\n  - {from: \"5.15\", tried: \"7.3\", bindng: pci}\n", errors);
  CHECK_THAT(errors, Contains("kernels.yaml:2") && Contains("unknown key 'bindng'"));
  kernels("kernels:\n  - {from: five, tried: \"7.3\", binding: pci}\n", errors);
  CHECK_THAT(errors, Contains("'from' is a release"));
  kernels("kernels:\n  - {from: \"5.15\", tried: \"7.3\", binding: ../x}\n", errors);
  CHECK_THAT(errors, Contains("needs 'from:'"));
  kernels("kernels: []\n", errors);
  CHECK_THAT(errors, Contains("no kernel is listed"));
  kernels("kernel: 1\n", errors);
  CHECK_THAT(errors, Contains("'kernels:' is a list"));
}

TEST_CASE("every kernel of the list has a binding that fits the packs", "[traces][binding]") {
  for (const std::string kernel : {"7.3.4", "5.10"}) {
    ValidateOptions options;
    options.kernel = kernel;
    const auto judged =
        judge(Lines().command("0000:01:10.0", 0), {"0000:01:10.0"}, std::move(options));
    CAPTURE(kernel, judged.errors);
    CHECK(judged->outcome == Outcome::Violates);
    CHECK_FALSE(assumes(*judged, "no capture names its kernel"));
  }
}

TEST_CASE("what only asks depends on the kernel", "[traces][binding]") {
  // Before 5.15 the function that asks is another one. Each binding knows its own.
  const auto asked_by = [](const std::string& caller, const std::string& kernel) {
    Lines lines;
    lines.add("pci_af_flr <-" + caller).command("0000:01:10.2", 4);
    ValidateOptions options;
    options.kernel = kernel;
    options.coverage = true;
    const auto judged = judge(lines, {}, std::move(options));
    for (const CoverageRow& row : judged->rules)
      if (row.name == "pci_af_flr" && row.count > 0) return true;
    return false;
  };
  CHECK(asked_by("pci_init_reset_methods", "7.3.4"));
  CHECK(asked_by("pci_probe_reset_function", "5.10"));
  CHECK_FALSE(asked_by("pci_probe_reset_function", "7.3.4"));
}

TEST_CASE("a kernel that no binding is for is wrong input, a newer one is said",
          "[traces][binding]") {
  const Lines lines = Lines().command("0000:01:10.0", 4);
  ValidateOptions old;
  old.kernel = "4.9.0";
  const auto refused = judge(lines, {}, std::move(old));
  CHECK_FALSE(refused.verdict);
  CHECK_THAT(refused.errors, Contains("no binding is for Linux '4.9.0'"));
  CHECK(assumes(*judge(lines, {}), "no capture names its kernel"));
  // A log says which kernel it is of.
  Lines log;
  log.raw("[    0.000000] Linux version 9.1.0-rc1 (x)");
  log.raw("[    1.000000] pci 0000:01:10.0: not ready 1023ms after FLR; waiting");
  const auto newer = judge(log, {});
  CHECK_FALSE(assumes(*newer, "no capture names its kernel"));
  CHECK(has_gap(*newer, "was tried with Linux 7.3, this is 9.1"));
}

TEST_CASE("the kernel's log alone shows a reset", "[traces][binding]") {
  Lines log;
  log.raw("[    0.000000] Linux version 7.3.4 (x)");
  log.raw("[    1.000000] pci 0000:01:10.2: BAR 0: assigned");
  log.raw("[    2.000000] vfio-pci 0000:01:10.0: not ready 1023ms after FLR; waiting");
  const auto judged = judge(log, {"0000:01:10.0"});
  REQUIRE(judged->outcome == Outcome::Violates);
  CHECK(judged->violations.front().property == "vf-reset");
  CHECK(judged->violations.front().line == 3);
  CHECK(judged->violations.front().event == "pcie_flr(0000:01:10.0)");
}

TEST_CASE("a log over a kexec is two kernels, and what the first one held is gone",
          "[traces][binding]") {
  Lines log;
  log.raw("[    0.000000] Linux version 7.3.4 (x)");
  log.raw("[    2.000000] vfio-pci 0000:01:10.0: not ready 1023ms after FLR; waiting");
  log.raw("[    0.000000] Linux version 7.3.5 (x)");
  log.raw("[    2.000000] vfio-pci 0000:01:10.2: not ready 1023ms after FLR; waiting");
  const auto judged = judge(log, {"all"});
  CHECK(assumes(*judged, "follows the one before it through kexec"));
  CHECK(has_gap(*judged, "the capture ends before the kernel does"));
  CHECK(judged->violations.size() == 2);
}

TEST_CASE("bindings use each other, and cannot go astray in it", "[traces][binding]") {
  const auto errors = [](const std::string& use) {
    luproof::model::Diagnostics diagnostics;
    read_binding(luproof::model::Source::make(
                     LUPROOF_SOURCE_SPECS "/bindings/x.yaml",
                     "bindings: x\nmodel: properties\nexistence: exists\nuse: " + use +
                         "\nlines:\n  - {symbol: a, kexec: yes, confirmed-by: [command]}\n"),
                 diagnostics);
    return diagnostics.render();
  };
  CHECK(errors("pci-common") == "");
  CHECK_THAT(errors("[pci-common, pci]"), Contains("uses itself"));
  CHECK_THAT(errors("no-such"), Contains("cannot open"));
  CHECK_THAT(errors("../rules/kexec"), Contains("of the same folder"));
}

TEST_CASE("a message's expression is checked where it stands", "[traces][binding]") {
  luproof::model::Diagnostics diagnostics;
  read_binding(luproof::model::Source::make(
                   "b.yaml",
                   "bindings: x\nmodel: properties\nexistence: exists\nlines:\n"
                   "  - {message: 'a(b', kexec: yes}\n  - {message: x, symbol: y, kexec: yes}\n"),
               diagnostics);
  CHECK_THAT(diagnostics.render(), Contains("b.yaml:5") && Contains("no regular expression") &&
                                       Contains("exclude each other"));
}

TEST_CASE("the schema of bindings lists the keys that are read", "[traces][binding]") {
  std::ifstream file(LUPROOF_SOURCE_SPECS "/bindings/binding.schema.json");
  const nlohmann::json schema = nlohmann::json::parse(file);
  const auto keys = [](const nlohmann::json& properties) {
    std::set<std::string> names;
    for (const auto& entry : properties.items()) names.insert(entry.key());
    return names;
  };
  const auto set = [](const std::vector<std::string>& names) {
    return std::set<std::string>(names.begin(), names.end());
  };
  CHECK(keys(schema.at("properties")) == set(binding_file_keys()));
  CHECK(keys(schema.at("$defs").at("line").at("properties")) == set(binding_line_keys()));
  CHECK(keys(schema.at("$defs").at("recorded").at("properties")) == set(record_keys()));
}
