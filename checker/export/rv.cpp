// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/rv.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <set>

#include "checker/stopped.h"

namespace luproof::checker::exporter {
namespace {

constexpr std::size_t kMostSubsets = 4000;        // before they are made as few as they can be
constexpr std::size_t kMostMembers = 40'000'000;  // in all of them
constexpr int kSilent = -1;

using Node = std::uint32_t;
using Subset = std::vector<Node>;  // sorted

// The graph of one life: arcs with one symbol or none.
class Lives {
 public:
  Lives(const System& system, const Graph& graph, const Statistics& statistics,
        const RvWatch& watch, const RvQuestion& question)
      : s_(system), g_(graph), watch_(watch), q_(question), arcs_(graph.nodes.size()) {
    const std::size_t count = g_.nodes.size();
    if (q_.property >= 0 && s_.bad[q_.property] >= 0) {
      bad_.assign(count, 0);
      for (Node n = 0; n < count; ++n)
        bad_[n] = static_cast<char>(s_.terms.evaluate(s_.bad[q_.property], state(n)));
    }
    for (std::size_t t = 0; t < s_.transitions.size(); ++t)
      if (s_.transitions[t].exhausted && statistics.fired[t])
        exhausted_.push_back(static_cast<int>(t));
    kernel_slot_ = s_.layout->find(model::Part::Kernel, -1)->base;
    for (Node n = 0; n < count; ++n) node(n);
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  }

  struct Arc {
    int symbol = kSilent;
    Node to = 0;
  };
  struct Broken {  // a step that breaks the property
    Node from = 0;
    std::vector<int> word;
  };
  const std::vector<Arc>& arcs(Node n) const { return arcs_[n]; }
  bool anything(Node n) const { return any && n == any_node_; }
  const State& state_of(Node n) { return state(n); }
  std::size_t nodes() const { return arcs_.size(); }
  bool of_graph(Node n) const { return n < g_.nodes.size(); }

  Subset starts;
  std::vector<Broken> broken;
  bool any = false;

 private:
  const State& state(Node n) {
    if (unpacked_ != static_cast<std::int64_t>(n)) g_.store.unpack(n, state_);
    unpacked_ = n;
    return state_;
  }
  bool bad(Node n) const { return !bad_.empty() && bad_[n]; }
  bool wanted(Node n) { return q_.kernel == 0 || state(n)[kernel_slot_] == q_.kernel; }
  bool breaks(const Transition& t, Node n) {
    return std::any_of(t.checks.begin(), t.checks.end(), [&](const StepCheck& check) {
      return check.property == q_.property && s_.terms.evaluate(check.bad, state(n));
    });
  }
  Node fresh() {
    arcs_.emplace_back();
    return static_cast<Node>(arcs_.size() - 1);
  }
  void join(Node from, const std::vector<int>& word, std::optional<Node> to) {
    if (word.empty() && !to) return;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const Node next = i + 1 == word.size() && to ? *to : fresh();
      arcs_[from].push_back({word[i], next});
      from = next;
    }
    if (word.empty() && from != *to) arcs_[from].push_back({kSilent, *to});
  }
  void node(Node n) {
    if (bad(n)) return;
    if (g_.nodes[n].transition < 0 && wanted(n)) starts.push_back(n);
    std::vector<int> word;
    for (std::uint64_t e = g_.range[n].first; e < g_.range[n].second; ++e) {
      const Transition& t = s_.transitions[g_.edge_by[e]];
      const Node to = g_.edge_to[e];
      const bool here = wanted(n);
      const bool broke = q_.property >= 0 && breaks(t, n);
      if (t.kexec && !broke && !bad(to) && wanted(to)) starts.push_back(to);
      if (!here) continue;
      word.clear();
      if (watch_.shows(t)) watch_.word(t, state(n), word);
      if (broke || bad(to))
        broken.push_back({n, word});
      else
        join(n, word, t.kexec ? std::nullopt : std::optional<Node>(to));
    }
    if (exhausted_.empty() || !wanted(n)) return;
    for (const int id : exhausted_)
      if (s_.terms.evaluate(s_.transitions[id].guard, state(n))) {
        if (!any) any_node_ = fresh();
        any = true;
        arcs_[n].push_back({kSilent, any_node_});
        return;
      }
  }

  const System& s_;
  const Graph& g_;
  const RvWatch& watch_;
  const RvQuestion& q_;
  std::vector<std::vector<Arc>> arcs_;
  std::vector<char> bad_;
  std::vector<int> exhausted_;
  int kernel_slot_ = 0;
  Node any_node_ = 0;
  State state_;
  std::int64_t unpacked_ = -1;
};

struct Deterministic {
  std::vector<std::vector<int>> next;                 // [state][symbol]
  std::vector<std::set<Value>> values;                // of the cell, where a state is come to
  std::set<std::pair<int, std::vector<int>>> broken;  // state and word of each bad step
  std::string failed;
};

class Subsets {
 public:
  Subsets(Lives& lives, std::size_t symbols, int cell_slot, const Limits& limits)
      : lives_(lives),
        symbols_(symbols),
        cell_slot_(cell_slot),
        limits_(limits),
        seen_(lives.nodes(), 0) {
    for (const Lives::Broken& b : lives_.broken) broken_[b.from].insert(b.word);
  }

  Deterministic run() {
    number(lives_.starts);
    while (!todo_.empty() && d_.failed.empty()) {
      const int at = todo_.front();
      todo_.pop_front();
      expand(at, *subset_[at]);
      if (d_.next.size() > kMostSubsets || members_ > kMostMembers) d_.failed = "too many states";
      if (limits_.too_much(members_ * sizeof(Node))) d_.failed = "memory";
      if (std::string why = stopped_by(limits_); !why.empty()) d_.failed = std::move(why);
    }
    return std::move(d_);
  }

 private:
  // The state of the automaton for where a symbol leads, before silent steps.
  int number(const Subset& entry) {
    const auto [at, fresh] = known_.emplace(closed(entry), static_cast<int>(d_.next.size()));
    if (fresh) {
      d_.next.emplace_back(symbols_, -1);
      d_.values.emplace_back();
      subset_.push_back(&at->first);
      todo_.push_back(at->second);
      members_ += at->first.size();
    }
    if (cell_slot_ >= 0)
      for (const Node n : entry)
        if (lives_.of_graph(n)) d_.values[at->second].insert(lives_.state_of(n)[cell_slot_]);
    return at->second;
  }

  Subset closed(const Subset& entry) {
    Subset all = entry;
    ++round_;
    for (const Node n : entry) seen_[n] = round_;
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const Lives::Arc& arc : lives_.arcs(all[i]))
        if (arc.symbol == kSilent && seen_[arc.to] != round_) {
          seen_[arc.to] = round_;
          all.push_back(arc.to);
        }
    std::sort(all.begin(), all.end());
    return all;
  }

  void expand(int at, const Subset& subset) {
    std::vector<Subset> to(symbols_);
    bool anything = false;
    for (const Node n : subset) {
      anything = anything || lives_.anything(n);
      for (const Lives::Arc& arc : lives_.arcs(n))
        if (arc.symbol != kSilent) to[static_cast<std::size_t>(arc.symbol)].push_back(arc.to);
      if (const auto broken = broken_.find(n); broken != broken_.end())
        for (const auto& word : broken->second) d_.broken.insert({at, word});
    }
    for (std::size_t symbol = 0; symbol < symbols_; ++symbol) {
      Subset& entry = to[symbol];
      if (anything) entry = only_anything(subset);
      if (entry.empty()) continue;
      std::sort(entry.begin(), entry.end());
      entry.erase(std::unique(entry.begin(), entry.end()), entry.end());
      const int target = number(entry);
      d_.next[at][symbol] = target;
    }
  }
  Subset only_anything(const Subset& subset) const {
    for (const Node n : subset)
      if (lives_.anything(n)) return {n};
    return {};
  }

  Lives& lives_;
  std::size_t symbols_;
  int cell_slot_;
  const Limits& limits_;
  std::map<Node, std::set<std::vector<int>>> broken_;
  std::map<Subset, int> known_;
  std::vector<const Subset*> subset_;  // keys of known_
  std::vector<std::uint32_t> seen_;    // of each node: the last round that came there
  std::uint32_t round_ = 0;
  std::deque<int> todo_;
  std::size_t members_ = 0;
  Deterministic d_;
};

// The class of each state: two are of one class if no word tells them apart, nor the values that
// they stand for.
std::vector<int> classes(const Deterministic& d) {
  const std::vector<std::vector<int>>& next = d.next;
  std::vector<int> of;
  std::map<std::set<Value>, int> by_value;
  for (const std::set<Value>& values : d.values)
    of.push_back(by_value.emplace(values, static_cast<int>(by_value.size())).first->second);
  std::size_t count = by_value.size();
  while (true) {
    std::map<std::vector<int>, int> known;
    std::vector<int> refined(next.size());
    for (std::size_t s = 0; s < next.size(); ++s) {
      std::vector<int> signature = {of[s]};
      for (const int to : next[s]) signature.push_back(to < 0 ? -1 : of[to]);
      refined[s] = known.emplace(signature, static_cast<int>(known.size())).first->second;
    }
    of = std::move(refined);
    if (known.size() == count) return of;
    count = known.size();
  }
}

// Where a word leads; `next(state, symbol)` is -1 where it leads nowhere.
template <typename Next>
int follow(const Next& next, int from, const std::vector<int>& word) {
  for (const int symbol : word) {
    from = next(from, symbol);
    if (from < 0) return -1;
  }
  return from;
}

// The classes in the order in which they are come to, with a shortest way to each.
void number_states(RvAutomaton& automaton, const Deterministic& d, const std::vector<int>& of,
                   std::vector<std::set<Value>>& values) {
  std::map<int, int> number = {{of[0], 0}};
  std::vector<int> member = {0};  // a state of each class
  automaton.states.resize(1);
  for (std::size_t at = 0; at < automaton.states.size(); ++at) {
    const std::vector<int>& next = d.next[member[at]];
    automaton.states[at].next.assign(next.size(), -1);
    for (std::size_t symbol = 0; symbol < next.size(); ++symbol) {
      if (next[symbol] < 0) continue;
      const auto [to, fresh] =
          number.emplace(of[next[symbol]], static_cast<int>(automaton.states.size()));
      if (fresh) {
        automaton.states.emplace_back();
        automaton.states.back().path = automaton.states[at].path;
        automaton.states.back().path.push_back(static_cast<int>(symbol));
        member.push_back(next[symbol]);
      }
      automaton.states[at].next[symbol] = to->second;
    }
  }
  values.resize(automaton.states.size());
  for (std::size_t s = 0; s < d.next.size(); ++s)
    values[number.at(of[s])].insert(d.values[s].begin(), d.values[s].end());
}

void name_states(RvAutomaton& automaton, const System& system, int cell_slot,
                 const std::vector<std::set<Value>>& values) {
  constexpr std::size_t kMostInName = 2;
  std::vector<std::string> taken = {kNowhere};
  for (std::size_t s = 0; s < automaton.states.size(); ++s) {
    std::string name;
    if (cell_slot >= 0 && !values[s].empty() && values[s].size() <= kMostInName)
      for (const Value v : values[s])
        name += (name.empty() ? "" : "_or_") + system.layout->slot_value(cell_slot, v);
    if (!name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) == 0)
      name = system.layout->slot_name(cell_slot) + "_" + name;
    if (name.empty()) name = "s" + std::to_string(s);
    automaton.states[s].name = rv_identifier(name, taken);
    taken.push_back(automaton.states[s].name);
  }
}

}  // namespace

bool RvAutomaton::never(int symbol) const {
  return std::all_of(states.begin(), states.end(),
                     [&](const State& s) { return s.next[symbol] < 0; });
}

int RvAutomaton::after(const std::vector<int>& word) const {
  return follow([&](int from, int symbol) { return states[from].next[symbol]; }, 0, word);
}

RvAutomaton rv_automaton(const System& system, const Graph& graph, const Statistics& statistics,
                         const RvWatch& watch, const RvQuestion& question, const Limits& limits) {
  Lives lives(system, graph, statistics, watch, question);
  RvAutomaton automaton;
  automaton.symbols = watch.symbols();
  automaton.any = lives.any;
  if (lives.starts.empty()) {
    automaton.failed = "no run";
    return automaton;
  }
  const int cell_slot = watch.cell_slots().size() == 1 ? watch.cell_slots().front() : -1;
  Deterministic d = Subsets(lives, watch.symbols().size(), cell_slot, limits).run();
  automaton.failed = d.failed;
  if (!d.failed.empty()) return automaton;
  const auto next = [&](int from, int symbol) { return d.next[from][symbol]; };
  for (const auto& [from, word] : d.broken)
    ++(follow(next, from, word) < 0 ? automaton.told : automaton.untold);
  std::vector<std::set<Value>> values;
  number_states(automaton, d, classes(d), values);
  name_states(automaton, system, cell_slot, values);
  return automaton;
}

}  // namespace luproof::checker::exporter
