// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/diff_behaviours.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "checker/describe.h"
#include "checker/explored.h"

namespace luproof::checker {
namespace {

using model::CellKind;
using model::Component;
using model::Part;

constexpr std::size_t kMost = 100'000;  // behaviours of one side

constexpr std::size_t kEffects = 2;  // in the facts of a step: behind transition and kernel

struct Place {  // where a behaviour is nearest
  std::uint32_t node = 0;
  std::int32_t by = -1;
  std::pair<int, int> distance;  // visible steps, steps
};
using Key = std::tuple<std::string, int, std::string>;  // event, kernel, detail
using Found = std::map<Key, Place>;

class Collector {
 public:
  explicit Collector(const Checked& checked)
      : s_(*checked.explored->system), g_(*checked.explored->graph) {
    kernel_ = s_.layout->find(Part::Kernel, -1)->base;
    for (const Transition& t : s_.transitions) visible_.push_back(visible_label(t));
  }

  // false: too many.
  bool run() {
    State before, after;
    for (std::uint32_t from = 0; from < g_.nodes.size(); ++from) {
      if (!g_.nodes[from].expanded) continue;
      bool unpacked = false;
      for (std::uint64_t e = g_.range[from].first; e < g_.range[from].second; ++e) {
        const auto by = static_cast<std::int32_t>(g_.edge_by[e]);
        if (visible_[by] < 0) continue;
        if (!unpacked) g_.store.unpack(from, before);
        unpacked = true;
        g_.store.unpack(g_.edge_to[e], after);
        edge(from, by, before, after);
        if (found_.size() > kMost) return false;
      }
    }
    return true;
  }

  const Found& found() const { return found_; }

 private:
  // Only its first step can be one that counts; what is fused behind it is silent.
  int visible_label(const Transition& t) const {
    if (!t.weight) return -1;
    for (std::size_t l = 0; l < t.labels.size(); ++l)
      if (weight_of(*s_.model, t.labels[l])) return static_cast<int>(l);
    return -1;
  }

  void edge(std::uint32_t from, std::int32_t by, const State& before, const State& after) {
    const Transition& t = s_.transitions[by];
    const int at = visible_[by];
    // The same step with the same effect is met again and again; it is put into words once.
    std::vector<Value> facts = {by, before[kernel_]};
    const bool event = names_itself(*s_.model, t.labels[at]);
    std::vector<Value> args;
    if (event) {
      if (at < static_cast<int>(t.args.size()))
        for (const Term a : t.args[at]) args.push_back(s_.terms.evaluate(a, before));
      facts.insert(facts.end(), args.begin(), args.end());
    } else {
      for (const auto& [slot, value] : t.updates)
        if (before[slot] != after[slot]) note(slot, after, facts);
      // What is assigned once more is what a step that changes nothing does.
      if (facts.size() == kEffects)
        for (const auto& [slot, value] : t.updates)
          if (assigned(slot, value, before)) note(slot, after, facts);
    }
    const auto [word, fresh] = words_.try_emplace(facts, found_.end());
    const Place place{from,
                      by,
                      {g_.nodes[from].weight + t.weight,
                       g_.nodes[from].length + static_cast<int>(t.labels.size())}};
    if (fresh) {
      const std::string text = step_text(*s_.model, t.labels[at], args);
      const std::size_t bracket = std::min(text.find('('), text.size());
      const std::string detail = event ? text.substr(bracket) : changes(facts);
      word->second =
          found_.try_emplace(Key{text.substr(0, bracket), before[kernel_], detail}, place).first;
    }
    Place& best = word->second->second;
    if (place.distance < best.distance) best = place;
  }

  void note(int slot, const State& after, std::vector<Value>& facts) const {
    if (slot >= s_.data_slots() || !shown(slot)) return;
    facts.push_back(slot);
    facts.push_back(after[slot]);
  }

  // The new value is not just the old one: another old value would give the same.
  bool assigned(int slot, Term value, const State& before) const {
    State other = before;
    const SlotRange range = s_.slots[slot];
    other[slot] = before[slot] == range.low ? range.high : range.low;
    return other[slot] != before[slot] && s_.terms.evaluate(value, other) == before[slot];
  }

  // Cells that a spec declares, but for those that only properties read.
  bool shown(int slot) const {
    const Component& c = s_.layout->component_of(slot);
    if (c.part == Part::Alive) return true;
    if (c.part != Part::Value && c.part != Part::OutPresent && c.part != Part::OutValue &&
        c.part != Part::InRestored)
      return false;
    return s_.model->cells[c.owner].life != model::Life::History;
  }

  // ": port.inherits[br] = true", behind the transition and the kernel in `facts`.
  std::string changes(const std::vector<Value>& facts) const {
    std::string text;
    for (std::size_t i = kEffects; i + 1 < facts.size(); i += 2) {
      const Component& c = s_.layout->component_of(facts[i]);
      const bool cell = c.part != Part::Alive;
      const CellKind kind = cell ? s_.model->cells[c.owner].kind : CellKind::Data;
      const bool member = kind == CellKind::List || kind == CellKind::Set;
      text += text.empty() ? ": " : ", ";
      text += s_.layout->slot_name(facts[i]);
      // A member's rank says when it came, not what it is.
      text += member ? (facts[i + 1] ? " in" : " out")
                     : " = " + s_.layout->slot_value(facts[i], facts[i + 1]);
    }
    return text;
  }

  const System& s_;
  const Graph& g_;
  int kernel_ = 0;
  std::vector<int> visible_;  // of each transition: its label that counts
  std::map<std::vector<Value>, Found::iterator> words_;
  Found found_;
};

using Group = std::vector<std::pair<Place, std::string>>;  // with the detail

std::vector<BehaviourGroup> only(const Checked& checked, const Found& own, const Found& other,
                                 bool every_run, std::string& broken) {
  std::map<std::pair<int, std::string>, Group> groups;  // kernel, event
  for (const auto& [key, place] : own)
    if (!other.count(key))
      groups[{std::get<1>(key), std::get<0>(key)}].emplace_back(place, std::get<2>(key));
  std::vector<BehaviourGroup> all;
  for (auto& [key, members] : groups) {
    std::stable_sort(members.begin(), members.end(), [](const auto& x, const auto& y) {
      return x.first.distance < y.first.distance;
    });
    BehaviourGroup group{key.second, key.first, {}};
    for (const auto& [place, detail] : members) {
      Behaviour behaviour{group.event, detail, group.kernel, std::nullopt};
      if (every_run || group.members.empty()) {
        behaviour.run =
            run_to(*checked.explored->system, *checked.explored->graph, place.node, place.by);
        const std::string error = replay(*checked.model, *checked.layout, *behaviour.run, -1);
        if (!error.empty())
          broken = fmt::format("the run to '{}' does not replay in the interpreter: {}",
                               group.event, error);
      }
      group.members.push_back(std::move(behaviour));
    }
    all.push_back(std::move(group));
  }
  return all;
}

}  // namespace

BehaviourDiff compare_behaviours(const Checked& a, const Checked& b, bool every_run) {
  BehaviourDiff diff;
  for (const Checked* side : {&a, &b})
    if (!side->explored)
      diff.unknown = fmt::format("not every state of {} was seen", side->model->name);
  if (!diff.unknown.empty()) return diff;
  Collector of_a(a), of_b(b);
  if (!of_a.run() || !of_b.run()) {
    diff.unknown = fmt::format("one side has more than {} behaviours", kMost);
    return diff;
  }
  diff.only_a = only(a, of_a.found(), of_b.found(), every_run, diff.unknown);
  diff.only_b = only(b, of_b.found(), of_a.found(), every_run, diff.unknown);
  if (!diff.unknown.empty()) {  // luproof's own error: nothing of it is to be believed
    diff.only_a.clear();
    diff.only_b.clear();
  }
  return diff;
}

}  // namespace luproof::checker
