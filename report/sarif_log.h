// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of a SARIF log that checks and captures share.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/sources.h"

namespace luproof::report {

class SarifLog {
 public:
  using Json = nlohmann::ordered_json;

  // `rule`: as reportingDescriptor without its id; the first one of an id counts.
  std::size_t add_rule(const std::string& id, const Json& rule);
  void add_result(const std::string& rule, const Json& result);
  // What is not decided, or was no input.
  void notify(const char* level, const std::string& text);
  void failed() { successful_ = false; }
  std::string text() const;

 private:
  std::map<std::string, std::size_t> numbers_;
  Json rules_ = Json::array(), results_ = Json::array(), notes_ = Json::array();
  bool successful_ = true;
};

// What a property promises, and who says so; without `pack` it is nobody's.
struct SarifRule {
  std::string property, sentence, about, pack;
  std::vector<std::string> cite;
};
SarifLog::Json sarif_rule(const SarifRule& rule, const Sources& sources);

// Printable; readers show it as it is.
SarifLog::Json sarif_message(const std::string& text);
// Of a relative path a relative URI, as code scanning wants it; line 0: the file as a whole.
SarifLog::Json sarif_location(const std::string& path, std::int64_t line,
                              const std::string& message = "");

}  // namespace luproof::report
