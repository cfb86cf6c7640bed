// SPDX-License-Identifier: GPL-2.0-or-later
// Random specs, as text: well typed by construction, small enough to explore, and made to hit what
// engines get wrong (check-then-act, undo, loops over live lists, locks, pools, kexec, claims).
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace luproof::checker {

class RandomSpec {
 public:
  explicit RandomSpec(std::uint64_t seed) : random_(seed) {}
  // What a fuzzer chose, a byte a decision; where they end, the first of every alternative.
  explicit RandomSpec(std::vector<std::uint8_t> decisions)
      : decisions_(std::move(decisions)), decided_(true) {}
  std::string text();

 private:
  struct Scope {
    std::vector<std::string> vfs, functions, ints, bools, sessions;
    bool errno_result = false;  // a procedure that may fail
    bool void_result = false;   // a procedure that may not
    bool atomic = false;
    bool in_loop = false;
    int holds = 0;      // with-blocks around, so that lock nesting stays small
    int procedure = 0;  // may call procedures above this number
    int depth = 0;
  };

  int pick(int n) {
    if (decided_) return at_ < decisions_.size() ? decisions_[at_++] % n : 0;
    return static_cast<int>(random_() % static_cast<std::uint64_t>(n));
  }
  bool chance(int percent) { return pick(100) < percent; }
  std::string one_of(const std::vector<std::string>& texts) {
    return texts[static_cast<std::size_t>(pick(static_cast<int>(texts.size())))];
  }
  std::string fresh(const std::string& stem) { return stem + std::to_string(++names_); }

  std::string vf(const Scope& s);
  std::string function(const Scope& s);
  std::string integer(const Scope& s, int depth);
  std::string boolean(const Scope& s, int depth);
  std::string set_of_vfs(const Scope& s, bool live, int depth = 0);
  std::string order_of(const std::string& set);
  void line(int indent, const std::string& text) {
    code_ += std::string(static_cast<std::size_t>(indent), ' ') + text + "\n";
  }
  void block(int indent, Scope s, int budget);
  void statement(int indent, Scope& s, int budget);
  void effect(int indent, const Scope& s);
  void compound(int indent, Scope& s, int budget);
  void loop(int indent, Scope s, int budget);
  void invoke(int indent, Scope& s);
  void failing(int indent, Scope& s);
  void pool(int indent, Scope& s);
  std::string procedures();
  std::string actors();
  std::string properties();

  std::mt19937_64 random_;
  std::vector<std::uint8_t> decisions_;
  std::size_t at_ = 0;
  bool decided_ = false;
  std::string code_;
  int names_ = 0;
  bool pools_ = false, kexec_ = false, acts_ = false, rwlock_ = false;
  int procedures_ = 0;
};

}  // namespace luproof::checker
