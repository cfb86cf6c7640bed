// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests of PCI dumps ask of a dump, whether it is a real one or made for one test.
#pragma once

#include <catch2/catch.hpp>

#include "model/topology.h"

namespace luproof::model::test {

inline Topology good(const SourcePtr& source) {
  Diagnostics diagnostics;
  std::optional<Topology> topology = read_pci_dump(source, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.all().empty());
  REQUIRE(topology);
  return *topology;
}

inline Topology good(const std::string& text) { return good(Source::make("dump", text)); }

// The rendered errors of a dump that must be refused.
inline std::string refused(const std::string& text) {
  Diagnostics diagnostics;
  const auto topology = read_pci_dump(Source::make("dump", text), diagnostics);
  CHECK_FALSE(topology.has_value());
  CHECK_FALSE(diagnostics.ok());
  return diagnostics.render();
}

inline bool has(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

inline bool has_note(const Topology& topology, const std::string& part) {
  std::string all;
  for (const std::string& note : topology.notes) all += note + '\n';
  return has(all, part);
}

inline int count(const Topology& topology, FunctionKind kind) {
  int n = 0;
  for (const PciFunction& function : topology.functions) n += function.kind == kind ? 1 : 0;
  return n;
}

using Names = std::vector<std::string>;

inline std::vector<std::string> names(const Topology& topology, const std::vector<int>& functions) {
  std::vector<std::string> found;
  for (const int i : functions) found.push_back(topology.functions[i].name);
  return found;
}

}  // namespace luproof::model::test
