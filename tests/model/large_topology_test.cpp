// SPDX-License-Identifier: GPL-2.0-or-later
// A large machine takes time that grows with its size. With work that grows with its square the
// bounds below are missed many times over; they are of the processor's time, not of the clock's.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <ctime>

#include "model/more_vfs.h"
#include "model/topology.h"

namespace luproof::model {
namespace {

constexpr int kMany = 100'000;
constexpr double kSeconds = 30;  // a second or so, and that many times slower under a sanitizer

double used() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

PciFunction function(int i, FunctionKind kind) {
  PciFunction f;
  f.name = fmt::format("f{}_", i);
  f.kind = kind;
  f.has_address = false;
  return f;
}

}  // namespace

TEST_CASE("100,000 functions take time in proportion", "[model][large]") {
  const bool one_pf = GENERATE(true, false);
  std::vector<PciFunction> functions;
  for (int i = 0; i < kMany; ++i) {
    const bool pf = one_pf ? i == 0 : i % 2 == 0;
    functions.push_back(function(i, pf ? FunctionKind::Pf : FunctionKind::Vf));
    if (!pf) functions.back().pf = one_pf ? 0 : i - 1;
  }
  const double before = used();
  Diagnostics diagnostics;
  const Topology topology = make_topology(std::move(functions), diagnostics);
  REQUIRE(diagnostics.ok());
  std::size_t vfs = 0;
  for (int i = 0; i < kMany; ++i) vfs += topology.vfs(i).size();
  CHECK(vfs == (one_pf ? kMany - 1 : kMany / 2));
  if (!one_pf) {
    const Topology more = with_vfs(topology, MoreVfs{2, {}}, diagnostics);
    CHECK(diagnostics.errors() == 0);
    CHECK(more.functions.size() == kMany + kMany / 2);
    CHECK(more.vfs(0).size() == 2);
    CHECK(more.functions[more.vfs(0)[1]].pf == 0);
  }
  CHECK(used() - before < kSeconds);
}

TEST_CASE("VFs that are added have a bound", "[model][large]") {
  std::vector<PciFunction> functions;
  for (int i = 0; i < 20; ++i) {
    functions.push_back(function(i, i % 2 == 0 ? FunctionKind::Pf : FunctionKind::Vf));
    if (i % 2 != 0) functions.back().pf = i - 1;
  }
  Diagnostics diagnostics;
  const Topology topology = make_topology(std::move(functions), diagnostics);
  with_vfs(topology, MoreVfs{65'535, {}}, diagnostics);
  REQUIRE(diagnostics.errors() == 1);
  CHECK(diagnostics.all()[0].message ==
        "with 65535 VFs of each PF there are more than 262,144 functions");
}

}  // namespace luproof::model
