// SPDX-License-Identifier: GPL-2.0-or-later
// Pieces that every form is printed from.
//
// A binding is somebody's file, and what is printed here is run as root: everything of it that
// reaches a script is quoted for the shell, and comments are one line.
#pragma once

#include <string>
#include <vector>

#include "traces/probes/plan.h"

namespace luproof::traces {

inline constexpr const char* kGroup = "luproof";  // of the probes
inline constexpr const char* kPersistent =
    "boot_map";  // the instance whose buffer outlives a kernel

// One word for a POSIX shell.
std::string shell_word(const std::string& text);

// "# text", broken at blanks; no character of the text can end the comment.
std::string comment(const std::string& text, const std::string& mark = "# ");

// What everybody has to know: where it is from, what is left out and what follows, how much to
// expect. One paragraph each.
std::vector<std::string> remarks(const Plan& plan);

// The parameters of a buffer that outlives the kernel.
std::string persistent_parameters(const Plan& plan);

std::string tracefs_script(const Plan& plan);
std::string trace_cmd_script(const Plan& plan);
std::string bootconfig(const Plan& plan);
std::string command_line(const Plan& plan);
std::string overview(const Plan& plan);

}  // namespace luproof::traces
