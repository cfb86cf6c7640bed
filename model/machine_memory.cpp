// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/machine_memory.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGroups = "/sys/fs/cgroup";

// The number that a text begins with; "max" is none.
std::optional<std::size_t> number_of(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

std::optional<std::size_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  return std::getline(in, line) ? number_of(line) : std::nullopt;
}

std::optional<std::size_t> of_machine(const std::string& root) {
  constexpr std::string_view kTotal = "MemTotal:";
  std::ifstream in(root + "/proc/meminfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(kTotal)) {
      const auto kib = number_of(std::string_view(line).substr(kTotal.size()));
      return kib && *kib <= SIZE_MAX / 1024 ? std::optional(*kib * 1024) : std::nullopt;
    }
  return std::nullopt;
}

// A group is bound by all those that it is in. A container shows its own group as the root, and may
// name it by a path that only its host has: what is not there says nothing.
void least_of(const fs::path& top, const fs::path& group, const char* file,
              std::optional<std::size_t>& least) {
  fs::path at = top;
  const auto look = [&] {
    if (const auto bytes = number_in(at / file); bytes && (!least || *bytes < *least))
      least = bytes;
  };
  look();
  for (const fs::path& part : group.relative_path()) {
    if (part == "..") return;  // of a group outside of what is shown here
    at /= part;
    look();
  }
}

// /proc/self/cgroup has lines as 0::/user.slice (version 2) and 4:memory:/docker/1f (version 1).
std::optional<std::size_t> of_group(const std::string& root) {
  std::optional<std::size_t> least;
  std::ifstream in(root + "/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const fs::path group = line.substr(second + 1);
    if (controllers == ",,")
      least_of(root + kGroups, group, "memory.max", least);
    else if (controllers.find(",memory,") != std::string::npos)
      least_of(root + kGroups + "/memory", group, "memory.limit_in_bytes", least);
  }
  return least;
}

}  // namespace

MachineMemory machine_memory(const std::string& root) {
  MachineMemory memory;
  memory.bytes = of_machine(root).value_or(0);
  if (const auto group = of_group(root); group && (memory.bytes == 0 || *group < memory.bytes)) {
    memory.bytes = *group;
    memory.of_group = true;
  }
  return memory;
}

std::size_t usual_part(std::size_t bytes) { return bytes - bytes / 4; }

std::string usual_part_text(const MachineMemory& memory) {
  constexpr double kMiB = 1024.0 * 1024.0;
  const double mib = static_cast<double>(usual_part(memory.bytes)) / kMiB;
  return fmt::format(
      "3/4 of {} memory ({})", memory.of_group ? "the control group's" : "this machine's",
      mib < 1024 ? fmt::format("{:.0f} MiB", mib) : fmt::format("{:.1f} GiB", mib / 1024));
}

}  // namespace luproof::model
