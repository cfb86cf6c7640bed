// SPDX-License-Identifier: GPL-2.0-or-later
// Where a certificate goes.
#pragma once

#include <optional>
#include <string>

#include "checker/check.h"

namespace luproof::cli {

// `given` is a file, or a folder for a file a reading. The file's name; "" if there is no
// certificate, nullopt if it cannot be written; either was said. Nothing is ever half written.
std::optional<std::string> write_certificate(const checker::Checked& checked,
                                             const std::string& given);

}  // namespace luproof::cli
