// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sarif_log.h"

#include <fmt/format.h>

#include "model/source.h"
#include "report/json_text.h"

namespace luproof::report {

using Json = SarifLog::Json;

namespace {

std::string uri_of(const std::string& path) {
  std::string uri = path.starts_with("/") ? "file://" : "";
  // A relative one that begins with "x:" would have a scheme.
  if (const std::size_t colon = path.find(':');
      !path.starts_with("/") && colon != std::string::npos && colon < path.find('/'))
    uri = "./";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/:@+,=").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace

std::size_t SarifLog::add_rule(const std::string& id, const Json& rule) {
  const auto [at, fresh] = numbers_.emplace(id, rules_.size());
  if (fresh) {
    Json whole = {{"id", model::printable(id)}};
    whole.update(rule);
    rules_.push_back(std::move(whole));
  }
  return at->second;
}

void SarifLog::add_result(const std::string& rule, const Json& result) {
  Json whole = {{"ruleId", model::printable(rule)}, {"ruleIndex", add_rule(rule, Json::object())}};
  whole.update(result);
  results_.push_back(std::move(whole));
}

void SarifLog::notify(const char* level, const std::string& text) {
  notes_.push_back({{"level", level}, {"message", sarif_message(text)}});
}

std::string SarifLog::text() const {
  Json invocation = {{"executionSuccessful", successful_}};
  if (!notes_.empty()) invocation["toolExecutionNotifications"] = notes_;
  const Json run = {{"tool", {{"driver", {{"name", "luproof"}, {"rules", rules_}}}}},
                    {"invocations", Json::array({invocation})},
                    {"columnKind", "utf16CodeUnits"},
                    {"results", results_}};
  return json_text({{"$schema",
                     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                     "sarif-schema-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}});
}

Json sarif_rule(const SarifRule& rule, const Sources& sources) {
  const std::string& sentence = rule.sentence.empty() ? rule.property : rule.sentence;
  Json out = {{"shortDescription", sarif_message(sentence)},
              {"defaultConfiguration", {{"level", "error"}}}};
  if (rule.pack.empty()) return out;
  // Its lines are lines: each is made printable by itself.
  std::string help = model::printable(rule.about.empty() ? rule.sentence : rule.about);
  for (const std::string& name : rule.cite) {
    const auto source = sources.find(name);
    const bool known = source != sources.end();
    help += "\n" + model::printable(fmt::format(
                       "[{}] {}", name, known ? source->second.text() : "not in sources.yaml"));
    if (known && source->second.linked() && !out.contains("helpUri"))
      out["helpUri"] = source->second.link;
  }
  if (!help.empty()) out["help"] = {{"text", help}};
  out["properties"] = {{"pack", rule.pack}, {"cite", rule.cite}};
  return out;
}

Json sarif_message(const std::string& text) { return {{"text", model::printable(text)}}; }

Json sarif_location(const std::string& path, std::int64_t line, const std::string& message) {
  Json artifact = {{"uri", uri_of(path)}};
  if (!path.starts_with("/")) artifact["uriBaseId"] = "%SRCROOT%";
  Json physical = {{"artifactLocation", std::move(artifact)}};
  if (line > 0) physical["region"] = {{"startLine", line}};
  Json out = {{"physicalLocation", std::move(physical)}};
  if (!message.empty()) out["message"] = sarif_message(message);
  return out;
}

}  // namespace luproof::report
