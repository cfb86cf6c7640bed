// SPDX-License-Identifier: GPL-2.0-or-later
// From a list of functions to a topology whose indices may be followed blindly. Links are resolved
// and made acyclic before anything follows them; what is wrong is reported and unlinked, so that
// the later steps need not look again.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "model/topology_buses.h"
#include "model/topology_graph.h"
#include "model/topology_open.h"

namespace luproof::model {

namespace {

constexpr std::int64_t kRegisterMax = 0xffff;  // First VF Offset and VF Stride have 16 bits

class Maker {
 public:
  Maker(std::vector<PciFunction> functions, Diagnostics& diagnostics)
      : functions_(std::move(functions)), diagnostics_(diagnostics) {}

  Topology make() {
    check_names();
    for (PciFunction& function : functions_) link(function);
    cut_cycles();
    no_address_ = open_addresses(functions_, diagnostics_);
    adopt_vfs();
    check_addresses();
    check_buses(functions_, diagnostics_);
    return sorted();
  }

 private:
  void error(const PciFunction& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
  }

  void check_names() {
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      const PciFunction& function = functions_[i];
      if (function.name.empty()) error(function, "a PCI function without a name");
      const auto [other, fresh] = by_name_.emplace(function.name, static_cast<int>(i));
      if (!fresh) {
        error(function, fmt::format("two PCI functions are named '{}'", function.name),
              "the other one: " + functions_[other->second].span.where());
      }
      const std::optional<Bdf> address = Bdf::parse(function.name);
      if (address && function.has_address && *address != function.bdf) {
        error(function, fmt::format("'{}' is named like an address, but its address is {}",
                                    function.name, function.bdf.text()));
      }
    }
  }

  // The index a link means, or -1 and an error.
  int resolve(const PciFunction& from, const std::string& name, int index, const char* what) {
    if (!name.empty()) {
      const auto found = by_name_.find(name);
      if (found != by_name_.end()) return found->second;
      std::vector<std::string> known;
      for (const auto& entry : by_name_) known.push_back(entry.first);
      error(from, fmt::format("'{}' has an unknown {} '{}'", from.name, what, name),
            did_you_mean(name, known));
      return -1;
    }
    if (index >= -1 && index < static_cast<int>(functions_.size())) return index;
    error(from, fmt::format("'{}' has an unknown {}", from.name, what));
    return -1;
  }

  void link(PciFunction& function) {
    check_open_links(function);
    function.parent = resolve(function, function.parent_name, function.parent, "parent");
    if (function.parent >= 0 && functions_[function.parent].kind != FunctionKind::Port) {
      error(function,
            fmt::format("'{}' cannot hang below '{}', which is not a port", function.name,
                        functions_[function.parent].name),
            function.kind == FunctionKind::Vf ? "name its PF as the PF, not as the parent" : "");
      function.parent = -1;
    }
    const bool pf_given = function.pf >= 0 || !function.pf_name.empty();
    function.pf = resolve(function, function.pf_name, function.pf, "PF");
    if (function.kind == FunctionKind::Vf) {
      if (!pf_given && !function.any_pf)
        error(function, fmt::format("VF '{}' has no PF", function.name));
      if (function.pf >= 0 && functions_[function.pf].kind != FunctionKind::Pf) {
        error(function, fmt::format("the PF of '{}' is given as '{}', which is not a PF",
                                    function.name, functions_[function.pf].name));
        function.pf = -1;
      }
    } else if (pf_given) {
      error(function, fmt::format("'{}' has a PF, but only a VF has one", function.name));
      function.pf = -1;
    }
  }

  bool some(FunctionKind kind) const {
    return std::any_of(functions_.begin(), functions_.end(),
                       [&](const PciFunction& f) { return f.kind == kind; });
  }

  void check_open_links(PciFunction& function) {
    const bool vf = function.kind == FunctionKind::Vf;
    if (function.any_parent && vf) {
      error(function, fmt::format("the port above VF '{}' is the one above its PF", function.name),
            "leave 'under:' out; the PF's may be any");
    } else if (function.any_parent && !some(FunctionKind::Port)) {
      error(function,
            fmt::format("'{}' may hang below any port, but there is none", function.name));
    }
    if (function.any_pf && !vf) {
      error(function, fmt::format("'{}' has a PF, but only a VF has one", function.name));
    } else if (function.any_pf && !some(FunctionKind::Pf)) {
      error(function, fmt::format("'{}' may be of any PF, but there is none", function.name));
    } else if (function.any_pf && function.vf_index < 0) {
      error(function, fmt::format("'{}' may be of any PF and has no index", function.name),
            "index: N");
    }
    function.any_parent = function.any_parent && !vf;
    function.any_pf = function.any_pf && vf;
  }

  void cut_cycles() {
    for (const std::vector<int>& cycle : parent_cycles(functions_)) {
      std::string names;
      for (const int i : cycle) names += functions_[i].name + " below ";
      error(functions_[cycle.front()], fmt::format("ports hang below each other: {}{}", names,
                                                   functions_[cycle.front()].name));
      for (const int i : cycle) functions_[i].parent = -1;
    }
  }

  // Parents, indices and addresses of VFs follow from their PF.
  void adopt_vfs() {
    // Given indices first: those that are counted fill the gaps.
    std::vector<int> given;
    std::vector<int> counted;
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      const PciFunction& vf = functions_[i];
      if (vf.kind != FunctionKind::Vf || vf.pf < 0) continue;
      (vf.vf_index >= 0 ? given : counted).push_back(static_cast<int>(i));
    }
    std::map<std::pair<int, int>, int> taken;  // (PF, index) -> VF
    for (const int i : given) {
      const PciFunction& vf = functions_[i];
      const auto [other, fresh] = taken.insert({{vf.pf, vf.vf_index}, i});
      if (fresh) continue;
      error(vf, fmt::format("'{}' and '{}' are both VF {} of '{}'", functions_[other->second].name,
                            vf.name, vf.vf_index, functions_[vf.pf].name));
    }
    std::map<int, int> next;  // the index to try for the next VF of a PF
    for (const int i : counted) {
      PciFunction& vf = functions_[i];
      int& index = next[vf.pf];
      while (taken.count({vf.pf, index}) > 0) ++index;
      vf.vf_index = index++;
    }
    for (const std::vector<int>* vfs : {&given, &counted}) {
      for (const int i : *vfs) adopt(functions_[i], functions_[functions_[i].pf]);
    }
  }

  void adopt(PciFunction& vf, const PciFunction& pf) {
    if (vf.parent >= 0 && vf.parent != pf.parent) {
      error(vf,
            fmt::format("VF '{}' is given a port that is not the one above its PF '{}'", vf.name,
                        pf.name),
            "leave the parent out: a VF is reached through the port above its PF");
    }
    vf.parent = pf.parent;
    const std::optional<std::int64_t> total = pf.value("total_vfs");
    if (total && vf.vf_index >= *total) {
      error(vf,
            fmt::format("'{}' is VF {} of '{}', whose TotalVFs is {}", vf.name, vf.vf_index,
                        pf.name, *total),
            "VFs count from 0");
    }
    const std::optional<std::int64_t> offset = pf.value("first_vf_offset");
    const std::optional<std::int64_t> stride = pf.value("vf_stride");
    if (offset && stride && pf.has_address && !vf.open_address) place(vf, pf, *offset, *stride);
  }

  void place(PciFunction& vf, const PciFunction& pf, std::int64_t offset, std::int64_t stride) {
    if (offset < 1 || offset > kRegisterMax || stride < 0 || stride > kRegisterMax ||
        (stride == 0 && vf.vf_index > 0)) {
      error(vf,
            fmt::format("First VF Offset {} and VF Stride {} of '{}' give VF {} no address", offset,
                        stride, pf.name, vf.vf_index),
            "offset is 1 to 65535; stride is 0 to 65535, and 0 only with one VF");
      return;
    }
    const std::string rule =
        fmt::format("routing ID of '{}' + {} + {} * {}", pf.name, offset, stride, vf.vf_index);
    const std::optional<Bdf> address =
        vf_address(pf.bdf, static_cast<int>(offset), static_cast<int>(stride), vf.vf_index);
    if (!address) {
      error(vf, fmt::format("VF '{}' would lie beyond bus ff: {}", vf.name, rule));
    } else if (!vf.has_address) {
      vf.bdf = *address;
      vf.has_address = true;
    } else if (vf.bdf != *address) {
      error(vf,
            fmt::format("VF {} of '{}' is at {}, but its registers put it at {}", vf.vf_index,
                        pf.name, vf.bdf.text(), address->text()),
            rule);
    }
  }

  void check_addresses() {
    std::map<Bdf, const PciFunction*> taken;
    for (const PciFunction& function : functions_) {
      if (!function.has_address) continue;
      const auto [other, fresh] = taken.emplace(function.bdf, &function);
      if (fresh) continue;
      error(function,
            fmt::format("'{}' and '{}' are both at {}", other->second->name, function.name,
                        function.bdf.text()),
            "the other one: " + other->second->span.where());
    }
  }

  Topology sorted() {
    std::vector<int> order(functions_.size());
    std::iota(order.begin(), order.end(), 0);
    // Declaration order within a kind, except that VFs follow their PFs and count up.
    const auto key = [&](int i) {
      const PciFunction& function = functions_[i];
      const bool vf = function.kind == FunctionKind::Vf;
      return std::tuple(function.kind, vf ? function.pf : 0, vf ? function.vf_index : 0, i);
    };
    std::sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
    std::vector<int> place_of(functions_.size());
    for (std::size_t i = 0; i < order.size(); ++i) place_of[order[i]] = static_cast<int>(i);
    Topology topology;
    topology.no_address = no_address_;
    topology.functions.reserve(functions_.size());
    for (const int i : order) {
      PciFunction& function = topology.functions.emplace_back(std::move(functions_[i]));
      if (function.parent >= 0) function.parent = place_of[function.parent];
      if (function.pf >= 0) function.pf = place_of[function.pf];
    }
    return topology;
  }

  std::vector<PciFunction> functions_;
  Diagnostics& diagnostics_;
  std::string no_address_;
  std::map<std::string, int> by_name_;
};

}  // namespace

Topology make_topology(std::vector<PciFunction> functions, Diagnostics& diagnostics) {
  return Maker(std::move(functions), diagnostics).make();
}

}  // namespace luproof::model
