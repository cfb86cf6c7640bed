// SPDX-License-Identifier: GPL-2.0-or-later
// What is wrong with a small YAML file that is no spec, each with its place.
#include "model/yaml_map.h"

#include <catch2/catch.hpp>

namespace luproof::model {
namespace {

// What reading `key` of a file says, in every way in which it can be read.
std::string errors(const std::string& file) {
  Diagnostics diagnostics;
  const auto tree = read_yaml(Source::make("m.yaml", file), diagnostics);
  REQUIRE(tree);
  const YamlMap map(*tree, diagnostics);
  if (!map.only({"name", "kept", "of"})) return diagnostics.render();
  map.need("name", "x");
  map.yes("kept");
  map.texts("of");
  return diagnostics.render();
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a map of a small file holds what its keys say", "[model]") {
  CHECK(errors("name: a\nkept: yes\nof: [b, c]\n").empty());
  CHECK(errors("name: a\nof: b\n").empty());
  CHECK(has(errors("- a\n"), "m.yaml:1:1: error: a map is expected here"));
  CHECK(has(errors("name: a\nkpet: yes\n"), "m.yaml:2:1: error: unknown key 'kpet'"));
  CHECK(has(errors("kept: yes\n"), "m.yaml:1:1: error: 'name:' is missing"));
  CHECK(has(errors("name: [a]\n"), "m.yaml:1:7: error: 'name' is a text"));
  CHECK(has(errors("name: a\nkept: maybe\n"), "m.yaml:2:7: error: 'kept' is yes or no"));
  CHECK(has(errors("name: a\nof: {b: c}\n"), "error: 'of' is a text or a list of them"));
  CHECK(has(errors("name: a\nof: [b, [c]]\n"), "error: a text is expected here"));
}

}  // namespace luproof::model
