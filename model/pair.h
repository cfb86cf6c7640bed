// SPDX-License-Identifier: GPL-2.0-or-later
// Two variants of a file in one reading: the first kernel is the one, every later kernel the other.
//
// What both say alike is said once, so that a variant paired with itself is that variant. Where
// they differ, the number of the running kernel decides, which no run changes but by kexec. What
// belongs to no kernel (the topology, a claim, a property) cannot differ, and is an error if it
// does.
#pragma once

#include <memory>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

// `first` becomes the pair; `later` is the same file, composed with the other variant.
void pair_with(Composition& first, std::shared_ptr<const Composition> later,
               Diagnostics& diagnostics);

RawExpr is_first_kernel(const Span& span);
// One code for both: what is equal stays, what differs is put behind a branch.
std::vector<RawStatement> in_kernels(std::vector<RawStatement> first,
                                     std::vector<RawStatement> later);
RawExpr in_kernels(RawExpr first, RawExpr later);

}  // namespace luproof::model
