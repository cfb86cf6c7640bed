// SPDX-License-Identifier: GPL-2.0-or-later
// Whole captures: what they contain, what they lack, and what is refused. A capture that lost
// events and does not say so would turn "nothing wrong seen" into "nothing wrong".
#include <catch2/catch.hpp>
#include <random>

#include "tests/traces/capture.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

const std::string kHeader =
    "# tracer: function\n#\n# entries-in-buffer/entries-written: 2/2   #P:2\n#\n";
const std::string kFirst = "              sh-117     [000] .....    44.407649: pcie_flr <-f\n";
const std::string kSecond = "              sh-117     [001] .....    44.407650: pci_read <-f\n";

std::int64_t anomalies(const Capture& capture) {
  std::int64_t sum = 0;
  for (const AnomalyInfo& entry : anomaly_table()) sum += capture.count(entry.kind);
  return sum;
}

}  // namespace

TEST_CASE("every anomaly has its row in the table, at its place", "[traces]") {
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    const AnomalyInfo& row = anomaly_table()[i];
    CHECK(static_cast<std::size_t>(row.kind) == i);
    CHECK_FALSE(row.id.empty());
    CHECK_FALSE(row.sentence.empty());
  }
}

TEST_CASE("an undamaged capture is read without an anomaly", "[traces]") {
  const Capture capture = read_text(kHeader + kFirst + kSecond);
  CHECK(anomalies(capture) == 0);
  CHECK(capture.health.header.tracer == "function");
  CHECK(capture.health.header.entries_in_buffer == 2);
  CHECK(capture.health.header.entries_written == 2);
  CHECK(capture.health.header.cpus == 2);
  CHECK(capture.health.lines == 6);
  CHECK(capture.health.events == 2);
  CHECK(capture.at(5).function == "pcie_flr");
}

TEST_CASE("real captures are read whole: no line is unknown, no count is off", "[traces]") {
  // The number is the one the kernel printed into the header of the file.
  const auto [name, entries] = GENERATE(table<std::string, std::int64_t>({
      {"s1/igb-kprobe.trace.txt", 307},
      {"s3/new.bootmap.trace.txt", 584},
      {"s3/new.boot.trace.txt", 598},
      {"s5/all.trace.txt.zst", 2847},
      {"s6-basic/new.bootmap.trace.txt", 286},
  }));
  const Capture capture = read_capture(name);
  CAPTURE(name);
  CHECK(anomalies(capture) == 0);
  CHECK(capture.health.header.entries_in_buffer == entries);
  CHECK(capture.health.events == entries);
  CHECK(static_cast<std::int64_t>(capture.lines.size()) == entries);
}

TEST_CASE("the decisive lines of real captures state their facts", "[traces]") {
  const auto dev = [](const TraceLine& line) { return argument(line, "dev").text; };
  const Capture igb = read_capture("s1/igb-kprobe.trace.txt");
  CHECK(igb.at(193).symbol == "cfg_write_word");
  CHECK(dev(igb.at(193)) == "0000:01:10.0");
  CHECK(argument(igb.at(193), "where").number == 4);
  CHECK(argument(igb.at(193), "val").number == 2);
  CHECK(argument(igb.at(189), "val").number == 6);
  CHECK(igb.at(238).function == "sriov_disable");
  CHECK(dev(igb.at(288)) == "0000:01:10.4");
  const Capture bootmap = read_capture("s3/new.bootmap.trace.txt");
  CHECK(bootmap.at(400).function == "pci_clear_master");
  CHECK(dev(bootmap.at(400)) == "0000:01:10.6");
  CHECK(bootmap.at(400).task == "<...>");
  CHECK(bootmap.at(400).pid == 652);
  CHECK(dev(bootmap.at(424)) == "0000:01:10.0");
  const Capture vfio = read_capture("s5/all.trace.txt.zst");
  CHECK(vfio.at(36).kind == LineKind::Function);
  CHECK(vfio.at(36).function == "pcie_reset_flr");
  CHECK(vfio.at(36).caller == "pci_init_reset_methods");
  CHECK(vfio.at(367).kind == LineKind::Kprobe);
  CHECK(vfio.at(367).function == "pcie_flr");
  CHECK(vfio.at(397).function == "vfio_pci_core_write");
  const Capture luo = read_capture("s6-basic/new.bootmap.trace.txt");
  CHECK(luo.at(19).symbol == "session_create");
  CHECK(luo.at(19).function == "luo_session_create");
  CHECK(argument(luo.at(19), "name").text == "vm1");
}

TEST_CASE("loss marks stand where they are, with their CPU and count", "[traces]") {
  const Capture pipe = read_capture("s7lost/pipe.trace_pipe.txt.zst");
  const auto check = [&](int number, int cpu, std::int64_t lost) {
    CHECK(pipe.at(number).kind == LineKind::Lost);
    CHECK(pipe.at(number).cpu == cpu);
    CHECK(pipe.at(number).lost == lost);
  };
  check(223, 1, 7610);
  check(346, 0, 2450);
  check(452, 1, 4453);
  check(573, 0, 6348);
  CHECK(pipe.count(Anomaly::LostEvents) == 4);
  CHECK(pipe.health.lost.at(1).events == 7610 + 4453);
  CHECK(pipe.health.lost.at(0).marks == 2);
  CHECK(pipe.count(Anomaly::NoHeader) == 1);
  CHECK(pipe.count(Anomaly::Unparsed) == 0);
  CHECK(pipe.health.worst() == Effect::Loss);
}

TEST_CASE("loss marks of every tool are read, marks that are none are not", "[traces]") {
  const Capture capture = read_text("cpus=2\nCPU:0 [2440 EVENTS DROPPED]\n" + kFirst +
                                    "CPU:1 [EVENTS DROPPED]\nCPU:2 [LOST EVENTS]\n"
                                    "CPU:0 [LOST 5 EVENTS DROPPED]\nCPU:9000 [LOST EVENTS]\n");
  CHECK(capture.at(2).lost == 2440);
  CHECK(capture.at(4).lost == -1);
  CHECK(capture.at(4).cpu == 1);
  CHECK(capture.at(5).cpu == 2);
  CHECK(capture.count(Anomaly::LostEvents) == 3);
  CHECK(capture.at(6).kind == LineKind::Unknown);
  CHECK(capture.at(7).kind == LineKind::Unknown);
}

TEST_CASE("a wrapped buffer is a loss although no line says so", "[traces]") {
  const Capture capture =
      read_text("# tracer: nop\n# entries-in-buffer/entries-written: 2/12490   #P:2\n" + kFirst +
                "##### CPU 1 buffer started ####\n" + kSecond);
  CHECK(capture.count(Anomaly::WrappedBuffer) == 1);
  CHECK(capture.count(Anomaly::BufferStarted) == 1);
  CHECK(capture.at(4).kind == LineKind::Lost);
  CHECK(capture.at(4).cpu == 1);
  CHECK(capture.count(Anomaly::EntryCountMismatch) == 0);
  CHECK(capture.health.worst() == Effect::Loss);
}

TEST_CASE("each sign of loss or damage is counted where it first stands", "[traces]") {
  const auto check = [](const std::string& text, Anomaly kind, int line, Effect effect) {
    const Capture capture = read_text(text);
    CAPTURE(text);
    CHECK(capture.errors == "");
    CHECK(capture.count(kind) == 1);
    CHECK(anomalies(capture) == 1);
    CHECK(capture.health.of(kind).first_line == line);
    CHECK(capture.health.worst() == effect);
  };
  const std::string column = "              sh-117     [001] .....    44.407650: ";
  check(kHeader + kFirst, Anomaly::EntryCountMismatch, 0, Effect::Damage);
  check(kHeader + kFirst + kSecond + "half a li\n", Anomaly::Unparsed, 7, Effect::Damage);
  check(kHeader + kFirst + kSecond + "\x01\x02 noise\n", Anomaly::BinaryNoise, 7, Effect::Damage);
  check(kHeader + kFirst + kSecond + std::string(9, '\0') + "\n", Anomaly::ZeroBytes, 7,
        Effect::Damage);
  check(kHeader + kFirst + column + "Unknown type 1673\n", Anomaly::UnknownType, 6, Effect::Loss);
  check(kHeader + kFirst + column + "vfio_x: [FAILED TO PARSE] a=1\n", Anomaly::UnknownType, 6,
        Effect::Loss);
  check(kHeader + kFirst + kSecond + "[LINE TOO BIG]\n", Anomaly::LineTooBig, 7, Effect::Loss);
  check(kHeader + kFirst + column + "[LINE TOO BIG]\n", Anomaly::LineTooBig, 6, Effect::Loss);
  check(kHeader + kFirst + kSecond + kHeader, Anomaly::SecondHeader, 7, Effect::Damage);
  check(kHeader + kSecond + "              sh-117     [001] .....    44.407000: f <-g\n",
        Anomaly::TimeBackwards, 6, Effect::Damage);
  check(kHeader + kFirst + kSecond.substr(0, kSecond.size() - 1), Anomaly::CutEnd, 6,
        Effect::Damage);
  check("# WARNING: FUNCTION TRACING IS CORRUPTED\n" + kHeader + kFirst + kSecond,
        Anomaly::TracingCorrupted, 1, Effect::Loss);
  check(kFirst, Anomaly::NoHeader, 0, Effect::Note);
}

TEST_CASE("time may differ between CPUs: only one CPU's own order is checked", "[traces]") {
  const Capture capture = read_text(kHeader + kSecond + kFirst);
  CHECK(anomalies(capture) == 0);
}

TEST_CASE("stack traces belong to their event and are no damage", "[traces]") {
  const Capture capture = read_text(
      kHeader + kFirst + "              sh-117     [001] .....    44.407650: <stack trace>\n" +
      " => pci_read\n => do_syscall_64\n");
  CHECK(anomalies(capture) == 0);
  CHECK(capture.at(6).kind == LineKind::Stack);
  CHECK(capture.at(7).kind == LineKind::Stack);
}

TEST_CASE("a report that looked up another boot's addresses is found out", "[traces]") {
  std::string text = "cpus=2\n";
  for (int i = 0; i < 20; ++i)
    text += "boot_map:            <...>-117   [000]    30.225976: function:     __end\n";
  const Capture capture = read_text(text);
  CHECK(capture.count(Anomaly::WrongSymbols) == 1);
  CHECK(capture.at(2).task == "<...>");
  CHECK(capture.at(2).pid == 117);
  const std::string other =
      "boot_map:            <...>-117   [000]    30.225976: function:     pcie_flr\n";
  CHECK(read_text(text + other).count(Anomaly::WrongSymbols) == 0);
}

TEST_CASE("carriage returns and blank lines change nothing", "[traces]") {
  std::string text;
  for (const char c : kHeader + "\n" + kFirst + "\n   \n" + kSecond)
    text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Capture capture = read_text(text);
  CHECK(anomalies(capture) == 0);
  CHECK(capture.health.header.tracer == "function");
  CHECK(capture.at(6).caller == "f");
  CHECK(capture.at(9).caller == "f");
}

TEST_CASE("what is no ftrace text is refused with its name and a way out", "[traces]") {
  using Catch::Matchers::Contains;
  const auto refused = [](const std::string& text, const std::string& part) {
    const Capture capture = read_text(text);
    CAPTURE(text.substr(0, 60));
    CHECK(capture.lines.empty());
    CHECK_THAT(capture.errors, Contains("error") && Contains("hint") && Contains(part));
  };
  refused("", "the capture is empty");
  refused(std::string(4096, '\0'), "only zero bytes");
  refused("\x80\xff\x01\x02 noise\n\x03\n", "no line of the file is an ftrace event");
  refused("hello\nworld\n", "no line of the file is an ftrace event");
  refused(kHeader, "promises 2 events, but no line is one");
  refused("# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:2\n", "no event");
  refused("PERFILE2", "perf.data");
  refused(std::string("a.txt") + std::string(252, '\0') + "ustar", "tar archive");
  refused("# tracer: hwlat\n#\n" + kFirst, "tracer 'hwlat'");
}

TEST_CASE("no input makes the reader fail or lose a line without a trace", "[traces]") {
  const Capture whole = read_capture("s1/igb-kprobe.trace.txt");
  std::mt19937 random(20251211);
  const std::vector<std::string> pieces = {
      "=",  "\"", " [",  "] ", "(",  ")",       "<-",    ": ",
      "\n", "-1", "[0]", "|",  "0x", "CPU:0 [", "#####", std::string(1, '\0'),
      "{",  " ",  ".",   "9"};
  for (int round = 0; round < 300; ++round) {
    std::string text = whole.source->text.substr(0, 12000);
    for (int edit = 0; edit < 200; ++edit) {
      const std::size_t at = random() % text.size();
      const std::string& piece = pieces[random() % pieces.size()];
      if (random() % 4 == 0)
        text[at] = static_cast<char>(random());
      else
        text.replace(at, random() % 8, piece);
    }
    const Capture capture = read_text(text);
    if (!capture.errors.empty()) continue;
    std::int64_t last = 0;
    for (const TraceLine& line : capture.lines) {
      CHECK(line.number >= last);
      last = line.number;
    }
    // What is not handed on is a comment, or blank.
    std::int64_t silent = 0;
    std::size_t next = 0;
    for (int number = 1; number <= capture.health.lines; ++number) {
      if (next < capture.lines.size() && capture.lines[next].number == number) {
        ++next;
        continue;
      }
      const std::string_view line = capture.source->line(number);
      const bool header = line.starts_with("cpus=") || line.starts_with("version = ");
      CHECK((header || line.starts_with('#') || line.find_first_not_of(" \r") == line.npos));
      ++silent;
    }
    CHECK(silent + static_cast<std::int64_t>(capture.lines.size()) == capture.health.lines);
  }
}
