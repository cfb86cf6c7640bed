// SPDX-License-Identifier: GPL-2.0-or-later
// The readers, and what they are held to: reading the file and counting its newlines.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <set>

#include "bench/traces/bench.h"
#include "traces/input/spool.h"
#include "traces/reader.h"
#include "traces/text/reader.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace luproof::bench {

using namespace traces;

const char* const kSymbols[] = {"pci_write_config_word",
                                "pci_user_write_config_word",
                                "pci_set_master",
                                "pci_clear_master",
                                "pcie_flr",
                                "pci_af_flr",
                                "sriov_enable",
                                "pci_iov_init",
                                "pci_iov_add_virtfn",
                                "pci_device_probe",
                                "pci_device_remove",
                                "pci_device_shutdown",
                                "pcie_reset_flr",
                                "pci_pm_reset",
                                "machine_kexec",
                                "kernel_kexec",
                                "device_release_driver_internal"};
const int kSymbolCount = static_cast<int>(std::size(kSymbols));

namespace {

double seconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void say(double time, std::uint64_t bytes, std::int64_t lines, std::int64_t found) {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{{\"seconds\": {:.6f}, \"bytes\": {}, \"lines\": {}, \"found\": {}, \"kib\": {}}}\n",
             time, bytes, lines, found, usage.ru_maxrss);
}

#if defined(__x86_64__)
__attribute__((target("avx2,popcnt"))) std::int64_t newlines(const char* at, std::size_t size) {
  const __m256i newline = _mm256_set1_epi8('\n');
  std::int64_t count = 0;
  std::size_t i = 0;
  for (; i + 32 <= size; i += 32)
    count += __builtin_popcount(static_cast<unsigned>(_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i)), newline))));
  for (; i < size; ++i) count += at[i] == '\n' ? 1 : 0;
  return count;
}
#else
std::int64_t newlines(const char* at, std::size_t size) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < size; ++i) count += at[i] == '\n' ? 1 : 0;
  return count;
}
#endif

}  // namespace

bool count_newlines(const std::string& path) {
  // At a page's border: elsewhere the kernel copies at half the speed.
  constexpr std::size_t kBlock = std::size_t{256} << 10;
  const std::unique_ptr<char, decltype(&std::free)> block(
      static_cast<char*>(std::aligned_alloc(4096, kBlock)), &std::free);
  const double start = seconds();
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return false;
  std::uint64_t bytes = 0;
  std::int64_t lines = 0;
  for (ssize_t got; (got = ::read(file, block.get(), kBlock)) > 0;) {
    lines += newlines(block.get(), static_cast<std::size_t>(got));
    bytes += static_cast<std::uint64_t>(got);
  }
  ::close(file);
  say(seconds() - start, bytes, lines, 0);
  return true;
}

bool read_text(const std::string& path, Lines how) {
  std::string problem;
  const std::uint64_t bytes = input::RandomFile::open(path).size();
  const double start = seconds();
  TextReader reader(path, input::open_bytes(path, problem));
  if (how != Lines::TakenApart) reader.words({std::begin(kSymbols), std::end(kSymbols)});
  if (how == Lines::LookedAt) reader.look_at_first(UINT64_MAX);
  TraceLine line;
  std::int64_t found = 0;
  while (reader.next(line)) ++found;
  say(seconds() - start, bytes, reader.health().events, found);
  return !reader.refusal();
}

bool read_dat(const std::string& path) {
  model::Diagnostics diagnostics;
  const std::set<std::string, std::less<>> symbols(std::begin(kSymbols), std::end(kSymbols));
  std::int64_t events = 0, found = 0;
  const std::uint64_t bytes = input::RandomFile::open(path).size();
  const double start = seconds();
  for (const ReaderPtr& reader : open_capture(path, diagnostics)) {
    reader->only([&](std::string_view symbol) { return symbols.count(symbol) > 0; });
    TraceLine line;
    while (reader->next(line)) ++found;
    events += reader->health().events;
  }
  say(seconds() - start, bytes, events, found);
  return diagnostics.ok();
}

}  // namespace luproof::bench
