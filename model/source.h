// SPDX-License-Identifier: GPL-2.0-or-later
// Source text, places in it, and what is wrong there.
//
// Everything luproof says about an input names a place in it. A Source keeps the text itself, so
// that the place can be shown; it is shared, because syntax trees outlive the loader.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::model {

struct Source {
  std::string path;  // as the user named it
  std::string text;
  std::vector<std::size_t> line_starts;  // byte offset of each line

  static std::shared_ptr<const Source> make(std::string path, std::string text);
  // The text of a line, 1-based, without its end.
  std::string_view line(int number) const;
};

using SourcePtr = std::shared_ptr<const Source>;

// A place: line and column count from 1, the column in bytes. line 0 = the file as a whole.
struct Span {
  SourcePtr source;
  int line = 0;
  int column = 0;
  int length = 1;

  std::string where() const;  // "file:line:column"
};

enum class Severity { Error, Warning };

struct Diagnostic {
  Severity severity = Severity::Error;
  Span span;
  std::string message;
  std::string hint;  // what to write instead; may be empty
};

// Collects what is wrong; parsing goes on, so that one run reports more than the first mistake.
class Diagnostics {
 public:
  void error(const Span& span, std::string message, std::string hint = {});
  void warning(const Span& span, std::string message, std::string hint = {});
  bool ok() const { return errors_ == 0; }
  int errors() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return all_; }
  // File, line, column, the line of text with the place underlined, and the hint.
  // Text of the input is made printable: no control character reaches the terminal.
  std::string render() const;

 private:
  std::vector<Diagnostic> all_;
  int errors_ = 0;
};

// Reads a whole regular file; zstd-compressed files (by their magic number) are unpacked.
// Over `limit` bytes, unreadable, or damaged: an error and nullptr.
SourcePtr read_source(const std::string& path, std::size_t limit, Diagnostics& diagnostics);

// `text` with every byte that is not printable ASCII or valid UTF-8 escaped as \xNN.
std::string printable(std::string_view text);

// The entry of `known` nearest to `name` by edit distance, or "" if none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& known);
// "did you mean 'x'?" or "".
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace luproof::model
