// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr std::array<std::pair<std::string_view, Order>, 7> kOrders = {
    {{"any", Order::Any},
     {"children-first", Order::ChildrenFirst},
     {"parents-first", Order::ParentsFirst},
     {"registration", Order::Registration},
     {"reverse-registration", Order::ReverseRegistration},
     {"ascending", Order::Ascending},
     {"descending", Order::Descending}}};

const Type kBool{Type::Kind::Bool, -1, 0, 1, false};

}  // namespace

bool Resolver::computed_shared(const Stmt& s) const {
  const bool values =
      std::any_of(s.values.begin(), s.values.end(), [&](const ExprPtr& e) { return shared(e); });
  switch (s.kind) {
    case StmtKind::Assign:
      return values || std::any_of(s.targets.begin(), s.targets.end(),
                                   [](const ExprPtr& t) { return t->op != Op::Local; });
    case StmtKind::Let:
    case StmtKind::Call:
    case StmtKind::Check:
    case StmtKind::If:
    case StmtKind::Return:
      return values;
    case StmtKind::For:
      return values || shared(s.order_key);
    case StmtKind::MayFail:
      return m_.acts[s.ref].allowed;
    case StmtKind::Forever:
    case StmtKind::Pass:
    case StmtKind::Stop:
      return false;
    default:
      return true;
  }
}

const Stmt* Resolver::with_undo(const Block& block) const {
  for (const auto& s : block) {
    if (s->undo) return s.get();
    std::vector<const Block*> inner = {&s->body, &s->orelse};
    for (const Block& alternative : s->alternatives) inner.push_back(&alternative);
    for (const Block* one : inner)
      if (const Stmt* found = with_undo(*one)) return found;
  }
  return nullptr;
}

bool Resolver::returns(const Block& block) const {
  for (const auto& s : block) {
    if (s->kind == StmtKind::Return || s->kind == StmtKind::Forever || s->kind == StmtKind::Panic)
      return true;
    if (s->kind == StmtKind::If && !s->orelse.empty() && returns(s->body) && returns(s->orelse))
      return true;
    if (s->kind == StmtKind::With && returns(s->body)) return true;
    if (s->kind == StmtKind::Either && std::all_of(s->alternatives.begin(), s->alternatives.end(),
                                                   [&](const Block& b) { return returns(b); }))
      return true;
  }
  return false;
}

void Resolver::block(const std::vector<RawStatement>& raw, Block& out, Frame& frame) {
  frame.scopes.emplace_back();
  for (const RawStatement& one : raw)
    if (diagnostics_.errors() <= kMaximumErrors) statement(one, out, frame);
  frame.scopes.pop_back();
}

ExprPtr Resolver::error_value(const RawExpr& raw, Frame& frame) {
  if (frame.actor)
    return fail(raw.span, "an actor's own code cannot fail", "only a procedure returns an error");
  if (frame.atomic) return fail(raw.span, "an event cannot fail", "let the caller check first");
  if (frame.result.kind == Type::Kind::Void)
    return fail(raw.span, "this procedure returns nothing, so it cannot fail",
                "declare it '-> errno'");
  return expect(expression(raw, frame), frame.result, "the error");
}

void Resolver::cell_target(const RawExpr& raw, Stmt& s, Frame& frame,
                           std::initializer_list<CellKind> kinds, std::string_view what) {
  std::vector<ExprPtr> indices;
  const int cell = cell_named(raw, frame, indices);
  if (cell < 0) return;
  const Cell& target = m_.cells[cell];
  if (std::find(kinds.begin(), kinds.end(), target.kind) == kinds.end()) {
    fail(raw.span, fmt::format("'{}' is not {}", target.shown, what));
    return;
  }
  if (target.life == Life::Given)
    fail(raw.span, fmt::format("'{}' is given and never changes", target.shown));
  auto e = std::make_shared<Expr>();
  e->op = target.life == Life::Handover                                   ? Op::Outgoing
          : target.kind == CellKind::List || target.kind == CellKind::Set ? Op::SetCell
                                                                          : Op::Cell;
  if (e->op == Op::Outgoing && target.kind != CellKind::Data) e->op = Op::SetOutgoing;
  e->type = target.kind == CellKind::List || target.kind == CellKind::Set
                ? Type{Type::Kind::Set, target.type.id, 0, 0, false}
                : target.type;
  e->span = raw.span;
  e->ref = cell;
  e->kids = std::move(indices);
  s.targets.push_back(std::move(e));
}

void Resolver::lock_target(const RawStatement& raw, Stmt& s, Frame& frame) {
  cell_target(raw.exprs[0], s, frame, {CellKind::Mutex, CellKind::Rwlock}, "a lock");
  if (s.targets.empty()) return;
  const Cell& lock = m_.cells[s.targets[0]->ref];
  s.mode = raw.text == "read"    ? LockMode::Read
           : raw.text == "write" ? LockMode::Write
                                 : LockMode::Mutex;
  if (lock.kind == CellKind::Mutex && s.mode != LockMode::Mutex)
    fail(raw.exprs[0].span, fmt::format("'{}' is a mutex", lock.shown),
         "leave out 'read' or 'write'");
  if (lock.kind == CellKind::Rwlock && s.mode == LockMode::Mutex)
    fail(raw.exprs[0].span, fmt::format("'{}' is a reader/writer lock", lock.shown),
         "say 'read' or 'write'");
}

void Resolver::assign(const RawStatement& raw, Stmt& s, Frame& frame) {
  s.kind = StmtKind::Assign;
  for (std::size_t i = 0; i < raw.targets.size() && i < raw.exprs.size(); ++i) {
    const RawExpr& target = raw.targets[i];
    int local = -1;
    if (target.op == RawOp::Name)
      for (const auto& scope : frame.scopes)
        if (const auto found = scope.find(target.text); found != scope.end()) local = found->second;
    const std::size_t before = s.targets.size();
    if (local >= 0) {
      auto e = std::make_shared<Expr>();
      e->op = Op::Local;
      e->type = (*frame.locals)[local].type;
      e->span = target.span;
      e->ref = local;
      s.targets.push_back(std::move(e));
    } else {
      cell_target(target, s, frame, {CellKind::Data, CellKind::List, CellKind::Set}, "assignable");
    }
    if (s.targets.size() == before) continue;
    Type type = s.targets.back()->type;
    // Only what is history itself may depend on history.
    const bool history =
        s.targets.back()->op != Op::Local && m_.cells[s.targets.back()->ref].life == Life::History;
    const bool outside = std::exchange(frame.properties, frame.properties || history);
    ExprPtr value = expect(expression(raw.exprs[i], frame), type, "the value");
    frame.properties = outside;
    if (!value) continue;
    s.values.push_back(std::move(value));
  }
}

// A call of a procedure or an event, with its arguments.
void Resolver::invoke(const RawStatement& raw, const RawExpr& call, Stmt& s, Frame& frame,
                      bool wants_result, bool undo) {
  const auto procedure = procedures_.find(call.text);
  const auto event = events_.find(call.text);
  if (call.op != RawOp::Call || (procedure == procedures_.end() && event == events_.end())) {
    std::vector<std::string> known;
    for (const auto* table : {&procedures_, &events_})
      for (const auto& [name, id] : *table) known.push_back(name);
    fail(call.span, fmt::format("'{}' is no procedure or event", printable(call.text)),
         did_you_mean(call.text, known));
    return;
  }
  const bool fire = event != events_.end();
  const auto& locals =
      fire ? m_.events[event->second].locals : m_.procedures[procedure->second].locals;
  const int parameters =
      fire ? m_.events[event->second].parameters : m_.procedures[procedure->second].parameters;
  s.kind = fire ? StmtKind::Fire : StmtKind::Call;
  s.ref = fire ? event->second : procedure->second;
  if (fire && c_.find("events", call.text)->value.find("when"))
    fail(call.span, fmt::format("'{}' happens by itself", call.text),
         "an event with 'when:' cannot be called");
  if (frame.atomic && !fire)
    fail(call.span, "a procedure takes steps and cannot run inside one", "call an event");
  if (static_cast<int>(call.kids.size()) != parameters) {
    fail(call.span, fmt::format("'{}' takes {} argument{}", call.text, parameters,
                                parameters == 1 ? "" : "s"));
    return;
  }
  for (std::size_t i = 0; i < call.kids.size(); ++i) {
    ExprPtr argument = expect(expression(call.kids[i], frame), locals[i].type, "the argument");
    if (argument) s.values.push_back(std::move(argument));
  }
  if (fire) {
    if (wants_result || (!raw.text.empty() && !undo))
      fail(call.span, "an event returns nothing and cannot fail");
    return;
  }
  const Type result = m_.procedures[s.ref].result;
  if (raw.text == "ignore") {
    s.call = CallMode::Ignore;
    if (result.kind == Type::Kind::Void && !undo)
      fail(call.span, fmt::format("'{}' returns nothing to ignore", call.text));
  }
  if (raw.text == "try") {
    s.call = CallMode::Try;
    if (result.kind != Type::Kind::Errno)
      fail(call.span, fmt::format("'{}' cannot fail", call.text), "only '-> errno' procedures can");
    else if (frame.actor || frame.result.kind != Type::Kind::Errno)
      fail(call.span, "'try' returns the error, so the procedure around it has to be '-> errno'");
  }
  if (wants_result && result.kind == Type::Kind::Void)
    fail(call.span, fmt::format("'{}' returns nothing", call.text));
  if (!wants_result && s.call == CallMode::Plain && result.kind == Type::Kind::Errno)
    fail(call.span, fmt::format("the error of '{}' is dropped", call.text),
         "write 'try', 'let r = …' or 'ignore'");
}

void Resolver::members(const RawStatement& raw, Stmt& s, Frame& frame) {
  ExprPtr set = expression(raw.exprs[0], frame);
  if (set && set->type.kind != Type::Kind::Set) {
    fail(set->span, fmt::format("a set is expected behind 'in', not {}", type_text(set->type)));
    set = nullptr;
  }
  Type element{Type::Kind::Ref, set ? set->type.id : kFunction, 0, 0, false};
  s.local = bind(frame, raw.names[0], element, raw.name_spans[0]);
  s.values.push_back(set);
  s.values.push_back(raw.has_where ? boolean(raw.exprs[1], frame, "the condition") : nullptr);
}

void Resolver::no_pool(const RawStatement& raw) {
  if (raw.text.empty()) return;  // the parser has said that a name is missing
  std::vector<std::string> known;
  for (const Sort& sort : m_.sorts)
    if (sort.pool) known.push_back(sort.name);
  fail(raw.text_span, fmt::format("'{}' is not a pool", printable(raw.text)),
       did_you_mean(raw.text, known));
}

void Resolver::statement(const RawStatement& raw, Block& out, Frame& frame) {
  auto s = std::make_unique<Stmt>();
  s->span = raw.span;
  s->label = raw.label;
  s->id = m_.statements++;
  auto value = [&](std::size_t i, const Type& type, std::string_view what) {
    if (i < raw.exprs.size())
      s->values.push_back(expect(expression(raw.exprs[i], frame), type, what));
  };
  using Kind = RawStatementKind;
  static const std::array kAtomicKinds = {Kind::Assign,  Kind::Let,     Kind::If,
                                          Kind::Each,    Kind::Call,    Kind::Get,
                                          Kind::Unwrite, Kind::Restore, Kind::Pass};
  if (frame.atomic &&
      std::find(kAtomicKinds.begin(), kAtomicKinds.end(), raw.kind) == kAtomicKinds.end())
    fail(raw.span, "this statement cannot stand inside one step",
         "events and atomic: hold assignments, let, if, each, append, remove, get, unwrite, "
         "restore and events");
  switch (raw.kind) {
    case Kind::Assign:
      if (raw.exprs.size() == 1 && raw.exprs[0].op == RawOp::Call &&
          procedures_.count(raw.exprs[0].text)) {
        for (const auto& scope : frame.scopes)
          if (const auto found = scope.find(raw.targets[0].text);
              raw.targets[0].op == RawOp::Name && found != scope.end())
            s->local = found->second;
        if (s->local < 0)
          fail(raw.targets[0].span, "a procedure's result goes into a local",
               "let r = …, then assign it");
        invoke(raw, raw.exprs[0], *s, frame, true);
        const Type& result = m_.procedures[procedures_[raw.exprs[0].text]].result;
        if (s->local >= 0 && result.kind != Type::Kind::Void &&
            !assignable(result, (*frame.locals)[s->local].type))
          fail(raw.exprs[0].span,
               fmt::format("the value has to be {}, not {}",
                           type_text((*frame.locals)[s->local].type), type_text(result)));
      } else {
        assign(raw, *s, frame);
      }
      break;
    case Kind::Let: {
      if (!raw.text.empty()) {  // let x = new session
        s->kind = StmtKind::New;
        s->ref = sort_named(raw.text);
        if (frame.atomic)
          fail(raw.span, "this statement cannot stand inside one step",
               "a new element is a step of its own");
        if (s->ref < 0 || !m_.sorts[s->ref].pool) no_pool(raw);
        if (!raw.exprs.empty()) s->values.push_back(error_value(raw.exprs[0], frame));
        s->local = bind(frame, raw.names[0],
                        Type{Type::Kind::Ref, std::max(0, s->ref), 0, 0, false}, raw.name_spans[0]);
        s->declares = true;
        break;
      }
      if (raw.exprs.empty()) return;
      Type type;
      if (raw.exprs[0].op == RawOp::Call && procedures_.count(raw.exprs[0].text)) {
        invoke(raw, raw.exprs[0], *s, frame, true);
        if (s->ref >= 0) type = m_.procedures[s->ref].result;
      } else {
        s->kind = StmtKind::Let;
        ExprPtr e = expression(raw.exprs[0], frame);
        if (e && e->type.kind == Type::Kind::Set) e = fail(e->span, "a local cannot hold a set");
        if (e) type = e->type;
        s->values.push_back(e);
      }
      s->local = bind(frame, raw.names[0], type, raw.name_spans[0]);
      s->declares = true;
      break;
    }
    case Kind::New: {
      s->kind = StmtKind::New;
      s->ref = sort_named(raw.text);
      if (s->ref < 0 || !m_.sorts[s->ref].pool) {
        no_pool(raw);
        break;
      }
      RawStatement as_assignment = raw;
      Stmt target;
      as_assignment.exprs = {RawExpr{}};
      as_assignment.exprs[0].op = RawOp::Name;
      as_assignment.exprs[0].text = "none";
      as_assignment.exprs[0].span = raw.span;
      assign(as_assignment, target, frame);
      if (!target.targets.empty() && target.targets[0]->op == Op::Local)
        s->local = target.targets[0]->ref;
      else
        fail(raw.targets[0].span, "a new element goes into a local",
             "let s = new …, then assign it");
      if (s->local >= 0 &&
          !assignable(Type{Type::Kind::Ref, s->ref, 0, 0, false}, (*frame.locals)[s->local].type))
        fail(raw.text_span, fmt::format("the value has to be {}, not a {}",
                                        type_text((*frame.locals)[s->local].type), raw.text));
      if (!raw.exprs.empty()) s->values.push_back(error_value(raw.exprs[0], frame));
      break;
    }
    case Kind::Call: {
      const RawExpr& call = raw.exprs[0];
      if (call.op == RawOp::Method) {
        if (call.text != "append" && call.text != "remove") {
          fail(call.span, fmt::format("'.{}(…)' is no statement", printable(call.text)),
               "l.append(x) or l.remove(x)");
          break;
        }
        if (call.kids.size() != 2 || !call.binder.empty()) {
          fail(call.span, fmt::format("'.{}' takes one member", call.text));
          break;
        }
        s->kind = call.text == "append" ? StmtKind::Append : StmtKind::Remove;
        cell_target(call.kids[0], *s, frame, {CellKind::List, CellKind::Set}, "a list or a set");
        if (s->targets.empty()) break;
        s->values.push_back(expect(expression(call.kids[1], frame),
                                   Type{Type::Kind::Ref, s->targets[0]->type.id, 0, 0, false},
                                   "the member"));
        break;
      }
      invoke(raw, call, *s, frame, false);
      if (raw.has_undo && raw.exprs.size() > 1) {
        auto undo = std::make_unique<Stmt>();
        undo->span = raw.exprs[1].span;
        undo->id = m_.statements++;
        RawStatement plain;
        plain.text = "ignore";
        invoke(plain, raw.exprs[1], *undo, frame, false, true);
        for (const ExprPtr& e : undo->values)
          if (shared(e))
            fail(e->span, "an undo's arguments are locals", "sample them with 'let' first");
        m_.statement_by_id.resize(m_.statements);
        m_.statement_by_id[undo->id] = undo.get();
        undo->touches_shared = undo->kind == StmtKind::Fire;
        s->undo = std::move(undo);
      }
      break;
    }
    case Kind::Check:
      s->kind = StmtKind::Check;
      value(0, kBool, "a condition");
      if (raw.exprs.size() > 1) s->values.push_back(error_value(raw.exprs[1], frame));
      break;
    case Kind::Wait:
      s->kind = StmtKind::Wait;
      value(0, kBool, "a condition");
      break;
    case Kind::If:
      s->kind = StmtKind::If;
      value(0, kBool, "a condition");
      block(raw.body, s->body, frame);
      block(raw.orelse, s->orelse, frame);
      break;
    case Kind::For:
    case Kind::Each: {
      s->kind = raw.kind == Kind::For ? StmtKind::For : StmtKind::Each;
      s->snapshot = raw.snapshot;
      frame.scopes.emplace_back();
      members(raw, *s, frame);
      if (!raw.text.empty()) {
        const auto order = std::find_if(kOrders.begin(), kOrders.end(),
                                        [&](const auto& row) { return row.first == raw.text; });
        if (order == kOrders.end()) {
          std::vector<std::string> known;
          for (const auto& row : kOrders) known.emplace_back(row.first);
          fail(raw.text_span, fmt::format("unknown order '{}'", printable(raw.text)),
               did_you_mean(raw.text, known));
        } else {
          s->order = order->second;
        }
        if (!raw.targets.empty()) {
          s->order_key = expression(raw.targets[0], frame);
          if (s->order_key && s->order_key->type.kind != Type::Kind::Int)
            fail(raw.targets[0].span, "the key of an order is a number");
        }
        if ((s->order == Order::ChildrenFirst || s->order == Order::ParentsFirst) && s->values[0] &&
            m_.base_sort(s->values[0]->type.id) != kFunction)
          fail(raw.text_span, "this order is that of the PCI tree");
      }
      if (s->snapshot && ((s->values.size() > 1 && shared(s->values[1])) || shared(s->order_key)))
        fail(raw.span, "a snapshot's 'where' and order cannot read shared state",
             "put the condition into the set: snapshot(S.where(x, …))");
      block(raw.body, s->body, frame);
      frame.scopes.pop_back();
      break;
    }
    case Kind::Return:
      s->kind = StmtKind::Return;
      if (frame.actor)
        fail(raw.span, "an actor does not return", "write 'stop'");
      else if (frame.result.kind == Type::Kind::Void && !raw.exprs.empty())
        fail(raw.span, "this procedure returns nothing");
      else if (frame.result.kind != Type::Kind::Void && raw.exprs.empty())
        fail(raw.span, "a value is expected behind 'return'");
      else if (!raw.exprs.empty() && raw.exprs[0].op == RawOp::Call &&
               procedures_.count(raw.exprs[0].text)) {
        // `return p(a)`: the call, then the return of its result.
        auto call = std::make_unique<Stmt>();
        call->span = raw.span;
        call->id = m_.statements++;
        invoke(raw, raw.exprs[0], *call, frame, true);
        if (call->ref < 0 || call->kind != StmtKind::Call) break;
        frame.locals->push_back(Local{"", m_.procedures[call->ref].result});
        call->local = static_cast<int>(frame.locals->size()) - 1;
        call->declares = true;
        call->touches_shared = computed_shared(*call);
        auto e = std::make_shared<Expr>();
        e->op = Op::Local;
        e->type = m_.procedures[call->ref].result;
        e->span = raw.exprs[0].span;
        e->ref = call->local;
        s->values.push_back(expect(e, frame.result, "the result"));
        m_.statement_by_id.resize(m_.statements);
        m_.statement_by_id[call->id] = call.get();
        out.push_back(std::move(call));
      } else {
        value(0, frame.result, "the result");
      }
      break;
    case Kind::Lock:
    case Kind::Unlock:
      s->kind = raw.kind == Kind::Lock ? StmtKind::Lock : StmtKind::Unlock;
      lock_target(raw, *s, frame);
      break;
    case Kind::With:
      s->kind = StmtKind::With;
      lock_target(raw, *s, frame);
      block(raw.body, s->body, frame);
      break;
    case Kind::Atomic: {
      s->kind = StmtKind::Atomic;
      Frame inner = frame;
      inner.atomic = true;
      block(raw.body, s->body, inner);
      break;
    }
    case Kind::MayFail: {
      s->kind = StmtKind::MayFail;
      s->ref = act_named(raw.names[0], raw.name_spans[0]);
      if (!raw.exprs.empty()) s->values.push_back(error_value(raw.exprs[0], frame));
      break;
    }
    case Kind::Either:
      s->kind = StmtKind::Either;
      for (const auto& alternative : raw.alternatives) {
        s->alternatives.emplace_back();
        block(alternative, s->alternatives.back(), frame);
      }
      break;
    case Kind::Forever:
      s->kind = StmtKind::Forever;
      block(raw.body, s->body, frame);
      if (const Stmt* one = returns(s->body) ? nullptr : with_undo(s->body))
        fail(one->span, "an undo within 'forever' would be registered without end",
             "give what is done in a turn a procedure of its own");
      break;
    case Kind::Pick:
      s->kind = StmtKind::Pick;
      members(raw, *s, frame);
      s->declares = true;
      break;
    case Kind::Free:
      s->kind = StmtKind::Free;
      s->values.push_back(expression(raw.exprs[0], frame));
      if (s->values[0] &&
          (s->values[0]->type.kind != Type::Kind::Ref || s->values[0]->type.id < 0 ||
           !m_.sorts[m_.base_sort(s->values[0]->type.id)].pool))
        fail(s->values[0]->span, "'free' takes an element of a pool");
      break;
    case Kind::Get:
    case Kind::Put:
      s->kind = raw.kind == Kind::Get ? StmtKind::Get : StmtKind::Put;
      cell_target(raw.exprs[0], *s, frame, {CellKind::Refcount}, "a reference count");
      break;
    case Kind::Unwrite:
    case Kind::Restore:
      s->kind = raw.kind == Kind::Unwrite ? StmtKind::Unwrite : StmtKind::Restore;
      cell_target(raw.exprs[0], *s, frame, {CellKind::Data, CellKind::List, CellKind::Set},
                  "a handover cell");
      if (!s->targets.empty() && m_.cells[s->targets[0]->ref].life != Life::Handover)
        fail(raw.exprs[0].span,
             fmt::format("'{}' is not a handover cell", m_.cells[s->targets[0]->ref].shown));
      break;
    case Kind::Kexec:
      s->kind = StmtKind::Kexec;
      value(0, kBool, "what 'carries' says");
      break;
    case Kind::Panic:
      s->kind = StmtKind::Panic;
      break;
    case Kind::Stop:
      s->kind = StmtKind::Stop;
      if (!frame.actor) fail(raw.span, "only an actor's own code can stop", "write 'return'");
      break;
    case Kind::Pass:
      s->kind = StmtKind::Pass;
      break;
  }
  if (diagnostics_.ok()) s->touches_shared = computed_shared(*s);
  if (static_cast<int>(m_.statement_by_id.size()) < m_.statements)
    m_.statement_by_id.resize(m_.statements);
  m_.statement_by_id[s->id] = s.get();
  out.push_back(std::move(s));
}

}  // namespace luproof::model
