// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/program/lists.h"

namespace luproof::checker {

bool is_list(const model::Model& model, const model::Expr& set) {
  using model::Op;
  switch (set.op) {
    case Op::SetCell:
    case Op::SetReceived:
    case Op::SetOutgoing:
      return model.cells[set.ref].kind == model::CellKind::List;
    case Op::SetReversed:
    case Op::SetBefore:
    case Op::SetWhere:
    case Op::Old:
      return is_list(model, *set.kids[0]);
    case Op::Define:
      return is_list(model, *model.defines[set.ref].body);
    case Op::Ite:
      return is_list(model, *set.kids[1]) && is_list(model, *set.kids[2]);
    default:
      return false;
  }
}

}  // namespace luproof::checker
