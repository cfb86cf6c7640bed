// SPDX-License-Identifier: GPL-2.0-or-later
// What an event of the model does to knowledge.
//
// Where a condition is unknown both ways are taken and what they agree on is kept, so that nothing
// is known after an event that might be false.
#pragma once

#include "traces/kleene.h"

namespace luproof::traces {

class Effects {
 public:
  Effects(const model::Model& model, const model::Layout& layout)
      : model_(model), layout_(layout) {}

  // `event` happens with these arguments, seen on a line of kernel number `kernel`.
  void apply(int event, const std::vector<Value>& arguments, int kernel, Knowledge& state) const;
  // The cells that an event may assign, those of events that it fires included.
  std::vector<int> written(int event) const;

 private:
  struct Run {
    Knowledge& state;
    Frame frame;
    int kernel = 1;
    int depth = 0;
  };
  void block(const model::Block& body, Run& run) const;
  void statement(const model::Stmt& stmt, Run& run) const;
  void assign(const model::Stmt& stmt, Run& run) const;
  void each(const model::Stmt& stmt, Run& run) const;
  void fire(const model::Stmt& stmt, Run& run) const;
  void optional_block(const model::Block& body, Run& run) const;
  void forget(const model::Block& body, Knowledge& state) const;
  void collect(const model::Block& body, std::vector<int>& cells, std::vector<int>& events) const;
  Known evaluate(const model::Expr& expr, Run& run) const;

  const model::Model& model_;
  const model::Layout& layout_;
};

}  // namespace luproof::traces
