// SPDX-License-Identifier: GPL-2.0-or-later
// The printed formats beside the default one: each has to give the same facts, and pieces of them
// that somebody pasted somewhere too.
#include <catch2/catch.hpp>

#include "tests/traces/capture.h"
#include "traces/text/style.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

struct Fact {
  int number;
  LineKind kind;
  std::string_view function;
};

void check(const Capture& capture, const std::vector<Fact>& facts) {
  INFO(capture.errors);
  REQUIRE(capture.lines.size() == facts.size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    CAPTURE(i);
    CHECK(capture.lines[i].number == facts[i].number);
    CHECK(capture.lines[i].kind == facts[i].kind);
    CHECK(capture.lines[i].function == facts[i].function);
  }
}

}  // namespace

TEST_CASE("latency format gives task, CPU and time behind narrower columns", "[traces][styles]") {
  const Capture capture = read_text(
      "# tracer: nop\n#\n# nop latency trace v1.1.5 on 6.18.44-fc-v595\n"
      "# --------------------------------------------------------------------\n"
      "# latency: 0 us, #3/7, CPU#0 | (M:PREEMPT(none) VP:0, KP:0, SP:0 HP:0 #P:2)\n"
      " python3-23684     1...1. 193335us : tracing_mark_write: hello\n"
      "vfio ope-139       0dn.h413 193353us!: pcie_flr: (pcie_flr+0x4/0x130) dev=\"0000:01:10.0\"\n"
      "      sh-117       0d..1. 1813.251927: pcie_flr <-vfio_pci_open\n");
  CHECK(capture.health.header.release == "6.18.44-fc-v595");
  CHECK(capture.health.header.entries_in_buffer == 3);
  CHECK(capture.count(Anomaly::WrappedBuffer) == 1);
  CHECK(capture.count(Anomaly::EntryCountMismatch) == 0);
  CHECK(capture.at(6).kind == LineKind::Marker);
  CHECK(capture.at(6).cpu == 1);
  CHECK(capture.at(6).pid == 23684);
  CHECK(capture.at(6).time_ns == 193'335'000);
  CHECK(capture.at(7).task == "vfio ope");
  CHECK(capture.at(7).cpu == 0);
  CHECK(capture.at(7).function == "pcie_flr");
  CHECK(capture.at(8).time_ns == 1'813'251'927'000);
}

TEST_CASE("the verbose format is read too", "[traces][styles]") {
  const Capture capture = read_text(
      "         python3   23770   1 1 00000003 00000000 [6740f8e2] 13.326ms (+0.006ms): "
      "pcie_flr <-vfio_pci_open\n");
  CHECK(capture.at(1).function == "pcie_flr");
  CHECK(capture.at(1).task == "python3");
  CHECK(capture.at(1).pid == 23770);
  CHECK(capture.at(1).cpu == 1);
  CHECK(capture.at(1).time_ns == 13'326'000);
}

TEST_CASE("function_graph: a leaf is a call and a return, a return without a name has its call's",
          "[traces][styles]") {
  const Capture capture = read_text(
      "# tracer: function_graph\n#\n"
      "# CPU  DURATION                  FUNCTION CALLS\n"
      "# |     |   |                     |   |   |   |\n"
      " 0)               |  sriov_numvfs_store() {\n"
      " 0) ! 770.282 us  |    pci_lock_rescan_remove();\n"
      " 0)               |    igb_pci_sriov_configure [igb]() {\n"
      " 0) ! 125.415 us  |    }\n"
      " 0) # 2125.415 us |  } /* sriov_numvfs_store */\n");
  check(capture, {{5, LineKind::GraphEntry, "sriov_numvfs_store"},
                  {6, LineKind::GraphEntry, "pci_lock_rescan_remove"},
                  {6, LineKind::GraphExit, "pci_lock_rescan_remove"},
                  {7, LineKind::GraphEntry, "igb_pci_sriov_configure"},
                  {8, LineKind::GraphExit, "igb_pci_sriov_configure"},
                  {9, LineKind::GraphExit, "sriov_numvfs_store"}});
  CHECK(capture.at(5).cpu == 0);
  CHECK(capture.health.worst() == Effect::Note);
}

TEST_CASE("function_graph: times, tasks, arguments, return values and return addresses",
          "[traces][styles]") {
  const Capture capture = read_text(
      "   11.469356 |   0)    cat-245     |               |  ksys_dup3(oldfd=0xa, flags=0) { /* "
      "<-__x64_sys_dup2+0x24/0x120 */\n"
      "   11.469361 |   0)    cat-245     |   4.458 us    |    fget(fd=0xa); /* = 0xff3d */\n"
      "   11.469362 |   0)    cat-245     |   4.458 us    |  } /* ksys_dup3 ret=-22 */\n"
      "   11.469363 |   1)  kworker/u8:5-99 | d..1. |   4.458 us    |  f(); /* [vfio] = -1 */\n");
  CHECK(capture.at(1).time_ns == 11'469'356'000);
  CHECK(capture.at(1).task == "cat");
  CHECK(capture.at(1).pid == 245);
  CHECK(capture.at(1).caller == "__x64_sys_dup2");
  CHECK(argument(capture.at(1), "oldfd").number == 10);
  REQUIRE(capture.lines.size() == 6);
  CHECK(capture.lines[2].kind == LineKind::GraphExit);
  CHECK(argument(capture.lines[2], "ret").number == 0xff3d);
  CHECK_FALSE(capture.lines[2].time_ns);
  CHECK(capture.lines[3].function == "ksys_dup3");
  CHECK(argument(capture.lines[3], "ret").number == -22);
  CHECK(capture.lines[4].pid == 99);
  CHECK(argument(capture.lines[5], "ret").number == -1);
}

TEST_CASE("function_graph: other events inside the tree, task switches and interrupts",
          "[traces][styles]") {
  const Capture capture = read_text(
      " 3)               |  outer() {\n"
      " 3)               |    /* cfg: (pci_write_config_word+0x4/0x40) dev=\"0000:01:10.0\" "
      "where=0x4 val=0x2 */\n"
      " 3)               |    /* S1: a note | with a bar */\n"
      " 3)               |    /* sched_switch: prev_state=R|K ==> next_pid=3 */\n"
      " 3)   ==========> |\n"
      " 3)               |    irq() {\n"
      " ------------------------------------------\n"
      " 3)    <idle>-0    =>  multita-593\n"
      " ------------------------------------------\n"
      " 3)               |  other() {\n"
      " 3)   1.000 us    |  }\n"
      " 3)   <========== |\n");
  CHECK(capture.health.worst() == Effect::Note);
  CHECK(capture.at(2).kind == LineKind::Kprobe);
  CHECK(argument(capture.at(2), "val").number == 2);
  CHECK(capture.at(3).kind == LineKind::Marker);
  CHECK(capture.at(3).text == "S1: a note | with a bar");
  CHECK(capture.at(4).kind == LineKind::Tracepoint);
  CHECK(capture.at(4).symbol == "sched_switch");
  CHECK(capture.at(8).kind == LineKind::Stack);
  CHECK(capture.at(10).pid == 593);
  CHECK(capture.at(11).function == "other");
}

TEST_CASE("function_graph: returns of calls from before the capture have no name",
          "[traces][styles]") {
  const Capture capture = read_text(
      " 0) ! 125.415 us  |    }\n"
      " 0)               |    f() {\n"
      "CPU:0 [LOST 5 EVENTS]\n"
      " 0)   1.000 us    |    }\n"
      " 0)   1.000 us    |  } (Overruns: 3)\n");
  check(capture, {{1, LineKind::GraphExit, ""},
                  {2, LineKind::GraphEntry, "f"},
                  {3, LineKind::Lost, ""},
                  {4, LineKind::GraphExit, ""},
                  {5, LineKind::GraphExit, ""}});
  CHECK(capture.count(Anomaly::LostEvents) == 1);
}

TEST_CASE("real function_graph captures are read whole", "[traces][styles]") {
  const auto [name, entries] = GENERATE(table<std::string, int>({
      {"s1/igb-graph.trace.txt.zst", 5087},
      {"s5/vfio-open-graph.trace.txt.zst", 4622},
      {"s6-basic/luo-graph.trace.txt.zst", 469},
  }));
  CAPTURE(name);
  const Capture capture = read_capture(name);
  CHECK(capture.health.events == entries);
  CHECK(capture.health.worst() == Effect::Note);
  CHECK(capture.count(Anomaly::Unparsed) == 0);
  CHECK(capture.health.format == "function_graph text");
}

TEST_CASE("function arguments keep their names and numbers in real captures", "[traces][styles]") {
  const Capture capture = read_capture("s1/igb-funcargs.trace.txt.zst");
  CHECK(capture.health.worst() == Effect::Note);
  CHECK(capture.at(17).function == "pci_enable_sriov");
  CHECK(argument(capture.at(17), "nr_virtfn").number == 4);
  CHECK(capture.at(17).caller == "igb_enable_sriov.cold");
}

TEST_CASE("perf script: task, thread, CPU, group and name", "[traces][styles]") {
  const Capture capture = read_text(
      "# ========\n# captured on    : Thu Nov 20\n# ========\n#\n"
      "        qemu kvm  2712/2714  [001]    44.407649123: probe:pci_clear_master: "
      "(ffffffff8153e0a0) dev=\"0000:01:10.0\"\n"
      "\tffffffff8153e0a1 pci_clear_master+0x1 ([kernel.kallsyms])\n"
      "\tffffffff8153aaaa pci_device_shutdown+0x2a ([kernel.kallsyms])\n"
      "\n"
      "            sh   117 [000]    44.407650:          1 sched:sched_switch: prev_comm=sh\n"
      "       swapper     0 [000]    44.407651: PERF_RECORD_LOST lost 12\n");
  CHECK(capture.health.format == "perf script text");
  CHECK(capture.at(5).kind == LineKind::Kprobe);
  CHECK(capture.at(5).task == "qemu kvm");
  CHECK(capture.at(5).pid == 2714);
  CHECK(capture.at(5).cpu == 1);
  CHECK(capture.at(5).group == "probe");
  CHECK(capture.at(5).symbol == "pci_clear_master");
  CHECK(capture.at(5).time_ns == 44'407'649'123);
  CHECK(argument(capture.at(5), "dev").text == "0000:01:10.0");
  CHECK(capture.at(6).kind == LineKind::Stack);
  CHECK(capture.at(9).symbol == "sched_switch");
  CHECK(capture.at(10).kind == LineKind::Lost);
  CHECK(capture.at(10).lost == 12);
  CHECK(capture.health.worst() == Effect::Loss);
}

TEST_CASE("a kernel log gives messages with their functions, and where kernels begin",
          "[traces][styles]") {
  const Capture capture = read_text(
      "[    0.000000] Linux version 7.3.4-luo (root@vm) (gcc) #1 SMP\n"
      "[    4.123456][    T1] igb 0000:01:00.0: 4 VFs allocated\n"
      "<6>[    4.123457] pci 0000:01:10.0: not ready 1023ms after FLR; waiting\n"
      "Nov 20 15:01:02 host kernel: [    4.200000] luo: Retrieved live update data\n"
      "** 17 printk messages dropped **\n"
      "[    0.000000] Linux version 7.3.5-luo (root@vm) (gcc) #1 SMP\n");
  CHECK(capture.at(1).kind == LineKind::Boot);
  CHECK(capture.at(1).text == "7.3.4-luo");
  CHECK(capture.at(2).kind == LineKind::Message);
  CHECK(capture.at(2).symbol == "igb");
  CHECK(argument(capture.at(2), "dev").text == "0000:01:00.0");
  CHECK(capture.at(2).text == "igb 0000:01:00.0: 4 VFs allocated");
  CHECK(capture.at(3).time_ns == 4'123'457'000);
  CHECK(argument(capture.at(3), "dev").text == "0000:01:10.0");
  CHECK(capture.at(4).symbol == "luo");
  CHECK(capture.at(4).args.empty());
  CHECK(capture.at(5).kind == LineKind::Lost);
  CHECK(capture.at(5).lost == 17);
  CHECK(capture.at(6).text == "7.3.5-luo");
  CHECK(capture.count(Anomaly::TimeBackwards) == 0);
}

TEST_CASE("an ftrace dump inside a log is events, whatever stands before its lines",
          "[traces][styles]") {
  const std::string prefix =
      GENERATE(as<std::string>{}, "[ 1100.124765][    C2] ", "<0>[ 1100.124765] ",
               "[Thu Nov 20 15:01:02 2026] ", "\x1b[0m[ 1100.124765] ",
               "Nov 20 15:01:02 host kernel: ", "2026-11-20T15:01:02+00:00 host kernel: ");
  CAPTURE(prefix);
  const Capture capture =
      read_text(prefix + "Kernel panic - not syncing: sysrq\n" +  //
                prefix + "Dumping ftrace buffer:\n" +             //
                prefix + "---------------------------------\n" +  //
                prefix +
                "      sh-117       2...1 413720925us : pcie_flr: (pcie_flr+0x4/0x130) "
                "dev=\"0000:01:10.0\"\n" +
                prefix + "CPU:2 [LOST 4 EVENTS]\n" +              //
                prefix + "---------------------------------\n" +  //
                prefix + "              sh-117     [001] .....    44.407650: pci_read <-f\n");
  check(capture, {{1, LineKind::Message, ""},
                  {4, LineKind::Kprobe, "pcie_flr"},
                  {5, LineKind::Lost, ""},
                  {7, LineKind::Function, "pci_read"}});
  CHECK(capture.at(4).cpu == 2);
  CHECK(capture.at(4).time_ns == 413'720'925'000);
}

TEST_CASE("pstore's own function trace is read", "[traces][styles]") {
  const Capture capture = read_text(
      "Linux version 7.3.4\n"
      "CPU:1 ts:31 ffffffff8153e0a0  ffffffff8153aaaa  pcie_flr <- vfio_pci_open+0x1/0x2\n");
  CHECK(capture.at(2).kind == LineKind::Function);
  CHECK(capture.at(2).function == "pcie_flr");
  CHECK(capture.at(2).caller == "vfio_pci_open");
  CHECK(capture.at(2).cpu == 1);
  CHECK(capture.at(2).ticks == 31);
}

TEST_CASE("probes that tp_printk mirrors into a log are events", "[traces][styles]") {
  const Capture capture = read_text(
      "[    0.000000] Linux version 6.1.0-56-amd64 (x) #1\n"
      "[   19.203362] cfg: (pci_write_config_word+0x0/0x30) dev=\"0000:01:00.0\" where=0x4 "
      "val=0x107\n"
      "[   19.203400][  T651] flr_ret: (pci_reset_function+0x2f/0x40 <- pcie_flr) ret=0\n"
      "[   19.203500] cfg: (pci_write_config_word+0x0/0x30) dev=\"0000:01:0\n"
      "[   19.203600] vgaarb: (not a place) loaded\n"
      "cfg: (pci_write_config_word+0x0/0x30) dev=\"0000:01:00.0\" where=0x4 val=0x107\n");
  CHECK(capture.at(2).kind == LineKind::Kprobe);
  CHECK(capture.at(2).function == "pci_write_config_word");
  CHECK(argument(capture.at(2), "where").number == 4);
  CHECK(capture.at(2).time_ns == 19'203'362'000);
  CHECK(capture.at(3).kind == LineKind::Kretprobe);
  CHECK(capture.at(3).pid == 651);
  // Half of an event may hide the rest of it; it is no message.
  CHECK(capture.at(4).kind == LineKind::Unknown);
  CHECK(capture.count(Anomaly::Unparsed) == 1);
  CHECK(capture.at(5).kind == LineKind::Message);
  // A program may print what it likes on a console: the kernel's lines have a time.
  CHECK(capture.at(6).kind == LineKind::Message);
}

TEST_CASE("real logs are read to their end", "[traces][styles]") {
  const Capture old = read_capture("s3/old.dmesg.txt.zst");
  CHECK(old.health.format == "a kernel log");
  CHECK(old.errors == "");
  CHECK(old.lines.front().kind == LineKind::Boot);
  CHECK(old.lines.front().text == "7.3.4+deb13-amd64");
  CHECK(old.health.events > 300);
  // A serial console over a kexec: two kernels, and what user space printed between them.
  const Capture console = read_capture("s6-basic/console.txt.zst");
  CHECK(console.health.format == "a kernel log");
  int kernels = 0;
  for (const TraceLine& line : console.lines) kernels += line.kind == LineKind::Boot ? 1 : 0;
  CHECK(kernels == 1);  // loglevel=5 hid the first one's line
}

TEST_CASE("pieces pasted into a mail are found, quoted and indented", "[traces][styles]") {
  const Capture capture = read_text(
      "> >   sh-118   [002] d..1.   3.000004: pcie_flr <-f\n"
      "|   sh-118   [002] d..1.   3.000005: pcie_flr: (pcie_flr+0x4/0x130) dev=\"0000:01:10.0\"\n"
      "> 0)   0.170 us    |      _raw_spin_lock();\n"
      "> and then the guest lost its network\n");
  CHECK(capture.at(1).task == "sh");
  CHECK(capture.at(2).task == "sh");
  CHECK(capture.at(2).function == "pcie_flr");
  CHECK(capture.at(3).function == "_raw_spin_lock");
  CHECK(capture.at(4).kind == LineKind::Unknown);
  CHECK(capture.health.worst() == Effect::Damage);
}

TEST_CASE("a line that a mailer broke in two is one event, prose is none", "[traces][styles]") {
  const Capture capture = read_text(
      "> sh-118   [002] d..1.   3.000004: cfg: (pci_write_config_word+0x4/0x40)\n"
      "> dev=\"0000:01:10.0\" where=0x4 val=0x2\n"
      "> sh-118   [002] d..1.   3.000005: pci_iov_add_virtfn\n"
      "> <-sriov_enable\n"
      "> sh-118   [002] d..1.   3.000006: pcie_flr: (pcie_flr+0x4/0x130) dev=\"0000:01:10.0\"\n"
      "> which is where it went wrong\n");
  CHECK(capture.at(1).kind == LineKind::Kprobe);
  CHECK(argument(capture.at(1), "val").number == 2);
  CHECK(capture.at(3).function == "pci_iov_add_virtfn");
  CHECK(capture.at(3).caller == "sriov_enable");
  CHECK(capture.at(5).function == "pcie_flr");
  CHECK(capture.at(6).kind == LineKind::Unknown);
  CHECK(capture.count(Anomaly::Unparsed) == 1);
  CHECK(capture.health.lines == 6);
}

TEST_CASE("tracers that print events otherwise are refused by name", "[traces][styles]") {
  using Catch::Matchers::Contains;
  for (const char* tracer : {"hwlat", "osnoise", "timerlat", "blk", "mmiotrace"})
    CHECK_THAT(read_text("# tracer: " + std::string(tracer) + "\n# x\n").errors,
               Contains(tracer) && Contains("hint"));
  for (const char* tracer : {"irqsoff", "wakeup_rt", "preemptirqsoff"})
    CHECK(read_text("# tracer: " + std::string(tracer) +
                    "\n      sh-117       0d..1. 18us : pcie_flr <-f\n")
              .errors == "");
}
