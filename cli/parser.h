// SPDX-License-Identifier: GPL-2.0-or-later
// CLI11, which the rest of this folder includes from here only: gcc 12 sees a null pointer in the
// library's inlined string code where there is none.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnull-dereference"
#include <CLI/CLI.hpp>
#pragma GCC diagnostic pop
