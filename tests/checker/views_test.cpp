// SPDX-License-Identifier: GPL-2.0-or-later
// What a few interchangeable members show of any number of them: nothing may be claimed of a spec
// that breaks with more, and what is in the way is named.
#include "checker/anynumber/views.h"

#include <catch2/catch.hpp>

#include "checker/anynumber/need.h"
#include "spec_text.h"

using namespace luproof;
using namespace luproof::checker;

namespace {

// A spec over devices d0, d1, …
Views views_of(const std::string& rest, int devices, int width) {
  std::string text = "case: views\nentities:\n  device: {members: [";
  for (int i = 0; i < devices; ++i) text += (i ? ", d" : "d") + std::to_string(i);
  text += "]}\n" + rest;
  const auto model = load_text(text);
  const model::Layout layout(*model);
  model::Diagnostics diagnostics;
  Compared compared;
  const auto system = ground(*model, layout, {.compared = &compared}, diagnostics);
  REQUIRE(system);
  int sort = 0;
  while (model->sorts[sort].name != "device") ++sort;
  std::vector<Element> members;
  for (int i = 0; i < devices; ++i) members.push_back({sort, i});
  Limits limits;
  return collect_views(*system, members, compared, width, limits);
}

const char* const kLock = R"yaml(state:
  hardware:
    device.held: bool = false
    taken: bool = false
events:
  take(device d): {when: not taken, do: "taken, d.held = true, true"}
  give(device d): {when: d.held, do: "taken, d.held = false, false"}
properties:
  alone: {never: "device.exists(a, device.exists(b, a != b and a.held and b.held))"}
)yaml";

// Devices become busy as long as fewer than `few` are; `never` of them should not be.
std::string at_most(int few, int never) {
  std::string some, bad;
  for (int i = 0; i < never; ++i) {
    some += "device.exists(a" + std::to_string(i) + ", ";
    bad += (i ? " and " : "") + ("a" + std::to_string(i)) + ".busy";
    for (int k = 0; k < i; ++k) bad += " and a" + std::to_string(i) + " != a" + std::to_string(k);
  }
  return "state:\n  hardware:\n    device.busy: bool = false\nevents:\n  grow(device d): {when: "
         "\"device.count(x, x.busy) < " +
         std::to_string(few) + "\", do: d.busy = true}\nproperties:\n  few: {never: \"" + some +
         bad + std::string(static_cast<std::size_t>(never), ')') + "\"}\n";
}

}  // namespace

TEST_CASE("views: what each of them remembers of all is in the way, and has no name", "[checker]") {
  const Views views = views_of(
      "state: {hardware: {device.on: bool = true}}\nactors:\n  each:\n    every: device\n"
      "    code: |\n      for d in device where d.on:\n        d.on = false\n"
      "properties: {p: {never: \"device.count(d, not d.on) > 9\"}}\n",
      3, 1);
  CHECK(views.obstacle == "a value belongs to two of them: where an actor stands");
}

TEST_CASE("views: one lock keeps any number of devices apart, once views hold two", "[checker]") {
  const Views two = views_of(kLock, 4, 2);
  CHECK(two.obstacle == "");
  CHECK(two.bad == std::vector<char>{0});
  // A view of one device and the lock cannot tell whose the lock is: it says nothing, but never
  // that the property holds.
  const Views one = views_of(kLock, 4, 1);
  CHECK(one.bad == std::vector<char>{1});
}

TEST_CASE("views: a property that breaks with more devices than were looked at is not claimed",
          "[checker]") {
  for (const int never : {2, 3, 4, 5})
    for (const int devices : {3, 4, 5, 6}) {
      INFO(never << " of " << devices);
      const Views views = views_of(at_most(never, never), devices, 1);
      // With `never` devices busy it is violated; with fewer members nobody may say it holds.
      CHECK((!views.obstacle.empty() || views.bad[0]));
      if (devices < never) {
        CHECK(!views.obstacle.empty());
        CHECK(views.wanted > devices);
      }
    }
}

TEST_CASE("views: a loop that takes devices in an order is in the way", "[checker]") {
  const std::string loop = R"yaml(state:
  hardware: {device.on: bool = false}
actors:
  one:
    life: userspace
    code: |
      for d in device order ORDER:
        d.on = true
properties:
  off: {never: "device.exists(a, a.on) and device.all(a, a.on) and device.all(a, not a.on)"}
)yaml";
  const auto with = [&](const std::string& order) {
    std::string text = loop;
    const auto at = text.find(" order ORDER");
    text.replace(at, 12, order);
    return views_of(text, 5, 1);
  };
  CHECK(with("").obstacle == "");
  const Views ordered = with(" order registration");
  CHECK(ordered.obstacle.find("in an order") != std::string::npos);
  CHECK(ordered.where.line > 0);
}

TEST_CASE("views: members that stand in a list, or refer to each other, are in the way",
          "[checker]") {
  const Views list = views_of(R"yaml(state:
  hardware: {waiting: list of device}
events:
  come(device d): {when: not (d in waiting), do: waiting.append(d)}
properties:
  never-two: {never: "device.exists(a, device.exists(b, a != b and a in waiting and b in waiting))"}
)yaml",
                              4, 1);
  CHECK(list.obstacle != "");
  const Views refers = views_of(R"yaml(state:
  hardware: {device.next: ref device}
events:
  link(device d, device e): {when: d != e, do: d.next = e}
properties:
  unlinked: {never: "device.exists(a, a.next == a)"}
)yaml",
                                4, 1);
  CHECK(refers.obstacle.find("refers") != std::string::npos);
}

TEST_CASE("views: what is asked of each device and of some device needs one witness", "[checker]") {
  // finish waits for all, retry for one: both are seen with few devices.
  const Views views = views_of(R"yaml(state:
  hardware:
    device.done: bool = false
    over: bool = false
    retried: bool = false
events:
  do_one(device d): {when: not over, do: d.done = true}
  undo(device d): {when: not over and d.done, do: d.done = false}
  finish: {when: "device.all(a, a.done)", do: over = true}
  retry: {when: "not over and device.exists(a, not a.done)", do: retried = true}
properties:
  complete: {never: "over and device.exists(a, not a.done)"}
  never-retried: {never: retried}
)yaml",
                               4, 1);
  CHECK(views.obstacle == "");
  CHECK(views.bad == std::vector<char>{0, 1});
}

TEST_CASE("need: witnesses of a nest of conditions over six members", "[checker]") {
  Terms terms;
  std::vector<int> member_of;
  std::vector<Term> a, b;
  for (int m = 0; m < 6; ++m) {
    a.push_back(terms.slot(2 * m, 0, 1));
    b.push_back(terms.slot(2 * m + 1, 0, 1));
    member_of.insert(member_of.end(), {m, m});
  }
  member_of.push_back(-1);  // of nobody
  Term all = terms.truth(true), some = terms.truth(false), both = terms.truth(true);
  Term count = terms.constant(0);
  for (int m = 0; m < 6; ++m) {
    all = terms.conj(all, a[m]);
    some = terms.disj(some, a[m]);
    count = terms.add(count, a[m]);
  }
  Need need(terms, member_of, 6);
  CHECK(need.to_be_true(all) == 0);
  CHECK(need.to_be_true(terms.negate(all)) == 1);
  CHECK(need.to_be_true(some) == 1);
  CHECK(need.to_be_true(terms.negate(some)) == 0);
  CHECK(need.to_be_same(all) == 1);
  Term some_b = terms.truth(false);
  for (int m = 0; m < 6; ++m) some_b = terms.disj(some_b, b[m]);
  CHECK(need.to_be_true(terms.conj(some, some_b)) == 2);
  // More than two of them: three show it, and nobody shows that it is not so.
  const Term many = terms.lt(terms.constant(2), count);
  CHECK(need.to_be_true(many) == 3);
  CHECK(need.to_be_true(terms.negate(many)) == 0);
  // For each member some other: every member needs one, so all of them.
  for (int m = 0; m < 6; ++m) {
    Term other = terms.truth(false);
    for (int o = 0; o < 6; ++o)
      if (o != m) other = terms.disj(other, terms.conj(b[m], a[o]));
    both = terms.conj(both, other);
  }
  CHECK(need.to_be_true(both) >= 6);
  // A sum that is compared with a sum: all of them.
  CHECK(need.to_be_true(terms.eq(count, terms.slot(12, 0, 6))) >= 6);
}
