// SPDX-License-Identifier: GPL-2.0-or-later
// A dump grounds a verdict on a machine. What must not happen is that a damaged or partial dump
// reads as a smaller machine: each way to lose lines has a test, and so has each thing that config
// space says about VFs.
#include "tests/model/dump_checks.h"
#include "tests/model/dump_text.h"

using namespace luproof::model;
using namespace luproof::model::test;

TEST_CASE("each row of config space must follow the one before", "[model]") {
  const std::string whole = lspci({endpoint("00:00.0", 256)});
  std::string text = whole;
  text.erase(text.find("30: "), text.find("40: ") - text.find("30: "));
  CHECK(has(refused(text), "dump:5:1: error: the row at offset 30 is missing; this one is at 40"));
  text = whole;
  text.insert(text.find("30: "), "20:" + std::string(" 00") + std::string(45, ' ') + "\n");
  CHECK(has(refused(text), "dump:5:1: error"));
  text = whole;
  text.erase(text.find("30: ") + 48, 3);
  CHECK(has(refused(text), "this one has 15"));
  text = whole;
  text.insert(text.find("30: ") + 51, " 00");
  CHECK(has(refused(text), "unexpected text after the 16 bytes"));
  text = whole;
  text[text.find("30: ") + 5] = 'g';
  CHECK(has(refused(text), "dump:5:"));
}

TEST_CASE("config space of another size than 64, 256 and 4096 bytes is a cut one", "[model]") {
  for (const std::size_t size : {16, 80, 128, 272, 4080}) {
    CHECK(has(refused(lspci({endpoint("00:00.0", size)})), fmt::format("after {} bytes", size)));
    CHECK(has(refused(sysfs({endpoint("00:00.0", size)})), fmt::format("after {} bytes", size)));
  }
  CHECK(has(refused(sysfs({endpoint("00:00.0", 4112)})), "ends at offset 1000"));
}

TEST_CASE("a dump that ends inside a function or a line is refused", "[model]") {
  std::string text = lspci({endpoint("00:00.0", 256)});
  // 256 bytes are a whole config space; only the empty line tells that nothing was cut off.
  text.pop_back();
  CHECK(has(refused(text), "the dump ends inside 0000:00:00.0"));
  text.pop_back();
  CHECK(has(refused(text), "the dump ends inside a line"));
  CHECK(has(refused("00:00.0 Host bridge\n"), "the dump ends inside 0000:00:00.0"));
  CHECK(has(refused("00:00.0 Host bridge\n\n"), "has no rows"));
  CHECK(has(refused("00:00.0 Host bridge\n00:01.0 Other\n"), "begins before"));
}

TEST_CASE("lines out of their place are refused", "[model]") {
  const std::string whole = lspci({endpoint("00:00.0", 64)});
  CHECK(has(refused(whole + "\tKernel driver in use: igb\n\n"), "belongs to no function"));
  std::string text = whole;
  text.insert(text.size() - 1, "\tKernel driver in use: igb\n");
  CHECK(has(refused(text), "text after the rows"));
  text = whole;
  text.insert(text.find('\n') + 1, "what is this\n");
  CHECK(has(refused(text), "not a row of config space"));
}

TEST_CASE("text of another kind is refused, whatever it is", "[model]") {
  CHECK(has(refused(""), "neither lspci text nor a sysfs dump"));
  CHECK(has(refused("\n\n"), "neither"));
  CHECK(has(refused("lspci: only a message\n"), "neither"));
  CHECK(has(refused("kind: port\n"), "neither"));
  CHECK(has(refused(std::string(100, '\0')), "neither"));
}

TEST_CASE("one address twice is refused with both lines", "[model]") {
  const Device device = endpoint("0000:01:00.0", 64);
  const std::string message = refused(lspci({device, endpoint("0000:02:00.0", 64), device}));
  CHECK(has(message, "dump:13:1: error: 0000:01:00.0 is in the dump twice"));
  CHECK(has(message, "line 1"));
  CHECK(has(refused(lspci({endpoint("01:00.0", 64), device})), "twice"));  // domain 0 left out
}

TEST_CASE("a VF that a PF counts but the dump lacks means a cut between functions", "[model]") {
  const std::vector<Device> whole = {bridge("00:01.0", 1, 1), physical("01:00.0", 2, 128, 2),
                                     virtual_function("01:10.0"), virtual_function("01:10.2")};
  CHECK(count(good(lspci(whole)), FunctionKind::Vf) == 2);
  const std::string message = refused(lspci({whole[0], whole[1], whole[2]}));
  CHECK(has(message, "VF 1 at 0000:01:10.2 is not in the dump"));
  CHECK(has(message, "cut between functions"));
  CHECK(
      has(refused(lspci({whole[0], whole[2], whole[3]})), "0000:01:10.0 reads as a VF, but no PF"));
  CHECK(has(refused(lspci({whole[1], whole[2], whole[3], virtual_function("01:10.4")})),
            "0000:01:10.4 reads as a VF, but no PF"));
}

TEST_CASE("SR-IOV registers that make no sense are refused", "[model]") {
  CHECK(has(refused(lspci({physical("01:00.0", 9, 128, 2)})), "NumVFs of 0000:01:00.0 is 9"));
  CHECK(has(refused(lspci({physical("01:00.0", 1, 0, 0)})), "which is no VF"));
  CHECK(has(refused(lspci({physical("01:00.0", 2, 128, 0), virtual_function("01:10.0")})),
            "which is another VF"));
  CHECK(has(refused(lspci({physical("ff:00.0", 1, 256, 1)})), "VF 0 is not in the dump"));
}

TEST_CASE("VFs on a later bus hang below the port above their PF", "[model]") {
  // 00:01.0 leads to buses 1 and 2; offset 100h puts the VFs on bus 2, which has no bridge.
  const Topology topology = good(lspci({bridge("00:01.0", 1, 2), physical("01:00.0", 2, 256, 1),
                                        virtual_function("02:00.0"), virtual_function("02:00.1")}));
  for (const int vf : topology.vfs(topology.find("01:00.0"))) {
    CHECK(names(topology, topology.upstream(vf)) == Names{"0000:00:01.0"});
  }
  CHECK(has(refused(lspci({bridge("00:01.0", 1, 1), physical("01:00.0", 1, 256, 1),
                           virtual_function("02:00.0")})),
            "beyond buses 01-01"));
}

TEST_CASE("a bus without the bridge to it means a cut between functions", "[model]") {
  // 00:01.0 has buses 1 to 3, bus 2 needs a bridge on bus 1 that is not there.
  const std::string message =
      refused(lspci({bridge("00:01.0", 1, 3), endpoint("01:00.0"), endpoint("02:00.0")}));
  CHECK(has(message, "'0000:02:00.0' is on bus 02, which lies behind '0000:00:01.0'"));
}

TEST_CASE("a bridge with nothing behind it is only noted", "[model]") {
  const Topology topology = good(lspci({bridge("00:01.0", 1, 1), bridge("00:02.0", 0, 0)}));
  CHECK(has_note(topology, "nothing is on bus 01 behind 0000:00:01.0"));
  CHECK(has_note(topology, "0000:00:02.0 is a bridge without bus numbers"));
  CHECK_FALSE(topology.functions[topology.find("00:02.0")].value("secondary"));
}

TEST_CASE("without extended config space VFs are not guessed", "[model]") {
  const Topology topology =
      good(lspci({endpoint("01:00.0", 256), virtual_function("01:10.0", 256)}));
  CHECK(has_note(topology, "no extended config space"));
  CHECK(has_note(topology, "0000:01:10.0 reads as a VF"));
  CHECK(count(topology, FunctionKind::Other) == 2);
}

TEST_CASE("64 bytes of config space are read and noted", "[model]") {
  Device device = endpoint("01:00.0", 64);
  device.put(0x04, 4, 2);
  device.put(0x06, 0x10, 2);  // a capability list that is not in the dump
  device.put(0x34, 0x40, 1);
  const Topology topology = good(lspci({device}));
  CHECK(has_note(topology, "64 bytes"));
  CHECK(topology.functions[0].value("bus_master") == 1);
  CHECK_FALSE(topology.functions[0].value("has_flr"));  // unknown, not 0
  CHECK_FALSE(topology.functions[0].value("pcie_cap"));
}

TEST_CASE("one PCIe function without extended config space among others is noted", "[model]") {
  Device device = endpoint("01:00.0", 256);
  make_express(device);
  const Topology topology = good(lspci({device, endpoint("02:00.0")}));
  CHECK(has_note(topology, "no extended config space of 0000:01:00.0"));
}

TEST_CASE("sysfs names PFs and VFs where extended config space is hidden", "[model]") {
  Device pf = endpoint("0000:01:00.0", 256);
  pf.details =
      "  sriov_totalvfs 7\n  sriov_numvfs 1\n  sriov_offset 128\n  sriov_stride 2\n"
      "  sriov_vf_device 10ca\n  virtfn0 0000:01:10.0\n";
  Device vf = virtual_function("0000:01:10.0", 256);
  vf.details = "  physfn 0000:01:00.0\n  driver igbvf\n";
  const Topology topology = good(sysfs({pf, vf}));
  REQUIRE(count(topology, FunctionKind::Vf) == 1);
  CHECK(topology.functions[0].value("total_vfs") == 7);
  CHECK(topology.functions[0].value("vf_enable") == 1);
  CHECK(topology.functions[0].value("vf_stride") == 2);
  CHECK(topology.functions[1].pf == 0);
  CHECK(topology.functions[1].texts.at("driver") == "igbvf");
}

TEST_CASE("links of sysfs that contradict each other are refused", "[model]") {
  Device pf = physical("0000:01:00.0", 1, 128, 2);
  pf.details = "  sriov_totalvfs 8\n  sriov_numvfs 1\n  virtfn0 0000:01:10.0\n";
  Device vf = virtual_function("0000:01:10.0");
  vf.details = "  physfn 0000:01:00.0\n";
  CHECK(count(good(sysfs({pf, vf})), FunctionKind::Vf) == 1);
  CHECK(has(refused(sysfs({pf})), "VF 0 of 0000:01:00.0 at 0000:01:10.0 is not in the dump"));
  Device stranger = vf;
  stranger.details = "";
  CHECK(has(refused(sysfs({pf, stranger})), "its physfn does not say so"));
  Device no_links = pf;
  no_links.details = "  sriov_totalvfs 8\n  sriov_numvfs 1\n";
  CHECK(has(refused(sysfs({no_links, vf})), "is 1, but 0 virtfn links"));
  CHECK(has(refused(sysfs({vf})), "does not count it among its VFs"));
  Device elsewhere = virtual_function("0000:01:10.1");
  elsewhere.details = vf.details;
  pf.details = "  sriov_totalvfs 8\n  sriov_numvfs 1\n  virtfn0 0000:01:10.1\n";
  CHECK(has(refused(sysfs({pf, elsewhere})), "its registers put it at 0000:01:10.0"));
}

TEST_CASE("VFs that only the hardware has are noted, for sysfs can tell", "[model]") {
  Device pf = physical("0000:01:00.0", 4, 128, 2);
  pf.details = "  sriov_totalvfs 8\n  sriov_numvfs 0\n";
  const Topology topology = good(sysfs({pf}));
  CHECK(has_note(topology, "4 VFs in its registers and 0 in the kernel"));
  CHECK(count(topology, FunctionKind::Vf) == 0);
}

TEST_CASE("attributes that luproof reads must have their form", "[model]") {
  for (const std::string attribute : {"physfn nobody", "virtfn0 nobody", "virtfnX 0000:01:10.0",
                                      "sriov_numvfs -1", "sriov_numvfs many", "sriov_stride "}) {
    Device device = endpoint("0000:01:00.0");
    device.details = "  " + attribute + "\n";
    CHECK(has(refused(sysfs({device})), "dump:2:1: error"));
  }
  Device device = endpoint("0000:01:00.0");
  device.details = " driver igb\n";
  CHECK(has(refused(sysfs({device})), "neither a device, nor an attribute"));
  CHECK(has(refused("device nowhere\n"), "needs an address"));
  CHECK(has(refused(sysfs({endpoint("0000:01:00.0", 64)})), "only 64 bytes"));
}

TEST_CASE("a last PCIe function of 256 bytes among longer ones is a cut sysfs dump", "[model]") {
  Device device = endpoint("0000:01:00.0", 256);
  make_express(device);
  CHECK(has(refused(sysfs({endpoint("0000:00:00.0"), device})), "the dump ends inside"));
  CHECK(has(refused(sysfs({endpoint("0000:00:00.0", 256), device})), "the dump ends inside"));
  // A machine that hides extended config space hides it of all.
  Device same = device;
  same.bdf = "0000:02:00.0";
  CHECK(good(sysfs({same, device})).functions.size() == 2);
  // Not the last one of the file: nothing was cut after it.
  CHECK(good(sysfs({device, endpoint("0000:00:00.0")})).functions.size() == 2);
}

TEST_CASE("a function that does not answer is noted and has no registers", "[model]") {
  Device device = endpoint("01:00.0");
  std::fill(device.config.begin(), device.config.end(), 0xff);
  const Topology topology = good(lspci({device}));
  CHECK(has_note(topology, "0000:01:00.0 does not answer"));
  CHECK(topology.functions[0].values.empty());
}

TEST_CASE("an unknown header type is refused", "[model]") {
  Device device = endpoint("01:00.0", 64);
  device.put(0x0e, 3, 1);
  CHECK(has(refused(lspci({device})), "unknown header type 3"));
  device.put(0x0e, 0x80, 1);  // multi-function bit
  CHECK(good(lspci({device})).functions[0].value("header_type") == 0);
}

TEST_CASE("FLR is found in either capability that can offer it", "[model]") {
  Device express = endpoint("01:00.0");
  make_express(express);
  CHECK(good(lspci({express})).functions[0].value("has_flr") == 0);
  express.put(0x44, 1U << 28, 4);  // Device Capabilities
  CHECK(good(lspci({express})).functions[0].value("has_flr") == 1);
  Device conventional = endpoint("01:00.0", 256);
  make_express(conventional);
  conventional.put(0x40, 0x13, 1);  // Advanced Features instead
  conventional.put(0x43, 2, 1);
  CHECK(good(lspci({conventional})).functions[0].value("has_flr") == 1);
}

TEST_CASE("a capability list in a circle ends", "[model]") {
  Device device = physical("01:00.0", 0, 128, 2);
  make_express(device);
  device.put(0x41, 0x40, 1);
  device.put(0x100, 0x10010001, 4);  // AER, next at 100h
  CHECK(good(lspci({device})).functions[0].value("pcie_cap") == 0x40);
}

TEST_CASE("line ends, case, order and long domains do not matter", "[model]") {
  std::string text = lspci({endpoint("10000:01:00.0", 64), endpoint("0000:00:00.0", 64)});
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }
  for (std::size_t at = 0; (at = text.find("86 80", at)) != std::string::npos; ++at) {
    text.replace(at, 5, "AB CD");
  }
  const Topology topology = good(text);
  CHECK(names(topology, {0, 1}) == Names{"0000:00:00.0", "10000:01:00.0"});
  CHECK(topology.functions[1].value("vendor") == 0xcdab);
}

TEST_CASE("text of a dump reaches messages and names only in printable form", "[model]") {
  Device device = endpoint("01:00.0", 64);
  device.details = "\tKernel driver in use: \x1b[2Jevil\n";
  CHECK(good(lspci({device})).functions[0].texts.at("driver") == "\\x1b[2Jevil");
}
