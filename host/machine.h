// SPDX-License-Identifier: GPL-2.0-or-later
// A host as it is: its PCI functions, and the files and command lines that settings speak of.
// Nothing is ever written. What a user may not read is told apart from what is not there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "host/settings.h"
#include "model/topology.h"

namespace luproof::host {

struct Found {
  enum class State { Read, Absent, Unreadable };
  State state = State::Unreadable;
  std::string text;  // of a file: without spaces at its ends; of a link: its last name
};

struct Machine {
  model::Topology topology;
  std::string from;  // the dump, or the folder of sysfs
  bool live = false;
  std::map<std::string, Found> files;                               // by path as in a setting
  std::map<std::pair<std::string, std::string>, Found> attributes;  // by function and name
  std::optional<std::string> old_line, new_line;                    // command lines
};

struct Places {
  std::string sysfs;     // "" = a live host is not read; /proc, /dev and /boot are beside it
  std::string topology;  // a dump, instead of the functions of sysfs
  std::string old_line;  // a command line or a file with one; "": as the host says
  std::string new_line;  // of the kernel that is booted; "": unknown
};

std::optional<Machine> read_machine(const Places& places, const Settings& settings,
                                    model::Diagnostics& diagnostics);

}  // namespace luproof::host
