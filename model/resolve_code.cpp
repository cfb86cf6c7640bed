// SPDX-License-Identifier: GPL-2.0-or-later
// Signatures first, then bodies: definitions, procedures, events and actors may name each other.
#include <fmt/format.h>

#include <algorithm>

#include "model/resolve_helpers.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {
constexpr int kMaximumCopies = 8;
}

void Resolver::read_locals(const RawSignature& signature, std::vector<Local>& locals, Frame& frame) {
  frame.locals = &locals;
  frame.scopes.emplace_back();
  for (const RawParameter& p : signature.parameters) {
    RawType raw;
    raw.kind = p.type == "bool" ? RawType::Kind::Bool : p.type == "errno" ? RawType::Kind::Errno : RawType::Kind::Name;
    raw.name = p.type;
    raw.span = p.span;
    CellKind kind = CellKind::Data;
    Type type;
    if (p.type == "int") type = Type{Type::Kind::Int, -1, 0, 0xffff, false};
    else if (const auto found = type_of(raw, kind)) type = *found;
    if (p.name.empty()) diagnostics_.error(p.span, "the parameter has no name", "C order: 'function d'");
    else bind(frame, p.name, type, p.span);
  }
}

void Resolver::signatures() {
  for (const Declared& d : c_.declared) {
    const bool define = d.section == "define", procedure = d.section == "procedures", event = d.section == "events";
    if (!define && !procedure && !event) continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    auto& table = define ? defines_ : procedure ? procedures_ : events_;
    for (const auto* other : {&defines_, &procedures_, &events_})
      if (other->count(signature.name)) diagnostics_.error(d.key.span, fmt::format("the name '{}' is taken", signature.name));
    Frame frame;
    std::vector<Local> locals;
    read_locals(signature, locals, frame);
    const int parameters = static_cast<int>(locals.size());
    Type result;
    if (!signature.result.empty()) {
      RawType raw;
      raw.kind = signature.result == "errno" ? RawType::Kind::Errno : signature.result == "bool" ? RawType::Kind::Bool : RawType::Kind::Name;
      raw.name = signature.result;
      raw.span = signature.span;
      CellKind kind = CellKind::Data;
      if (signature.result == "int") result = Type{Type::Kind::Int, -1, 0, 0xffff, false};
      else if (const auto found = type_of(raw, kind)) result = *found;
      if (result.kind == Type::Kind::Ref) result.nullable = true;
      if (!procedure) diagnostics_.error(d.key.span, "only a procedure declares a result");
    }
    if (define) {
      table[signature.name] = static_cast<int>(m_.defines.size());
      m_.defines.push_back(Define{d.name, locals, parameters, {}, nullptr, d.origin});
      define_sources_.push_back(&d);
      define_signatures_.push_back(signature);
    } else if (procedure) {
      table[signature.name] = static_cast<int>(m_.procedures.size());
      Procedure p;
      p.name = d.name;
      p.locals = locals;
      p.parameters = parameters;
      p.result = result;
      p.origin = d.origin;
      m_.procedures.push_back(std::move(p));
    } else {
      table[signature.name] = static_cast<int>(m_.events.size());
      Event e;
      e.name = d.name;
      e.locals = locals;
      e.parameters = parameters;
      e.origin = d.origin;
      m_.events.push_back(std::move(e));
    }
  }
  define_progress_.assign(m_.defines.size(), Progress::Untouched);
}

void Resolver::define_body(int id) {
  define_progress_[id] = Progress::Open;
  const Declared& d = *define_sources_[id];
  const YamlEntry* all = d.value.find("all");
  const YamlEntry* any = d.value.find("any");
  const YamlEntry* expr = d.value.find("expr");
  if (d.value.is_map()) check_keys(d.value, {"all", "any", "expr", "about", "cite", "status", "patch", "at"});
  auto read = [&](const YamlNode& node, const RawSignature& signature) {
    Frame frame;
    frame.properties = true;  // who may use the definition is looked at where it is used
    frame.locals = &m_.defines[id].locals;
    frame.scopes.emplace_back();
    for (std::size_t i = 0; i < signature.parameters.size() && static_cast<int>(i) < m_.defines[id].parameters; ++i)
      frame.scopes.back()[signature.parameters[i].name] = static_cast<int>(i);
    if (static_cast<int>(signature.parameters.size()) != m_.defines[id].parameters)
      diagnostics_.error(signature.span, fmt::format("'{}' has {} parameters", d.name, m_.defines[id].parameters));
    return expression(parse_expression(node, diagnostics_), frame);
  };
  ExprPtr body;
  if (const YamlNode* node = all ? &all->value : any ? &any->value : expr ? &expr->value : d.value.is_scalar() ? &d.value : nullptr)
    body = read(*node, define_signatures_[id]);
  else
    diagnostics_.error(d.value.span, "a definition is an expression", "'all:' and 'any:' make it extensible");
  for (const Extension& extension : d.extensions) {
    if (!all && !any) diagnostics_.error(extension.signature.span, fmt::format("'{}' is not extensible", d.name), "it has to be declared with 'all:' or 'any:'");
    const YamlEntry* inner = extension.value->find("expr");
    ExprPtr more = read(inner ? inner->value : *extension.value, extension.signature);
    if (!body || !more || (!all && !any)) continue;
    auto joined = std::make_shared<Expr>();
    joined->op = all ? Op::And : Op::Or;
    joined->type = Type{Type::Kind::Bool, -1, 0, 1, false};
    joined->span = more->span;
    joined->kids = {body, more};
    body = joined;
  }
  m_.defines[id].body = body;
  if (body) m_.defines[id].result = body->type;
  define_progress_[id] = Progress::Done;
}

void Resolver::edit_labels(std::vector<RawStatement>& code, const LabelEdit& edit, bool& found) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].label == edit.label) {
      found = true;
      if (edit.mode == LabelEdit::Mode::Drop || edit.mode == LabelEdit::Mode::Replace) code.erase(code.begin() + static_cast<long>(i));
      if (edit.mode == LabelEdit::Mode::Drop) return;
      const auto fresh = parse_code(edit.code, diagnostics_);
      code.insert(code.begin() + static_cast<long>(i) + (edit.mode == LabelEdit::Mode::After), fresh.begin(), fresh.end());
      return;
    }
    edit_labels(code[i].body, edit, found);
    edit_labels(code[i].orelse, edit, found);
    for (auto& alternative : code[i].alternatives) edit_labels(alternative, edit, found);
    if (found) return;
  }
}

std::vector<RawStatement> Resolver::code_of(const Declared& d) {
  const YamlEntry* code = d.value.find("code");
  if (d.value.is_map() && !code && !d.value.find("hook")) diagnostics_.error(d.value.span, "'code:' is missing");
  std::vector<RawStatement> statements;
  if (code) statements = parse_code(code->value, diagnostics_);
  else if (d.value.is_scalar()) statements = parse_code(d.value, diagnostics_);
  for (const LabelEdit& edit : c_.edits) {
    if (edit.procedure != d.name) continue;
    bool found = false;
    edit_labels(statements, edit, found);
    if (!found) diagnostics_.error(edit.span, fmt::format("'{}' has no step labelled '{}'", d.name, printable(edit.label)));
  }
  // The cases of a hook, first one first: if when1: code1 elif when2: code2 … else: its own code.
  for (auto extension = d.extensions.rbegin(); extension != d.extensions.rend(); ++extension) {
    if (!d.value.find("hook")) diagnostics_.error(extension->signature.span, fmt::format("'{}' is not a hook", d.name), "it has to be declared with 'hook: yes'");
    check_keys(*extension->value, {"when", "code", "cite", "about", "patch", "at", "status"});
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
    branch.body = parse_code(body->value, diagnostics_);
    branch.orelse = std::move(statements);
    statements.clear();
    statements.push_back(std::move(branch));
  }
  return statements;
}

void Resolver::bodies() {
  for (std::size_t i = 0; i < m_.defines.size(); ++i)
    if (define_progress_[i] == Progress::Untouched) define_body(static_cast<int>(i));
  for (const Declared& d : c_.declared) {
    const bool procedure = d.section == "procedures";
    if (!procedure && d.section != "events") continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    Frame frame;
    frame.scopes.emplace_back();
    for (std::size_t i = 0; i < signature.parameters.size(); ++i) frame.scopes.back()[signature.parameters[i].name] = static_cast<int>(i);
    if (procedure) {
      if (d.value.is_map()) check_keys(d.value, {"code", "about", "cite", "status", "symbol", "hook", "patch", "at"});
      const int id = procedures_.at(signature.name);
      Procedure& p = m_.procedures[id];
      frame.locals = &p.locals;
      frame.procedure = id;
      frame.result = p.result;
      block(code_of(d), p.body, frame);
      if (p.result.kind != Type::Kind::Void && !returns(p.body) && diagnostics_.ok())
        diagnostics_.error(d.key.span, fmt::format("'{}' may end without a result", p.name), "end it with 'return 0'");
      if (const YamlEntry* symbol = d.value.find("symbol")) p.symbol = yes(symbol->value);
      for (const Extension& extension : d.extensions) p.origin.overridden_by.push_back(extension.pack);
    } else {
      check_keys(d.value, {"do", "when", "by", "act", "about", "cite", "status", "symbol", "patch", "at"});
      Event& e = m_.events[events_.at(signature.name)];
      frame.locals = &e.locals;
      if (const YamlEntry* when = d.value.find("when"))
        e.when = boolean(parse_expression(when->value, diagnostics_), frame, "'when'");
      frame.atomic = true;
      if (const YamlEntry* body = d.value.find("do")) block(parse_code(body->value, diagnostics_), e.body, frame);
      else if (d.value.is_scalar()) block(parse_code(d.value, diagnostics_), e.body, frame);
      if (const YamlEntry* by = d.value.find("by")) e.by = by->value.text;
      if (const YamlEntry* symbol = d.value.find("symbol")) e.symbol = yes(symbol->value);
      if (const YamlEntry* act = d.value.find("act")) {
        const auto found = acts_.find(act->value.text);
        if (found == acts_.end()) diagnostics_.error(act->value.span, fmt::format("'{}' is no environment act", printable(act->value.text)));
        else e.act = found->second;
        if (!e.when) diagnostics_.error(d.key.span, "an environment act happens by itself", "add 'when:'");
      }
    }
  }
}

void Resolver::actors() {
  for (const Declared& d : c_.declared)
    if (d.section == "actors") {
      actors_[d.name] = static_cast<int>(m_.actors.size());
      m_.actors.emplace_back();
    }
  for (const Declared& d : c_.declared) {
    if (d.section != "actors") continue;
    check_keys(d.value, {"life", "in", "every", "tasks", "code", "calls", "about", "cite", "status"});
    Actor& actor = m_.actors[actors_[d.name]];
    actor.name = d.name;
    actor.origin = d.origin;
    if (const YamlEntry* life = d.value.find("life")) {
      if (life->value.text == "kernel") actor.life = Life::Kernel;
      else if (life->value.text == "hardware") actor.life = Life::Hardware;
      else if (life->value.text == "guest") actor.life = Life::Guest;
      else if (life->value.text != "userspace")
        diagnostics_.error(life->value.span, fmt::format("an actor cannot have the life '{}'", printable(life->value.text)), "kernel, userspace, hardware or guest");
    }
    if (const YamlEntry* in = d.value.find("in")) {
      if (in->value.text == "old") actor.in = Kernels::Old;
      else if (in->value.text == "new") actor.in = Kernels::New;
      else if (in->value.text != "every kernel") diagnostics_.error(in->value.span, "'in:' is 'old', 'new' or 'every kernel'");
    }
    Frame frame;
    frame.locals = &actor.locals;
    frame.scopes.emplace_back();
    frame.actor = true;
    if (const YamlEntry* tasks = d.value.find("tasks")) actor.copies = small_number(tasks->value, 1, kMaximumCopies, 1, diagnostics_);
    if (const YamlEntry* every = d.value.find("every")) {
      actor.every = sort_named(every->value.text);
      if (actor.every < 0) diagnostics_.error(every->value.span, fmt::format("unknown sort '{}'", printable(every->value.text)));
      else bind(frame, "self", Type{Type::Kind::Ref, actor.every, 0, 0, false}, every->value.span);
    }
    if (const YamlEntry* calls = d.value.find("calls")) {
      RawStatement forever, either;
      forever.kind = RawStatementKind::Forever;
      either.kind = RawStatementKind::Either;
      forever.span = either.span = calls->value.span;
      for (const YamlNode& item : calls->value.items) {
        auto alternative = parse_code(item, diagnostics_);
        for (RawStatement& s : alternative)
          if (s.kind == RawStatementKind::Call && s.text.empty() && procedures_.count(s.exprs[0].text) &&
              m_.procedures[procedures_[s.exprs[0].text]].result.kind == Type::Kind::Errno)
            s.text = "ignore";  // userspace sees the error and goes on
        either.alternatives.push_back(std::move(alternative));
      }
      if (either.alternatives.size() == 1) forever.body = either.alternatives[0];
      else forever.body.push_back(std::move(either));
      block({forever}, actor.body, frame);
    } else if (d.value.find("code")) {
      block(code_of(d), actor.body, frame);
    } else {
      diagnostics_.error(d.value.span, "an actor has 'code:' or 'calls:'");
    }
  }
}

}  // namespace luproof::model
