// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/interpreter_why.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/interpreter_run.h"

namespace luproof::checker {
namespace {

using model::Op;
using model::Part;
using model::StmtKind;
using plain::Evaluator;
using plain::View;
using plain::World;

constexpr int kDeepest = 8;  // definitions within definitions

std::string source_text(const model::Span& span) {
  if (!span.source || span.line <= 0) return "it";
  const std::string_view line = span.source->line(span.line);
  const auto from = static_cast<std::size_t>(std::max(span.column, 1) - 1);
  return std::string(line.substr(std::min(from, line.size()), span.length));
}

class Finder {
 public:
  Finder(const World& world, const Configuration& at) : world_(world), at_(at) {}

  // The operands of `and` that are false, looked for in definitions too.
  void condition(const model::Expr& expr, const std::vector<Value>& locals, int depth = 0) {
    Evaluator evaluator(world_, View{&at_.data, at_.control.get()}, locals);
    if (evaluator.truth(expr)) return;
    if (evaluator.failed()) {
      add(expr.span, source_text(expr.span) + ": " + fault_name(evaluator.trouble().fault));
      return;
    }
    if (expr.op == Op::And) {
      for (const auto& kid : expr.kids) condition(*kid, locals, depth);
      return;
    }
    if (expr.op == Op::Define && depth < kDeepest) {
      const model::Define& define = world_.model.defines[expr.ref];
      std::vector<Value> inner;
      for (const auto& kid : expr.kids) inner.push_back(evaluator.value(*kid));
      inner.resize(std::max(inner.size(), define.locals.size()));
      if (define.body->op == Op::And) return condition(*define.body, inner, depth + 1);
    }
    add(expr.span, source_text(expr.span) + " is false" + values(expr, evaluator));
  }

  void lock(const model::Stmt& stmt, const std::vector<Value>& locals, int asks) {
    Evaluator evaluator(world_, View{&at_.data}, locals);
    const model::Expr& target = *stmt.targets[0];
    const auto indices = evaluator.indices(target);
    if (!indices) return;
    std::string holders;
    const auto note = [&](int instance, const char* how) {
      if (instance == asks) return;
      holders += (holders.empty() ? "" : ", ") + world_.layout.instance_name(instance) + how;
    };
    if (const Value owner = at_.data[world_.row(Part::Value, target.ref, *indices)]; owner > 0)
      note(owner - 1, "");
    for (const auto& [part, how] : {std::pair(Part::Readers, " for reading"),
                                    std::pair(Part::Queued, " who waits to write")}) {
      if (!world_.find(part, target.ref)) continue;
      const int row = world_.row(part, target.ref, *indices);
      for (int i = 0; i < world_.row_size(part, target.ref); ++i)
        if (at_.data[row + i]) note(i, how);
    }
    const int slot = world_.row(Part::Value, target.ref, *indices);
    if (!holders.empty()) add(stmt.span, world_.layout.slot_name(slot) + " is held by " + holders);
  }

  void add(const model::Span& span, std::string text) { found.push_back({span, std::move(text)}); }

  std::vector<Obstacle> found;

 private:
  // What the sides of a comparison are.
  std::string values(const model::Expr& expr, Evaluator& evaluator) const {
    std::string text;
    const bool compares = expr.op >= Op::Eq && expr.op <= Op::Ge;
    for (std::size_t i = 0; compares && i < expr.kids.size(); ++i) {
      const model::Expr& kid = *expr.kids[i];
      if (kid.op == Op::Const) continue;
      text += (text.empty() ? ": " : ", ") + source_text(kid.span) + " is " +
              world_.model.value_text(kid.type, evaluator.value(kid));
    }
    return text;
  }

  const World& world_;
  const Configuration& at_;
};

}  // namespace

std::vector<Obstacle> obstacles(const model::Model& model, const model::Layout& layout,
                                const Configuration& at, int instance) {
  const World world(model, layout);
  const plain::Task& task = at.control->tasks[static_cast<std::size_t>(instance)];
  const plain::Next next = plain::next_of(task);
  Finder finder(world, at);
  const model::Life life = model.actors[layout.instances()[instance].actor].life;
  const bool of_kernel = life == model::Life::Kernel || life == model::Life::Userspace;
  if (next.kind == plain::Next::Kind::Ended) return {};
  if (world.panicked(at.data) && of_kernel) {
    finder.add(next.stmt ? next.stmt->span : model::Span{}, "its kernel has panicked");
    return finder.found;
  }
  if (next.kind != plain::Next::Kind::Statement) return {};
  const std::vector<Value>& locals = task.frames.back().locals;
  switch (next.stmt->kind) {
    case StmtKind::Wait:
      finder.condition(*next.stmt->values[0], locals);
      break;
    case StmtKind::Lock:
    case StmtKind::With:
      finder.lock(*next.stmt, locals, instance);
      break;
    case StmtKind::Pick:
      finder.add(next.stmt->span, "there is no member to pick");
      break;
    case StmtKind::Kexec:
      if (world.kernel(at.data) >= model.kernels)
        finder.add(next.stmt->span,
                   fmt::format("a run has at most {} kernels here", model.kernels));
      break;
    default:
      break;
  }
  return finder.found;
}

std::vector<Obstacle> obstacles(const model::Model& model, const model::Layout& layout,
                                const Configuration& at, int event,
                                const std::vector<Value>& args) {
  const World world(model, layout);
  const model::Event& happening = model.events[event];
  Finder finder(world, at);
  if (happening.act >= 0) {
    const model::Act& act = model.acts[happening.act];
    if (!act.allowed)
      finder.add(act.origin.span, fmt::format("environment act {} is not allowed", act.name));
    else if (at.data[world.at(Part::Budget, happening.act).base] == 0)
      finder.add(act.origin.span, fmt::format("environment act {} is used up", act.name));
  }
  if (!happening.when) return finder.found;
  std::vector<Value> locals = args;
  locals.resize(std::max(locals.size(), happening.locals.size()));
  finder.condition(*happening.when, locals);
  return finder.found;
}

}  // namespace luproof::checker
