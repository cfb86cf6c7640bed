// SPDX-License-Identifier: GPL-2.0-or-later
// Raw syntax as text again, for changes that are shown as lines to paste.
//
// What is printed reads back as the same tree; comments and the writer's blanks are not kept.
#pragma once

#include <string>
#include <vector>

#include "model/raw.h"

namespace luproof::model {

std::string raw_text(const RawExpr& e);
// The statement's own line without its blocks: "if c", "with rescan_remove", "d.on = true".
std::string raw_line(const RawStatement& s);
// Lines, each with its indent and a line end.
std::string raw_text(const std::vector<RawStatement>& code, int indent = 0);

}  // namespace luproof::model
