// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/patches.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "kernel/mail.h"

namespace luproof::kernel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestMbox = 64u << 20;
constexpr std::size_t kMostFiles = 1000;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// "a/drivers/pci/iov.c<tab>date" is drivers/pci/iov.c, "/dev/null" nothing.
std::string path_of(std::string_view text) {
  text = text.substr(0, text.find('\t'));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text == "/dev/null") return "";
  if (text.starts_with("a/") || text.starts_with("b/")) text.remove_prefix(2);
  return std::string(text);
}

bool take_number(std::string_view& text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// "@@ -12,7 +12,9 @@ hint"; how many lines of each side follow.
bool hunk_header(std::string_view line, Hunk& hunk, int& old_left, int& new_left) {
  const auto side = [&](const char* mark, int& start, int& count) {
    if (!line.starts_with(mark)) return false;
    line.remove_prefix(std::string_view(mark).size());
    count = 1;
    if (!take_number(line, start)) return false;
    if (!line.starts_with(",")) return true;
    line.remove_prefix(1);
    return take_number(line, count);
  };
  if (!side("@@ -", hunk.old_start, old_left) || !side(" +", hunk.new_start, new_left) ||
      !line.starts_with(" @@"))
    return false;
  line.remove_prefix(3);
  while (line.starts_with(" ")) line.remove_prefix(1);
  hunk.hint = std::string(line);
  return true;
}

// N of "[PATCH v2 3/9] …"; -1: there is none.
int number_of(const std::string& subject) {
  const std::size_t close = subject.find(']');
  if (!subject.starts_with("[") || close == std::string::npos) return -1;
  const std::size_t slash = subject.rfind('/', close);
  if (slash == std::string::npos) return -1;
  std::size_t start = slash;
  while (start > 0 && subject[start - 1] >= '0' && subject[start - 1] <= '9') --start;
  std::string_view digits = std::string_view(subject).substr(start, slash - start);
  int number = -1;
  return take_number(digits, number) ? number : -1;
}

bool answer(const std::string& subject) {
  return subject.size() > 3 &&
         (subject.starts_with("Re:") || subject.starts_with("RE:") || subject.starts_with("re:"));
}

std::string without_tag(const std::string& subject) {
  const std::size_t close = subject.starts_with("[") ? subject.find(']') : std::string::npos;
  if (close == std::string::npos) return subject;
  const std::size_t start = subject.find_first_not_of(' ', close + 1);
  return start == std::string::npos ? "" : subject.substr(start);
}

class Reader {
 public:
  void file(const std::string& name, const std::string& text) {
    for (const Mail& mail : mails_of(text)) {
      if (!mail.message_id.empty() && !seen_.insert(mail.message_id).second) continue;
      if (answer(mail.subject)) continue;
      Patch patch;
      patch.files = read_diff(mail.text);
      const int number = number_of(mail.subject);
      patch.subject = mail.subject.empty() ? name : without_tag(mail.subject);
      if (number == 0 && series.title.empty()) series.title = patch.subject;
      if (patch.files.empty()) continue;
      patch.number = number > 0 ? number : static_cast<int>(series.patches.size()) + 1;
      series.patches.push_back(std::move(patch));
    }
  }

  Series series;

 private:
  std::set<std::string> seen_;
};

}  // namespace

std::vector<FileChange> read_diff(const std::string& text) {
  std::vector<FileChange> changes;
  const std::vector<std::string_view> lines = lines_of(text);
  int old_left = 0, new_left = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (old_left > 0 || new_left > 0) {
      // An empty line is an empty line of context whose blank was lost on the way.
      const char mark = line.empty() ? ' ' : line[0];
      if (mark == '\\') continue;
      if (mark == ' ' || mark == '+' || mark == '-') {
        changes.back().hunks.back().lines.push_back(line.empty() ? " " : std::string(line));
        if (mark != '+') --old_left;
        if (mark != '-') --new_left;
        continue;
      }
      old_left = new_left = 0;  // cut short; what there is counts
    }
    Hunk hunk;
    if (line.starts_with("--- ") && i + 1 < lines.size() && lines[i + 1].starts_with("+++ ")) {
      changes.push_back({path_of(line.substr(4)), path_of(lines[i + 1].substr(4)), {}});
      ++i;
    } else if (!changes.empty() && hunk_header(line, hunk, old_left, new_left)) {
      changes.back().hunks.push_back(std::move(hunk));
    } else {
      old_left = new_left = 0;  // the half of a header that was read
    }
  }
  return changes;
}

std::optional<Series> read_series(const std::string& path, model::Diagnostics& diagnostics) {
  std::vector<std::string> files = {path};
  std::error_code error;
  if (fs::is_directory(path, error)) {
    files.clear();
    for (const auto& entry : fs::directory_iterator(path, error)) {
      const std::string end = entry.path().extension().string();
      if (end == ".patch" || end == ".mbx" || end == ".mbox" || end == ".eml" || end == ".diff")
        files.push_back(entry.path().string());
      if (files.size() == kMostFiles) break;
    }
    std::sort(files.begin(), files.end());
  }
  Reader reader;
  for (const std::string& file : files)
    if (const auto source = model::read_source(file, kLargestMbox, diagnostics))
      reader.file(fs::path(file).filename().string(), source->text);
  if (!diagnostics.ok()) return std::nullopt;
  Series series = std::move(reader.series);
  if (series.patches.empty()) {
    diagnostics.error({}, fmt::format("there is no patch in '{}'", path),
                      "a unified diff, an mbox of one, or a folder of *.patch files");
    return std::nullopt;
  }
  std::stable_sort(series.patches.begin(), series.patches.end(),
                   [](const Patch& a, const Patch& b) { return a.number < b.number; });
  if (series.title.empty()) series.title = series.patches[0].subject;
  return series;
}

}  // namespace luproof::kernel
