// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/c_tokens.h"

#include <algorithm>
#include <cctype>

namespace luproof::kernel {
namespace {

bool begins_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<CToken> run() {
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  // A backslash before a line's end joins two lines; 0: there is none here.
  std::size_t splice() const {
    if (peek() != '\\') return 0;
    if (peek(1) == '\n') return 2;
    return peek(1) == '\r' && peek(2) == '\n' ? 3 : 0;
  }

  void step() {
    const char c = peek();
    if (const std::size_t joined = splice(); joined > 0) {
      at_ += joined;
      line_ = at_;
    } else if (c == '\n') {
      line_ = ++at_;
      directive_ = false;
      fresh_ = true;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\0') {
      ++at_;
    } else if (c == '/' && peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else if (c == '/' && peek(1) == '/') {
      while (at_ < text_.size() && peek() != '\n') at_ += std::max<std::size_t>(splice(), 1);
    } else {
      token(c);
    }
  }

  void token(char c) {
    CToken t;
    t.begin = static_cast<std::uint32_t>(at_);
    t.first = at_ == line_;
    t.starts = fresh_ && c == '#';
    directive_ = directive_ || t.starts;
    t.directive = directive_;
    fresh_ = false;
    if (begins_word(c)) {
      t.word = true;
      while (begins_word(peek()) || digit(peek())) ++at_;
    } else if (digit(c) || (c == '.' && digit(peek(1)))) {
      number();
    } else if (c == '"' || c == '\'') {
      quoted(c);
    } else {
      ++at_;
    }
    t.length = static_cast<std::uint32_t>(at_) - t.begin;
    tokens_.push_back(t);
  }

  // Exponents with a sign fall apart into several tokens, always the same ones.
  void number() {
    while (begins_word(peek()) || digit(peek()) || peek() == '.') ++at_;
  }

  // A quote that its line does not close is one token: broken text must not hide what follows.
  void quoted(char quote) {
    const std::size_t start = at_++;
    while (at_ < text_.size() && peek() != quote && peek() != '\n') {
      if (const std::size_t joined = splice(); joined > 0)
        at_ += joined;
      else
        at_ += peek() == '\\' && at_ + 1 < text_.size() && peek(1) != '\n' ? 2 : 1;
    }
    if (at_ < text_.size() && peek() == quote)
      ++at_;
    else
      at_ = start + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 0;
  bool directive_ = false, fresh_ = true;
  std::vector<CToken> tokens_;
};

// Takes away what `#if 0` hides, with the directives around it.
class Living {
 public:
  Living(std::string_view text, std::vector<CToken> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  std::vector<CToken> run() {
    std::vector<CToken> kept;
    for (std::size_t i = 0; i < tokens_.size();) {
      std::size_t end = i + 1;
      bool keep = true;
      if (tokens_[i].starts) {
        while (end < tokens_.size() && tokens_[end].directive && !tokens_[end].starts) ++end;
        keep = directive(i, end);
      }
      if (keep && dead_ == 0)
        kept.insert(kept.end(), tokens_.begin() + static_cast<std::ptrdiff_t>(i),
                    tokens_.begin() + static_cast<std::ptrdiff_t>(end));
      i = end;
    }
    return kept;
  }

 private:
  enum class State { Plain, Dead, Alive };  // Dead: hidden; Alive: the other half of an `#if 0`

  // Whether the directive itself stays.
  bool directive(std::size_t i, std::size_t end) {
    const std::string_view what = i + 1 < end ? tokens_[i + 1].in(text_) : std::string_view();
    if (what == "if" || what == "ifdef" || what == "ifndef") {
      const bool zero = what == "if" && end == i + 3 && tokens_[i + 2].in(text_) == "0";
      open_.push_back(zero ? State::Dead : State::Plain);
      if (zero) ++dead_;
      return !zero;
    }
    if (open_.empty() || (what != "else" && what != "elif" && what != "endif")) return true;
    const State was = open_.back();
    if (was == State::Dead) --dead_;
    if (what == "endif") {
      open_.pop_back();
    } else if (was == State::Dead) {
      open_.back() = State::Alive;
    } else if (was == State::Alive) {
      open_.back() = State::Dead;
      ++dead_;
    }
    return was == State::Plain;
  }

  std::string_view text_;
  std::vector<CToken> tokens_;
  std::vector<State> open_;
  std::size_t dead_ = 0;
};

}  // namespace

std::vector<CToken> c_tokens(std::string_view text) {
  return Living(text, Scanner(text).run()).run();
}

}  // namespace luproof::kernel
