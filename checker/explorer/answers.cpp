// SPDX-License-Identifier: GPL-2.0-or-later
// What a search says in the end.
#include <algorithm>

#include "checker/describe.h"
#include "checker/explorer/graph_checks.h"
#include "checker/explorer/path.h"
#include "checker/explorer/search.h"

namespace luproof::checker {

using model::PropertyKind;

Run Search::run_to(const Best& best, int property) {
  if (!canonical_) return checker::run_to(s_, g_, best.state, best.by);
  auto run =
      checker::run_to(s_, g_, *canonical_, plan_.moves(), starts_, best.state, best.by, property);
  whole_ = whole_ && run;
  return run ? std::move(*run) : Run{};
}

// What the exchanges make of a transition, itself included.
std::vector<std::int32_t> Search::orbit(std::int32_t transition) const {
  std::vector<std::int32_t> all = {transition};
  if (!symmetry_) return all;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const Exchange& e : symmetry_->generators) {
      const int image = e.transitions[static_cast<std::size_t>(all[i])];
      if (std::find(all.begin(), all.end(), image) == all.end()) all.push_back(image);
    }
  return all;
}

// What is fired in a state is fired, exchanged, in those that it stands for.
void Search::spread_fired() {
  if (!symmetry_) return;
  auto& fired = outcome_.statistics.fired;
  const auto seen = fired;
  for (std::size_t t = 0; t < seen.size(); ++t)
    if (seen[t])
      for (const std::int32_t image : orbit(static_cast<std::int32_t>(t)))
        fired[static_cast<std::size_t>(image)] =
            std::max(fired[static_cast<std::size_t>(image)], seen[t]);
}

// The step and, where the state stands for others, those that correspond to it there.
void Search::blame(std::set<std::string>& by, std::int32_t transition, std::uint32_t state) {
  for (const std::int32_t t : orbit(transition)) {
    by.insert(text_of(t, state));
    // Arguments that depend on the state are others in another state of the orbit.
    whole_ = whole_ && (!symmetry_ || texts_.count(t));
  }
}

// The words for a step; the same for every state if its arguments are constants.
const std::string& Search::text_of(std::int32_t by, std::uint32_t state) {
  if (const auto known = texts_.find(by); known != texts_.end()) return known->second;
  const Transition& t = s_.transitions[static_cast<std::size_t>(by)];
  const bool fixed = std::all_of(t.args.begin(), t.args.end(), [&](const auto& args) {
    return std::all_of(args.begin(), args.end(),
                       [&](Term a) { return s_.terms[a].op == TermOp::Const; });
  });
  State before;
  g_.store.unpack(state, before);
  text_ = step_text(s_, t, before);
  return fixed ? texts_.emplace(by, text_).first->second : text_;
}

void Search::last_step(std::uint32_t from, std::uint32_t to, std::int32_t by) {
  const std::uint64_t fresh = bad_[to] & ~bad_[from];
  if (!fresh) return;
  for (std::size_t p = 0; p < best_.size() && p < 64; ++p)
    if (fresh >> p & 1) blame(best_[p].by, by, from);
}

// All steps from a good to a bad state. Where no steps were kept they are taken once more.
void Search::last_steps() {
  if (bad_.empty() || unready_) return;
  bad_.resize(g_.nodes.size());
  Seen seen(g_.store.packing());
  Chunk chunk;
  for (std::uint32_t from = 0; from < g_.nodes.size(); ++from) {
    if (!g_.nodes[from].expanded) continue;
    if (g_.keeps_edges) {
      for (std::uint64_t e = g_.range[from].first; e < g_.range[from].second; ++e)
        last_step(from, g_.edge_to[e], static_cast<std::int32_t>(g_.edge_by[e]));
      continue;
    }
    plan_.expand(g_.store, canonical_, &from, &from + 1, seen, chunk);
    const std::uint64_t* words = chunk.words.data();
    for (const Chunk::Successor& s : chunk.successors) {
      const std::int64_t to = g_.store.find(words);
      if (to >= 0) last_step(from, static_cast<std::uint32_t>(to), s.by);
      words += g_.store.packing().words();
    }
  }
}

std::optional<Outcome> Search::finish() {
  last_steps();
  spread_fired();
  const auto& properties = s_.model->properties;
  const bool complete = outcome_.statistics.exhausted && !outcome_.statistics.pool_exhausted;
  for (std::size_t p = 0; p < properties.size(); ++p) {
    const model::Property& property = properties[p];
    if (!best_[p].wanted) continue;
    if (property.kind == PropertyKind::Safety && property.clauses.empty())
      continue;  // nothing claims it
    Finding f;
    f.property = property.name;
    f.index = static_cast<int>(p);
    f.engine = "explorer";
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    if (property.kind == PropertyKind::Safety) {
      if (best_[p].violation.found) {
        f.verdict = Verdict::Violated;
        f.run = run_to(best_[p].violation, static_cast<int>(p));
        f.violated_by.assign(best_[p].by.begin(), best_[p].by.end());
        f.violated_by_known = outcome_.statistics.exhausted;
      } else {
        f.verdict = complete ? Verdict::Holds : Verdict::Unknown;
      }
    } else if (property.kind == PropertyKind::Possible) {
      f.verdict = best_[p].witness.found ? Verdict::Holds
                  : complete             ? Verdict::Violated
                                         : Verdict::Unknown;
    } else {
      decide_on_graph(s_, g_, property, s_.from[p], s_.to[p], complete, !canonical_, f,
                      [&](std::uint32_t n) {
                        return run_to(Best{true, {}, n, -1});
                      });
    }
    settle(f, best_[p]);
    outcome_.findings.push_back(std::move(f));
  }
  for (const auto& [fault, best] : faults_) {
    Finding f;
    f.property = fault_name(fault);
    f.verdict = Verdict::Violated;
    f.engine = "explorer";
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    f.run = run_to(best.violation);
    f.violated_by.assign(best.by.begin(), best.by.end());
    f.violated_by_known = outcome_.statistics.exhausted;
    outcome_.findings.push_back(std::move(f));
  }
  if (asks_for(options_.only, kDeadlock)) {
    Finding f = check_deadlock(s_, g_, complete, [&](std::uint32_t n) {
      return run_to(Best{true, {}, n, -1});
    });
    f.depth = outcome_.statistics.exhausted ? -1 : outcome_.statistics.depth;
    if (f.verdict == Verdict::Unknown) f.reason = reason();
    outcome_.findings.push_back(std::move(f));
  }
  if (!whole_) return std::nullopt;
  return std::move(outcome_);
}

std::string Search::reason() const {
  const Statistics& st = outcome_.statistics;
  if (!st.stopped_by.empty()) return "stopped by " + st.stopped_by;
  if (st.pool_exhausted) return "a pool of the model was full in some run";
  return "the search ended early";
}

// A holds has a witness, or says nothing.
void Search::settle(Finding& f, const PropertyBest& best) {
  if (f.verdict == Verdict::Unknown && f.reason.empty()) f.reason = reason();
  if (f.verdict != Verdict::Holds) return;
  const model::Property& property = s_.model->properties[f.index];
  const bool claimed = std::any_of(property.clauses.begin(), property.clauses.end(),
                                   [](const model::Clause& c) { return c.claim >= 0; });
  if (best.witness.found) {
    f.witness = run_to(best.witness);
  } else if (claimed) {
    f.verdict = Verdict::Vacuous;
    f.reason = best.latched ? "the claim is never let go after a kexec, in any run"
                            : "no run ever comes to the claim it guards";
  } else if (passed_kexec_.found) {
    f.witness = run_to(passed_kexec_);
  }
}

}  // namespace luproof::checker
