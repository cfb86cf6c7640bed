// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/simulate_session.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <random>

#include "checker/describe.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "model/whole_file.h"
#include "report/run_file.h"

namespace luproof::cli {

using checker::Simulation;
using checker::Stride;
using model::printable;

namespace {

constexpr std::size_t kMostStarts = 1'000;

// Ctrl-C ends what is being worked out, not the session; a second one ends the program.
constexpr int kSignalStatus = 128;  // and the number of the signal, as shells have it
std::atomic<bool> working{false}, cancelled{false}, terminated{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets them");
void on_signal(int signal) {
  if (!working) return;
  if (signal == SIGTERM) terminated = true;
  if (cancelled.exchange(true)) _exit(kSignalStatus + signal);
}

// While it lives: who waits for input is not searching, and ends as every program does.
class Catching {
 public:
  Catching() {
    working = true;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt_);
    sigaction(SIGTERM, &action, &terminate_);
  }
  ~Catching() {
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGTERM, &terminate_, nullptr);
    working = false;
  }
  Catching(const Catching&) = delete;
  Catching& operator=(const Catching&) = delete;

 private:
  struct sigaction interrupt_ = {}, terminate_ = {};
};

std::optional<std::size_t> number_of(const std::string& text, std::size_t otherwise) {
  if (text.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

Session::Session(const checker::Checked& checked, Simulation& simulation,
                 std::vector<checker::Configuration> starts, const report::Request& request,
                 const checker::Limits& limits, const SimulateOptions& options)
    : checked_(checked),
      sim_(simulation),
      request_(request),
      limits_(limits),
      options_(options),
      text_(checked, simulation, request, options.style),
      starts_(std::move(starts)) {
  if (starts_.size() > kMostStarts) starts_.clear();
  limits_.interrupted = &cancelled;
}

const std::vector<Session::Command>& Session::commands() {
  static const std::vector<Command> kCommands = {
      {{"N"}, "", "take step N of the list", &Session::pick},
      {{"list", "l"}, "", "the steps that are possible", &Session::list},
      {{"undo", "u"}, "[COUNT]", "take steps back", &Session::undo},
      {{"redo", "r"}, "[COUNT]", "take them again", &Session::redo},
      {{"run"},
       "to EVENT|PROPERTY|violation",
       "the shortest way to an event, with or without its arguments, or to a violation",
       &Session::run_to},
      {{"state", "s"},
       "[last|all] [NAME]",
       "what has changed since the start, by the last step, or everything; names with NAME",
       &Session::state},
      {{"where", "w"}, "", "where each actor stands", &Session::where},
      {{"why"}, "NAME", "why an actor does not move, or an event does not happen", &Session::why},
      {{"history", "h"}, "", "the run so far", &Session::history},
      {{"start"}, "[N]", "begin again, in first state N if there are several", &Session::start},
      {{"save"}, "FILE", "keep the run", &Session::save},
      {{"load"},
       "FILE",
       "go along a run that was kept, or that check --format json printed",
       &Session::load},
      {{"verbose"}, "[on|off]", "take and list silent steps one by one", &Session::verbose},
      {{"help", "?"}, "", "this list", &Session::help},
      {{"quit", "q"}, "", "end; so does the end of the input", &Session::quit},
  };
  return kCommands;
}

bool Session::wrong(const std::string& message, const std::string& hint) {
  complaint_ = message + (hint.empty() ? "" : "\n  hint: " + hint);
  return false;
}

int Session::run(LineInput& input) {
  if (input.interactive()) {
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
  }
  fmt::print("{}\n", options_.style.bold(printable(report::title(checked_))));
  if (starts_.size() > 1)
    fmt::print("{}; this is the first, 'start' lists them\n",
               report::counted(starts_.size(), "first state"));
  checker::Limits each = limits_;
  // Who sits there may go on by hand when the time for searches is over.
  if (input.interactive()) each.deadline = checker::Limits().deadline;
  sim_.keep_to(each);
  std::optional<Catching> catching;
  if (!input.waits()) catching.emplace();
  const auto ended = [&] { return terminated || (cancelled && !input.interactive()); };
  answered([&] {
    fmt::print("{}", text_.broken(sim_.broken_at_start()));
    list_choices();
    return true;
  });
  const auto cut = [&] {  // an answer that was ended has said so
    if (!stopped_) fmt::print("stopped before the next line\n");
    return status(true);
  };
  if (ended()) return cut();
  while (!quit_) {
    const auto line = input.next("> ");
    if (!line) break;
    if (input.interactive()) cancelled = false;  // a Ctrl-C that came after the last answer
    complaint_.clear();
    const bool right = answered([&] { return one(*line); });
    if (ended()) return cut();
    if (right) continue;
    std::fflush(stdout);
    const std::string at = input.interactive() ? "" : printable(input.place()) + ": error: ";
    fmt::print(stderr, "{}{}\n", at, complaint_);
    if (!input.interactive()) return report::kWrongInput;
  }
  return status(stopped_ && !input.interactive());
}

bool Session::answered(const std::function<bool()>& answer) {
  std::optional<Catching> catching;
  if (!working) catching.emplace();
  try {
    return answer();
  } catch (const checker::Ended&) {
    fmt::print("stopped before this was answered\n");
    choices_.clear();  // they may be of another state
    stopped_ = true;
    return true;
  }
}

// `open`: something that a script asked was not answered.
int Session::status(bool open) const {
  const bool fault = !sim_.steps().empty() && sim_.steps().back().fault != checker::Fault::None;
  try {
    if (fault || !sim_.broken().empty()) return report::kViolated;
  } catch (const checker::Ended&) {
    return report::kInconclusive;
  }
  return open ? report::kInconclusive : report::kHolds;
}

std::string Session::property() const {
  const auto broken = sim_.broken();
  if (!broken.empty()) return checked_.model->properties[broken.back().property].name;
  if (!sim_.steps().empty() && sim_.steps().back().fault != checker::Fault::None)
    return checker::fault_name(sim_.steps().back().fault);
  return "";
}

bool Session::one(const std::string& line) {
  const std::string text = trimmed(line);
  if (text.empty() || text[0] == '#') return true;
  if (std::isdigit(static_cast<unsigned char>(text[0]))) return pick(text);
  const std::size_t space = text.find_first_of(" \t");
  const std::string name = text.substr(0, space);
  const std::string argument = space == std::string::npos ? "" : trimmed(text.substr(space));
  std::vector<std::string> known;
  for (const Command& command : commands())
    for (const char* other : command.names) {
      if (name == other && command.act != &Session::pick) return (this->*command.act)(argument);
      known.emplace_back(other);
    }
  return wrong(fmt::format("there is no command '{}'", printable(name)), suggestion(name, known));
}

void Session::list_choices() {
  choices_ = sim_.strides(options_.verbose);
  fmt::print("{}", text_.choices(choices_, options_.verbose));
}

void Session::told() {
  fmt::print("{}{}", text_.taken(sim_.last_steps(), sim_.before()),
             text_.broken(sim_.just_broken()));
}

bool Session::pick(const std::string& text) {
  const auto number = number_of(text, 0);
  if (!number || *number < 1 || *number > choices_.size())
    return wrong(
        fmt::format("there is no step {}", printable(text)),
        choices_.empty() ? "no step is possible here" : fmt::format("1 to {}", choices_.size()));
  sim_.take(choices_[*number - 1]);
  told();
  list_choices();
  return true;
}

bool Session::list(const std::string&) {
  list_choices();
  return true;
}

bool Session::undo(const std::string& text) {
  const auto count = number_of(text, 1);
  if (!count) return wrong(fmt::format("'{}' is no number", printable(text)));
  const std::size_t done = sim_.undo(*count);
  fmt::print("{} undone\n", report::counted(done, "choice"));
  list_choices();
  return true;
}

bool Session::redo(const std::string& text) {
  const auto count = number_of(text, 1);
  if (!count) return wrong(fmt::format("'{}' is no number", printable(text)));
  const std::size_t done = sim_.redo(*count);
  fmt::print("{} taken again\n", report::counted(done, "choice"));
  list_choices();
  return true;
}

bool Session::run_to(const std::string& argument) {
  std::string name = argument.rfind("to ", 0) == 0 ? trimmed(argument.substr(3)) : "";
  if (name.empty()) return wrong("'run' wants to know where to", "run to EVENT, run to PROPERTY");
  const model::Model& m = *checked_.model;
  Simulation::Goal goal;
  std::vector<std::string> known = {"violation", "kexec"};
  const std::string plain = name.substr(0, name.find('('));
  bool found = name == "violation";
  for (std::size_t p = 0; p < m.properties.size(); ++p) {
    known.push_back(m.properties[p].name);
    if (m.properties[p].name != name) continue;
    if (m.properties[p].kind != model::PropertyKind::Safety)
      return wrong(printable(name) + " is not broken by one step; 'luproof check' decides it");
    goal.property = static_cast<int>(p);
    found = true;
  }
  const auto event = [&](const std::string& known_name) {
    known.push_back(known_name);
    if (known_name == plain) goal.event = name;
  };
  for (const auto& e : m.events) event(e.name);
  for (const auto& p : m.procedures) event(p.name);
  for (const auto& a : m.acts) event(a.name);
  event("kexec");
  if (!found && goal.event.empty())
    return wrong(fmt::format("nothing is called '{}'", printable(name)), suggestion(plain, known));
  if (found) goal.event.clear();
  show_progress(limits_, "searching");
  std::size_t seen = 0;
  const auto result = sim_.run_to(goal, limits_, seen);
  end_progress();
  if (result == Simulation::Search::Found) {
    told();
    list_choices();
  } else if (result == Simulation::Search::Nothing) {
    fmt::print("no continuation comes to {}, at all depths ({})\n", printable(name),
               report::counted(seen, "state"));
  } else if (result == Simulation::Search::Full) {
    fmt::print("not found in {}; a pool was full, and what comes after that is not known\n",
               report::counted(seen, "state"));
    stopped_ = true;
  } else {
    fmt::print("not found in {}; the search was stopped\n", report::counted(seen, "state"));
    stopped_ = true;
  }
  return true;
}

bool Session::state(const std::string& argument) {
  const std::size_t space = argument.find_first_of(" \t");
  const std::string word = argument.substr(0, space);
  const bool last = word == "last", all = word == "all";
  const std::string filter =
      last || all ? (space == std::string::npos ? "" : trimmed(argument.substr(space))) : argument;
  const bool values = all || (!last && !filter.empty());
  fmt::print("{}", text_.state(values ? nullptr : last ? &sim_.before() : &sim_.first(), filter));
  return true;
}

bool Session::where(const std::string&) {
  fmt::print("{}", text_.where());
  return true;
}

bool Session::why(const std::string& name) {
  const std::string text = text_.why(name);
  if (!text.empty()) {
    fmt::print("{}", text);
    return true;
  }
  std::vector<std::string> known;
  for (std::size_t i = 0; i < checked_.layout->instances().size(); ++i)
    known.push_back(checked_.layout->instance_name(static_cast<int>(i)));
  for (const auto& e : checked_.model->events) known.push_back(e.name);
  return wrong(fmt::format("there is no actor or event '{}'", printable(name)),
               suggestion(name, known));
}

bool Session::history(const std::string&) {
  const std::string text =
      report::run_text(checked_, sim_.run(), request_, {options_.style, options_.verbose, false});
  fmt::print("{}", text.empty() ? "  nothing has happened yet\n" : text);
  return true;
}

bool Session::start(const std::string& text) {
  const auto number = number_of(text, 1);
  if (!number || *number < 1 || *number > starts_.size())
    return wrong(fmt::format("there is no first state {}", printable(text)),
                 fmt::format("1 to {}", starts_.size()));
  if (text.empty() && starts_.size() > 1)
    for (std::size_t i = 0; i < std::min<std::size_t>(starts_.size(), 20); ++i) {
      std::string values;
      for (int slot = 0; slot < checked_.layout->slots(); ++slot)
        if (starts_[i].data[slot] != starts_[0].data[slot] || i == 0) {
          const bool differs = std::any_of(starts_.begin(), starts_.end(), [&](const auto& other) {
            return other.data[slot] != starts_[0].data[slot];
          });
          if (differs)
            values += fmt::format(" {} = {}", checked_.layout->slot_name(slot),
                                  checked_.layout->slot_value(slot, starts_[i].data[slot]));
        }
      fmt::print("{:>4}.{}\n", i + 1, printable(values));
    }
  sim_.begin(starts_[*number - 1]);
  fmt::print("{}", text_.broken(sim_.broken_at_start()));
  list_choices();
  return true;
}

bool Session::save(const std::string& path) {
  if (path.empty()) return wrong("'save' wants a file");
  report::Request whole = request_;
  std::error_code error;
  const auto absolute = std::filesystem::absolute(whole.path, error);
  if (!error) whole.path = absolute.lexically_normal().string();
  model::Diagnostics diagnostics;
  if (!model::write_whole(path, report::run_file_json(checked_, sim_.run(), property(), whole),
                          diagnostics))
    return wrong(diagnostics.render());
  fmt::print("{} in {}\n", report::counted(sim_.steps().size(), "step"), printable(path));
  return true;
}

bool Session::load(const std::string& path) {
  model::Diagnostics diagnostics;
  const auto file = report::read_run_file(path, {}, options_.specs, diagnostics);
  if (!file) return wrong(diagnostics.render());
  std::string why;
  const auto found =
      checker::find_run(sim_.interpreter(), *checked_.model, *checked_.layout, file->run, why);
  if (!found) return wrong(fmt::format("{} is no run of this design: {}", path, printable(why)));
  sim_.begin(found->at.front());
  for (const checker::Successor& s : found->taken) sim_.take(Stride{{s}, false});
  fmt::print("{}",
             report::run_text(checked_, sim_.run(), request_, {options_.style, false, false}));
  fmt::print("{}", text_.broken(sim_.broken()));
  list_choices();
  return true;
}

bool Session::verbose(const std::string& argument) {
  if (!argument.empty() && argument != "on" && argument != "off")
    return wrong("'verbose' is on or off");
  options_.verbose = argument.empty() ? !options_.verbose : argument == "on";
  list_choices();
  return true;
}

bool Session::help(const std::string&) {
  for (const Command& command : commands()) {
    std::string names;
    for (const char* name : command.names) names += (names.empty() ? "" : ", ") + std::string(name);
    fmt::print("  {:<45} {}\n", names + (*command.arguments ? " " : "") + command.arguments,
               command.about);
  }
  return true;
}

bool Session::quit(const std::string&) {
  quit_ = true;
  return true;
}

int Session::random(std::uint64_t seed, int steps) {
  std::mt19937_64 draw(seed);  // the standard fixes its numbers
  std::vector<checker::Broken> broken;
  int taken = 0;
  const Catching catching;
  sim_.keep_to(limits_);
  try {
    broken = sim_.broken_at_start();
    for (; taken < steps && broken.empty() && !limits_.expired(); ++taken) {
      std::vector<Stride> all = sim_.strides(true);
      if (all.empty()) break;
      sim_.take(all[draw() % all.size()]);
      broken = sim_.just_broken();
    }
  } catch (const checker::Ended&) {  // where a limit, or somebody, ended it
  }
  fmt::print("{}\n", options_.style.bold(printable(report::title(checked_))));
  fmt::print(
      "{}{}",
      report::run_text(checked_, sim_.run(), request_, {options_.style, options_.verbose, false}),
      text_.broken(broken));
  fmt::print("One random walk (seed {}, {}); it decides nothing, 'luproof check' does.\n", seed,
             report::counted(static_cast<std::size_t>(taken), "step"));
  const bool open = taken < steps && broken.empty() && limits_.expired();
  if (open) stopped(limits_, "the walk goes no further");
  return status(open);
}

}  // namespace luproof::cli
