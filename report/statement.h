// SPDX-License-Identifier: GPL-2.0-or-later
// A statement as its spec has it, for people.
#pragma once

#include <string>

#include "model/model.h"

namespace luproof::report {

// "lock d.device_mutex": its line from where it begins, without what is YAML's behind it.
std::string statement_text(const model::Model& model, int statement);

}  // namespace luproof::report
