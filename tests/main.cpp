// SPDX-License-Identifier: GPL-2.0-or-later
// The one Catch2 runner: the framework is compiled here and nowhere else.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
