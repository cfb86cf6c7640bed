// SPDX-License-Identifier: GPL-2.0-or-later
// Text of an input must stay text where a report is Markdown.
#include "report/grid.h"

#include <catch2/catch.hpp>

namespace luproof::report {

TEST_CASE("what Markdown would read as markup is escaped, and the rest is left alone", "[report]") {
  CHECK(plain_markdown("a -> b, s[x] = 1, v_x") == "a -> b, s[x] = 1, v_x");
  CHECK(plain_markdown("<script>") == "\\<script>");
  CHECK(plain_markdown("[click](http://x)") == "\\[click\\](http://x)");
  CHECK(plain_markdown("a | b") == "a \\| b");
  CHECK(plain_markdown("`x` *y*") == "\\`x\\` \\*y\\*");
  CHECK(plain_markdown("# not a title") == "\\# not a title");
  CHECK(plain_markdown("then > quote") == "then \\> quote");
  CHECK(plain_markdown("\x1b[31m") == "\\\\x1b[31m");
}

TEST_CASE("a table is as wide as its widest cells, in columns and not in bytes", "[report]") {
  Grid grid;
  grid.head = {"w\u00e4y", "x"};
  grid.rows = {{"long one", "1"}, {"b", "2"}};
  CHECK(grid.text(Style{}, 2) == "  w\u00e4y       x\n  long one  1\n  b         2\n");
  CHECK(grid.markdown() ==
        "| w\u00e4y      | x |\n|----------|---|\n| long one | 1 |\n| b        | 2 |\n");
  CHECK(grid.width() == 16);
  grid.tight = true;
  CHECK(grid.text(Style{}, 0) == "w\u00e4y      x\nlong one 1\nb        2\n");
  CHECK(grid.markdown() == "|w\u00e4y     |x|\n|--------|-|\n|long one|1|\n|b       |2|\n");
  CHECK(grid.width() == 12);
}

TEST_CASE("long text is broken between words, and a word that is too long is kept whole",
          "[report]") {
  CHECK(wrapped("one two three", 7, 2) == "one two\n  three");
  CHECK(wrapped("immeasurable x", 5, 0) == "immeasurable\nx");
  CHECK(wrapped("", 5, 0).empty());
}

}  // namespace luproof::report
