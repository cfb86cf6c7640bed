// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/spec_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kFolders = {"rules", "designs", "cases", "checks",
                                                      "questions"};
constexpr std::size_t kMaximumFiles = 10'000;

void below(const fs::path& folder, std::vector<std::string>& found) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error), end;
  for (; !error && at != end && found.size() < kMaximumFiles; at.increment(error))
    if (at->path().extension() == ".yaml" && at->is_regular_file(error))
      found.push_back(at->path().string());
}

bool spec_folder(const fs::path& path) {
  const fs::path clean = fs::absolute(path).lexically_normal();
  const std::string name = (clean.has_filename() ? clean : clean.parent_path()).filename().string();
  return std::find(kFolders.begin(), kFolders.end(), name) != kFolders.end();
}

}  // namespace

std::vector<std::string> spec_files(const std::vector<std::string>& paths,
                                    model::Diagnostics& diagnostics) {
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      all.push_back(path);  // whether it can be read is seen when it is
      continue;
    }
    std::vector<std::string> found;
    if (spec_folder(path))
      below(path, found);
    else
      for (const std::string_view folder : kFolders) below(fs::path(path) / folder, found);
    if (found.empty())
      diagnostics.error({}, fmt::format("no spec in the folder '{}'", path),
                        "specs are *.yaml below rules, designs, cases and questions");
    std::sort(found.begin(), found.end());
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

}  // namespace luproof::cli
