// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/different.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::traces {

namespace {

constexpr std::size_t kMostLines = 64;   // that are left out
constexpr std::size_t kMostMoves = 400;  // that are tried for one line

class Search {
 public:
  Search(const TraceVerdict& verdict, Retrial& retrial, const Related& related,
         const Inside& inside)
      : verdict_(verdict), retrial_(retrial), related_(related) {
    for (const auto& [line, of] : inside) inside_.emplace(of, line.second);
  }

  Difference run() {
    Difference found;
    std::vector<Change> out = omissions();
    if (!found_) {
      found.reason = reason_;
      return found;
    }
    out = irreducible(std::move(out));
    found.without = places(out);
    found.smallest = smallest(out);
    moves(out, found);
    found.bounded = retrial_.spent() || cut_;
    return found;
  }

 private:
  // Nothing is lost any more, and there was as much to lose as before.
  bool good(const TraceVerdict& other) const {
    if (!other.violations.empty() || other.kept.size() != verdict_.kept.size()) return false;
    for (std::size_t i = 0; i < other.kept.size(); ++i)
      if (other.kept[i].began != verdict_.kept[i].began ||
          other.kept[i].upheld < verdict_.kept[i].upheld)
        return false;
    return true;
  }
  bool good(const std::vector<Change>& changes) {
    const auto other = judge(changes);
    return other && good(*other);
  }
  // With each line go those that only show it once more.
  std::optional<TraceVerdict> judge(const std::vector<Change>& changes) {
    std::vector<Change> all = changes;
    for (const Change& change : changes)
      if (const auto inner = inner_.find({change.capture, change.index}); inner != inner_.end())
        for (const std::int64_t index : inner->second)
          all.push_back({change.capture, index, std::nullopt});
    return retrial_.judge(all);
  }

  // The line of the first violation is left out until there is none.
  std::vector<Change> omissions() {
    std::vector<Change> out;
    for (;;) {
      const auto now = judge(out);
      if (!now) {
        reason_ = "the captures are too long to be judged that often";
        return out;
      }
      if (now->violations.empty()) {
        found_ = good(*now);
        if (!found_) reason_ = "without its lines there would have been nothing to lose";
        return out;
      }
      const TraceViolation& first = now->violations.front();
      if (!first.line) {
        reason_ = still_lost(out, first);
        return out;
      }
      const auto index = index_of(first.capture, *first.line);
      if (out.size() >= kMostLines || !index) {
        reason_ = fmt::format("more than {} lines would have to go", kMostLines);
        return out;
      }
      out.push_back({first.capture, *index, std::nullopt});
      const auto [from, to] = inside_.equal_range({first.capture, *first.line});
      for (auto inner = from; inner != to; ++inner)
        if (const auto also = index_of(first.capture, inner->second))
          inner_[{first.capture, *index}].push_back(*also);
      broken_[{first.capture, *index}] = first.function;
    }
  }

  // Of a loss that no line shows, with lines gone that showed one too.
  std::string still_lost(const std::vector<Change>& out, const TraceViolation& now) {
    constexpr std::size_t kNamed = 4;
    const bool dump = now.by_line == 0;
    if (out.empty())
      return dump ? "a dump shows the loss, and no line"
                  : "no recorded line shows the step that broke it";
    std::string lines = out.size() == 1 ? "line" : "lines";
    const std::size_t named = std::min(out.size(), kNamed);
    for (std::size_t i = 0; i < named; ++i)
      lines += fmt::format("{}{}",
                           i == 0                ? " "
                           : i + 1 == out.size() ? " and "
                                                 : ", ",
                           place(out[i].capture, out[i].index).line);
    if (named < out.size()) lines += fmt::format(" and {} more", out.size() - named);
    return fmt::format("without {} {}", lines,
                       dump ? "a dump still shows a loss"
                            : "something is lost still, by a step that no recorded line shows");
  }

  // Takes back what need not have gone.
  std::vector<Change> irreducible(std::vector<Change> out) {
    for (std::size_t i = 0; i < out.size() && out.size() > 1;) {
      std::vector<Change> fewer = out;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (good(fewer))
        out = std::move(fewer);
      else
        ++i;
    }
    return out;
  }

  // Whether fewer lines cannot do: proven for one line, and for two by trying each alone.
  bool smallest(const std::vector<Change>& out) {
    if (out.size() == 1) return true;
    if (out.size() != 2) return false;
    for (int c = 0; c < retrial_.captures(); ++c)
      for (std::int64_t i = 0; i < retrial_.capture(c).journal.size(); ++i) {
        const auto other = judge({{c, i, std::nullopt}});
        if (!other || good(*other)) return false;
      }
    return true;
  }

  // Each of the lines is moved as little as is enough, the others being gone or moved already.
  void moves(const std::vector<Change>& out, Difference& found) {
    std::vector<Change> changes = out;
    for (Change& change : changes) {
      bool moved = false;
      for (const std::int64_t to : destinations(change)) {
        change.before = to;
        moved = good(changes);
        if (retrial_.spent()) return;
        if (moved) break;
      }
      if (!moved) return;
    }
    for (const Change& change : changes) {
      const bool earlier = *change.before <= change.index;
      Moved each{place(change.capture, change.index),
                 place(change.capture, earlier ? *change.before : *change.before - 1), earlier};
      found.moved.push_back(std::move(each));
    }
  }

  // Before an earlier or behind a later line about what the line broke, the nearest first: to pass
  // any other line changes nothing.
  std::vector<std::int64_t> destinations(const Change& change) {
    const auto addresses = related_(broken_[{change.capture, change.index}]);
    std::vector<std::int64_t> all;
    retrial_.each(change.capture, [&](std::int64_t i, const TraceLine& line) {
      if (i != change.index && concerns(line, addresses)) all.push_back(i);
      return true;
    });
    const auto away = [&](std::int64_t i) { return std::abs(i - change.index); };
    std::stable_sort(all.begin(), all.end(),
                     [&](std::int64_t a, std::int64_t b) { return away(a) < away(b); });
    if (all.size() > kMostMoves) {
      all.resize(kMostMoves);
      cut_ = true;
    }
    for (std::int64_t& i : all)
      if (i > change.index) ++i;
    return all;
  }

  std::optional<std::int64_t> index_of(int capture, std::int64_t number) {
    std::optional<std::int64_t> found;
    retrial_.each(capture, [&](std::int64_t i, const TraceLine& line) {
      if (line.number == number && line.kind != LineKind::Lost) found = i;
      return !found;
    });
    return found;
  }

  LinePlace place(int capture, std::int64_t index) {
    LinePlace found{retrial_.capture(capture).path, 0, "", {}};
    retrial_.each(capture, [&](std::int64_t i, const TraceLine& line) {
      if (i != index) return true;
      found.line = line.number;
      found.quote = model::printable(line.quote);
      return false;
    });
    const auto [from, to] = inside_.equal_range({capture, found.line});
    for (auto inner = from; inner != to; ++inner) found.inside.push_back(inner->second);
    return found;
  }
  std::vector<LinePlace> places(const std::vector<Change>& changes) {
    std::vector<LinePlace> all;
    for (const Change& change : changes) all.push_back(place(change.capture, change.index));
    return all;
  }

  const TraceVerdict& verdict_;
  Retrial& retrial_;
  const Related& related_;
  std::multimap<Observer::LineKey, std::int64_t> inside_;  // line -> lines inside it
  std::map<std::pair<int, std::int64_t>, std::vector<std::int64_t>> inner_;  // the same, indices
  std::map<std::pair<int, std::int64_t>, std::string> broken_;               // line -> function
  bool found_ = false;
  bool cut_ = false;
  std::string reason_;
};

}  // namespace

void find_different(TraceVerdict& verdict, Retrial& retrial, const Related& related,
                    const Inside& inside) {
  if (verdict.violations.empty() || retrial.captures() == 0) return;
  verdict.different = Search(verdict, retrial, related, inside).run();
}

}  // namespace luproof::traces
