// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/machine.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::traces {

using model::Bdf;
using model::FunctionKind;
using model::PciFunction;

namespace {

constexpr std::size_t kMostFunctions = 1024;
constexpr std::size_t kMostNamed = 8;

// Which VF of `pf` is at `address`, or -1.
int vf_at(const PciFunction& pf, const Bdf& address) {
  const auto offset = pf.value("first_vf_offset");
  const auto stride = pf.value("vf_stride");
  const auto total = pf.value("total_vfs");
  if (!offset || !stride || !total || pf.bdf.domain != address.domain) return -1;
  const std::int64_t distance = std::int64_t{address.rid()} - pf.bdf.rid() - *offset;
  if (distance < 0) return -1;
  if (distance == 0) return *total > 0 ? 0 : -1;
  if (*stride <= 0 || distance % *stride != 0 || distance / *stride >= *total) return -1;
  return static_cast<int>(distance / *stride);
}

// The innermost port that leads to the bus of `address`, or -1.
int port_above(const std::vector<PciFunction>& dump, const Bdf& address) {
  int found = -1;
  for (std::size_t i = 0; i < dump.size(); ++i) {
    const auto secondary = dump[i].value("secondary");
    const auto subordinate = dump[i].value("subordinate");
    if (dump[i].kind != FunctionKind::Port || dump[i].bdf.domain != address.domain || !secondary ||
        !subordinate || address.bus < *secondary || address.bus > *subordinate)
      continue;
    if (found < 0 || *secondary > *dump[found].value("secondary")) found = static_cast<int>(i);
  }
  return found;
}

// nullopt: on a bus to which ports of the dump lead only in part.
std::optional<PciFunction> placed(const std::vector<PciFunction>& dump, const Bdf& address) {
  PciFunction function;
  function.name = address.text();
  function.bdf = address;
  for (std::size_t i = 0; i < dump.size(); ++i) {
    if (dump[i].kind != FunctionKind::Pf) continue;
    const int index = vf_at(dump[i], address);
    if (index < 0) continue;
    function.kind = FunctionKind::Vf;
    function.pf = static_cast<int>(i);
    function.vf_index = index;
    return function;
  }
  function.parent = port_above(dump, address);
  if (function.parent >= 0 && *dump[function.parent].value("secondary") != address.bus)
    return std::nullopt;
  return function;
}

}  // namespace

void Mentioned::add(const TraceLine& line, const Binding& binding) {
  if (line.kind == LineKind::Kprobe) {
    const std::string_view symbol = binding.symbol_of(line);
    // Looked for first, for emplace() makes a text even of a name that is there.
    // cppcheck-suppress stlFindInsert
    if (probed.find(symbol) == probed.end()) probed.emplace(symbol);
  }
  if (line.kind != LineKind::Kprobe && line.kind != LineKind::Tracepoint) return;
  for (const Argument& argument : line.args) {
    // "0000:01:10.0" and nothing shorter, so that numbers in other events are not taken for one.
    if (argument.text.size() < 12 || argument.text[4] != ':' || functions.size() >= kMostFunctions)
      continue;
    if (const auto address = Bdf::parse(argument.text)) functions.insert(*address);
  }
}

std::optional<Machine> make_machine(const std::optional<model::Topology>& dump,
                                    const std::set<Bdf>& mentioned, const std::string& existence,
                                    model::Diagnostics& diagnostics) {
  std::vector<PciFunction> functions;
  if (dump) functions = dump->functions;
  std::set<Bdf> known;
  for (PciFunction& function : functions) {
    known.insert(function.bdf);
    function.values.emplace(existence, 1);
    function.parent_name.clear();
    function.pf_name.clear();
  }
  const std::size_t dumped = functions.size();
  const std::vector<PciFunction> in_dump = functions;
  std::vector<std::string> strangers;
  for (const Bdf& address : mentioned) {
    if (known.count(address) > 0) continue;
    auto function = placed(in_dump, address);
    if (!function || function->kind != FunctionKind::Vf) strangers.push_back(address.text());
    if (!function) continue;
    if (function->kind == FunctionKind::Vf) function->values[existence] = 0;
    functions.push_back(std::move(*function));
  }
  const int errors = diagnostics.errors();
  Machine machine;
  machine.has_dump = dump.has_value();
  machine.topology = model::make_topology(functions, diagnostics);
  if (diagnostics.errors() != errors) return std::nullopt;
  if (dump) machine.topology.notes = dump->notes;
  if (dump && !strangers.empty()) {
    const std::size_t more = strangers.size() - std::min(strangers.size(), kMostNamed);
    strangers.resize(strangers.size() - more);
    machine.topology.notes.push_back(fmt::format(
        "the captures name functions that it does not have: {}{}; is it of this machine?",
        fmt::join(strangers, ", "), more > 0 ? fmt::format(" and {} more", more) : ""));
  }
  for (const PciFunction& function : machine.topology.functions) {
    const auto from = std::find_if(functions.begin(), functions.end(),
                                   [&](const auto& f) { return f.name == function.name; });
    const bool was_dumped = static_cast<std::size_t>(from - functions.begin()) < dumped;
    // A VF that its PF's registers place was not there when the dump was taken.
    machine.dumped.push_back(was_dumped || function.kind == FunctionKind::Vf);
  }
  return machine;
}

}  // namespace luproof::traces
