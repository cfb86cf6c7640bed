// SPDX-License-Identifier: GPL-2.0-or-later
// A baseline as text, and onto the disk whole or not at all: a half one would excuse nothing, or
// the wrong thing, in the next run of a CI.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "traces/baseline.h"

namespace luproof::traces {

using model::printable;

namespace {

// Any text as one YAML scalar in double quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

}  // namespace

std::string baseline_text(const std::vector<BaselineEntry>& entries) {
  std::string out =
      "# Violations that are known: luproof trace --baseline. Each needs a reason that somebody\n"
      "# would accept; after the day of `expires` it fails again.\n";
  if (entries.empty()) out += "[]\n";
  for (const BaselineEntry& entry : entries) {
    out += fmt::format("- property: {}\n  function: {}\n", quoted(entry.property),
                       quoted(entry.function));
    if (!entry.kernel.empty()) out += fmt::format("  kernel: {}\n", quoted(entry.kernel));
    out += fmt::format("  reason: {}\n", quoted(entry.reason));
    if (!entry.owner.empty()) out += fmt::format("  owner: {}\n", quoted(entry.owner));
    if (entry.expires) out += fmt::format("  expires: {}\n", day_text(*entry.expires));
  }
  return out;
}

bool write_baseline(const std::string& path, const std::vector<BaselineEntry>& entries,
                    model::Diagnostics& diagnostics) {
  const auto fail = [&](const char* what) {
    const std::string why = std::strerror(errno);
    diagnostics.error({model::Source::make(path, ""), 0, 0, 1},
                      fmt::format("the baseline was not written: {}: {}", what, why));
    return false;
  };
  std::string beside = path + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);
  if (file < 0) return fail("no file beside it");
  const bool written = write_all(file, baseline_text(entries)) && ::fchmod(file, 0644) == 0;
  const int error = errno;
  ::close(file);
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) return true;
  if (!written) errno = error;
  const int reason = errno;
  ::unlink(beside.c_str());
  errno = reason;
  return fail("writing failed");
}

}  // namespace luproof::traces
