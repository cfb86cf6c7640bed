// SPDX-License-Identifier: GPL-2.0-or-later
// Which keys a spec may hold and of what kind their values are, as tables.
//
// What reads a spec asks for the keys it knows; a key that is misspelt, or a list where a text is
// expected, would then count as left out. So the shape of a file is checked once, when it is read.
#pragma once

#include "model/yaml_tree.h"

namespace luproof::model {

// A file: its keys, the declarations in it, and what its variants hold.
void check_shape(const YamlNode& root, Diagnostics& diagnostics);
// The value of one declaration of a section, such as "actors".
void check_declaration(std::string_view section, const YamlNode& value, Diagnostics& diagnostics);
// What an override puts in the place of a text, and what it does to a labelled step.
void check_replacement(const YamlNode& value, Diagnostics& diagnostics);
void check_label_edit(const YamlNode& value, Diagnostics& diagnostics);
// What an extension adds to a definition or to a hook.
void check_extension(std::string_view section, const YamlNode& value, Diagnostics& diagnostics);

// The keys of a map: "file", "variant", a section as "events", and the maps inside that
// schema.cpp names. specs/spec.schema.json lists them too.
std::vector<std::string> keys_of(std::string_view where);

// A number from low to high; low after an error.
int small_number(const YamlNode& node, int low, int high, Diagnostics& diagnostics);
// "yes" or "true" of a node that the check has passed.
bool is_yes(const YamlNode& node);
// The texts of a node that is one text or a list of them.
std::vector<const YamlNode*> items_of(const YamlNode& node);
std::vector<std::string> texts_of(const YamlNode& node);

}  // namespace luproof::model
