// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/machine_memory.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMiB = 1 << 20;

// A machine of 1 GiB with these files as well.
MachineMemory with(std::map<std::string, std::string> files) {
  const fs::path root = fs::temp_directory_path() / ("luproof-memory-" + std::to_string(getpid()));
  files.emplace("proc/meminfo", "MemTotal:        1048576 kB\nMemFree:          2048 kB\n");
  for (const auto& [name, text] : files) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }
  const MachineMemory memory = machine_memory(root.string());
  fs::remove_all(root);
  return memory;
}

}  // namespace

TEST_CASE("the memory of a process is the machine's, or what a group around it allows",
          "[model][memory]") {
  struct Row {
    const char* what;
    std::map<std::string, std::string> files;
    std::size_t mib;
    bool of_group;
  };
  const std::string groups = "sys/fs/cgroup/", one = groups + "memory/";
  const std::vector<Row> rows = {
      {"no groups", {}, 1024, false},
      {"a group without a bound",
       {{"proc/self/cgroup", "0::/a\n"}, {groups + "a/memory.max", "max\n"}},
       1024,
       false},
      {"a group",
       {{"proc/self/cgroup", "0::/a\n"}, {groups + "a/memory.max", "268435456\n"}},
       256,
       true},
      {"the group around is narrower",
       {{"proc/self/cgroup", "0::/a/b/c\n"},
        {groups + "a/memory.max", "134217728\n"},
        {groups + "a/b/memory.max", "max\n"},
        {groups + "a/b/c/memory.max", "268435456\n"}},
       128,
       true},
      {"a group that allows more than there is",
       {{"proc/self/cgroup", "0::/a\n"}, {groups + "a/memory.max", "4294967296\n"}},
       1024,
       false},
      {"a container that is the root of its groups",
       {{"proc/self/cgroup", "0::/\n"}, {groups + "memory.max", "268435456\n"}},
       256,
       true},
      {"a container that sees its host's name of it",
       {{"proc/self/cgroup", "0::/system.slice/docker-1f.scope\n"},
        {groups + "memory.max", "268435456\n"}},
       256,
       true},
      {"a group beside the one that is shown as root",
       {{"proc/self/cgroup", "0::/../other\n"}, {groups + "other/memory.max", "1048576\n"}},
       1024,
       false},
      {"version 1",
       {{"proc/self/cgroup", "12:cpu,cpuacct:/a\n4:memory:/a\n0::/\n"},
        {one + "memory.limit_in_bytes", "9223372036854771712\n"},
        {one + "a/memory.limit_in_bytes", "268435456\n"}},
       256,
       true},
      {"version 1, a controller with a name like it",
       {{"proc/self/cgroup", "4:name=memory:/a\n"}, {one + "a/memory.limit_in_bytes", "4096\n"}},
       1024,
       false},
      {"nonsense",
       {{"proc/self/cgroup", "x\n0::\n::\n"}, {groups + "memory.max", "much\n"}},
       1024,
       false},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const MachineMemory memory = with(row.files);
    CHECK(memory.bytes == row.mib * kMiB);
    CHECK(memory.of_group == row.of_group);
  }
}

TEST_CASE("where nobody says how much memory there is there is no number", "[model][memory]") {
  CHECK(with({{"proc/meminfo", "nothing\n"}}).bytes == 0);
  CHECK(with({{"proc/meminfo", "MemTotal: lots\n"}}).bytes == 0);
  CHECK(with({{"proc/meminfo", "MemTotal: 18446744073709551615 kB\n"}}).bytes == 0);
  CHECK(usual_part(0) == 0);
}

TEST_CASE("3/4 of the memory are told in its own unit", "[model][memory]") {
  CHECK(usual_part(4096) == 3072);
  CHECK(usual_part_text({1024 * kMiB, false}) == "3/4 of this machine's memory (768 MiB)");
  CHECK(usual_part_text({64 * 1024 * kMiB, true}) ==
        "3/4 of the control group's memory (48.0 GiB)");
}

}  // namespace luproof::model
