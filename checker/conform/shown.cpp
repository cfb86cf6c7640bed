// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/conform/shown.h"

#include <algorithm>

namespace luproof::checker {

std::uint64_t Shown::key(int event, const std::vector<Value>& args) {
  std::uint64_t h = (static_cast<std::uint64_t>(event) + 1) * 0x9E3779B97F4A7C15ull;
  for (const Value v : args) {
    h = (h ^ static_cast<std::uint32_t>(v)) * 0xBF58476D1CE4E5B9ull;
    h ^= h >> 29;
  }
  return h;
}

Shown::Shown(const System& system) {
  const model::Model& m = *system.model;
  for (std::size_t id = 0; id < system.transitions.size(); ++id) {
    const Transition& t = system.transitions[id];
    std::vector<Emission> all;
    const Label& label = t.labels.front();
    int event = label.event;
    if (event < 0 && label.stmt >= 0) {
      const model::Stmt& s = *m.statement_by_id[label.stmt];
      if (s.kind == model::StmtKind::Fire) event = s.ref;
    }
    if (event >= 0 && m.events[event].symbol && t.fault == Fault::None)
      all.push_back({Seen::Kind::Event, event, t.args.front(), -1});
    int depth = 0;
    for (const Passing& p : t.passings) {
      if (!m.procedures[p.procedure].symbol) continue;
      all.push_back(
          {p.returned ? Seen::Kind::Leave : Seen::Kind::Enter, p.procedure, p.args, p.result});
      depth += p.returned ? -1 : 1;
    }
    emissions_.push_back(std::move(all));
    depth_.push_back(depth);
    if (t.instance >= 0 || label.event < 0 || t.fault != Fault::None) continue;
    exact_[key(label.event, label.args)].push_back(static_cast<int>(id));
    by_event_[label.event].push_back(static_cast<int>(id));
  }
}

bool Shown::visible(const Emission& emission, const Visible& kernel) {
  switch (emission.kind) {
    case Seen::Kind::Enter:
      return kernel.enter[emission.subject] != 0;
    case Seen::Kind::Leave:
      return kernel.leave[emission.subject] != 0;
    default:
      return kernel.event[emission.subject] != 0;
  }
}

const std::vector<int>& Shown::by_itself(const Seen& seen) const {
  static const std::vector<int> kNone;
  if (std::find(seen.args.begin(), seen.args.end(), kUnknownValue) == seen.args.end()) {
    const auto found = exact_.find(key(seen.subject, seen.args));
    return found == exact_.end() ? kNone : found->second;
  }
  const auto found = by_event_.find(seen.subject);
  return found == by_event_.end() ? kNone : found->second;
}

}  // namespace luproof::checker
