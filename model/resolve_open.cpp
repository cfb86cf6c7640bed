// SPDX-License-Identifier: GPL-2.0-or-later
// What a topology leaves open: numbers, the port above a function, the PF of a VF.
//
// Each becomes a given cell, chosen freely at the start like any cell `= any`, so that nobody
// behind the resolver knows open constants as something new. Addresses that follow from them are
// given cells too, with a formula as their first value.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/resolve_helpers.h"
#include "model/resolver.h"

namespace luproof::model {
namespace {

struct Register {
  std::string_view name;
  std::int64_t low, high;
};
// What a register can hold, where nothing else says it.
constexpr std::array<Register, 11> kRegisters = {{{"first_vf_offset", 0, 0xffff},
                                                  {"vf_stride", 0, 0xffff},
                                                  {"total_vfs", 0, 0xffff},
                                                  {"num_vfs", 0, 0xffff},
                                                  {"secondary", 0, 0xff},
                                                  {"subordinate", 0, 0xff},
                                                  {"devfn", 0, 0xff},
                                                  {"ari", 0, 1},
                                                  {"vf_enable", 0, 1},
                                                  {"has_flr", 0, 1},
                                                  {"bus_master", 0, 1}}};
// What the shape of the topology, or where a capability is, follows from.
constexpr std::array<std::string_view, 6> kSaid = {"kind",     "bdf",    "index",
                                                   "pcie_cap", "pm_cap", "sriov_cap"};
constexpr std::int64_t kMostOpen = 1 << 24;  // sums of a few stay far from overflow

ExprPtr number(std::int64_t value, const Span& span) {
  auto e = node(Op::Const, integer(value, value), span);
  e->value = static_cast<Value>(value);
  return e;
}

ExprPtr element(int sort, int index, const Span& span) {
  auto e = node(Op::Const, reference(sort, false), span);
  e->value = static_cast<Value>(index) + 1;
  return e;
}

}  // namespace

// `any` or `any LOW..HIGH`.
void Resolver::open_value(PciFunction& f, const YamlEntry& item) {
  const std::string& key = item.key.text;
  const std::string range = item.value.text.substr(3);
  if (std::find(kSaid.begin(), kSaid.end(), key) != kSaid.end()) {
    diagnostics_.error(item.value.span, fmt::format("'{}:' cannot be any", key),
                       key == "bdf" ? "devfn: any; the bus follows from the port above"
                                    : "the topology has to say it");
    return;
  }
  OpenNumber open;
  open.span = item.value.span;
  if (!range.empty()) {
    const std::size_t start = range.find_first_not_of(' '), dots = range.find("..");
    const auto low =
        dots == std::string::npos ? std::nullopt : fact_number(range.substr(start, dots - start));
    const auto high =
        dots == std::string::npos ? std::nullopt : fact_number(range.substr(dots + 2));
    if (!low || !high || *low > *high || *low < -kMostOpen || *high > kMostOpen) {
      diagnostics_.error(item.value.span,
                         fmt::format("'{}' is no range", printable(item.value.text)),
                         "any, or any 1..8 with the lower number first");
      return;
    }
    open = {*low, *high, true, open.span};
  }
  const bool relation = key == "under" || key == "of";
  if (relation && open.ranged)
    diagnostics_.error(item.value.span, fmt::format("'{}:' has no range", key),
                       "any: every port or none above a function, every PF of a VF");
  else if (key == "under")
    f.any_parent = true;
  else if (key == "of")
    f.any_pf = true;
  else
    f.open[key] = open;
}

// A cell that stands for constants of functions; it comes behind those that are declared.
int Resolver::open_cell(const std::string& name, const Type& type, Cell::OfTopology of) {
  Cell cell;
  cell.name = name;
  cell.shown = "function." + name;
  cell.index = {kFunction};
  cell.life = Life::Given;
  cell.type = type;
  cell.of_topology = of;
  cell.frame = 1;
  cell.origin.span = c_.topology ? c_.topology->span : Span{};
  cell.origin.about = "left open by the topology";
  cell_sources_.emplace_back();
  m_.cells.push_back(std::move(cell));
  return static_cast<int>(m_.cells.size()) - 1;
}

// Settles the range of every function's `key`, by its cell or its register.
void Resolver::open_number(const std::string& key) {
  int declared = -1;
  for (std::size_t i = 0; i < m_.cells.size(); ++i)
    if (m_.cells[i].name == key && m_.cells[i].index.size() == 1 &&
        m_.base_sort(m_.cells[i].index[0]) == kFunction)
      declared = static_cast<int>(i);
  const Cell* cell = declared < 0 ? nullptr : &m_.cells[declared];
  std::optional<Register> limits;
  for (const Register& row : kRegisters)
    if (row.name == key) limits = row;
  if (cell) {
    const bool plain = cell->kind == CellKind::Data && cell->life != Life::Handover;
    limits = {};
    if (plain && (cell->type.kind == Type::Kind::Bool || cell->type.kind == Type::Kind::Int))
      limits = Register{key, cell->type.low, cell->type.high};
    else if (plain && cell->type.kind == Type::Kind::Enum)
      limits =
          Register{key, 0, static_cast<std::int64_t>(m_.enums[cell->type.id].values.size()) - 1};
  }
  std::int64_t low = kMostOpen, high = -kMostOpen;
  for (std::size_t i = 0; i < m_.topology.functions.size(); ++i) {
    PciFunction& f = m_.topology.functions[i];
    if (const auto value = f.value(key)) {
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
    const auto open = f.open.find(key);
    if (open == f.open.end()) continue;
    OpenNumber& own = open->second;
    if (cell && (!limits || !m_.in_sort(cell->index[0], static_cast<int>(i)))) {
      fail(own.span, fmt::format("'{}' of {} cannot be any", cell->shown, printable(f.name)),
           limits ? "the cell is not one of this function"
                  : "only numbers, booleans and enumerations are left open");
    } else if (!limits && !own.ranged) {
      fail(own.span, fmt::format("nothing says how large '{}' can be", printable(key)),
           "any 0..3, or a cell of this name");
    } else if (limits && !own.ranged) {
      own.low = limits->low;
      own.high = limits->high;
    } else if (limits && (own.low < limits->low || own.high > limits->high)) {
      fail(own.span,
           fmt::format("'{}' is from {} to {}", printable(key), limits->low, limits->high),
           cell ? fmt::format("the type of '{}'", cell->shown) : "what the register can hold");
    }
    low = std::min(low, own.low);
    high = std::max(high, own.high);
  }
  if (!cell && low <= high) open_cell(key, integer(low, high), Cell::OfTopology::Fact);
}

// A fact of a function, whoever keeps it: a cell's first value, or a constant of the topology.
ExprPtr Resolver::fact_of(const std::string& key, const ExprPtr& function, const Span& span) {
  if (const int cell = find_cell(key, kFunction, span, true); cell >= 0)
    return node(Op::Cell, m_.cells[cell].type, span, {function}, cell);
  if (key == "parent") return node(Op::Parent, reference(kPort, true), span, {function});
  if (key == "pf") return node(Op::PfOf, reference(kPf, true), span, {function});
  std::int64_t low = 0, high = 0xffff;
  for (const PciFunction& f : m_.topology.functions)
    if (const auto value = f.value(key)) {
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  return node(Op::Attribute, integer(low, high), span, {function}, attribute(key));
}

void Resolver::open_parents() {
  const auto& functions = m_.topology.functions;
  if (!m_.topology.open_parents()) return;
  if (std::any_of(functions.begin(), functions.end(),
                  [](const PciFunction& f) { return f.any_pf; }))
    m_.pf_cell = open_cell("pf", reference(kPf, true), Cell::OfTopology::Fact);
  m_.parent_cell = open_cell("parent", reference(kPort, true), Cell::OfTopology::Fact);
  // A VF is below the port above its PF.
  const Span span = m_.cells[m_.parent_cell].origin.span;
  const auto self = node(Op::Local, reference(kFunction, false), span, {}, 0);
  const auto none = node(Op::Const, reference(-1, true), span);
  const auto pf = fact_of("pf", self, span);
  m_.cells[m_.parent_cell].cold =
      node(Op::Ite, reference(kPort, true), span,
           {node(Op::Eq, boolean_type(), span, {pf, none}), none, fact_of("parent", pf, span)});
}

void Resolver::open_addresses() {
  if (!m_.topology.open_addresses() || !m_.topology.no_address.empty()) return;
  const Span span = c_.topology->span;
  const auto self = node(Op::Local, reference(kFunction, false), span, {}, 0);
  const auto address = [&](const char* name) {
    return node(Op::Attribute, integer(0, 0xff), span, {self}, attribute(name));
  };
  // Of a function that is no VF: what it has below no port, else the port's secondary number.
  const auto parent = fact_of("parent", self, span);
  const auto none = node(Op::Const, reference(-1, true), span);
  const bool ports = m_.sorts[kPort].size > 0;
  ExprPtr bus = address("bus");
  if (ports)
    bus = node(Op::Ite, integer(0, 0xff), span,
               {node(Op::Eq, boolean_type(), span, {parent, none}), bus,
                fact_of("secondary", parent, span)});
  // devfn first: the bus of a VF needs that of its PF.
  const int devfn_cell = open_cell("devfn", integer(0, 0xff), Cell::OfTopology::Address);
  const int bus_cell = open_cell("bus", integer(0, 0xff), Cell::OfTopology::Address);
  ExprPtr devfn = address("devfn");
  if (m_.sorts[kVf].size > 0) {
    const auto pf = fact_of("pf", self, span);
    const auto offset = fact_of("first_vf_offset", pf, span);
    const auto stride = fact_of("vf_stride", pf, span);
    const auto index = node(Op::Attribute, integer(0, 0xffff), span, {self}, attribute("index"));
    const auto sum = [&](Op op, ExprPtr a, ExprPtr b) {
      return node(op, integer(0, 1 << 30), span, {std::move(a), std::move(b)});
    };
    // From the first routing ID of the PF's bus: the part above 256 is how many buses later.
    const auto along =
        sum(Op::Add, fact_of("devfn", pf, span), sum(Op::Add, offset, sum(Op::Mul, stride, index)));
    const auto later = node(Op::ShiftRight, integer(0, 1 << 22), span, {along}, 8);
    const auto vf = node(Op::Is, boolean_type(), span, {self}, kVf);
    bus = node(Op::Ite, integer(0, 1 << 22), span,
               {vf, sum(Op::Add, fact_of("bus", pf, span), later), bus});
    devfn = node(Op::Ite, integer(0, 0xff), span,
                 {vf, sum(Op::Sub, along, sum(Op::Mul, number(256, span), later)), devfn});
    // A bus beyond ff is no address, but a number: rules say what becomes of it.
    std::int64_t most = 0;
    for (const PciFunction& f : m_.topology.functions)
      most = std::max<std::int64_t>(most, f.vf_index);
    const std::int64_t longest = 0xff + std::int64_t{offset->type.high} + stride->type.high * most;
    m_.cells[bus_cell].type = integer(0, 0xff + (longest >> 8));
  }
  m_.cells[bus_cell].cold = bus;
  m_.cells[devfn_cell].cold = devfn;
}

ExprPtr Resolver::open_rid(const ExprPtr& function, const Span& span) {
  const auto bus = fact_of("bus", function, span);
  const std::int64_t high = 256 * std::int64_t{bus->type.high};
  return node(Op::Add, integer(0, high + 0xff), span,
              {node(Op::Mul, integer(0, high), span, {number(256, span), bus}),
               fact_of("devfn", function, span)});
}

// No port is above itself, and no PF has one VF twice or more VFs than TotalVFs.
void Resolver::machine() {
  const Span span = c_.topology->span;
  const auto truth = boolean_type();
  if (m_.parent_cell >= 0) {
    const auto port = node(Op::Local, reference(kPort, false), span, {}, 0);
    const auto above =
        node(Op::SetRelation, set_of(kPort), span, {port}, static_cast<int>(Relation::Upstream));
    const auto ports = node(Op::SetSort, set_of(kPort), span, {}, kPort);
    m_.machine.push_back(
        node(Op::All, truth, span,
             {ports, node(Op::Not, truth, span, {node(Op::In, truth, span, {port, above})})}, 0));
    m_.machine_frame = 1;
  }
  const auto& functions = m_.topology.functions;
  const int count = static_cast<int>(functions.size());
  bool total_open = m_.pf_cell >= 0, total_said = true;
  for (const PciFunction& f : functions) {
    if (f.kind != FunctionKind::Pf) continue;
    total_open = total_open || f.open.count("total_vfs") > 0;
    total_said = total_said && (f.open.count("total_vfs") > 0 || f.values.count("total_vfs") > 0);
  }
  for (int i = 0; i < count; ++i) {
    if (functions[i].kind != FunctionKind::Vf) continue;
    const auto pf = fact_of("pf", element(kVf, i, span), span);
    if (total_open && total_said)
      m_.machine.push_back(
          node(Op::Lt, truth, span,
               {number(functions[i].vf_index, span), fact_of("total_vfs", pf, span)}));
    for (int k = 0; m_.pf_cell >= 0 && k < i; ++k)
      if (functions[k].kind == FunctionKind::Vf && functions[k].vf_index == functions[i].vf_index)
        m_.machine.push_back(
            node(Op::Ne, truth, span, {pf, fact_of("pf", element(kVf, k, span), span)}));
  }
}

void Resolver::open_cells() {
  if (!m_.topology.open() || !c_.topology) return;
  std::set<std::string> keys;
  for (const PciFunction& f : m_.topology.functions)
    for (const auto& [key, open] : f.open) keys.insert(key);
  keys.erase("devfn");
  for (const std::string& key : keys) open_number(key);
  for (PciFunction& f : m_.topology.functions)
    if (const auto open = f.open.find("devfn"); open != f.open.end()) {
      if (!open->second.ranged) open->second.high = 0xff;
      if (open->second.low < 0 || open->second.high > 0xff)
        fail(open->second.span, "'devfn' is from 0 to 255");
    }
  if (!diagnostics_.ok()) return;
  open_parents();
  open_addresses();
  machine();
}

// Why the address of some function of the sort cannot be told; "" if it can.
std::string Resolver::address_unknown(int sort) const {
  bool open = false;
  for (int i = m_.sorts[sort].first; i < m_.sorts[sort].first + m_.sorts[sort].size; ++i) {
    const PciFunction& f = m_.topology.functions[i];
    open = open || f.open_address;
    if (!f.has_address && !f.open_address) return fmt::format("'{}' has no 'bdf:'", f.name);
  }
  return open ? m_.topology.no_address : "";
}

// Whether the topology gives every element of the sort this constant; else an error.
bool Resolver::said_of_all(const std::string& key, int sort, const Span& span) {
  for (int i = m_.sorts[sort].first; i < m_.sorts[sort].first + m_.sorts[sort].size; ++i) {
    const PciFunction& f = m_.topology.functions[i];
    if (f.values.count(key) > 0 || f.open.count(key) > 0) continue;
    fail(span,
         fmt::format("the topology does not say '{}' of {}", printable(key), printable(f.name)),
         "every element of the sort needs the constant");
    return false;
  }
  return true;
}

}  // namespace luproof::model
