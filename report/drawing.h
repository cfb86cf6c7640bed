// SPDX-License-Identifier: GPL-2.0-or-later
// A text in Graphviz' language as SVG, laid out by Graphviz' own library.
//
// Labels are somebody's input. They stay labels: the text has no attribute from it that names a
// file or an address, and nothing but the layout and the writer of SVG is loaded.
#pragma once

#include <cstddef>
#include <string>

namespace luproof::report {

struct Drawing {
  std::string svg;      // from its tag <svg> on
  std::string problem;  // why there is none
};

// A layout takes time that grows with the square of what is in it: more nodes are refused.
inline constexpr std::size_t kMostDrawn = 2000;

// Graphviz keeps what it allocates and may take long; to be called in a process of its own.
Drawing draw(const std::string& dot);

}  // namespace luproof::report
