// SPDX-License-Identifier: GPL-2.0-or-later
// Output files appear whole or not at all: nobody reads half a report.
#pragma once

#include <string>

#include "model/source.h"

namespace luproof::model {

// False after an error; then the file is as it was.
bool write_whole(const std::string& path, const std::string& text, Diagnostics& diagnostics);

}  // namespace luproof::model
