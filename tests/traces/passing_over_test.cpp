// SPDX-License-Identifier: GPL-2.0-or-later
// Lines that nobody asks about are left out at the speed of reading: what is asked for, and what
// tells of loss or damage, must come out as if every line had been taken apart.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <set>

#include "capture.h"
#include "traces/text/quick.h"
#include "traces/text/reader.h"
#include "traces/text/sieve.h"

namespace luproof::traces::test {
namespace {

const std::vector<std::string> kWords = {"pci_set_master", "pci_clear_master", "pcie_flr",
                                         "sriov_enable",   "pci_iov_init",     "kernel_kexec"};

std::string line_of(int i, const std::string& body, int cpu = 0) {
  return fmt::format("              sh-{:<6} [{:03}] ..... {:5}.{:06}: {}\n", 100 + i % 900, cpu,
                     40 + i / 1000000, i % 1000000, body);
}

// A capture of a busy machine: `lines` lines, of which every 1,000th names a symbol.
std::string busy(int lines) {
  constexpr const char* kNoise[] = {
      "mutex_unlock <-rb_simple_write", "sys_exit: NR 1 = 2",
      "sched_switch: prev_comm=sh prev_pid=119 prev_prio=120 prev_state=R+ ==> next_comm=kworker",
      "kmem_cache_free: call_site=__fput+0x152/0x2b0 ptr=000000005895f571 name=filp"};
  std::string text = "# tracer: function\n#\n";
  for (int i = 0; i < lines; ++i)
    text += line_of(i, i % 1000 == 7 ? "pci_set_master <-probe" : kNoise[i % 4], i % 2);
  return text;
}

struct Reading {
  std::vector<std::string> asked;  // number, kind and quote of the lines with a word
  CaptureHealth health;
};

enum class How { EveryLine, LookedAt, PassedOver };

Reading read(const std::string& text, How how) {
  TextReader reader("busy", input::bytes_of(text));
  if (how != How::EveryLine) reader.words(kWords);
  reader.look_at_first(how == How::PassedOver ? 0 : UINT64_MAX);
  const std::set<std::string, std::less<>> words(kWords.begin(), kWords.end());
  Reading reading;
  TraceLine line;
  while (reader.next(line)) {
    const bool event = line.kind != LineKind::Lost && line.kind != LineKind::Unknown &&
                       line.kind != LineKind::Stack;
    if (event && words.count(base_function(line.symbol)) == 0 &&
        words.count(base_function(line.function)) == 0)
      continue;
    reading.asked.push_back(
        fmt::format("{} {} {}", line.number, static_cast<int>(line.kind), reader.quote(line)));
  }
  reading.health = reader.health();
  return reading;
}

void same(const std::string& text, How how) {
  const Reading all = read(text, How::EveryLine);
  const Reading some = read(text, how);
  CHECK(some.asked == all.asked);
  CHECK(some.health.lines == all.health.lines);
  CHECK(some.health.events == all.health.events);
  for (const AnomalyInfo& entry : anomaly_table()) {
    if (entry.kind == Anomaly::PassedOver) continue;
    CAPTURE(std::string(entry.id));
    CHECK(some.health.of(entry.kind).count == all.health.of(entry.kind).count);
    CHECK(some.health.of(entry.kind).first_line == all.health.of(entry.kind).first_line);
  }
}

}  // namespace

TEST_CASE("real captures give the same lines whether each line is taken apart or not", "[traces]") {
  for (const char* name :
       {"s1/igb-kprobe.trace.txt", "s3/new.bootmap.trace.txt", "s3/new.boot.trace.txt",
        "s5/all.trace.txt.zst", "s7lost/overwrite.trace.txt.zst",
        "s7lost/nooverwrite.trace.txt.zst", "s7lost/pipe.trace_pipe.txt.zst",
        "s6-vfs-failfreeze/new.bootmap.trace.txt.zst", "s1/igb-funcargs.trace.txt.zst",
        "s1/igb-kprobe.report.txt.zst"}) {
    CAPTURE(name);
    std::string problem;
    auto bytes = std::make_unique<input::Peekable>(
        input::open_bytes(std::string(LUPROOF_TEST_DIR "/captures/") + name, problem));
    const auto packing = input::packing_of(bytes->peek(8));
    auto plain = input::unpack(std::move(bytes), packing);
    std::string text(std::size_t{4} << 20, '\0');
    text.resize(input::read_fully(*plain, text.data(), text.size()));
    same(text, How::LookedAt);
    same(text, How::PassedOver);
  }
}

TEST_CASE("a long capture is passed over, and its health says so", "[traces]") {
  if (!text::Quick::available()) return;
  const std::string text = busy(20000);
  same(text, How::LookedAt);
  same(text, How::PassedOver);
  CHECK(read(text, How::LookedAt).health.of(Anomaly::PassedOver).count == 0);
  const Reading reading = read(text, How::PassedOver);
  CHECK(reading.asked.size() == 20);
  CHECK(reading.health.of(Anomaly::PassedOver).count > 19000);
  CHECK(reading.health.worst() == Effect::Note);
}

TEST_CASE("what is odd between lines that nobody asks about is found where all are looked at",
          "[traces]") {
  const std::string text = busy(8000);
  const std::size_t middle = text.rfind('\n', text.find("40.004000")) + 1;
  const auto with = [&](const std::string& odd) {
    return text.substr(0, middle) + odd + text.substr(middle);
  };
  for (const std::string& odd :
       {line_of(4000, "mutex_unl"), line_of(4000, "sys_exit: NR 1 = 2", 7),
        std::string("              sh-1      [000] ...\n"), line_of(1, "sys_exit: NR 1 = 2"),
        line_of(4000, "Unknown type 1673"), line_of(4000, "e: (0x4a2c0) a=0x1 a=0x2"),
        line_of(4000, "0xffffffff81234567 <-probe"), line_of(4000, "f: [LINE TOO BIG]"),
        std::string("              sh-1 2    [000] .....    44.100000: a: b\n"),
        std::string("              sh-12     [000] .....   4 4.100000: a: b\n"),
        std::string("              sh-12     [000] ..*..    44.100000: a: b\n"),
        std::string("              sh-12     [0a0] .....    44.100000: a: b\n"),
        std::string("              sh-12     [000] .....    44.1000x0: a: b\n")}) {
    CAPTURE(odd);
    same(with(odd), How::LookedAt);
  }
}

TEST_CASE("what tells of loss is found among lines that are passed over", "[traces]") {
  const std::string text = busy(8000);
  const std::size_t middle = text.rfind('\n', text.find("40.004000")) + 1;
  const auto with = [&](const std::string& odd) {
    return text.substr(0, middle) + odd + text.substr(middle);
  };
  for (const std::string& odd :
       {std::string("CPU:1 [LOST 1178 EVENTS]\n"), std::string("CPU:0 [EVENTS DROPPED]\n"),
        std::string("##### CPU 1 buffer started ####\n"), std::string("# tracer: nop\n"),
        line_of(4000, "Unknown type 1673"), line_of(4000, "e: (0x4a2c0) a=0x1"),
        line_of(4000, "0xffffffff81234567 <-probe"), line_of(4000, "f: [LINE TOO BIG]"),
        std::string("no event at all\n"), std::string("\n"), std::string(70000, 'x') + "\n",
        line_of(4000, std::string("a\0b", 3)), line_of(4000, "pcie_flr <-" + std::string(300, 'f')),
        std::string(" => pci_set_master\n"), std::string("> ") + line_of(4000, "pcie_flr <-x")}) {
    CAPTURE(odd.substr(0, 100));
    same(with(odd), How::PassedOver);
  }
  // A file that ends in the middle of a line.
  same(text.substr(0, text.size() - 9), How::PassedOver);
  same(text.substr(0, text.size() - 9), How::LookedAt);
}

TEST_CASE("a capture with damage in its start is not passed over", "[traces]") {
  if (!text::Quick::available()) return;
  std::string text = busy(20000);
  text.insert(text.find("              sh"), "              sh-1      [000] ...\n");
  const Reading reading = read(text, How::PassedOver);
  CHECK(reading.health.of(Anomaly::Unparsed).count == 1);
  CHECK(reading.health.of(Anomaly::PassedOver).count == 0);
}

TEST_CASE("the sieve finds every word wherever it stands", "[traces]") {
  const std::vector<std::string> words = {"alpha", "betas", "gamma_ray", "0000:", "a b c d"};
  const text::Sieve sieve(words, "some sample of the text alpine beta 0000 gamma");
  if (!sieve.usable()) return;
  for (const std::string& word : words)
    for (std::size_t at = 0; at < 200; ++at) {
      std::string text = std::string(at, '.') + word + std::string(200 - at, 'a') + "\n";
      const std::size_t size = text.size();
      text.append(text::Sieve::kBehind, '\n');
      text::Sieve::Block block;
      sieve.scan(std::string_view(text).substr(0, size), true, block);
      CAPTURE(word, at);
      CHECK(block.lines == 1);
      REQUIRE(block.places.size() == 1);
      CHECK(block.places[0] >= at);
      CHECK(block.places[0] < at + word.size());
      CHECK(text::Sieve::lines(block, 0, size) == 1);
      CHECK(text::Sieve::lines(block, 0, size - 1) == 0);
    }
  CHECK_FALSE(text::Sieve({"abcd"}, "").usable());
}

}  // namespace luproof::traces::test
