// SPDX-License-Identifier: GPL-2.0-or-later
// Trees as YAML text again, for changes that are shown as lines to paste.
#pragma once

#include <string>
#include <vector>

#include "model/yaml_tree.h"

namespace luproof::model {

YamlNode scalar(std::string text);  // several lines become a `|` block
YamlEntry entry(std::string key, YamlNode value);
// One entry a line, each with its indent and a line end; reads back as the same tree.
std::string yaml_text(const std::vector<YamlEntry>& entries, int indent);

}  // namespace luproof::model
