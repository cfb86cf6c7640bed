// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace luproof::kernel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestSource = 4u << 20;
constexpr std::size_t kMostFiles = 100'000;
constexpr std::size_t kLongestNumber = 9;

// The value of `KEY = VALUE` in the top Makefile.
std::string assigned(const std::string& makefile, std::string_view key) {
  std::size_t line = 0;
  while (line < makefile.size()) {
    const std::size_t end = std::min(makefile.find('\n', line), makefile.size());
    const std::string_view text = std::string_view(makefile).substr(line, end - line);
    line = end + 1;
    if (!text.starts_with(key)) continue;
    std::size_t at = key.size();
    while (at < text.size() && text[at] == ' ') ++at;
    if (at == text.size() || text[at] != '=') continue;
    for (++at; at < text.size() && text[at] == ' ';) ++at;
    std::string value(text.substr(at));
    while (!value.empty() && (value.back() == ' ' || value.back() == '\r')) value.pop_back();
    return value;
  }
  return "";
}

bool number(const std::string& text) {
  return !text.empty() && text.size() <= kLongestNumber &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

bool plain_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_./+-,").find(c) != std::string_view::npos;
  });
}

std::optional<Tree> Tree::open(const std::string& folder, model::Diagnostics& diagnostics) {
  std::error_code error;
  Tree tree;
  tree.folder_ = fs::canonical(folder, error).string();
  model::SourcePtr makefile;
  if (!error) makefile = tree.read("Makefile");
  std::string version, patch;
  if (makefile) {
    version = assigned(makefile->text, "VERSION");
    patch = assigned(makefile->text, "PATCHLEVEL");
  }
  if (!number(version) || !number(patch)) {
    diagnostics.error({}, fmt::format("'{}' is no Linux source tree", folder),
                      "its Makefile says VERSION = … and PATCHLEVEL = …");
    return std::nullopt;
  }
  tree.release_ = version + "." + patch;
  if (const std::string sub = assigned(makefile->text, "SUBLEVEL"); number(sub) && sub != "0")
    tree.release_ += "." + sub;
  tree.release_ += assigned(makefile->text, "EXTRAVERSION");
  return tree;
}

model::SourcePtr Tree::read(const std::string& file) const {
  std::error_code error;
  const fs::path path = fs::canonical(fs::path(folder_) / file, error);
  if (error) return nullptr;
  const std::string inside = fs::path(path).lexically_relative(folder_).string();
  if (inside.empty() || inside.starts_with("..")) return nullptr;
  model::Diagnostics ignored;
  return model::read_source(path.string(), kLargestSource, ignored);
}

std::vector<std::string> Tree::sources(const std::vector<std::string>& folders) const {
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    std::error_code error;
    const fs::path top = fs::canonical(fs::path(folder_) / folder, error);
    if (error || fs::path(top).lexically_relative(folder_).string().starts_with("..")) continue;
    fs::recursive_directory_iterator at(top, error), end;
    for (; !error && at != end && found.size() < kMostFiles; at.increment(error)) {
      const fs::path extension = at->path().extension();
      if (extension != ".c" && extension != ".h") continue;
      std::error_code unknown;
      if (at->is_symlink(unknown) || !at->is_regular_file(unknown)) continue;
      std::string file = at->path().lexically_relative(folder_).string();
      if (plain_path(file)) found.push_back(std::move(file));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace luproof::kernel
