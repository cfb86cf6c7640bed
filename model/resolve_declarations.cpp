// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "model/lexer.h"
#include "model/resolver.h"
#include "model/schema.h"

namespace luproof::model {
namespace {

constexpr int kMaximumPool = 16;
constexpr std::size_t kMaximumNames = 64;     // enumerators, alternatives
constexpr std::size_t kMaximumMembers = 256;  // of a kind of entity
constexpr std::int64_t kMaximumValues = 1 << 20;

}  // namespace

// The names of an enumeration or of a choice's alternatives.
void Resolver::enumerate(const YamlNode& values, const std::string& name, const Span& span) {
  name_type(name, span);
  if (values.items.size() > kMaximumNames) {
    diagnostics_.error(values.span,
                       fmt::format("'{}' has more than {} names", name, kMaximumNames));
    return;
  }
  Enumeration e{name, {}, span};
  const int id = static_cast<int>(m_.enums.size());
  for (const YamlNode& item : values.items) {
    if (!is_name(item.text))
      diagnostics_.error(item.span, fmt::format("'{}' is no name", printable(item.text)));
    name_symbol(item.text, Symbol{Symbol::Kind::Enumerator, id, static_cast<Value>(e.values.size()),
                                  item.span});
    e.values.push_back(item.text);
  }
  m_.enums.push_back(std::move(e));
}

void Resolver::enumerations() {
  for (const Declared& d : c_.declared) {
    if (d.section != "kinds") continue;
    const YamlEntry* of = d.value.find("of");
    const YamlNode& values = of ? of->value : d.value;
    if (values.items.empty())
      diagnostics_.error(values.span, "an enumeration is a list of names", "[a, b]");
    enumerate(values, d.name, d.key.span);
  }
}

void Resolver::own_sorts() {
  for (const Declared& d : c_.declared) {
    if (d.section != "entities") continue;
    Sort sort;
    sort.name = d.name;
    sort.span = d.key.span;
    const int id = static_cast<int>(m_.sorts.size());
    name_symbol(d.name, Symbol{Symbol::Kind::Sort, id, 0, d.key.span});
    const YamlEntry* pool = d.value.find("pool");
    const YamlEntry* members = d.value.find("members");
    const YamlEntry* open = d.value.find("open");
    if ((pool != nullptr) + (members != nullptr) + (open != nullptr) != 1) {
      diagnostics_.error(d.value.span,
                         "entities are '{pool: N}', '{members: [a, b]}' or '{open: yes}'");
    } else if (open) {
      open_sort(sort, id);
    } else if (pool) {
      sort.pool = true;
      sort.size = small_number(pool->value, 1, kMaximumPool, diagnostics_);
      for (int i = 1; i <= sort.size; ++i) sort.names.push_back(fmt::format("{}{}", d.name, i));
    } else if (members->value.items.empty() || members->value.items.size() > kMaximumMembers) {
      diagnostics_.error(members->value.span,
                         fmt::format("'{}' has from 1 to {} members", d.name, kMaximumMembers));
    } else {
      for (const YamlNode& item : members->value.items) {
        if (!is_name(item.text))
          diagnostics_.error(item.span, fmt::format("'{}' is no name", printable(item.text)));
        name_symbol(item.text, Symbol{Symbol::Kind::Element, id,
                                      static_cast<Value>(sort.names.size()) + 1, item.span});
        sort.names.push_back(item.text);
      }
      sort.size = static_cast<int>(sort.names.size());
    }
    m_.sorts.push_back(std::move(sort));
  }
}

std::optional<Type> Resolver::type_of(const RawType& raw, CellKind& kind) {
  auto sort = [&]() -> std::optional<Type> {
    const int id = known_sort(raw.name, raw.span);
    return id < 0 ? std::nullopt : std::optional(Type{Type::Kind::Ref, id, 0, 0, false});
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
  for (const Sort& s : m_.sorts) known.push_back(s.name);
  diagnostics_.error(raw.span, fmt::format("unknown type '{}'", printable(raw.name)),
                     did_you_mean(raw.name, known));
  return std::nullopt;
}

// The indices of a cell or a lock.
void Resolver::indices(const RawSignature& signature, Cell& cell, const Span& span) {
  for (const RawParameter& p : signature.parameters)
    cell.index.push_back(std::max(0, known_sort(p.type, p.span)));
  if (cell.index.size() > 2) diagnostics_.error(span, "a cell has at most two indices");
  std::int64_t count =
      cell.kind == CellKind::List || cell.kind == CellKind::Set ? m_.sorts[cell.type.id].size : 1;
  for (const int sort : cell.index) count *= std::max(1, m_.sorts[sort].size);
  values_ += std::min(count, kMaximumValues + 1);  // one cell alone may be too much
  if (values_ > kMaximumValues)
    diagnostics_.error(span, "the cells hold more than 1,048,576 values",
                       "a smaller topology, or fewer indices");
}

void Resolver::cells() {
  for (const Declared& d : c_.declared) {
    if (d.section != "state") continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    YamlNode type_node = d.value;
    if (d.value.is_map()) {
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
    if (!type) continue;
    cell.type = *type;
    indices(signature, cell, d.key.span);
    if (raw.kind == RawType::Kind::Name && type->kind == Type::Kind::Ref)
      diagnostics_.error(raw.span, "a cell that refers to an entity may be none",
                         fmt::format("write 'ref {}'", raw.name));
    if (d.life == Life::Kernel && raw.cold_any && !raw.has_boot)
      diagnostics_.error(
          type_node.span,
          fmt::format("'{}' starts as any value and does not say what it is after kexec", d.name),
          "add 'boot …'");
    if (raw.has_boot && d.life != Life::Kernel && d.life != Life::Userspace)
      diagnostics_.error(type_node.span, "only kernel and userspace cells boot",
                         "a cell of this life survives kexec by itself");
    if (d.life == Life::Handover && raw.has_cold)
      diagnostics_.error(type_node.span, "nothing is handed over at a cold start",
                         "leave out the value");
    if (d.life == Life::Handover && cell.kind == CellKind::Refcount)
      diagnostics_.error(type_node.span, "a reference count cannot be handed over");
    if ((cell.kind == CellKind::List || cell.kind == CellKind::Set) &&
        (raw.has_cold || raw.boot_any))
      diagnostics_.error(type_node.span, "a list or a set starts empty",
                         "fill it by code, or boot it from what was received");
    name_cell(signature, cell, d.key.span);
    cell_sources_.emplace_back(raw, signature);
    m_.cells.push_back(std::move(cell));
  }
}

void Resolver::locks() {
  for (const Declared& d : c_.declared) {
    if (d.section != "locks") continue;
    const RawSignature signature = parse_signature(d.key, diagnostics_);
    const YamlEntry* type = d.value.find("type");
    const YamlNode& node = type ? type->value : d.value;
    Cell cell;
    cell.name = signature.name;
    cell.shown = d.name;
    cell.origin = d.origin;
    if (node.text == "mutex")
      cell.kind = CellKind::Mutex;
    else if (node.text == "rwlock" || node.text == "rwlock unfair")
      cell.kind = CellKind::Rwlock;
    else
      diagnostics_.error(node.span, "a lock is 'mutex', 'rwlock' or 'rwlock unfair'");
    cell.fair = node.text != "rwlock unfair";
    indices(signature, cell, d.key.span);
    name_cell(signature, cell, d.key.span);
    RawType raw;
    raw.span = d.key.span;
    cell_sources_.emplace_back(raw, signature);
    m_.cells.push_back(std::move(cell));
  }
}

void Resolver::choice(const Declared& d) {
  const YamlEntry* of = d.value.find("of");
  const YamlNode& values = of ? of->value : d.value;
  if (values.items.size() < 2)
    diagnostics_.error(values.span,
                       fmt::format("the choice '{}' has fewer than two alternatives", d.name),
                       "[a, b]");
  enumerate(values, d.name, d.key.span);
  name_symbol(d.name,
              Symbol{Symbol::Kind::Choice, static_cast<int>(m_.choices.size()), 0, d.key.span});
  m_.choices.push_back(Choice{d.name, static_cast<int>(m_.enums.size()) - 1, -1, d.origin});
  if (const YamlEntry* fallback = d.value.find("default"))
    selected_choice(d.name, fallback->value.text, fallback->value.span);
}

void Resolver::config(const Declared& d) {
  const YamlEntry* type_entry = d.value.find("type");
  const YamlEntry* value = d.value.find("value");
  const YamlEntry* before = d.value.find("old");
  const YamlEntry* after = d.value.find("new");
  if (!type_entry || (value ? before || after : !before || !after)) {
    diagnostics_.error(
        d.value.span,
        "a configuration is '{type: bool, value: …}' or '{type: bool, old: …, new: …}'");
    return;
  }
  const RawType raw = parse_type(type_entry->value, diagnostics_);
  CellKind kind = CellKind::Data;
  const auto type = type_of(raw, kind);
  if (!type) return;
  if (kind != CellKind::Data || type->kind == Type::Kind::Ref || raw.has_cold || raw.has_boot) {
    diagnostics_.error(type_entry->value.span,
                       "a configuration is a boolean, a number, an errno or one of an enumeration",
                       "its value stands under 'value:', or 'old:' and 'new:'");
    return;
  }
  std::vector<Local> none;
  Frame frame;
  frame.locals = &none;
  frame.scopes.emplace_back();
  Config config{d.name, *type, 0, 0, d.origin};
  auto read = [&](const YamlNode& node) {
    return constant(
        expect(expression(parse_expression(node, diagnostics_), frame), *type, "the value"), *type);
  };
  config.old_value = read(before ? before->value : value->value);
  config.new_value = read(after ? after->value : value->value);
  name_symbol(d.name,
              Symbol{Symbol::Kind::Config, static_cast<int>(m_.configs.size()), 0, d.key.span});
  m_.configs.push_back(std::move(config));
}

void Resolver::choices_and_configs() {
  for (const Declared& d : c_.declared) {
    if (d.section == "choices")
      choice(d);
    else if (d.section == "config")
      config(d);
  }
}

Value Resolver::constant(const ExprPtr& e, const Type& type) {
  if (!e) return 0;
  if (!fits(e, type)) fail(e->span, fmt::format("the value is not in {}..{}", type.low, type.high));
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
    Act act;
    act.name = d.name;
    act.origin = d.origin;
    if (const YamlEntry* most = d.value.find("at-most"))
      act.at_most = small_number(most->value, 1, 9, diagnostics_);
    if (options_.allow) act.allowed = options_.allow->count(d.name) > 0;
    acts_[d.name] = static_cast<int>(m_.acts.size());
    m_.acts.push_back(std::move(act));
  }
  for (const auto& [name, span] : c_.allow)
    if (const int act = act_named(name, span); act >= 0 && !options_.allow)
      m_.acts[act].allowed = true;
  if (options_.allow)
    for (const std::string& name : *options_.allow) act_named(name, Span{});
  for (const Declared& d : c_.declared)
    if (d.section == "environment" && d.removed) m_.acts[acts_.at(d.name)].allowed = false;
}

int Resolver::act_named(const std::string& name, const Span& span) {
  const auto found = acts_.find(name);
  if (found != acts_.end()) return found->second;
  std::vector<std::string> known;
  for (const Act& act : m_.acts) known.push_back(act.name);
  diagnostics_.error(span, fmt::format("'{}' is no environment act", printable(name)),
                     did_you_mean(name, known));
  return -1;
}

void Resolver::finish_cells() {
  for (std::size_t i = 0; i < cell_sources_.size(); ++i) {
    Cell& cell = m_.cells[i];
    if (cell.of_topology != Cell::OfTopology::No) continue;
    const auto& signature = cell_sources_[i].second;
    const RawType raw = with_member_values(cell, cell_sources_[i].first, signature);
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
    for (const ExprPtr& e : {cell.cold, cell.boot})
      if (!fits(e, value)) fail(e->span, fmt::format("'{}' cannot have this value", cell.shown));
    cold_order(static_cast<int>(i), cell.cold);
    cell.frame = static_cast<int>(locals.size());
    if (!raw.at_zero.empty()) at_zero(raw, cell);
  }
}

void Resolver::at_zero(const RawType& raw, Cell& cell) {
  const auto found = procedures_.find(raw.at_zero);
  if (found == procedures_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, id] : procedures_) known.push_back(name);
    diagnostics_.error(raw.at_zero_span,
                       fmt::format("'{}' is no procedure", printable(raw.at_zero)),
                       did_you_mean(raw.at_zero, known));
    return;
  }
  const Procedure& p = m_.procedures[found->second];
  bool same = p.parameters == static_cast<int>(cell.index.size());
  for (int i = 0; same && i < p.parameters; ++i)
    same = assignable(Type{Type::Kind::Ref, cell.index[i], 0, 0, false}, p.locals[i].type);
  if (!same)
    diagnostics_.error(raw.at_zero_span, fmt::format("'{}' has to take the indices of '{}'",
                                                     raw.at_zero, cell.shown));
  if (p.result.kind != Type::Kind::Void)
    diagnostics_.error(raw.at_zero_span,
                       fmt::format("nobody would see the result of '{}'", raw.at_zero),
                       "a procedure that returns nothing");
  cell.at_zero = found->second;
}

// Cold values are set given cells first, then hardware and guest, then the others, each in the
// order of their declaration; one that is read before it is set would count as zero.
void Resolver::cold_order(int cell, const ExprPtr& cold) {
  const auto rank = [&](int i) { return std::pair(cold_rank(m_.cells[i]), i); };
  for (const int read : facts(cold).cells)
    if (rank(read) >= rank(cell))
      fail(cold->span,
           fmt::format("'{}' is not set yet when '{}' is", m_.cells[read].shown,
                       m_.cells[cell].shown),
           "declare it before, as given or hardware");
}

std::optional<Model> Resolver::run() {
  m_.name = c_.documents.back()->name;
  m_.kind = c_.documents.back()->kind;
  m_.path = c_.documents.back()->path;
  m_.variant = c_.variant;
  m_.kernels = c_.updates + 1;
  m_.errnos = {"0"};
  m_.not_modelled = c_.not_modelled;
  m_.without.assign(c_.without.begin(), c_.without.end());
  const YamlNode& root = c_.documents.back()->root;
  if (const YamlEntry* about = root.find("about")) m_.about = about->value.text;
  if (const YamlEntry* cite = root.find("cite")) {
    m_.cite = texts_of(cite->value);
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
  open_cells();
  if (!diagnostics_.ok()) return std::nullopt;
  signatures();
  bodies();
  actors();
  finish_cells();
  claims();
  properties();
  topology_keys();
  member_keys();
  topology_values();
  assumptions();
  expectations();
  if (!diagnostics_.ok()) return std::nullopt;
  return std::move(m_);
}

}  // namespace luproof::model
