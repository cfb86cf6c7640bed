// SPDX-License-Identifier: GPL-2.0-or-later
// A small plan, with designs and a capture, in a folder of its own.
#pragma once

#include <regex>
#include <sstream>

#include "tests/cli/command.h"

namespace luproof::command {

// A jar is shaken: with a loose lid it spills.
inline const std::string kJar = R"(design: jar
use: [shelf]
choices: {lid: [loose, tight]}
events:
  shake: {when: not over, do: over = true}
properties:
  shut: {never: over && lid == loose, because: The jar spilt.}
variants:
  plain: {about: as it was bought}
  glued: {choose: {lid: tight}}
)";
inline const std::string kShelf = "rules: shelf\nstate: {kernel: {over: bool}}\n";
// It speaks of a port by name, so that it cannot be put on another machine.
inline const std::string kNamed = R"(design: named
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 2}
state: {kernel: {seen: bool}}
events:
  look: {when: not seen, do: seen = true}
properties:
  never_odd: {never: seen && rp.bus == 1}
)";
inline const std::string kPlan = R"(sweep: jars
designs:
  - {file: "designs/j*.yaml"}
  - {file: designs/named.yaml, topologies: [own, igb4.lspci.zst]}
captures:
  - {files: igb.trace, name: igb, topology: igb4.lspci.zst, keep: "0000:01:10.0", design: none}
)";
inline constexpr int kTasks = 6;  // three readings of jar, two of named, one capture

class Jars : public Folder {
 public:
  Jars() {
    const std::string captures = LUPROOF_TEST_DIR "/captures/";
    write("designs/jar.yaml", kJar);
    write("designs/shelf.yaml", kShelf);
    write("designs/named.yaml", kNamed);
    write("igb.trace", read(captures + "s1/igb-kprobe.trace.txt"));
    write("igb4.lspci.zst", read(captures + "topology/igb4.lspci.zst"));
    write("plan.yaml", kPlan);
  }
  std::string text(const std::string& name) const { return read(path() + "/" + name); }
  int lines(const std::string& name) const {
    const std::string all = text(name);
    return static_cast<int>(std::count(all.begin(), all.end(), '\n'));
  }
  // All of the plan in this file.
  void sweep(const std::string& file) const {
    const Ran ran = run("sweep plan.yaml -o " + file);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
  }
};

// Hashes differ from build to build and from machine to machine.
inline std::string without_hashes(const std::string& text) {
  static const std::regex kHash("[0-9a-f]{40,}|(plan|build) [0-9a-f]{12}");
  return std::regex_replace(text, kHash, "$1 HASH");
}

}  // namespace luproof::command
