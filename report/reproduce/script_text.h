// SPDX-License-Identifier: GPL-2.0-or-later
// What is the same in every script of `luproof reproduce`.
#pragma once

namespace luproof::report {

extern const char* const kScriptUsage;  // comments
extern const char* const kScriptFixed;  // functions, and what is done in the end

}  // namespace luproof::report
