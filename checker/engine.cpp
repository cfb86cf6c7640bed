// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/engine.h"

#include <algorithm>
#include <array>

namespace luproof::checker {
namespace {

using model::Block;
using model::Expr;
using model::Life;
using model::Model;
using model::Op;
using model::Stmt;
using model::StmtKind;

bool visible_block(const Model& model, const Block& block, int depth);

bool history(const Model& model, const Expr& target) {
  return model.cells[target.ref].life == Life::History;
}

// The statement changes something that is not history; control flow alone does not count.
bool visible(const Model& model, const Stmt& stmt, int depth) {
  constexpr int kDeepest = 64;  // of events that fire events; a model of the loader is far below
  if (depth > kDeepest) return false;
  switch (stmt.kind) {
    case StmtKind::Assign:
      return std::any_of(stmt.targets.begin(), stmt.targets.end(), [&](const auto& target) {
        return target->op != Op::Local && !history(model, *target);
      });
    case StmtKind::Append:
    case StmtKind::Remove:
    case StmtKind::Get:
    case StmtKind::Put:
    case StmtKind::Unwrite:
    case StmtKind::Restore:
      return !history(model, *stmt.targets[0]);
    case StmtKind::New:
    case StmtKind::Free:
    case StmtKind::Kexec:
    case StmtKind::Panic:
      return true;
    case StmtKind::Fire:
      return visible_block(model, model.events[stmt.ref].body, depth + 1);
    case StmtKind::Each:
    case StmtKind::Atomic:
      return visible_block(model, stmt.body, depth);
    default:
      return false;
  }
}

bool visible_block(const Model& model, const Block& block, int depth) {
  return std::any_of(block.begin(), block.end(), [&](const auto& stmt) {
    return visible(model, *stmt, depth) ||
           (stmt->kind == StmtKind::If &&
            (visible_block(model, stmt->body, depth) || visible_block(model, stmt->orelse, depth)));
  });
}

}  // namespace

const char* fault_name(Fault fault) {
  static constexpr std::array kNames = {"none",
                                        "none-reference",
                                        "stale-reference",
                                        "wrong-kind",
                                        "out-of-range",
                                        "refcount-underflow",
                                        "absent-handover",
                                        "double-restore",
                                        "double-append",
                                        "not-a-member",
                                        "unlock-unheld",
                                        "lock-leaked",
                                        "recursion-too-deep",
                                        "endless-loop"};
  static_assert(kNames.size() == static_cast<std::size_t>(Fault::EndlessLoop) + 1);
  return kNames[static_cast<std::size_t>(fault)];
}

int weight_of(const Model& model, const Label& label) {
  if (label.stmt < 0) return label.event >= 0 ? 1 : 0;
  const Stmt* stmt = model.statement_by_id[label.stmt];
  if (stmt->kind == StmtKind::MayFail) return !label.choices.empty() && label.choices[0] == 1;
  return visible(model, *stmt, 0) ? 1 : 0;
}

}  // namespace luproof::checker
