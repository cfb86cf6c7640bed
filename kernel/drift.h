// SPDX-License-Identifier: GPL-2.0-or-later
// What became of the functions that rules rest on, in another tree.
#pragma once

#include <string>
#include <vector>

#include "kernel/fingerprints.h"

namespace luproof::kernel {

enum class Fate {
  Changed,    // other code
  Moved,      // the same code in another file
  Elsewhere,  // other code in another file
  Renamed,    // the same code under another name
  Gone,
  Appeared,  // an `at:` that the recorded kernel did not have
};
const char* text_of(Fate fate);  // "changed", …

struct Drifted {
  Fate fate = Fate::Changed;
  std::string function, file;          // as recorded
  std::string now_function, now_file;  // "" = nowhere
  int line = 0;                        // of now_file
  std::vector<Citation> who;           // the rules that speak of it
  std::vector<std::string> users;      // designs, cases and questions that rest on these rules
};

struct Drift {
  std::string kernel, recorded, release;  // of the fingerprints, and of the tree
  std::size_t functions = 0;              // that were compared
  std::vector<Drifted> drifted;
  std::vector<std::string> unrecorded;  // cited, with no fingerprint and not known to be absent
  // What ended the work before its end, "--timeout"; "" = nothing. Then there are functions that
  // were not compared, and some that are not where they were and were not looked for in every file.
  std::string stopped;
  std::size_t uncompared = 0;
  std::vector<std::string> unsettled;
};

Drift drift(const Tree& tree, const std::vector<std::string>& folders, const Fingerprints& recorded,
            const Citations& citations, const Progress& progress);

}  // namespace luproof::kernel
