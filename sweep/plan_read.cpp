// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "model/size.h"
#include "model/yaml_map.h"
#include "sweep/plan.h"

namespace luproof::sweep {

namespace fs = std::filesystem;
using model::printable;
using model::YamlEntry;
using model::YamlMap;
using model::YamlNode;

namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20;
constexpr double kLongest = 1e6;  // seconds
constexpr int kMostVfs = 65535;
constexpr const char* kOwn = "own";

const std::vector<std::string> kPlanKeys = {"sweep",  "about",      "designs", "captures",
                                            "limits", "topologies", "vfs"};
const std::vector<std::string> kDesignKeys = {"file",       "variants",   "choices",
                                              "properties", "topologies", "vfs"};
const std::vector<std::string> kCaptureKeys = {
    "files", "folder", "name",   "topology", "topology-at", "topology-after", "stats",  "probes",
    "keep",  "claim",  "strict", "design",   "variant",     "kernel",         "binding"};
const std::vector<std::string> kLimitKeys = {"timeout", "memory"};

template <typename Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<Word> words(const YamlMap& map, const YamlNode& node, const std::string& key) {
  std::vector<Word> found;
  const auto add = [&](const YamlNode& item) {
    if (item.is_scalar() && !item.text.empty())
      found.push_back({item.text, item.span});
    else
      map.error(item.span, "a text is expected here");
  };
  if (node.is_sequence())
    for (const YamlNode& item : node.items) add(item);
  else
    add(node);
  if (node.is_sequence() && node.items.empty())
    map.error(node.span, fmt::format("'{}' is empty", printable(key)),
              "leave it out, or name at least one");
  return found;
}

// [] where everything is meant: the key is missing, or says "all".
std::vector<Word> words_or_all(const YamlMap& map, const YamlNode& node, const std::string& key) {
  const YamlEntry* const entry = node.find(key);
  if (entry == nullptr || (entry->value.is_scalar() && entry->value.text == "all")) return {};
  return words(map, entry->value, key);
}

class Reader {
 public:
  Reader(Plan& plan, model::Diagnostics& diagnostics) : plan_(plan), diagnostics_(diagnostics) {}

  void read(const YamlNode& root) {
    const YamlMap map(root, diagnostics_);
    if (!map.only(kPlanKeys)) return;
    plan_.name = map.need("sweep", "shipped-designs");
    map.text("about");
    if (const YamlEntry* entry = root.find("limits")) limits(entry->value);
    topologies_ = topologies(map, root, "topologies", {""});
    vfs_ = vfs(map, root, {0});
    each(map, root, "designs", [&](const YamlNode& item) { designs(item); });
    each(map, root, "captures", [&](const YamlNode& item) { captures(item); });
    if (!map.has("designs") && !map.has("captures"))
      map.error(root.span, "the plan asks nothing", "designs: [{file: designs/*.yaml}]");
  }

 private:
  template <typename Act>
  void each(const YamlMap& map, const YamlNode& root, const char* key, const Act& act) {
    const YamlEntry* const entry = root.find(key);
    if (entry == nullptr) return;
    if (!entry->value.is_sequence() || entry->value.items.empty())
      return map.error(entry->value.span, fmt::format("'{}' is a list", key),
                       std::string(key) == "designs" ? "- {file: designs/*.yaml}"
                                                     : "- {files: [old.trace, new.trace]}");
    for (const YamlNode& item : entry->value.items) act(item);
  }

  void limits(const YamlNode& node) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kLimitKeys)) return;
    if (map.has("timeout")) {
      const auto seconds = number<double>(map.text("timeout"));
      if (!seconds || !std::isfinite(*seconds) || *seconds <= 0 || *seconds > kLongest)
        map.error(map.place("timeout"), "'timeout' is a number of seconds", "timeout: 60");
      else
        plan_.seconds = *seconds;
    }
    if (map.has("memory")) {
      const auto size = model::parse_size(map.text("memory"));
      if (!size) map.error(map.place("memory"), "'memory' is a size", "512M, 2G");
      plan_.memory = size.value_or(0);
    }
  }

  // Files of a pattern or of a list of them; that there is none is an error.
  std::vector<std::string> files(const YamlMap& map, const YamlNode& node, const std::string& key) {
    std::vector<std::string> all;
    for (const Word& word : words(map, node, key)) {
      const auto found = files_of_pattern(plan_.folder, word.text);
      if (found.empty())
        map.error(word.span, fmt::format("there is no file '{}'", printable(word.text)),
                  "paths start from the folder of the plan");
      for (const std::string& file : found)
        if (std::find(all.begin(), all.end(), file) == all.end()) all.push_back(file);
    }
    return all;
  }

  std::vector<std::string> files_at(const YamlMap& map, const YamlNode& node, const char* key) {
    const YamlEntry* const entry = node.find(key);
    return entry == nullptr ? std::vector<std::string>{} : files(map, entry->value, key);
  }

  std::string one_file(const YamlMap& map, const YamlNode& node, const char* key) {
    const auto found = files_at(map, node, key);
    if (found.size() > 1) map.error(map.place(key), fmt::format("'{}' is one file", key));
    return found.empty() ? "" : found.front();
  }

  std::vector<std::string> topologies(const YamlMap& map, const YamlNode& node, const char* key,
                                      const std::vector<std::string>& usual) {
    const YamlEntry* const entry = node.find(key);
    if (entry == nullptr) return usual;
    std::vector<std::string> all;
    for (const Word& word : words(map, entry->value, key)) {
      if (word.text == kOwn) {
        all.emplace_back();
        continue;
      }
      const auto found = files_of_pattern(plan_.folder, word.text);
      if (found.empty())
        map.error(word.span, fmt::format("there is no topology '{}'", printable(word.text)),
                  "own, or a dump; paths start from the folder of the plan");
      all.insert(all.end(), found.begin(), found.end());
    }
    return all;
  }

  std::vector<int> vfs(const YamlMap& map, const YamlNode& node, const std::vector<int>& usual) {
    const YamlEntry* const entry = node.find("vfs");
    if (entry == nullptr) return usual;
    std::vector<int> all;
    for (const Word& word : words(map, entry->value, "vfs")) {
      const auto count = number<int>(word.text);
      if (word.text != kOwn && (!count || *count < 1 || *count > kMostVfs))
        map.error(word.span, fmt::format("'{}' is no number of VFs", printable(word.text)),
                  "own, or 1 to 65535");
      all.push_back(word.text == kOwn ? 0 : count.value_or(0));
    }
    return all;
  }

  void designs(const YamlNode& node) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kDesignKeys)) return;
    Designs entry;
    entry.span = node.span;
    if (!map.has("file")) return map.error(node.span, "'file:' is missing", "file: designs/*.yaml");
    entry.files = files_at(map, node, "file");
    entry.variants = words_or_all(map, node, "variants");
    entry.properties = words_or_all(map, node, "properties");
    if (const YamlEntry* choices = node.find("choices");
        choices && !(choices->value.is_scalar() && choices->value.text == "all")) {
      if (!choices->value.is_map())
        map.error(choices->value.span, "'choices' is all, or a map",
                  "choices: {who: [core, driver]}");
      for (const YamlEntry& choice : choices->value.entries)
        entry.choices[choice.key.text] = words(map, choice.value, choice.key.text);
    }
    entry.topologies = topologies(map, node, "topologies", topologies_);
    entry.vfs = vfs(map, node, vfs_);
    plan_.designs.push_back(std::move(entry));
  }

  void captures(const YamlNode& node) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kCaptureKeys)) return;
    Captures entry;
    entry.span = node.span;
    entry.files = files_at(map, node, "files");
    entry.folder = map.text("folder");
    if (map.has("files") == map.has("folder"))
      return map.error(node.span, "either the 'files' of one run, or a 'folder' of runs",
                       "files: [old.trace, new.trace]");
    std::error_code error;
    if (!entry.folder.empty() && !fs::is_directory(fs::path(plan_.folder) / entry.folder, error))
      map.error(map.place("folder"),
                fmt::format("there is no folder '{}'", printable(entry.folder)),
                "paths start from the folder of the plan");
    if (map.has("folder"))
      for (const char* key : {"name", "stats", "topology-after"})
        if (map.has(key))
          map.error(map.place(key), fmt::format("'{}' is of one run, not of a folder", key),
                    "say it in the folder's captures.yaml");
    entry.name = map.text("name");
    entry.keep = map.texts("keep");
    entry.stats = files_at(map, node, "stats");
    entry.probes = files_at(map, node, "probes");
    entry.claim = map.text("claim");
    entry.kernel = map.text("kernel");
    entry.binding = one_file(map, node, "binding");
    entry.topology_at = map.text("topology-at");
    entry.topology_after = one_file(map, node, "topology-after");
    entry.variant = map.text("variant");
    entry.strict = map.yes("strict");
    entry.topologies = topologies(map, node, "topology", {""});
    entry.designs = map.has("design") ? map.texts("design") : std::vector<std::string>{""};
    plan_.captures.push_back(std::move(entry));
  }

  Plan& plan_;
  model::Diagnostics& diagnostics_;
  std::vector<std::string> topologies_;
  std::vector<int> vfs_;
};

}  // namespace

std::optional<Plan> read_plan(const std::string& path, model::Diagnostics& diagnostics) {
  Plan plan;
  plan.source = model::read_source(path, kLargest, diagnostics);
  if (!plan.source) return std::nullopt;
  const int errors = diagnostics.errors();
  const auto tree = model::read_yaml(plan.source, diagnostics);
  if (!tree) return std::nullopt;
  std::error_code error;
  plan.folder = fs::absolute(path, error).lexically_normal().parent_path().string();
  Reader(plan, diagnostics).read(*tree);
  if (diagnostics.errors() != errors) return std::nullopt;
  return plan;
}

}  // namespace luproof::sweep
