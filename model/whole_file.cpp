// SPDX-License-Identifier: GPL-2.0-or-later
// The text goes into a new file beside the old one, which then takes its name.
#include "model/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

constexpr int kNames = 100;  // that others may have taken, until we give up

// A file that nobody had, so that no link of somebody else's leads us elsewhere.
int open_beside(const std::string& path, std::string& fresh) {
  for (int i = 0; i < kNames; ++i) {
    fresh = fmt::format("{}.{}.{}.part", path, getpid(), i);
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 || errno == EINVAL;  // of a file system without it
}

// 0, or why not.
int write_beside(const std::string& path, const std::string& text) {
  std::string fresh;
  const int file = open_beside(path, fresh);
  if (file < 0) return errno;
  int why = write_all(file, text) ? 0 : errno;
  if (::close(file) != 0 && why == 0) why = errno;
  if (why == 0 && ::rename(fresh.c_str(), path.c_str()) != 0) why = errno;
  if (why != 0) ::unlink(fresh.c_str());
  return why;
}

}  // namespace

bool write_whole(const std::string& path, const std::string& text, Diagnostics& diagnostics) {
  std::error_code error;
  const bool there = fs::exists(path, error);
  if (there && !fs::is_regular_file(path, error)) {
    diagnostics.error({}, fmt::format("cannot write {}: it is no file", printable(path)),
                      "a device, a pipe or a folder cannot be replaced; name a file");
    return false;
  }
  // A link stays one.
  const fs::path real = there ? fs::canonical(path, error) : fs::path(path);
  const int why = error ? error.value() : write_beside(real.string(), text);
  if (why == 0) return true;
  diagnostics.error({}, fmt::format("cannot write {}: {}", printable(path), std::strerror(why)));
  return false;
}

}  // namespace luproof::model
