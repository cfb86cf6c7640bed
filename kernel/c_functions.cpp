// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/c_functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <tuple>

#include "kernel/c_tokens.h"

namespace luproof::kernel {
namespace {

// Annotations that look like a function's name and its parameters.
constexpr auto kAnnotations = std::to_array<std::string_view>(
    {"__attribute__", "__attribute", "__acquires", "__releases", "__must_hold",  "__cond_acquires",
     "__printf",      "__scanf",     "__section",  "__aligned",  "__alloc_size", "__nonnull",
     "__typeof__",    "typeof",      "__declspec", "asm",        "__asm__",      "__realloc_size",
     "__counted_by",  "_Alignas"});
constexpr auto kTypes = std::to_array<std::string_view>(
    {"void", "int", "char", "long", "short", "unsigned", "signed", "bool", "static", "inline",
     "const", "struct", "union", "enum", "extern", "return"});
// Words before a macro that makes a function.
constexpr auto kStorage = std::to_array<std::string_view>(
    {"static", "inline", "__always_inline", "noinline", "asmlinkage", "__visible", "__init"});

constexpr std::uint64_t kOffset = 0xcbf29ce484222325, kPrime = 0x100000001b3;  // FNV-1a

void mix(std::uint64_t& hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash = (hash ^ 0) * kPrime;  // where one token ends
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool upper_case(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) ||
           std::isdigit(static_cast<unsigned char>(c)) || c == '_';
  });
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text), tokens_(c_tokens(text)) {}

  std::vector<CFunction> run() {
    for (std::size_t i = 0; i < tokens_.size();) {
      if (tokens_[i].starts) {
        i = directive(i);
        continue;
      }
      if (depth_ > 0)
        inside(i);
      else
        outside(i);
      ++i;
    }
    lines();
    return std::move(found_);
  }

 private:
  struct Name {
    std::size_t token;   // what the name is made of
    std::size_t behind;  // where the fingerprint begins
    std::string text;
  };
  struct Open {
    Name name;
    bool conditional = false;  // an #if was met since
  };
  // Where the text stood at an #if; what it was at the end of the first branch.
  struct Branch {
    int depth = 0, parens = 0;
    std::optional<Open> open;
    std::size_t found = 0;
    std::optional<std::pair<int, int>> first_end;
  };

  std::string_view at(std::size_t i) const {
    return i < tokens_.size() ? tokens_[i].in(text_) : std::string_view();
  }

  void inside(std::size_t i) {
    if (at(i) == "{") ++depth_;
    if (at(i) != "}") return;
    --depth_;
    // The house style of the kernel ends a function in column 1: branches that do not add up are
    // left behind there.
    if (tokens_[i].first && open_ && open_->conditional) depth_ = 0;
    if (depth_ > 0) return;
    if (open_) close(i);
    head_.clear();
  }

  void outside(std::size_t i) {
    const std::string_view token = at(i);
    if (token == "{") {
      if (tokens_[i].first) parens_ = 0;
      if (parens_ == 0 && !open_)
        if (const auto name = name_of_head()) open_ = Open{*name};
      depth_ = 1;
      return;
    }
    if (token == "(") ++parens_;
    if (token == ")" && parens_ > 0) --parens_;
    if (token == ";" && parens_ == 0) {
      head_.clear();
    } else {
      head_.push_back(i);
    }
  }

  // The name in `static int __init f(struct x *y) __must_hold(z)`: the first word with parameters.
  // One with no type before it is an annotation, or a macro with a line of its own, if another
  // follows; if none does, it is a macro that makes a function.
  std::optional<Name> name_of_head() const {
    std::optional<std::size_t> found;
    bool bare = true, found_bare = true;
    int parens = 0;
    for (std::size_t h = 0; h < head_.size(); ++h) {
      const std::string_view token = at(head_[h]);
      if (token == "(") ++parens;
      if (token == ")" && parens > 0) --parens;
      if (parens > 0) continue;
      if (token == "=" || (token == "typedef" && h == 0)) return std::nullopt;
      if (!tokens_[head_[h]].word || among(kStorage, token)) continue;
      const bool called = h + 1 < head_.size() && at(head_[h + 1]) == "(";
      if (!called || among(kTypes, token)) bare = false;
      if (!called || among(kTypes, token) || among(kAnnotations, token) || returns_pointer(h))
        continue;
      if (found && !found_bare) continue;
      found = h;
      found_bare = bare;
    }
    if (!found) return pointer_returned();
    const std::string_view word = at(head_[*found]);
    if (found_bare && upper_case(word)) return made_by_macro(*found);
    return Name{head_[*found], head_[*found] + 1, std::string(word)};
  }

  // word (*name(…))(…): the word is a type.
  bool returns_pointer(std::size_t h) const {
    return h + 4 < head_.size() && at(head_[h + 2]) == "*" && tokens_[head_[h + 3]].word &&
           at(head_[h + 4]) == "(";
  }
  std::optional<Name> pointer_returned() const {
    for (std::size_t h = 0; h + 3 < head_.size(); ++h)
      if (at(head_[h]) == "(" && at(head_[h + 1]) == "*" && tokens_[head_[h + 2]].word &&
          at(head_[h + 3]) == "(")
        return Name{head_[h + 2], head_[h + 2] + 1, std::string(at(head_[h + 2]))};
    return std::nullopt;
  }

  std::optional<Name> made_by_macro(std::size_t h) const {
    if (h + 2 >= head_.size() || !tokens_[head_[h + 2]].word || among(kTypes, at(head_[h + 2])))
      return std::nullopt;
    const std::string_view macro = at(head_[h]);
    std::string name(at(head_[h + 2]));
    if (macro.starts_with("SYSCALL_DEFINE")) name = "sys_" + name;
    if (macro.starts_with("COMPAT_SYSCALL_DEFINE")) name = "compat_sys_" + name;
    return Name{head_[h + 2], head_[h] + 1, std::move(name)};
  }

  void close(std::size_t end) {
    add(open_->name, end, false);
    open_.reset();
    parens_ = 0;
  }

  void add(const Name& name, std::size_t end, bool macro) {
    CFunction f;
    f.name = name.text;
    f.macro = macro;
    f.hash = kOffset;
    const std::string_view own = at(name.token);
    for (std::size_t i = name.behind; i <= end; ++i) {
      mix(f.hash, tokens_[i].word && at(i) == own ? std::string_view("\1") : at(i));
      ++f.tokens;
    }
    f.line = static_cast<int>(tokens_[name.token].begin);  // made a line by lines()
    f.last = static_cast<int>(tokens_[end].begin);
    found_.push_back(std::move(f));
  }

  // The token behind the directive.
  std::size_t directive(std::size_t i) {
    std::size_t end = i + 1;
    while (end < tokens_.size() && tokens_[end].directive && !tokens_[end].starts) ++end;
    const std::string_view what = end > i + 1 ? at(i + 1) : std::string_view();
    if (what == "if" || what == "ifdef" || what == "ifndef") {
      if (open_) open_->conditional = true;
      if (branches_.size() < kDeepest)
        branches_.push_back({depth_, parens_, open_, found_.size(), {}});
    } else if (what == "else" || what == "elif") {
      if (!branches_.empty()) other_branch(branches_.back());
    } else if (what == "endif") {
      if (!branches_.empty()) {
        if (const auto first = branches_.back().first_end) std::tie(depth_, parens_) = *first;
        if (depth_ == 0) open_.reset();
        branches_.pop_back();
      }
    } else if (what == "define" && end > i + 4 && at(i + 3) == "(" && tokens_[i + 2].word &&
               tokens_[i + 2].begin + tokens_[i + 2].length == tokens_[i + 3].begin) {
      add({i + 2, i + 3, std::string(at(i + 2))}, end - 1, true);
    }
    return end;
  }

  void other_branch(Branch& branch) {
    if (!branch.first_end) branch.first_end = {depth_, parens_};
    depth_ = branch.depth;
    parens_ = branch.parens;
    // A function that began before the #if and ended in its first branch ends again in this one.
    if (!branch.open || open_) return;
    open_ = branch.open;
    open_->conditional = true;
    const std::size_t start = tokens_[branch.open->name.token].begin;
    while (found_.size() > branch.found && static_cast<std::size_t>(found_.back().line) >= start)
      found_.pop_back();
  }

  void lines() {
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 0; i < text_.size(); ++i)
      if (text_[i] == '\n') starts.push_back(i + 1);
    const auto line = [&](int offset) {
      return static_cast<int>(
          std::upper_bound(starts.begin(), starts.end(), static_cast<std::size_t>(offset)) -
          starts.begin());
    };
    for (CFunction& f : found_) {
      f.line = line(f.line);
      f.last = line(f.last);
    }
  }

  static constexpr std::size_t kDeepest = 1000;  // of #if in #if

  std::string_view text_;
  std::vector<CToken> tokens_;
  int depth_ = 0, parens_ = 0;
  std::optional<Open> open_;
  std::vector<std::size_t> head_;
  std::vector<Branch> branches_;
  std::vector<CFunction> found_;
};

}  // namespace

std::vector<CFunction> functions_of(std::string_view text) { return Finder(text).run(); }

std::map<std::string, CFunction, std::less<>> by_name(const std::vector<CFunction>& functions) {
  std::map<std::string, CFunction, std::less<>> named;
  for (const CFunction& f : functions) {
    const auto [entry, fresh] = named.emplace(f.name, f);
    if (fresh) continue;
    CFunction& all = entry->second;
    for (int shift = 0; shift < 64; shift += 8)
      all.hash = (all.hash ^ ((f.hash >> shift) & 0xff)) * kPrime;
    all.tokens += f.tokens;
    all.macro = all.macro && f.macro;
  }
  return named;
}

}  // namespace luproof::kernel
