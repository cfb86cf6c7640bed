// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ask/span.h"

#include <algorithm>

namespace luproof::checker::ask {
namespace {

Term condition(const System& system, const model::Criterion& criterion, bool from) {
  const std::string name = model::condition_name(criterion.name, from);
  for (std::size_t p = 0; p < system.model->properties.size(); ++p)
    if (system.model->properties[p].name == name) return system.to[p];
  return -1;
}

}  // namespace

Span::Span(const Explored& explored, const model::Criterion& criterion, Steps& steps)
    : s_(*explored.system),
      g_(*explored.graph),
      steps_(steps),
      begins_at_start_(!criterion.from.given) {
  if (criterion.from.condition) from_ = condition(s_, criterion, true);
  if (criterion.to.condition) to_ = condition(s_, criterion, false);
  for (auto& seen : seen_) seen.resize(g_.nodes.size());
  node_of_.assign(g_.nodes.size(), kNobody);
  nodes.emplace_back();  // the end
  for (std::uint32_t n = 0; n < g_.nodes.size(); ++n)
    if (g_.nodes[n].transition < 0) start(n);
  for (std::size_t i = 0; i < queue_.size(); ++i) expand(queue_[i].first, queue_[i].second);
}

void Span::start(std::uint32_t state) {
  State values;
  g_.store.unpack(state, values);
  if (!begins_at_start_ && !is(from_, values)) return arrive(state, Before, {true});
  if (is(to_, values)) {
    entries.push_back({kEnd, 0, kNobody, kNobody, Before});
    return arrive(state, begins_at_start_ ? After : Before, {true});
  }
  arrive(state, Within, {true});
  entries.push_back({node(state), 0, kNobody, kNobody, Before});
}

void Span::arrive(std::uint32_t state, Phase phase, const Seen& seen) {
  if (seen_[phase][state].reached) return;
  seen_[phase][state] = seen;
  seen_[phase][state].reached = true;
  if (phase != After) queue_.emplace_back(state, phase);  // nothing more is measured after it
}

std::uint32_t Span::node(std::uint32_t state) {
  if (node_of_[state] == kNobody) {
    node_of_[state] = static_cast<std::uint32_t>(nodes.size());
    nodes.emplace_back().state = state;
  }
  return node_of_[state];
}

void Span::expand(std::uint32_t state, Phase phase) {
  State before, after;
  g_.store.unpack(state, before);
  const Phase ended = begins_at_start_ ? After : Before;
  for (std::uint64_t e = g_.range[state].first; e < g_.range[state].second; ++e) {
    const std::uint32_t by = g_.edge_by[e], to = g_.edge_to[e];
    Phase now = phase;
    std::int64_t weight = 0;
    bool own = phase == Within;  // what is measured was begun before this step
    const Seen seen{true, state, by, phase};
    const auto end = [&] {
      if (own)
        nodes[node(state)].edges.push_back({kEnd, by, weight});
      else
        entries.push_back({kEnd, weight, state, by, phase});
      now = ended;
    };
    const auto begin = [&] {
      now = Within;
      weight = 0;
      own = false;
    };
    for (const Effect& effect : steps_.of(by, before)) {
      if (now == Within) {
        weight += effect.weight;
        if (effect.to) end();
      } else if (now == Before && effect.from) {
        begin();
      }
    }
    if (from_ >= 0 || to_ >= 0) {
      g_.store.unpack(to, after);
      if (now == Before && is(from_, after) && !is(from_, before)) begin();
      if (now == Within && is(to_, after)) end();
    }
    arrive(to, now, seen);
    if (now != Within) continue;
    const std::uint32_t target = node(to);
    if (own)
      nodes[node(state)].edges.push_back({target, by, weight});
    else
      entries.push_back({target, weight, state, by, phase});
  }
}

void Span::go(Way& way, std::uint32_t by, std::uint32_t state) const {
  if (!way.states.empty()) way.by.push_back(static_cast<std::int32_t>(by));
  way.states.emplace_back();
  g_.store.unpack(state, way.states.back());
}

std::uint32_t Span::next(std::uint32_t state, std::uint32_t by) const {
  for (std::uint64_t e = g_.range[state].first; e < g_.range[state].second; ++e)
    if (g_.edge_by[e] == by) return g_.edge_to[e];
  return kNobody;
}

Way Span::way_to(const Entry& entry) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> steps;  // transition, state, backwards
  const std::uint32_t last = entry.node == kEnd ? kNobody : nodes[entry.node].state;
  if (entry.from == kNobody) {
    Way way;
    if (last != kNobody) go(way, kNobody, last);
    return way;
  }
  steps.emplace_back(entry.by, last == kNobody ? next(entry.from, entry.by) : last);
  std::uint32_t at = entry.from;
  Phase phase = entry.phase;
  for (;;) {
    const Seen& seen = seen_[phase][at];
    steps.emplace_back(seen.by, at);
    if (seen.from == kNobody) break;
    at = seen.from;
    phase = seen.phase;
  }
  Way way;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) go(way, step->first, step->second);
  return way;
}

}  // namespace luproof::checker::ask
