// SPDX-License-Identifier: GPL-2.0-or-later
// A request reaches a function because each port on the way has the function's bus in its range.
// A topology whose ranges contradict its tree describes no machine, and a VF beyond the range of
// the port above cannot be enabled at all (sriov_enable refuses it).
#include "model/topology_buses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace luproof::model {

namespace {

struct Range {
  int secondary = 0;
  int subordinate = 0;
  bool holds(int bus) const { return secondary <= bus && bus <= subordinate; }
  std::string text() const { return fmt::format("{:02x}-{:02x}", secondary, subordinate); }
};

class Buses {
 public:
  Buses(const std::vector<PciFunction>& functions, Diagnostics& diagnostics)
      : functions_(functions), diagnostics_(diagnostics), ranges_(functions.size()) {}

  void check() {
    for (std::size_t i = 0; i < functions_.size(); ++i) ranges_[i] = read(functions_[i]);
    for (std::size_t i = 0; i < functions_.size(); ++i) check_below(static_cast<int>(i));
    // Whose range lies in whose is not known where the tree is open.
    if (std::none_of(functions_.begin(), functions_.end(),
                     [](const PciFunction& f) { return f.any_parent; }))
      check_disjoint();
  }

 private:
  void error(const PciFunction& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
  }

  // What may stand for a key that is not there.
  static std::string misspelt(const PciFunction& port, const std::string& key) {
    for (const auto& [name, value] : port.values)
      if (name != key && !did_you_mean(name, {key}).empty())
        return fmt::format("'{}': {}", name, did_you_mean(name, {key}));
    return {};
  }

  // The range of a port, if it has one that makes sense.
  std::optional<Range> read(const PciFunction& port) {
    const auto secondary = port.value("secondary");
    const auto subordinate = port.value("subordinate");
    if (port.kind != FunctionKind::Port || (!secondary && !subordinate)) return std::nullopt;
    if (port.open.count("secondary") || port.open.count("subordinate")) return std::nullopt;
    if (!secondary || !subordinate) {
      error(port, fmt::format("'{}' has only one of secondary and subordinate", port.name),
            misspelt(port, secondary ? "subordinate" : "secondary"));
      return std::nullopt;
    }
    if (*secondary < 1 || *secondary > *subordinate || *subordinate > 0xff) {
      error(port,
            fmt::format("'{}' cannot lead to buses {} to {}", port.name, *secondary, *subordinate),
            "1 <= secondary <= subordinate <= 255");
      return std::nullopt;
    }
    const Range range{static_cast<int>(*secondary), static_cast<int>(*subordinate)};
    if (port.has_address && range.secondary <= port.bdf.bus) {
      error(port,
            fmt::format("'{}' is on bus {:02x} and cannot lead to buses {}", port.name,
                        port.bdf.bus, range.text()),
            "buses below a port count up from its own");
      return std::nullopt;
    }
    return range;
  }

  void check_below(int index) {
    const PciFunction& function = functions_[index];
    if (function.parent < 0) return;
    const PciFunction& port = functions_[function.parent];
    const std::optional<Range>& above = ranges_[function.parent];
    if (function.has_address && port.has_address && function.bdf.domain != port.bdf.domain) {
      error(function, fmt::format("'{}' and the port '{}' above it are in different domains",
                                  function.name, port.name));
      return;
    }
    if (!above) return;
    const std::optional<Range>& own = ranges_[index];
    if (own && (own->secondary <= above->secondary || own->subordinate > above->subordinate)) {
      error(function, fmt::format("buses {} of '{}' do not lie inside {} of '{}' above it",
                                  own->text(), function.name, above->text(), port.name));
    }
    if (!function.has_address) return;
    if (function.kind == FunctionKind::Vf) {
      if (above->holds(function.bdf.bus)) return;
      error(function,
            fmt::format("VF '{}' at {} is beyond buses {} of '{}'", function.name,
                        function.bdf.text(), above->text(), port.name),
            "the port above a PF needs bus numbers for its last VF");
    } else if (function.bdf.bus != above->secondary) {
      error(function, fmt::format("'{}' is on bus {:02x}, but '{}' above it leads to bus {:02x}",
                                  function.name, function.bdf.bus, port.name, above->secondary));
    }
  }

  bool is_above(int port, int function) const {
    // Parents are acyclic here; ranges that nest are no deeper than there are buses.
    for (int steps = 0; function >= 0 && steps < 256; ++steps) {
      function = functions_[function].parent;
      if (function == port) return true;
    }
    return false;
  }

  void check_disjoint() {
    std::vector<int> ports;
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      if (ranges_[i]) ports.push_back(static_cast<int>(i));
    }
    const auto key = [&](int i) {
      return std::tuple(functions_[i].bdf.domain, ranges_[i]->secondary, -ranges_[i]->subordinate);
    };
    std::stable_sort(ports.begin(), ports.end(), [&](int a, int b) { return key(a) < key(b); });
    // 1 + the innermost port for each bus, or 0: outer ranges are painted before inner ones.
    std::map<std::uint32_t, std::array<int, 256>> painted;
    std::vector<int> open;
    for (const int port : ports) {
      const std::uint32_t domain = functions_[port].bdf.domain;
      const auto over = [&](int other) {
        return functions_[other].bdf.domain != domain ||
               ranges_[other]->subordinate < ranges_[port]->secondary;
      };
      while (!open.empty() && over(open.back())) open.pop_back();
      if (!open.empty() && !is_above(open.back(), port)) {
        error(functions_[port],
              fmt::format("buses {} of '{}' overlap {} of '{}', which is not above it",
                          ranges_[port]->text(), functions_[port].name,
                          ranges_[open.back()]->text(), functions_[open.back()].name));
      }
      open.push_back(port);
      std::array<int, 256>& row = painted.try_emplace(domain).first->second;
      std::fill(row.begin() + ranges_[port]->secondary,
                row.begin() + ranges_[port]->subordinate + 1, port + 1);
    }
    check_roots(painted);
  }

  void check_roots(const std::map<std::uint32_t, std::array<int, 256>>& painted) {
    for (const PciFunction& function : functions_) {
      if (function.kind == FunctionKind::Vf || !function.has_address || function.parent >= 0)
        continue;
      const auto row = painted.find(function.bdf.domain);
      if (row == painted.end() || row->second[function.bdf.bus] == 0) continue;
      const PciFunction& port = functions_[row->second[function.bdf.bus] - 1];
      error(function, fmt::format("'{}' is on bus {:02x}, which lies behind '{}', but no port "
                                  "that leads to it is given",
                                  function.name, function.bdf.bus, port.name));
    }
  }

  const std::vector<PciFunction>& functions_;
  Diagnostics& diagnostics_;
  std::vector<std::optional<Range>> ranges_;
};

}  // namespace

void check_buses(const std::vector<PciFunction>& functions, Diagnostics& diagnostics) {
  Buses(functions, diagnostics).check();
}

}  // namespace luproof::model
