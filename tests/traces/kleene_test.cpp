// SPDX-License-Identifier: GPL-2.0-or-later
// The evaluator on the shipped vocabulary, where what is expected follows from the words.
#include "traces/kleene.h"

#include <catch2/catch.hpp>

#include "model/load.h"
#include "traces/effects.h"

namespace luproof::traces {
namespace {

// A PF with two VFs below one root port, read with the shipped packs.
class Machine {
 public:
  Machine() {
    model::PciFunction port, pf, first, second;
    port.name = "rp", port.kind = model::FunctionKind::Port, port.has_address = false;
    pf.name = "pf0", pf.kind = model::FunctionKind::Pf, pf.has_address = false,
    pf.parent_name = "rp";
    first.name = "vf0", first.kind = model::FunctionKind::Vf, first.has_address = false,
    first.pf_name = "pf0";
    second = first, second.name = "vf1";
    model::Diagnostics diagnostics;
    model::LoadOptions options;
    options.specs = LUPROOF_SOURCE_SPECS;
    options.topology = model::make_topology({port, pf, first, second}, diagnostics);
    auto loaded = model::load(options.specs + "/rules/properties.yaml", options, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(loaded);
    model = std::move(*loaded);
    layout = std::make_unique<model::Layout>(model);
    state.resize(layout->slots());
  }

  Known& cell(const std::string& name, const std::string& function) {
    for (std::size_t c = 0; c < model.cells.size(); ++c)
      if (model.cells[c].name == name)
        return state[layout->find(model::Part::Value, static_cast<int>(c))->base +
                     layout->offset_in(model.cells[c].index[0], model.topology.find(function))];
    FAIL("no cell " << name);
    return state.front();
  }

  Known can_dma(const std::string& function) {
    for (const model::Define& define : model.defines) {
      if (define.name != "can_dma") continue;
      Frame frame(define.locals.size());
      bind(frame, 0, known(reference(model.topology.find(function))));
      return Kleene(model, *layout, state, 1).value(*define.body, frame);
    }
    FAIL("no can_dma");
    return {};
  }

  void happens(const std::string& event, const std::vector<Value>& arguments) {
    for (std::size_t e = 0; e < model.events.size(); ++e)
      if (model.events[e].name == event)
        return Effects(model, *layout).apply(static_cast<int>(e), arguments, 1, state);
    FAIL("no event " << event);
  }

  model::Model model;
  std::unique_ptr<model::Layout> layout;
  Knowledge state;
};

}  // namespace

TEST_CASE("an unknown operand matters only where it could decide", "[traces][kleene]") {
  Machine machine;
  CHECK_FALSE(machine.can_dma("vf0").known());
  machine.cell("bus_master", "rp") = known(0);
  CHECK(machine.can_dma("vf0").is(0));  // whatever the VF's own bit is
  machine.cell("bus_master", "rp") = known(1);
  machine.cell("exists", "vf0") = known(1);
  machine.cell("bus_master", "pf0") = known(1);  // whether it matters is not known either
  CHECK_FALSE(machine.can_dma("vf0").known());
  machine.cell("bus_master", "vf0") = known(1);
  CHECK(machine.can_dma("vf0").is(1));
}

TEST_CASE("an event leaves known only what it leaves certain", "[traces][kleene]") {
  Machine machine;
  const Value pf = reference(machine.model.topology.find("pf0"));
  machine.cell("exists", "vf0") = known(0);
  machine.cell("bus_master", "vf0") = known(1);
  machine.cell("bus_master", "vf1") = known(1);  // vf1 may exist already and stay as it is
  machine.happens("vf_enable_set", {pf});
  CHECK(machine.cell("exists", "vf0").is(1));
  CHECK(machine.cell("bus_master", "vf0").is(0));
  CHECK_FALSE(machine.cell("bus_master", "vf1").known());
  machine.happens("vf_enable_clear", {pf});
  CHECK(machine.cell("exists", "vf1").is(0));
  CHECK(machine.cell("vf_enable", "pf0").is(0));
}

TEST_CASE("a value of a line replaces one of a dump", "[traces][kleene]") {
  Machine machine;
  machine.cell("bus_master", "vf0") = known(1, Source::Dump);
  machine.happens("command_write", {reference(machine.model.topology.find("vf0")), 0});
  CHECK(machine.cell("bus_master", "vf0") == known(0, Source::Line));
}

}  // namespace luproof::traces
