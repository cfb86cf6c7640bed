// SPDX-License-Identifier: GPL-2.0-or-later
// Messages are what a user sees of luproof first: places must be right, and nothing in an input
// may reach the terminal as a command.
#include "model/source.h"

#include <unistd.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace luproof::model;

namespace {

struct TemporaryFile {
  std::filesystem::path path;
  explicit TemporaryFile(const std::string& content) {
    std::string name = (std::filesystem::temp_directory_path() / "luproof-test-XXXXXX").string();
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
    std::ofstream(path, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
};

std::string compressed(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string rendered_error(const std::string& path, std::size_t limit) {
  Diagnostics diagnostics;
  CHECK(read_source(path, limit, diagnostics) == nullptr);
  CHECK(diagnostics.errors() == 1);
  return diagnostics.render();
}

}  // namespace

TEST_CASE("lines are found with either line end and without a last newline", "[model]") {
  const SourcePtr source = Source::make("f", "one\ntwo\r\n\nfour");
  CHECK(source->line(1) == "one");
  CHECK(source->line(2) == "two");
  CHECK(source->line(3).empty());
  CHECK(source->line(4) == "four");
  CHECK(source->line(0).empty());
  CHECK(source->line(5).empty());
  CHECK(Source::make("f", "a\n")->line_starts.size() == 1);
  CHECK(Source::make("f", "")->line_starts.size() == 1);
}

TEST_CASE("a diagnostic shows place, line, underline and hint", "[model]") {
  const SourcePtr source = Source::make("spec.yaml", "a: b\nkind: pott\n");
  Diagnostics diagnostics;
  diagnostics.error({source, 2, 7, 4}, "unknown kind 'pott'", "did you mean 'port'?");
  CHECK(diagnostics.render() ==
        "spec.yaml:2:7: error: unknown kind 'pott'\n"
        "  kind: pott\n"
        "        ^~~~\n"
        "  hint: did you mean 'port'?\n");
  CHECK_FALSE(diagnostics.ok());
}

TEST_CASE("a warning does not make a run fail", "[model]") {
  Diagnostics diagnostics;
  diagnostics.warning({Source::make("f", "x"), 0, 0, 1}, "odd");
  CHECK(diagnostics.ok());
  CHECK(diagnostics.render() == "f: warning: odd\n");
}

TEST_CASE("the underline stays below its text after tabs and multi-byte characters", "[model]") {
  Diagnostics diagnostics;
  // Columns are bytes: the letter e with an accent is two bytes and one place on the screen.
  diagnostics.error({Source::make("f", "\t\xc3\xa9 bad"), 1, 5, 3}, "m");
  CHECK(diagnostics.render() == "f:1:5: error: m\n  \t\xc3\xa9 bad\n  \t  ^~~\n");
}

TEST_CASE("an underline beyond the line or a very long line stays bounded", "[model]") {
  Diagnostics diagnostics;
  diagnostics.error({Source::make("f", "ab"), 1, 2, 1000}, "m");
  diagnostics.error({Source::make("f", "ab"), 1, 1000, 5}, "m");
  CHECK(diagnostics.render() == "f:1:2: error: m\n  ab\n   ^\nf:1:1000: error: m\n  ab\n    ^\n");
  Diagnostics of_long;
  of_long.error({Source::make("f", std::string(100000, 'x') + "BAD"), 1, 100001, 3}, "m");
  CHECK(of_long.render().size() < 600);
  CHECK(of_long.render().find("BAD\n") != std::string::npos);
}

TEST_CASE("control characters of an input do not reach the terminal", "[model]") {
  CHECK(printable("a\x1b[2J\n") == "a\\x1b[2J\\x0a");
  CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");           // C1: an escape sequence starter
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right-to-left override
  CHECK(printable("\xc0\x80") == "\\xc0\\x80");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");           // cut
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  Diagnostics diagnostics;
  diagnostics.error({Source::make("\x1b", "\x1b[0m"), 1, 5, 1}, "\x1b", "\x1b");
  CHECK(diagnostics.render().find('\x1b') == std::string::npos);
}

TEST_CASE("very many errors are counted but not all kept", "[model]") {
  Diagnostics diagnostics;
  for (int i = 0; i < 5000; ++i) diagnostics.error({}, "m");
  CHECK(diagnostics.errors() == 5000);
  CHECK(diagnostics.all().size() <= 1000);
  CHECK(diagnostics.render().find("4000 more errors are not shown") != std::string::npos);
}

TEST_CASE("a suggestion is made for a slip and not for another word", "[model]") {
  const std::vector<std::string> known = {"port", "pf", "vf", "nvme"};
  CHECK(nearest("prot", {"port", "nvme"}).empty());  // two changes of four letters
  CHECK(nearest("pott", known) == "port");
  CHECK(nearest("bus_mastr", {"bus_master", "num_vfs"}) == "bus_master");
  CHECK(nearest("elephant", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(did_you_mean("nvm", known) == "did you mean 'nvme'?");
  CHECK(did_you_mean("elephant", known).empty());
}

TEST_CASE("plain and compressed files read the same", "[model]") {
  const std::string text = "hello\nworld\n";
  for (const std::string& content :
       {text, compressed(text), compressed("hello\n") + compressed("world\n")}) {
    const TemporaryFile file(content);
    Diagnostics diagnostics;
    const SourcePtr source = read_source(file.path.string(), 100, diagnostics);
    REQUIRE(source);
    CHECK(source->text == text);
    CHECK(source->path == file.path.string());
  }
}

TEST_CASE("compressed output of any size round-trips, whatever it does to the buffers", "[model]") {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{65535}, std::size_t{65536}, std::size_t{131072}}) {
    const std::string text(size, 'z');
    const TemporaryFile file(compressed(text));
    Diagnostics diagnostics;
    const SourcePtr source = read_source(file.path.string(), 1 << 20, diagnostics);
    REQUIRE(source);
    CHECK(source->text == text);
  }
}

TEST_CASE("the limit holds for a file and for what a small file unpacks to", "[model]") {
  const TemporaryFile plain(std::string(101, 'x'));
  CHECK(rendered_error(plain.path.string(), 100).find("larger than 100 bytes") !=
        std::string::npos);
  const TemporaryFile bomb(compressed(std::string(50'000'000, '\0')));
  REQUIRE(std::filesystem::file_size(bomb.path) < 10'000);
  CHECK(rendered_error(bomb.path.string(), 10'000).find("larger than 10000 bytes") !=
        std::string::npos);
  const TemporaryFile exact(std::string(100, 'x'));
  Diagnostics diagnostics;
  CHECK(read_source(exact.path.string(), 100, diagnostics) != nullptr);
}

TEST_CASE("a cut or damaged compressed file is an error", "[model]") {
  const std::string whole = compressed(std::string(1000, 'a') + "some other text");
  const TemporaryFile cut(whole.substr(0, whole.size() - 3));
  CHECK(rendered_error(cut.path.string(), 10'000).find("cut") != std::string::npos);
  const TemporaryFile trailing(whole + "garbage after the frame");
  CHECK(rendered_error(trailing.path.string(), 10'000).find("damaged") != std::string::npos);
}

TEST_CASE("a missing file, a directory and a pipe are errors that say so", "[model]") {
  CHECK(rendered_error("/nonexistent/x", 100).find("No such file") != std::string::npos);
  CHECK(rendered_error("/", 100).find("directory") != std::string::npos);
  CHECK(rendered_error("/dev/null", 100).find("not a regular file") != std::string::npos);
}
