// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/state_cells.h"

#include <algorithm>

namespace luproof::report {

using checker::State;
using checker::Value;
using model::CellKind;
using model::Component;
using model::Part;

namespace {

// Parts of a state that are cells; only they have kinds and lives.
bool of_cell(Part part) {
  return part == Part::Value || part == Part::Readers || part == Part::Queued ||
         part == Part::OutPresent || part == Part::OutValue || part == Part::InPresent ||
         part == Part::InValue || part == Part::InRestored;
}

bool shown(const model::Model& model, const Component& component) {
  switch (component.part) {
    case Part::Budget:
    case Part::Latch:
    case Part::LatchKernel:
    case Part::Sampled:
    case Part::Released:
    case Part::OutPresent:
    case Part::InPresent:
      return false;
    default:
      break;
  }
  return !of_cell(component.part) || model.cells[component.owner].life != model::Life::History;
}

// A list or set takes one slot a member; it is shown as a whole.
bool is_row(const model::Model& model, const Component& component) {
  if (component.part != Part::Value && component.part != Part::OutValue &&
      component.part != Part::InValue)
    return false;
  const CellKind kind = model.cells[component.owner].kind;
  return kind == CellKind::List || kind == CellKind::Set;
}

// "session.files[s1, f1]" without its last index.
std::string without_last_index(const std::string& name) {
  const std::size_t comma = name.rfind(", "), bracket = name.rfind('[');
  if (bracket == std::string::npos) return name;
  if (comma == std::string::npos || comma < bracket) return name.substr(0, bracket);
  return name.substr(0, comma) + "]";
}

}  // namespace

StateCells::StateCells(const checker::Checked& checked)
    : model_(*checked.model), layout_(*checked.layout) {
  for (const Component& component : layout_.components()) {
    if (!shown(model_, component)) continue;
    const bool row = is_row(model_, component);
    const int size = row ? component.dims.back() : 1;
    // A value of a handover means something only while it is there; the two are one change.
    const bool out = component.part == Part::OutValue;
    const Component* present =
        out || component.part == Part::InValue
            ? layout_.find(out ? Part::OutPresent : Part::InPresent, component.owner)
            : nullptr;
    for (int i = 0; size > 0 && i < component.size / size; ++i)
      cells_.push_back(
          {&component, component.base + i * size, size, present ? present->base + i : -1, row});
  }
}

std::string StateCells::name(std::size_t cell) const {
  const std::string name = layout_.slot_name(cells_[cell].slot);
  return cells_[cell].row ? without_last_index(name) : name;
}

std::string StateCells::text(std::size_t cell, const State& state) const {
  const Cell& at = cells_[cell];
  if (at.present >= 0 && !state[at.present]) return "absent";
  return at.row ? row_text(at, state) : layout_.slot_value(at.slot, state[at.slot]);
}

bool StateCells::same(std::size_t cell, const State& a, const State& b) const {
  const Cell& at = cells_[cell];
  if (at.present >= 0 && (!a[at.present] || !b[at.present])) return a[at.present] == b[at.present];
  return std::equal(a.begin() + at.slot, a.begin() + at.slot + at.size, b.begin() + at.slot);
}

std::vector<int> StateCells::functions(std::size_t cell) const {
  const Component& component = *cells_[cell].component;
  std::vector<int> found;
  if (!of_cell(component.part)) return found;
  const std::vector<int>& sorts = model_.cells[component.owner].index;
  int rest = cells_[cell].slot - component.base;
  for (std::size_t d = component.dims.size(); d-- > 0;) {
    const int offset = rest % component.dims[d];
    rest /= component.dims[d];
    if (d < sorts.size() && model_.base_sort(sorts[d]) == model::kFunction)
      found.insert(found.begin(), model_.sorts[sorts[d]].first + offset);
  }
  return found;
}

bool StateCells::taken_by_kexec(std::size_t cell) const {
  return cells_[cell].component->part == Part::OutValue;
}

std::string StateCells::row_text(const Cell& cell, const State& state) const {
  const model::Cell& declared = model_.cells[cell.component->owner];
  std::vector<std::pair<Value, int>> members;  // rank, offset
  for (int i = 0; i < cell.size; ++i)
    if (state[cell.slot + i] != 0) members.emplace_back(state[cell.slot + i], i);
  std::sort(members.begin(), members.end());
  std::string text;
  for (const auto& [rank, offset] : members)
    text +=
        (text.empty() ? "" : ", ") +
        model_.element_name(declared.type.id, 1 + model_.sorts[declared.type.id].first + offset);
  return "[" + text + "]";
}

}  // namespace luproof::report
