// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/more_vfs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace luproof::model {
namespace {

constexpr std::int64_t kRegisterMax = 0xffff;
constexpr std::size_t kMostFunctions = std::size_t{1} << 18;  // about what the largest dump holds

std::optional<Bdf> address_of(const Topology& topology, int pf, int index) {
  const PciFunction& f = topology.functions[pf];
  const auto offset = f.value("first_vf_offset"), stride = f.value("vf_stride");
  if (!offset || !stride || !f.has_address || f.open_address) return std::nullopt;
  return vf_address(f.bdf, static_cast<int>(*offset), static_cast<int>(*stride), index);
}

// What Topology::find would find, of a topology that grows.
class Taken {
 public:
  void add(const PciFunction& f) {
    names_.insert(f.name);
    if (f.has_address) addresses_.insert(f.bdf);
  }
  bool has(const std::string& name) const {
    const std::optional<Bdf> address = Bdf::parse(name);
    return names_.count(name) > 0 || (address && addresses_.count(*address) > 0);
  }

 private:
  std::set<std::string> names_;
  std::set<Bdf> addresses_;
};

// The name of the last VF with another number, "vf7"; one that is free.
std::string name_of(const Taken& taken, const PciFunction& last, int index,
                    const std::optional<Bdf>& address) {
  if (Bdf::parse(last.name) && address) return address->text();
  std::string stem = last.name;
  while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
  std::string name = fmt::format("{}{}", stem, index);
  while (taken.has(name)) name += "_";
  return name;
}

// The copies behind the function that they are of, by its index.
Topology merged(Topology topology, std::map<int, std::vector<PciFunction>> copies) {
  std::vector<PciFunction> all;
  for (int i = 0; i < static_cast<int>(topology.functions.size()); ++i) {
    all.push_back(std::move(topology.functions[i]));
    if (const auto more = copies.find(i); more != copies.end())
      std::move(more->second.begin(), more->second.end(), std::back_inserter(all));
  }
  topology.functions = std::move(all);
  return topology;
}

}  // namespace

int most_vfs(const Topology& topology, int pf) {
  const PciFunction& f = topology.functions[pf];
  const auto offset = f.value("first_vf_offset"), stride = f.value("vf_stride");
  std::int64_t most = kRegisterMax;
  if (!offset || !stride || !f.has_address || f.open_address || *stride <= 0)
    return static_cast<int>(most);
  const std::int64_t first = f.bdf.rid() + *offset;
  std::int64_t end = 0x10000;  // of what may be used
  for (const int port : topology.upstream(pf))
    if (const auto last = topology.functions[port].value("subordinate"))
      end = std::min(end, (*last + 1) * 256);
  for (const PciFunction& other : topology.functions) {
    const std::int64_t rid = other.bdf.rid();
    const bool own = other.kind == FunctionKind::Vf && other.pf == pf;
    if (own || !other.has_address || other.bdf.domain != f.bdf.domain || rid < first) continue;
    if ((rid - first) % *stride == 0) end = std::min(end, rid);
  }
  if (end <= first) return 0;
  return static_cast<int>(std::min(most, (end - first + *stride - 1) / *stride));
}

Topology with_vfs(Topology topology, const MoreVfs& wanted, Diagnostics& diagnostics) {
  if (wanted.count == 0) return topology;
  if (std::none_of(topology.functions.begin(), topology.functions.end(),
                   [](const PciFunction& f) { return f.kind == FunctionKind::Vf; }))
    diagnostics.error({}, "the topology has no VF that could be copied");
  Taken taken;
  for (const PciFunction& f : topology.functions) taken.add(f);
  std::map<int, std::vector<PciFunction>> copies;  // merged at the end: indices stay until then
  std::size_t functions = topology.functions.size();
  for (int pf = 0; pf < static_cast<int>(topology.functions.size()); ++pf) {
    const std::vector<int> own = topology.vfs(pf);
    if (own.empty()) continue;
    PciFunction& physical = topology.functions[pf];
    const int had = static_cast<int>(own.size());
    const PciFunction& last = topology.functions[own.back()];
    if (wanted.count < had) {
      diagnostics.error(
          physical.span,
          fmt::format("'{}' has {} VFs and cannot be given {}", physical.name, had, wanted.count),
          "VFs are added, never taken away");
      continue;
    }
    if (const int most = most_vfs(topology, pf); wanted.count > most) {
      diagnostics.error(
          physical.span,
          fmt::format("{} VFs of '{}' do not fit: {} do", wanted.count, physical.name, most),
          "what follows on the bus, or the last bus of a port above, ends their addresses");
      continue;
    }
    const auto count = physical.values.find("num_vfs");
    if (count != physical.values.end() && count->second == had) count->second = wanted.count;
    const auto total = physical.values.find("total_vfs");
    if (total != physical.values.end())
      total->second = std::max<std::int64_t>(total->second, wanted.count);
    std::vector<int> indices = wanted.shown;
    if (indices.empty())
      for (int i = last.vf_index + 1; i < wanted.count; ++i) indices.push_back(i);
    functions += indices.size();
    if (functions > kMostFunctions) {
      diagnostics.error({},
                        fmt::format("with {} VFs of each PF there are more than 262,144 functions",
                                    wanted.count));
      break;
    }
    for (const int index : indices) {
      if (index <= last.vf_index || index >= wanted.count) {
        diagnostics.error(physical.span,
                          fmt::format("VF {} of '{}' is no copy", index, physical.name));
        break;
      }
      PciFunction copy = last;
      copy.vf_index = index;
      const auto address = address_of(topology, pf, index);
      copy.name = name_of(taken, last, index, address);
      if (address) copy.bdf = *address;
      if (!address) copy.has_address = false;
      taken.add(copy);
      copies[own.back()].push_back(std::move(copy));
    }
  }
  return merged(std::move(topology), std::move(copies));
}

}  // namespace luproof::model
