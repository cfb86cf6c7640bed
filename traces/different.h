// SPDX-License-Identifier: GPL-2.0-or-later
// What would have to be different for nothing to be lost.
//
// A violation names one line, but leaving that line out may only uncover the next one. So lines are
// left out, or moved, until the observer finds nothing any more in what remains: that is the
// proof, not an argument. What was kept has to have worked for as long as it did: a capture in
// which the VF was never switched on does not count.
#pragma once

#include <map>

#include "traces/order.h"

namespace luproof::traces {

// Fills verdict.different.
// `inside`: lines that only show what another one was taken for; they go with it.
using Inside = std::map<Observer::LineKey, Observer::LineKey>;
void find_different(TraceVerdict& verdict, Retrial& retrial, const Related& related,
                    const Inside& inside);

}  // namespace luproof::traces
