// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/source.h"
#include "report/facts.h"
#include "report/topology_json.h"

namespace luproof::report {

using Json = TraceLines::Json;
using model::printable;
using traces::Timeline;

namespace {

// More lanes than that are no picture; the tasks with the fewest steps share the last one.
constexpr std::size_t kMostLanes = 16;
constexpr const char* kOthers = "other tasks";
constexpr const char* kRefused = "no run of the design shows this line";

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Who acted, told apart by kernel: two kernels give the same numbers to different tasks.
std::string task_of(const Timeline::Step& step) {
  const std::string task = step.task.empty() ? "" : printable(step.task);
  if (step.left_out > 0) return "left out";
  if (task.empty()) return step.kexec ? "kexec" : step.line > 0 ? "nobody named" : "the dump";
  return step.kernel > 1 ? fmt::format("kernel {}: {}", step.kernel, task) : task;
}

}  // namespace

TraceLines::TraceLines(const Timeline& timeline, std::string folder)
    : timeline_(timeline), folder_(std::move(folder)) {
  lanes();
  for (const std::string& text : timeline.start) start_.push_back(text_number(text));
  std::size_t number = 0;
  for (const Timeline::Step& each : timeline.steps) {
    const bool told = !each.to.empty() || !each.remarks.empty() || !each.breaks.empty() ||
                      each.kexec || each.left_out > 0;
    steps_.push_back(step(each, lane_of_[task_of(each)], told ? ++number : 0));
  }
}

void TraceLines::lanes() {
  std::map<std::string, std::size_t> steps;
  std::vector<std::string> tasks;  // in the order in which they first act
  for (const Timeline::Step& step : timeline_.steps)
    if (++steps[task_of(step)] == 1) tasks.push_back(task_of(step));
  std::vector<std::string> busy = tasks;
  std::stable_sort(busy.begin(), busy.end(),
                   [&](const std::string& a, const std::string& b) { return steps[a] > steps[b]; });
  if (busy.size() > kMostLanes) busy.resize(kMostLanes - 1);
  for (const std::string& task : tasks) {
    const bool own = std::find(busy.begin(), busy.end(), task) != busy.end();
    lane_of_[task] = own ? task : kOthers;
    if (own) actors_.push_back(task);
  }
  if (busy.size() < tasks.size()) actors_.push_back(kOthers);
}

std::size_t TraceLines::text_number(const std::string& text) {
  const auto [at, fresh] = texts_.emplace(text, text_list_.size());
  if (fresh) text_list_.push_back(text);
  return at->second;
}

Json TraceLines::step(const Timeline::Step& step, const std::string& lane, std::size_t number) {
  Json out = {{"visible", number},
              {"actor", lane},
              {"text", step.left_out > 0
                           ? fmt::format("{} left out: no verdict names a line near them",
                                         counted(static_cast<std::size_t>(step.left_out), "step"))
                           : printable(step.text)},
              {"kernel", step.kernel}};
  if (step.rule >= 0) out["rule"] = step.rule;
  if (step.kexec) out["kexec"] = true;
  if (step.line > 0) out["line"] = step.line;
  if (!step.file.empty()) out["file"] = printable(base_name(step.file));
  if (step.time_ns) out["time"] = *step.time_ns;
  if (step.cpu >= 0) out["cpu"] = step.cpu;
  if (lane == kOthers) out["task"] = task_of(step);
  if (!step.note.empty()) out["note"] = printable(step.note);
  if (!step.quote.empty()) out["quote"] = printable(step.quote);
  if (step.function >= 0) out["of"] = Json::array({step.function});
  for (const std::string& broken : step.breaks) out["breaks"].push_back(printable(broken));
  for (const std::string& remark : step.remarks) out["claims"].push_back(printable(remark));
  Json to = Json::array();
  for (const Timeline::Change& change : step.to)
    to.push_back(Json::array({change.cell, text_number(change.text)}));
  out["to"] = std::move(to);
  return out;
}

Json TraceLines::reading() const {
  Json cells = Json::array(), rules = Json::array();
  Request request;
  request.folder = folder_;
  for (const Timeline::Cell& cell : timeline_.cells)
    cells.push_back({{"name", cell.name}, {"of", cell.of}});
  for (const Timeline::Rule& rule : timeline_.rules) {
    Json out = {{"name", rule.name},
                {"cite", rule.cite},
                {"read_at", printable(shown_path(rule.read_at, request))}};
    if (!rule.file.empty())
      out["file"] = printable(shown_path(rule.file, request)), out["line"] = rule.line;
    for (const auto& [key, text] : {std::pair{"about", &rule.about},
                                    {"status", &rule.status},
                                    {"patch", &rule.patch},
                                    {"at", &rule.at},
                                    {"read_as", &rule.read_as}})
      if (!text->empty()) out[key] = *text;
    rules.push_back(std::move(out));
  }
  return {
      {"functions", topology_json(timeline_.topology)},
      {"actors", actors_},
      {"cells", std::move(cells)},
      {"texts", text_list_},
      {"rules", std::move(rules)},
      {"runs", Json::array({{{"where", Json::array()}, {"start", start_}, {"steps", steps_}}})}};
}

std::optional<std::size_t> TraceLines::step_of(int capture, std::int64_t line,
                                               const std::string& event) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < timeline_.steps.size(); ++i) {
    const Timeline::Step& step = timeline_.steps[i];
    if (step.left_out > 0) continue;
    if (line > 0 ? step.capture == capture && step.line == line
                 : step.line == 0 && step.text == event)
      found = i;
  }
  return found;
}

int TraceLines::function(const std::string& name) const {
  const auto& all = timeline_.topology.functions;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  return at == all.end() ? -1 : static_cast<int>(at - all.begin());
}

Json design_lines(const traces::DesignVerdict& design) {
  Json steps = Json::array(), actors = Json::array();
  std::size_t number = 0;
  const auto add = [&](Json step, const std::string& actor) {
    if (std::find(actors.begin(), actors.end(), actor) == actors.end()) actors.push_back(actor);
    step["visible"] = ++number;
    step["actor"] = actor;
    step["to"] = Json::array();
    steps.push_back(std::move(step));
  };
  const bool refused = design.answer == traces::DesignVerdict::Answer::Unexplained;
  int kernel = 1, capture = 0;
  bool shown = false;
  for (const traces::DesignVerdict::Step& each : refused ? design.lines : design.run) {
    Json step = {{"text", printable(each.text)}};
    if (each.line > 0) {
      kernel += each.capture > capture ? 1 : 0;
      capture = std::max(capture, each.capture);
      step["line"] = each.line;
      step["file"] = printable(base_name(each.file));
      if (each.time_ns) step["time"] = *each.time_ns;
      if (!each.quote.empty()) step["quote"] = printable(each.quote);
      if (!each.task.empty()) step["task"] = printable(each.task);
    } else {
      step["note"] = "no line shows it";
    }
    if (each.text == "kexec") step["kexec"] = true;
    step["kernel"] = kernel;
    if (refused && each.capture == design.capture && each.line == design.line) {
      shown = true;
      step["text"] = printable(design.event);
      step["fault"] = kRefused;
    }
    add(std::move(step), each.actor);
  }
  if (refused && design.line > 0 && !shown)
    add({{"text", printable(design.event)},
         {"line", design.line},
         {"file", printable(base_name(design.file))},
         {"quote", printable(design.quote)},
         {"kernel", kernel},
         {"fault", kRefused}},
        "the capture");
  if (steps.empty()) return nullptr;
  return {
      {"functions", Json::array()},
      {"actors", std::move(actors)},
      {"cells", Json::array()},
      {"texts", Json::array()},
      {"rules", Json::array()},
      {"runs",
       Json::array(
           {{{"where", Json::array()}, {"start", Json::array()}, {"steps", std::move(steps)}}})}};
}

}  // namespace luproof::report
