// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/ground/fuse.h"

namespace luproof::checker {
void fuse(System&) {}
}  // namespace luproof::checker
