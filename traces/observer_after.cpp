// SPDX-License-Identifier: GPL-2.0-or-later
// What a dump of the topology that was taken afterwards shows.
//
// Where nothing was traced, two dumps are all that there is: a function that is gone, or whose bit
// is off, lost it at some moment in between, whatever that moment was. A reset leaves nothing in a
// dump, so that the absence of one is not shown.
#include <fmt/format.h>

#include <algorithm>

#include "traces/observer.h"

namespace luproof::traces {

namespace {

constexpr std::size_t kMostChanges = 40;

// Constants of the hardware whose change tells what went on.
constexpr const char* kTold[] = {"num_vfs",     "vf_enable",       "bus_master", "secondary",
                                 "subordinate", "first_vf_offset", "vf_stride",  "ari"};

const model::PciFunction* at(const model::Topology& dump, const model::Bdf& address) {
  const auto found = std::find_if(dump.functions.begin(), dump.functions.end(),
                                  [&](const auto& f) { return f.has_address && f.bdf == address; });
  return found == dump.functions.end() ? nullptr : &*found;
}

// Where the dump has the VF of this number of the PF at `pf`, or nullptr.
const model::PciFunction* same_vf(const model::Topology& dump, const model::Bdf& pf, int index) {
  for (const model::PciFunction& function : dump.functions)
    if (function.kind == model::FunctionKind::Vf && function.vf_index == index &&
        function.pf >= 0 && dump.functions[function.pf].bdf == pf)
      return &function;
  return nullptr;
}

}  // namespace

// Says what is different in the dump, of a function that the machine has.
void Observer::note_change(const model::PciFunction& before, const model::PciFunction* now) {
  const auto note = [&](std::string what) {
    if (verdict_.changes.size() < kMostChanges) verdict_.changes.push_back(std::move(what));
  };
  if (now == nullptr) return note(before.name + " is not there any more");
  for (const char* const key : kTold) {
    const auto old_value = before.value(key);
    const auto new_value = now->value(key);
    if (old_value && new_value && *old_value != *new_value)
      note(fmt::format("{}: {} was {} and is {}", before.name, key, *old_value, *new_value));
  }
}

void Observer::after(const model::Topology& dump, const std::string& path) {
  path_ = path;
  if (in_.recorder) in_.recorder->where(capture_, kernel_, path);
  line_ = nullptr;
  TraceLine none;
  const model::Topology& topology = in_.model.topology;
  for (int f = 0; f < static_cast<int>(topology.functions.size()); ++f) {
    const model::PciFunction& before = topology.functions[f];
    const model::PciFunction* const now = before.has_address ? at(dump, before.bdf) : nullptr;
    if (in_.machine.dumped[f] && in_.machine.has_dump && exists(f).known() && exists(f).value != 0)
      note_change(before, now);
    Cause cause{&none, 0, f, "", "", true, false};
    step(nullptr, "");
    if (now == nullptr) {
      cause.event = fmt::format("{} is not there any more", before.name);
      const model::PciFunction* const moved =
          before.kind == model::FunctionKind::Vf && before.pf >= 0
              ? same_vf(dump, topology.functions[before.pf].bdf, before.vf_index)
              : nullptr;
      if (moved != nullptr)
        cause.event = fmt::format("VF {} of {} is at {} now", before.vf_index,
                                  topology.functions[before.pf].name, moved->bdf.text());
      state_[in_.layout.find(model::Part::Value, existence_)->base + f] = known(0);
    } else {
      observe_values(f, *now, cause.event);
    }
    ++changes_;
    if (in_.recorder) in_.recorder->name(cause.event);
    judge(&cause);
    if (in_.recorder) in_.recorder->close_if_changed(state_);
  }
}

// The values that the dump has for the cells of one function; `event` names those that changed.
void Observer::observe_values(int function, const model::PciFunction& now, std::string& event) {
  state_[in_.layout.find(model::Part::Value, existence_)->base + function] = known(1);
  for (const model::Component& component : in_.layout.components()) {
    if (component.part != model::Part::Value) continue;
    const model::Cell& cell = in_.model.cells[component.owner];
    if (cell.life != model::Life::Hardware || cell.index.size() != 1 ||
        in_.model.base_sort(cell.index[0]) != model::kFunction)
      continue;
    const auto value = now.value(cell.name);
    const int slot = function - in_.model.sorts[cell.index[0]].first;
    if (!value || slot < 0 || slot >= component.size) continue;
    Known& known_value = state_[component.base + slot];
    const Value shown = static_cast<Value>(*value);
    if (known_value.known() && known_value.value != shown)
      event += fmt::format("{}{}: {} -> {}", event.empty() ? "" : ", ",
                           in_.layout.slot_name(component.base + slot),
                           in_.layout.slot_value(component.base + slot, known_value.value),
                           in_.layout.slot_value(component.base + slot, shown));
    known_value = known(shown);
  }
  if (event.empty())
    event = fmt::format("the dump of {}", in_.model.topology.functions[function].name);
}

}  // namespace luproof::traces
