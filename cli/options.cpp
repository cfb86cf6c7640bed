// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "cli/memory.h"
#include "cli/spec_folders.h"

namespace luproof::cli {

namespace {

constexpr std::size_t kMaximumDumpBytes = 64u << 20;
constexpr double kLongestTimeout = 1e9;  // seconds; beyond it the clock's arithmetic would overflow

model::Span whole_input() { return {}; }

}  // namespace

void SpecsOption::declare(CLI::App& app) {
  app.add_option("--specs", given,
                 "Folder of the shipped packs (default: $LUPROOF_SPECS, or the installed one)")
      ->check(CLI::ExistingDirectory);
}

std::string SpecsOption::folder() const { return found_folders(given).specs(); }

std::string SpecsOption::absolute() const {
  const auto from_root = [](std::string& folder) {
    std::error_code error;
    folder = std::filesystem::absolute(folder, error).lexically_normal().string();
  };
  FoundFolders found = found_folders(given);
  if (!found.shipped.empty()) from_root(found.shipped);
  for (std::string& folder : found.own) from_root(folder);
  return found.specs();
}

void LimitOptions::declare(CLI::App& app) {
  declare_bound(app);
  declare_ends(app);
}

void LimitOptions::declare_bound(CLI::App& app) {
  app.add_option("--bound", bound, "Look at runs of at most N steps")
      ->check(CLI::Range(0, 1'000'000));
}

void LimitOptions::declare_ends(CLI::App& app) {
  app.add_option("--timeout", timeout, "Stop after SECONDS, in all")
      ->check(CLI::Range(0.0, kLongestTimeout));
  app.add_option("--memory", memory, kMemoryHelp);
}

checker::Limits LimitOptions::limits(model::Diagnostics& diagnostics) const {
  checker::Limits limits;
  limits.bound = bound;
  if (timeout > 0)
    limits.deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(std::llround(timeout * 1000));
  limits.memory = memory_limit(memory, diagnostics);
  if (memory.empty()) limits.full = usual_memory_full();
  return limits;
}

void ReadingOptions::declare(CLI::App& app) {
  app.add_option("--variant", variant, "Only this variant");
  app.add_option("--choose", choose, "Fix an open choice: NAME=ALTERNATIVE (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--allow", allow,
                 "Environment act to switch on, instead of the file's own (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--without", without,
                 "Take a rule away: ID; a plain definition is false then, or ID=true (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--topology", topology, "Dump of a PCI topology to use instead of the file's own");
  app.add_option("--vfs", vfs, "VFs of each PF that has any: copies of its last one are added")
      ->check(CLI::Range(1, 65535));
}

std::optional<model::LoadOptions> ReadingOptions::load(const std::string& specs,
                                                       model::Diagnostics& diagnostics) const {
  model::LoadOptions options;
  options.specs = specs;
  options.variant = variant;
  for (const std::string& text : choose) {
    const auto pair = parse_pair(text);
    if (!pair)
      diagnostics.error(whole_input(), fmt::format("--choose {} names no alternative", text),
                        "write NAME=ALTERNATIVE");
    else
      options.choose[pair->first] = pair->second;
  }
  for (const std::string& text : without) {
    const auto pair = parse_pair(text);
    if (pair && pair->second != "true" && pair->second != "false")
      diagnostics.error(whole_input(),
                        fmt::format("--without {}: a rule is not '{}'", text, pair->second),
                        "write ID, ID=false or ID=true");
    options.without[pair ? pair->first : text] = pair && pair->second == "true";
  }
  if (!allow.empty()) options.allow = std::set<std::string>(allow.begin(), allow.end());
  if (!topology.empty())
    if (const auto source = model::read_source(topology, kMaximumDumpBytes, diagnostics))
      options.topology = model::read_pci_dump(source, diagnostics);
  options.vfs.count = vfs;
  if (!diagnostics.ok()) return std::nullopt;
  return options;
}

void ReadingOptions::repeat(report::Request& request) const {
  for (const std::string& text : choose)
    if (const auto pair = parse_pair(text)) request.choose[pair->first] = pair->second;
  request.allow = allow;
  request.without = without;
  request.topology = topology;
  request.vfs = vfs;
  std::error_code no_folder;
  request.folder = std::filesystem::current_path(no_folder).string();
}

void ColourOption::declare(CLI::App& app) {
  app.add_option("--color", when, "Colours of verdicts; auto: on a terminal")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

bool ColourOption::use() const {
  if (when != "auto") return when == "always";
  const char* no = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no && *no) && terminal && std::string_view(terminal) != "dumb";
}

std::optional<std::pair<std::string, std::string>> parse_pair(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == 0 || at == std::string::npos || at + 1 == text.size()) return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

std::string suggestion(const std::string& name, std::vector<std::string> known) {
  constexpr std::size_t kFew = 16;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::string near = model::did_you_mean(name, known);
  return near.empty() && known.size() <= kFew ? "known: " + report::joined(known) : near;
}

void require_properties(const std::vector<std::string>& names, std::vector<std::string> declared,
                        model::Diagnostics& diagnostics) {
  declared.emplace_back("deadlock");  // which is listed; nobody looks for the other built-in ones
  std::vector<std::string> all = report::built_in_properties();
  all.insert(all.end(), declared.begin(), declared.end());
  for (const std::string& name : names) {
    if (std::find(all.begin(), all.end(), name) != all.end()) continue;
    const std::string near = model::did_you_mean(name, all);
    diagnostics.error({}, fmt::format("there is no property '{}'", name),
                      near.empty() ? suggestion(name, declared) : near);
  }
}

int stopped(const checker::Limits& limits, const char* open) {
  const bool asked = limits.interrupted && *limits.interrupted;
  const char* const by = asked              ? "Ctrl-C"
                         : limits.expired() ? "--timeout"
                         : limits.full      ? "memory"  // that nobody gave; the end says how much
                                            : "--memory";
  fmt::print(stderr, "luproof: stopped by {}: {}\n", by, open);
  return report::kInconclusive;
}

int report_diagnostics(const model::Diagnostics& diagnostics) {
  fmt::print(stderr, "{}", diagnostics.render());
  return diagnostics.ok() ? report::kHolds : report::kWrongInput;
}

}  // namespace luproof::cli
