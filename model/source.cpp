// SPDX-License-Identifier: GPL-2.0-or-later
// Places and messages. The text shown is the input's own, and the input is not trusted: whatever a
// terminal could take for a command (control bytes, direction overrides) is escaped, long lines are
// cut to a window around the place, and only so many diagnostics are kept.
#include "model/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace luproof::model {

namespace {

constexpr std::size_t kKept = 1000;       // diagnostics of one severity that are kept
constexpr std::size_t kWindow = 160;      // bytes of a source line that are shown
constexpr std::size_t kLongestName = 64;  // names beyond this get no suggestion
constexpr int kTabStop = 8;               // of the usual terminal; only for carets under tabs

// Code points that are valid UTF-8 and still move the cursor or reorder the text.
bool steers_terminal(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200e && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
         point == 0xfeff;
}

// Bytes of the printable character that text starts with; 0 = it has to be escaped.
std::size_t printable_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return steers_terminal(first) ? 0 : 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  std::uint32_t point = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kSmallest[length] || point > 0x10ffff || surrogate) return 0;
  return steers_terminal(point) ? 0 : length;
}

// Text made printable, and the terminal column at which each of its bytes ended up.
struct Shown {
  std::string text;
  std::vector<std::size_t> columns;  // one more than there are bytes
};

Shown show(std::string_view text, bool keep_tabs) {
  Shown shown;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = printable_length(text.substr(at));
    std::size_t width = 1;
    if (length > 0) {
      shown.text.append(text.substr(at, length));
    } else if (length = 1; keep_tabs && text[at] == '\t') {
      shown.text += '\t';
      width = kTabStop - column % kTabStop;
    } else {
      shown.text += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      width = 4;
    }
    shown.columns.insert(shown.columns.end(), length, column);
    column += width;
    at += length;
  }
  shown.columns.push_back(column);
  return shown;
}

// The line of the span and the underline below it, each with its newline.
std::string excerpt(const Span& span) {
  std::string_view line = span.source->line(span.line);
  std::size_t from = std::min<std::size_t>(std::max(span.column, 1) - 1, line.size());
  std::size_t until = std::min<std::size_t>(from + std::max(span.length, 1), line.size());
  bool cut_front = false;
  bool cut_back = false;
  if (line.size() > kWindow) {
    const std::size_t start = from > kWindow / 2 ? from - kWindow / 2 : 0;
    cut_front = start > 0;
    cut_back = line.size() - start > kWindow;
    line = line.substr(start, kWindow);
    from -= start;
    until = std::min(until - start, line.size());
  }
  const Shown shown = show(line, true);
  // The padding repeats the line's tabs, so it stays aligned whatever the tab stops are.
  std::string padding;
  for (std::size_t i = 0; i < from; ++i) {
    const std::size_t width = shown.columns[i + 1] - shown.columns[i];
    padding += line[i] == '\t' ? std::string(1, '\t') : std::string(width, ' ');
  }
  const std::size_t width = shown.columns[until] - shown.columns[from];
  const char* front = cut_front ? "..." : "";
  return fmt::format("  {}{}{}\n  {}{}^{}\n", front, shown.text, cut_back ? "..." : "",
                     cut_front ? "   " : "", padding, std::string(width > 1 ? width - 1 : 0, '~'));
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::shared_ptr<const Source> Source::make(std::string path, std::string text) {
  auto source = std::make_shared<Source>();
  source->path = std::move(path);
  source->text = std::move(text);
  source->line_starts.push_back(0);
  for (std::size_t at = source->text.find('\n'); at != std::string::npos;
       at = source->text.find('\n', at + 1)) {
    if (at + 1 < source->text.size()) source->line_starts.push_back(at + 1);
  }
  return source;
}

std::string_view Source::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts.size()) return {};
  const std::size_t index = static_cast<std::size_t>(number);
  const std::size_t start = line_starts[index - 1];
  const std::size_t end = index < line_starts.size() ? line_starts[index] : text.size();
  std::string_view found = std::string_view(text).substr(start, end - start);
  if (!found.empty() && found.back() == '\n') found.remove_suffix(1);
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

std::string Span::where() const {
  if (!source) return {};
  std::string text = printable(source->path);
  if (line > 0) text += fmt::format(":{}", line);
  if (line > 0 && column > 0) text += fmt::format(":{}", column);
  return text;
}

void Diagnostics::error(const Span& span, std::string message, std::string hint) {
  if (static_cast<std::size_t>(errors_++) >= kKept) return;
  all_.push_back({Severity::Error, span, std::move(message), std::move(hint)});
}

void Diagnostics::warning(const Span& span, std::string message, std::string hint) {
  const std::size_t kept_errors = std::min<std::size_t>(errors_, kKept);
  if (all_.size() - kept_errors >= kKept) return;
  all_.push_back({Severity::Warning, span, std::move(message), std::move(hint)});
}

std::string Diagnostics::render() const {
  std::string out;
  for (const Diagnostic& diagnostic : all_) {
    const std::string where = diagnostic.span.where();
    out += fmt::format("{}{}{}: {}\n", where, where.empty() ? "" : ": ",
                       diagnostic.severity == Severity::Error ? "error" : "warning",
                       printable(diagnostic.message));
    if (diagnostic.span.source && diagnostic.span.line > 0) out += excerpt(diagnostic.span);
    if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", printable(diagnostic.hint));
  }
  if (errors_ > static_cast<int>(kKept)) {
    out += fmt::format("{} more errors are not shown\n", errors_ - static_cast<int>(kKept));
  }
  return out;
}

std::string printable(std::string_view text) { return show(text, false).text; }

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  if (name.empty() || name.size() > kLongestName) return {};
  // A third of the name may differ: more is another word, and one letter of a short name is a slip.
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t distance = edit_distance(name, candidate);
    // A distance of the whole name shares nothing with it.
    if (distance < best && distance < std::max(name.size(), candidate.size())) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const std::string found = nearest(name, known);
  return found.empty() ? "" : fmt::format("did you mean '{}'?", printable(found));
}

}  // namespace luproof::model
