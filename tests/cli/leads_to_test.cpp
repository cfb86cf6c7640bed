// SPDX-License-Identifier: GPL-2.0-or-later
// What a report says of what never comes.
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

constexpr const char* kBlinks = R"(design: blinks
state: {kernel: {asked: bool, done: bool, lit: bool}}
actors:
  user:
    life: userspace
    code: |
      asked = true
  lamp:
    life: kernel
    code: |
      wait asked
      forever:
        lit = not lit
properties:
  answered: {leads-to: {from: asked, to: done}, because: Who asks is answered.}
)";

}  // namespace

TEST_CASE("what never comes is told with the steps that go on for ever", "[cli]") {
  const Folder folder;
  folder.write("blinks.yaml", kBlinks);
  const Ran text = folder.run("check blinks.yaml --property answered");
  CHECK(text.status == 1);
  CHECK(text.out.find("blinks\n"
                      "  VIOLATED answered in 3 visible steps\n"
                      "     1.  user\n"
                      "           asked: false -> true\n") == 0);
  const std::size_t loop = text.out.find("    for ever:\n");
  REQUIRE(loop != std::string::npos);
  const std::size_t two = text.out.find("     2.  lamp\n           lit: false -> true\n");
  const std::size_t three = text.out.find("     3.  lamp\n           lit: true -> false\n");
  CHECK(loop < two);
  CHECK(two < three);
  CHECK(three < text.out.find("    => Who asks is answered.\n"
                              "       steps 2 to 3 are repeated for ever\n"));
  const Ran json = folder.run("check blinks.yaml --property answered --format json");
  const auto answered = nlohmann::json::parse(json.out).at("properties").at(0);
  const auto& steps = answered.at("run");
  const auto from = answered.at("repeats_from").get<std::size_t>();
  REQUIRE(from <= steps.size());
  REQUIRE(from >= 1);
  CHECK(steps.at(from - 1).at("visible") <= 2);
  CHECK(answered.at("steps") == 3);
  for (const char* form : {"mail", "html", "sarif"}) {
    const Ran ran =
        folder.run("check blinks.yaml --property answered --format " + std::string(form));
    INFO(form << "\n" << ran.err);
    CHECK(ran.out.find("steps 2 to 3 are repeated for ever") != std::string::npos);
  }
}

}  // namespace luproof
