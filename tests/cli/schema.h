// SPDX-License-Identifier: GPL-2.0-or-later
// The part of JSON Schema that the schemas in report/ use, so that tests hold reports to them.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace luproof::command {

class Schema {
 public:
  using Json = nlohmann::json;

  // `file` below report/.
  explicit Schema(const std::string& file) : root_(load(file)) {}

  // What is wrong, each with its place; empty if nothing is.
  std::vector<std::string> problems(const Json& value) const {
    std::vector<std::string> found;
    check(value, root_, root_, "", found);
    return found;
  }

 private:
  static Json load(const std::string& file) {
    std::ifstream stream(std::string(LUPROOF_TEST_DIR) + "/../report/" + file);
    return Json::parse(stream);
  }

  static bool is(const Json& value, const std::string& type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "integer" ? value.is_number_integer()
           : type == "number"  ? value.is_number()
           : type == "boolean" ? value.is_boolean()
                               : value.is_null();
  }

  static bool fits(const Json& value, const Json& schema, const Json& root) {
    std::vector<std::string> ignored;
    check(value, schema, root, "", ignored);
    return ignored.empty();
  }

  // "#/$defs/row", "other.json", "other.json#/$defs/row"
  static void refer(const Json& value, const std::string& ref, const Json& root,
                    const std::string& at, std::vector<std::string>& found) {
    const std::size_t hash = std::min(ref.find('#'), ref.size());
    const Json other = hash == 0 ? root : load(ref.substr(0, hash));
    const std::string part = hash < ref.size() ? ref.substr(hash + 1) : "";
    check(value, part.empty() ? other : other.at(Json::json_pointer(part)), other, at, found);
  }

  static void check(const Json& value, const Json& schema, const Json& root, const std::string& at,
                    std::vector<std::string>& found) {
    if (schema.contains("$ref")) refer(value, schema["$ref"], root, at, found);
    if (schema.contains("type")) {
      bool any = false;
      const Json types = schema["type"].is_array() ? schema["type"] : Json{schema["type"]};
      for (const Json& type : types) any = any || is(value, type);
      if (!any) found.push_back(at + ": not " + types.dump());
    }
    if (schema.contains("const") && value != schema["const"]) found.push_back(at + ": not const");
    if (schema.contains("enum")) {
      const Json& all = schema["enum"];
      if (std::find(all.begin(), all.end(), value) == all.end())
        found.push_back(at + ": " + value.dump() + " is none of " + all.dump());
    }
    for (const char* key : {"anyOf", "oneOf"})
      if (schema.contains(key) &&
          std::none_of(schema[key].begin(), schema[key].end(),
                       [&](const Json& each) { return fits(value, each, root); }))
        found.push_back(at + ": none of " + key);
    if (schema.contains("allOf"))
      for (const Json& each : schema["allOf"]) check(value, each, root, at, found);
    if (value.is_object()) {
      for (const Json& name : schema.value("required", Json::array()))
        if (!value.contains(name.get<std::string>()))
          found.push_back(at + ": no " + name.get<std::string>());
      const Json properties = schema.value("properties", Json::object());
      for (const auto& [name, each] : value.items())
        if (properties.contains(name))
          check(each, properties[name], root, at + "/" + name, found);
        else if (!schema.value("additionalProperties", true))
          found.push_back(at + ": " + name + " is not in the schema");
    }
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        check(value[i], schema["items"], root, at + "/" + std::to_string(i), found);
  }

  Json root_;
};

}  // namespace luproof::command
