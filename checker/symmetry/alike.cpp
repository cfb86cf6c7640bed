// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/symmetry/alike.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "checker/symmetry/shape.h"

namespace luproof::checker {
namespace {

constexpr int kMostRounds = 64;   // of one refinement
constexpr int kMostSplits = 256;  // slots that a proposal gives a colour of their own

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = (a ^ (b + 0x9E3779B97F4A7C15ull)) * 0xBF58476D1CE4E5B9ull;
  h ^= h >> 31;
  return h * 0x94D049BB133111EBull;
}

bool ordered(TermOp op) {
  return op != TermOp::And && op != TermOp::Or && op != TermOp::Add && op != TermOp::Eq &&
         op != TermOp::Mul;
}

}  // namespace

Alike::Alike(const System& system, FlatTerms& flat)
    : slots_(system.slots.size()), nodes_(flat.nodes()) {
  const Shape shape(system);
  std::map<std::vector<int>, std::uint64_t> families;
  std::vector<int> identity(slots_);
  std::iota(identity.begin(), identity.end(), 0);
  FlatTerms::Memo memo;
  std::vector<std::pair<int, std::uint64_t>> named;  // terms that stand for something by themselves
  for (std::size_t p = 0; p < system.bad.size(); ++p) {
    const Term terms[] = {system.bad[p], system.from[p], system.to[p]};
    for (std::uint64_t k = 0; k < 3; ++k)
      if (terms[k] >= 0) named.emplace_back(flat.flat(terms[k], identity, memo), 3 * p + k);
  }
  for (const Transition& t : system.transitions) {
    Row row{1, flat.flat(t.guard, identity, memo), {}};
    for (const int fact : fixed_facts(system, t))
      row.facts = mixed(row.facts, static_cast<std::uint64_t>(fact));
    for (const auto& [slot, value] : t.updates)
      row.updates.push_back({slot, flat.flat(value, identity, memo)});
    for (const StepCheck& c : t.checks)
      row.updates.push_back({-1 - c.property, flat.flat(c.bad, identity, memo)});
    rows_.push_back(std::move(row));
  }
  for (const auto& [slot, value] : system.initial_terms)
    rows_.push_back(
        {2, flat.flat(value, identity, memo), {{slot, flat.flat(value, identity, memo)}}});
  for (const Term t : system.assumptions) rows_.push_back({3, flat.flat(t, identity, memo), {}});
  first_.resize(slots_ + nodes_.size());
  for (std::size_t s = 0; s < slots_; ++s) {
    const std::uint64_t family =
        families.try_emplace(shape[static_cast<int>(s)].family, families.size()).first->second;
    const SlotRange start = system.at_start(static_cast<int>(s));
    const auto& value = s < system.initial.size() ? system.initial[s] : std::nullopt;
    first_[s] = mixed(mixed(family + 1, static_cast<std::uint64_t>(start.low)),
                      value ? static_cast<std::uint64_t>(*value) + (1ull << 40) : 7);
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    first_[slots_ + n] = nodes_[n].op == TermOp::Slot
                             ? 0
                             : mixed(static_cast<std::uint64_t>(nodes_[n].op),
                                     static_cast<std::uint64_t>(nodes_[n].value));
  for (const auto& [node, what] : named)
    first_[slots_ + static_cast<std::size_t>(node)] =
        mixed(first_[slots_ + static_cast<std::size_t>(node)], what + 11);
  // What was only a piece of a nest that is flat now differs where the nests were written in
  // different orders; it is no part of anything.
  live_.assign(nodes_.size(), 0);  // terms that come in later are no part of it either
  auto live = [&](int node) { live_[static_cast<std::size_t>(node)] = 1; };
  for (const auto& [node, what] : named) live(node);
  for (const Row& row : rows_) {
    live(row.guard);
    for (const Update& u : row.updates) live(u.term);
  }
  for (std::size_t n = nodes_.size(); n-- > 0;)
    if (live_[n])
      for (const int kid : nodes_[n].kids) live(kid);
  used_.assign(slots_, 0);
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (live_[n] && nodes_[n].op == TermOp::Slot)
      used_[static_cast<std::size_t>(nodes_[n].value)] = 1;
  colours_ = first_;
  refine(colours_);
}

std::size_t Alike::distinct(const Colours& colours) const {
  Colours all(colours.begin(), colours.begin() + static_cast<std::ptrdiff_t>(slots_));
  std::sort(all.begin(), all.end());
  return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

// Up the terms, through the transitions, down again, until nothing new is told apart. Kids have
// smaller numbers than their parents, so that each way is one pass.
void Alike::refine(Colours& colours) const {
  std::size_t known = 0;
  int unchanged = 0;
  for (int round = 0; round < kMostRounds && unchanged < 2; ++round) {
    auto term = [&](int t) -> std::uint64_t& {
      return colours[slots_ + static_cast<std::size_t>(t)];
    };
    for (std::size_t n = 0; n < live_.size(); ++n) {
      const FlatTerms::Node& node = nodes_[n];
      std::uint64_t& own = colours[slots_ + n];
      if (node.op == TermOp::Slot) {
        own = mixed(own, colours[static_cast<std::size_t>(node.value)]);
        continue;
      }
      std::uint64_t sum = 0;
      for (std::size_t k = 0; k < node.kids.size(); ++k)
        sum += mixed(term(node.kids[k]), ordered(node.op) ? k + 1 : 0);
      own = mixed(own, sum);
    }
    Colours told(colours.size(), 0);
    for (const Row& row : rows_) {
      std::uint64_t sum = mixed(row.facts, term(row.guard));
      auto slot_colour = [&](int slot) {
        return slot < 0 ? static_cast<std::uint64_t>(-slot) << 32
                        : colours[static_cast<std::size_t>(slot)];
      };
      for (const Update& u : row.updates) sum += mixed(slot_colour(u.slot), term(u.term));
      told[slots_ + static_cast<std::size_t>(row.guard)] += mixed(sum, 1);
      for (const Update& u : row.updates) {
        told[slots_ + static_cast<std::size_t>(u.term)] +=
            mixed(mixed(sum, 2), slot_colour(u.slot));
        if (u.slot >= 0)
          told[static_cast<std::size_t>(u.slot)] += mixed(mixed(sum, 3), term(u.term));
      }
    }
    for (std::size_t n = live_.size(); n-- > 0;) {
      if (!live_[n]) continue;
      const FlatTerms::Node& node = nodes_[n];
      std::uint64_t& own = colours[slots_ + n];
      own = mixed(own, told[slots_ + n]);
      for (std::size_t k = 0; k < node.kids.size(); ++k)
        told[slots_ + static_cast<std::size_t>(node.kids[k])] +=
            mixed(own, ordered(node.op) ? k + 5 : 4);
      if (node.op == TermOp::Slot) told[static_cast<std::size_t>(node.value)] += mixed(own, 9);
    }
    for (std::size_t s = 0; s < slots_; ++s) colours[s] = mixed(colours[s], told[s]);
    const std::size_t now = distinct(colours);
    unchanged = now == known ? unchanged + 1 : 0;
    known = now;
  }
}

std::vector<std::vector<int>> Alike::classes() const {
  std::map<std::uint64_t, std::vector<int>> by_colour;
  for (std::size_t s = 0; s < slots_; ++s)
    if (used_[s]) by_colour[colours_[s]].push_back(static_cast<int>(s));
  std::vector<std::vector<int>> all;
  for (auto& [colour, slots] : by_colour)
    if (slots.size() > 1) all.push_back(std::move(slots));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  return all;
}

std::optional<std::vector<int>> Alike::proposal(int a, int b) const {
  Colours from = colours_, to = colours_;
  std::uint64_t next = 0x1234567;
  auto split = [&](int x, int y) {
    ++next;
    from[static_cast<std::size_t>(x)] = mixed(from[static_cast<std::size_t>(x)], next);
    to[static_cast<std::size_t>(y)] = mixed(to[static_cast<std::size_t>(y)], next);
  };
  split(a, b);
  for (int round = 0; round < kMostSplits; ++round) {
    refine(from);
    refine(to);
    std::map<std::uint64_t, std::pair<std::vector<int>, std::vector<int>>> cells;
    for (std::size_t s = 0; s < slots_; ++s) {
      cells[from[s]].first.push_back(static_cast<int>(s));
      cells[to[s]].second.push_back(static_cast<int>(s));
    }
    std::vector<int> map(slots_, -1), back(slots_, -1);
    for (const auto& [colour, cell] : cells) {
      if (cell.first.size() != cell.second.size()) return std::nullopt;
      if (cell.first.size() > 1) continue;
      map[static_cast<std::size_t>(cell.first[0])] = cell.second[0];
      back[static_cast<std::size_t>(cell.second[0])] = cell.first[0];
    }
    bool done = true, kept = false;
    // Who can stay stays; all of them at once.
    for (const auto& [colour, cell] : cells) {
      if (cell.first.size() == 1) continue;
      done = false;
      std::vector<int> both;
      std::set_intersection(cell.first.begin(), cell.first.end(), cell.second.begin(),
                            cell.second.end(), std::back_inserter(both));
      for (const int s : both) split(s, s);
      kept = kept || !both.empty();
    }
    if (done) return map;
    if (kept) continue;
    for (const auto& [colour, cell] : cells) {
      if (cell.first.size() == 1) continue;
      // Back to where its own image comes from, if it can: then it is an exchange of two.
      const int x = cell.first[0];
      const int y = back[static_cast<std::size_t>(x)];
      const bool there = std::find(cell.second.begin(), cell.second.end(), y) != cell.second.end();
      split(x, there ? y : cell.second[0]);
      break;
    }
  }
  return std::nullopt;
}

}  // namespace luproof::checker
