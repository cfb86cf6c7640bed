// SPDX-License-Identifier: GPL-2.0-or-later
// specs/preflight.yaml: what is wrong in such a file, and what it makes of a machine.
#include "host/settings.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checker/preflight.h"
#include "host/plan.h"
#include "model/edit.h"

namespace luproof::host {
namespace {

std::optional<Settings> settings(const std::string& text, model::Diagnostics& diagnostics) {
  return read_settings(model::Source::make("preflight.yaml", text), diagnostics);
}

std::string errors(const std::string& setting) {
  model::Diagnostics diagnostics;
  const auto read = settings("design: d\nsettings:\n  one: " + setting + "\n", diagnostics);
  CHECK(!read);
  return diagnostics.render();
}

model::PciFunction function(const std::string& address, model::FunctionKind kind) {
  model::PciFunction f;
  f.name = address;
  f.bdf = *model::Bdf::parse(address);
  f.kind = kind;
  return f;
}

// A port, a PF with two VFs below it, and a disk beside them.
Machine machine() {
  using model::FunctionKind;
  Machine m;
  auto& all = m.topology.functions;
  all.push_back(function("0000:00:1c.0", FunctionKind::Port));
  all.push_back(function("0000:01:00.0", FunctionKind::Pf));
  all.push_back(function("0000:01:10.0", FunctionKind::Vf));
  all.push_back(function("0000:01:10.1", FunctionKind::Vf));
  all.push_back(function("0000:00:05.0", FunctionKind::Other));
  for (int i = 1; i < 4; ++i) all[i].parent = 0;
  all[2].pf = all[3].pf = 1;
  all[1].values = {{"total_vfs", 200}, {"first_vf_offset", 128}, {"vf_stride", 2}};
  m.from = "a dump";
  return m;
}

}  // namespace

TEST_CASE("a setting is read, or refused with its place", "[host]") {
  using Catch::Contains;
  CHECK_THAT(errors("{about: x, cite: y}"),
             Contains("preflight.yaml:3:8") && Contains("'read:' is missing"));
  CHECK_THAT(errors("{about: x, read: {file: sys/a}}"), Contains("'one' has no source"));
  CHECK_THAT(errors("{about: x, cite: y, reed: {file: sys/a}}"), Contains("unknown key 'reed'"));
  CHECK_THAT(errors("{about: x, cite: y, read: {file: sys/a, value: b, of: pf}}"),
             Contains("read in one way"));
  CHECK_THAT(errors("{about: x, cite: y, read: {file: sys/a}, config: c}"),
             Contains("comes from an option"));
  CHECK_THAT(errors("{about: x, cite: y, read: {attribute: driver}}"),
             Contains("'of:' says whose"));
  CHECK_THAT(errors("{about: x, cite: y, read: {file: sys/a, of: pf}}"),
             Contains("'of:' says whose"));
  CHECK_THAT(errors("{about: x, cite: y, read: {parameter: pci}}"),
             Contains("'option:' is missing"));
  CHECK_THAT(errors("{about: x, cite: y, read: {file: sys/../a}}"), Contains("leaves its folder"));
  CHECK_THAT(errors("{about: x, cite: y, read: {attribute: a/b, of: pf}}"),
             Contains("leaves its folder"));
  CHECK_THAT(errors("{about: x, cite: y, read: {file: sys/a}, cases: [{is: a, sett: {}}]}"),
             Contains("unknown key 'sett'"));
  model::Diagnostics diagnostics;
  CHECK(!settings("design: d\n", diagnostics));
  CHECK_THAT(diagnostics.render(), Contains("no setting is listed"));
}

TEST_CASE("the shipped settings are read", "[host]") {
  model::Diagnostics diagnostics;
  const auto source =
      model::read_source(LUPROOF_SOURCE_SPECS "/preflight.yaml", 1u << 20, diagnostics);
  REQUIRE(source);
  CHECK(read_settings(source, diagnostics));
  CHECK(diagnostics.render().empty());
}

TEST_CASE("the schema of settings lists the keys that are read", "[host]") {
  using Json = nlohmann::json;
  const Json schema = Json::parse(std::ifstream(LUPROOF_SOURCE_SPECS "/preflight.schema.json"));
  for (const auto& [entry, keys] : settings_keys()) {
    const bool other = schema.at("$defs").contains(entry) && entry != "cells";
    const Json& in = entry.empty() ? schema
                     : other       ? schema.at("$defs").at(entry)
                                   : schema.at("properties").at(entry);
    std::vector<std::string> listed;
    for (const auto& item : in.at("properties").items()) listed.push_back(item.key());
    std::vector<std::string> read = keys;
    std::sort(read.begin(), read.end());
    INFO(entry);
    CHECK(listed == read);
  }
}

TEST_CASE("cells and constants follow from what was read", "[host]") {
  model::Diagnostics diagnostics;
  const auto read = settings(R"(design: d
keep: {driver: vfio-pci}
cells: {kept: {to_keep: true}, others: {to_keep: false}}
settings:
  buses:
    about: x
    cite: y
    read: {parameter: pci, option: [assign-busses]}
    config: assign_busses
  driver:
    about: x
    cite: y
    read: {attribute: driver, of: pf}
    cases: [{is: ice, set: {driver_stops_vfs: true, no_such_cell: 1}}]
)",
                             diagnostics);
  INFO(diagnostics.render());
  REQUIRE(read);
  Machine m = machine();
  m.old_line = "quiet";
  m.new_line = "pci=noari,assign-busses";
  m.attributes[{"0000:01:00.0", "driver"}] = {Found::State::Read, "ice"};
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  const auto design =
      model::compose(LUPROOF_SOURCE_SPECS "/designs/host-stock-7.3.yaml", load, diagnostics);
  REQUIRE(design);

  const auto kept = kept_functions(m, *read, {"0000:01:10.1"}, diagnostics);
  REQUIRE(kept == std::vector<int>{3});
  const Plan plan = make_plan(m, *read, kept, *design);
  CHECK(fragment_of(plan.effects) ==
        "override:\n  config.assign_busses: {old: false, new: true}\n");
  CHECK(model::fragment("settings", fragment_of(plan.effects), diagnostics));
  const model::Topology with = with_effects(m, *read, kept, plan.effects);
  CHECK(with.functions[3].value("to_keep") == 1);
  CHECK(with.functions[2].value("to_keep") == 0);
  CHECK(with.functions[1].value("driver_stops_vfs") == 1);
  // 0x0100 + 128 + 2 * 199 = 0x030e: two buses beyond that of the PF.
  CHECK(with.functions[1].value("vf_buses") == 2);
  // A cell that the design does not have is told, and not set.
  CHECK(!with.functions[1].value("no_such_cell"));
  CHECK(std::count_if(plan.remarks.begin(), plan.remarks.end(), [](const Remark& r) {
          return r.kind == Remark::Kind::NotHeld && r.setting == "driver";
        }) == 1);
  // Without a VF of vfio-pci nothing is kept by default.
  CHECK(kept_functions(m, *read, {}, diagnostics).empty());
  CHECK(!diagnostics.ok());
}

TEST_CASE("a part of a machine keeps its links", "[host]") {
  const Machine m = machine();
  const model::Topology part = checker::part_of(m.topology, {0, 1, 3});
  REQUIRE(part.functions.size() == 3);
  CHECK(part.functions[2].name == "0000:01:10.1");
  CHECK(part.functions[2].pf == 1);
  CHECK(part.functions[2].parent == 0);
  CHECK(part.functions[0].parent == -1);
}

}  // namespace luproof::host
