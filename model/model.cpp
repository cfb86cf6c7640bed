// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::model {

int Model::base_sort(int sort) const {
  while (sorts[sort].parent >= 0) sort = sorts[sort].parent;
  return sort;
}

bool Model::in_sort(int sort, int index) const {
  return index >= sorts[sort].first && index < sorts[sort].first + sorts[sort].size;
}

Value Model::attribute_value(int attribute, int function) const {
  const PciFunction& f = topology.functions[function];
  const std::string& key = attributes[attribute];
  if (key == "domain") return static_cast<Value>(f.bdf.domain);
  if (key == "bus") return f.bdf.bus;
  if (key == "devfn") return f.bdf.devfn;
  if (key == "rid") return f.bdf.rid();
  if (key == "index") return f.vf_index;
  const auto value = f.values.find(key);
  return value == f.values.end() ? 0 : static_cast<Value>(value->second);
}

std::vector<int> Model::related(Relation relation, int function) const {
  // A capture without a dump speaks of functions that no topology has.
  if (function < 0 || function >= static_cast<int>(topology.functions.size())) return {};
  switch (relation) {
    case Relation::Upstream:
      return topology.upstream(function);
    case Relation::Children: {
      std::vector<int> direct;
      for (int i = 0; i < static_cast<int>(topology.functions.size()); ++i)
        if (topology.functions[i].parent == function) direct.push_back(i);
      return direct;
    }
    case Relation::Vfs:
      return topology.vfs(function);
    case Relation::Subtree: {
      std::vector<int> below;
      for (int i = 0; i < static_cast<int>(topology.functions.size()); ++i) {
        const auto up = topology.upstream(i);
        if (i != function && std::find(up.begin(), up.end(), function) != up.end())
          below.push_back(i);
      }
      return below;
    }
  }
  return {};
}

std::optional<Model::First> Model::first_value(const Cell& cell, int function) const {
  if (cell.kind != CellKind::Data || cell.index.size() != 1 ||
      base_sort(cell.index[0]) != kFunction)
    return std::nullopt;
  const PciFunction& f = topology.functions[function];
  const auto exactly = [](std::int64_t value) {
    return First{static_cast<Value>(value), static_cast<Value>(value)};
  };
  const bool fact = cell.of_topology == Cell::OfTopology::Fact;
  if (cell.type.kind == Type::Kind::Ref) {
    if (!fact) return std::nullopt;
    const bool parent = cell.type.id == kPort;
    const Sort& sort = sorts[cell.type.id];
    if (parent && f.kind == FunctionKind::Vf) return std::nullopt;  // follows from its PF
    if (parent) return f.any_parent ? First{0, sort.first + sort.size} : exactly(f.parent + 1);
    return f.any_pf ? First{sort.first + 1, sort.first + sort.size} : exactly(f.pf + 1);
  }
  if (cell.of_topology == Cell::OfTopology::Address && f.has_address)
    return exactly(cell.name == "bus" ? f.bdf.bus : f.bdf.devfn);
  const auto open = f.open.find(cell.name);
  if (open != f.open.end())
    return First{static_cast<Value>(open->second.low), static_cast<Value>(open->second.high)};
  if (cell.type.kind == Type::Kind::Enum) {
    const auto text = f.texts.find(cell.name);
    const auto& names = enums[cell.type.id].values;
    const auto said =
        text == f.texts.end() ? names.end() : std::find(names.begin(), names.end(), text->second);
    return said == names.end() ? std::nullopt : std::optional(exactly(said - names.begin()));
  }
  const auto value = f.values.find(cell.name);
  const bool number = cell.type.kind == Type::Kind::Bool || cell.type.kind == Type::Kind::Int;
  if (value != f.values.end() && number) return exactly(value->second);
  return fact ? std::optional(exactly(cell.type.low)) : std::nullopt;
}

int cold_rank(const Cell& cell) {
  if (cell.of_topology == Cell::OfTopology::Fact) return 0;
  if (cell.of_topology == Cell::OfTopology::Address) return 3;
  if (cell.life == Life::Given) return 1;
  return cell.life == Life::Hardware || cell.life == Life::Guest ? 2 : 4;
}

std::string Model::element_name(int sort, Value reference) const {
  if (reference <= 0 || sort < 0) return "none";
  const Sort& base = sorts[base_sort(sort)];
  const auto index = static_cast<std::size_t>(reference - 1);
  return index < base.names.size() ? base.names[index] : fmt::format("{}?{}", base.name, reference);
}

std::string Model::value_text(const Type& type, Value value) const {
  switch (type.kind) {
    case Type::Kind::Void:
      return "";
    case Type::Kind::Bool:
      return value ? "true" : "false";
    case Type::Kind::Int:
    case Type::Kind::Set:
      return std::to_string(value);
    case Type::Kind::Enum: {
      const auto& values = enums[type.id].values;
      return value >= 0 && value < static_cast<Value>(values.size()) ? values[value]
                                                                     : std::to_string(value);
    }
    case Type::Kind::Errno:
      return value >= 0 && value < static_cast<Value>(errnos.size()) ? errnos[value]
                                                                     : std::to_string(value);
    case Type::Kind::Ref:
      return element_name(type.id, value);
  }
  return "?";
}

}  // namespace luproof::model
