// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/resolver.h"

namespace luproof::host {

using model::FunctionKind;
using model::printable;

namespace {

constexpr std::int64_t kMostVfBuses = 7;  // that the cell of the scan holds

void set(model::PciFunction& function, const Cells& cells) {
  for (const auto& [name, value] : cells) {
    function.values.erase(name);
    function.texts.erase(name);
    if (const auto number = model::fact_number(value))
      function.values[name] = *number;
    else
      function.texts[name] = value;
  }
}

// Buses beyond its own that the VFs of a PF need with the largest number of them.
void set_vf_buses(model::PciFunction& pf) {
  const auto total = pf.value("total_vfs");
  const auto offset = pf.value("first_vf_offset"), stride = pf.value("vf_stride");
  if (!total || !offset || !stride || *total < 1) return;
  const std::int64_t last = pf.bdf.rid() + *offset + *stride * (*total - 1);
  pf.values["vf_buses"] = std::clamp<std::int64_t>((last >> 8) - pf.bdf.bus, 0, kMostVfBuses);
}

std::vector<std::string> words(const std::string& text, char between) {
  std::vector<std::string> all;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(between, at), text.size());
    if (end > at) all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// PARAMETER=A,B holds an option if it is one of the parts, in whichever of its places.
bool holds(const std::string& line, const Setting& setting) {
  for (const std::string& word : words(line, ' ')) {
    if (word.rfind(setting.what + "=", 0) != 0) continue;
    for (const std::string& part : words(word.substr(setting.what.size() + 1), ','))
      if (std::find(setting.options.begin(), setting.options.end(), part) != setting.options.end())
        return true;
  }
  return false;
}

std::string shown(const Found& found) {
  return found.state == Found::State::Absent ? "absent" : printable(found.text);
}

class Planner {
 public:
  Planner(const Machine& machine, const Settings& settings, const model::Composition& design,
          Plan& plan)
      : machine_(machine), settings_(settings), design_(design), plan_(plan) {}

  void run() {
    for (const model::PciFunction& function : machine_.topology.functions)
      drivers_known_ = drivers_known_ || function.texts.count("driver") > 0;
    for (const std::string& note : machine_.topology.notes)
      add(Remark::Kind::Note, nullptr, {}, "", note);
    if (machine_.old_line && !machine_.new_line)
      add(Remark::Kind::Assumed, nullptr, {}, "",
          "the next kernel is booted with the command line of this one; --append says another");
    for (const Setting& setting : settings_.all) {
      if (!setting.uses.empty() && !uses(setting.uses)) continue;
      if (setting.from == Setting::From::Option)
        option(setting);
      else if (setting.from == Setting::From::File)
        file(setting);
      else
        of_functions(setting);
    }
  }

 private:
  bool uses(const std::string& pack) const {
    return std::any_of(design_.documents.begin(), design_.documents.end(),
                       [&](const auto& document) { return document->name == pack; });
  }

  void add(Remark::Kind kind, const Setting* setting, std::vector<std::string> functions,
           std::string value, std::string text, const Case* one = nullptr) {
    Remark remark{
        kind, setting ? setting->name : "", std::move(functions), std::move(value), std::move(text),
        {}};
    if (setting) remark.cite = one && !one->cite.empty() ? one->cite : setting->cite;
    plan_.remarks.push_back(std::move(remark));
  }

  void option(const Setting& setting) {
    const auto& now = machine_.old_line;
    const auto& next = machine_.new_line ? machine_.new_line : now;
    const bool was = now && holds(*now, setting), becomes = next && holds(*next, setting);
    if (!next)
      add(Remark::Kind::Assumed, &setting, {}, "", setting.unread);
    else
      say(setting, {Found::State::Read, becomes ? "yes" : "no"}, {});
    if (setting.config.empty() || (!was && !becomes)) return;
    if (!now)
      add(Remark::Kind::Assumed, &setting, {}, "",
          "the kernel that runs was booted without it; --cmdline says another");
    if (!design_.find("config", setting.config)) {
      add(Remark::Kind::NotHeld, &setting, {}, becomes ? "yes" : "no", "");
      return;
    }
    Effect effect{setting.name, becomes ? "yes" : "no", {}, setting.config, was, becomes};
    plan_.effects.push_back(std::move(effect));
  }

  void file(const Setting& setting) {
    const auto found = machine_.files.find(setting.what);
    if (found == machine_.files.end() || found->second.state == Found::State::Unreadable)
      add(Remark::Kind::Assumed, &setting, {}, "", setting.unread);
    else
      say(setting, found->second, {});
  }

  Found found_of(const Setting& setting, const model::PciFunction& function) const {
    if (setting.from == Setting::From::Value) {
      const auto value = function.value(setting.what);
      return value ? Found{Found::State::Read, std::to_string(*value)} : Found{};
    }
    const auto found = machine_.attributes.find({function.name, setting.what});
    if (found != machine_.attributes.end()) return found->second;
    if (setting.what != "driver" || !drivers_known_) return {};
    const auto driver = function.texts.find("driver");
    return driver == function.texts.end() ? Found{Found::State::Absent, ""}
                                          : Found{Found::State::Read, driver->second};
  }

  std::vector<int> functions_of(const Setting& setting) const {
    std::vector<int> all;
    const auto& functions = machine_.topology.functions;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const int at = static_cast<int>(i);
      const bool counts = std::any_of(plan_.kept.begin(), plan_.kept.end(), [&](int k) {
        const std::vector<int> ports = machine_.topology.upstream(k);
        const bool port = std::find(ports.begin(), ports.end(), at) != ports.end();
        const bool pf = functions[k].pf == at;
        switch (setting.of) {
          case Setting::Of::Kept:
            return k == at;
          case Setting::Of::Pf:
            return pf;
          case Setting::Of::Port:
            return port;
          default:
            return k == at || pf || port;
        }
      });
      if (counts) all.push_back(at);
    }
    return all;
  }

  // Functions of which the same was read are told together.
  void of_functions(const Setting& setting) {
    std::map<std::string, std::vector<int>> by_value;
    std::vector<std::string> unread;
    for (const int i : functions_of(setting)) {
      const Found found = found_of(setting, machine_.topology.functions[i]);
      if (found.state == Found::State::Unreadable)
        unread.push_back(machine_.topology.functions[i].name);
      else
        by_value[shown(found)].push_back(i);
    }
    for (const auto& [value, functions] : by_value)
      say(setting, {value == "absent" ? Found::State::Absent : Found::State::Read, value},
          functions);
    if (!unread.empty() && !setting.unread.empty())
      add(Remark::Kind::Assumed, &setting, std::move(unread), "", setting.unread);
  }

  void say(const Setting& setting, const Found& found, const std::vector<int>& functions) {
    const std::string value = shown(found);
    std::vector<std::string> names;
    for (const int i : functions) names.push_back(machine_.topology.functions[i].name);
    const auto fits = std::find_if(setting.cases.begin(), setting.cases.end(), [&](const Case& c) {
      return c.is.empty() || std::find(c.is.begin(), c.is.end(), value) != c.is.end();
    });
    const bool silent = fits == setting.cases.end() ||
                        (fits->problem.empty() && fits->note.empty() && fits->assume.empty());
    if (silent) add(Remark::Kind::Read, &setting, names, value, "");
    if (fits == setting.cases.end()) return;
    if (!fits->problem.empty())
      add(Remark::Kind::Problem, &setting, names, value, fits->problem, &*fits);
    if (!fits->note.empty()) add(Remark::Kind::Note, &setting, names, value, fits->note, &*fits);
    if (!fits->assume.empty())
      add(Remark::Kind::Assumed, &setting, names, value, fits->assume, &*fits);
    Cells held;
    for (const auto& [cell, to] : fits->set)
      if (has_cell(design_, cell)) held[cell] = to;
    if (held.size() < fits->set.size()) add(Remark::Kind::NotHeld, &setting, names, value, "");
    if (held.empty()) return;
    Effect effect{setting.name, value, {}, "", false, false};
    for (const int i : functions) effect.cells.emplace_back(i, held);
    plan_.effects.push_back(std::move(effect));
  }

  const Machine& machine_;
  const Settings& settings_;
  const model::Composition& design_;
  Plan& plan_;
  bool drivers_known_ = false;  // whoever wrote the dump has written down drivers
};

}  // namespace

bool has_cell(const model::Composition& design, const std::string& name) {
  return std::any_of(design.declared.begin(), design.declared.end(), [&](const auto& d) {
    if (d.section != "state") return false;
    const std::size_t dot = d.name.find('.');
    return d.name.substr(dot == std::string::npos ? 0 : dot + 1) == name ||
           d.name.rfind(name + "(", 0) == 0;
  });
}

std::vector<int> kept_functions(const Machine& machine, const Settings& settings,
                                const std::vector<std::string>& asked,
                                model::Diagnostics& diagnostics) {
  const auto& functions = machine.topology.functions;
  std::vector<bool> kept(functions.size());
  const auto keep_vfs = [&](const std::string& driver) {
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const auto bound = functions[i].texts.find("driver");
      if (functions[i].kind == FunctionKind::Vf &&
          (driver.empty() || (bound != functions[i].texts.end() && bound->second == driver)))
        kept[i] = true;
    }
  };
  if (asked.empty()) keep_vfs(settings.keep_driver);
  for (const std::string& text : asked) {
    if (text == "all") {
      keep_vfs("");
      continue;
    }
    const int at = machine.topology.find(text);
    if (at < 0)
      diagnostics.error({}, fmt::format("--keep {}: no such function in {}", text, machine.from),
                        "an address such as 0000:01:10.0, or all for every VF");
    else if (functions[at].kind == FunctionKind::Port)
      diagnostics.error({}, fmt::format("--keep {}: a bridge has no guest", text),
                        "name what is below it");
    else
      kept[at] = true;
  }
  std::vector<int> all;
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i]) all.push_back(static_cast<int>(i));
  if (all.empty() && diagnostics.ok())
    diagnostics.error({},
                      asked.empty() ? fmt::format("no VF of {} is bound to {}, so there is nothing "
                                                  "to keep",
                                                  machine.from, settings.keep_driver)
                                    : fmt::format("{} has no VF", machine.from),
                      asked.empty() ? "--keep ADDRESS, or --keep all for every VF"
                                    : "--keep ADDRESS keeps a function that is no VF; --topology "
                                      "FILE reads a dump of another host");
  return all;
}

Plan make_plan(const Machine& machine, const Settings& settings, std::vector<int> kept,
               const model::Composition& design) {
  Plan plan;
  plan.kept = std::move(kept);
  Planner(machine, settings, design, plan).run();
  return plan;
}

model::Topology with_effects(const Machine& machine, const Settings& settings,
                             const std::vector<int>& kept, const std::vector<Effect>& effects) {
  model::Topology topology = machine.topology;
  for (std::size_t i = 0; i < topology.functions.size(); ++i) {
    model::PciFunction& function = topology.functions[i];
    const bool is_kept = std::find(kept.begin(), kept.end(), static_cast<int>(i)) != kept.end();
    set(function, is_kept ? settings.kept : settings.others);
    if (function.kind == FunctionKind::Pf) set_vf_buses(function);
  }
  for (const Effect& effect : effects)
    for (const auto& [function, cells] : effect.cells) set(topology.functions[function], cells);
  return topology;
}

std::string fragment_of(const std::vector<Effect>& effects) {
  std::string text;
  for (const Effect& effect : effects)
    if (!effect.config.empty())
      text += fmt::format("  config.{}: {{old: {}, new: {}}}\n", effect.config, effect.was,
                          effect.becomes);
  return text.empty() ? text : "override:\n" + text;
}

}  // namespace luproof::host
