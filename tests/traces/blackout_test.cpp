// SPDX-License-Identifier: GPL-2.0-or-later
// How long a kept function did not work: from lines whose times are known.
#include "tests/traces/validate.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

const std::string kVf = "0000:01:10.0", kPf = "0000:01:00.0";

// A line at so many microseconds, or ticks.
std::string at(int moment, const std::string& body, bool ticks = false) {
  return fmt::format("{:>16}-{:<7} [000] ..... {}: {}", "task", 7,
                     ticks ? fmt::format("{}", moment) : fmt::format("1.{:06}", moment), body);
}
std::string command(int moment, int value, bool ticks = false) {
  return at(moment,
            fmt::format("pci_write_config_word: (pci_write_config_word+0x4/0x40) dev=\"{}\" "
                        "where=0x4 val={:#x}",
                        kVf, value),
            ticks);
}

}  // namespace

TEST_CASE("a blackout lasts from the loss of what works to its return", "[traces][blackout]") {
  Lines lines;
  lines.raw(command(100, 6)).raw(command(200, 2)).raw(command(700, 2)).raw(command(1000, 6));
  lines.raw(command(1500, 2));
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->blackouts.size() == 2);
  const Blackout& first = judged->blackouts[0];
  CHECK(first.function == kVf);
  CHECK(first.from.line == 2);
  REQUIRE(first.to);
  CHECK(first.to->line == 4);
  CHECK(first.ns == 800'000);
  REQUIRE(first.phases.size() == 1);
  CHECK(first.phases[0].name == "before the update");
  // The second has no end: what is measured is a part of it.
  CHECK(judged->blackouts[1].from.line == 5);
  CHECK_FALSE(judged->blackouts[1].to);
  CHECK_FALSE(judged->blackouts[1].ns);
}

TEST_CASE("what never worked has no blackout", "[traces][blackout]") {
  Lines lines;
  lines.probe("sriov_enable", kPf)
      .probe("pci_write_config_word", kPf, "where=0x168 val=0x19")
      .command(kVf, 0)
      .command(kVf, 4);
  CHECK(judge(lines, {kVf})->blackouts.empty());
}

TEST_CASE("a blackout begins when it was last known to work, where events are lost",
          "[traces][blackout]") {
  Lines lines;
  lines.raw(command(100, 6)).raw(at(200, "tracing_mark_write: x")).raw("CPU:0 [LOST 5 EVENTS]");
  lines.raw(command(900, 2)).raw(command(1000, 6));
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->blackouts.size() == 1);
  CHECK(judged->blackouts[0].from.line == 3);
  CHECK(judged->blackouts[0].from.time == 1'000'100'000);
  // Whether the VF is there at all is not known any more, so nobody can say that it works again.
  CHECK_FALSE(judged->blackouts[0].to);
  Lines back;  // it may have worked all the time
  back.raw(command(100, 6)).raw("CPU:0 [LOST 5 EVENTS]").raw(command(900, 6));
  CHECK(judge(back, {kVf})->blackouts.empty());
}

TEST_CASE("a clock that counts has no seconds", "[traces][blackout]") {
  Lines lines;
  lines.raw(command(100, 6, true)).raw(command(200, 2, true)).raw(command(900, 6, true));
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->blackouts.size() == 1);
  CHECK(judged->blackouts[0].from.ticks);
  CHECK(judged->blackouts[0].from.time == 200);
  CHECK_FALSE(judged->blackouts[0].ns);
  REQUIRE(judged->blackouts[0].phases.size() == 1);
  CHECK(judged->blackouts[0].phases[0].why == "the clock counts");
}

TEST_CASE("a kexec is divided into phases, and what spans the jump has no length",
          "[traces][blackout]") {
  ValidateOptions options;
  options.captures = {captured("s3/new.bootmap.trace.txt"), captured("s3/new.boot.trace.txt")};
  options.topology = captured("topology/igb4-nvme7.lspci.zst");
  options.keep = {kVf};
  options.kernel = "7.3.4";
  const Judged judged = judge(options);
  REQUIRE(judged->blackouts.size() == 1);
  const Blackout& found = judged->blackouts[0];
  CHECK(found.from.line == 424);  // its pci_clear_master, in device_shutdown
  CHECK_FALSE(found.to);
  REQUIRE(found.phases.size() == 4);
  CHECK(found.phases[0].name == "devices are shut down");
  // From there to machine_kexec in line 595, at 59.608976 s.
  CHECK(found.phases[0].ns == 59'608'976'000 - 57'976'123'000);
  CHECK(found.phases[1].name == "the jump");
  CHECK_FALSE(found.phases[1].ns);
  CHECK(found.phases[1].why == "the clock starts again");
  // From the first pci_iov_init, at 3.614806 s, to the first pci_device_probe, at 9.201686 s.
  CHECK(found.phases[2].name == "the bus is scanned");
  CHECK(found.phases[3].name == "drivers probe");
  CHECK(found.at_least ==
        *found.phases[0].ns + *found.phases[2].ns + found.phases[3].ns.value_or(0));
}

TEST_CASE("an update that is given up is measured whole", "[traces][blackout]") {
  Lines lines;
  lines.raw(command(100, 6)).raw(at(200, "kernel_kexec <-__do_sys_reboot"));
  lines.raw(command(300, 2)).raw(at(400, "device_shutdown <-kernel_kexec"));
  lines.raw(at(450, "pci_device_probe <-really_probe")).raw(command(1000, 6));
  const Judged judged = judge(lines, {kVf});
  REQUIRE(judged->blackouts.size() == 1);
  CHECK(judged->blackouts[0].ns == 700'000);
  REQUIRE(judged->blackouts[0].phases.size() == 2);
  CHECK(judged->blackouts[0].phases[0].name == "the old kernel is left");
  CHECK(judged->blackouts[0].phases[0].ns == 100'000);
  CHECK(judged->blackouts[0].phases[1].ns == 600'000);
}
