// SPDX-License-Identifier: GPL-2.0-or-later
// An installation may be moved as a whole, so it is looked for from the executable first. A build
// tree has a link to the specs of its source beside the executable; nothing else does.
#include "cli/spec_folders.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "generated/build_facts.h"
#include "model/spec_folders.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwn = "LUPROOF_PATH";
constexpr const char* kShipped = "LUPROOF_SPECS";

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> own_folders() { return model::spec_folders(from_environment(kOwn)); }

std::string folder_at(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return "";
  const fs::path real = fs::canonical(path, error);
  return error ? "" : real.string();
}

}  // namespace

std::string FoundFolders::specs() const {
  std::string all;
  for (const std::string& folder : own) all += folder + ":";
  return all + shipped;
}

FoundFolders found_folders(const std::string& given) {
  FoundFolders found;
  found.own = own_folders();
  const auto take = [&](std::string path, const char* how) {
    if (!found.shipped.empty() || path.empty()) return;
    found.shipped = std::move(path);
    found.found_by = how;
  };
  take(given, "--specs");
  take(from_environment(kShipped), kShipped);
  std::error_code error;
  if (const fs::path binary = fs::read_symlink("/proc/self/exe", error); !error) {
    take(folder_at(binary.parent_path() / LUPROOF_SPECS_FROM_BINARY), "beside the executable");
    take(folder_at(binary.parent_path() / "specs"), "of the source tree");
  }
  take(folder_at(LUPROOF_INSTALLED_SPECS), "of the installation");
  return found;
}

void check_environment(model::Diagnostics& diagnostics) {
  std::error_code error;
  for (const std::string& folder : own_folders())
    if (!fs::is_directory(folder, error))
      diagnostics.error({}, fmt::format("{} names '{}', which is no folder", kOwn, folder),
                        "folders with rules, designs or bindings in them, separated by ':'");
  const std::string shipped = from_environment(kShipped);
  if (!shipped.empty() && !fs::is_directory(shipped, error))
    diagnostics.error({}, fmt::format("{} is '{}', which is no folder", kShipped, shipped),
                      "the folder of the shipped packs; without it luproof finds its own");
  if (const std::string found = found_folders("").shipped; found.find(':') != std::string::npos)
    diagnostics.error({},
                      fmt::format("the folder of the specs, '{}', has a ':' in its name", found),
                      "say another by --specs or LUPROOF_SPECS");
}

}  // namespace luproof::cli
