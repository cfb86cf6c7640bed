// SPDX-License-Identifier: GPL-2.0-or-later
// The same question as checker/conform asks, answered by enumeration with the plain interpreter:
// which configurations can have shown the first n observations? No ground system, no order of
// search, no cone of influence.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "checker/conform/conform.h"
#include "checker/interpreter.h"

namespace luproof::checker::test {

struct Shows {  // one thing that a step shows
  Seen::Kind kind = Seen::Kind::Enter;
  int subject = -1;
  std::vector<Value> args;
  Value result = kUnknownValue;
};

// Events before calls and returns, as they happen in a step.
inline std::vector<Shows> shown_by(const model::Model& m, const Successor& s) {
  std::vector<Shows> all;
  int event = s.label.event;
  std::vector<Value> args = s.label.args;
  if (event < 0 && s.label.stmt >= 0 &&
      m.statement_by_id[s.label.stmt]->kind == model::StmtKind::Fire)
    event = m.statement_by_id[s.label.stmt]->ref;
  if (event >= 0 && m.events[event].symbol) all.push_back({Seen::Kind::Event, event, args, {}});
  if (!all.empty()) all[0].result = kUnknownValue;
  for (const Passage& p : s.passages)
    if (m.procedures[p.procedure].symbol)
      all.push_back({p.returned ? Seen::Kind::Leave : Seen::Kind::Enter,
                     p.procedure,
                     {},
                     p.has_result ? p.result : kUnknownValue});
  return all;
}

class SeenOracle {
 public:
  SeenOracle(const model::Model& model, const model::Layout& layout, const Observations& seen,
             bool clean)
      : m_(model), layout_(layout), interpreter_(model, layout), seen_(seen), clean_(clean) {}

  struct Answer {
    bool explained = false;
    std::size_t furthest = 0;
    bool too_large = false;
  };

  Answer answer(std::size_t limit) {
    Answer result;
    const auto starts = interpreter_.initial(limit);
    if (!starts) return {false, 0, true};
    for (const Configuration& start : *starts)
      if (!clean_ || !bad(start)) add(0, start, std::vector<Hand>(layout_.instances().size()));
    while (!open_.empty()) {
      const Node node = std::move(open_.front());
      open_.pop_front();
      result.furthest = std::max(result.furthest, node.position);
      if (node.position == seen_.seen.size()) {
        result.explained = true;
        return result;
      }
      if (known_.size() > limit) return {false, 0, true};
      expand(node);
    }
    return result;
  }

 private:
  struct Hand {
    int depth = 0;
    bool excused = false;
    std::vector<Shows> rest;
  };
  struct Node {
    std::size_t position = 0;
    Configuration at;
    std::vector<Hand> hands;
  };

  bool bad(const Configuration& at) const {
    for (std::size_t p = 0; p < m_.properties.size(); ++p)
      if (m_.properties[p].kind == model::PropertyKind::Safety &&
          m_.properties[p].moment == model::Moment::EveryState &&
          interpreter_.bad_state(static_cast<int>(p), at))
        return true;
    return false;
  }
  bool bad(const Configuration& from, const Successor& step) const {
    for (std::size_t p = 0; p < m_.properties.size(); ++p)
      if (m_.properties[p].kind == model::PropertyKind::Safety &&
          m_.properties[p].moment != model::Moment::EveryState &&
          interpreter_.bad_step(static_cast<int>(p), from, step))
        return true;
    return false;
  }

  bool visible(const Shows& s) const {
    const Visible& kernel = seen_.kernels[0];
    const auto& marks = s.kind == Seen::Kind::Enter   ? kernel.enter
                        : s.kind == Seen::Kind::Leave ? kernel.leave
                                                      : kernel.event;
    return marks[static_cast<std::size_t>(s.subject)] != 0;
  }

  bool matches(const Shows& s, const Seen& seen, bool excused) const {
    if (s.kind != seen.kind || s.subject != seen.subject) return false;
    for (std::size_t i = 0; i < std::min(s.args.size(), seen.args.size()); ++i)
      if (seen.args[i] != kUnknownValue && seen.args[i] != s.args[i]) return false;
    if (seen.result == kUnknownValue || s.result == kUnknownValue || seen.result == s.result)
      return true;
    const bool errors = s.kind == Seen::Kind::Leave &&
                        m_.procedures[s.subject].result.kind == model::Type::Kind::Errno;
    return errors && excused && s.result != 0 && seen.result != 0;
  }

  void add(std::size_t position, const Configuration& at, std::vector<Hand> hands) {
    for (Hand& h : hands)
      if (h.depth == 0 && h.rest.empty()) h = Hand{};
    std::string key = std::to_string(position) + "|" + interpreter_.key(at);
    for (const Hand& h : hands) {
      key += "|" + std::to_string(h.depth) + (h.excused ? "e" : "");
      for (const Shows& s : h.rest) {
        key += "," + std::to_string(static_cast<int>(s.kind)) + ":" + std::to_string(s.subject) +
               ":" + std::to_string(s.result);
        for (const Value v : s.args) key += ";" + std::to_string(v);
      }
    }
    if (known_.insert(key).second) open_.push_back({position, at, std::move(hands)});
  }

  void expand(const Node& node) {
    const Seen& seen = seen_.seen[node.position];
    const bool gap = seen.kind == Seen::Kind::Gap, one = seen.kind == Seen::Kind::Any;
    if (gap || one) add(node.position + 1, node.at, node.hands);
    if (gap) add(node.position, node.at, std::vector<Hand>(node.hands.size()));
    for (std::size_t i = 0; i < node.hands.size(); ++i) {
      if (one && !node.hands[i].rest.empty()) {
        std::vector<Hand> hands = node.hands;
        hands[i].rest.erase(hands[i].rest.begin());
        add(node.position + 1, node.at, std::move(hands));
      }
      if (node.hands[i].rest.empty() ||
          !matches(node.hands[i].rest.front(), seen, node.hands[i].excused))
        continue;
      std::vector<Hand> hands = node.hands;
      hands[i].rest.erase(hands[i].rest.begin());
      add(node.position + 1, node.at, std::move(hands));
    }
    for (const Successor& s : interpreter_.successors(node.at)) {
      if (s.fault != Fault::None || s.scope_exhausted) continue;
      const bool kexec =
          s.next.data[static_cast<std::size_t>(layout_.find(model::Part::Kernel, -1)->base)] !=
          node.at.data[static_cast<std::size_t>(layout_.find(model::Part::Kernel, -1)->base)];
      if (kexec) continue;  // only where an observation says so
      const int instance = s.label.instance;
      if (!gap && instance >= 0 && !node.hands[static_cast<std::size_t>(instance)].rest.empty())
        continue;
      if (clean_ && (bad(s.next) || bad(node.at, s))) continue;
      std::vector<Shows> all = shown_by(m_, s);
      std::vector<Hand> hands = node.hands;
      bool was_excused = false;
      if (instance >= 0) {
        Hand& hand = hands[static_cast<std::size_t>(instance)];
        was_excused = hand.excused;
        for (const Shows& shows : all)
          hand.depth += shows.kind == Seen::Kind::Enter   ? 1
                        : shows.kind == Seen::Kind::Leave ? -1
                                                          : 0;
        hand.depth = std::max(0, hand.depth);
        if (s.label.stmt >= 0 &&
            m_.statement_by_id[s.label.stmt]->kind == model::StmtKind::MayFail &&
            !s.label.choices.empty() && s.label.choices[0] == 1)
          hand.excused = true;
      }
      std::erase_if(all, [&](const Shows& shows) { return !visible(shows); });
      if (all.empty()) {
        if (instance >= 0) hands[static_cast<std::size_t>(instance)].rest.clear();
        add(node.position, s.next, std::move(hands));
        continue;
      }
      if (gap || one) {  // its first line is missing, and in a gap perhaps more of them
        for (std::size_t from = 1; from <= (one ? 1 : all.size()); ++from) {
          std::vector<Hand> after = hands;
          if (instance >= 0)
            after[static_cast<std::size_t>(instance)].rest.assign(
                all.begin() + static_cast<std::ptrdiff_t>(from), all.end());
          add(node.position + (one ? 1 : 0), s.next, std::move(after));
        }
        continue;
      }
      if (!matches(all.front(), seen, was_excused)) continue;
      all.erase(all.begin());
      if (instance >= 0) hands[static_cast<std::size_t>(instance)].rest = std::move(all);
      add(node.position + 1, s.next, std::move(hands));
    }
  }

  const model::Model& m_;
  const model::Layout& layout_;
  Interpreter interpreter_;
  const Observations& seen_;
  bool clean_;
  std::set<std::string> known_;
  std::deque<Node> open_;
};

}  // namespace luproof::checker::test
