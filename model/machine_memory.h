// SPDX-License-Identifier: GPL-2.0-or-later
// How much memory there is for this process.
#pragma once

#include <cstddef>
#include <string>

namespace luproof::model {

struct MachineMemory {
  std::size_t bytes = 0;  // 0: nobody says
  bool of_group = false;  // its control group allows less than the machine has
};

// `root` stands before /proc and /sys.
MachineMemory machine_memory(const std::string& root = "");

// What a search may take of it where nobody says: 3/4.
std::size_t usual_part(std::size_t bytes);
// "3/4 of this machine's memory (17.6 GiB)"
std::string usual_part_text(const MachineMemory& memory);

}  // namespace luproof::model
