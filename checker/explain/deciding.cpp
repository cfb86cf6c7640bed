// SPDX-License-Identifier: GPL-2.0-or-later
// Control dependence along a run: a branch decides a step if the way that was taken always comes to
// the step's statement, and another one need not. So does each `wait` before it, and the kexec with
// which its actor began.
#include <algorithm>
#include <map>

#include "checker/explain/slice.h"

namespace luproof::checker {
namespace {

class Deciding {
 public:
  Deciding(const System& system, const GroundRun& run) : s_(system), run_(run) {}

  std::vector<std::vector<int>> all() {
    std::vector<std::vector<int>> found(run_.taken.size() + 1);
    for (std::size_t i = 0; i < run_.taken.size(); ++i) {
      const Transition& step = taken(i);
      if (step.instance < 0) continue;
      for (std::size_t j = i; j-- > 0;) {
        if (starts(taken(j), step.instance)) {
          found[i + 1].push_back(static_cast<int>(j) + 1);
          break;
        }
        if (taken(j).instance == step.instance && (waits(taken(j)) || decides(taken(j), step)))
          found[i + 1].push_back(static_cast<int>(j) + 1);
      }
    }
    return found;
  }

 private:
  const Transition& taken(std::size_t i) const {
    return s_.transitions[static_cast<std::size_t>(run_.taken[i])];
  }
  const std::vector<int>& out(int instance, int point) const {
    return s_.at[static_cast<std::size_t>(instance)][static_cast<std::size_t>(point)];
  }

  // The code of the instance began with this kexec, or ended.
  bool starts(const Transition& t, int instance) const {
    return t.kexec && std::any_of(t.updates.begin(), t.updates.end(), [&](const auto& update) {
             return update.first == s_.point_slot[static_cast<std::size_t>(instance)];
           });
  }
  // Nothing behind a `wait` comes before it is over.
  bool waits(const Transition& t) const {
    const Program& program =
        s_.programs[static_cast<std::size_t>(s_.layout->instances()[t.instance].actor)];
    const model::Stmt* stmt = program.points[static_cast<std::size_t>(t.from)].stmt;
    return stmt && stmt->kind == model::StmtKind::Wait;
  }

  bool decides(const Transition& branch, const Transition& step) {
    if (branch.from == step.from) return false;
    if (avoids(step.instance, branch.to, branch.from, step.from)) return false;
    for (const int id : out(step.instance, branch.from)) {
      const Transition& other = s_.transitions[static_cast<std::size_t>(id)];
      if (other.fault == Fault::None && !other.exhausted && other.to != branch.to &&
          avoids(step.instance, other.to, branch.from, step.from))
        return true;
    }
    return false;
  }

  // From `point` the code can come to its end, or back to the branch, and never to `target`.
  bool avoids(int instance, int point, int branch, int target) {
    const auto key = std::tuple(instance, point, branch, target);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    std::vector<char> seen(s_.at[static_cast<std::size_t>(instance)].size(), 0);
    std::vector<int> open = {point};
    bool result = false;
    while (!open.empty() && !result) {
      const int p = open.back();
      open.pop_back();
      if (p == target) continue;
      if (p <= 0 || p == branch || out(instance, p).empty()) {
        result = true;
        break;
      }
      if (seen[static_cast<std::size_t>(p)]) continue;
      seen[static_cast<std::size_t>(p)] = 1;
      for (const int id : out(instance, p)) {
        const Transition& t = s_.transitions[static_cast<std::size_t>(id)];
        if (t.fault == Fault::None && !t.exhausted) open.push_back(t.kexec ? 0 : t.to);
      }
    }
    return known_[key] = result;
  }

  const System& s_;
  const GroundRun& run_;
  std::map<std::tuple<int, int, int, int>, bool> known_;
};

}  // namespace

std::vector<std::vector<int>> deciding_steps(const System& system, const GroundRun& run) {
  return Deciding(system, run).all();
}

}  // namespace luproof::checker
