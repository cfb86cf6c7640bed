// SPDX-License-Identifier: GPL-2.0-or-later
// From bound lines to events of the model.
#include <fmt/format.h>

#include <algorithm>

#include "traces/observer.h"

namespace luproof::traces {

namespace {
constexpr std::size_t kMostInside = 100'000;
constexpr int kStranger = -2;  // an address that has no place in the topology
}  // namespace

bool Observer::counts(const TraceLine& line, const Meaning& meaning) {
  return line.task == meaning.counted->task && line.pid == meaning.counted->pid;
}

// Tasks are told apart by pid; the idle tasks of all CPUs share pid 0.
std::int64_t Observer::task_of(const TraceLine& line) const {
  return line.pid > 0 ? line.pid : -1 - std::int64_t{line.cpu};
}

void Observer::say(const TraceLine& line, std::string_view what) {
  if (explains(line)) verdict_.explanation.emplace_back(what);
}

// A line of the kernel's log: what its expression names are its arguments.
void Observer::message(const TraceLine& line) {
  const int m = in_.binding.message_of(line);
  if (m < 0) return;
  TraceLine with = line;
  in_.binding.add_groups(in_.binding.meanings[m], with);
  if (!named(with, {m}, task_of(line))) nameless(with, {m});
}

// The function line and the probe line of one call come in either order, and nothing that is bound
// comes between them in one task: the two are one call, told by the one that has arguments.
void Observer::bound(const TraceLine& line, std::string_view symbol,
                     const std::vector<int>& meanings) {
  const std::int64_t id = task_of(line);
  Task& task = tasks_[id];
  const bool probe = line.kind == LineKind::Kprobe || line.kind == LineKind::Tracepoint;
  const bool pair = task.last == symbol && (task.last_kind == LineKind::Kprobe) != probe;
  if (pair && probe && task.waiting) {
    task.waiting = false;
    note_inside(task.held.line().number, line.number);
  }
  if (pair && !probe) {
    note_inside(line.number, task.last_line);
    say(line, "the probe's line before it has told this call already");
    task.last = {};
    return;
  }
  release(task);
  task.last = pair ? std::string_view{} : symbol;
  task.last_kind = probe ? LineKind::Kprobe : LineKind::Function;
  task.last_line = line.number;
  if (probe && named(line, meanings, id)) return;
  if (!probe && in_.mentioned.probed.count(symbol) > 0) {
    say(line, "it names no function: the probe's line of the same call has to follow");
    task.waiting = true;
    task.held = OwnedLine(line);
    return;
  }
  nameless(line, meanings);
}

// The probe line of a call did not come: its function line stands alone.
void Observer::release(Task& task) {
  if (!task.waiting) return;
  task.waiting = false;
  if (const auto* meanings = in_.binding.find(in_.binding.symbol_of(task.held.line())))
    nameless(task.held.line(), *meanings);
}

bool Observer::called_by(const Meaning& meaning, const TraceLine& line) const {
  if (meaning.callers.empty()) return true;
  const std::string_view caller = base_function(line.caller);
  return std::find(meaning.callers.begin(), meaning.callers.end(), caller) != meaning.callers.end();
}

int Observer::function_of_line(const Meaning& meaning, const TraceLine& line) const {
  if (meaning.parameters.empty()) return -1;
  const Argument* const argument = line.find(meaning.parameters.front().argument);
  if (argument == nullptr) return -1;
  const auto address = model::Bdf::parse(argument->text);
  if (!address) return -1;
  const auto& functions = in_.model.topology.functions;
  const auto found = std::find_if(functions.begin(), functions.end(), [&](const auto& f) {
    return f.has_address && f.bdf == *address;
  });
  return found == functions.end() ? kStranger : static_cast<int>(found - functions.begin());
}

// nullopt: the line does not say.
std::optional<bool> Observer::holds(const Condition& condition, int function,
                                    const TraceLine& line) const {
  std::int64_t expected = condition.number;
  if (condition.parameter >= 0) {
    if (function < 0) return std::nullopt;
    const auto attribute = in_.model.topology.functions[function].value(condition.attribute);
    if (!attribute) return false;  // a function without the capability has no such register
    expected += *attribute;
  }
  const Argument* const argument = line.find(condition.argument);
  if (argument == nullptr || !argument->number) return std::nullopt;
  return (*argument->number == expected) == condition.equal;
}

bool Observer::named(const TraceLine& line, const std::vector<int>& meanings, std::int64_t task) {
  bool understood = false;
  for (int m : meanings) {
    const Meaning& meaning = in_.binding.meanings[m];
    const auto rule = [&] {
      return fmt::format("{} '{}'", meaning.span.where(), model::printable(meaning.name));
    };
    if (!called_by(meaning, line)) {
      if (explains(line)) say(line, rule() + ": not this caller");
      continue;
    }
    const int function = function_of_line(meaning, line);
    if (function == -1 && !meaning.parameters.empty()) {
      if (explains(line))
        say(line, fmt::format("{}: no PCI address in '{}'", rule(),
                              model::printable(meaning.parameters.front().argument)));
      continue;
    }
    understood = true;
    if (function == kStranger) {
      if (explains(line)) say(line, rule() + ": its function is not in the topology");
      if (said_.insert("stranger").second)
        gap(line.number, line.cpu, "functions on buses that are not in the topology",
            GapKind::Note);
      continue;
    }
    bool sure = true, excluded = false;
    for (const Condition& condition : meaning.when) {
      const auto held = holds(condition, function, line);
      if (explains(line) && !held.value_or(false))
        say(line, fmt::format("{}: {} {} {} {}{}", rule(), held ? "not so:" : "not shown whether",
                              model::printable(condition.argument), condition.equal ? "==" : "!=",
                              condition.attribute.empty()
                                  ? ""
                                  : fmt::format("{} + ", model::printable(condition.attribute)),
                              condition.number));
      sure = sure && held.has_value();
      excluded = excluded || (held && !*held);
    }
    if (excluded) continue;
    if (explains(line))
      say(line, fmt::format("{}: this is it{}", rule(),
                            function >= 0 ? ", on " + in_.model.topology.functions[function].name
                                          : std::string()));
    act(line, m, function, sure, task);
    if (sure) break;  // the first meaning that fits is the line's
  }
  return understood;
}

std::optional<Observer::Call> Observer::call(const EventCall& wanted, int function,
                                             const TraceLine& line) {
  Call made{wanted.event, {}};
  const model::Event& event = in_.model.events[wanted.event];
  const model::Topology& topology = in_.model.topology;
  for (std::size_t i = 0; i < wanted.arguments.size(); ++i) {
    const CallArgument& argument = wanted.arguments[i];
    if (argument.kind == CallArgument::Kind::Constant) {
      made.arguments.push_back(argument.value);
      continue;
    }
    int element = function;
    if (argument.kind == CallArgument::Kind::VfOf) {
      const Argument* const index = line.find(argument.index);
      element = -1;
      for (int vf : topology.vfs(function))
        if (index != nullptr && index->number == topology.functions[vf].vf_index) element = vf;
    }
    if (element < 0 || !in_.model.in_sort(event.locals[i].type.id, element)) return std::nullopt;
    made.arguments.push_back(reference(element));
  }
  return made;
}

// Every event that the line may be; one, if it says which.
std::vector<Observer::Call> Observer::calls(const Meaning& meaning, int function,
                                            const TraceLine& line) {
  std::vector<Call> found;
  const auto add = [&](const EventCall& wanted) {
    if (auto made = call(wanted, function, line)) found.push_back(std::move(*made));
  };
  if (meaning.event) add(*meaning.event);
  if (meaning.decode) {
    const Argument* const argument = line.find(meaning.decode->argument);
    const bool says = argument != nullptr && argument->number;
    bool one = says && *argument->number != 0;
    if (says && meaning.decode->bit >= 0) one = (*argument->number >> meaning.decode->bit & 1) != 0;
    if (!says || one) add(meaning.decode->one);
    if (!says || !one) add(meaning.decode->zero);
  }
  return found;
}

// `function` -1: the line names none.
void Observer::note_step(const TraceLine& line, int m, int function) {
  if (!in_.recorder) return;
  const Meaning& meaning = in_.binding.meanings[m];
  const std::string& what = meaning.symbol.empty() ? meaning.name : meaning.symbol;
  step(&line, function < 0
                  ? what
                  : fmt::format("{}({})", what, in_.model.topology.functions[function].name));
  in_.recorder->rule(m, meaning.event ? meaning.event->event : -1, function);
}

void Observer::act(const TraceLine& line, int m, int function, bool sure, std::int64_t id) {
  const Meaning& meaning = in_.binding.meanings[m];
  ++fired_[m];
  if (meaning.asks) return say(line, "it only asks, and changes nothing");
  const bool acts = meaning.event || meaning.decode || meaning.tells || meaning.kexec ||
                    meaning.jump || !meaning.begins.empty() || !meaning.ends.empty();
  // Of lines that are counted only the task that counts is the boot of a kernel.
  if (meaning.counted && counts(line, meaning)) blackouts_.boots();
  if (!meaning.counted || counts(line, meaning)) blackouts_.enter(meaning.phase);
  if (!acts) return;
  ++verdict_.bound;
  note_step(line, m, function);
  if (meaning.jump) jumped_ = true;
  if (meaning.kexec) moment_reached(Moment::Kind::Kexec, line);
  if (!meaning.begins.empty()) probe_begins(function, id);
  if (!meaning.ends.empty()) probe_ends(function);
  if (meaning.tells && sure)
    if (const auto told = call(*meaning.tells, function, line)) tell(*told);
  if (meaning.counted) return counted(line, meaning);
  if (!meaning.event && !meaning.decode) {
    tasks_[id].leaf = {};
    return;
  }
  const std::vector<Call> possible = calls(meaning, function, line);
  const std::string name = in_.model.topology.functions[function].name;
  if (possible.empty()) {
    if (in_.machine.has_dump && said_.insert(meaning.symbol + name).second)
      gap(line.number, line.cpu,
          fmt::format("{} of {} fits nothing in the topology", model::printable(meaning.symbol),
                      name));
    return;
  }
  Cause cause{&line, id, function, text_of(possible[0]), "", true, true};
  if (!sure || possible.size() > 1) {
    if (said_.insert(meaning.symbol).second)
      gap(line.number, line.cpu,
          fmt::format("{} does not show the arguments that tell what it does",
                      model::printable(meaning.symbol)));
    say(line, "its arguments do not tell which of several events it is, or whether it is one");
    if (in_.recorder)
      in_.recorder->name("perhaps " + cause.event, "its arguments do not tell what it is");
    return might(possible, cause, false);
  }
  Task& task = tasks_[id];
  if (explains(line)) say(line, "it is " + text_of(possible[0]));
  if (in_.recorder) {
    in_.recorder->name(cause.event);
    in_.recorder->rule(m, possible[0].event, function);
  }
  if (confirms(task, m, function, possible[0])) {
    note_inside(line.number, task.leaf.line);
    if (in_.recorder)
      in_.recorder->name(cause.event,
                         fmt::format("shows what line {} was taken for", task.leaf.line));
    return say(line, "it shows what the call around it was taken for already");
  }
  task.leaf = {m, function, possible[0], meaning.confirmed_by, line.number};
  apply(possible[0], cause, !meaning.may_fail);
}

void Observer::note_inside(std::int64_t line, std::int64_t of) {
  if (inside_.size() < kMostInside) inside_[{capture_, line}] = {capture_, of};
}

// A line inside a call that shows what the call was already taken for.
bool Observer::confirms(Task& task, int m, int function, const Call& call) {
  Leaf& leaf = task.leaf;
  const auto expected = std::find(leaf.expected.begin(), leaf.expected.end(), m);
  if (leaf.meaning < 0 || leaf.function != function || expected == leaf.expected.end())
    return false;
  if (call != leaf.call) {
    Knowledge after = state_;
    effects_.apply(call.event, call.arguments, kernel_, after);
    if (after != state_) return false;  // it shows something else: an event on its own
  }
  leaf.expected.erase(expected);
  return true;
}

std::string Observer::text_of(const Call& call) const {
  const model::Event& event = in_.model.events[call.event];
  std::string text = event.name + "(";
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    text += (i == 0 ? "" : ", ") + in_.model.value_text(event.locals[i].type, call.arguments[i]);
  return text + ")";
}

// A call on a function that the line does not name: it may be any.
void Observer::nameless(const TraceLine& line, const std::vector<int>& meanings) {
  Leaf& leaf = tasks_[task_of(line)].leaf;
  std::vector<int>& expected = leaf.expected;
  for (int m : meanings) {
    if (const auto inner = std::find(expected.begin(), expected.end(), m);
        inner != expected.end()) {
      note_inside(line.number, leaf.line);
      say(line, "it is inside a call that was taken for its effect already");
      expected.erase(inner);
      return;
    }
  }
  for (int m : meanings) {
    const Meaning& meaning = in_.binding.meanings[m];
    if (!called_by(meaning, line)) continue;
    if (meaning.asks && meaning.when.empty()) {
      ++fired_[m];
      return say(line, "this caller only asks, which changes nothing");
    }
    if (meaning.counted || meaning.parameters.empty()) {
      act(line, m, -1, true, task_of(line));
      continue;
    }
    blackouts_.enter(meaning.phase);
    if (meaning.nameless_ignored || (!meaning.event && !meaning.decode)) {
      if (explains(line))
        say(line, fmt::format("{}: without a function it is left out", meaning.span.where()));
      continue;
    }
    ++verdict_.bound;
    ++fired_[m];
    note_step(line, m, -1);
    if (in_.recorder)
      in_.recorder->name(meaning.symbol + " of any function",
                         "the line does not name the function");
    if (explains(line))
      say(line,
          fmt::format("{}: it names no function, so it may have been any", meaning.span.where()));
    auto& [first, count] = nameless_[meaning.symbol.empty() ? meaning.name : meaning.symbol];
    if (count++ == 0) first = line.number;
    if (const auto settled = settled_.find(m);
        settled != settled_.end() && settled->second == changes_)
      continue;
    std::vector<Call> possible;
    for (int f = 0; f < static_cast<int>(in_.model.topology.functions.size()); ++f)
      for (Call& each : calls(meaning, f, line)) possible.push_back(std::move(each));
    if (possible.empty()) continue;
    const bool definite = meaning.event && meaning.when.empty();
    Cause cause{&line,
                task_of(line),
                -1,
                in_.model.events[possible[0].event].name,
                "the line does not name the function",
                false,
                true};
    might(possible, cause, definite);
    settled_[m] = changes_;
  }
}

// Each function of the machine passes here once in a boot, and no line says which one it is: when
// as many have passed as there are, all have.
void Observer::counted(const TraceLine& line, const Meaning& meaning) {
  if (!counts(line, meaning)) return;
  if (!in_.machine.has_dump) {
    if (said_.insert(meaning.symbol).second)
      gap(line.number, -1, fmt::format("without a topology {} cannot be counted", meaning.symbol));
    return;
  }
  const auto& functions = in_.model.topology.functions;
  const auto& kinds = meaning.counted->kinds;
  const auto passes = [&](const model::PciFunction& f) {
    return std::find(kinds.begin(), kinds.end(), f.kind) != kinds.end();
  };
  const int count = ++counts_[static_cast<int>(&meaning - in_.binding.meanings.data())];
  if (count != std::count_if(functions.begin(), functions.end(), passes)) return;
  for (int f = 0; f < static_cast<int>(functions.size()); ++f) {
    if (!passes(functions[f])) continue;
    for (const Call& each : calls(meaning, f, line)) {
      Cause cause{&line, 0, f, text_of(each), "", true, false};
      if (!meaning.silent.empty())
        cause.event = fmt::format("{}({})", meaning.silent.front(), functions[f].name);
      apply(each, cause, true);
    }
  }
}

}  // namespace luproof::traces
