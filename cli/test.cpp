// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof test PATH...`: every reading of every spec against the verdicts that the spec expects.
//
// Readings run side by side; their lines come out in the order of the files, so that two runs can
// be compared.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "checker/ask/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/packs.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "cli/spec_files.h"
#include "cli/test_coverage.h"
#include "cli/test_removal.h"
#include "report/facts.h"
#include "report/json_text.h"

namespace luproof::cli {
namespace {

using model::Diagnostics;
using model::printable;

struct Task {
  std::string path;
  model::Reading reading;
  bool only_load = false;                           // a pack of rules says nothing by itself
  std::shared_ptr<const model::Question> question;  // whose table it is a row of
};

enum class State { Waiting, Ok, Failed, Wrong, Open };  // Open: a limit or a signal was first

// All that an expectation misses is what was not looked at; that says nothing against it.
bool only_open(const checker::Checked& checked, const std::vector<std::string>& unmet) {
  return std::all_of(unmet.begin(), unmet.end(), [&](const std::string& line) {
    return std::any_of(
        checked.findings.begin(), checked.findings.end(), [&](const checker::Finding& f) {
          // The acts that a violation needs are what is left of all when searches without them end.
          const bool unknown = f.verdict == checker::Verdict::Unknown;
          return line.starts_with(f.property + (unknown ? ": expected " : ": needs "));
        });
  });
}

struct Result {
  State state = State::Waiting;
  std::vector<std::string> unmet;
  std::string errors;  // rendered
  std::size_t states = 0;
  double seconds = 0;
  std::optional<Uses> uses;        // of rules, where they are asked for
  std::set<std::string> violated;  // properties that it expects to be violated
  std::optional<checker::ask::Row> row;
};

std::string label(const Task& task) {
  std::vector<std::string> parts;
  if (!task.reading.variant.empty()) parts.push_back(task.reading.variant);
  if (!task.reading.later.empty()) parts.back() += " -> " + task.reading.later;
  for (const auto& [name, alternative] : task.reading.choices)
    parts.push_back(name + "=" + alternative);
  return task.path + (parts.empty() ? "" : ":" + report::joined(parts, ","));
}

struct Test {
  std::vector<std::string> paths;
  int jobs = 2;
  std::string format = "text";
  bool coverage = false, removal = false;
  std::vector<std::string> rules;  // to take away; empty: all
  SpecsOption specs;
  LimitOptions limits;

  void declare(CLI::App& app);
  int run() const;
};

class Runner {
 public:
  Runner(const Test& test, checker::Limits limits, model::LoadOptions load)
      : test_(test), limits_(std::move(limits)), load_(std::move(load)) {}

  int run(const std::vector<std::string>& files);

 private:
  void plan(const std::string& path);
  Result one(const Task& task) const;
  std::shared_ptr<const model::Question> asked_of(const std::string& path,
                                                  const Diagnostics& so_far) const;
  void work();
  void print_finished();
  void tables();
  nlohmann::ordered_json json() const;
  void cover(const std::vector<std::string>& files);
  bool remove(const std::vector<std::string>& files);
  int finish() const;
  std::size_t in(State state) const {
    return static_cast<std::size_t>(std::count_if(
        results_.begin(), results_.end(), [&](const Result& r) { return r.state == state; }));
  }

  const Test& test_;
  const checker::Limits limits_;  // of all readings at a time
  checker::Limits each_;
  const model::LoadOptions load_;
  std::vector<Task> tasks_;
  std::vector<Result> results_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::size_t printed_ = 0;
  Coverage coverage_;
  std::optional<Removal> removal_;
};

// A file that cannot be read gets a line as well; so a broken spec is counted, not lost.
void Runner::plan(const std::string& path) {
  Diagnostics diagnostics;
  const bool pack = kind_of(path, load_, diagnostics) == "rules";
  std::vector<model::Reading> readings(1);
  if (pack)
    load_pack(path, load_, diagnostics);
  else if (diagnostics.ok())
    readings = model::readings(path, load_, diagnostics).value_or(readings);
  if (!pack && diagnostics.ok())
    for (model::Reading& pair :
         model::pairs(path, load_, diagnostics).value_or(std::vector<model::Reading>()))
      readings.push_back(std::move(pair));
  const auto question = asked_of(path, diagnostics);
  for (model::Reading& reading : readings) {
    const bool row =
        question && reading.later.empty() && checker::ask::is_asked(*question, reading);
    tasks_.push_back({path, std::move(reading), pack, row ? question : nullptr});
    results_.emplace_back();
  }
  if (!diagnostics.ok()) results_.back().state = State::Wrong;
  results_.back().errors = diagnostics.render();
}

// The question of a file that expects a table, else null.
std::shared_ptr<const model::Question> Runner::asked_of(const std::string& path,
                                                        const Diagnostics& so_far) const {
  Diagnostics told;  // with the readings
  if (!so_far.ok()) return nullptr;
  const auto composition = model::compose(path, load_, told);
  auto question = composition ? model::question(*composition, told) : std::nullopt;
  if (!question || question->rows.empty()) return nullptr;
  return std::make_shared<const model::Question>(std::move(*question));
}

Result Runner::one(const Task& task) const {
  Result result;
  result.state = State::Ok;
  if (task.only_load) return result;
  const auto start = std::chrono::steady_clock::now();
  Diagnostics diagnostics;
  checker::CheckOptions options;
  options.expected_needs = true;
  options.observe = test_.coverage || test_.removal;
  const checker::Checked* checked = nullptr;
  std::optional<checker::Checked> alone;
  if (task.question) {
    result.row = checker::ask::row(task.path, load_, task.reading, *task.question, options, each_,
                                   diagnostics);
    if (result.row->error.empty()) checked = &result.row->checked;
  } else {
    alone = checker::check(task.path, load_, task.reading, options, each_, diagnostics);
    if (alone) checked = &*alone;
  }
  if (checked) {
    result.unmet = checker::unmet(*checked);
    result.states = checked->statistics.states;
    // A solver has a bound of its own, and who expects more of it is wrong.
    const std::string& by = checked->statistics.stopped_by;
    const bool ended = by == "bound" ? limits_.bound >= 0 : !by.empty() || each_.expired();
    if (!result.unmet.empty())
      result.state = ended && only_open(*checked, result.unmet) ? State::Open : State::Failed;
    if (options.observe)
      result.uses = Uses{checked->exercised, checked->observed && checked->observed->complete};
    for (const model::Expectation& e : checked->model->expectations)
      if (e.verdict == "violated") result.violated.insert(e.property);
  }
  if (!checked || !diagnostics.ok()) {
    result.state = State::Wrong;
    result.errors = diagnostics.render();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

void Runner::work() {
  for (std::size_t i = next_++; i < tasks_.size(); i = next_++) {
    if (results_[i].state != State::Waiting) continue;
    Result result;
    if (limits_.expired())
      result.state = State::Open;
    else
      result = one(tasks_[i]);
    const std::lock_guard lock(mutex_);
    results_[i] = std::move(result);
    print_finished();
  }
}

void Runner::print_finished() {
  static const std::map<State, const char*> kWords = {{State::Ok, "ok   "},
                                                      {State::Failed, "FAIL "},
                                                      {State::Wrong, "ERROR"},
                                                      {State::Open, "open "}};
  for (; printed_ < results_.size() && results_[printed_].state != State::Waiting; ++printed_) {
    const Result& result = results_[printed_];
    if (!result.errors.empty()) fmt::print(stderr, "{}", result.errors);
    if (test_.format != "text") continue;
    fmt::print("{} {}{}\n", kWords.at(result.state), printable(label(tasks_[printed_])),
               tasks_[printed_].only_load ? " (loads)" : "");
    for (const std::string& line : result.unmet) fmt::print("      {}\n", printable(line));
    std::fflush(stdout);
  }
}

nlohmann::ordered_json Runner::json() const {
  static const std::map<State, const char*> kWords = {{State::Ok, "ok"},
                                                      {State::Failed, "failed"},
                                                      {State::Wrong, "error"},
                                                      {State::Open, "skipped"}};
  auto results = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const Result& r = results_[i];
    results.push_back({{"file", tasks_[i].path},
                       {"variant", tasks_[i].reading.variant},
                       {"then", tasks_[i].reading.later},
                       {"choices", tasks_[i].reading.choices},
                       {"status", kWords.at(r.state)},
                       {"loaded_only", tasks_[i].only_load},
                       {"unmet", r.unmet},
                       {"states", r.states},
                       {"seconds", r.seconds}});
  }
  nlohmann::ordered_json out = {{"command", "test"},          {"results", results},
                                {"ok", in(State::Ok)},        {"failed", in(State::Failed)},
                                {"errors", in(State::Wrong)}, {"skipped", in(State::Open)}};
  if (test_.coverage) out["coverage"] = coverage_.json();
  if (removal_) out["removal"] = removal_->json();
  return out;
}

// What the tables of questions come to, once all their rows are there.
void Runner::tables() {
  for (std::size_t i = 0; i < tasks_.size();) {
    const Task& first = tasks_[i];
    std::vector<checker::ask::Row> rows;
    std::size_t last = i;
    bool open = false;
    for (; i < tasks_.size() && tasks_[i].path == first.path; ++i) {
      open = open || results_[i].state == State::Open;
      if (!results_[i].row) continue;
      rows.push_back(std::move(*results_[i].row));
      last = i;
    }
    if (rows.empty() || !tasks_[last].question) continue;
    if (open) continue;
    const auto table = checker::ask::table(*tasks_[last].question, std::move(rows));
    for (const std::string& line : checker::ask::unmet(table)) {
      results_[last].unmet.push_back("table: " + line);
      if (results_[last].state == State::Ok) results_[last].state = State::Failed;
      if (test_.format == "text")
        fmt::print("FAIL  {}: {}\n", printable(first.path), printable(line));
    }
  }
}

// In the order of the files, however the threads went.
void Runner::cover(const std::vector<std::string>& files) {
  coverage_.add(rules_to_test(files, load_, limits_));
  for (std::size_t i = 0; i < tasks_.size(); ++i)
    if (results_[i].state == State::Open)
      coverage_.unfinished(label(tasks_[i]), results_[i].uses);
    else if (results_[i].uses)
      coverage_.used(label(tasks_[i]), *results_[i].uses);
}

// Only readings that hold as they are can notice anything.
bool Runner::remove(const std::vector<std::string>& files) {
  std::vector<Baseline> baselines;
  for (std::size_t i = 0; i < tasks_.size(); ++i)
    if (const Result& r = results_[i]; r.uses && r.state == State::Ok)
      baselines.push_back(
          {tasks_[i].path, label(tasks_[i]), tasks_[i].reading, r.seconds, *r.uses, r.violated});
  removal_.emplace(rules_to_test(files, load_, limits_), std::move(baselines));
  Diagnostics diagnostics;
  removal_->keep(test_.rules, diagnostics);
  if (report_diagnostics(diagnostics) != report::kHolds) return false;
  removal_->run(test_.jobs, limits_, load_);
  return true;
}

int Runner::finish() const {
  using nlohmann::ordered_json;
  if (test_.format == "json") {
    fmt::print("{}", report::json_text(json()));
  } else {
    fmt::print("{}: {} ok, {} failed, {} wrong{}\n", report::counted(tasks_.size(), "reading"),
               in(State::Ok), in(State::Failed), in(State::Wrong),
               in(State::Open) ? fmt::format(", {} not finished", in(State::Open)) : "");
    if (test_.coverage) fmt::print("{}", coverage_.text());
    if (removal_) fmt::print("{}", removal_->text());
    if (test_.removal && !removal_)
      fmt::print("removal: not tried, since not every reading is finished\n");
  }
  if (in(State::Wrong)) return report::kWrongInput;
  if (in(State::Failed) || (test_.coverage && !in(State::Open) && coverage_.missing()) ||
      (removal_ && removal_->unnoticed()))
    return report::kViolated;
  return in(State::Open) || (removal_ && removal_->unfinished()) ? report::kInconclusive
                                                                 : report::kHolds;
}

int Runner::run(const std::vector<std::string>& files) {
  for (const std::string& path : files) {
    if (!limits_.expired()) {
      plan(path);
      continue;
    }
    tasks_.push_back({path, {}, false, nullptr});  // nobody knows its readings
    results_.emplace_back().state = State::Open;
  }
  each_ = limits_.shared_by(at_a_time(tasks_.size(), test_.jobs));
  std::vector<std::jthread> threads;
  for (int i = 0; i < test_.jobs; ++i) threads.emplace_back([this] { work(); });
  threads.clear();  // waits
  print_finished();
  tables();
  if (test_.coverage) cover(files);
  // Who was not looked at may be the one who notices.
  if (test_.removal && !in(State::Open) && !remove(files)) return report::kWrongInput;
  return finish();
}

void Test::declare(CLI::App& app) {
  app.add_option("PATH", paths, "Specs, or folders with rules, designs, cases and questions")
      ->required();
  app.add_option("--jobs", jobs, "Readings at a time (default: 2)")->check(CLI::Range(1, 256));
  app.add_option("--format", format, "text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--coverage", coverage, "Show which readings use each rule; 1 if nobody uses one");
  app.add_flag("--removal", removal,
               "Take each rule away; 1 if no reading notices that one is gone");
  app.add_option("--rule", rules, "With --removal: only this rule (repeatable)")
      ->allow_extra_args(false);
  specs.declare(app);
  limits.declare(app);
}

int Test::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const std::vector<std::string> files = spec_files(paths, diagnostics);
  if (!rules.empty() && !removal)
    diagnostics.error({}, "--rule says which rule to take away", "add --removal");
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  stop_on_interrupt(bounds);
  model::LoadOptions load;
  load.specs = specs.folder();
  return Runner(*this, std::move(bounds), std::move(load)).run(files);
}

}  // namespace

Action test_command(CLI::App& app) {
  auto test = std::make_shared<Test>();
  test->declare(app);
  return [test] { return test->run(); };
}

}  // namespace luproof::cli
