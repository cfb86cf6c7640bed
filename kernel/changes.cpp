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

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string::npos; }

// A comment, or the line of a result's type, above a function is not in it, and changes no code.
bool code(std::string_view text) { return text.find_first_of("{};#") != std::string::npos; }

// A line of the first column that cannot be in the body of a function: "struct x {", "/*", "int
// y;". Labels, braces and directives can.
bool outside(std::string_view text) {
  if (text.empty() || text[0] == ' ' || text[0] == '\t') return false;
  if (text[0] == '{' || text[0] == '}' || text[0] == '#') return false;
  std::size_t end = 0;
  while (end < text.size() && of_word(text[end])) ++end;
  return end == 0 || end == text.size() || text[end] != ':';
}

// The functions of hunks by their own lines.
class Guess {
 public:
  Guess(const FileChange& change, Collected& found)
      : file_(change.path()), new_file_(change.old_path.empty()), found_(found) {}

  void add(const Hunk& hunk) {
    current_ = head_of(hunk.hint);
    std::size_t waiting = 0;  // changed directives: whose they are is seen behind them
    for (const std::string& line : hunk.lines) {
      const std::string_view text = std::string_view(line).substr(1);
      const bool changed = line[0] != ' ' && !blank(text);
      if (text.starts_with("#")) {
        waiting += changed;
        continue;
      }
      if (!blank(text)) look(line[0], text);
      if (blank(text)) continue;
      if (waiting > 0) told("#");
      waiting = 0;
      if (changed) told(text);
      if (text.starts_with("}")) current_.clear();
    }
    if (waiting > 0) told("#");
  }

  // A function that one hunk takes away and another adds has only moved.
  void finish() {
    for (const std::string& name : after_)
      if (ChangedFunction* f = found_.find(file_, name); f && (new_file_ || !before_.count(name)))
        f->added = true;
    for (const std::string& name : before_)
      if (ChangedFunction* f = found_.find(file_, name); f && !after_.count(name))
        f->removed = true;
  }

 private:
  void look(char mark, std::string_view text) {
    const std::string head = head_of(text);
    if (head.empty()) {
      if (outside(text)) current_.clear();
      return;
    }
    current_ = head;
    if (mark != '+') before_.insert(head);
    if (mark != '-') after_.insert(head);
  }

  void told(std::string_view text) {
    if (!current_.empty())
      found_.function(file_, current_, true);
    else if (code(text))
      found_.elsewhere(file_);
  }

  const std::string& file_;
  bool new_file_;
  Collected& found_;
  std::string current_;
  std::set<std::string> before_, after_;
};

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
    Lines* text = tree_ ? text_of(change) : nullptr;
    Lines now = text ? *text : Lines();
    std::set<std::size_t> removed, added;  // line numbers, before and after, from 1
    std::ptrdiff_t shift = 0;
    Guess guess(change, found);
    for (const Hunk& hunk : change.hunks) {
      if (text && apply(hunk, now, shift, removed, added)) continue;
      if (tree_) found.misfit(file);
      guess.add(hunk);
    }
    guess.finish();
    if (!text) return;
    // `removed` counts in the file before the patch.
    const auto before = functions_of(join(*text)), after = functions_of(join(now));
    attribute(before, removed, *text, file, found);
    attribute(after, added, now, file, found);
    const auto had = by_name(before), has = by_name(after);
    for (const auto& [name, f] : has)
      if (ChangedFunction* c = found.find(file, name)) {
        c->added = !had.count(name);
        c->macro = f.macro;
      }
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
      const bool empty = blank(std::string_view(line).substr(1));
      if (line[0] != '+') ++before;
      if (line[0] == '-' && !empty) removed.insert(before);
      if (line[0] == '-') continue;
      fresh.push_back(line.substr(1));
      if (line[0] == '+' && !empty) added.insert(*at + fresh.size());
    }
    const auto start = now.begin() + static_cast<std::ptrdiff_t>(*at);
    now.erase(start, start + static_cast<std::ptrdiff_t>(old.size()));
    now.insert(now.begin() + static_cast<std::ptrdiff_t>(*at), fresh.begin(), fresh.end());
    shift += static_cast<std::ptrdiff_t>(fresh.size()) - static_cast<std::ptrdiff_t>(old.size());
    return true;
  }

  static void attribute(const std::vector<CFunction>& functions, const std::set<std::size_t>& lines,
                        const Lines& text, const std::string& file, Collected& found) {
    for (const std::size_t line : lines) {
      const auto at = std::find_if(functions.begin(), functions.end(), [&](const CFunction& f) {
        return static_cast<std::size_t>(f.line) <= line && line <= static_cast<std::size_t>(f.last);
      });
      if (at != functions.end())
        found.function(file, at->name, false);
      else if (line <= text.size() && code(text[line - 1]))
        found.elsewhere(file);
    }
  }

  const Tree* tree_;
  std::map<std::string, Lines> texts_;
};

}  // namespace

std::vector<PatchChanges> changes_of(const Series& series, const Tree* tree,
                                     const std::function<bool()>& going) {
  std::vector<PatchChanges> all;
  Applier applier(tree);
  for (const Patch& patch : series.patches) {
    if (!going()) break;
    PatchChanges& changes = all.emplace_back();
    changes.number = patch.number;
    changes.subject = patch.subject;
    Collected found(changes);
    for (const FileChange& change : patch.files) applier.change(change, found);
  }
  return all;
}

}  // namespace luproof::kernel
