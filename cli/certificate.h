// SPDX-License-Identifier: GPL-2.0-or-later
// Where a certificate goes.
#pragma once

#include <string>

#include "checker/check.h"

namespace luproof::cli {

// `given` is a file, or a folder for a file a reading. The file's name; "" after an error, which
// was printed: there is no certificate, or it cannot be written. Nothing is ever half written.
std::string write_certificate(const checker::Checked& checked, const std::string& given);

}  // namespace luproof::cli
