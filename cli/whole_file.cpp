// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/whole_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace luproof::cli {

namespace fs = std::filesystem;

bool write_whole(const std::string& path, const std::string& text,
                 model::Diagnostics& diagnostics) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    diagnostics.error({}, fmt::format("cannot write {}: it is no file", path),
                      "without -o the report goes to standard output");
    return false;
  }
  const std::string fresh = fmt::format("{}.{}.part", path, getpid());
  std::FILE* file = std::fopen(fresh.c_str(), "wb");
  bool good = file != nullptr;
  if (file) {
    good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    good = std::fclose(file) == 0 && good;
  }
  const int why = errno;
  if (good) fs::rename(fresh, path, error);
  if (good && !error) return true;
  std::error_code ignored;
  if (file) fs::remove(fresh, ignored);
  diagnostics.error(
      {}, fmt::format("cannot write {}: {}", path, good ? error.message() : std::strerror(why)));
  return false;
}

}  // namespace luproof::cli
