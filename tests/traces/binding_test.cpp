// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/binding.h"

#include <catch2/catch.hpp>

#include "model/load.h"

namespace luproof::traces {
namespace {

const std::string kHead = "bindings: t\nmodel: properties\nexistence: exists\nlines:\n";

std::optional<model::Model> pack(model::Diagnostics& diagnostics) {
  model::LoadOptions options;
  options.specs = LUPROOF_SOURCE_SPECS;
  return model::load(options.specs + "/rules/properties.yaml", options, diagnostics);
}

// What is wrong with a binding with this one line.
std::string errors(const std::string& item, const std::string& head = kHead) {
  model::Diagnostics diagnostics;
  auto binding =
      read_binding(model::Source::make("b.yaml", head + "  - " + item + "\n"), diagnostics);
  model::Diagnostics loading;
  const auto model = pack(loading);
  REQUIRE(model);
  if (binding) resolve_binding(*binding, *model, diagnostics);
  return diagnostics.render();
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the shipped binding fits the shipped packs", "[traces][binding]") {
  model::Diagnostics diagnostics;
  const auto source = model::read_source(std::string(LUPROOF_SOURCE_SPECS) + "/bindings/pci.yaml",
                                         1 << 20, diagnostics);
  REQUIRE(source);
  auto binding = read_binding(source, diagnostics);
  const auto model = pack(diagnostics);
  INFO(diagnostics.render());
  REQUIRE(binding);
  REQUIRE(model);
  CHECK(resolve_binding(*binding, *model, diagnostics));
  CHECK(diagnostics.ok());
}

TEST_CASE("a binding is read strictly and errors have a place", "[traces][binding]") {
  CHECK(contains(errors("{symbol: a, with: {d: dev}, evnt: pci_set_master(d)}"),
                 "b.yaml:5:33: error: unknown key 'evnt'"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, evnt: pci_set_master(d)}"),
                 "did you mean 'event'"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: pci_set_mastr(d)}"),
                 "did you mean 'pci_set_master'"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: pci_set_master(x)}"),
                 "is no event with its arguments"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: pci_set_master}"),
                 "is no event with its arguments"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: \"pci_set_master(d, true)\"}"),
                 "'pci_set_master' has 1 parameters"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: \"command_write(true, d)\"}"),
                 "argument 1 of 'command_write' is a PCI function"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: pci_set_master(d), when: where = 4}"),
                 "is no condition on an argument"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, event: pci_set_master(d), confirmed-by: [b]}"),
                 "no line is named 'b'"));
  CHECK(contains(errors("{symbol: a}"), "the line means nothing"));
  CHECK(contains(errors("{symbol: a, asks: yes, event: pci_set_master(d), with: {d: dev}}"),
                 "only asks cannot be an event too"));
  CHECK(
      contains(errors("{symbol: a, event: pci_set_master(d)}"), "is no event with its arguments"));
  CHECK(contains(errors("{symbol: a, with: {d: dev}, decode: {argument: v, bit: 64, one: "
                        "pci_set_master(d), zero: pci_clear_master(d)}}"),
                 "a bit is a number from 0 to 63"));
  CHECK(
      contains(errors("{symbol: a, with: {d: dev}, decode: {argument: v, one: pci_set_master(d)}}"),
               "'decode' needs 'one:' and 'zero:'"));
  CHECK(contains(errors("{symbol: a, kexec: maybe}"), "'kexec' is yes or no"));
}

TEST_CASE("a binding names cells and properties of its model", "[traces][binding]") {
  const std::string item = "{symbol: a, with: {d: dev}, event: pci_set_master(d)}";
  CHECK(errors(item).empty());
  CHECK(contains(errors(item, "bindings: t\nmodel: properties\nexistence: exist\nlines:\n"),
                 "'existence: exist' is no cell of all functions"));
  CHECK(contains(
      errors(item,
             "bindings: t\nmodel: properties\nexistence: exists\nneeds: {vf-rest: [a]}\nlines:\n"),
      "no property is named 'vf-rest'"));
  CHECK(contains(
      errors(item,
             "bindings: t\nmodel: properties\nexistence: exists\nneeds: {vf-reset: [b]}\nlines:\n"),
      "no line has the symbol 'b'"));
  CHECK(contains(errors(item, "bindings: t\nexistence: exists\nlines:\n"), "'model:' is missing"));
}

TEST_CASE("a part that the compiler cut out of a function is the function", "[traces][binding]") {
  const Binding binding;
  TraceLine line;
  line.kind = LineKind::Function;
  line.symbol = "pci_iov_init.part.0";
  CHECK(binding.symbol_of(line) == "pci_iov_init");
  line.kind = LineKind::Kprobe;  // the probe's own name says nothing where the function is shown
  line.symbol = "set_master";
  line.function = "pci_set_master";
  CHECK(binding.symbol_of(line) == "pci_set_master");
}

}  // namespace luproof::traces
