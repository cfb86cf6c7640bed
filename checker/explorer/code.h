// SPDX-License-Identifier: GPL-2.0-or-later
// Terms as straight-line code, so that a shared subterm is computed once a state.
#pragma once

#include <vector>

#include "checker/ground/system.h"

namespace luproof::checker {

class Code {
 public:
  // Values of several terms; run() leaves them in registers that at(i) names.
  Code(const Terms& terms, const std::vector<Term>& roots);
  Code() = default;
  void run(const State& state, std::vector<Value>& registers) const;
  Value at(std::size_t root, const std::vector<Value>& registers) const {
    return registers[roots_[root]];
  }
  std::size_t registers() const { return instructions_.size(); }
  std::size_t bytes() const { return instructions_.capacity() * sizeof(Instruction); }

 private:
  struct Instruction {
    TermOp op;
    std::int32_t a, b,
        c;  // registers; Const: a is the value; Slot: a is the slot; Shift: b is bits
  };
  std::vector<Instruction> instructions_;
  std::vector<std::int32_t> roots_;
};

}  // namespace luproof::checker
