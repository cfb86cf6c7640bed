// SPDX-License-Identifier: GPL-2.0-or-later
// The part of JSON Schema that the schemas of this project use, so that tests hold reports and
// specs to them. A word that it does not know would let everything pass, and is an error.
#pragma once

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace luproof::command {

class Schema {
 public:
  using Json = nlohmann::json;

  // `file` below report/, or a path from there, or from the root. `complete`: also what the schema
  // does not name is wrong, where it says what there has to be.
  explicit Schema(const std::string& file, bool complete = false)
      : root_(load(file)), complete_(complete) {}

  // What is wrong, each with its place; empty if nothing is.
  std::vector<std::string> problems(const Json& value) const {
    std::vector<std::string> found;
    check(value, root_, root_, "", found);
    return found;
  }

 private:
  static Json load(const std::string& file) {
    std::ifstream stream(file.starts_with("/") ? file : LUPROOF_TEST_DIR "/../report/" + file);
    return Json::parse(stream);
  }

  const Json& read(const std::string& file) const {
    const auto [at, fresh] = others_.emplace(file, Json());
    if (fresh) at->second = load(file);
    return at->second;
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

  bool fits(const Json& value, const Json& schema, const Json& root) const {
    std::vector<std::string> ignored;
    check(value, schema, root, "", ignored);
    return ignored.empty();
  }

  // "#/$defs/row", "other.json", "other.json#/$defs/row"
  void refer(const Json& value, const std::string& ref, const Json& root, const std::string& at,
             std::vector<std::string>& found) const {
    const std::size_t hash = std::min(ref.find('#'), ref.size());
    const Json& other = hash == 0 ? root : read(ref.substr(0, hash));
    const std::string part = hash < ref.size() ? ref.substr(hash + 1) : "";
    check(value, part.empty() ? other : other.at(Json::json_pointer(part)), other, at, found);
  }

  static const Json& part(const Json& schema, const char* name) {
    static const Json kNone = Json::object();
    return schema.contains(name) ? schema[name] : kNone;
  }

  static bool matches(const std::string& text, const std::string& pattern) {
    static std::map<std::string, std::regex> compiled;
    const auto at = compiled.try_emplace(pattern, pattern).first;
    return std::regex_search(text, at->second);
  }

  void known(const Json& schema) const {
    if (!seen_.insert(&schema).second) return;
    static const std::set<std::string> kWords = {"$schema",      "$defs",
                                                 "definitions",  "$ref",
                                                 "$id",          "id",
                                                 "title",        "description",
                                                 "type",         "const",
                                                 "enum",         "anyOf",
                                                 "oneOf",        "allOf",
                                                 "not",          "items",
                                                 "required",     "properties",
                                                 "pattern",      "additionalProperties",
                                                 "default",      "patternProperties",
                                                 "minimum",      "maximum",
                                                 "examples",     "minItems",
                                                 "uniqueItems",  "format",
                                                 "propertyNames"};
    for (const auto& [word, ignored] : schema.items())
      if (!kWords.count(word)) throw std::runtime_error("schema: nobody looks at " + word);
  }

  void check(const Json& value, const Json& schema, const Json& root, const std::string& at,
             std::vector<std::string>& found) const {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) found.push_back(at + ": nothing is allowed");
      return;
    }
    known(schema);
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
    for (const char* key : {"anyOf", "oneOf"}) {
      if (!schema.contains(key)) continue;
      const auto fitting = std::count_if(schema[key].begin(), schema[key].end(),
                                         [&](const Json& each) { return fits(value, each, root); });
      if (fitting == 0) found.push_back(at + ": none of " + key);
      if (fitting > 1 && key == std::string("oneOf")) found.push_back(at + ": several of oneOf");
    }
    if (schema.contains("not") && fits(value, schema["not"], root))
      found.push_back(at + ": is what it must not be");
    if (value.is_string() && schema.contains("pattern") &&
        !matches(value.get<std::string>(), schema["pattern"].get<std::string>()))
      found.push_back(at + ": " + value.dump() + " is not as " + schema["pattern"].dump());
    if (value.is_number() && schema.contains("minimum") && value < schema["minimum"])
      found.push_back(at + ": too small");
    if (value.is_number() && schema.contains("maximum") && value > schema["maximum"])
      found.push_back(at + ": too large");
    if (schema.contains("allOf"))
      for (const Json& each : schema["allOf"]) check(value, each, root, at, found);
    if (value.is_object()) {
      for (const Json& name : schema.value("required", Json::array()))
        if (!value.contains(name.get<std::string>()))
          found.push_back(at + ": no " + name.get<std::string>());
      const Json& properties = part(schema, "properties");
      const Json& patterns = part(schema, "patternProperties");
      const bool said_all = complete_ && schema.contains("required");
      const Json others = schema.value("additionalProperties", Json(!said_all));
      for (const auto& [name, each] : value.items()) {
        const std::string inner = at + "/" + name;
        bool said = properties.contains(name);
        if (said) check(each, properties[name], root, inner, found);
        for (const auto& [pattern, rule] : patterns.items())
          if (matches(name, pattern)) {
            said = true;
            check(each, rule, root, inner, found);
          }
        if (said) continue;
        if (others == false)
          found.push_back(at + ": " + name + " is not in the schema");
        else
          check(each, others, root, inner, found);
        if (schema.contains("propertyNames"))
          check(Json(name), schema["propertyNames"], root, inner, found);
      }
    }
    if (value.is_array() && value.size() < schema.value("minItems", std::size_t{0}))
      found.push_back(at + ": too few items");
    if (value.is_array() && schema.value("uniqueItems", false) &&
        std::set<Json>(value.begin(), value.end()).size() != value.size())
      found.push_back(at + ": items that are the same");
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        check(value[i], schema["items"], root, at + "/" + std::to_string(i), found);
  }

  Json root_;
  bool complete_ = false;
  mutable std::map<std::string, Json> others_;
  mutable std::set<const Json*> seen_;
};

}  // namespace luproof::command
