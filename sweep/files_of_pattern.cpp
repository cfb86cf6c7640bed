// SPDX-License-Identifier: GPL-2.0-or-later
#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "sweep/plan.h"

namespace luproof::sweep {

namespace fs = std::filesystem;

namespace {

// Of the folder itself nothing is a pattern.
std::string literal(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::vector<std::string> files_of_pattern(const std::string& folder, const std::string& pattern) {
  const fs::path whole = fs::path(literal(folder)) / pattern;
  std::vector<std::string> found;
  glob_t all{};
  if (glob(whole.c_str(), GLOB_NOSORT, nullptr, &all) == 0)
    for (std::size_t i = 0; i < all.gl_pathc; ++i) {
      std::error_code error;
      const fs::path path = all.gl_pathv[i];
      if (!fs::is_regular_file(path, error)) continue;
      found.push_back(fs::path(pattern).is_absolute()
                          ? path.string()
                          : path.lexically_relative(folder).generic_string());
    }
  globfree(&all);
  std::sort(found.begin(), found.end());  // by bytes: a locale would order them for one machine
  return found;
}

}  // namespace luproof::sweep
