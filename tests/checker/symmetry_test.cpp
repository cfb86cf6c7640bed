// SPDX-License-Identifier: GPL-2.0-or-later
// What may be exchanged, and that a wrong exchange does not go unnoticed.
//
// Expected are verdicts, lengths and sets of violating steps of the search without exchanges, and
// its number of states once every state is put in order. A search that uses exchanges which are
// none has to differ from it: the tests below make such ones.
#include <catch2/catch.hpp>

#include <map>
#include <numeric>
#include <set>

#include "checker/check.h"
#include "checker/explorer/explorer.h"
#include "checker/symmetry/canonical.h"
#include "checker/symmetry/same.h"
#include "tests/checker/lifecycle.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

struct Loaded {
  explicit Loaded(const std::string& text) : model(*load_text(text)), layout(model) {
    model::Diagnostics diagnostics;
    system = ground(model, layout, {}, diagnostics);
    REQUIRE(system);
  }
  model::Model model;
  model::Layout layout;
  std::unique_ptr<System> system;
};

// What a reader of a report is told of each property.
using Told = std::map<std::string, std::tuple<Verdict, int, std::size_t, std::vector<std::string>>>;

Told told(Loaded& l, const Outcome& outcome) {
  Told all;
  for (const Finding& f : outcome.findings) {
    std::size_t length = 0;
    int weight = 0;
    if (f.verdict == Verdict::Violated && f.run) {
      length = f.run->steps.size();
      weight = f.run->weight;
      Run run = *f.run;
      CHECK(replay(l.model, l.layout, run, f.index) == "");
    }
    all[f.property] = {f.verdict, weight, length, f.violated_by};
  }
  return all;
}

// The states of the whole graph, each put in order.
std::size_t orbits(Loaded& l, const Symmetry& symmetry) {
  Graph graph(*l.system);
  explore(*l.system, {}, {}, &graph);
  const Packing packing(*l.system, symmetry.together(*l.system));
  const Canonical canonical(symmetry, packing);
  std::set<std::vector<std::uint64_t>> sorted;
  State state;
  std::vector<std::uint64_t> words(packing.words());
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    graph.store.unpack(n, state);
    packing.pack(state, words.data());
    canonical.make(words.data());
    sorted.insert(words);
  }
  return sorted.size();
}

// Nothing that is told differs, and there are as many states as orbits.
bool agrees(Loaded& l, const Symmetry& symmetry) {
  ExploreOptions plain;
  plain.symmetry = false;
  ExploreOptions with;
  with.exchange = &symmetry;
  const Outcome whole = explore(*l.system, plain, {});
  const Outcome reduced = explore(*l.system, with, {});
  if (told(l, whole) != told(l, reduced)) return false;
  if (reduced.statistics.reduced.empty()) return true;  // given up: the whole search again
  return reduced.statistics.states == orbits(l, symmetry);
}

std::string functions(const std::string& rest) {
  return "case: exchange\nentities: {device: {members: [a, b, c, d]}}\nstate:\n  hardware:\n    "
         "device.on: bool\n    device.n: int 0..2\n    device.odd: bool\n" +
         rest;
}

}  // namespace

TEST_CASE("devices that nothing tells apart may be exchanged", "[checker]") {
  Loaded l(
      functions("events:\n  up(device x): {when: x.n < 2, do: x.n = x.n + 1}\n  turn(device "
                "x): {when: x.n == 2 and not x.on, do: x.on = true}\n"
                "properties:\n  some: {never: \"device.all(x, x.on)\"}\n"));
  const Symmetry symmetry = find_symmetry(*l.system);
  REQUIRE(symmetry.groups.size() == 1);
  CHECK(symmetry.groups[0].size() == 4);
  CHECK(agrees(l, symmetry));
}

// Every step is held to both; the first one that is possible breaks only the other.
TEST_CASE("the last step of a run that is walked again breaks its own property", "[checker]") {
  Loaded l(
      functions("events:\n  up(device x): {when: x.n < 2, do: x.n = x.n + 1}\n  turn(device "
                "x): {when: x.n == 2 and not x.on, do: x.on = true}\n"
                "properties:\n  no-rise: {step: \"device.all(x, x.n <= old(x.n))\"}\n"
                "  no-turn: {step: \"device.all(x, x.on implies old(x.on))\"}\n"));
  const Symmetry symmetry = find_symmetry(*l.system);
  REQUIRE(symmetry.groups.size() == 1);
  CHECK(agrees(l, symmetry));
}

TEST_CASE("a device that is named somewhere is not exchanged", "[checker]") {
  for (const char* rest :
       {"events:\n  up(device x): {when: x.n < 2 and x != b, do: x.n = x.n + 1}\n",
        "events:\n  up(device x): {when: x.n < 2, do: x.n = x.n + 1}\nproperties:\n  b-stays: "
        "{never: b.n == 2}\n"}) {
    Loaded l(functions(rest));
    const Symmetry symmetry = find_symmetry(*l.system);
    REQUIRE(symmetry.groups.size() == 1);
    CHECK(symmetry.groups[0].size() == 3);
    const int b = l.layout.components()[1].base + 1;
    REQUIRE(l.layout.slot_name(b) == "device.n[b]");
    for (const auto& block : symmetry.groups[0])
      CHECK(std::find(block.begin(), block.end(), b) == block.end());
    CHECK(agrees(l, symmetry));
  }
}

TEST_CASE("pairs are exchanged as pairs, and a device without a partner not at all", "[checker]") {
  Loaded l(lifecycle(5));
  const Symmetry symmetry = find_symmetry(*l.system);
  REQUIRE(symmetry.groups.size() == 1);
  CHECK(symmetry.groups[0].size() == 2);
  CHECK(symmetry.groups[0][0].size() == 6);
  CHECK(agrees(l, symmetry));
}

TEST_CASE("children are exchanged within their parent, and parents with their children",
          "[checker]") {
  Loaded l(
      "case: nested\nentities: {parent: {members: [p, q]}, child: {members: [a, b, c, d]}}\n"
      "state:\n  hardware: {parent.on: bool, child.on: bool}\ndefine:\n  \"of(child x, parent "
      "y)\": "
      "(x in [a, b] and y == p) or (x in [c, d] and y == q)\nevents:\n  start(parent y): {when: "
      "not y.on, do: y.on = true}\n  join(child x): {when: \"not x.on and parent.exists(y, of(x, "
      "y) "
      "and y.on)\", do: x.on = true}\n  leave(child x): {when: x.on, do: x.on = false}\n");
  const Symmetry symmetry = find_symmetry(*l.system);
  CHECK(symmetry.groups.size() == 3);
  CHECK(agrees(l, symmetry));
}

TEST_CASE("steps that break a property are named for every device that could take them",
          "[checker]") {
  Loaded l(
      functions("events:\n  up(device x): {when: x.n < 2, do: x.n = x.n + 1}\nproperties:\n  "
                "low: {never: \"device.exists(x, x.n == 2)\"}\n"));
  const Symmetry symmetry = find_symmetry(*l.system);
  REQUIRE(!symmetry.empty());
  CHECK(agrees(l, symmetry));
  ExploreOptions with;
  with.exchange = &symmetry;
  const Outcome outcome = explore(*l.system, with, {});
  for (const Finding& f : outcome.findings)
    if (f.property == "low")
      CHECK(f.violated_by == std::vector<std::string>{"up(a)", "up(b)", "up(c)", "up(d)"});
}

TEST_CASE("an exchange that the system does not allow is refused", "[checker]") {
  Loaded l(lifecycle(4));
  Sameness same(*l.system);
  std::vector<int> alone(l.system->slots.size());
  std::iota(alone.begin(), alone.end(), 0);
  const std::vector<int> pairs = [&] {
    std::vector<int> map = alone;
    for (const model::Component& c : l.layout.components())
      if (c.size == 4) {
        std::swap(map[c.base], map[c.base + 2]);
        std::swap(map[c.base + 1], map[c.base + 3]);
      }
    return map;
  }();
  for (const model::Component& c : l.layout.components())
    if (c.size == 4) std::swap(alone[c.base], alone[c.base + 2]);  // without their partners
  CHECK(same.held(pairs));
  CHECK_FALSE(same.held(alone));
}

// The reduction broken on purpose.
TEST_CASE("exchanging what must not be exchanged changes answers, and the comparison sees it",
          "[checker]") {
  Loaded l(lifecycle(4));
  Symmetry wrong = find_symmetry(*l.system);
  REQUIRE(wrong.groups.size() == 1);
  CHECK(agrees(l, wrong));
  // Partners change places with each other: a VF may then be saved without its PF.
  auto& block = wrong.groups[0][1];
  for (std::size_t i = 0; i + 1 < block.size(); i += 2) std::swap(block[i], block[i + 1]);
  CHECK_FALSE(agrees(l, wrong));
}

namespace {
int compare(std::uint64_t first, std::uint64_t last) {
  int found = 0;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const std::string text = RandomSpec(seed).text();
    INFO("seed " << seed << "\n" << text);
    Loaded l(text);
    const Symmetry symmetry = find_symmetry(*l.system);
    if (symmetry.empty()) continue;
    Limits small;
    small.memory = 4 << 20;
    if (!explore(*l.system, {}, small).statistics.exhausted) continue;
    ++found;
    REQUIRE(agrees(l, symmetry));
  }
  return found;
}
}  // namespace

TEST_CASE("random specs: exchanges change nothing that is told", "[checker]") {
  CHECK(compare(1, 300) >= 30);
}

}  // namespace luproof::checker
