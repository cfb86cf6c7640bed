// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/spec_folders.h"

#include <algorithm>
#include <filesystem>

#include "model/source.h"

namespace luproof::model {

namespace fs = std::filesystem;

std::vector<std::string> spec_folders(const std::string& specs) {
  std::vector<std::string> folders;
  for (std::size_t at = 0; at <= specs.size();) {
    const std::size_t end = std::min(specs.find(':', at), specs.size());
    if (end > at) folders.push_back(specs.substr(at, end - at));
    at = end + 1;
  }
  return folders;
}

std::string shipped_folder(const std::string& specs) { return specs.substr(specs.rfind(':') + 1); }

std::string find_spec(const std::string& specs, const std::string& file) {
  std::error_code unknown;
  for (const std::string& folder : spec_folders(specs))
    if (std::string path = folder + "/" + file; fs::is_regular_file(path, unknown))
      return path;
  return shipped_folder(specs) + "/" + file;
}

std::string folder_of_spec(const std::string& path) {
  std::error_code ignored;
  const fs::path own = fs::absolute(path, ignored).lexically_normal().parent_path();
  for (fs::path up = own; up.has_relative_path(); up = up.parent_path())
    if (fs::is_directory(up / "rules", ignored)) return up.string();
  return own.string();
}

bool is_below(const std::string& path, const std::string& folder) {
  std::error_code unknown;
  const fs::path inner = fs::weakly_canonical(path, unknown);
  const fs::path outer = fs::weakly_canonical(folder.empty() ? "." : folder, unknown);
  return !unknown &&
         std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool is_link_out_of(const std::string& path, const std::vector<std::string>& folders) {
  std::error_code unknown;
  return fs::is_symlink(path, unknown) &&
         std::none_of(folders.begin(), folders.end(),
                      [&](const std::string& folder) { return is_below(path, folder); });
}

std::string folder_text(const std::string& folder) {
  return folder.empty() ? "this folder" : printable(folder);
}

}  // namespace luproof::model
