// SPDX-License-Identifier: GPL-2.0-or-later
// captures.yaml: which captures are one run, and what belongs to it.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "traces/batch.h"
#include "model/yaml_map.h"

namespace luproof::traces {

namespace fs = std::filesystem;
using model::printable;
using model::YamlMap;
using model::YamlNode;

namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20;

const std::vector<std::string> kKeys = {
    "captures", "name",  "topology", "topology-at", "topology-after", "stats",  "probes",
    "keep",     "claim", "strict",   "design",      "variant",        "kernel", "binding"};

// Names beside a file that is not there.
std::vector<std::string> neighbours(const fs::path& missing) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(missing.parent_path(), error), end; !error && at != end;
       at.increment(error))
    names.push_back(at->path().filename().string());
  return names;
}

class Manifest {
 public:
  Manifest(const std::string& path, const std::string& below, const ValidateOptions& common,
           Batch& batch, model::Diagnostics& diagnostics)
      : folder_(fs::path(path).parent_path()),
        below_(below),
        common_(common),
        batch_(batch),
        diagnostics_(diagnostics) {}

  void one(const YamlNode& node) {
    const YamlMap map(node, diagnostics_);
    if (!map.only(kKeys)) return;
    BatchRun run;
    run.options = common_;
    ValidateOptions& options = run.options;
    options.captures = files(map, "captures");
    options.stats = files(map, "stats");
    if (map.has("probes")) options.probes = files(map, "probes");
    if (map.has("topology")) options.topology = file(map, "topology");
    if (map.has("topology-after")) options.topology_after = file(map, "topology-after");
    if (map.has("binding")) options.binding = file(map, "binding");
    if (map.has("topology-at")) options.topology_at = map.text("topology-at");
    if (map.has("claim")) options.claim = map.text("claim");
    if (map.has("kernel")) options.kernel = map.text("kernel");
    if (map.has("keep")) options.keep = map.texts("keep");
    if (map.has("design")) options.design = design(map.text("design"));
    if (map.has("variant")) options.variant = map.text("variant");
    if (map.has("strict")) options.strict = map.yes("strict");
    if (options.captures.empty() && (options.topology.empty() || options.topology_after.empty()))
      map.error(node.span, "a run needs captures, or the dumps of before and after",
                "captures: [old.trace, new.trace]");
    if (options.stats.size() > options.captures.size())
      map.error(map.place("stats"), "more 'stats' than captures",
                "one for each capture, in the same order");
    run.name = below_ + (map.has("name") ? map.text("name") : name_of(map));
    const bool twice = std::any_of(batch_.runs.begin(), batch_.runs.end(),
                                   [&](const BatchRun& other) { return other.name == run.name; });
    if (twice)
      map.error(map.has("name") ? map.place("name") : node.span,
                fmt::format("two runs are named '{}'", printable(run.name)),
                "give each a name: of its own");
    batch_.runs.push_back(std::move(run));
  }

 private:
  static std::string name_of(const YamlMap& map) {
    const auto captures = map.texts("captures");
    return captures.empty() ? map.text("topology-after") : captures.front();
  }

  std::string placed(const YamlMap& map, std::string_view key, const std::string& name) const {
    const fs::path path = folder_ / name;
    std::error_code error;
    if (!name.empty() && fs::is_regular_file(path, error)) return path.lexically_normal().string();
    map.error(map.place(key), fmt::format("'{}': there is no file '{}'", key, printable(name)),
              model::did_you_mean(path.filename().string(), neighbours(path)));
    return {};
  }

  // A file beside the manifest, or the name of a shipped design.
  std::string design(const std::string& name) const {
    const fs::path path = folder_ / name;
    std::error_code error;
    return fs::is_regular_file(path, error) ? path.lexically_normal().string() : name;
  }

  std::string file(const YamlMap& map, std::string_view key) const {
    return placed(map, key, map.text(key));
  }

  std::vector<std::string> files(const YamlMap& map, std::string_view key) const {
    std::vector<std::string> found;
    for (const std::string& name : map.texts(key)) found.push_back(placed(map, key, name));
    return found;
  }

  fs::path folder_;
  std::string below_;
  const ValidateOptions& common_;
  Batch& batch_;
  model::Diagnostics& diagnostics_;
};

}  // namespace

bool read_manifest(const std::string& path, const std::string& below, const ValidateOptions& common,
                   Batch& batch, model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const auto source = model::read_source(path, kLargest, diagnostics);
  if (!source) return false;
  const auto tree = model::read_yaml(source, diagnostics);
  if (!tree) return false;
  if (!tree->is_sequence() || tree->items.empty()) {
    diagnostics.error(tree->span, "a list of runs is expected",
                      "- {captures: [old.trace, new.trace], topology: before.lspci, keep: all}");
    return false;
  }
  Manifest manifest(path, below, common, batch, diagnostics);
  for (const YamlNode& item : tree->items) manifest.one(item);
  return diagnostics.errors() == errors;
}

}  // namespace luproof::traces
