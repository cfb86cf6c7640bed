// SPDX-License-Identifier: GPL-2.0-or-later
// From what was found to the one word that a verdict is.
//
// It is asked twice: when the captures were judged, and again when a baseline has taken the known
// violations out, because what a violation had outweighed (a lost event, a missing probe) counts
// again then.
#pragma once

#include "traces/verdict.h"

namespace luproof::traces {

struct Stakes {
  bool strict = false;  // a violation counts that something unseen could explain
  bool keeps = false;   // something had to be kept
};

// Sets outcome and reason, and puts the violation that decides first. Known violations count for
// nothing but the difference between "conforms" and "known".
void decide(TraceVerdict& verdict, const Stakes& stakes);

}  // namespace luproof::traces
