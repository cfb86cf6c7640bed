// SPDX-License-Identifier: GPL-2.0-or-later
// specs/spec.schema.json, by which editors complete and check specs, is held to what the loader
// reads: the keys of its tables, every spec that is shipped, and specs that are wrong.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "model/schema.h"
#include "tests/cli/schema.h"

namespace luproof::model {
namespace {

namespace fs = std::filesystem;
using command::Schema;
using Json = nlohmann::json;

const char* const kSchema = "../specs/spec.schema.json";

// As an editor reads YAML: plain words may be numbers and truths, quoted ones are texts.
Json json_of(const YamlNode& node) {
  Json value;
  if (node.is_map()) {
    value = Json::object();
    for (const YamlEntry& entry : node.entries) value[entry.key.text] = json_of(entry.value);
  } else if (node.is_sequence()) {
    value = Json::array();
    for (const YamlNode& item : node.items) value.push_back(json_of(item));
  } else if (node.style != ScalarStyle::Plain) {
    value = node.text;
  } else if (node.text == "true" || node.text == "false") {
    value = node.text == "true";
  } else {
    const bool digits = !node.text.empty() && node.text.size() < 10 &&
                        node.text.find_first_not_of("0123456789") == std::string::npos;
    value = digits ? Json(std::stoi(node.text)) : Json(node.text);
  }
  return value;
}

std::vector<std::string> problems_of(const Schema& schema, const SourcePtr& source) {
  Diagnostics diagnostics;
  const auto tree = source ? read_yaml(source, diagnostics) : std::nullopt;
  INFO(diagnostics.render());
  REQUIRE(tree);
  return schema.problems(json_of(*tree));
}

bool refused(const std::string& text) {
  static const Schema schema(kSchema);
  INFO(text);
  return !problems_of(schema, Source::make("s.yaml", text)).empty();
}

std::set<std::string> keys_in(const Json& map) {
  std::set<std::string> keys;
  for (const auto& [key, ignored] : map.at("properties").items()) keys.insert(key);
  return keys;
}

std::set<std::string> set_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

}  // namespace

TEST_CASE("the schema of specs lists the keys that are read", "[model]") {
  std::ifstream file(LUPROOF_SOURCE_SPECS "/spec.schema.json");
  const Json schema = Json::parse(file);
  const auto at = [&](const std::string& path) {
    return keys_in(schema.at(Json::json_pointer(path)));
  };
  CHECK(at("") == set_of(keys_of("file")));
  // Each declaration is a map, or a map or something shorter.
  for (const char* section : {"entities", "environment", "claims"})
    CHECK(at(std::string("/$defs/") + section + "/additionalProperties") ==
          set_of(keys_of(section)));
  for (const char* section : {"kinds", "locks", "define", "choices", "events", "procedures"})
    CHECK(at(std::string("/$defs/") + section + "/additionalProperties/anyOf/1") ==
          set_of(keys_of(section)));
  for (const auto& [path, where] : std::initializer_list<std::pair<const char*, const char*>>{
           {"/$defs/variants/additionalProperties", "variant"},
           {"/$defs/cells/additionalProperties/anyOf/1", "state"},
           {"/$defs/assume/additionalProperties/anyOf/1", "assumption"},
           {"/$defs/expectations/additionalProperties/anyOf/1", "expectation"},
           {"/$defs/candidates/additionalProperties", "candidate"},
           {"/$defs/configuration", "config"},
           {"/$defs/actor", "actors"},
           {"/$defs/property", "properties"},
           {"/$defs/replacement/anyOf/1", "replacement"},
           {"/$defs/label-edit", "label"},
           {"/$defs/ask", "ask"},
           {"/$defs/matrix", "matrix"},
           {"/$defs/criterion", "criterion"},
           {"/$defs/moment", "moment"},
           {"/$defs/leads-to", "leads-to"},
           {"/$defs/recoverable", "recoverable"}})
    CHECK(at(path) == set_of(keys_of(where)));
  std::vector<std::string> cases = keys_of("definition case");
  for (const std::string& key : keys_of("hook case")) cases.push_back(key);
  CHECK(at("/$defs/extension/anyOf/1") == set_of(cases));
}

TEST_CASE("every spec that is shipped fits the schema", "[model]") {
  const Schema schema(kSchema);
  std::size_t specs = 0;
  for (const char* folder : {"rules", "designs", "cases", "checks", "questions"})
    for (const auto& entry : fs::directory_iterator(fs::path(LUPROOF_SOURCE_SPECS) / folder)) {
      Diagnostics diagnostics;
      INFO(entry.path());
      CHECK(problems_of(schema, read_source(entry.path().string(), 1u << 20, diagnostics)).empty());
      ++specs;
    }
  CHECK(specs > 100);
}

TEST_CASE("every binding that is shipped fits the schema of bindings", "[model]") {
  const Schema schema("../specs/bindings/binding.schema.json");
  for (const auto& entry : fs::directory_iterator(fs::path(LUPROOF_SOURCE_SPECS) / "bindings")) {
    if (entry.path().extension() != ".yaml") continue;
    Diagnostics diagnostics;
    INFO(entry.path());
    CHECK(problems_of(schema, read_source(entry.path().string(), 1u << 20, diagnostics)).empty());
  }
}

TEST_CASE("what reproduce can do fits its schema", "[model]") {
  Diagnostics diagnostics;
  CHECK(problems_of(Schema("../specs/forces.schema.json"),
                    read_source(LUPROOF_SOURCE_SPECS "/forces.yaml", 1u << 20, diagnostics))
            .empty());
}

TEST_CASE("what preflight reads fits its schema, and what is wrong does not", "[model]") {
  const Schema schema("../specs/preflight.schema.json");
  Diagnostics diagnostics;
  CHECK(problems_of(schema,
                    read_source(LUPROOF_SOURCE_SPECS "/preflight.yaml", 1u << 20, diagnostics))
            .empty());
  const auto setting = [&](const std::string& text) {
    const std::string file = "design: d\nsettings: {one: {about: x, cite: y, " + text + "}}\n";
    return problems_of(schema, Source::make("preflight.yaml", file)).empty();
  };
  CHECK(setting("read: {file: sys/a}, cases: [{is: 1, set: {power: D0}}, {note: n}]"));
  CHECK(setting("read: {parameter: pci, option: [a, b]}, config: c"));
  CHECK_FALSE(setting("cases: []"));
  CHECK_FALSE(setting("read: {file: sys/a, value: b, of: pf}"));
  CHECK_FALSE(setting("read: {parameter: pci}"));
  CHECK_FALSE(setting("read: {attribute: driver}"));
  CHECK_FALSE(setting("read: {attribute: a/b, of: pf}"));
  CHECK_FALSE(setting("read: {attribute: driver, of: nic}"));
  CHECK_FALSE(setting("read: {file: sys/a}, cases: [{is: a, sett: {}}]"));
}

TEST_CASE("a spec that is wrong is marked in the editor", "[model]") {
  CHECK_FALSE(refused("design: d\n"));
  CHECK(refused("about: no kind of file\n"));
  CHECK(refused("design: d\ncase: c\n"));
  CHECK(refused("design: d\nevnts: {}\n"));
  CHECK(refused("design: d\nuse: {a: b}\n"));
  CHECK(refused("design: d\nstate: {hardwear: {a: bool}}\n"));
  CHECK(refused("design: d\nstate: {kernel: {a: {typ: bool}}}\n"));
  CHECK(refused("design: d\nlocks: {a: spinlock}\n"));
  CHECK(refused("design: d\nevents: {e: {when: a, doo: b = true}}\n"));
  CHECK(refused("design: d\nevents: {e: {symbol: maybe, do: pass}}\n"));
  CHECK(refused("design: d\nactors: {a: {life: kernal, code: pass}}\n"));
  CHECK(refused("design: d\nproperties: {p: {nevr: a}}\n"));
  CHECK(refused("design: d\nproperties: {p: {leads-to: {from: a}}}\n"));
  CHECK(refused("design: d\nexpect: {p: voilated}\n"));
  CHECK(refused("design: d\nexpect: {p: {verdict: violated, violatedby: [e]}}\n"));
  CHECK(refused("design: d\nvariants: {v: {events: {}}}\n"));
  CHECK(refused("design: d\noverride: {defin.x: \"true\"}\n"));
  CHECK(refused("design: d\noverride: {events.x: pass}\n"));
  CHECK(refused("design: d\noverride: {procedures.x@l: {instead: pass}}\n"));
  CHECK(refused("design: d\ndefine: {x: {expr: a, status: likely}}\n"));
}

TEST_CASE("so is a topology that is wrong", "[model]") {
  CHECK_FALSE(refused("design: d\ntopology: {from: a.lspci}\n"));
  CHECK_FALSE(refused(
      "design: d\ntopology: {p: {kind: port, bdf: \"0000:00:1c.0\", secondary: any 1..9}}\n"));
  CHECK(refused("design: d\ntopology: {p: {kind: bridge}}\n"));
  CHECK(refused("design: d\ntopology: {p: {bdf: \"0000:00:1c.0\"}}\n"));
  CHECK(refused("design: d\ntopology: {p: {kind: port, bdf: \"0000:00:1c\"}}\n"));
  CHECK(refused("design: d\ntopology: {p: {kind: port, secondary: [1]}}\n"));
  CHECK(refused("design: d\ntopology: {from: a.lspci, p: {kind: port}}\n"));
}

}  // namespace luproof::model
