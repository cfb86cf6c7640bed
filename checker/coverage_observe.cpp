// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "checker/coverage.h"
#include "checker/describe.h"

namespace luproof::checker {
namespace {

// Notes whose conditions depend on the state, as code for those that are still open.
class Open {
 public:
  Open(const Terms& terms, const std::vector<Note>& notes, std::vector<char>& seen)
      : terms_(&terms), seen_(&seen) {
    for (const Note& n : notes) {
      if (terms.is_true(n.when))
        always_.push_back(n.key);
      else
        open_.push_back(n);
    }
    std::sort(always_.begin(), always_.end());
    always_.erase(std::unique(always_.begin(), always_.end()), always_.end());
  }

  // What is noted wherever the step is taken at all.
  void taken() {
    for (const int key : always_) (*seen_)[static_cast<std::size_t>(key)] = 1;
    always_.clear();
  }

  bool empty() const { return open_.empty(); }

  void look(const State& state, std::vector<Value>& registers) {
    if (open_.empty()) return;
    if (!ready_) compile();
    if (open_.empty()) return;
    code_.run(state, registers);
    std::size_t closed = 0;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      char& seen = (*seen_)[static_cast<std::size_t>(open_[i].key)];
      if (!seen && code_.at(i, registers)) seen = 1;
      closed += seen ? 1u : 0u;
    }
    if (2 * closed >= open_.size()) ready_ = false;  // what is left is worth a shorter code
  }

 private:
  void compile() {
    open_.erase(
        std::remove_if(open_.begin(), open_.end(),
                       [&](const Note& n) { return (*seen_)[static_cast<std::size_t>(n.key)]; }),
        open_.end());
    std::vector<Term> roots;
    for (const Note& n : open_) roots.push_back(n.when);
    code_ = Code(*terms_, roots);
    ready_ = true;
  }

  const Terms* terms_;
  std::vector<char>* seen_;
  std::vector<int> always_;
  std::vector<Note> open_;
  Code code_;
  bool ready_ = false;
};

class Walk {
 public:
  Walk(const System& system, const Graph& graph, const Statistics& statistics, bool visible,
       Observed& observed)
      : s_(system), g_(graph), st_(statistics), visible_(visible), o_(observed) {
    for (const Transition& t : s_.transitions) open_.emplace_back(s_.terms, t.notes, o_.seen);
    told_.resize(s_.transitions.size());
  }

  void run() {
    Open start(s_.terms, s_.start_notes, o_.seen), states(s_.terms, s_.state_notes, o_.seen);
    start.taken();
    states.taken();
    endings();
    for (std::uint32_t n = 0; n < g_.nodes.size(); ++n) {
      const Graph::Node& node = g_.nodes[n];
      if (!node.expanded) continue;
      unpacked_ = false;
      if (node.transition < 0 && !start.empty()) start.look(state(n), registers_);
      if (!states.empty()) states.look(state(n), registers_);
      for (std::uint64_t e = g_.range[n].first; e < g_.range[n].second; ++e)
        step(n, static_cast<int>(g_.edge_by[e]));
      if (!endings_.empty()) endings(n);
    }
    o_.complete = st_.exhausted;
  }

 private:
  const State& state(std::uint32_t n) {
    if (!unpacked_) g_.store.unpack(n, state_);
    unpacked_ = true;
    return state_;
  }

  void step(std::uint32_t n, int id) {
    Open& open = open_[static_cast<std::size_t>(id)];
    open.taken();
    if (!open.empty()) open.look(state(n), registers_);
    if (visible_ && s_.transitions[id].weight) tell(n, id);
  }

  // Steps that end a run have no edge: faults, and full pools.
  void endings() {
    for (std::size_t id = 0; id < s_.transitions.size(); ++id) {
      const Transition& t = s_.transitions[id];
      if ((t.fault == Fault::None && !t.exhausted) || !st_.fired[id]) continue;
      open_[id].taken();
      if (!open_[id].empty()) endings_.push_back(static_cast<int>(id));
    }
  }

  void endings(std::uint32_t n) {
    for (const int id : endings_) {
      Open& open = open_[static_cast<std::size_t>(id)];
      if (!open.empty() && s_.terms.evaluate(s_.transitions[id].guard, state(n)))
        open.look(state(n), registers_);
    }
  }

  void tell(std::uint32_t n, int id) {
    const Transition& t = s_.transitions[id];
    const State& before = state(n);
    std::vector<Value> values = {before[s_.layout->find(model::Part::Kernel, -1)->base]};
    for (const auto& args : t.args)
      for (const Term a : args) values.push_back(s_.terms.evaluate(a, before));
    if (!told_[static_cast<std::size_t>(id)].insert(values).second) return;
    std::size_t next = 1;
    for (std::size_t l = 0; l < t.labels.size(); ++l) {
      const std::size_t count = l < t.args.size() ? t.args[l].size() : 0;
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(next);
      const std::vector<Value> args(first, first + static_cast<std::ptrdiff_t>(count));
      next += count;
      if (!weight_of(*s_.model, t.labels[l])) continue;
      std::string text =
          fmt::format("kernel {}: {}", values[0], step_text(*s_.model, t.labels[l], args));
      // An assignment has no name: its procedure's would stand for any other in it.
      if (t.labels[l].stmt >= 0)
        if (const model::Stmt& s = *s_.model->statement_by_id[t.labels[l].stmt];
            s.kind != model::StmtKind::Fire && s.kind != model::StmtKind::Kexec)
          text += fmt::format(", line {}", s.span.line);
      o_.visible.insert(std::move(text));
    }
  }

  const System& s_;
  const Graph& g_;
  const Statistics& st_;
  bool visible_;
  Observed& o_;
  std::vector<Open> open_;
  std::vector<int> endings_;
  std::vector<std::set<std::vector<Value>>> told_;
  std::vector<Value> registers_;
  State state_;
  bool unpacked_ = false;
};

// One run, step by step through the transitions that have its labels.
class Follow {
 public:
  Follow(const System& system, const Run& run, Observed& observed)
      : s_(system), run_(run), o_(observed) {}

  void from(const std::vector<std::pair<int, Value>>& start) {
    State state(s_.slots.size(), 0);
    for (std::size_t i = 0; i < state.size(); ++i)
      state[i] = s_.initial[i].value_or(s_.slots[i].low);
    std::copy(run_.states[0].begin(), run_.states[0].end(), state.begin());
    for (const auto& [slot, value] : start) state[static_cast<std::size_t>(slot)] = value;
    look(s_.start_notes, state);
    look(s_.state_notes, state);
    for (std::size_t at = 0; at < run_.steps.size();) {
      const std::size_t taken = step(at, state);
      if (!taken) return;
      at += taken;
      look(s_.state_notes, state);
    }
  }

 private:
  void look(const std::vector<Note>& notes, const State& state) {
    for (const Note& n : notes)
      if (s_.terms.evaluate(n.when, state)) o_.seen[static_cast<std::size_t>(n.key)] = 1;
  }

  // How many labels of the run the transition from here stands for; 0: it is not found.
  std::size_t step(std::size_t at, State& state) {
    const int instance = run_.steps[at].instance;
    if (instance < 0) return one_of(s_.anywhere, at, state);
    const auto& points = s_.at[static_cast<std::size_t>(instance)];
    return one_of(points[static_cast<std::size_t>(state[s_.point_slot[instance]])], at, state);
  }

  std::size_t one_of(const std::vector<int>& transitions, std::size_t at, State& state) {
    for (const int id : transitions) {
      const Transition& t = s_.transitions[id];
      const std::size_t size = t.labels.size();
      if (at + size > run_.steps.size() ||
          !std::equal(t.labels.begin(), t.labels.end(),
                      run_.steps.begin() + static_cast<std::ptrdiff_t>(at)) ||
          !s_.terms.evaluate(t.guard, state))
        continue;
      State next = state;
      for (const auto& [slot, value] : t.updates)
        next[static_cast<std::size_t>(slot)] = s_.terms.evaluate(value, state);
      const State* data = at + size < run_.states.size() ? &run_.states[at + size] : nullptr;
      if (t.fault == Fault::None && data && !data->empty() &&
          !std::equal(data->begin(), data->end(), next.begin()))
        continue;
      look(t.notes, state);
      state = std::move(next);
      return size;
    }
    return 0;
  }

  const System& s_;
  const Run& run_;
  Observed& o_;
};

}  // namespace

void observe(const System& system, const Run& run, Observed& observed) {
  if (run.states.empty()) return;
  for (const auto& start : system.starts) Follow(system, run, observed).from(start);
}

void observe(const System& system, const Graph& graph, const Statistics& statistics,
             bool visible_steps, Observed& observed) {
  if (statistics.fired.size() != system.transitions.size()) return;
  Walk(system, graph, statistics, visible_steps, observed).run();
}

}  // namespace luproof::checker
