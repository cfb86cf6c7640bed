// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/simulation.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "checker/describe.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kLongestStride = 1'000;  // silent steps; an actor may turn in circles
constexpr std::size_t kMostSeen = 2'000'000;   // configurations of one search

std::function<void()> looking_at(const Limits& limits) {
  return [limits] { end_at(limits); };
}

// While it lives, every step has to end at the limits of a search.
class Within {
 public:
  Within(Interpreter& interpreter, const Limits& search, const Limits& otherwise)
      : interpreter_(interpreter), otherwise_(otherwise) {
    interpreter_.look_with(looking_at(search));
  }
  ~Within() { interpreter_.look_with(looking_at(otherwise_)); }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  Interpreter& interpreter_;
  const Limits& otherwise_;
};

}  // namespace

Simulation::Simulation(const model::Model& model, const model::Layout& layout)
    : model_(model), interpreter_(model, layout) {}

void Simulation::keep_to(const Limits& limits) {
  limits_ = limits;
  interpreter_.look_with(looking_at(limits_));
}

std::optional<std::vector<Configuration>> Simulation::starts(std::size_t limit) const {
  return interpreter_.initial(limit);
}

void Simulation::begin(Configuration first) {
  at_.clear();
  at_.push_back(std::move(first));
  steps_.clear();
  broken_.clear();
  strides_.clear();
  undone_.clear();
  broken_at_start_.reset();
}

const Configuration& Simulation::before() const {
  return strides_.empty() ? first() : at_[steps_.size() - strides_.back()];
}

std::vector<Successor> Simulation::last_steps() const {
  const std::size_t count = strides_.empty() ? 0 : strides_.back();
  return {steps_.end() - static_cast<std::ptrdiff_t>(count), steps_.end()};
}

bool Simulation::ended() const {
  return !steps_.empty() && (steps_.back().fault != Fault::None || steps_.back().scope_exhausted);
}

std::vector<Broken> Simulation::broken_by(const Configuration& from, const Successor& step) const {
  std::vector<Broken> found;
  if (step.fault != Fault::None || step.scope_exhausted) return found;
  for (int p = 0; p < static_cast<int>(model_.properties.size()); ++p) {
    Broken broken{p, 0};
    if (interpreter_.bad_step(p, from, step, &broken.element) ||
        (interpreter_.bad_state(p, step.next, &broken.element) && !interpreter_.bad_state(p, from)))
      found.push_back(broken);
  }
  return found;
}

// Goes on with the same actor while its steps are silent and there is one way.
Stride Simulation::stride_from(const Successor& first, bool single) const {
  Stride stride;
  stride.steps.push_back(first);
  const int instance = first.label.instance;
  const Configuration* from = &now();
  std::set<std::string> seen;
  while (!single && instance >= 0) {
    const Successor& last = stride.last();
    if (last.fault != Fault::None || last.scope_exhausted || weight_of(model_, last.label) ||
        !broken_by(*from, last).empty() || stride.steps.size() >= kLongestStride ||
        !seen.insert(interpreter_.key(last.next)).second)
      break;
    std::vector<Successor> next = interpreter_.successors(last.next);
    std::erase_if(next, [&](const Successor& s) { return s.label.instance != instance; });
    stride.open = next.size() > 1;
    if (next.size() != 1) break;
    stride.steps.push_back(std::move(next[0]));
    from = &stride.steps[stride.steps.size() - 2].next;
  }
  return stride;
}

std::vector<Stride> Simulation::strides(bool single) const {
  std::vector<Stride> found;
  if (ended()) return found;
  for (const Successor& s : interpreter_.successors(now())) found.push_back(stride_from(s, single));
  return found;
}

void Simulation::take(const Stride& stride) {
  append(stride);
  undone_.clear();
}

void Simulation::append(const Stride& stride) {
  std::vector<std::vector<Broken>> broken;  // all of them before anything is taken
  const Configuration* from = &now();
  for (const Successor& s : stride.steps) {
    broken.push_back(broken_by(*from, s));
    from = &s.next;
  }
  std::move(broken.begin(), broken.end(), std::back_inserter(broken_));
  for (const Successor& s : stride.steps) {
    if (s.fault == Fault::None && !s.scope_exhausted) at_.push_back(s.next);
    steps_.push_back(s);
  }
  strides_.push_back(stride.steps.size());
}

std::size_t Simulation::undo(std::size_t count) {
  std::size_t done = 0;
  for (; done < count && !strides_.empty(); ++done) {
    const auto first = static_cast<std::ptrdiff_t>(steps_.size() - strides_.back());
    Stride stride;
    stride.steps.assign(steps_.begin() + first, steps_.end());
    steps_.resize(static_cast<std::size_t>(first));
    broken_.resize(steps_.size());
    at_.resize(steps_.size() + 1);
    strides_.pop_back();
    undone_.push_back(std::move(stride));
  }
  return done;
}

std::size_t Simulation::redo(std::size_t count) {
  std::size_t done = 0;
  for (; done < count && !undone_.empty(); ++done) {
    append(undone_.back());
    undone_.pop_back();
  }
  return done;
}

std::vector<Broken> Simulation::just_broken() const {
  std::vector<Broken> found;
  const std::size_t first = strides_.empty() ? 0 : steps_.size() - strides_.back();
  for (std::size_t i = first; i < steps_.size(); ++i)
    found.insert(found.end(), broken_[i].begin(), broken_[i].end());
  return found;
}

std::vector<Broken> Simulation::broken() const {
  std::vector<Broken> found = broken_at_start();
  for (const auto& some : broken_) found.insert(found.end(), some.begin(), some.end());
  return found;
}

const std::vector<Broken>& Simulation::broken_at_start() const {
  if (broken_at_start_) return *broken_at_start_;
  std::vector<Broken> found;
  for (int p = 0; p < static_cast<int>(model_.properties.size()); ++p) {
    Broken broken{p, 0};
    if (interpreter_.bad_state(p, first(), &broken.element)) found.push_back(broken);
  }
  broken_at_start_ = std::move(found);
  return *broken_at_start_;
}

Run Simulation::run() const {
  Run run;
  for (const Configuration& c : at_) run.states.push_back(c.data);
  for (const Successor& s : steps_) {
    run.steps.push_back(s.label);
    run.args.push_back(s.fired);
    run.weight += weight_of(model_, s.label);
    run.fault = s.fault;
    run.fault_span = s.fault_span;
  }
  return run;
}

bool Simulation::reaches(const Goal& goal, const Configuration& from, const Successor& step) const {
  if (!goal.event.empty()) {
    const std::string text = step_text(model_, step.label, step.fired);
    return text == goal.event || text.substr(0, text.find('(')) == goal.event;
  }
  if (goal.property < 0 && step.fault != Fault::None) return true;
  const std::vector<Broken> broken = broken_by(from, step);
  return std::any_of(broken.begin(), broken.end(), [&](const Broken& b) {
    return goal.property < 0 || b.property == goal.property;
  });
}

Simulation::Search Simulation::run_to(const Goal& goal, const Limits& limits, std::size_t& seen) {
  const Within within(interpreter_, limits, limits_);
  try {
    return search(goal, limits, seen);
  } catch (const Ended&) {
    return Search::Stopped;
  }
}

// Nearest first, as the explorer does it: by visible steps, then by steps.
Simulation::Search Simulation::search(const Goal& goal, const Limits& limits, std::size_t& seen) {
  struct Node {
    Configuration at;
    Successor by;
    std::size_t parent = 0;
  };
  std::vector<Node> nodes = {{now(), {}, 0}};
  std::unordered_map<std::string, std::pair<int, int>> best = {{interpreter_.key(now()), {0, 0}}};
  std::map<std::pair<int, int>, std::vector<std::size_t>> open;
  open[{0, 0}].push_back(0);
  std::size_t bytes = 0;  // about; a node has its state twice, and the key is a third
  Statistics progress;
  const auto started = std::chrono::steady_clock::now();
  auto reported = started;
  // The goal is at the end of a step; a nearer one may still be in the queue, so it waits there.
  std::map<std::pair<int, int>, std::size_t> reached;
  bool full = !steps_.empty() && steps_.back().scope_exhausted;
  while (!open.empty() && !ended()) {
    const auto key = open.begin()->first;
    if (!reached.empty() && reached.begin()->first <= key) break;
    std::vector<std::size_t> level = std::move(open.begin()->second);
    open.erase(open.begin());
    for (const std::size_t n : level) {
      if (best[interpreter_.key(nodes[n].at)] < key) continue;
      seen = best.size();
      if (limits.expired() || nodes.size() > kMostSeen || limits.too_much(bytes))
        return Search::Stopped;
      const Configuration from = nodes[n].at;
      for (Successor& s : interpreter_.successors(from)) {
        full |= s.scope_exhausted;
        if (s.scope_exhausted) continue;
        const std::pair<int, int> to = {key.first + weight_of(model_, s.label), key.second + 1};
        if (reaches(goal, from, s)) {
          nodes.push_back({s.next, s, n});
          reached.emplace(to, nodes.size() - 1);
          continue;
        }
        if (s.fault != Fault::None) continue;
        const auto [known, fresh] = best.emplace(interpreter_.key(s.next), to);
        if (!fresh && known->second <= to) continue;
        known->second = to;
        bytes += sizeof(Node) + (fresh ? 3 : 2) * known->first.size();
        nodes.push_back({s.next, s, n});
        open[to].push_back(nodes.size() - 1);
      }
      const auto time = std::chrono::steady_clock::now();
      if (!limits.progress || time - reported < std::chrono::milliseconds(500)) continue;
      reported = time;
      progress.states = best.size();
      progress.depth = key.second;
      progress.seconds = std::chrono::duration<double>(time - started).count();
      limits.progress(progress);
    }
  }
  seen = best.size();
  if (reached.empty()) return full ? Search::Full : Search::Nothing;
  Stride stride;
  for (std::size_t n = reached.begin()->second; n != 0; n = nodes[n].parent)
    stride.steps.push_back(nodes[n].by);
  std::reverse(stride.steps.begin(), stride.steps.end());
  take(stride);
  return Search::Found;
}

}  // namespace luproof::checker
