// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/resolve_helpers.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {

constexpr int kMaximumPool = 16;
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
      diagnostics_.error(entry.key.span, fmt::format("unknown key '{}'", printable(entry.key.text)),
                         did_you_mean(entry.key.text, known));
}

void Resolver::enumerations() {
  for (const Declared& d : c_.declared) {
    if (d.section != "kinds") continue;
    const YamlNode* values = &d.value;
    if (const YamlEntry* of = d.value.find("of")) values = &of->value;
    Enumeration e{d.name, {}, d.key.span};
    const int id = static_cast<int>(m_.enums.size());
    if (values->items.empty())
      diagnostics_.error(d.value.span, "an enumeration is a list of names", "[a, b]");
    for (const YamlNode& item : values->items) {
      name_symbol(item.text, Symbol{Symbol::Kind::Enumerator, id,
                                    static_cast<Value>(e.values.size()), item.span});
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
        name_symbol(item.text, Symbol{Symbol::Kind::Element, id,
                                      static_cast<Value>(sort.names.size()) + 1, item.span});
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
    diagnostics_.error(raw.span, fmt::format("unknown sort '{}'", printable(raw.name)),
                       did_you_mean(raw.name, known));
    return std::nullopt;
  };
  kind = CellKind::Data;
  switch (raw.kind) {
    case RawType::Kind::Bool:
      return Type{Type::Kind::Bool, -1, 0, 1, false};
    case RawType::Kind::Errno:
      return Type{Type::Kind::Errno, -1, 0, 0, false};
    case RawType::Kind::Refcount:
      kind = CellKind::Refcount;
      [[fallthrough]];
    case RawType::Kind::Int:
      return Type{Type::Kind::Int, -1, static_cast<Value>(raw.low), static_cast<Value>(raw.high),
                  false};
    case RawType::Kind::Ref: {
      auto type = sort();
      if (type) type->nullable = true;
      return type;
    }
    case RawType::Kind::List:
      kind = CellKind::List;
      return sort();
    case RawType::Kind::Set:
      kind = CellKind::Set;
      return sort();
    case RawType::Kind::Name:
      break;
  }
  for (std::size_t i = 0; i < m_.enums.size(); ++i)
    if (m_.enums[i].name == raw.name)
      return Type{Type::Kind::Enum, static_cast<int>(i), 0, 0, false};
  if (const int id = sort_named(raw.name); id >= 0) return Type{Type::Kind::Ref, id, 0, 0, false};
  std::vector<std::string> known = {"bool", "int", "errno", "ref", "list", "set", "refcount"};
  for (const Enumeration& e : m_.enums) known.push_back(e.name);
  diagnostics_.error(raw.span, fmt::format("unknown type '{}'", printable(raw.name)),
                     did_you_mean(raw.name, known));
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
        diagnostics_.error(p.span, fmt::format("unknown sort '{}'", printable(p.type)),
                           did_you_mean(p.type, known));
      }
      cell.index.push_back(std::max(0, sort));
    }
    if (cell.index.size() > 2) diagnostics_.error(d.key.span, "a cell has at most two indices");
    if (!type) continue;
    cell.type = *type;
    if (raw.kind == RawType::Kind::Name && type->kind == Type::Kind::Ref)
      diagnostics_.error(raw.span, "a cell that refers to an entity may be none",
                         fmt::format("write 'ref {}'", raw.name));
    if (d.life == Life::Kernel && raw.cold_any && !raw.has_boot)
      diagnostics_.error(
          raw.span,
          fmt::format("'{}' starts as any value and does not say what it is after kexec", d.name),
          "add 'boot …'");
    if (raw.has_boot && d.life != Life::Kernel && d.life != Life::Userspace)
      diagnostics_.error(raw.span, "only kernel and userspace cells boot",
                         "a cell of this life survives kexec by itself");
    if ((cell.kind == CellKind::List || cell.kind == CellKind::Set) && raw.has_cold)
      diagnostics_.error(raw.span, "a list or a set starts empty", "fill it by code");
    if (signature.parameters.empty() && !signature.has_list)
      name_symbol(cell.name,
                  Symbol{Symbol::Kind::Cell, static_cast<int>(m_.cells.size()), 0, d.key.span});
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
    if (text == "mutex")
      cell.kind = CellKind::Mutex;
    else if (text == "rwlock" || text == "rwlock unfair")
      cell.kind = CellKind::Rwlock;
    else
      diagnostics_.error(d.value.span, "a lock is 'mutex', 'rwlock' or 'rwlock unfair'");
    cell.fair = text != "rwlock unfair";
    for (const RawParameter& p : signature.parameters) {
      const int sort = sort_named(p.type);
      if (sort < 0) diagnostics_.error(p.span, fmt::format("unknown sort '{}'", printable(p.type)));
      cell.index.push_back(std::max(0, sort));
    }
    if (cell.index.empty())
      name_symbol(cell.name,
                  Symbol{Symbol::Kind::Cell, static_cast<int>(m_.cells.size()), 0, d.key.span});
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
        diagnostics_.error(values.span,
                           fmt::format("the choice '{}' has fewer than two alternatives", d.name),
                           "[a, b]");
      Enumeration e{d.name, {}, d.key.span};
      const int id = static_cast<int>(m_.enums.size());
      for (const YamlNode& item : values.items) {
        name_symbol(item.text, Symbol{Symbol::Kind::Enumerator, id,
                                      static_cast<Value>(e.values.size()), item.span});
        e.values.push_back(item.text);
      }
      m_.enums.push_back(std::move(e));
      name_symbol(d.name,
                  Symbol{Symbol::Kind::Choice, static_cast<int>(m_.choices.size()), 0, d.key.span});
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
        diagnostics_.error(
            d.value.span,
            "a configuration is '{type: bool, value: …}' or '{type: bool, old: …, new: …}'");
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
        return constant(
            expect(expression(parse_expression(node, diagnostics_), frame), *type, "the value"),
            *type);
      };
      config.old_value = read(before ? before->value : value->value);
      config.new_value = read(after ? after->value : value->value);
      name_symbol(d.name,
                  Symbol{Symbol::Kind::Config, static_cast<int>(m_.configs.size()), 0, d.key.span});
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

void Resolver::selected_choice(const std::string& name, const std::string& alternative,
                               const Span& span) {
  std::vector<std::string> known;
  for (Choice& choice : m_.choices) {
    known.push_back(choice.name);
    if (choice.name != name) continue;
    const auto& values = m_.enums[choice.enumeration].values;
    const auto found = std::find(values.begin(), values.end(), alternative);
    if (found == values.end())
      diagnostics_.error(
          span,
          fmt::format("'{}' is no alternative of '{}'", printable(alternative), printable(name)),
          did_you_mean(alternative, values));
    else
      choice.selected = static_cast<int>(found - values.begin());
    return;
  }
  diagnostics_.error(span, fmt::format("there is no choice '{}'", printable(name)),
                     did_you_mean(name, known));
}

void Resolver::apply_choices() {
  for (const auto& [name, value] : c_.choose) selected_choice(name, value.first, value.second);
  for (const auto& [name, alternative] : options_.choose)
    selected_choice(name, alternative, Span{});
}

void Resolver::acts() {
  for (const Declared& d : c_.declared) {
    if (d.section != "environment") continue;
    check_keys(d.value, {"about", "at-most", "cite", "status"});
    Act act;
    act.name = d.name;
    act.origin = d.origin;
    if (const YamlEntry* most = d.value.find("at-most"))
      act.at_most = small_number(most->value, 1, 9, 1, diagnostics_);
    if (options_.allow) act.allowed = options_.allow->count(d.name) > 0;
    acts_[d.name] = static_cast<int>(m_.acts.size());
    m_.acts.push_back(std::move(act));
  }
  std::vector<std::string> known;
  for (const Act& act : m_.acts) known.push_back(act.name);
  for (const auto& [name, span] : c_.allow) {
    const auto found = acts_.find(name);
    if (found == acts_.end())
      diagnostics_.error(span, fmt::format("'{}' is no environment act", printable(name)),
                         did_you_mean(name, known));
    else if (!options_.allow)
      m_.acts[found->second].allowed = true;
  }
  if (options_.allow)
    for (const std::string& name : *options_.allow)
      if (!acts_.count(name))
        diagnostics_.error(Span{}, fmt::format("'{}' is no environment act", printable(name)),
                           did_you_mean(name, known));
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
      std::string name =
          signature.parameters[p].name.empty() ? "self" : signature.parameters[p].name;
      bind(frame, name, Type{Type::Kind::Ref, cell.index[p], 0, 0, false}, raw.span);
    }
    Type value = cell.type;
    if (cell.kind == CellKind::List || cell.kind == CellKind::Set)
      value = Type{Type::Kind::Set, cell.type.id, 0, 0, false};
    cell.cold_any = raw.cold_any;
    cell.boot_any = raw.boot_any;
    cell.has_boot = raw.has_boot;
    if (raw.has_cold && !raw.cold_any)
      cell.cold = expect(expression(raw.cold, frame), value, "the cold value");
    if (raw.has_boot && !raw.boot_any)
      cell.boot = expect(expression(raw.boot, frame), value, "the boot value");
    cell.frame = static_cast<int>(locals.size());
    if (!raw.at_zero.empty()) {
      const auto procedure = procedures_.find(raw.at_zero);
      if (procedure == procedures_.end())
        diagnostics_.error(raw.span, fmt::format("'{}' is no procedure", printable(raw.at_zero)));
      else if (m_.procedures[procedure->second].parameters != static_cast<int>(cell.index.size()))
        diagnostics_.error(
            raw.span, fmt::format("'{}' has to take the indices of '{}'", raw.at_zero, cell.shown));
      else
        cell.at_zero = procedure->second;
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
