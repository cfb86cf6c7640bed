// SPDX-License-Identifier: GPL-2.0-or-later
// The members of an open sort, and what their cells start as.
#include <catch2/catch.hpp>

#include "tests/checker/interpreter_fixture.h"

namespace luproof::checker {
namespace {

const std::string kPack = R"Y(
topology:
  ep: {kind: other, bdf: "0000:00:05.0"}
kinds: {handler: [memfd, cdev]}
entities: {file: {open: yes}}
state:
  given:
    file.of: {type: handler}
    "device(file f)": {type: ref function}
  kernel:
    file.token: int 0..7 = 3
    file.kept: bool = false boot self.of == cdev
)Y";

std::string rejection(const std::string& yaml) {
  const SpecFile file("case: small\n" + yaml);
  model::Diagnostics diagnostics;
  CHECK_FALSE(model::load(file.path, {}, diagnostics));
  return diagnostics.render();
}

}  // namespace

TEST_CASE("members start with the values that are given, and else with the cell's own",
          "[checker]") {
  const Spec spec(kPack + R"(
members:
  file:
    a: {of: cdev, device: ep}
    b: {token: 5, kept: true}
)");
  const Configuration& at = spec.initial.at(0);
  CHECK(spec.text(at, "file.of[a]") == "cdev");
  CHECK(spec.text(at, "file.of[b]") == "memfd");
  CHECK(spec.text(at, "device[a]") == "ep");
  CHECK(spec.text(at, "device[b]") == "none");
  CHECK(spec.text(at, "file.token[a]") == "3");
  CHECK(spec.text(at, "file.token[b]") == "5");
  CHECK(spec.text(at, "file.kept[a]") == "false");
  CHECK(spec.text(at, "file.kept[b]") == "true");
}

TEST_CASE("an open sort without members is empty", "[checker]") {
  const Spec spec(kPack + "properties:\n  p: {never: \"file.exists(f, true)\"}\n");
  CHECK(spec.initial.size() == 1);
}

TEST_CASE("slips in members are errors", "[checker]") {
  CHECK(rejection(kPack + "members: {file: {a: {tokn: 1}}}\n").find("'token'") !=
        std::string::npos);
  CHECK(rejection(kPack + "members: {file: {a: {token: 9}}}\n").find("cannot have this value") !=
        std::string::npos);
  CHECK(rejection(kPack + "members: {handler: {a: {}}}\n").find("is no open sort") !=
        std::string::npos);
  CHECK(rejection(kPack + "members: {file: [a]}\n").find("members are a map") != std::string::npos);
  CHECK(rejection(kPack + "members: {file: {ep: {}}}\n").find("ep") != std::string::npos);
  CHECK(rejection("entities: {file: {open: yes, pool: 2}}\n").find("entities are") !=
        std::string::npos);
}

}  // namespace luproof::checker
