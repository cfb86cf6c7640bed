// SPDX-License-Identifier: GPL-2.0-or-later
// An argument of a probe, held against a kernel's BTF.
//
// `dev->dev.kobj.name:string` is what a kernel since 6.6 understands by itself. With its BTF at
// hand it is checked, and can be written with offsets, `+0(+208($arg1)):string`, which every kernel
// since 4.20 understands, on its command line too, before it has looked at its own BTF.
#pragma once

#include <optional>
#include <string>

#include "traces/probes/btf.h"
#include "traces/probes/record.h"

namespace luproof::traces {

struct Fetched {
  std::string offsets;  // without a name of the source in it
  std::string problem;  // or why this kernel cannot print it
};

Fetched fetch(const Btf& btf, const std::string& function, const std::string& expression);

// Whether an expression has names of the source in it, and not only registers and offsets.
bool has_names(const std::string& expression);

}  // namespace luproof::traces
