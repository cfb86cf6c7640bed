// SPDX-License-Identifier: GPL-2.0-or-later
// The kernels of a design, and what it expects of their pairs: the section `matrix:`
// (docs/matrix.md).
//
// Each variant of a file is read as a kernel; every ordered pair of them is a reading of its own
// (model/pair.h), and `expect:` of a pair holds it to verdicts as that of a variant does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

constexpr std::size_t kMostKernels = 16;  // their pairs are the square of it

// Those that `matrix:` names, in its order; without one all variants in the file's order. nullopt
// after an error.
std::optional<std::vector<std::string>> kernels_of(const Composition& composition,
                                                   Diagnostics& diagnostics);

// A pair of kernels is held to what `matrix:` expects of it, which is the first entry that fits, not
// to what one of them expects.
void expect_of_pair(Composition& composition);

}  // namespace luproof::model
