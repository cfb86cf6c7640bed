// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/sweep_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace luproof::cli {
namespace {

// A predecessor that was killed needs a moment to let go. Some network file systems have no locks:
// there nobody can know.
bool locked(int file) {
  constexpr int kTries = 30;
  constexpr useconds_t kPause = 100'000;
  for (int i = 0; i < kTries; ++i) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
    usleep(kPause);
  }
  return false;
}

}  // namespace

SweepFile::~SweepFile() {
  if (file_ > STDERR_FILENO) close(file_);
}

SweepFile::Held SweepFile::open(const std::string& path, model::Diagnostics& diagnostics) {
  if (path.empty()) {
    file_ = STDOUT_FILENO;
    return {};
  }
  const auto fail = [&](const std::string& what, const std::string& hint) {
    diagnostics.error({model::Source::make(path, ""), 0, 0, 1}, what, hint);
    return Held{};
  };
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0)
    return fail(fmt::format("the file cannot be opened: {}", std::strerror(errno)), "");
  struct stat about {};
  if (fstat(file_, &about) != 0 || !S_ISREG(about.st_mode))
    return fail("results are added to a regular file", "without -o they go to standard output");
  if (!locked(file_))
    return fail("another luproof adds to this file", "give each shard a file of its own");
  const auto source = model::read_source(path, report::kLargestSweepFile, diagnostics);
  if (!source) return {};
  Held held{source, report::read_sweep_lines(source, diagnostics)};
  const report::SweepLines& lines = held.lines;
  if (lines.torn && diagnostics.ok()) {
    if (ftruncate(file_, static_cast<off_t>(lines.whole)) != 0)
      return fail(fmt::format("the torn last line cannot be taken away: {}", std::strerror(errno)),
                  "");
    diagnostics.warning({source, 0, 0, 1},
                        "the last line had no end and was taken away: its task is run again");
  }
  return held;
}

bool SweepFile::add(const std::string& line) {
  const bool regular = file_ != STDOUT_FILENO;
  const off_t before = regular ? lseek(file_, 0, SEEK_END) : 0;
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t written = write(file_, line.data() + at, line.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      // Half a line is no result. If even this fails, who opens the file next takes it away.
      if (regular && ftruncate(file_, before) != 0) errno = EIO;
      return false;
    }
    at += static_cast<std::size_t>(written);
  }
  return !regular || fdatasync(file_) == 0;
}

}  // namespace luproof::cli
