// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/preflight.h"

#include <algorithm>
#include <map>
#include <set>

namespace luproof::checker {

using model::FunctionKind;

namespace {

bool loses(const Finding& finding) {
  return finding.verdict == Verdict::Violated && finding.claim >= 0;
}

// How much of the machine a search looks at beside the functions to be kept.
enum class Extent {
  All,    // everything, if that is little enough; else as Ports
  Ports,  // all ports and PFs
  Above,  // their PFs and the ports above them
};

class Asker {
 public:
  Asker(const MachineQuestion& question, const CheckOptions& options, const Limits& limits,
        const std::function<void(const MachineAnswer&)>& take, model::Diagnostics& diagnostics)
      : question_(question),
        options_(options),
        limits_(limits),
        take_(take),
        diagnostics_(diagnostics) {}

  bool run() {
    const std::size_t group = std::max<std::size_t>(question_.group, 1);
    for (std::size_t at = 0; at < question_.kept.size() && !limits_.expired(); at += group) {
      const auto begin = question_.kept.begin() + static_cast<std::ptrdiff_t>(at);
      const std::vector<int> kept(
          begin, begin + static_cast<std::ptrdiff_t>(std::min(group, question_.kept.size() - at)));
      if (!of_group(kept)) return false;
    }
    return without_settings();
  }

 private:
  bool of_group(const std::vector<int>& kept) {
    const auto checked = ask(question_.machine, kept, Extent::All, false, nullptr);
    if (!checked) return false;
    if (std::none_of(checked->findings.begin(), checked->findings.end(), loses)) return true;
    for (const int function : kept)
      for (const Extent extent : {Extent::Above, Extent::Ports}) {
        if (limits_.expired()) return true;
        const auto alone = ask(question_.machine, {function}, extent, true, nullptr);
        if (!alone) return false;
        if (note(*alone, function, extent)) break;
      }
    return true;
  }

  // The first function that loses a property stands for all that do.
  bool note(const Checked& checked, int function, Extent extent) {
    bool any = false;
    for (const Finding& finding : checked.findings) {
      if (!loses(finding)) continue;
      any = true;
      lost_.emplace(finding.property, std::pair(function, extent));
    }
    return any;
  }

  bool without_settings() {
    std::set<std::pair<int, Extent>> searches;
    for (const auto& [property, search] : lost_) searches.insert(search);
    for (const MachineVersion& version : question_.without)
      for (const auto& [function, extent] : searches) {
        if (limits_.expired()) return true;
        if (!ask(version, {function}, extent, true, &version.setting)) return false;
      }
    return true;
  }

  std::optional<Checked> ask(const MachineVersion& version, const std::vector<int>& kept,
                             Extent extent, bool detail, const std::string* without) {
    const auto& functions = version.topology.functions;
    const bool whole = extent == Extent::All && functions.size() <= question_.whole;
    std::set<int> above;
    for (const int k : kept) {
      above.insert(functions[k].pf);
      for (const int port : version.topology.upstream(k)) above.insert(port);
    }
    std::vector<int> part;
    LeftOut left_out;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const int at = static_cast<int>(i);
      const FunctionKind kind = functions[i].kind;
      const bool is_kept = std::find(kept.begin(), kept.end(), at) != kept.end();
      const bool carries = kind == FunctionKind::Port || kind == FunctionKind::Pf;
      if (whole || is_kept || above.count(at) || (extent != Extent::Above && carries))
        part.push_back(at);
      else if (std::find(question_.kept.begin(), question_.kept.end(), at) != question_.kept.end())
        ++left_out.kept;
      else
        ++(kind == FunctionKind::Vf ? left_out.vfs : left_out.others);
    }
    model::LoadOptions load = question_.load;
    load.topology = part_of(version.topology, part);
    load.edits.insert(load.edits.end(), version.edits.begin(), version.edits.end());
    auto checked = check(question_.path, load, question_.reading, options_, limits_, diagnostics_);
    if (checked) take_({*checked, kept, left_out, detail, without});
    return checked;
  }

  const MachineQuestion& question_;
  const CheckOptions& options_;
  const Limits& limits_;
  const std::function<void(const MachineAnswer&)>& take_;
  model::Diagnostics& diagnostics_;
  std::map<std::string, std::pair<int, Extent>> lost_;
};

}  // namespace

model::Topology part_of(const model::Topology& whole, const std::vector<int>& functions) {
  model::Topology part;
  part.no_address = whole.no_address;
  std::map<int, int> moved = {{-1, -1}};
  for (const int i : functions) {
    moved.emplace(i, static_cast<int>(part.functions.size()));
    part.functions.push_back(whole.functions[i]);
  }
  for (model::PciFunction& function : part.functions) {
    function.parent = moved.at(function.parent);
    function.pf = moved.at(function.pf);
  }
  return part;
}

bool ask_machine(const MachineQuestion& question, const CheckOptions& options, const Limits& limits,
                 const std::function<void(const MachineAnswer&)>& take,
                 model::Diagnostics& diagnostics) {
  return Asker(question, options, limits, take, diagnostics).run();
}

}  // namespace luproof::checker
