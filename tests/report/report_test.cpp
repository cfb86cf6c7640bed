// SPDX-License-Identifier: GPL-2.0-or-later
// The reports of one small design, against golden files, and what every report has to keep to.
//
// The design is the tutorial's: three visible steps to a violation that can be worked out by hand.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "report/json.h"
#include "report/mail.h"
#include "report/run.h"
#include "report/text.h"

namespace luproof::report {
namespace {

std::string root() { return std::filesystem::path(LUPROOF_SOURCE_SPECS).parent_path().string(); }

std::pair<checker::Checked, Request> result(const std::string& file, const std::string& variant) {
  model::Diagnostics diagnostics;
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  std::filesystem::current_path(root());  // as a user stands there
  const std::string path = file;
  auto checked = checker::check(path, load, model::Reading{variant, {}}, {}, {}, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(checked);
  REQUIRE(checked->broken.empty());
  Request request;
  request.path = path;
  request.folder = root();
  return {std::move(*checked), request};
}

std::string golden(const std::string& name) {
  std::ifstream in(std::string(LUPROOF_TEST_DIR) + "/report/golden/" + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("the text report of a violation is the golden one", "[report]") {
  const auto [checked, request] = result("docs/tutorial/first.yaml", "endpoint-only");
  CHECK(text(checked, request, {}) == golden("first-endpoint-only.txt"));
}

TEST_CASE("a step of a task's own code has one name", "[report]") {
  CHECK(step_of("reboot", "reboot") == "reboot");
  CHECK(step_of("reboot", "reboot_device") == "reboot: reboot_device");
  CHECK(step_of("owner[vf0]", "owner") == "owner[vf0]");
  CHECK(step_of("worker#2", "worker") == "worker#2");
  CHECK(step_of("owner[vf0]", "close(vf0)") == "owner[vf0]: close(vf0)");
}

TEST_CASE("the text report of what holds is the golden one", "[report]") {
  const auto [checked, request] = result("docs/tutorial/first.yaml", "with-ports");
  CHECK(text(checked, request, {}) == golden("first-with-ports.txt"));
}

TEST_CASE("the mail report of a violation is the golden one", "[report]") {
  const auto [checked, request] = result("docs/tutorial/first.yaml", "endpoint-only");
  CHECK(mail(checked, request) == golden("first-endpoint-only.mail"));
}

TEST_CASE("a mail has at most 72 columns and 30 lines a violation", "[report]") {
  for (const char* file : {"specs/designs/idpf-lpc2025.yaml", "specs/designs/vfio-rfc-v1.yaml",
                           "specs/questions/error-callback.yaml"}) {
    model::Diagnostics diagnostics;
    model::LoadOptions load;
    load.specs = LUPROOF_SOURCE_SPECS;
    const std::string path = root() + "/" + file;
    const auto readings = model::readings(path, load, diagnostics);
    REQUIRE(readings);
    for (const model::Reading& reading : *readings) {
      auto checked = checker::check(path, load, reading, {}, {}, diagnostics);
      REQUIRE(checked);
      Request request;
      request.path = file;
      request.folder = root();
      std::size_t lines = 0;
      for (const std::string& line : lines_of(mail(*checked, request))) {
        INFO(line);
        CHECK(line.size() <= 72);
        lines = line.empty() || line.rfind("luproof:", 0) != 0 ? lines + 1 : 1;
        CHECK(lines <= 31);  // the empty line between two violations is neither's
      }
    }
  }
}

TEST_CASE("the command of a mail is broken between words, wherever the spec lies", "[report]") {
  auto [checked, request] = result("docs/tutorial/first.yaml", "endpoint-only");
  for (const std::size_t length : {10u, 40u, 47u, 58u}) {
    request.path = "/" + std::string(length, 'd') + ".yaml";
    const auto lines = lines_of(mail(checked, request));
    CHECK(lines.size() <= 26);
    std::string command;
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(line.size() <= 72);
      if (!command.empty() && command.back() == '\\')
        command.replace(command.size() - 1, 1, line, 6);
      else if (line.rfind("  luproof check", 0) == 0)
        command = line.substr(2);
    }
    CHECK(command.rfind("luproof check " + request.path + " --variant endpoint-only", 0) == 0);
    CHECK(command.find("--property vf-dma-continues") != std::string::npos);
  }
}

TEST_CASE("a blank inside of a path does not break the command of a mail", "[report]") {
  auto [checked, request] = result("docs/tutorial/first.yaml", "endpoint-only");
  request.path = std::string(40, 'd') + " of  mine/first.yaml";
  CHECK(mail(checked, request).find("'" + request.path + "'") != std::string::npos);
}

TEST_CASE("the JSON report is one object with the fields that scripts rely on", "[report]") {
  std::vector<std::pair<checker::Checked, Request>> results;
  results.push_back(result("docs/tutorial/first.yaml", "endpoint-only"));
  results.push_back(result("docs/tutorial/first.yaml", "with-ports"));
  const auto out = nlohmann::json::parse(json(results));
  CHECK(out.at("command") == "check");
  CHECK(out.at("design") == "first");
  std::set<std::string> violated;
  for (const auto& p : out.at("properties")) {
    INFO(p.dump(2));
    for (const char* field : {"property", "verdict", "scope", "engine", "assumptions", "steps",
                              "run", "variant", "choices"})
      CHECK(p.contains(field));
    CHECK(p.at("scope").at("topology") == "this");
    CHECK(p.at("scope").at("depth") == "all");
    CHECK(p.at("scope").at("vfs") == 1);
    CHECK(p.at("choices").is_object());
    if (p.at("verdict") != "violated") {
      CHECK(p.at("steps").is_null());
      continue;
    }
    violated.insert(p.at("property").get<std::string>() + ":" + p.at("variant").get<std::string>());
    CHECK(p.at("steps") == 3);
    CHECK(p.at("violated_by") == nlohmann::json{"pci_clear_master(rp)"});
    for (const auto& step : p.at("run"))
      for (const char* field :
           {"step", "actor", "event", "args", "changes", "rule", "cite", "file", "line"})
        CHECK(step.contains(field));
    CHECK(p.at("run").back().at("event") == "pci_clear_master");
    CHECK(p.at("run").back().at("args") == nlohmann::json{"rp"});
    CHECK(p.at("run").back().at("file") == "docs/tutorial/first.yaml");
  }
  CHECK(violated == std::set<std::string>{"vf-dma-continues:endpoint-only"});
}

TEST_CASE("a holds of a claimed property carries its witness in JSON", "[report]") {
  std::vector<std::pair<checker::Checked, Request>> results;
  results.push_back(result("docs/tutorial/first.yaml", "with-ports"));
  const auto out = nlohmann::json::parse(json(results));
  for (const auto& p : out.at("properties"))
    if (p.at("property") == "vf-dma-continues") {
      CHECK(p.at("verdict") == "holds");
      bool jumped = false;
      for (const auto& step : p.at("witness")) jumped = jumped || step.at("event") == "kexec";
      CHECK(jumped);
    }
}

}  // namespace luproof::report
