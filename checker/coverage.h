// SPDX-License-Identifier: GPL-2.0-or-later
// What the runs of a reading do with the model: which rule is used at all, which condition is ever
// true, ever false.
//
// The grounding notes what each transition looks at (checker/ground/notes.h); here the explored
// graph is walked once, and a note counts as seen where its condition is true. A note that was seen
// is not looked at again, so what is left after a few states are the rules that nothing uses.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checker/explorer/explorer.h"
#include "model/rule_list.h"

namespace luproof::checker {

struct Observed {
  explicit Observed(const model::Model& model) : watch(model), seen(watch.keys(), 0) {}
  bool did(int key) const { return key >= 0 && seen[static_cast<std::size_t>(key)]; }
  bool did(Watch::What what, int index) const { return did(watch.of(what, index)); }
  bool was(const model::Expr* e, bool result) const { return did(watch.value(e, result)); }
  bool evaluated(const model::Expr* e) const { return was(e, true) || was(e, false); }

  Watch watch;
  std::vector<char> seen;         // by key
  bool complete = false;          // every reachable state was looked at
  std::set<std::string> visible;  // visible steps, each with its kernel; if they were asked for
};

// Walks the graph of a system that was grounded with `observed.watch`.
void observe(const System& system, const Graph& graph, const Statistics& statistics,
             bool visible_steps, Observed& observed);

// The same for one run, where an engine has no graph; it shows at least what it does.
void observe(const System& system, const Run& run, Observed& observed);

// A rule is known by its id and, where it stands in a variant, by that.
using RuleKey = std::pair<std::string, std::string>;
RuleKey key_of(const model::Rule& rule);
std::string shown(const RuleKey& rule);  // "pack.name", "pack.extend.name (variant)"

struct Exercise {
  bool boolean = false;          // a truth value: was it ever true, ever false?
  bool yes = false, no = false;  // no boolean: `yes` if it was used
  bool used() const { return yes || no; }
};

// The rules that a reading uses. `places` holds the rules of its files.
std::map<RuleKey, Exercise> exercised(const model::Model& model, const Observed& observed,
                                      const model::RulePlaces& places);

}  // namespace luproof::checker
