// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/symmetry/symmetry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/symmetry/alike.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMostAlike = 64;  // slots of one class that are tried with each other

class Finder {
 public:
  explicit Finder(System& system) : same_(system), alike_(system, same_.flat()) {
    covered_.assign(system.slots.size(), 0);
  }

  Symmetry run() {
    for (const auto& cls : alike_.classes()) {
      const bool open = std::none_of(cls.begin(), cls.end(), [&](int s) { return covered_[s]; });
      if (open && cls.size() <= kMostAlike) arrange(cls);
    }
    return std::move(found_);
  }

 private:
  // Puts the slots of a class into groups, and the groups, each as one, into groups again.
  void arrange(std::vector<int> members) {
    while (members.size() > 1) {
      const std::size_t before = members.size();
      std::vector<int> heads;
      while (!members.empty()) {
        const int head = members.front();
        heads.push_back(head);
        std::vector<int> rest(members.begin() + 1, members.end());
        members = grouped(head, rest);
      }
      if (heads.size() == before) return;
      members = std::move(heads);
    }
  }

  // Those that are exchanged with `head` with the least moved go into its group; the others remain.
  std::vector<int> grouped(int head, const std::vector<int>& others) {
    std::map<int, Exchange> exchanges;
    std::size_t least = 0;
    for (const int other : others) {
      auto exchange = exchanged(head, other);
      if (!exchange) continue;
      const std::size_t moved = exchange->moved();
      if (!least || moved < least) least = moved;
      exchanges.emplace(other, std::move(*exchange));
    }
    std::vector<const Exchange*> near;
    std::vector<int> rest;
    for (const int other : others) {
      const auto found = exchanges.find(other);
      if (found != exchanges.end() && found->second.moved() == least)
        near.push_back(&found->second);
      else
        rest.push_back(other);
    }
    if (near.empty() || !add_group(near)) return others;
    return rest;
  }

  std::optional<Exchange> exchanged(int a, int b) {
    const auto map = alike_.proposal(a, b);
    if (!map) return std::nullopt;
    for (std::size_t s = 0; s < map->size(); ++s)
      if ((*map)[static_cast<std::size_t>((*map)[s])] != static_cast<int>(s)) return std::nullopt;
    return same_.held(*map);
  }

  // The block of the head is what all of its exchanges move away.
  bool add_group(const std::vector<const Exchange*>& star) {
    std::vector<int> block;
    const std::vector<int>& first = star[0]->slots;
    for (std::size_t s = 0; s < first.size(); ++s) {
      const auto slot = static_cast<int>(s);
      if (first[s] == slot) continue;
      const bool away = star.size() > 1 ? star[1]->slots[s] != slot : slot < first[s];
      if (away) block.push_back(slot);
    }
    std::vector<std::vector<int>> blocks = {block};
    std::vector<char> taken(first.size(), 0);
    for (const int s : block) taken[static_cast<std::size_t>(s)] = 1;
    for (const Exchange* e : star) {
      if (e->moved() != 2 * block.size()) return false;
      blocks.emplace_back();
      for (const int s : block) {
        const int to = e->slots[static_cast<std::size_t>(s)];
        if (taken[static_cast<std::size_t>(to)]) return false;
        taken[static_cast<std::size_t>(to)] = 1;
        blocks.back().push_back(to);
      }
    }
    for (std::size_t s = 0; s < taken.size(); ++s) covered_[s] |= taken[s];
    align_inner(blocks, star);
    found_.groups.push_back(std::move(blocks));
    for (const Exchange* e : star) found_.generators.push_back(*e);
    return true;
  }

  // Groups within the blocks become images of those within the first one: what is sorted there is
  // then sorted in each after an exchange too.
  void align_inner(const std::vector<std::vector<int>>& blocks,
                   const std::vector<const Exchange*>& star) {
    auto within = [](const std::vector<std::vector<int>>& group, const std::vector<int>& block) {
      return std::find(block.begin(), block.end(), group[0][0]) != block.end();
    };
    auto& groups = found_.groups;
    for (std::size_t b = 1; b < blocks.size(); ++b)
      std::erase_if(groups, [&](const auto& group) { return within(group, blocks[b]); });
    const std::size_t count = groups.size();
    for (std::size_t g = 0; g < count; ++g) {
      if (!within(groups[g], blocks[0])) continue;
      for (const Exchange* e : star) {
        auto image = groups[g];
        for (auto& block : image)
          for (int& slot : block) slot = e->slots[static_cast<std::size_t>(slot)];
        groups.push_back(std::move(image));
      }
    }
  }

  Sameness same_;
  Alike alike_;
  std::vector<char> covered_;
  Symmetry found_;
};

}  // namespace

std::size_t Exchange::moved() const {
  std::size_t count = 0;
  for (std::size_t s = 0; s < slots.size(); ++s) count += slots[s] != static_cast<int>(s);
  return count;
}

std::vector<std::vector<int>> Symmetry::together(const System& system) const {
  std::vector<std::vector<int>> runs;
  std::vector<char> placed(system.slots.size(), 0);
  // The last groups hold the earlier ones in their blocks.
  for (std::size_t g = groups.size(); g-- > 0;)
    for (const auto& block : groups[g]) {
      std::vector<int> run;
      auto place = [&](int slot) {
        if (!placed[static_cast<std::size_t>(slot)]) run.push_back(slot);
        placed[static_cast<std::size_t>(slot)] = 1;
      };
      for (std::size_t inner = 0; inner < g; ++inner)
        for (const auto& part : groups[inner])
          if (std::find(block.begin(), block.end(), part[0]) != block.end())
            for (const int slot : part) place(slot);
      for (const int slot : block) place(slot);
      if (!run.empty()) runs.push_back(std::move(run));
    }
  return runs;
}

std::string Symmetry::text() const {
  std::string all;
  for (const auto& group : groups)
    all += fmt::format("{}{} blocks of {} cells", all.empty() ? "" : ", ", group.size(),
                       group[0].size());
  return all;
}

Symmetry find_symmetry(System& system) { return Finder(system).run(); }

}  // namespace luproof::checker
