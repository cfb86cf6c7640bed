// SPDX-License-Identifier: GPL-2.0-or-later
// Everything else follows the indices of a topology without looking: a wrong link, address or bus
// range must be refused here.
#include "model/topology.h"

#include <catch2/catch.hpp>

using namespace luproof::model;

namespace {

PciFunction function(FunctionKind kind, const std::string& name, const std::string& bdf) {
  PciFunction made;
  made.name = name;
  made.kind = kind;
  made.has_address = !bdf.empty();
  if (!bdf.empty()) made.bdf = Bdf::parse(bdf).value();
  return made;
}

PciFunction port(const std::string& name, const std::string& bdf, const std::string& parent = "") {
  PciFunction made = function(FunctionKind::Port, name, bdf);
  made.parent_name = parent;
  return made;
}

PciFunction port(const std::string& name, const std::string& bdf, int secondary, int subordinate,
                 const std::string& parent = "") {
  PciFunction made = port(name, bdf, parent);
  made.values = {{"secondary", secondary}, {"subordinate", subordinate}};
  return made;
}

PciFunction pf(const std::string& name, const std::string& bdf, const std::string& parent = "") {
  PciFunction made = function(FunctionKind::Pf, name, bdf);
  made.parent_name = parent;
  return made;
}

PciFunction pf_with_vfs(const std::string& bdf, int offset, int stride,
                        const std::string& parent = "") {
  PciFunction made = pf("pf", bdf, parent);
  made.values = {{"first_vf_offset", offset}, {"vf_stride", stride}};
  return made;
}

PciFunction vf(const std::string& name, int index, const std::string& bdf = "",
               const std::string& of = "pf") {
  PciFunction made = function(FunctionKind::Vf, name, bdf);
  made.pf_name = of;
  made.vf_index = index;
  return made;
}

Topology good(std::vector<PciFunction> functions) {
  Diagnostics diagnostics;
  Topology topology = make_topology(std::move(functions), diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.ok());
  return topology;
}

std::string refused(std::vector<PciFunction> functions) {
  Diagnostics diagnostics;
  const Topology topology = make_topology(std::move(functions), diagnostics);
  CHECK_FALSE(diagnostics.ok());
  // Nothing may loop or reach out of range, even so.
  for (int i = 0; i < static_cast<int>(topology.functions.size()); ++i) {
    CHECK(topology.upstream(i).size() <= topology.functions.size());
    CHECK(dependency_closure(topology, i).size() <= topology.functions.size());
  }
  return diagnostics.render();
}

bool has(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

using Names = std::vector<std::string>;

Names names(const Topology& topology, const std::vector<int>& functions) {
  Names found;
  for (const int i : functions) found.push_back(topology.functions[i].name);
  return found;
}

Names names(const Topology& topology) {
  Names found;
  for (const PciFunction& each : topology.functions) found.push_back(each.name);
  return found;
}

}  // namespace

TEST_CASE("addresses are written and read in the kernel's form", "[model]") {
  CHECK(Bdf{0, 1, 0x80}.text() == "0000:01:10.0");
  CHECK(Bdf{0x10000, 0xff, 0xff}.text() == "10000:ff:1f.7");
  CHECK(Bdf::parse("0000:01:10.2") == Bdf{0, 1, 0x82});
  CHECK(Bdf::parse("01:10.2") == Bdf{0, 1, 0x82});
  CHECK(Bdf::parse("10000:01:10.2") == Bdf{0x10000, 1, 0x82});
  for (const char* wrong : {"", "1:10.2", "0000:01:20.0", "0000:01:10.8", "0000:01:10",
                            "0000-01:10.0", "0000:01:10.0 ", "000:01:10.0", ":01:10.0",
                            "0000:0g:10.0", "123456789:01:10.0", "0000:-1:10.0", "00 00:01:10.0"}) {
    INFO(wrong);
    CHECK_FALSE(Bdf::parse(wrong));
  }
}

TEST_CASE("VF addresses count in routing IDs and pass bus borders", "[model]") {
  const Bdf pf_bdf = Bdf::parse("01:00.0").value();
  CHECK(vf_address(pf_bdf, 128, 2, 3)->text() == "0000:01:10.6");
  CHECK(vf_address(pf_bdf, 1, 1, 6)->text() == "0000:01:00.7");
  CHECK(vf_address(pf_bdf, 256, 1, 0)->text() == "0000:02:00.0");
  CHECK(vf_address(pf_bdf, 128, 1, 128)->text() == "0000:02:00.0");
  CHECK(vf_address(Bdf{5, 0xff, 0xfe}, 1, 1, 0)->text() == "0005:ff:1f.7");
  CHECK_FALSE(vf_address(Bdf{5, 0xff, 0xfe}, 1, 1, 1));
  CHECK_FALSE(vf_address(pf_bdf, 0xffff, 0xffff, 0x7fffffff));
  CHECK_FALSE(vf_address(pf_bdf, -1, 1, 0));
}

TEST_CASE("functions are sorted by kind and VFs follow their PFs", "[model]") {
  const Topology topology = good(
      {function(FunctionKind::Other, "host", "00:00.0"), vf("b1", 1, "", "b"), vf("a1", 1, "", "a"),
       vf("a0", 0, "", "a"), pf("b", "02:00.0", "right"), pf("a", "01:00.0", "left"),
       port("right", "00:02.0"), port("left", "00:01.0"), vf("b0", 0, "", "b")});
  CHECK(names(topology) == Names{"right", "left", "b", "a", "b0", "b1", "a0", "a1", "host"});
  const int a1 = topology.find("a1");
  CHECK(topology.functions[topology.functions[a1].pf].name == "a");
  CHECK(names(topology, topology.upstream(a1)) == Names{"left"});
  CHECK(names(topology, topology.vfs(topology.find("b"))) == Names{"b0", "b1"});
  CHECK(topology.find("00:01.0") == topology.find("left"));
  CHECK(topology.find("0000:07:00.0") == -1);
  CHECK(topology.find("nobody") == -1);
}

TEST_CASE("a function without an address is not found at the zero address", "[model]") {
  CHECK(good({pf("pf", "")}).find("0000:00:00.0") == -1);
}

TEST_CASE("children of a port come in the order of addresses", "[model]") {
  const Topology topology = good({port("root", "00:01.0", 1, 1), pf("late", "01:02.0", "root"),
                                  pf("early", "01:01.0", "root")});
  CHECK(names(topology, topology.children(0)) == Names{"early", "late"});
}

TEST_CASE("the address of a VF is computed where none is given", "[model]") {
  const Topology topology = good({pf_with_vfs("01:00.0", 128, 2), vf("v0", 0), vf("v3", 3)});
  CHECK(topology.functions[1].bdf.text() == "0000:01:10.0");
  CHECK(topology.functions[2].bdf.text() == "0000:01:10.6");
  CHECK(topology.find("01:10.6") == 2);
  const Topology unknown = good({pf("pf", "01:00.0"), vf("v0", 0)});
  CHECK_FALSE(unknown.functions[1].has_address);
}

TEST_CASE("VFs without an index take the gaps in declaration order", "[model]") {
  const Topology topology = good({pf("pf", "01:00.0"), vf("x", -1), vf("given", 1), vf("y", -1)});
  CHECK(names(topology, topology.vfs(0)) == Names{"x", "given", "y"});
  CHECK(topology.functions[topology.find("y")].vf_index == 2);
}

TEST_CASE("what has to be preserved comes after what it depends on", "[model]") {
  const Topology topology =
      good({pf("pf", "03:00.0", "down"), vf("v", 0), port("down", "02:00.0", "up"),
            port("up", "01:00.0", "root"), port("root", "00:01.0"), port("other", "00:02.0")});
  CHECK(names(topology, dependency_closure(topology, topology.find("v"))) ==
        Names{"root", "up", "down", "pf", "v"});
  CHECK(names(topology, dependency_closure(topology, topology.find("root"))) == Names{"root"});
  CHECK(dependency_closure(topology, -1).empty());
  CHECK(dependency_closure(topology, 6).empty());
}

TEST_CASE("ports below each other are refused and named", "[model]") {
  const std::string message = refused({port("a", "00:01.0", "c"), port("b", "00:02.0", "a"),
                                       port("c", "00:03.0", "b"), pf("pf", "01:00.0", "c")});
  CHECK(has(message, "ports hang below each other: "));
  CHECK(has(message, "b below a"));
  CHECK(has(refused({port("a", "00:01.0", "a")}), "a below a"));
}

TEST_CASE("unknown links are refused with a suggestion", "[model]") {
  CHECK(
      has(refused({port("root", "00:01.0"), pf("pf", "01:00.0", "rot")}), "did you mean 'root'?"));
  CHECK(has(refused({pf("pf", "01:00.0"), vf("v", 0, "", "fp0")}), "unknown PF 'fp0'"));
  PciFunction out_of_range = pf("pf", "01:00.0");
  out_of_range.parent = 7;
  CHECK(has(refused({out_of_range}), "unknown parent"));
  out_of_range.parent = -2;
  CHECK(has(refused({out_of_range}), "unknown parent"));
}

TEST_CASE("links to the wrong kind are refused", "[model]") {
  CHECK(has(refused({pf("pf", "01:00.0"), function(FunctionKind::Vf, "v", "01:00.1")}),
            "VF 'v' has no PF"));
  CHECK(has(refused({port("root", "00:01.0"), vf("v", 0, "", "root")}), "which is not a PF"));
  CHECK(has(refused({pf("a", "01:00.0"), pf("b", "02:00.0", "a")}), "which is not a port"));
  PciFunction other = function(FunctionKind::Other, "o", "00:00.0");
  other.pf_name = "pf";
  CHECK(has(refused({pf("pf", "01:00.0"), other}), "only a VF has one"));
  PciFunction astray = vf("v", 0);
  astray.parent_name = "left";
  CHECK(has(refused({port("left", "00:01.0"), port("right", "00:02.0"),
                     pf("pf", "01:00.0", "right"), astray}),
            "not the one above its PF"));
}

TEST_CASE("names and addresses are unique", "[model]") {
  CHECK(has(refused({pf("x", "01:00.0"), pf("x", "02:00.0")}), "two PCI functions are named 'x'"));
  CHECK(has(refused({pf("x", "01:00.0"), pf("y", "01:00.0")}),
            "'x' and 'y' are both at 0000:01:00.0"));
  CHECK(has(refused({pf("", "01:00.0")}), "without a name"));
  CHECK(has(refused({pf("02:00.0", "01:00.0")}), "named like an address"));
  // A VF can collide with a function that is not a VF of the same PF.
  CHECK(has(refused({pf_with_vfs("01:00.0", 8, 1), vf("v", 0),
                     function(FunctionKind::Other, "nic", "01:01.0")}),
            "are both at 0000:01:01.0"));
}

TEST_CASE("VF indices are unique and below TotalVFs", "[model]") {
  CHECK(has(refused({pf("pf", "01:00.0"), vf("v", 1), vf("w", 1)}), "'v' and 'w' are both VF 1"));
  PciFunction small = pf("pf", "01:00.0");
  small.values["total_vfs"] = 2;
  CHECK(has(refused({small, vf("v", 2)}), "whose TotalVFs is 2"));
}

TEST_CASE("a VF that is not where the registers put it is refused", "[model]") {
  CHECK(has(refused({pf_with_vfs("01:00.0", 128, 2), vf("v", 1, "01:10.1")}),
            "is at 0000:01:10.1, but its registers put it at 0000:01:10.2"));
  CHECK(has(refused({pf_with_vfs("ff:00.0", 256, 1), vf("v", 0)}), "beyond bus ff"));
  CHECK(has(refused({pf_with_vfs("01:00.0", 0, 1), vf("v", 0)}), "give VF 0 no address"));
  CHECK(
      has(refused({pf_with_vfs("01:00.0", 1, 0), vf("v", 0), vf("w", 1)}), "give VF 1 no address"));
  CHECK(has(refused({pf_with_vfs("01:00.0", 1, 70000), vf("v", 0)}), "give VF 0 no address"));
}

TEST_CASE("a VF beyond the bus range of the port above is refused", "[model]") {
  CHECK(has(
      refused({port("root", "00:01.0", 1, 1), pf_with_vfs("01:00.0", 256, 1, "root"), vf("v", 0)}),
      "VF 'v' at 0000:02:00.0 is beyond buses 01-01 of 'root'"));
  good({port("root", "00:01.0", 1, 2), pf_with_vfs("01:00.0", 256, 1, "root"), vf("v", 0)});
}

TEST_CASE("bus ranges nest along the tree and nowhere else", "[model]") {
  good({port("root", "00:01.0", 1, 4), port("up", "01:00.0", 2, 4, "root"),
        port("d0", "02:00.0", 3, 3, "up"), port("d1", "02:01.0", 4, 4, "up"),
        port("next", "00:02.0", 5, 5)});
  CHECK(has(refused({port("root", "00:01.0", 1, 2), port("up", "01:00.0", 2, 3, "root")}),
            "buses 02-03 of 'up' do not lie inside 01-02"));
  CHECK(has(refused({port("root", "00:01.0", 1, 2), port("up", "01:00.0", 1, 2, "root")}),
            "cannot lead to buses 01-02"));
  CHECK(has(refused({port("a", "00:01.0", 1, 2), port("b", "00:02.0", 2, 3)}),
            "buses 02-03 of 'b' overlap 01-02 of 'a'"));
  CHECK(has(refused({port("a", "00:01.0", 1, 4), port("b", "00:02.0", 2, 3)}), "overlap"));
  CHECK(has(refused({port("a", "00:01.0", 1, 1), port("b", "00:02.0", 1, 1)}), "overlap"));
  // The same numbers in another domain are other buses.
  good({port("a", "0000:00:01.0", 1, 2), port("b", "0001:00:01.0", 1, 2)});
}

TEST_CASE("bus numbers of a port that cannot be are refused", "[model]") {
  CHECK(has(refused({port("a", "00:01.0", 0, 0)}), "cannot lead to buses 0 to 0"));
  CHECK(has(refused({port("a", "00:01.0", 3, 2)}), "cannot lead to buses 3 to 2"));
  CHECK(has(refused({port("a", "00:01.0", 1, 256)}), "cannot lead to buses 1 to 256"));
  CHECK(has(refused({port("a", "05:01.0", 4, 6)}), "is on bus 05 and cannot lead"));
  PciFunction half = port("a", "00:01.0");
  half.values["secondary"] = 1;
  CHECK(has(refused({half}), "only one of secondary and subordinate"));
}

TEST_CASE("a function is on the bus its port leads to", "[model]") {
  CHECK(has(refused({port("a", "00:01.0", 1, 3), pf("pf", "02:00.0", "a")}),
            "is on bus 02, but 'a' above it leads to bus 01"));
  CHECK(has(refused({port("a", "00:01.0", 1, 3), pf("pf", "02:00.0")}),
            "which lies behind 'a', but no port that leads to it is given"));
  CHECK(has(refused({port("a", "0000:00:01.0", 1, 3), pf("pf", "0001:01:00.0", "a")}),
            "different domains"));
}

TEST_CASE("the drawing quotes names and marks PF links", "[model]") {
  const Topology topology = good({pf("a\"b\n", "01:00.0"), vf("v", 0, "", "a\"b\n")});
  const std::string dot = topology_dot(topology);
  CHECK(has(dot, "label=\"a\\\"b\\\\x0a 0000:01:00.0\""));
  CHECK(has(dot, "n1 -> n0 [style=dashed, label=\"PF\"]"));
}

TEST_CASE("very long chains of ports are handled without deep recursion", "[model]") {
  std::vector<PciFunction> chain;
  for (int i = 0; i < 50'000; ++i) {
    chain.push_back(port("p" + std::to_string(i), ""));
    chain.back().parent = i - 1;
  }
  const Topology topology = good(chain);
  CHECK(dependency_closure(topology, 49'999).size() == 50'000);
  chain.front().parent = 49'999;
  CHECK(has(refused({chain[0]}), "unknown parent"));
}
