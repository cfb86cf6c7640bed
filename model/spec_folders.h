// SPDX-License-Identifier: GPL-2.0-or-later
// Where specs are that a file or a command line names without a path: in folders of the user's own,
// then in the shipped one. Each is laid out like specs/: rules, designs, bindings, …
//
// What is called `specs` in options is such a list of folders, as in $PATH: separated by ':', the
// shipped one last. Mostly it is that one alone.
#pragma once

#include <string>
#include <vector>

namespace luproof::model {

// Empty names are left out.
std::vector<std::string> spec_folders(const std::string& specs);
std::string shipped_folder(const std::string& specs);
// The path of "bindings/pci.yaml": in the first folder that has it, else in the shipped one, where
// reading it says that it is missing.
std::string find_spec(const std::string& specs, const std::string& file);

// The folder that a spec belongs to: the nearest above it that has a folder `rules`, else its own.
std::string folder_of_spec(const std::string& path);
// Whether `path` stays in `folder`, links followed.
bool is_below(const std::string& path, const std::string& folder);
// Whether `path` is a link out of all these folders. An error quotes the line that it is about: a
// stranger's link must not make a part of a spec of any file that the user may read.
bool is_link_out_of(const std::string& path, const std::vector<std::string>& folders);
// "this folder" for "", as messages have it.
std::string folder_text(const std::string& folder);

}  // namespace luproof::model
