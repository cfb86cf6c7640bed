// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/limits.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace luproof::traces {

namespace {

std::size_t pages_of(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return 0;
  unsigned long all = 0, resident = 0;
  const bool read = std::fscanf(file, "%lu %lu", &all, &resident) == 2;
  std::fclose(file);
  return read ? resident : 0;
}

}  // namespace

void Limits::set_timeout(double seconds) {
  const auto whole =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  deadline = Clock::now() + whole;
  grace_ = whole / 2;
}

Limits Limits::for_judging() const {
  Limits judging = *this;
  if (deadline != Clock::time_point::max()) judging.deadline += grace_;
  // Judging adds little to what reading has taken; what was read has to be judged all the same.
  judging.memory += usual ? memory / 8 : memory / 2;
  return judging;
}

std::string_view Limits::reached() const {
  if (interrupted != nullptr && *interrupted) return "Ctrl-C";
  if (deadline != Clock::time_point::max() && Clock::now() > deadline) return "--timeout";
  if (memory != 0 && resident_memory() > memory) return usual ? kUsualMemory : "--memory";
  return {};
}

std::size_t Limits::left() const {
  if (memory == 0) return 0;
  const std::size_t held = resident_memory();
  return memory > held ? memory - held : 1;
}

std::size_t resident_memory() {
  return pages_of("/proc/self/statm") * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t resident_memory(int pid) {
  return pages_of(fmt::format("/proc/{}/statm", pid)) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace luproof::traces
