// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproduce/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "checker/describe.h"
#include "report/facts.h"
#include "report/json_text.h"

namespace luproof::report {

using checker::Value;

namespace {

// The event that the last step is, with its arguments; nullptr if it is none.
const model::Event* last_event(const LoadedRun& loaded, std::vector<Value>& args) {
  const checker::Run& run = loaded.found.run;
  const model::Model& model = *loaded.checked.model;
  if (run.steps.empty()) return nullptr;
  const checker::Label& label = run.steps.back();
  args = run.args.back();
  if (label.event >= 0) {
    if (args.empty()) args = label.args;
    return &model.events[label.event];
  }
  if (label.stmt < 0 || model.statement_by_id[label.stmt]->kind != model::StmtKind::Fire)
    return nullptr;
  return &model.events[model.statement_by_id[label.stmt]->ref];
}

int function_of(const model::Model& model, const model::Type& type, Value value) {
  const bool is = type.kind == model::Type::Kind::Ref &&
                  model.base_sort(type.id) == model::kFunction && value > 0;
  return is ? value - 1 : -1;
}

}  // namespace

std::vector<std::string> shell_names(const model::Topology& topology) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < topology.functions.size(); ++i) {
    const std::string& own = topology.functions[i].name;
    const bool plain =
        !own.empty() && own.size() <= 32 && !std::isdigit(static_cast<unsigned char>(own[0])) &&
        std::all_of(own.begin(), own.end(),
                    [](unsigned char c) { return c == '_' || (c < 0x80 && std::isalnum(c)); });
    std::string address = "f_";  // of a dump
    if (const auto bdf = model::Bdf::parse(own))
      for (const char c : bdf->text())
        address += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    names.push_back(plain ? own : address.size() > 2 ? address : fmt::format("f{}", i));
  }
  // "f1" may be a name of the spec's own: then nobody keeps theirs.
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = fmt::format("f{}", i);
  return names;
}

std::optional<Prediction> predict(const LoadedRun& loaded, const RunFile& file,
                                  const Forces& forces, model::Diagnostics& diagnostics) {
  const model::Model& model = *loaded.checked.model;
  const model::Span place{model::Source::make(file.spec, ""), 0, 0, 1};
  const auto names = shell_names(model.topology);
  checker::Run run = loaded.found.run;
  checker::Finding finding;
  finding.property = file.property;
  for (std::size_t p = 0; p < model.properties.size(); ++p)
    if (model.properties[p].name == file.property) finding.index = static_cast<int>(p);
  if (finding.index < 0 || model.properties[finding.index].kind != model::PropertyKind::Safety) {
    diagnostics.error(place,
                      file.property.empty()
                          ? "the run violates nothing"
                          : fmt::format("no capture shows that '{}' is violated", file.property),
                      "reproduce takes runs that violate 'never', 'always' or 'step'");
    return std::nullopt;
  }
  const model::Property& property = model.properties[finding.index];
  if (const std::string error =
          checker::replay(model, *loaded.checked.layout, run, finding.index, &finding.element);
      !error.empty()) {
    diagnostics.error(place,
                      fmt::format("the run does not violate '{}': {}", file.property, error));
    return std::nullopt;
  }
  for (const model::Clause& clause : property.clauses)
    finding.claim = std::max(finding.claim, clause.claim);

  Prediction prediction;
  prediction.property = property.name;
  prediction.because = because(loaded.checked, finding);
  prediction.claim = property.level;
  prediction.step = static_cast<int>(run.steps.size());
  const model::Component* const kernel = loaded.checked.layout->find(model::Part::Kernel, -1);
  if (kernel && run.states.size() > 1)
    prediction.kernel = run.states[run.states.size() - 2][kernel->base];
  if (!run.steps.empty())
    prediction.text = checker::step_text(model, run.steps.back(), run.args.back());
  const std::string element = report::element(loaded.checked, finding);
  if (const int function = model.topology.find(element); function >= 0) {
    prediction.function = names[function];
    prediction.functions.push_back(function);
  }
  std::vector<Value> args;
  const model::Event* const event = last_event(loaded, args);
  if (!event) return prediction;
  const auto value = [&](std::size_t i) {
    const int function = function_of(model, event->locals[i].type, args[i]);
    if (function < 0) return model.value_text(event->locals[i].type, args[i]);
    prediction.functions.push_back(function);
    return "{" + names[function] + "}";
  };
  std::vector<std::string> all;
  for (std::size_t i = 0; i < args.size(); ++i) all.push_back(value(i));
  const auto written = [](const std::string& name, const std::vector<std::string>& with) {
    return with.empty() ? name : fmt::format("{}({})", name, joined(with));
  };
  prediction.events.push_back(written(event->name, all));
  for (const Shown& shown : forces.shows) {
    if (shown.step.name != event->name || shown.event.empty() ||
        shown.step.parameters.size() != args.size())
      continue;
    std::vector<std::string> other;
    for (const std::string& each : shown.args) {
      const int parameter = shown.step.parameter(each);
      other.push_back(parameter < 0 ? each : all[static_cast<std::size_t>(parameter)]);
    }
    prediction.events.push_back(written(shown.event, other));
  }
  return prediction;
}

std::string unseen(const Prediction& prediction, const traces::Binding& binding) {
  if (binding.needs.count(prediction.property) == 0)
    return fmt::format("luproof trace does not judge {}: no capture shows the prediction.",
                       prediction.property);
  std::set<std::string> bound;
  for (const traces::Meaning& meaning : binding.meanings) {
    if (meaning.event) bound.insert(meaning.event->name);
    if (meaning.decode) bound.insert({meaning.decode->one.name, meaning.decode->zero.name});
  }
  const bool some = std::any_of(
      prediction.events.begin(), prediction.events.end(),
      [&](const std::string& event) { return bound.count(event.substr(0, event.find('('))) != 0; });
  if (some || prediction.events.empty()) return {};
  return fmt::format("No line is read as {}: no capture shows the prediction.",
                     joined(prediction.events, " or "));
}

std::string prediction_json(const Prediction& prediction, const std::string& spec,
                            const std::string& variant) {
  return json_text({{"command", "reproduce"},
                    {"spec", spec},
                    {"variant", variant},
                    {"property", prediction.property},
                    {"because", prediction.because},
                    {"claim", prediction.claim},
                    {"step", prediction.step},
                    {"kernel", prediction.kernel},
                    {"event", prediction.text},
                    {"function", prediction.function},
                    {"shown_as", prediction.events}});
}

}  // namespace luproof::report
