// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr int kMaximumPool = 16;
constexpr int kMaximumCopies = 8;

int small_number(const YamlNode& node, int low, int high, int fallback, Diagnostics& diagnostics) {
  if (node.is_scalar() && !node.text.empty() && node.text.size() <= 3 &&
      std::all_of(node.text.begin(), node.text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    const int n = std::stoi(node.text);
    if (n >= low && n <= high) return n;
  }
  diagnostics.error(node.span, fmt::format("a number from {} to {} is expected", low, high));
  return fallback;
}

bool yes(const YamlNode& node) { return node.text == "yes" || node.text == "true"; }

}  // namespace

int Resolver::sort_named(const std::string& name) const {
  for (std::size_t i = 0; i < m_.sorts.size(); ++i)
    if (m_.sorts[i].name == name) return static_cast<int>(i);
  return -1;
}

void Resolver::name_symbol(const std::string& name, Symbol symbol) {
  const auto [at, fresh] = symbols_.emplace(name, symbol);
  if (!fresh)
    diagnostics_.error(symbol.span, fmt::format("the name '{}' is taken", printable(name)),
                       fmt::format("by the declaration in {}", at->second.span.where()));
}

void Resolver::check_keys(const YamlNode& node, const std::vector<std::string>& known) {
  for (const YamlEntry& entry : node.entries)
    if (std::find(known.begin(), known.end(), entry.key.text) == known.end())
      diagnostics_.error(entry.key.span, fmt::format("unknown key '{}'", printable(entry.key.text)), did_you_mean(entry.key.text, known));
}

void Resolver::enumerations() {
  for (const Declared& d : c_.declared) {
    if (d.section != "kinds") continue;
    const YamlNode* values = &d.value;
    if (const YamlEntry* of = d.value.find("of")) values = &of->value;
    Enumeration e{d.name, {}, d.key.span};
    const int id = static_cast<int>(m_.enums.size());
    if (values->items.empty()) diagnostics_.error(d.value.span, "an enumeration is a list of names", "[a, b]");
    for (const YamlNode& item : values->items) {
      name_symbol(item.text, Symbol{Symbol::Kind::Enumerator, id, static_cast<Value>(e.values.size()), item.span});
      e.values.push_back(item.text);
    }
    m_.enums.push_back(std::move(e));
  }
}

void Resolver::own_sorts() {
  for (const Declared& d : c_.declared) {
    if (d.section != "entities") continue;
    check_keys(d.value, {"pool", "members", "about", "cite"});
    Sort sort;
    sort.name = d.name;
    sort.span = d.key.span;
    const int id = static_cast<int>(m_.sorts.size());
    name_symbol(d.name, Symbol{Symbol::Kind::Sort, id, 0, d.key.span});
    if (const YamlEntry* pool = d.value.find("pool")) {
      sort.pool = true;
      sort.size = small_number(pool->value, 1, kMaximumPool, 1, diagnostics_);
      for (int i = 1; i <= sort.size; ++i) sort.names.push_back(fmt::format("{}{}", d.name, i));
    } else if (const YamlEntry* members = d.value.find("members")) {
      for (const YamlNode& item : members->value.items) {
        name_symbol(item.text, Symbol{Symbol::Kind::Element, id, static_cast<Value>(sort.names.size()) + 1, item.span});
        sort.names.push_back(item.text);
      }
      sort.size = static_cast<int>(sort.names.size());
    } else {
      diagnostics_.error(d.value.span, "entities are '{pool: N}' or '{members: [a, b]}'");
    }
    m_.sorts.push_back(std::move(sort));
  }
}

std::optional<Type> Resolver::type_of(const RawType& raw, CellKind& kind) {
  auto sort = [&]() -> std::optional<Type> {
    const int id = sort_named(raw.name);
    if (id >= 0) return Type{Type::Kind::Ref, id, 0, 0, false};
    std::vector<std::string> known;
    for (const Sort& s : m_.sorts) known.push_back(s.name);
    diagnostics_.error(raw.span, fmt::format("unknown sort '{}'", printable(raw.name)), did_you_mean(raw.name, known));
    return std::nullopt;
  };
  kind = CellKind::Data;
  switch (raw.kind) {
    case RawType::Kind::Bool: return Type{Type::Kind::Bool, -1, 0, 1, false};
    case RawType::Kind::Errno: return Type{Type::Kind::Errno, -1, 0, 0, false};
    case RawType::Kind::Refcount: kind = CellKind::Refcount; [[fallthrough]];
    case RawType::Kind::Int:
      return Type{Type::Kind::Int, -1, static_cast<Value>(raw.low), static_cast<Value>(raw.high), false};
    case RawType::Kind::Ref: {
      auto type = sort();
      if (type) type->nullable = true;
      return type;
    }
    case RawType::Kind::List: kind = CellKind::List; return sort();
    case RawType::Kind::Set: kind = CellKind::Set; return sort();
    case RawType::Kind::Name: break;
  }
  for (std::size_t i = 0; i < m_.enums.size(); ++i)
    if (m_.enums[i].name == raw.name) return Type{Type::Kind::Enum, static_cast<int>(i), 0, 0, false};
  if (const int id = sort_named(raw.name); id >= 0) return Type{Type::Kind::Ref, id, 0, 0, false};
  std::vector<std::string> known = {"bool", "int", "errno", "ref", "list", "set", "refcount"};
  for (const Enumeration& e : m_.enums) known.push_back(e.name);
  diagnostics_.error(raw.span, fmt::format("unknown type '{}'", printable(raw.name)), did_you_mean(raw.name, known));
  return std::nullopt;
}

void Resolver::cells() {
  for (const Declared& d : c_.declared) {
    if (d.section != "state") continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    YamlNode type_node = d.value;
    if (d.value.is_map()) {
      check_keys(d.value, {"type", "about", "cite", "status"});
      const YamlEntry* type = d.value.find("type");
      if (!type) {
        diagnostics_.error(d.value.span, "'type:' is missing", "{type: bool = false, about: …}");
        continue;
      }
      type_node = type->value;
    }
    const RawType raw = parse_type(type_node, diagnostics_);
    Cell cell;
    cell.name = signature.name;
    cell.shown = d.name;
    cell.life = d.life;
    cell.origin = d.origin;
    const auto type = type_of(raw, cell.kind);
    for (const RawParameter& p : signature.parameters) {
      const int sort = sort_named(p.type);
      if (sort < 0) {
        std::vector<std::string> known;
        for (const Sort& s : m_.sorts) known.push_back(s.name);
        diagnostics_.error(p.span, fmt::format("unknown sort '{}'", printable(p.type)), did_you_mean(p.type, known));
      }
      cell.index.push_back(std::max(0, sort));
    }
    if (cell.index.size() > 2) diagnostics_.error(d.key.span, "a cell has at most two indices");
    if (!type) continue;
    cell.type = *type;
    if (raw.kind == RawType::Kind::Name && type->kind == Type::Kind::Ref)
      diagnostics_.error(raw.span, "a cell that refers to an entity may be none", fmt::format("write 'ref {}'", raw.name));
    if (d.life == Life::Kernel && raw.cold_any && !raw.has_boot)
      diagnostics_.error(raw.span, fmt::format("'{}' starts as any value and does not say what it is after kexec", d.name), "add 'boot …'");
    if (raw.has_boot && d.life != Life::Kernel && d.life != Life::Userspace)
      diagnostics_.error(raw.span, "only kernel and userspace cells boot", "a cell of this life survives kexec by itself");
    if ((cell.kind == CellKind::List || cell.kind == CellKind::Set) && raw.has_cold)
      diagnostics_.error(raw.span, "a list or a set starts empty", "fill it by code");
    if (signature.parameters.empty() && !signature.has_list)
      name_symbol(cell.name, Symbol{Symbol::Kind::Cell, static_cast<int>(m_.cells.size()), 0, d.key.span});
    cell_sources_.emplace_back(raw, signature);
    m_.cells.push_back(std::move(cell));
  }
}

void Resolver::locks() {
  for (const Declared& d : c_.declared) {
    if (d.section != "locks") continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    std::string text = d.value.text;
    if (const YamlEntry* type = d.value.find("type")) text = type->value.text;
    Cell cell;
    cell.name = signature.name;
    cell.shown = d.name;
    cell.origin = d.origin;
    if (text == "mutex") cell.kind = CellKind::Mutex;
    else if (text == "rwlock" || text == "rwlock unfair") cell.kind = CellKind::Rwlock;
    else diagnostics_.error(d.value.span, "a lock is 'mutex', 'rwlock' or 'rwlock unfair'");
    cell.fair = text != "rwlock unfair";
    for (const RawParameter& p : signature.parameters) {
      const int sort = sort_named(p.type);
      if (sort < 0) diagnostics_.error(p.span, fmt::format("unknown sort '{}'", printable(p.type)));
      cell.index.push_back(std::max(0, sort));
    }
    if (cell.index.empty()) name_symbol(cell.name, Symbol{Symbol::Kind::Cell, static_cast<int>(m_.cells.size()), 0, d.key.span});
    RawType raw;
    raw.span = d.key.span;
    cell_sources_.emplace_back(raw, signature);
    m_.cells.push_back(std::move(cell));
  }
}

void Resolver::choices_and_configs() {
  for (const Declared& d : c_.declared) {
    if (d.section == "choices") {
      check_keys(d.value, {"of", "about", "cite", "default", "status"});
      const YamlEntry* of = d.value.find("of");
      const YamlNode& values = of ? of->value : d.value;
      if (values.items.size() < 2)
        diagnostics_.error(values.span, fmt::format("the choice '{}' has fewer than two alternatives", d.name), "[a, b]");
      Enumeration e{d.name, {}, d.key.span};
      const int id = static_cast<int>(m_.enums.size());
      for (const YamlNode& item : values.items) {
        name_symbol(item.text, Symbol{Symbol::Kind::Enumerator, id, static_cast<Value>(e.values.size()), item.span});
        e.values.push_back(item.text);
      }
      m_.enums.push_back(std::move(e));
      name_symbol(d.name, Symbol{Symbol::Kind::Choice, static_cast<int>(m_.choices.size()), 0, d.key.span});
      m_.choices.push_back(Choice{d.name, id, -1, d.origin});
      if (const YamlEntry* fallback = d.value.find("default"))
        selected_choice(d.name, fallback->value.text, fallback->value.span);
    } else if (d.section == "config") {
      check_keys(d.value, {"type", "value", "old", "new", "about", "cite", "status"});
      const YamlEntry* type_entry = d.value.find("type");
      const YamlEntry* value = d.value.find("value");
      const YamlEntry* before = d.value.find("old");
      const YamlEntry* after = d.value.find("new");
      if (!value && (!before || !after)) {
        diagnostics_.error(d.value.span, "a configuration is '{type: bool, value: …}' or '{type: bool, old: …, new: …}'");
        continue;
      }
      RawType raw;
      if (type_entry) raw = parse_type(type_entry->value, diagnostics_);
      CellKind kind = CellKind::Data;
      const auto type = type_of(raw, kind);
      if (!type) continue;
      std::vector<Local> none;
      Frame frame;
      frame.locals = &none;
      frame.scopes.emplace_back();
      Config config{d.name, *type, 0, 0, d.origin};
      auto read = [&](const YamlNode& node) {
        return constant(expect(expression(parse_expression(node, diagnostics_), frame), *type, "the value"), *type);
      };
      config.old_value = read(before ? before->value : value->value);
      config.new_value = read(after ? after->value : value->value);
      name_symbol(d.name, Symbol{Symbol::Kind::Config, static_cast<int>(m_.configs.size()), 0, d.key.span});
      m_.configs.push_back(std::move(config));
    }
  }
}

Value Resolver::constant(const ExprPtr& e, const Type& type) {
  if (!e) return 0;
  if (e->op == Op::Const) return e->value;
  if (e->op == Op::Neg && e->kids[0]->op == Op::Const) return -e->kids[0]->value;
  fail(e->span, fmt::format("a constant is expected ({})", type_text(type)));
  return 0;
}

void Resolver::selected_choice(const std::string& name, const std::string& alternative, const Span& span) {
  std::vector<std::string> known;
  for (Choice& choice : m_.choices) {
    known.push_back(choice.name);
    if (choice.name != name) continue;
    const auto& values = m_.enums[choice.enumeration].values;
    const auto found = std::find(values.begin(), values.end(), alternative);
    if (found == values.end())
      diagnostics_.error(span, fmt::format("'{}' is no alternative of '{}'", printable(alternative), printable(name)), did_you_mean(alternative, values));
    else choice.selected = static_cast<int>(found - values.begin());
    return;
  }
  diagnostics_.error(span, fmt::format("there is no choice '{}'", printable(name)), did_you_mean(name, known));
}

void Resolver::apply_choices() {
  for (const auto& [name, value] : c_.choose) selected_choice(name, value.first, value.second);
  for (const auto& [name, alternative] : options_.choose) selected_choice(name, alternative, Span{});
}

void Resolver::acts() {
  for (const Declared& d : c_.declared) {
    if (d.section != "environment") continue;
    check_keys(d.value, {"about", "at-most", "cite", "status"});
    Act act;
    act.name = d.name;
    act.origin = d.origin;
    if (const YamlEntry* most = d.value.find("at-most")) act.at_most = small_number(most->value, 1, 9, 1, diagnostics_);
    if (options_.allow) act.allowed = options_.allow->count(d.name) > 0;
    acts_[d.name] = static_cast<int>(m_.acts.size());
    m_.acts.push_back(std::move(act));
  }
  std::vector<std::string> known;
  for (const Act& act : m_.acts) known.push_back(act.name);
  for (const auto& [name, span] : c_.allow) {
    const auto found = acts_.find(name);
    if (found == acts_.end()) diagnostics_.error(span, fmt::format("'{}' is no environment act", printable(name)), did_you_mean(name, known));
    else if (!options_.allow) m_.acts[found->second].allowed = true;
  }
  if (options_.allow)
    for (const std::string& name : *options_.allow)
      if (!acts_.count(name)) diagnostics_.error(Span{}, fmt::format("'{}' is no environment act", printable(name)), did_you_mean(name, known));
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

void Resolver::finish_cells() {
  for (std::size_t i = 0; i < cell_sources_.size(); ++i) {
    Cell& cell = m_.cells[i];
    const auto& [raw, signature] = cell_sources_[i];
    std::vector<Local> locals;
    Frame frame;
    frame.booting = true;
    frame.locals = &locals;
    frame.scopes.emplace_back();
    for (std::size_t p = 0; p < signature.parameters.size(); ++p) {
      std::string name = signature.parameters[p].name.empty() ? "self" : signature.parameters[p].name;
      bind(frame, name, Type{Type::Kind::Ref, cell.index[p], 0, 0, false}, raw.span);
    }
    Type value = cell.type;
    if (cell.kind == CellKind::List || cell.kind == CellKind::Set) value = Type{Type::Kind::Set, cell.type.id, 0, 0, false};
    cell.cold_any = raw.cold_any;
    cell.boot_any = raw.boot_any;
    cell.has_boot = raw.has_boot;
    if (raw.has_cold && !raw.cold_any) cell.cold = expect(expression(raw.cold, frame), value, "the cold value");
    if (raw.has_boot && !raw.boot_any) cell.boot = expect(expression(raw.boot, frame), value, "the boot value");
    cell.frame = static_cast<int>(locals.size());
    if (!raw.at_zero.empty()) {
      const auto procedure = procedures_.find(raw.at_zero);
      if (procedure == procedures_.end()) diagnostics_.error(raw.span, fmt::format("'{}' is no procedure", printable(raw.at_zero)));
      else if (m_.procedures[procedure->second].parameters != static_cast<int>(cell.index.size()))
        diagnostics_.error(raw.span, fmt::format("'{}' has to take the indices of '{}'", raw.at_zero, cell.shown));
      else cell.at_zero = procedure->second;
    }
  }
}

std::optional<Model> Resolver::run() {
  m_.name = c_.documents.back()->name;
  m_.kind = c_.documents.back()->kind;
  m_.path = c_.documents.back()->path;
  m_.variant = c_.variant;
  m_.kernels = c_.updates + 1;
  m_.errnos = {"0"};
  m_.not_modelled = c_.not_modelled;
  const YamlNode& root = c_.documents.back()->root;
  if (const YamlEntry* about = root.find("about")) m_.about = about->value.text;
  if (const YamlEntry* cite = root.find("cite")) {
    if (cite->value.is_scalar()) m_.cite.push_back(cite->value.text);
    for (const YamlNode& item : cite->value.items) m_.cite.push_back(item.text);
  }
  for (const auto& document : c_.documents) m_.packs.push_back(document->name);
  topology();
  enumerations();
  own_sorts();
  choices_and_configs();
  apply_choices();
  acts();
  cells();
  locks();
  if (!diagnostics_.ok()) return std::nullopt;
  signatures();
  bodies();
  actors();
  finish_cells();
  claims();
  properties();
  topology_keys();
  assumptions();
  expectations();
  if (!diagnostics_.ok()) return std::nullopt;
  return std::move(m_);
}

}  // namespace luproof::model
