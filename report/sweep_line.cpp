// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sweep_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json.h"
#include "report/json_read.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;

namespace {

// Of a property; the run and what explains it are had by `check` on the one that is of interest.
constexpr const char* kKept[] = {"property", "verdict", "scope",      "engine",
                                 "reason",   "element", "needs",      "violated_by",
                                 "steps",    "because", "assumptions"};

// A field of a line that somebody else may have written; what has another type is not there.
std::string text_at(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::size_t count_at(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_number_integer()) return 0;
  return static_cast<std::size_t>(std::max(at->get<std::int64_t>(), std::int64_t{0}));
}

const Json& list_at(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  const auto at = object.find(key);
  return at != object.end() && at->is_array() ? *at : kNone;
}

const std::string kDigits = "0123456789abcdef";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kMostTasks = 100'000;
constexpr int kMostErrors = 20;

// "" or what is missing in it.
std::string unfit(const Json& json) {
  if (!json.is_object()) return "it is no object of JSON";
  for (const char* key : {"sweep", "plan", "luproof", "build", "name", "about"})
    if (text_at(json, key).empty()) return fmt::format("it has no text '{}'", key);
  const std::string plan = text_at(json, "plan");
  if (plan.size() != kHashDigits || plan.find_first_not_of(kDigits) != std::string::npos)
    return "its 'plan' is no hash";
  for (const char* key : {"tasks", "task"})
    if (count_at(json, key) == 0) return fmt::format("it has no number '{}'", key);
  if (count_at(json, "tasks") > kMostTasks) return "no plan has so many tasks";
  if (count_at(json, "task") > count_at(json, "tasks")) return "there is no such task";
  const auto answer = json.find("answer");
  if (answer == json.end() || !answer->is_object()) return "it has no 'answer'";
  const auto status = answer->find("status");
  if (status == answer->end() || !status->is_number_integer() || *status < 0 || *status > 3)
    return "its 'status' is none of 0 to 3";
  for (const char* key : {"properties", "violations"})
    for (const Json& each : list_at(*answer, key))
      if (!each.is_object()) return fmt::format("its '{}' are no objects", key);
  return {};
}

SweepResult result_of(const Json& json) {
  SweepResult result;
  result.head = {text_at(json, "sweep"), text_at(json, "plan"), text_at(json, "luproof"),
                 text_at(json, "build"), count_at(json, "tasks")};
  result.task = count_at(json, "task");
  result.name = text_at(json, "name");
  result.about = text_at(json, "about");
  result.memory = count_at(json, "memory");
  if (const auto at = json.find("seconds"); at != json.end() && at->is_number())
    result.seconds = at->get<double>();
  result.answer = json["answer"];
  return result;
}

std::string with_reason(const std::string& text, const Json& object) {
  const std::string reason = text_at(object, "reason");
  return reason.empty() ? text : text + ": " + reason;
}

}  // namespace

int SweepResult::status() const { return answer.value("status", static_cast<int>(kWrongInput)); }

Json sweep_answer(const checker::Checked& checked, const Request& request) {
  Json all = Json::array();
  int status = checked.broken.empty() ? kHolds : kInconclusive;
  for (const checker::Finding& finding : checked.findings) {
    status = worse(status, exit_status(checked, finding));
    const Json full = property_json(checked, finding, request);
    Json& one = all.emplace_back(Json::object());
    for (const char* key : kKept)
      if (full.contains(key)) one[key] = full[key];
  }
  Json answer = {{"command", "check"}, {"status", status}, {"properties", std::move(all)}};
  if (!checked.broken.empty()) answer["reason"] = checked.broken;
  return answer;
}

Json sweep_answer(const TraceRun& run) {
  Json answer = {{"command", "trace"}, {"status", run.status}};
  if (const Json json = Json::parse(run.json, nullptr, false); json.is_object())
    for (const char* key : {"verdict", "certainty", "reason", "kernel", "lost", "violations"})
      if (json.contains(key)) answer[key] = json[key];
  if (!run.errors.empty()) answer["errors"] = run.errors;
  return answer;
}

Json sweep_answer(const std::string& command, int status, const std::string& reason,
                  const std::string& errors) {
  Json answer = {{"command", command}, {"status", status}};
  if (!reason.empty()) answer["reason"] = reason;
  if (!errors.empty()) answer["errors"] = errors;
  return answer;
}

std::string sweep_line(const SweepResult& result) {
  const Json json = {
      {"sweep", result.head.sweep}, {"plan", result.head.plan},   {"luproof", result.head.luproof},
      {"build", result.head.build}, {"tasks", result.head.tasks}, {"task", result.task},
      {"name", result.name},        {"about", result.about},      {"seconds", result.seconds},
      {"memory", result.memory},    {"answer", result.answer}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

SweepLines read_sweep_lines(const model::SourcePtr& source, model::Diagnostics& diagnostics) {
  SweepLines lines;
  const std::string& text = source->text;
  lines.whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  lines.torn = lines.whole < text.size();
  int number = 0;
  for (std::size_t at = 0; at < lines.whole;) {
    const std::size_t end = text.find('\n', at);
    JsonTrouble trouble;
    const auto read = read_json<Json>(std::string_view(text).substr(at, end - at), trouble);
    ++number;
    at = end + 1;
    if (const std::string why = read ? unfit(*read) : trouble.message; !why.empty())
      diagnostics.error({source, number, 1, 1}, "this line is no result of a sweep: " + why,
                        "take the line out, and the task is run again by luproof sweep -o");
    else
      lines.results.emplace_back(result_of(*read), number);
    if (diagnostics.errors() >= kMostErrors) break;
  }
  return lines;
}

std::vector<std::string> sweep_findings(const SweepResult& result) {
  std::vector<std::string> all;
  for (const Json& each : list_at(result.answer, "properties")) {
    const std::string verdict = text_at(each, "verdict");
    if (verdict == "holds") continue;
    std::string text = text_at(each, "property") + " " + verdict;
    const std::size_t steps = count_at(each, "steps");
    if (steps > 0) text += " in " + counted(steps, "visible step");
    if (const std::string element = text_at(each, "element"); !element.empty())
      text += ", for " + element;
    all.push_back(with_reason(text, each));
  }
  for (const Json& each : list_at(result.answer, "violations")) {
    std::string text = text_at(each, "property") + " of " + text_at(each, "function");
    if (const std::string file = text_at(each, "file"); !file.empty()) text += " at " + file;
    if (const std::size_t line = count_at(each, "line"); line > 0) text += fmt::format(":{}", line);
    const std::string trust = text_at(each, "trust");
    all.push_back(trust == "certain" ? text : text + ", " + trust);
  }
  if (all.empty())
    if (const std::string verdict = with_reason(text_at(result.answer, "verdict"), result.answer);
        !verdict.empty())
      all.push_back(verdict);
  const std::string errors = text_at(result.answer, "errors");
  if (!errors.empty()) all.push_back(errors.substr(0, errors.find('\n')));
  return all;
}

}  // namespace luproof::report
