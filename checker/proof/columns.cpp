// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/columns.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

namespace luproof::checker::proof {
namespace {

using Bits = Columns::Bits;

constexpr std::size_t kMostPairsWidened = 24;  // the best of these is taken

bool meet(const Bits& a, const Bits& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] & b[i]) return true;
  return false;
}

std::size_t common(const Bits& a, const Bits& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    count += static_cast<std::size_t>(std::popcount(a[i] & b[i]));
  return count;
}

bool none(const Bits& bits) {
  return std::all_of(bits.begin(), bits.end(), [](std::uint64_t word) { return word == 0; });
}

void retain(Bits& bits, const Bits& more) {
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] &= more[i];
}

}  // namespace

std::optional<Columns> Columns::of(const System& system, const Graph& graph, const Limits& limits) {
  Columns c;
  c.states_ = graph.nodes.size();
  c.words_ = (c.states_ + 63) / 64;
  c.data_slots_ = system.data_slots();
  c.columns_.resize(system.slots.size());
  State state;
  std::vector<std::set<Value>> values(system.slots.size());
  std::vector<Value> latest(system.slots.size());  // most states repeat their neighbour's value
  for (std::uint32_t n = 0; n < c.states_; ++n) {
    graph.store.unpack(n, state);
    for (std::size_t s = 0; s < state.size(); ++s)
      if (n == 0 || latest[s] != state[s]) values[s].insert(latest[s] = state[s]);
  }
  std::size_t bytes = 0;
  for (std::size_t s = 0; s < values.size(); ++s) {
    Column& column = c.columns_[s];
    column.values.assign(values[s].begin(), values[s].end());
    if (column.values.size() < 2) continue;
    bytes += column.values.size() * c.words_ * sizeof(std::uint64_t);
    if (limits.too_much(bytes)) return std::nullopt;
    column.states.assign(column.values.size(), Bits(c.words_, 0));
  }
  for (std::uint32_t n = 0; n < c.states_; ++n) {
    graph.store.unpack(n, state);
    for (std::size_t s = 0; s < state.size(); ++s) {
      Column& column = c.columns_[s];
      if (column.states.empty()) continue;
      const auto at = std::lower_bound(column.values.begin(), column.values.end(), state[s]);
      column.states[static_cast<std::size_t>(at - column.values.begin())][n / 64] |= 1ull << n % 64;
    }
  }
  return c;
}

std::optional<Clause> Columns::exclude(const std::vector<std::pair<int, Value>>& state) const {
  if (states_ == 0) return Clause{};
  std::vector<Part> parts;
  for (const auto& [slot, value] : state) {
    const std::vector<Value>& values = columns_[slot].values;
    const auto at = std::lower_bound(values.begin(), values.end(), value);
    if (at == values.end() || *at != value) return Clause{Atom{slot, values}};
    if (values.size() > 1)
      parts.push_back({slot, value, static_cast<std::size_t>(at - values.begin())});
  }
  // Data first; it is what a reader knows.
  std::stable_sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
    return std::pair(control(a.slot), a.slot) < std::pair(control(b.slot), b.slot);
  });
  auto chosen = pair(parts);
  if (!chosen) chosen = several(parts);
  if (!chosen) return std::nullopt;
  return widen(*chosen);
}

std::optional<std::vector<Columns::Part>> Columns::pair(const std::vector<Part>& parts) const {
  std::optional<std::vector<Part>> best;
  std::pair<int, double> best_rank;
  std::size_t widened = 0;
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t j = 0; j < i && widened < kMostPairsWidened; ++j) {
      if (meet(bits(parts[i]), bits(parts[j]))) continue;
      ++widened;
      const std::vector<Part> both = {parts[j], parts[i]};
      double excluded = 1;  // share of the values of both slots
      for (const Atom& atom : widen(both)) {
        const auto all = static_cast<double>(columns_[atom.slot].values.size());
        excluded *= (all - static_cast<double>(atom.values.size())) / all;
      }
      const std::pair rank(-(control(both[0].slot) + control(both[1].slot)), excluded);
      if (!best || rank > best_rank) {
        best = both;
        best_rank = rank;
      }
    }
  return best;
}

std::optional<std::vector<Columns::Part>> Columns::several(const std::vector<Part>& parts) const {
  Bits left(words_, ~0ull);
  if (states_ % 64) left.back() = (1ull << states_ % 64) - 1;
  std::vector<Part> chosen, open = parts;
  while (!none(left)) {
    std::size_t best = open.size(), fewest = common(left, left);
    for (std::size_t i = 0; i < open.size(); ++i)
      if (const std::size_t count = common(left, bits(open[i])); count < fewest) {
        fewest = count;
        best = i;
      }
    if (best == open.size()) return std::nullopt;
    retain(left, bits(open[best]));
    chosen.push_back(open[best]);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(best));
  }
  for (std::size_t i = chosen.size(); i-- > 0;) {  // what later ones made superfluous
    Bits without(words_, ~0ull);
    if (states_ % 64) without.back() = (1ull << states_ % 64) - 1;
    for (std::size_t j = 0; j < chosen.size(); ++j)
      if (j != i) retain(without, bits(chosen[j]));
    if (none(without)) chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return chosen;
}

Clause Columns::widen(const std::vector<Part>& parts) const {
  std::vector<Bits> sets;
  std::map<int, std::vector<Value>> allowed;
  for (const Part& part : parts) sets.push_back(bits(part));
  // Control first: a fact about data that holds at many points is better than one at one point.
  for (std::size_t k = parts.size(); k-- > 0;) {
    Bits rest(words_, ~0ull);
    for (std::size_t j = 0; j < parts.size(); ++j)
      if (j != k) retain(rest, sets[j]);
    const Column& column = columns_[parts[k].slot];
    std::vector<Value>& values = allowed[parts[k].slot];
    for (std::size_t v = 0; v < column.values.size(); ++v) {
      if (meet(rest, column.states[v])) {
        values.push_back(column.values[v]);
      } else {
        for (std::size_t w = 0; w < words_; ++w) sets[k][w] |= column.states[v][w];
      }
    }
  }
  Clause clause;
  for (auto& [slot, values] : allowed) clause.push_back({slot, std::move(values)});
  return clause;
}

}  // namespace luproof::checker::proof
