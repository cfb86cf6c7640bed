// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/explain_report.h"
#include "report/json_text.h"
#include "report/run_json.h"

namespace luproof::report {
namespace {

using checker::Effect;
using checker::Without;
using nlohmann::ordered_json;

ordered_json effects_json(const Explained& e, const std::vector<Effect>& effects) {
  const model::Layout& layout = *e.checked.layout;
  ordered_json out = ordered_json::array();
  for (const Effect& effect : effects) {
    ordered_json one = {{"step", effect.step}};
    if (effect.slot >= layout.slots()) {
      one["local"] = true;
    } else {
      const auto at = static_cast<std::size_t>(effect.step);
      one["what"] = layout.slot_name(effect.slot);
      if (at < e.run.states.size())
        one["to"] = layout.slot_value(effect.slot, e.run.states[at][effect.slot]);
    }
    out.push_back(std::move(one));
  }
  return out;
}

const char* then_name(Without::Then then) {
  return then == Without::Then::Anyway  ? "violated anyway"
         : then == Without::Then::Never ? "cannot happen"
                                        : "unknown";
}

}  // namespace

std::string explain_json(const Explained& e, const Request& request) {
  const checker::Explanation& x = e.explanation;
  ordered_json slice = {{"causes", effects_json(e, x.slice.causes)},
                        {"enabling", effects_json(e, x.slice.enabling)},
                        {"steps", x.slice.steps},
                        {"certified", x.slice.certified}};
  if (!x.slice.reason.empty()) slice["reason"] = x.slice.reason;
  ordered_json stuck = ordered_json::array();
  for (const int i : x.slice.stuck) stuck.push_back(e.checked.layout->instance_name(i));
  if (!stuck.empty()) slice["stuck"] = stuck;
  ordered_json avoidance = {{"known", x.avoidance.known}, {"states", x.avoidance.states}};
  if (x.avoidance.known) {
    checker::Run instead;
    for (const auto& [label, args] : x.avoidance.instead) {
      instead.steps.push_back(label);
      instead.args.push_back(args);
    }
    ordered_json others = ordered_json::array();
    for (const Row& row : rows(e.checked, instead))
      others.push_back({{"actor", row.actor},
                        {"event", row.event},
                        {"args", row.args},
                        {"file", shown_path(row.file, request)},
                        {"line", row.line}});
    avoidance["too_late_after_step"] = x.avoidance.too_late;
    avoidance["instead"] = others;
  } else {
    avoidance["reason"] = x.avoidance.reason;
  }
  ordered_json without = ordered_json::array();
  for (const Without& w : x.without) {
    ordered_json one = {{"step", w.step}, {"then", then_name(w.then)}, {"states", w.states}};
    if (w.then == Without::Then::Anyway) {
      one["start"] = start_json(e.checked, w.run);
      one["run"] = run_json(e.checked, w.run, request);
    } else if (w.then == Without::Then::Never) {
      one["actor_goes_on"] = w.goes_on;
      one["update_ends"] = w.ends;
    } else {
      one["reason"] = w.reason;
    }
    without.push_back(std::move(one));
  }
  const ordered_json out = {{"command", "explain"},
                            {"design", e.checked.model->name},
                            {"file", request.path},
                            {"variant", e.checked.reading.variant},
                            {"property", e.property},
                            {"because", e.because},
                            {"slice", slice},
                            {"avoidance", avoidance},
                            {"without", without},
                            {"reading", reading_json(e.checked, request)},
                            {"start", start_json(e.checked, e.run)},
                            {"run", run_json(e.checked, e.run, request)}};
  return json_text(out);
}

}  // namespace luproof::report
