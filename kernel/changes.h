// SPDX-License-Identifier: GPL-2.0-or-later
// Which functions a series changes.
//
// With the tree that it was made for, patches are applied one after the other, in memory, and the
// changed lines are looked up among the functions of the file before and after. Without one, or for
// a hunk that does not fit, its lines and its hint have to do: what begins in the first column
// names the function or ends it, and a change between two of them may be told as the wrong one's.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "kernel/patches.h"
#include "kernel/tree.h"

namespace luproof::kernel {

struct ChangedFunction {
  std::string file, name;
  bool added = false, removed = false;
  bool guessed = false;  // from a hunk alone
  bool macro = false;    // with parameters
};

struct PatchChanges {
  int number = 0;
  std::string subject;
  std::vector<ChangedFunction> functions;  // in the order of the patch
  std::vector<std::string> elsewhere;      // files with changes outside every function
  std::vector<std::string> misfits;        // files of the tree that a hunk does not fit
};

// `tree` may be null. `going` is asked before each patch; those behind a false are left out.
std::vector<PatchChanges> changes_of(const Series& series, const Tree* tree,
                                     const std::function<bool()>& going);

}  // namespace luproof::kernel
