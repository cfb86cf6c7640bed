// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof probes` as it is run, and the script that it prints, against a tracefs made of files.
#include "tests/cli/command.h"

namespace luproof {
namespace {

using command::Folder;
using command::Ran;

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

std::string specs(const std::string& arguments) {
  return "probes --specs '" LUPROOF_SOURCE_SPECS "' " + arguments;
}

// What a kernel's tracefs looks like to the script; of plain files.
constexpr const char* kFakeTracefs =
    "mkdir -p t/instances/luproof/events/luproof/pci_write_config_word t/instances/luproof/options "
    "t/instances/luproof/per_cpu/cpu0 s/bus/pci/devices/0000:01:00.0 bin && cd t && "
    "touch trace kprobe_events dynamic_events && cd instances/luproof && "
    "touch trace tracing_on trace_clock buffer_size_kb trace_marker options/record-tgid "
    "events/luproof/enable events/luproof/pci_write_config_word/filter && "
    "echo 'overrun: 0' > per_cpu/cpu0/stats && cd ../../.. && "
    "echo 0x010802 > s/bus/pci/devices/0000:01:00.0/class && "
    "head -c 4096 /dev/zero > s/bus/pci/devices/0000:01:00.0/config";

int shell(const Folder& folder, const std::string& commands) {
  const Ran ran = folder.run("--version >/dev/null; " + commands + " #");
  INFO(ran.out << ran.err);
  return ran.status;
}

}  // namespace

TEST_CASE("probes prints each form, and says what is wrong with what it is given",
          "[cli][probes]") {
  const Folder folder;
  const Ran text = folder.run(specs(""));
  CHECK(text.status == 0);
  CHECK(contains(text.out, "pci_write_config_word"));
  CHECK(contains(text.out, "trace_instance=boot_map^traceoff@luproof"));
  CHECK(contains(folder.run(specs("--form trace-cmd")).out, "trace-cmd record -o capture.dat"));
  CHECK(contains(folder.run(specs("--form bootconfig")).out,
                 "ftrace.event.kprobes.pcie_flr {\n  probes = \"pcie_flr dev="));
  const Ran line = folder.run(specs("--form cmdline"));
  CHECK(contains(line.out, "\ntrace_clock=global "));
  CHECK(contains(line.out, " ftrace=function ftrace_filter=pci_iov_init "));
  CHECK(contains(folder.run(specs("--form persistent --buffer 8")).out, "\nreserve_mem=8M:"));
  CHECK(folder.run(specs("--form yaml")).status == 2);
  CHECK(folder.run(specs("--budget none")).status == 2);
  CHECK(folder.run(specs("--buffer 0")).status == 2);
  CHECK(folder.run(specs("--kernel x")).status == 2);
  CHECK(folder.run(specs("--kernel 4.19")).status == 2);
  CHECK(folder.run(specs("--btf /dev/null")).status == 2);
  CHECK(folder.run(specs("--binding no-such-file")).status == 2);
  CHECK(folder.run(specs("no-such-design")).status == 2);
  folder.write("b.yaml", "bindings: b\nmodel: properties\nexistence: exists\nlines: []\n");
  const Ran nothing = folder.run(specs("--binding b.yaml"));
  CHECK(nothing.status == 2);
  CHECK(contains(nothing.err, "does not say what to record"));
}

TEST_CASE("the command that made a script stands in it and cannot break out", "[cli][probes]") {
  const Folder folder;
  folder.write("x\n touch broken\n.yaml",
               "bindings: b\nmodel: properties\nexistence: exists\nlines:\n"
               "  - {symbol: kernel_kexec, kexec: yes}\nrecord: [{function: kernel_kexec}]\n");
  const Ran ran = folder.run(specs("--form tracefs --binding 'x\n touch broken\n.yaml'"));
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "\\x0a touch broken\\x0a.yaml"));
  CHECK_FALSE(contains(ran.out, "\n touch broken"));
}

TEST_CASE("the script defines the probes, records, and saves", "[cli][probes]") {
  const Folder folder;
  folder.write("record.sh", folder.run(specs("--form tracefs")).out);
  REQUIRE(shell(folder, kFakeTracefs) == 0);
  const std::string run = "PATH=/usr/bin:/bin TRACEFS=$PWD/t SYSFS=$PWD/s sh record.sh ";
  CHECK(shell(folder, "sh -n record.sh") == 0);
  CHECK(shell(folder, run + "dance out") == 1);
  REQUIRE(shell(folder, run + "start 'a b'") == 0);
  // A file keeps every line of what is appended, as the kernel keeps every probe.
  CHECK(shell(folder,
              "grep -q '^p:luproof/pci_set_master pci_set_master "
              "dev=dev->dev.kobj.name:string$' t/kprobe_events") == 0);
  CHECK(shell(folder, "test \"$(cat t/instances/luproof/tracing_on)\" = 1") == 0);
  CHECK(shell(folder, "test \"$(cat t/instances/luproof/trace_clock)\" = mono") == 0);
  CHECK(shell(folder,
              "test -s 'a b/before.lspci' && test -s 'a b/probes.txt' && "
              "test -s 'a b/kernel.txt'") == 0);
  REQUIRE(shell(folder, run + "save 'a b'") == 0);
  CHECK(shell(folder,
              "test -e 'a b/capture.trace' && grep -q '^overrun: 0' "
              "'a b/capture.stats.txt'") == 0);
  CHECK(shell(folder, "test \"$(cat t/instances/luproof/tracing_on)\" = 0") == 0);
}

TEST_CASE("without lspci the script reads config space itself", "[cli][probes]") {
  const Folder folder;
  folder.write("record.sh", folder.run(specs("--form tracefs")).out);
  REQUIRE(shell(folder, kFakeTracefs) == 0);
  // Only what the script needs, so that no lspci is found.
  REQUIRE(shell(folder,
                "for tool in od sed cat uname mkdir sh; do "
                "ln -s \"$(command -v $tool)\" bin/; done") == 0);
  REQUIRE(shell(folder,
                "PATH=$PWD/bin TRACEFS=$PWD/t SYSFS=$PWD/s $PWD/bin/sh record.sh start out") == 0);
  CHECK(shell(folder,
              "grep -q '^0000:01:00.0 Class 010802$' out/before.lspci && "
              "grep -q '^00: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00$' "
              "out/before.lspci && grep -q '^100: 00' out/before.lspci && "
              "grep -q '^ff0: 00' out/before.lspci") == 0);
}

TEST_CASE("a buffer whose events have other numbers now is not read", "[cli][probes]") {
  const Folder folder;
  folder.write("record.sh", folder.run(specs("--form tracefs")).out);
  REQUIRE(shell(folder, kFakeTracefs) == 0);
  REQUIRE(shell(folder,
                "mkdir -p t/instances/boot_map t/events/luproof/pcie_flr && "
                "echo 40 > t/events/luproof/pcie_flr/id && touch t/tracing_on "
                "t/events/luproof/enable && echo old > t/instances/boot_map/trace") == 0);
  const std::string run = "TRACEFS=$PWD/t SYSFS=$PWD/s sh record.sh read out";
  CHECK(shell(folder, run) == 1);  // nothing says which numbers they had
  REQUIRE(shell(folder,
                "mkdir -p out && echo 'pcie_flr 41' > out/ids.txt && "
                "echo 7.3.4 > out/kernel.txt") == 0);
  CHECK(shell(folder, run) == 1);
  CHECK(shell(folder, "test ! -e out/old.trace && test -e out/new.trace") == 0);
  REQUIRE(shell(folder, "echo 'pcie_flr 40' > out/ids.txt") == 0);
  CHECK(shell(folder, run) == 0);
  CHECK(shell(folder,
              "grep -qx old out/old.trace && grep -qx '# Linux version 7.3.4' "
              "out/old.trace") == 0);
}

}  // namespace luproof
