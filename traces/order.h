// SPDX-License-Identifier: GPL-2.0-or-later
// Which lines of different CPUs may have happened in another order than they stand in.
//
// Each CPU writes a buffer of its own, and the kernel merges them by time when they are read. With
// a clock that all CPUs share that order is the true one, but for equal times. With the tracer's
// default, `local`, the clocks of two CPUs differ by some microseconds, and text does not say which
// clock it was. A violation that is none in another order that may have been is not certain.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "traces/retrial.h"

namespace luproof::traces {

struct OrderPolicy {
  std::int64_t closer_than = 0;  // ns, or ticks: lines of two CPUs this close have no order
  bool ticks = false;
  std::string text;  // for the assumptions; empty if all lines are of one CPU
};

OrderPolicy order_policy(const Capture& capture);

// The addresses that matter to a function of this name: its own, its PF's, those of ports above.
using Related = std::function<std::set<std::string>(const std::string& function)>;

Related related_in(const model::Topology& topology);
// Whether the line names one of these addresses, or none at all.
bool concerns(const TraceLine& line, const std::set<std::string>& addresses);

// As the lines stand, whatever decided.
void in_order_of_lines(TraceVerdict& verdict);

// Makes each certain violation that depends on such an order one that holds if the order is right.
void doubt_order(TraceVerdict& verdict, Retrial& retrial, const Related& related);

}  // namespace luproof::traces
