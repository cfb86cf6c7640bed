// SPDX-License-Identifier: GPL-2.0-or-later
// Taking a rule away, to see who notices.
//
// It is done on the declarations before any name is looked up, so that what is left is a spec like
// any other. Extensions and overrides that are taken away are left out where they are read; what is
// declared stays declared, since others name it, and says nothing any more.
#pragma once

#include "model/compose.h"

namespace luproof::model {

// An event has no effect, a procedure returns at once (0, false, none, …), a definition is its
// neutral value, an environment act never happens, a claim is never latched. Ids that no file has,
// and those of properties, are errors.
void remove_rules(Composition& composition, const std::map<std::string, bool>& without,
                  Diagnostics& diagnostics);

}  // namespace luproof::model
