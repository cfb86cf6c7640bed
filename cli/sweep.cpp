// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof sweep PLAN`: the tasks of a plan, or every N-th of them, each in a process of its own.
//
// What is known is written at once, so that nothing but the tasks at work is lost to a crash, a
// limit or a batch system; the same command goes on from there.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/apart.h"
#include "cli/build_id.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "cli/sweep.h"
#include "cli/sweep_file.h"
#include "cli/trace_run.h"
#include "cli/version.h"
#include "report/sweep_line.h"
#include "report/sweep_table.h"
#include "sweep/tasks.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostics;
using nlohmann::ordered_json;
using report::SweepResult;
using sweep::Task;

constexpr double kLongestTimeout = 1e6;  // seconds
constexpr std::size_t kMostShards = 100'000;

struct Shard {
  std::size_t number = 1, of = 1;

  bool has(std::size_t task) const { return (task - 1) % of == number - 1; }
};

// "3/8": the third of eight.
std::optional<Shard> read_shard(const std::string& text) {
  Shard shard;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%zu/%zu%c", &shard.number, &shard.of, &rest) != 2 ||
      text.find_first_not_of("0123456789/") != std::string::npos || shard.number < 1 ||
      shard.of > kMostShards || shard.number > shard.of)
    return std::nullopt;
  return shard;
}

struct Sweep {
  std::string plan, output, shard = "1/1";
  std::vector<std::string> resume;
  int jobs = 2;
  double timeout = 0;
  bool list = false, count = false;
  SpecsOption specs;

  void declare(CLI::App& app);
  int run();
};

// What is done with the tasks that are left.
class Runner {
 public:
  Runner(const sweep::Plan& plan, const sweep::Tasks& tasks, std::string specs,
         const checker::Limits& stop)
      : plan_(plan),
        tasks_(tasks),
        specs_(std::move(specs)),
        stop_(stop),
        head_{plan.name, tasks.hash, version(), build_id(), tasks.all.size()} {}

  // Tasks of results that are there; those of another plan or build are an error.
  std::set<std::size_t> done(
      const std::vector<std::pair<model::SourcePtr, report::SweepLines>>& files,
      Diagnostics& diagnostics) const;
  int run(const std::vector<std::size_t>& numbers, int jobs, SweepFile& file);

 private:
  TraceLimits limits() const { return {plan_.seconds, memory_, plan_.memory == 0}; }
  std::string answer(const Task& task) const;
  ordered_json check(const Task& task) const;
  ordered_json trace(const Task& task) const;
  void finished(const Task& task, std::size_t number, Apart apart, SweepFile& file);

  const sweep::Plan& plan_;
  const sweep::Tasks& tasks_;
  std::string specs_;
  const checker::Limits& stop_;
  std::size_t memory_ = 0;  // of each task
  report::SweepHead head_;
  std::size_t recorded_ = 0, lost_ = 0;
  bool unwritable_ = false;
};

std::set<std::size_t> Runner::done(
    const std::vector<std::pair<model::SourcePtr, report::SweepLines>>& files,
    Diagnostics& diagnostics) const {
  std::set<std::size_t> numbers;
  for (const auto& [source, lines] : files)
    for (const auto& [result, line] : lines.results) {
      if (!(result.head == head_)) {
        diagnostics.error({source, line, 1, 1},
                          report::difference(result.head, head_, "what is asked now"),
                          "results of another plan or build do not count: name another file");
        break;
      }
      numbers.insert(result.task);
    }
  return numbers;
}

ordered_json Runner::check(const Task& task) const {
  Diagnostics diagnostics;
  const auto wrong = [&] {
    return report::sweep_answer("check", report::kWrongInput, "", diagnostics.render());
  };
  model::LoadOptions load;
  load.specs = specs_;
  load.vfs.count = task.vfs;
  if (!task.topology.empty()) {
    load.topology = sweep::read_topology(task.topology, specs_, diagnostics);
    if (!load.topology) return wrong();
  }
  checker::Limits limits = stop_;
  limits.memory = memory_;
  if (plan_.memory == 0) limits.full = usual_memory_full();
  if (plan_.seconds > 0)
    limits.deadline = std::chrono::steady_clock::now() +
                      std::chrono::microseconds(static_cast<std::int64_t>(plan_.seconds * 1e6));
  checker::CheckOptions options;
  options.properties = task.properties;
  options.threads = 1;  // there are enough tasks
  options.any_vfs = task.vfs == 0;
  auto checked =
      checker::check(task.file, load, {task.variant, task.choices}, options, limits, diagnostics);
  if (!checked || !diagnostics.ok()) return wrong();
  checker::keep_only(*checked, task.properties);
  report::Request request;
  request.path = task.file;
  request.topology = task.topology;
  request.vfs = task.vfs;
  return report::sweep_answer(*checked, request);
}

ordered_json Runner::trace(const Task& task) const {
  traces::ValidateOptions options = task.trace;
  options.limits.interrupted = stop_.interrupted;
  options.different = false;  // which no result holds
  return report::sweep_answer(judge(task.name, options, limits(), "", {}));
}

// In the task's own process. Of one that was interrupted nothing is known: "".
std::string Runner::answer(const Task& task) const {
  const ordered_json json = task.is_trace() ? trace(task) : check(task);
  tell_usual_memory();
  return interrupted() ? "" : json.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

// Whether it ended because somebody wanted it to, and not by itself.
bool from_outside(const std::string& ended) {
  static const std::set<std::string> kEnds = {"Ctrl-C",     "signal 1",   "signal 2",
                                              "signal 9",   "signal 14",  "signal 15",
                                              "status 130", "no process", "no pipe"};
  return kEnds.contains(ended);
}

void Runner::finished(const Task& task, std::size_t number, Apart apart, SweepFile& file) {
  const std::string command = task.is_trace() ? "trace" : "check";
  if (unwritable_ || (apart.ended.empty() && apart.result.empty()) || from_outside(apart.ended)) {
    ++lost_;
    if (!interrupted() && !unwritable_)
      fmt::print(stderr,
                 "luproof: task {} was ended from outside ({}) and is not recorded: {}\n"
                 "  hint: the same command runs it again\n",
                 number, apart.ended.empty() ? "interrupted" : apart.ended,
                 model::printable(task.name));
    return;
  }
  SweepResult result{head_, number, task.name, task.about, apart.seconds, apart.memory, {}};
  if (apart.ended.empty())
    result.answer = ordered_json::parse(apart.result, nullptr, false);
  else if (apart.ended.starts_with("--"))
    result.answer = report::sweep_answer(command, report::kInconclusive,
                                         "ended by " + apart.ended.substr(2), "");
  else
    result.answer = report::sweep_answer(
        command, report::kWrongInput, "",
        fmt::format("luproof itself failed on it ({}): please report this\n", apart.ended));
  if (!file.add(report::sweep_line(result))) {
    fmt::print(stderr, "luproof: the results cannot be written; nothing more is run\n");
    unwritable_ = true;
    ++lost_;
    return;
  }
  ++recorded_;
}

int Runner::run(const std::vector<std::size_t>& numbers, int jobs, SweepFile& file) {
  std::size_t over = 0;
  Diagnostics fine;
  memory_ = plan_.memory ? plan_.memory : memory_limit("", fine) / at_a_time(numbers.size(), jobs);
  const auto work = [&](std::size_t i) {
    return unwritable_ ? std::string() : answer(tasks_.all[numbers[i] - 1]);
  };
  const auto done = [&](std::size_t i, Apart apart) {
    finished(tasks_.all[numbers[i] - 1], numbers[i], std::move(apart), file);
    show_done("task", ++over, numbers.size());
  };
  show_done("task", 0, numbers.size());
  apart(numbers.size(), jobs, with_grace(plan_.seconds, memory_, plan_.memory == 0), work, done);
  end_progress();
  if (lost_ > 0)
    fmt::print(stderr, "luproof: {} of {} not recorded; the same command goes on\n",
               report::count(lost_), report::counted(numbers.size(), "task"));
  if (unwritable_) return report::kWrongInput;
  return lost_ == 0 ? report::kHolds : report::kInconclusive;
}

void Sweep::declare(CLI::App& app) {
  app.add_option("PLAN", plan, "What to run: YAML, docs/sweep.md")->required();
  app.add_option("--shard", shard, "I/N: every N-th task, from the I-th on");
  app.add_option("-o,--output", output,
                 "Add the results to this file, and skip the tasks that it has (default: standard "
                 "output)");
  app.add_option("--resume", resume, "Skip the tasks that this file has, too (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--jobs", jobs, "Tasks at a time (default: 2)")->check(CLI::Range(1, 256));
  app.add_option("--timeout", timeout, "Stop the sweep after SECONDS; the plan limits each task")
      ->check(CLI::Range(0.0, kLongestTimeout));
  app.add_flag("--list", list, "Only list the tasks that would be run, with their numbers");
  app.add_flag("--count", count, "Only count them");
  specs.declare(app);
  app.footer(
      "Exit status: 0 every task of the shard is recorded, whatever its verdict (luproof merge\n"
      "judges); 2 the input is wrong, or the file cannot be written; 3 not all of them are "
      "recorded.");
}

int Sweep::run() {
  Diagnostics diagnostics;
  const auto part = read_shard(shard);
  if (!part)
    diagnostics.error({}, fmt::format("--shard {} is no part of a plan", shard),
                      "I/N with 1 <= I <= N: 3/8");
  const auto asked = sweep::read_plan(plan, diagnostics);
  if (!asked || !diagnostics.ok()) return report_diagnostics(diagnostics);
  std::error_code error;
  const std::string folder = specs.absolute();
  std::vector<std::pair<model::SourcePtr, report::SweepLines>> before;
  const bool only_told = list || count;
  if (only_told && !output.empty() && fs::exists(output, error)) resume.push_back(output);
  for (const std::string& path : resume)
    if (const auto source = model::read_source(path, report::kLargestSweepFile, diagnostics))
      before.emplace_back(source, report::read_sweep_lines(source, diagnostics));
  if (!output.empty()) output = fs::absolute(output, error).string();
  // Paths of a plan, and of all that is said of it, start from its folder.
  fs::current_path(asked->folder, error);
  if (error) diagnostics.error({}, fmt::format("{} cannot be entered", asked->folder));
  const auto tasks =
      diagnostics.ok() ? sweep::tasks_of(*asked, folder, report::built_in_properties(), diagnostics)
                       : std::nullopt;
  if (!tasks || !diagnostics.ok()) return report_diagnostics(diagnostics);

  checker::Limits stop;
  stop_on_terminate(stop, timeout);
  Runner runner(*asked, *tasks, folder, stop);
  SweepFile file;
  if (!only_told) {
    SweepFile::Held held = file.open(output, diagnostics);
    if (held.source) before.emplace_back(held.source, std::move(held.lines));
  }
  const std::set<std::size_t> done = runner.done(before, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 1; i <= tasks->all.size(); ++i)
    if (part->has(i) && !done.contains(i)) numbers.push_back(i);
  if (count) fmt::print("{}\n", numbers.size());
  if (list)
    for (const std::size_t number : numbers)
      fmt::print("{}\t{}\n", number, model::printable(tasks->all[number - 1].name));
  return only_told ? report::kHolds : runner.run(numbers, jobs, file);
}

}  // namespace

Action sweep_command(CLI::App& app) {
  auto sweep = std::make_shared<Sweep>();
  sweep->declare(app);
  return [sweep] { return sweep->run(); };
}

}  // namespace luproof::cli
