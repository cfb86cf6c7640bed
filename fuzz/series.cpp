// SPDX-License-Identifier: GPL-2.0-or-later
// Mails, patches and C: what `map` and `drift` read of other people.
#include <cstdint>
#include <string>

#include "kernel/c_functions.h"
#include "kernel/mail.h"
#include "kernel/patches.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const kernel::Mail& mail : kernel::mails_of(text)) kernel::read_diff(mail.text);
  for (const kernel::FileChange& change : kernel::read_diff(text))
    for (const kernel::Hunk& hunk : change.hunks)
      for (const std::string& line : hunk.lines)
        if (line.empty()) __builtin_trap();
  for (const kernel::CFunction& function : kernel::functions_of(text))
    if (function.name.empty() || function.line < 1 || function.last < function.line)
      __builtin_trap();
  return 0;
}
