// SPDX-License-Identifier: GPL-2.0-or-later
// What specs/forces.yaml says can be done is of the packs and the bindings as they are: a name that
// was changed there would make it say nothing, without a word.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "model/yaml_tree.h"
#include "report/reproduce/forces.h"
#include "traces/binding.h"

namespace luproof::report {
namespace {

const std::string kSpecs = LUPROOF_SOURCE_SPECS;

// "name(function d, int n)" and "function.name" as name/2 and name/1.
std::string counted(const std::string& signature) {
  const std::size_t open = signature.find('('), dot = signature.find('.');
  if (open == std::string::npos)
    return dot == std::string::npos ? signature + "/0" : signature.substr(dot + 1) + "/1";
  const std::string inside = signature.substr(open + 1, signature.find(')') - open - 1);
  const auto commas = std::count(inside.begin(), inside.end(), ',');
  return signature.substr(0, open) + "/" + std::to_string(inside.empty() ? 0 : commas + 1);
}

std::string counted(const Signature& signature) {
  return signature.name + "/" + std::to_string(signature.parameters.size());
}

struct Declared {
  std::set<std::string> calls, cells;
};

Declared declared() {
  Declared all;
  for (const auto& file : std::filesystem::directory_iterator(kSpecs + "/rules")) {
    model::Diagnostics diagnostics;
    const auto source = model::read_source(file.path().string(), 4u << 20, diagnostics);
    const auto root = source ? model::read_yaml(source, diagnostics) : std::nullopt;
    REQUIRE(root);
    for (const char* part : {"procedures", "events"})
      if (const auto* found = root->find(part))
        for (const auto& entry : found->value.entries) {
          // "p(pf p) -> errno"
          const std::string text = entry.key.text;
          all.calls.insert(counted(text.substr(0, text.find(" ->"))));
        }
    if (const auto* state = root->find("state"))
      for (const auto& life : state->value.entries)
        for (const auto& cell : life.value.entries) all.cells.insert(counted(cell.key.text));
  }
  return all;
}

}  // namespace

TEST_CASE("what can be done is of the packs and bindings as they are", "[specs][reproduce]") {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(kSpecs + "/forces.yaml", 1u << 20, diagnostics);
  const auto forces = read_forces(source, diagnostics);
  const auto lines = model::read_source(kSpecs + "/bindings/pci.yaml", 1u << 20, diagnostics);
  const auto binding = traces::read_binding(lines, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(forces);
  REQUIRE(binding);
  const Declared known = declared();
  for (const Action& each : forces->actions) {
    INFO(each.call.name);
    CHECK(known.calls.count(counted(each.call)) == 1);
  }
  for (const Ignored& each : forces->ignored) {
    INFO(each.call.name);
    CHECK(known.calls.count(counted(each.call)) == 1);
  }
  for (const StartRule& each : forces->start)
    if (!each.vfs) {
      INFO(each.call.name);
      CHECK(known.cells.count(counted(each.call)) == 1);
    }
  std::set<std::string> bound;
  for (const traces::Meaning& meaning : binding->meanings) {
    if (meaning.event) bound.insert(meaning.event->name);
    if (meaning.decode) bound.insert({meaning.decode->one.name, meaning.decode->zero.name});
  }
  for (const Shown& each : forces->shows) {
    INFO(each.step.name);
    CHECK(known.calls.count(counted(each.step)) == 1);
    if (!each.event.empty()) CHECK(bound.count(each.event) == 1);
    if (!each.line.empty())
      CHECK(std::any_of(binding->record.begin(), binding->record.end(),
                        [&](const traces::Recorded& r) { return r.function == each.line; }));
  }
}

}  // namespace luproof::report
