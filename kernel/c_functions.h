// SPDX-License-Identifier: GPL-2.0-or-later
// The functions that a C file defines, each with a fingerprint of its code.
//
// A finder and no parser: a function is what has a name and parameters before a brace at the top
// level. Braces that the branches of an #if open and close are counted once. Macros with parameters
// count as functions; what defines one by a macro (SYSCALL_DEFINE2(kexec, …) { … }) has the name
// that the macro makes of its first argument.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::kernel {

struct CFunction {
  std::string name;
  int line = 0, last = 0;  // from the name to the closing brace
  // Of the tokens behind the name; the own name stands for itself, so that a rename is seen as one.
  std::uint64_t hash = 0;
  std::size_t tokens = 0;
  bool macro = false;
};

// In the order of the text.
std::vector<CFunction> functions_of(std::string_view text);

// One entry a name: of several definitions (under #ifdef and #else) all count, in their order.
std::map<std::string, CFunction, std::less<>> by_name(const std::vector<CFunction>& functions);

}  // namespace luproof::kernel
