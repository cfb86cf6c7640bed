// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/topology.h"
#include "report/facts.h"
#include "report/json_read.h"
#include "report/reproduce/predict.h"

namespace luproof::report {

using Json = nlohmann::json;
using model::Diagnostics;
using model::printable;

namespace {

constexpr std::size_t kMaximumBytes = 16u << 20;

class Reader {
 public:
  explicit Reader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // An object that luproof has written for `command`.
  std::optional<Json> object(const std::string& path, const char* command) {
    source_ = model::read_source(path, kMaximumBytes, diagnostics_);
    if (!source_) return std::nullopt;
    JsonTrouble trouble;
    auto root = read_json<Json>(source_->text, trouble);
    if (!root || !root->is_object() || !root->contains("command") ||
        (*root)["command"] != command) {
      wrong(fmt::format("this is not what luproof {} has written", command), trouble.message);
      return std::nullopt;
    }
    return root;
  }

  std::string text(const Json& in, const char* name) {
    const auto at = in.is_object() ? in.find(name) : in.end();
    if (at != in.end() && at->is_string()) return at->get<std::string>();
    wrong(fmt::format("there is no text '{}'", name));
    return {};
  }

  const Json& list(const Json& in, const char* name) {
    static const Json kNone = Json::array();
    const auto at = in.is_object() ? in.find(name) : in.end();
    if (at != in.end() && at->is_array()) return *at;
    wrong(fmt::format("there is no list '{}'", name));
    return kNone;
  }

  // "vf0 0000:01:00.1"
  std::map<std::string, std::string> roles(const std::string& path) {
    std::map<std::string, std::string> found;
    source_ = model::read_source(path, kMaximumBytes, diagnostics_);
    if (!source_) return found;
    std::istringstream lines(source_->text);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t blank = line.find(' ');
      if (blank == std::string::npos || !model::Bdf::parse(line.substr(blank + 1))) {
        wrong(fmt::format("'{}' does not say which function plays which part", printable(line)),
              "vf0 0000:01:00.1");
        continue;
      }
      found.emplace(line.substr(0, blank), line.substr(blank + 1));
    }
    return found;
  }

  void wrong(const std::string& message, const std::string& hint = "") {
    diagnostics_.error({source_, 0, 0, 1}, message, hint);
  }

 private:
  Diagnostics& diagnostics_;
  model::SourcePtr source_;
};

// "vf_enable_clear({pf0})" with addresses; "" if a part has no function.
std::string on_machine(const std::string& event, const std::map<std::string, std::string>& roles) {
  std::string text;
  for (std::size_t at = 0; at < event.size(); ++at) {
    if (event[at] != '{') {
      text += event[at];
      continue;
    }
    const std::size_t end = event.find('}', at);
    if (end == std::string::npos) return {};
    const auto role = roles.find(event.substr(at + 1, end - at - 1));
    if (role == roles.end()) return {};
    text += role->second;
    at = end;
  }
  return text;
}

}  // namespace

std::optional<Fulfilment> fulfilment(const std::string& prediction, const std::string& verdict,
                                     const std::string& roles, Diagnostics& diagnostics) {
  Reader reader(diagnostics);
  const auto predicted = reader.object(prediction, "reproduce");
  if (!predicted) return std::nullopt;
  const std::string property = reader.text(*predicted, "property");
  const std::string name = reader.text(*predicted, "function");
  const std::string event = reader.text(*predicted, "event");
  std::vector<std::string> shown;
  for (const Json& each : reader.list(*predicted, "shown_as"))
    if (each.is_string()) shown.push_back(each.get<std::string>());
  const auto number = predicted->find("kernel");
  if (number == predicted->end() || !number->is_number_integer())
    reader.wrong("there is no number 'kernel'");
  const int kernel = diagnostics.ok() ? number->get<int>() : 0;
  const auto machine = reader.roles(roles);
  const auto judged = reader.object(verdict, "trace");
  if (!judged) return std::nullopt;
  const std::string outcome = reader.text(*judged, "verdict");
  const Json& violations = reader.list(*judged, "violations");
  std::vector<std::string> captures;
  for (const Json& each : reader.list(*judged, "health"))
    captures.push_back(reader.text(each, "file"));
  for (const Json& each : violations)
    if (!each.is_object()) reader.wrong("'violations' holds what is no object");
  if (!diagnostics.ok()) return std::nullopt;

  std::string function;
  if (!name.empty()) {
    const auto role = machine.find(name);
    if (role == machine.end()) {
      reader.wrong(fmt::format("no function is said to be {}", printable(name)),
                   "the script writes roles.txt");
      return std::nullopt;
    }
    function = role->second;
  }
  for (std::string& each : shown) each = on_machine(each, machine);
  const std::string what =
      fmt::format("{}{}", property, name.empty() ? "" : fmt::format(" of {} ({})", name, function));
  Fulfilment result{"", kViolated};
  const auto say = [&](const std::string& line) { result.text += printable(line) + "\n"; };
  std::string others;
  for (const Json& each : violations) {
    if (reader.text(each, "property") != property ||
        (!function.empty() && reader.text(each, "function") != function)) {
      others = fmt::format("  also violated: {} by {}", reader.text(each, "property"),
                           reader.text(each, "event"));
      continue;
    }
    const std::string by = reader.text(each, "event");
    const std::string seen = reader.text(each, "file");
    // Captures are the lives of kernels, one behind the other.
    const int in =
        1 + static_cast<int>(std::find(captures.begin(), captures.end(), seen) - captures.begin());
    const bool same =
        in == kernel && (shown.empty() || std::find(shown.begin(), shown.end(), by) != shown.end());
    const bool certain = reader.text(each, "trust") == "certain";
    result.status = !same ? kViolated : certain ? kHolds : kInconclusive;
    say(fmt::format("{}: {} is violated by {}",
                    !same     ? "not as predicted"
                    : certain ? "reproduced"
                              : "perhaps reproduced, if the capture is complete",
                    what, by));
    say(fmt::format("  predicted: {}{}{}", event,
                    kernel > 1 ? fmt::format(" in kernel {}", kernel) : "",
                    same && by.substr(0, by.find('(')) != event.substr(0, event.find('('))
                        ? ", which lines show so"
                        : ""));
    const Json line = each.value("line", Json());
    say(fmt::format("  seen: {}{}{}", seen,
                    line.is_number_integer() ? fmt::format(":{}", line.get<std::int64_t>()) : "",
                    in != kernel ? fmt::format(", in kernel {}", in) : ""));
    return result;
  }
  if (outcome == "inconclusive") result.status = kInconclusive;
  say(fmt::format("not reproduced: {} is not violated, the capture {}", what,
                  outcome == "conforms"   ? "conforms"
                  : outcome == "violates" ? "violates something else"
                                          : "cannot tell"));
  if (!others.empty()) say(others);
  say(fmt::format("  predicted: {}", event));
  return result;
}

}  // namespace luproof::report
