// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/sources.h"

#include <filesystem>

#include "model/spec_folders.h"
#include "model/yaml_tree.h"

namespace luproof::report {

namespace {

constexpr std::size_t kLargest = std::size_t{4} << 20;

}  // namespace

std::string Source::text() const {
  std::string all;
  for (const std::string* part : {&title, &author, &date, &link})
    if (!part->empty()) all += (all.empty() ? "" : "; ") + *part;
  return all;
}

bool Source::linked() const { return link.starts_with("https://") || link.starts_with("http://"); }

Sources read_sources(const std::string& path, model::Diagnostics& diagnostics) {
  Sources all;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return all;
  const auto text = model::read_source(path, kLargest, diagnostics);
  const auto root = text ? model::read_yaml(text, diagnostics) : std::nullopt;
  if (!root) return all;
  for (const model::YamlEntry& entry : root->entries) {
    const auto field = [&](const char* name) {
      const model::YamlEntry* found = entry.value.find(name);
      return found ? found->value.text : std::string();
    };
    all[entry.key.text] = {field("title"), field("author"), field("date"), field("link")};
  }
  return all;
}

Sources sources_for(const std::string& specs, const std::string& spec,
                    model::Diagnostics& diagnostics) {
  namespace fs = std::filesystem;
  std::error_code error;
  Sources all;
  for (fs::path up = fs::absolute(spec, error).parent_path(); up.has_relative_path();
       up = up.parent_path())
    if (fs::is_regular_file(up / "sources.yaml", error)) {
      all = read_sources((up / "sources.yaml").string(), diagnostics);
      break;
    }
  for (const std::string& folder : model::spec_folders(specs))
    all.merge(read_sources((fs::path(folder) / "sources.yaml").string(), diagnostics));
  return all;
}

}  // namespace luproof::report
