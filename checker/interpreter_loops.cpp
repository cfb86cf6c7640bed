// SPDX-License-Identifier: GPL-2.0-or-later
// Which member a loop takes next. The set is read again before each turn, so members that were
// removed meanwhile are skipped and new ones are visited; `snapshot` fixes the set at entry.
#include <algorithm>
#include <limits>

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {
namespace {

// The members that may come next; `left` is in the order of the set.
std::vector<Value> next_members(const World& world, const State& data, const Stmt& loop,
                                const std::vector<Value>& left, Evaluator& evaluator) {
  using model::Order;
  if (left.empty()) return {};
  std::vector<Value> next;
  switch (loop.order) {
    case Order::Any:
      if (ordered(world, *loop.values[0])) return {left.front()};
      return left;
    case Order::Registration:
      return {*std::min_element(left.begin(), left.end())};
    case Order::ReverseRegistration:
      return {*std::max_element(left.begin(), left.end())};
    case Order::ChildrenFirst:
    case Order::ParentsFirst:
      for (Value member : left) {
        const bool waits = std::any_of(left.begin(), left.end(), [&](Value other) {
          return loop.order == Order::ChildrenFirst ? world.below(data, other - 1, member - 1)
                                                    : world.below(data, member - 1, other - 1);
        });
        if (!waits) next.push_back(member);
      }
      return next;
    case Order::Ascending:
    case Order::Descending: {
      std::int64_t best = std::numeric_limits<std::int64_t>::max();
      for (Value member : left) {
        evaluator.bind(loop.local, member);
        const std::int64_t key = evaluator.value(*loop.order_key);
        const std::int64_t rank = loop.order == Order::Ascending ? key : -key;
        if (rank < best) next.clear();
        best = std::min(best, rank);
        if (rank == best) next.push_back(member);
      }
      return next;
    }
  }
  return next;
}

// Members of `set` for which `where` (may be null) is true, in the order of the set.
std::vector<Value> admitted(const std::vector<Value>& set, const Stmt& stmt, Evaluator& evaluator) {
  const Expr* where = stmt.values.size() > 1 ? stmt.values[1].get() : nullptr;
  std::vector<Value> members;
  for (Value member : set) {
    evaluator.bind(stmt.local, member);
    if (!where || evaluator.truth(*where)) members.push_back(member);
    if (evaluator.failed()) return {};
  }
  return members;
}

Run failed_run(Run run, const Evaluator& evaluator) {
  run.trouble = evaluator.trouble();
  return run;
}

}  // namespace

Runs take_turn(const World& world, const Run& run, const Stmt& loop, bool at_head) {
  const Frame& now = run.control.tasks[run.instance].frames.back();
  Cursor fresh;
  fresh.owner = &loop;
  const Cursor& cursor = at_head ? fresh : now.cursors.back();
  Evaluator evaluator(world, View{&run.data}, now.locals);

  const bool read = at_head || !loop.snapshot;
  const std::vector<Value> set = read ? evaluator.members(*loop.values[0]) : cursor.snapshot;
  std::vector<Value> unvisited;
  for (Value member : set)
    if (!std::binary_search(cursor.visited.begin(), cursor.visited.end(), member))
      unvisited.push_back(member);
  const std::vector<Value> left = admitted(unvisited, loop, evaluator);
  const std::vector<Value> next = next_members(world, run.data, loop, left, evaluator);
  if (evaluator.failed()) return {failed_run(run, evaluator)};

  Runs outcomes;
  if (next.empty()) {
    Run ended = run;
    if (!at_head) ended.frame().cursors.pop_back();
    advance(ended.frame());
    outcomes.push_back(std::move(ended));
    return outcomes;
  }
  for (Value member : next) {
    Run turn = run;
    turn.chose(member, ChoiceOf::Kind::Member, loop.values[0]->type.id);
    Frame& frame = turn.frame();
    frame.locals[loop.local] = member;
    if (at_head) frame.cursors.push_back(fresh);
    Cursor& at = frame.cursors.back();
    at.index = 0;
    at.visited.insert(std::upper_bound(at.visited.begin(), at.visited.end(), member), member);
    if (loop.snapshot) at.snapshot = set;
    outcomes.push_back(std::move(turn));
  }
  return outcomes;
}

Runs pick(const World& world, const Run& run, const Stmt& stmt) {
  Evaluator evaluator(world, View{&run.data}, run.control.tasks[run.instance].frames.back().locals);
  const std::vector<Value> members = admitted(evaluator.members(*stmt.values[0]), stmt, evaluator);
  if (evaluator.failed()) return {failed_run(run, evaluator)};
  Runs outcomes;
  for (Value member : members) {
    Run picked = run;
    picked.chose(member, ChoiceOf::Kind::Member, stmt.values[0]->type.id);
    picked.frame().locals[stmt.local] = member;
    advance(picked.frame());
    outcomes.push_back(std::move(picked));
  }
  return outcomes;
}

}  // namespace luproof::checker::plain
