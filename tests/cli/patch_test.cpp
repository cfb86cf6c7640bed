// SPDX-License-Identifier: GPL-2.0-or-later
// A step that a patch of a series has written says so, in every report of a run.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

// Patch 2 lights the lamp without a look at the lid; what opens it is of no patch.
const char* const kLamp = R"(design: lamp
state:
  kernel: {lit: bool, open: bool}
procedures:
  light(): pass
override:
  procedures.light: {patch: 2, at: "lamp.c:light", code: lit = true}
actors:
  a: {code: light()}
  b: {code: open = true}
properties:
  dark: {never: lit && open, because: Nobody looks into a lamp.}
)";

nlohmann::json find(const nlohmann::json& run, const std::string& changed) {
  for (const nlohmann::json& step : run)
    if (step.dump().find("\"" + changed + "\"") != std::string::npos) return step;
  return {};
}

}  // namespace

TEST_CASE("the text of a run names the patch of a step", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  const Ran ran = folder.run("check lamp.yaml --property dark");
  INFO(ran.err);
  CHECK(ran.status == 1);
  CHECK(ran.out == Folder::read(LUPROOF_TEST_DIR "/cli/golden/check-patch.txt"));
}

TEST_CASE("so do a mail and JSON", "[cli]") {
  const Folder folder;
  folder.write("lamp.yaml", kLamp);
  const Ran mail = folder.run("check lamp.yaml --property dark --format mail");
  CHECK(mail.out.find("[patch 2]") != std::string::npos);
  const auto out = nlohmann::json::parse(folder.run("check lamp.yaml --format json").out);
  for (const nlohmann::json& property : out.at("properties")) {
    if (property.at("property") != "dark") continue;
    CHECK(find(property.at("run"), "lit").at("patch") == "2");
    CHECK(!find(property.at("run"), "open").contains("patch"));
  }
}

}  // namespace luproof
