// SPDX-License-Identifier: GPL-2.0-or-later
// What the mails about a check and about a capture have in common: lines of 72 columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/sources.h"

namespace luproof::report {

inline constexpr std::size_t kMailColumns = 72;

// At most so many bytes, at the end of a character; what is cut ends in three dots.
std::string cut(const std::string& text, std::size_t most);

// Breaks at blanks; a word that is longer than a line is cut. At most `most` lines.
std::vector<std::string> mail_lines(const std::string& text, std::size_t indent,
                                    std::size_t first_indent, std::size_t most);

// "Assumes: a, b, and 3 more": as many whole items as go into `most` lines; the first in any case.
// `all` becomes false where some are left out.
std::vector<std::string> mail_list(const std::string& head, const std::vector<std::string>& items,
                                   const std::string& separator, std::size_t most, bool& all);

// A command has to stay one piece to be of use: shells read on behind a backslash, so it is broken
// at blanks outside of quotes. A word that is longer than a line is left alone.
std::vector<std::string> command_lines(const std::string& text);

// A short name says nothing to who has no specs at hand. Addresses stay whole.
void add_sources(const std::vector<std::string>& cited, const Sources& sources,
                 std::vector<std::string>& lines);

std::string mail_text(const std::vector<std::string>& lines);

}  // namespace luproof::report
