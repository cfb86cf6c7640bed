// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep/inputs.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "model/sha256.h"

namespace luproof::sweep {

namespace fs = std::filesystem;

void Inputs::add(const model::Composition& composition) {
  for (const auto& document : composition.documents) {
    add_text("spec " + document->name, document->source->text);
    dumps(*document, document->root);
    if (const model::YamlEntry* variants = document->root.find("variants"))
      for (const model::YamlEntry& variant : variants->value.entries)
        dumps(*document, variant.value);
  }
}

void Inputs::dumps(const model::Document& document, const model::YamlNode& holder) {
  const model::YamlEntry* const topology = holder.find("topology");
  const model::YamlEntry* const from = topology ? topology->value.find("from") : nullptr;
  if (from == nullptr) return;
  add_file(fmt::format("from {} {}", document.name, from->value.text),
           (fs::path(document.path).parent_path() / from->value.text).string());
}

void Inputs::add_file(const std::string& path) {
  if (!path.empty()) add_file("file " + path, path);
}

void Inputs::add_folder(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error), end;
  for (; !error && at != end; at.increment(error))
    if (at->path().extension() == ".yaml" && at->is_regular_file(error))
      add_file("specs " + at->path().lexically_relative(folder).generic_string(),
               at->path().string());
}

void Inputs::add_file(const std::string& label, const std::string& path) {
  if (!seen_.insert(label).second) return;
  std::ifstream file(path, std::ios::binary);
  model::Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 16);
  while (file.good()) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof())
    diagnostics_.error({}, fmt::format("{} cannot be read", path), "the plan leads to it");
  lines_.insert(label + " " + hash.digest());
}

void Inputs::add_text(const std::string& label, const std::string& text) {
  lines_.insert(label + " " + model::sha256(text));
}

std::string Inputs::hash() const {
  model::Sha256 all;
  for (const std::string& line : lines_) all.add(line + "\n");
  return all.digest();
}

}  // namespace luproof::sweep
