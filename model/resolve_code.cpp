// SPDX-License-Identifier: GPL-2.0-or-later
// What happens: signatures and bodies of definitions, events, procedures and actors.
#include <fmt/format.h>

#include <algorithm>

#include "model/edit.h"
#include "model/pair.h"
#include "model/resolver.h"
#include "model/schema.h"

namespace luproof::model {
namespace {

constexpr int kMaximumCopies = 8;

}  // namespace

// The type of a parameter or a result; nullopt after an error.
std::optional<Type> Resolver::parameter_type(const std::string& text, const Span& span) {
  if (text == "int") return Type{Type::Kind::Int, -1, 0, 0xffff, false};
  RawType raw;
  raw.kind = text == "bool"    ? RawType::Kind::Bool
             : text == "errno" ? RawType::Kind::Errno
                               : RawType::Kind::Name;
  raw.name = text;
  raw.span = span;
  CellKind kind = CellKind::Data;
  return type_of(raw, kind);
}

void Resolver::read_locals(const RawSignature& signature, std::vector<Local>& locals,
                           Frame& frame) {
  frame.locals = &locals;
  frame.scopes.emplace_back();
  for (const RawParameter& p : signature.parameters) {
    if (p.name.empty()) {
      diagnostics_.error(p.span, "the parameter has no name", "C order: 'function d'");
      locals.emplace_back();  // the next one is found by its place
    } else {
      bind(frame, p.name, parameter_type(p.type, p.span).value_or(Type{}), p.span);
    }
  }
}

void Resolver::signatures() {
  for (const Declared& d : c_.declared) {
    const bool define = d.section == "define", procedure = d.section == "procedures",
               event = d.section == "events";
    if (!define && !procedure && !event) continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    refuse_word(signature.name, d.key.span, true, !define);
    reserve(signature.name, d.key.span);
    Frame frame;
    std::vector<Local> locals;
    read_locals(signature, locals, frame);
    const int parameters = static_cast<int>(locals.size());
    Type result;
    if (!signature.result.empty()) {
      if (!procedure)
        diagnostics_.error(signature.result_span, "only a procedure declares a result");
      result = parameter_type(signature.result, signature.result_span).value_or(Type{});
      if (result.kind == Type::Kind::Ref) result.nullable = true;
    }
    if (define) {
      defines_[signature.name] = static_cast<int>(m_.defines.size());
      m_.defines.push_back(Define{d.name, locals, parameters, {}, nullptr, d.origin});
      define_sources_.push_back(&d);
      define_signatures_.push_back(signature);
    } else if (procedure) {
      procedures_[signature.name] = static_cast<int>(m_.procedures.size());
      Procedure p;
      p.name = d.name;
      p.locals = locals;
      p.parameters = parameters;
      p.result = result;
      p.origin = d.origin;
      m_.procedures.push_back(std::move(p));
    } else {
      events_[signature.name] = static_cast<int>(m_.events.size());
      Event e;
      e.name = d.name;
      e.locals = locals;
      e.parameters = parameters;
      e.origin = d.origin;
      m_.events.push_back(std::move(e));
    }
  }
  // Parameters were bound when not every definition was known.
  for (const Declared& d : c_.declared)
    if (d.section == "define" || d.section == "procedures" || d.section == "events")
      for (const RawParameter& p : parse_signature(d.key, diagnostics_).parameters)
        if (const auto hidden = defines_.find(p.name);
            hidden != defines_.end() && diagnostics_.ok())
          diagnostics_.error(p.span, fmt::format("the local name '{}' hides a declaration", p.name),
                             fmt::format("declared in {}; take another name",
                                         define_sources_[hidden->second]->key.span.where()));
  define_progress_.assign(m_.defines.size(), Progress::Untouched);
  define_facts_.resize(m_.defines.size());
}

// An extension repeats the parameters of what it extends: types for both, names for a hook, whose
// cases run inside the hook.
bool Resolver::same_parameters(const Declared& d, const Extension& extension, bool names) {
  const RawSignature own = parse_signature(d.key, diagnostics_);
  const auto& more = extension.signature.parameters;
  bool same = own.parameters.size() == more.size() && extension.signature.result.empty();
  for (std::size_t i = 0; same && i < more.size(); ++i)
    same = own.parameters[i].type == more[i].type &&
           (!names || own.parameters[i].name == more[i].name);
  if (!same)
    diagnostics_.error(extension.signature.span,
                       fmt::format("'{}' is declared with other parameters", d.name),
                       fmt::format("as '{}', without the result", printable(d.key.text)));
  return same;
}

void Resolver::define_body(int id) {
  define_progress_[id] = Progress::Open;
  const Declared& d = *define_sources_[id];
  ExprPtr body = defined(d, id);
  if (d.later && body)
    if (const ExprPtr later = defined(*d.later, id))
      body = by_kernel(std::move(body), later, d.key.span);
  m_.defines[id].body = body;
  if (body) m_.defines[id].result = body->type;
  keep_facts(id);
  define_progress_[id] = Progress::Done;
}

// The body as one variant has it.
ExprPtr Resolver::defined(const Declared& d, int id) {
  const YamlEntry* all = d.value.find("all");
  const YamlEntry* any = d.value.find("any");
  const YamlEntry* expr = d.value.find("expr");
  if ((all != nullptr) + (any != nullptr) + (expr != nullptr) > 1)
    diagnostics_.error(d.value.span, "a definition is one of 'all:', 'any:' and 'expr:'");
  auto read = [&](const YamlNode& node, const RawSignature& signature) {
    Frame frame;
    frame.properties = true;  // who may use the definition is looked at where it is used
    frame.locals = &m_.defines[id].locals;
    frame.scopes.emplace_back();
    for (std::size_t i = 0; i < signature.parameters.size(); ++i)
      frame.scopes.back()[signature.parameters[i].name] = static_cast<int>(i);
    RawExpr raw = parse_expression(node, diagnostics_);
    apply_edits(raw, options_.edits);
    return all || any ? boolean(raw, frame, "what can be extended") : expression(raw, frame);
  };
  ExprPtr body;
  if (const YamlNode* node = all                   ? &all->value
                             : any                 ? &any->value
                             : expr                ? &expr->value
                             : d.value.is_scalar() ? &d.value
                                                   : nullptr)
    body = read(*node, define_signatures_[id]);
  else
    diagnostics_.error(d.value.span, "a definition is an expression",
                       "'all:' and 'any:' make it extensible");
  for (const Extension& extension : d.extensions) {
    if (!all && !any)
      diagnostics_.error(extension.signature.span, fmt::format("'{}' is not extensible", d.name),
                         "it has to be declared with 'all:' or 'any:'");
    if (!same_parameters(d, extension, false)) continue;
    const YamlEntry* inner = extension.value->find("expr");
    ExprPtr more = read(inner ? inner->value : *extension.value, extension.signature);
    if (!body || !more || (!all && !any)) continue;
    auto joined = std::make_shared<Expr>();
    joined->op = all ? Op::And : Op::Or;
    joined->type = Type{Type::Kind::Bool, -1, 0, 1, false};
    joined->span = d.key.span;  // a place that no written expression has
    joined->kids = {body, more};
    body = joined;
  }
  if (body && d.removed) body = neutral(body, all ? true : any ? false : *d.removed, id);
  return body;
}

// What stands in the place of a definition that is taken away.
ExprPtr Resolver::neutral(const ExprPtr& body, bool truth, int define) {
  auto e = std::make_shared<Expr>();
  e->type = body->type;
  e->span = m_.defines[define].origin.span;
  switch (body->type.kind) {
    case Type::Kind::Bool:
      e->value = truth;
      break;
    case Type::Kind::Int:
      e->value = std::clamp<Value>(0, body->type.low, std::max(body->type.low, body->type.high));
      break;
    case Type::Kind::Ref:
      e->type.nullable = true;
      break;
    case Type::Kind::Set: {  // of the same kind, without a member
      auto never = std::make_shared<Expr>();
      never->type = Type{Type::Kind::Bool, -1, 0, 1, false};
      never->span = e->span;
      e->op = Op::SetWhere;
      e->ref = static_cast<int>(m_.defines[define].locals.size());
      m_.defines[define].locals.push_back(
          Local{"", Type{Type::Kind::Ref, body->type.id, 0, 0, false}});
      e->kids = {body, never};
      break;
    }
    default:
      break;  // the first enumerator, success
  }
  return e;
}

void Resolver::edit_labels(std::vector<RawStatement>& code, const LabelEdit& edit, bool& found) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].label == edit.label) {
      found = true;
      if (edit.mode == LabelEdit::Mode::Drop || edit.mode == LabelEdit::Mode::Replace)
        code.erase(code.begin() + static_cast<long>(i));
      if (edit.mode == LabelEdit::Mode::Drop) return;
      auto fresh = parse_code(edit.code, diagnostics_);
      apply_edits(fresh, options_.edits);
      code.insert(code.begin() + static_cast<long>(i) + (edit.mode == LabelEdit::Mode::After),
                  fresh.begin(), fresh.end());
      return;
    }
    edit_labels(code[i].body, edit, found);
    edit_labels(code[i].orelse, edit, found);
    for (auto& alternative : code[i].alternatives) edit_labels(alternative, edit, found);
    if (found) return;
  }
}

void Resolver::check_labels(const std::vector<RawStatement>& code, std::set<std::string>& seen) {
  for (const RawStatement& s : code) {
    if (!s.label.empty() && !seen.insert(s.label).second)
      diagnostics_.error(s.span, fmt::format("a second step labelled '{}'", s.label),
                         "an override could not say which it means");
    check_labels(s.body, seen);
    check_labels(s.orelse, seen);
    for (const auto& alternative : s.alternatives) check_labels(alternative, seen);
  }
}

std::vector<RawStatement> Resolver::code_of(const Declared& d) {
  auto code = own_code(d, c_.edits);
  return d.later ? in_kernels(std::move(code), own_code(*d.later, c_.later->edits)) : code;
}

std::vector<RawStatement> Resolver::own_code(const Declared& d,
                                             const std::vector<LabelEdit>& edits) {
  const YamlEntry* code = d.value.find("code");
  const YamlEntry* hook_entry = d.value.find("hook");
  const bool hook = hook_entry && is_yes(hook_entry->value);
  if (d.value.is_map() && !code && !hook) diagnostics_.error(d.value.span, "'code:' is missing");
  std::vector<RawStatement> statements;
  if (code)
    statements = parse_code(code->value, diagnostics_);
  else if (d.value.is_scalar())
    statements = parse_code(d.value, diagnostics_);
  apply_edits(statements, options_.edits);
  std::set<std::string> labels;
  check_labels(statements, labels);
  for (const LabelEdit& edit : edits) {
    if (d.section != "procedures" || edit.procedure != d.name) continue;
    bool found = false;
    edit_labels(statements, edit, found);
    if (!found)
      diagnostics_.error(
          edit.span, fmt::format("'{}' has no step labelled '{}'", d.name, printable(edit.label)),
          did_you_mean(edit.label, {labels.begin(), labels.end()}));
  }
  // The cases of a hook, first one first: if when1: code1 elif when2: code2 … else: its own code.
  for (auto extension = d.extensions.rbegin(); extension != d.extensions.rend(); ++extension) {
    if (!hook)
      diagnostics_.error(extension->signature.span, fmt::format("'{}' is not a hook", d.name),
                         "it has to be declared with 'hook: yes'");
    same_parameters(d, *extension, true);
    const YamlEntry* when = extension->value->find("when");
    const YamlEntry* body = extension->value->find("code");
    if (!when || !body) {
      diagnostics_.error(extension->value->span, "a case of a hook has 'when:' and 'code:'");
      continue;
    }
    RawStatement branch;
    branch.kind = RawStatementKind::If;
    branch.span = when->value.span;
    branch.exprs.push_back(parse_expression(when->value, diagnostics_));
    apply_edits(branch.exprs[0], options_.edits);
    branch.body = parse_code(body->value, diagnostics_);
    apply_edits(branch.body, options_.edits);
    branch.orelse = std::move(statements);
    statements.clear();
    statements.push_back(std::move(branch));
  }
  return statements;
}

void Resolver::event_body(const Declared& d, Event& e, Frame& frame) {
  const YamlEntry* when = d.value.find("when");
  if (when) {
    const auto read = [&](const YamlEntry* entry) {
      RawExpr raw = parse_expression(entry->value, diagnostics_);
      apply_edits(raw, options_.edits);
      return raw;
    };
    RawExpr raw = read(when);
    if (d.later) raw = in_kernels(std::move(raw), read(d.later->value.find("when")));
    e.when = boolean(raw, frame, "'when'");
    for (int i = 0; i < e.parameters; ++i)
      if (const Type::Kind kind = e.locals[i].type.kind;
          kind == Type::Kind::Int || kind == Type::Kind::Errno)
        diagnostics_.error(d.key.span,
                           fmt::format("'{}' happens for any '{}', which has too many values",
                                       e.name, e.locals[i].name),
                           "an entity, a boolean or an enumeration");
  }
  frame.atomic = true;
  const YamlEntry* body = d.value.find("do");
  if (body || d.value.is_scalar()) {
    const auto read = [&](const Declared& of) {
      const YamlEntry* own = of.value.find("do");
      auto code = parse_code(own ? own->value : of.value, diagnostics_);
      apply_edits(code, options_.edits);
      return code;
    };
    auto code = read(d);
    if (d.later) code = in_kernels(std::move(code), read(*d.later));
    block(code, e.body, frame);
  } else {
    diagnostics_.error(d.value.span, "'do:' is missing", "write 'do: pass' if nothing changes");
  }
  if (const YamlEntry* by = d.value.find("by")) {
    e.by = by->value.text;
    if (!when)
      diagnostics_.error(by->key.span, "'by:' says who does what happens by itself", "add 'when:'");
  }
  if (const YamlEntry* symbol = d.value.find("symbol")) e.symbol = is_yes(symbol->value);
  if (const YamlEntry* act = d.value.find("act")) {
    e.act = act_named(act->value.text, act->value.span);
    if (!when)
      diagnostics_.error(act->key.span, "an environment act happens by itself", "add 'when:'");
  }
}

void Resolver::bodies() {
  for (std::size_t i = 0; i < m_.defines.size(); ++i)
    if (define_progress_[i] == Progress::Untouched) define_body(static_cast<int>(i));
  for (const Declared& d : c_.declared) {
    const bool procedure = d.section == "procedures";
    if (!procedure && d.section != "events") continue;
    if (diagnostics_.errors() > kMaximumErrors) return;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    Frame frame;
    frame.scopes.emplace_back();
    for (std::size_t i = 0; i < signature.parameters.size(); ++i)
      frame.scopes.back()[signature.parameters[i].name] = static_cast<int>(i);
    if (!procedure) {
      Event& e = m_.events[events_.at(signature.name)];
      frame.locals = &e.locals;
      event_body(d, e, frame);
      continue;
    }
    const int id = procedures_.at(signature.name);
    Procedure& p = m_.procedures[id];
    frame.locals = &p.locals;
    frame.result = p.result;
    block(code_of(d), p.body, frame);
    if (p.result.kind != Type::Kind::Void && !returns(p.body) && diagnostics_.ok())
      diagnostics_.error(d.key.span, fmt::format("'{}' may end without a result", p.name),
                         "end it with 'return 0'");
    if (const YamlEntry* symbol = d.value.find("symbol")) p.symbol = is_yes(symbol->value);
    for (const Extension& extension : d.extensions)
      p.origin.overridden_by.push_back(extension.pack);
  }
  unending_events();
}

// Events that happen within one step may not call each other in a circle.
void Resolver::unending_events() {
  std::vector<Progress> progress(m_.events.size(), Progress::Untouched);
  for (std::size_t i = 0; i < m_.events.size() && diagnostics_.ok(); ++i)
    unending_event(static_cast<int>(i), progress);
}

void Resolver::unending_event(int event, std::vector<Progress>& progress) {
  if (progress[event] == Progress::Done) return;
  progress[event] = Progress::Open;
  std::vector<const Block*> open = {&m_.events[event].body};
  while (!open.empty()) {
    const Block& block = *open.back();
    open.pop_back();
    for (const auto& s : block) {
      open.push_back(&s->body);
      open.push_back(&s->orelse);
      if (s->kind != StmtKind::Fire) continue;
      if (progress[s->ref] == Progress::Open)
        fail(s->span, fmt::format("the event '{}' needs itself", m_.events[s->ref].name),
             "one step has to end");
      else
        unending_event(s->ref, progress);
    }
  }
  progress[event] = Progress::Done;
}

// `calls: [a(), b()]` is `forever: either: a() or: b()`.
std::vector<RawStatement> Resolver::actor_calls(const YamlEntry& calls) {
  RawStatement forever, either;
  forever.kind = RawStatementKind::Forever;
  either.kind = RawStatementKind::Either;
  forever.span = either.span = calls.value.span;
  if (calls.value.items.empty())
    diagnostics_.error(calls.value.span, "'calls:' is empty", "[a(), b()]");
  for (const YamlNode& item : calls.value.items) {
    auto alternative = parse_code(item, diagnostics_);
    for (RawStatement& s : alternative)
      if (s.kind == RawStatementKind::Call && s.text.empty() &&
          procedures_.count(s.exprs[0].text) &&
          m_.procedures[procedures_[s.exprs[0].text]].result.kind == Type::Kind::Errno)
        s.text = "ignore";  // userspace sees the error and goes on
    either.alternatives.push_back(std::move(alternative));
  }
  if (either.alternatives.size() == 1)
    forever.body = either.alternatives[0];
  else
    forever.body.push_back(std::move(either));
  return {forever};
}

std::vector<RawStatement> Resolver::actor_code(const Declared& d) {
  const YamlEntry* calls = d.value.find("calls");
  if ((calls != nullptr) == (d.value.find("code") != nullptr)) {
    diagnostics_.error(d.value.span, "an actor has 'code:' or 'calls:'");
    return {};
  }
  return calls ? actor_calls(*calls) : own_code(d, {});
}

Kernels Resolver::kernels_of(const Declared& d) {
  const YamlEntry* in = d.value.find("in");
  if (!in || in->value.text == "every kernel") return Kernels::Every;
  if (in->value.text == "old") return Kernels::Old;
  if (in->value.text != "new")
    diagnostics_.error(in->value.span, "'in:' is 'old', 'new' or 'every kernel'");
  return Kernels::New;
}

void Resolver::actors() {
  for (const Declared& d : c_.declared)
    if (d.section == "actors") {
      actors_[d.name] = static_cast<int>(m_.actors.size());
      m_.actors.emplace_back();
    }
  for (const Declared& d : c_.declared) {
    if (d.section != "actors") continue;
    Actor& actor = m_.actors[actors_[d.name]];
    actor.name = d.name;
    actor.origin = d.origin;
    if (const YamlEntry* life = d.value.find("life")) {
      if (life->value.text == "kernel")
        actor.life = Life::Kernel;
      else if (life->value.text == "hardware")
        actor.life = Life::Hardware;
      else if (life->value.text == "guest")
        actor.life = Life::Guest;
      else if (life->value.text != "userspace")
        diagnostics_.error(
            life->value.span,
            fmt::format("an actor cannot have the life '{}'", printable(life->value.text)),
            "kernel, userspace, hardware or guest");
    }
    actor.in = kernels_of(d);
    Frame frame;
    frame.locals = &actor.locals;
    frame.scopes.emplace_back();
    frame.actor = true;
    if (const YamlEntry* tasks = d.value.find("tasks"))
      actor.copies = small_number(tasks->value, 1, kMaximumCopies, diagnostics_);
    if (const YamlEntry* every = d.value.find("every")) {
      actor.every = known_sort(every->value.text, every->value.span);
      if (actor.every >= 0)
        bind(frame, "self", Type{Type::Kind::Ref, actor.every, 0, 0, false}, every->value.span);
    }
    auto code = actor_code(d);
    if (d.later) {
      const bool first = actor.in != Kernels::New, then = kernels_of(*d.later) != Kernels::Old;
      auto later = actor_code(*d.later);
      actor.in = first && then ? Kernels::Every : then ? Kernels::New : Kernels::Old;
      if (first && then)
        code = in_kernels(std::move(code), std::move(later));
      else if (then)
        code = std::move(later);
      else if (!first)
        code.clear();  // neither kernel has it
    }
    block(code, actor.body, frame);
  }
}

}  // namespace luproof::model
