// SPDX-License-Identifier: GPL-2.0-or-later
// What the lines of captures did, step by step, for a report that draws it. Texts are as the
// captures have them: who shows them has to make them printable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/topology.h"

namespace luproof::traces {

struct Timeline {
  struct Cell {
    std::string name;     // "function.bus_master[0000:01:10.0]"
    std::vector<int> of;  // functions of the topology
  };
  struct Change {
    int cell = 0;
    std::string text;  // afterwards; "unknown"
  };
  // An event of the packs, and the line of the binding that reads it.
  struct Rule {
    std::string name, about, status, patch, at, file;
    int line = 0;
    std::vector<std::string> cite;
    std::string read_at, read_as;  // "specs/bindings/pci.yaml:12", its sentence
  };
  struct Step {
    int capture = -1;
    int kernel = 1;
    std::string file;
    std::int64_t line = 0;      // 0: no line, but a dump or the start of a kernel
    std::int64_t left_out = 0;  // so many steps are this one: they had no room
    std::optional<std::int64_t> time_ns;
    std::string task;  // "kexec-652"; "" if no line says it
    int cpu = -1;
    int function = -1;
    int rule = -1;
    bool kexec = false;  // another kernel begins
    std::string text, note, quote;
    std::vector<std::string> remarks, breaks;  // what of it is no change; what it breaks
    std::vector<Change> to;
  };

  model::Topology topology;
  std::vector<Cell> cells;         // those that were ever known
  std::vector<std::string> start;  // of each cell, before the first step
  std::vector<Rule> rules;
  std::vector<Step> steps;
  std::int64_t all = 0;  // steps there were
  std::string stopped;   // the limit by which it ended early
};

}  // namespace luproof::traces
