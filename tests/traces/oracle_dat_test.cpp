// SPDX-License-Identifier: GPL-2.0-or-later
// trace-cmd's own library as an oracle, in a process of its own: it crashes on some damaged files.
#include <sys/wait.h>

#include <cstdio>
#include <random>

#include "tests/traces/capture.h"
#include "tests/traces/validate.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

// How many events, and the sums of their times and CPUs.
struct Sums {
  unsigned long long events = 0, times = 0, cpus = 0;
  bool operator==(const Sums&) const = default;
};

Sums sums_of(const std::vector<Capture>& captures) {
  Sums sums;
  for (const Capture& capture : captures)
    for (const TraceLine& line : capture.lines) {
      if (line.kind == LineKind::Lost) continue;
      ++sums.events;
      sums.times += static_cast<unsigned long long>(line.time_ns.value_or(line.ticks.value_or(0)));
      sums.cpus += static_cast<unsigned long long>(line.cpu);
    }
  return sums;
}

#ifdef LUPROOF_ORACLE
constexpr bool kInstalled = true;
constexpr const char* kOracle = LUPROOF_ORACLE;
#else
constexpr bool kInstalled = false;
constexpr const char* kOracle = "";
#endif

// nullopt: it refuses the file, or crashes.
std::optional<Sums> oracle(const std::string& path) {
  FILE* const pipe = ::popen(fmt::format("'{}' '{}' 2>/dev/null", kOracle, path).c_str(), "r");
  REQUIRE(pipe != nullptr);
  Sums sums;
  unsigned long long types = 0;
  const int read =
      std::fscanf(pipe, "%llu %llu %llu %llu", &sums.events, &sums.times, &sums.cpus, &types);
  const int status = ::pclose(pipe);
  if (read != 4 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return sums;
}

}  // namespace

TEST_CASE("libtracecmd reads the same events of a whole file", "[traces][dat]") {
  if (!kInstalled) {
    WARN("libtracecmd-dev is not installed: nothing was compared");
    return;
  }
  for (const char* name :
       {"s1/igb-kprobe.trace.dat", "s3/new.boot.trace.dat", "s3/new.bootmap.trace.dat",
        "s5/all.trace.dat", "s6-basic/luo-graph.trace.dat", "s6-basic/new.bootmap.trace.dat",
        "s6-vfs-failfreeze/new.bootmap.trace.dat", "s7lost/nooverwrite.trace.dat",
        "s7lost/tracecmd.trace.dat"}) {
    CAPTURE(name);
    const auto theirs = oracle(captured(name));
    REQUIRE(theirs.has_value());
    const Sums ours = sums_of(read_captures(name));
    CHECK(ours.events == theirs->events);
    CHECK(ours.times == theirs->times);
    CHECK(ours.cpus == theirs->cpus);
  }
}

TEST_CASE("a damaged file that is read without a complaint is whole for libtracecmd too",
          "[traces][dat]") {
  if (!kInstalled) {
    WARN("libtracecmd-dev is not installed: nothing was compared");
    return;
  }
  luproof::model::Diagnostics diagnostics;
  const auto source =
      luproof::model::read_source(captured("s1/igb-kprobe.v6.trace.dat.zst"), 1 << 26, diagnostics);
  REQUIRE(source != nullptr);
  const std::string& whole = source->text;
  // The pages are at the end of the file: 16 KiB of them.
  const std::size_t pages = whole.size() - 16384;
  std::mt19937_64 random(20251211);
  for (int round = 0; round < 12; ++round) {
    std::string bent = whole;
    const std::size_t page = pages + random() % 4 * 4096;
    if (round % 3 == 0)
      std::fill_n(bent.begin() + static_cast<std::ptrdiff_t>(page), 4096, '\0');
    else if (round % 3 == 1)
      bent[page + 8 + random() % 4] ^= static_cast<char>(1 << random() % 8);
    else
      bent.resize(page + random() % 4096);
    const Capture ours = read_bytes(bent);
    if (!ours.errors.empty() || ours.health.worst() != Effect::Note) continue;
    const Temporary file(bent);
    const auto theirs = oracle(file.path());
    CAPTURE(round, page);
    REQUIRE(theirs.has_value());
    CHECK(theirs->events == static_cast<unsigned long long>(ours.health.events));
  }
}
