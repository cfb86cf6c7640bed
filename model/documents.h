// SPDX-License-Identifier: GPL-2.0-or-later
// The files of a spec: where `use:` finds them, each read once, and in which order.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

// Letters, digits, '-', '_' and '.': what a file or a property may be called.
bool is_word(std::string_view text);

// What a file uses comes before it, the file itself last; none after an error that lets nothing be
// read on.
std::vector<std::shared_ptr<const Document>> read_documents(const std::string& path,
                                                            const LoadOptions& options,
                                                            Diagnostics& diagnostics);

}  // namespace luproof::model
