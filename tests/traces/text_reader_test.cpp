// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of ftrace text: every form the kernel prints has to arrive with its facts, and whatever is
// not such a form has to arrive as Unknown. The expected values are read off the lines by eye.
#include "traces/text/reader.h"

#include <catch2/catch.hpp>

#include "tests/traces/capture.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

const std::string kPrefix = "            init-1       [000] ...1.   137.692973: ";

// One body behind the columns of a real line, in a file that names callers.
Capture read_body(const std::string& body) { return read_text(kPrefix + body + "\n"); }

struct Expected {
  std::string name;
  std::string text;
  std::optional<std::int64_t> number;
};

void check_args(const TraceLine& line, const std::vector<Expected>& expected) {
  REQUIRE(line.args.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(line.args[i].name == expected[i].name);
    CHECK(line.args[i].text == expected[i].text);
    CHECK(line.args[i].number == expected[i].number);
  }
}

}  // namespace

TEST_CASE("a probe event gives its function and its arguments", "[traces]") {
  const Capture capture = read_body(
      "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"0000:01:00.0\" where=0x4 val=0x507");
  const TraceLine& line = capture.at(1);
  CHECK(line.kind == LineKind::Kprobe);
  CHECK(line.task == "init");
  CHECK(line.pid == 1);
  CHECK(line.cpu == 0);
  CHECK(line.time_ns == 137'692'973'000);
  CHECK_FALSE(line.ticks);
  CHECK(line.symbol == "cfg_write_word");
  CHECK(line.function == "pci_write_config_word");
  check_args(line, {{"dev", "0000:01:00.0", {}}, {"where", "0x4", 4}, {"val", "0x507", 0x507}});
  CHECK(argument(line, "val").number == 0x507);
  CHECK(line.find("size") == nullptr);
}

TEST_CASE("probe arguments keep strings with blanks, arrays, symbols and signs", "[traces]") {
  const Capture capture = read_body(
      "p: (f+0x0/0x10 [mod]) name=\"a b\" none=\"\" ret=-16 a={0x1,0x2} s=g+0x1/0x2 [m] x=(fault)");
  const TraceLine& line = capture.at(1);
  CHECK(line.kind == LineKind::Kprobe);
  CHECK(line.function == "f");
  check_args(line, {{"name", "a b", {}},
                    {"none", "", {}},
                    {"ret", "-16", -16},
                    {"a", "{0x1,0x2}", {}},
                    {"s", "g+0x1/0x2 [m]", {}},
                    {"x", "(fault)", {}}});
}

TEST_CASE("a return probe tells the function that returned from its caller", "[traces]") {
  const Capture capture = read_body(
      "pci_enable_sriov_ret: (igb_enable_sriov.cold+0x124/0x132 [igb] <- pci_enable_sriov) ret=0");
  const TraceLine& line = capture.at(1);
  CHECK(line.kind == LineKind::Kretprobe);
  CHECK(line.function == "pci_enable_sriov");
  CHECK(line.caller == "igb_enable_sriov.cold");
  CHECK(base_function(line.caller) == "igb_enable_sriov");
  check_args(line, {{"ret", "0", 0}});
}

TEST_CASE("the generic form of a persistent ring buffer reads like the probe's own", "[traces]") {
  const Capture entry = read_body(
      "cfg_write_word: __probe_ip=pci_write_config_word+0x4/0x40 (-1833183116) "
      "dev=0000:02:00.7 where=0x4 (4) val=0x402 (1026) enable=(0) flag='a'(97)");
  CHECK(entry.at(1).kind == LineKind::Kprobe);
  CHECK(entry.at(1).function == "pci_write_config_word");
  check_args(entry.at(1), {{"dev", "0000:02:00.7", {}},
                           {"where", "0x4", 4},
                           {"val", "0x402", 1026},
                           {"enable", "0", 0},
                           {"flag", "97", 97}});

  const Capture exit = read_body(
      "pci_enable_sriov_ret: __probe_func=pci_enable_sriov+0x4/0x40 (-1832904876) "
      "__probe_ret_ip=igb_enable_sriov.cold+0x124/0x132 [igb] (-1069173695) ret=0xfffffff0 (-16)");
  CHECK(exit.at(1).kind == LineKind::Kretprobe);
  CHECK(exit.at(1).function == "pci_enable_sriov");
  CHECK(exit.at(1).caller == "igb_enable_sriov.cold");
  check_args(exit.at(1), {{"ret", "0xfffffff0", -16}});

  const Capture name = read_body(
      "session_create: __probe_ip=luo_session_create+0x4/0x120 (-1) name=my vm token=0x1a (26)");
  check_args(name.at(1), {{"name", "my vm", {}}, {"token", "0x1a", 26}});

  const Capture none = read_body("reboot: __probe_ip=liveupdate_reboot+0x4/0x30 (-2005959788)");
  CHECK(none.at(1).kind == LineKind::Kprobe);
  CHECK(none.at(1).args.empty());
}

TEST_CASE("function lines name callee and caller, parts of functions their function", "[traces]") {
  const Capture capture = read_text(
      kPrefix + "pci_enable_sriov <-igb_enable_sriov.cold\n" +  //
      kPrefix + "sriov_enable <-[unknown/kretprobe'd]\n" +      //
      kPrefix + "igb_set_vf_mac.isra.0 <-igb_enable_sriov\n" +  //
      kPrefix + "sriov_enable(dev=0xff3fa75e420b9000, nr_virtfn=4) <-igb_enable_sriov.cold\n" +
      kPrefix + "pci_read <-pci_bus_read_config_word (repeats: 12, last_ts:   138.345678)\n" +
      kPrefix + "vfio_open+0x0/0x20 [vfio] <-chrdev_open+0x1/0x2\n");
  const auto check = [&](int number, std::string_view callee, std::string_view caller) {
    CHECK(capture.at(number).kind == LineKind::Function);
    CHECK(capture.at(number).function == callee);
    CHECK(capture.at(number).caller == caller);
  };
  check(1, "pci_enable_sriov", "igb_enable_sriov.cold");
  check(2, "sriov_enable", "");
  check(3, "igb_set_vf_mac.isra.0", "igb_enable_sriov");
  CHECK(base_function(capture.at(3).function) == "igb_set_vf_mac");
  check(4, "sriov_enable", "igb_enable_sriov.cold");
  // A kernel pointer is above 2^63: it wraps, and stays comparable.
  check_args(capture.at(4),
             {{"dev", "0xff3fa75e420b9000", static_cast<std::int64_t>(0xff3fa75e420b9000ULL)},
              {"nr_virtfn", "4", 4}});
  check(5, "pci_read", "pci_bus_read_config_word");
  check_args(capture.at(5), {{"repeats", "12", 12}});
  check(6, "vfio_open", "chrdev_open");
  CHECK(base_function("kho_alloc_preserve.part.0") == "kho_alloc_preserve");
  CHECK(base_function("f.constprop.0.isra.0") == "f");
  CHECK(base_function("f") == "f");
  CHECK(base_function("") == "");
}

TEST_CASE("a function printed as an address is no name, and is counted", "[traces]") {
  const Capture capture = read_body("0xffffffffc083fbf0 <-0xffffffffc083fdb4");
  CHECK(capture.at(1).kind == LineKind::Function);
  CHECK(capture.at(1).function.empty());
  CHECK(capture.at(1).caller.empty());
  CHECK(capture.at(1).symbol == "0xffffffffc083fbf0");
  CHECK(capture.count(Anomaly::UnresolvedFunction) == 1);
  CHECK(capture.health.worst() == Effect::Loss);
}

TEST_CASE("a marker keeps its text as it was written", "[traces]") {
  const Capture capture = read_body("tracing_mark_write:  S1: where=0x4 f <-g ");
  CHECK(capture.at(1).kind == LineKind::Marker);
  CHECK(capture.at(1).text == " S1: where=0x4 f <-g ");
  CHECK(capture.at(1).args.empty());
}

TEST_CASE("tracepoints give their pairs, whatever stands between them", "[traces]") {
  const auto args = [](const std::string& body, const std::vector<Expected>& expected) {
    const Capture capture = read_body(body);
    CHECK(capture.at(1).kind == LineKind::Tracepoint);
    check_args(capture.at(1), expected);
  };
  args("add_device_to_group: IOMMU: groupID=13 device=0000:01:10.0",
       {{"groupID", "13", 13}, {"device", "0000:01:10.0", {}}});
  args("sched_switch: prev_comm=my task prev_pid=0 prev_state=R ==> next_comm=sh next_pid=178",
       {{"prev_comm", "my task", {}},
        {"prev_pid", "0", 0},
        {"prev_state", "R", {}},
        {"next_comm", "sh", {}},
        {"next_pid", "178", 178}});
  args("softirq_raise: vec=9 [action=RCU]", {{"vec", "9", 9}});
  args("pci_hp_event: 0000:00:02.0 slot:10, event:LINK_UP", {});
  args("kfree: call_site=f+0x3a7/0x430 ptr=0000000000000000",
       {{"call_site", "f+0x3a7/0x430", {}}, {"ptr", "0000000000000000", {}}});
  args("sched: (no probe) a=1", {{"a", "1", 1}});
  args("rcu_utilization: Start context switch", {});
  args("sys_openat(dfd: ffffff9c, filename: 7ffc, flags: 0)", {});
  args("sys_openat -> 0x3", {});
}

TEST_CASE("the columns decide where a task's name ends, not what it contains", "[traces]") {
  // 16 columns for the name: a task that calls itself like the columns after it stays one name.
  const Capture capture = read_text(
      " a-1 [000] d..1.-77      [001] d..2.    12.000001: pcie_flr <-f\n"
      " npm exec quint -4242    [010] .....    12.000002: pcie_flr <-f\n"
      "          <idle>-0       [000] dNh2.    12.000003: pcie_flr <-f\n");
  CHECK(capture.at(1).task == "a-1 [000] d..1.");
  CHECK(capture.at(1).pid == 77);
  CHECK(capture.at(1).cpu == 1);
  CHECK(capture.at(2).task == "npm exec quint ");
  CHECK(capture.at(2).pid == 4242);
  CHECK(capture.at(2).cpu == 10);
  CHECK(capture.at(3).task == "<idle>");
  CHECK(capture.at(3).pid == 0);
  CHECK(capture.count(Anomaly::FoundBySearch) == 0);
}

TEST_CASE("lines moved out of the columns are found by searching, and counted", "[traces]") {
  const Capture capture = read_text(
      "> sh-118   [002] d..1.   3.000004: pcie_flr <-f\n"
      "sh-118 [002] 3.000005: pcie_flr <-f\n");
  CHECK(capture.at(1).pid == 118);
  CHECK(capture.at(1).cpu == 2);
  CHECK(capture.at(1).time_ns == 3'000'004'000);
  CHECK(capture.at(2).kind == LineKind::Function);
  CHECK(capture.count(Anomaly::FoundBySearch) == 2);
  CHECK(capture.health.worst() == Effect::Note);
}

TEST_CASE("flags of every width, thread groups and every clock are read", "[traces]") {
  const auto read = [](const std::string& middle) {
    Capture capture = read_text("            init-1       " + middle + ": pcie_flr <-f\n");
    CHECK(capture.at(1).kind == LineKind::Function);
    CHECK(capture.at(1).pid == 1);
    return capture;
  };
  CHECK(read("[000]   137.692973").at(1).time_ns == 137'692'973'000);
  CHECK(read("[000] d..1   137.692973").at(1).time_ns == 137'692'973'000);
  CHECK(read("[000] dN.h3..   137.692973").at(1).time_ns == 137'692'973'000);
  CHECK(read("[000] 0dNlh3..   137.692973").at(1).time_ns == 137'692'973'000);
  CHECK(read("(    119) [003] .....   137.692973").at(1).cpu == 3);
  CHECK(read("(-------) [003] .....   137.692973").at(1).cpu == 3);
  CHECK(read("[000]   137.692973001").at(1).time_ns == 137'692'973'001);
  CHECK(read("[000] ..... 1795189231.155792").at(1).time_ns == 1'795'189'231'155'792'000);
  const Capture tsc = read("[000] ..... 4356856512308");
  CHECK_FALSE(tsc.at(1).time_ns);
  CHECK(tsc.at(1).ticks == 4'356'856'512'308);
  CHECK(read("[000] ..... 410").at(1).ticks == 410);
}

TEST_CASE("trace-cmd report is read with and without its plugins", "[traces]") {
  const std::string prefix = "            init-1     [000]   137.692973: ";
  const Capture capture =
      read_text("cpus=2\n" +  //
                prefix + "print:                tracing_mark_write: S1: echo 4 > sriov_numvfs\n" +
                prefix + "function:                igb_pci_sriov_configure\n" + prefix +
                "cfg_write_word:       (ffffffffaf5bd874) dev=\"0000:01:00.0\" where=0x4\n" +
                prefix + "pci_iov_add_virtfn_ret: (ffffffffaf600cc4 <- ffffffffaf601588) ret=0\n" +
                prefix + "funcgraph_entry:      ! 770.282 us |    pci_lock_rescan_remove();\n" +
                prefix + "funcgraph_entry:                   |  sriov_numvfs_store() {\n" + prefix +
                "funcgraph_exit:       + 80.476 us  |          }\n" + prefix +
                "function:             pci_enable_sriov <-- igb_enable_sriov.cold\n");
  CHECK(capture.health.header.report);
  CHECK(capture.health.header.cpus == 2);
  CHECK(capture.at(2).kind == LineKind::Marker);
  CHECK(capture.at(2).symbol == "tracing_mark_write");
  CHECK(capture.at(2).text == "S1: echo 4 > sriov_numvfs");
  CHECK(capture.at(3).kind == LineKind::Function);
  CHECK(capture.at(3).function == "igb_pci_sriov_configure");
  CHECK(capture.at(4).kind == LineKind::Kprobe);
  CHECK(capture.at(4).function.empty());
  CHECK(argument(capture.at(4), "where").number == 4);
  CHECK(capture.at(5).kind == LineKind::Kretprobe);
  CHECK(capture.at(6).kind == LineKind::GraphEntry);
  CHECK(capture.at(6).function == "pci_lock_rescan_remove");
  CHECK(capture.at(7).function == "sriov_numvfs_store");
  CHECK(capture.at(8).kind == LineKind::GraphExit);
  CHECK(capture.at(8).function.empty());
  CHECK(capture.at(9).function == "pci_enable_sriov");
  CHECK(capture.at(9).caller == "igb_enable_sriov.cold");
  CHECK(capture.health.worst() == Effect::Note);
}

TEST_CASE("functions without callers are read where the tracer can print them", "[traces]") {
  const std::string header = "# tracer: function\n";
  const Capture without = read_text(header + kPrefix + "pcie_flr\n" + kPrefix + "pci_read\n");
  CHECK(without.at(2).function == "pcie_flr");
  CHECK(without.at(3).function == "pci_read");
  // Where other lines name their caller, one without it has been cut off.
  const Capture cut = read_text(header + kPrefix + "pcie_flr <-f\n" + kPrefix + "pci_rea\n");
  CHECK(cut.at(3).kind == LineKind::Unknown);
  CHECK(cut.count(Anomaly::Unparsed) == 1);
}

TEST_CASE("damaged bodies are Unknown and carry no half-read facts", "[traces]") {
  const std::string body = GENERATE(
      as<std::string>{}, "cfg_write_word: (pci_write_conf",
      "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"00",
      "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"0000:01:00.0\" whe",
      "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"0000:01:00.0\" where=",
      "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"0000:01:00.0\" where=0x",
      "p_ret: (caller+0x1/0x2 <- callee) ret=-", "p: __probe_ip=f+0x4/0x10 (-18331",
      "p: __probe_ip=f+0x4/0x10 (-18331) dev=0000:02:00.7 where=0x4 (",
      "p_ret: __probe_func=f+0x4/0x10 (-1) __probe_ret", "pcie_flr <-", "pcie_flr",
      "sriov_enable(dev=0xff3fa75e42", "sriov_enable(dev=0xff) <-", "", "!!", "f <-g h",
      "f <-g (repeats: 12, la", "funcgraph_entry:    | ", "funcgraph_entry:   | f(", "function: ",
      // A string that poses as further arguments: quotes are not escaped.
      "create: (luo_session_create+0x4/0x120) name=\"a\" fd=\"9\" fd=5",
      "create: (luo_session_create+0x4/0x120) name=\"a\" b\" fd=5");
  const Capture capture = read_body(body);
  const TraceLine& line = capture.at(1);
  CAPTURE(body);
  CHECK(line.kind == LineKind::Unknown);
  CHECK(line.symbol.empty());
  CHECK(line.function.empty());
  CHECK(line.caller.empty());
  CHECK(line.args.empty());
  CHECK(line.text == kPrefix + body);
  CHECK(capture.count(Anomaly::Unparsed) == 1);
  CHECK(capture.health.worst() == Effect::Damage);
}

TEST_CASE("a probe line cut anywhere is never taken for another kind of event", "[traces]") {
  const std::string whole =
      kPrefix + "cfg_write_word: (pci_write_config_word+0x4/0x40) dev=\"0000:01:00.0\" where=0x72";
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const Capture capture = read_text(kPrefix + "f <-g\n" + whole.substr(0, length) + "\n");
    CAPTURE(whole.substr(0, length));
    if (whole.find_first_not_of(' ') >= length) continue;
    const TraceLine& line = capture.at(2);
    CHECK((line.kind == LineKind::Unknown || line.symbol == "cfg_write_word"));
    if (line.kind == LineKind::Tracepoint) CHECK(line.text.empty());
    CHECK((line.kind == LineKind::Kprobe || line.args.empty()));
    CHECK((line.kind != LineKind::Unknown || capture.health.worst() == Effect::Damage));
  }
}

TEST_CASE("more arguments than the kernel allows are damage, not memory", "[traces]") {
  std::string pairs;
  for (int i = 0; i < 129; ++i) pairs += " a" + std::to_string(i) + "=1";
  CHECK(read_body("p: (f+0x0/0x1)" + pairs).at(1).kind == LineKind::Unknown);
  CHECK(read_body("event:" + pairs).at(1).kind == LineKind::Unknown);
  CHECK(read_body("p: __probe_ip=f+0x0/0x1 (1)" + pairs).at(1).kind == LineKind::Unknown);
}
