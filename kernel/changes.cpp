// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/changes.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "kernel/c_functions.h"

namespace luproof::kernel {
namespace {

constexpr std::size_t kFarthest = 2000;  // lines that a hunk may have slipped

using Lines = std::vector<std::string>;

bool of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool has_functions(const std::string& file) { return file.ends_with(".c") || file.ends_with(".h"); }

Lines split(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

// What a line that is not indented begins or goes on with: "int f(struct x *y," is f. A line that
// declares, or calls a macro, is none.
std::string head_of(std::string_view line) {
  if (line.empty() || !(std::isalpha(static_cast<unsigned char>(line[0])) || line[0] == '_'))
    return "";
  const std::size_t open = line.find('(');
  if (open == std::string_view::npos || open == 0 || line.find(';') != std::string_view::npos ||
      line.find('=') < open)
    return "";
  std::size_t end = open;
  while (end > 0 && line[end - 1] == ' ') --end;
  std::size_t start = end;
  while (start > 0 && of_word(line[start - 1])) --start;
  std::string name(line.substr(start, end - start));
  if (name.starts_with("SYSCALL_DEFINE")) {
    std::size_t last = open + 1;
    while (last < line.size() && of_word(line[last])) ++last;
    name = "sys_" + std::string(line.substr(open + 1, last - open - 1));
  }
  return name;
}

// Names once each, in the order in which they were met.
class Collected {
 public:
  explicit Collected(PatchChanges& patch) : patch_(patch) {}

  void function(const std::string& file, const std::string& name, bool guessed) {
    const auto [at, fresh] = places_.emplace(std::pair(file, name), patch_.functions.size());
    if (fresh) patch_.functions.push_back({file, name, false, false, guessed});
  }
  ChangedFunction* find(const std::string& file, const std::string& name) {
    const auto at = places_.find({file, name});
    return at == places_.end() ? nullptr : &patch_.functions[at->second];
  }
  static void once(std::vector<std::string>& list, const std::string& item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
  void elsewhere(const std::string& file) { once(patch_.elsewhere, file); }
  void misfit(const std::string& file) { once(patch_.misfits, file); }

 private:
  PatchChanges& patch_;
  std::map<std::pair<std::string, std::string>, std::size_t> places_;
};

// The functions of a hunk by its own lines.
void guess(const std::string& file, const Hunk& hunk, bool new_file, Collected& found) {
  std::string current = head_of(hunk.hint);
  std::set<std::string> before, after;
  for (const std::string& line : hunk.lines) {
    const std::string_view text = std::string_view(line).substr(1);
    const std::string head = head_of(text);
    if (!head.empty()) {
      current = head;
      if (line[0] != '+') before.insert(head);
      if (line[0] != '-') after.insert(head);
    }
    const bool blank = text.find_first_not_of(" \t\r") == std::string_view::npos;
    if (line[0] != ' ' && !blank) {
      if (current.empty())
        found.elsewhere(file);
      else
        found.function(file, current, true);
    }
    if (text.starts_with("}")) current.clear();
  }
  for (const std::string& name : after)
    if (ChangedFunction* f = found.find(file, name); f && (new_file || !before.count(name)))
      f->added = true;
  for (const std::string& name : before)
    if (ChangedFunction* f = found.find(file, name); f && !after.count(name)) f->removed = true;
}

// Where the old side of a hunk stands in the text, at or near the place that it says.
std::optional<std::size_t> place(const Lines& text, const Lines& old, std::size_t near) {
  const auto fits = [&](std::size_t at) {
    return at + old.size() <= text.size() &&
           std::equal(old.begin(), old.end(), text.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (std::size_t away = 0; away <= kFarthest; ++away) {
    if (fits(near + away)) return near + away;
    if (away > 0 && away <= near && fits(near - away)) return near - away;
  }
  return std::nullopt;
}

class Applier {
 public:
  explicit Applier(const Tree* tree) : tree_(tree) {}

  void change(const FileChange& change, Collected& found) {
    const std::string& file = change.path();
    if (!has_functions(file)) return found.elsewhere(file);
    const bool fresh = change.old_path.empty();
    Lines* text = tree_ ? text_of(change) : nullptr;
    Lines now = text ? *text : Lines();
    std::set<std::size_t> removed, added;  // line numbers, before and after, from 1
    bool fits = text != nullptr;
    std::ptrdiff_t shift = 0;
    for (const Hunk& hunk : change.hunks) fits = fits && apply(hunk, now, shift, removed, added);
    if (!fits) {
      if (tree_) found.misfit(file);
      for (const Hunk& hunk : change.hunks) guess(file, hunk, fresh, found);
      return;
    }
    // `removed` counts in the file before the patch.
    const auto before = functions_of(join(*text)), after = functions_of(join(now));
    attribute(before, removed, *text, file, found);
    attribute(after, added, now, file, found);
    const auto had = by_name(before), has = by_name(after);
    for (const auto& [name, f] : has)
      if (ChangedFunction* c = found.find(file, name); c && !had.count(name)) c->added = true;
    for (const auto& [name, f] : had)
      if (ChangedFunction* c = found.find(file, name); c && !has.count(name)) c->removed = true;
    *text = std::move(now);
    if (change.new_path.empty()) texts_[file].clear();
  }

 private:
  // As the patches so far have left it; nullptr: the tree has no such file.
  Lines* text_of(const FileChange& change) {
    const std::string& from = change.old_path.empty() ? change.new_path : change.old_path;
    auto at = texts_.find(from);
    if (at == texts_.end()) {
      const auto source = change.old_path.empty() ? nullptr : tree_->read(from);
      if (!source && !change.old_path.empty()) return nullptr;
      at = texts_.emplace(from, source ? split(source->text) : Lines()).first;
    }
    if (from == change.path()) return &at->second;
    return &(texts_[change.path()] = at->second);
  }

  static bool apply(const Hunk& hunk, Lines& now, std::ptrdiff_t& shift,
                    std::set<std::size_t>& removed, std::set<std::size_t>& added) {
    Lines old;
    for (const std::string& line : hunk.lines)
      if (line[0] != '+') old.push_back(line.substr(1));
    const std::ptrdiff_t said = std::max(hunk.old_start - (old.empty() ? 0 : 1), 0) + shift;
    const auto at = place(now, old, static_cast<std::size_t>(std::max<std::ptrdiff_t>(said, 0)));
    if (!at || *at > now.size()) return false;
    Lines fresh;
    std::size_t before = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(*at) - shift);
    for (const std::string& line : hunk.lines) {
      const bool blank = line.find_first_not_of(" \t\r", 1) == std::string::npos;
      if (line[0] != '+') ++before;
      if (line[0] == '-' && !blank) removed.insert(before);
      if (line[0] == '-') continue;
      fresh.push_back(line.substr(1));
      if (line[0] == '+' && !blank) added.insert(*at + fresh.size());
    }
    const auto start = now.begin() + static_cast<std::ptrdiff_t>(*at);
    now.erase(start, start + static_cast<std::ptrdiff_t>(old.size()));
    now.insert(now.begin() + static_cast<std::ptrdiff_t>(*at), fresh.begin(), fresh.end());
    shift += static_cast<std::ptrdiff_t>(fresh.size()) - static_cast<std::ptrdiff_t>(old.size());
    return true;
  }

  // A comment, or the line of a result's type, above a function is not in it.
  static void attribute(const std::vector<CFunction>& functions, const std::set<std::size_t>& lines,
                        const Lines& text, const std::string& file, Collected& found) {
    for (const std::size_t line : lines) {
      const auto at = std::find_if(functions.begin(), functions.end(), [&](const CFunction& f) {
        return static_cast<std::size_t>(f.line) <= line && line <= static_cast<std::size_t>(f.last);
      });
      if (at != functions.end())
        found.function(file, at->name, false);
      else if (line <= text.size() && text[line - 1].find_first_of("{};#") != std::string::npos)
        found.elsewhere(file);
    }
  }

  const Tree* tree_;
  std::map<std::string, Lines> texts_;
};

}  // namespace

std::vector<PatchChanges> changes_of(const Series& series, const Tree* tree) {
  std::vector<PatchChanges> all;
  Applier applier(tree);
  for (const Patch& patch : series.patches) {
    PatchChanges& changes = all.emplace_back();
    changes.number = patch.number;
    changes.subject = patch.subject;
    Collected found(changes);
    for (const FileChange& change : patch.files) applier.change(change, found);
  }
  return all;
}

}  // namespace luproof::kernel
