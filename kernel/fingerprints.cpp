// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/fingerprints.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kernel/c_functions.h"
#include "model/schema.h"
#include "model/yaml_tree.h"

namespace luproof::kernel {
namespace {

using model::YamlEntry;
using model::YamlNode;

std::string text_of_key(const YamlNode& node, std::string_view key) {
  const YamlEntry* found = node.find(key);
  return found && found->value.is_scalar() ? found->value.text : "";
}

std::optional<std::uint64_t> read_hash(const std::string& text) {
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (text.size() != 16 || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return hash;
}

bool header(const std::string& file) { return file.ends_with(".h"); }

}  // namespace

std::vector<std::string> read_folders(const model::SourcePtr& source,
                                      model::Diagnostics& diagnostics) {
  const auto root = model::read_yaml(source, diagnostics);
  if (!root) return {};
  std::vector<std::string> folders;
  const YamlEntry* list = root->find("folders");
  if (list)
    for (const YamlNode* item : model::items_of(list->value)) folders.push_back(item->text);
  if (folders.empty())
    diagnostics.error(root->span, "'folders:' is a list of folders of a Linux tree",
                      "folders: [drivers/pci]");
  return folders;
}

std::optional<Fingerprints> read_fingerprints(const model::SourcePtr& source,
                                              model::Diagnostics& diagnostics) {
  const auto root = model::read_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  const int errors = diagnostics.errors();
  Fingerprints all;
  all.kernel = text_of_key(*root, "kernel");
  all.release = text_of_key(*root, "release");
  const YamlEntry* functions = root->find("functions");
  if (all.kernel.empty() || !functions || !functions->value.is_sequence()) {
    diagnostics.error(root->span, "fingerprints have 'kernel:', 'release:' and 'functions:'",
                      "luproof drift --record LINUX_TREE writes them");
    return std::nullopt;
  }
  for (const YamlNode& item : functions->value.items) {
    const auto hash = read_hash(text_of_key(item, "hash"));
    Fingerprint f{text_of_key(item, "name"), text_of_key(item, "file"), hash.value_or(0)};
    if (!hash || f.function.empty() || f.file.empty())
      diagnostics.error(item.span, "a fingerprint has a name, a file and a hash of 16 digits",
                        "luproof drift --record LINUX_TREE writes them");
    all.functions.push_back(std::move(f));
  }
  if (const YamlEntry* absent = root->find("absent"))
    for (const YamlNode* item : model::items_of(absent->value)) all.absent.push_back(item->text);
  if (diagnostics.errors() > errors) return std::nullopt;
  return all;
}

std::string to_yaml(const Fingerprints& all) {
  std::string text =
      "# What the functions look like that rules rest on; luproof drift --record writes it.\n";
  text += fmt::format("kernel: {}\nrelease: \"{}\"\nfunctions:\n", all.kernel, all.release);
  for (const Fingerprint& f : all.functions)
    text += fmt::format("  - {{name: {}, file: \"{}\", hash: \"{:016x}\"}}\n", f.function, f.file,
                        f.hash);
  if (all.absent.empty()) return text;
  text +=
      "# Cited, and not in this kernel: of a series that is not merged, or of another folder.\n";
  text += "absent:\n";
  for (const std::string& name : all.absent) text += fmt::format("  - \"{}\"\n", name);
  return text;
}

std::optional<Fingerprints> record(const Tree& tree, const std::vector<std::string>& folders,
                                   const Citations& citations, const std::string& kernel,
                                   const Progress& progress) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> found;  // function, file
  std::map<std::string, std::set<std::string>> placed;                 // functions by file
  std::set<std::string> wanted;
  for (const auto& [place, who] : citations.functions)
    if (place.first.empty())
      wanted.insert(place.second);
    else
      placed[place.first].insert(place.second);

  const auto look = [&](const std::string& file, const std::set<std::string>& names) {
    const auto source = tree.read(file);
    if (!source) return;
    for (const auto& [name, function] : by_name(functions_of(source->text)))
      if (names.count(name)) found[{name, file}] = function.hash;
  };
  const std::vector<std::string> sources = tree.sources(folders);
  std::size_t done = 0;
  for (const std::string& file : sources) {
    look(file, wanted);
    if (!progress(++done, sources.size())) return std::nullopt;
  }
  // A stub in a header is what other configurations have.
  for (auto at = found.begin(); at != found.end();) {
    const auto same = [&](const auto& other) {
      return other.first.first == at->first.first && !header(other.first.second);
    };
    const bool stub = header(at->first.second) && std::any_of(found.begin(), found.end(), same);
    at = stub ? found.erase(at) : std::next(at);
  }
  for (const auto& [file, names] : placed) look(file, names);

  Fingerprints all;
  all.kernel = kernel;
  all.release = tree.release();
  for (const auto& [place, hash] : found)
    all.functions.push_back({place.first, place.second, hash});
  for (const auto& [place, who] : citations.functions) {
    const std::string &file = place.first, &function = place.second;
    const bool there =
        std::any_of(all.functions.begin(), all.functions.end(), [&](const Fingerprint& f) {
          return f.function == function && (file.empty() || f.file == file);
        });
    const bool said = std::any_of(who.begin(), who.end(),
                                  [](const Citation& c) { return c.how != Speaks::Sentence; });
    if (!there && said) all.absent.push_back(file.empty() ? function : file + ":" + function);
  }
  return all;
}

}  // namespace luproof::kernel
