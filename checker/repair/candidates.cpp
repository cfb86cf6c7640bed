// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/repair/candidates.h"

#include <algorithm>

#include "checker/repair/derive.h"
#include "model/schema.h"

namespace luproof::checker::repair {
namespace {

using model::StmtKind;

// The event happens inside of another one, or of a block that is one step, where runs name no
// arguments.
bool fires_within(const model::Block& block, int event, bool within) {
  return std::any_of(block.begin(), block.end(), [&](const auto& s) {
    const bool inner = within || s->kind == StmtKind::Atomic || s->kind == StmtKind::Each;
    return (within && s->kind == StmtKind::Fire && s->ref == event) ||
           fires_within(s->body, event, inner) || fires_within(s->orelse, event, inner) ||
           std::any_of(s->alternatives.begin(), s->alternatives.end(),
                       [&](const model::Block& b) { return fires_within(b, event, inner); });
  });
}

bool fires_within(const model::Model& model, int event) {
  const auto in = [&](bool within) {
    return [event, within](const auto& d) { return fires_within(d.body, event, within); };
  };
  return std::any_of(model.events.begin(), model.events.end(), in(true)) ||
         std::any_of(model.procedures.begin(), model.procedures.end(), in(false)) ||
         std::any_of(model.actors.begin(), model.actors.end(), in(false));
}

bool somewhere(const Candidate& c, const model::Model& model, const plain::World& world,
               const Run& run, int sort) {
  const std::vector<Value> all = arguments(model, sort);
  return std::any_of(run.states.begin(), run.states.end(), [&](const State& state) {
    return std::any_of(all.begin(), all.end(), [&](Value argument) {
      return is_true(c.condition, world, state, argument) == c.turns;
    });
  });
}

void declared(const model::Document& document, std::vector<Candidate>& all) {
  const model::YamlEntry* section = document.root.find("candidates");
  if (!section) return;
  for (const model::YamlEntry& item : section->value.entries) {
    Candidate c;
    c.declared = true;
    c.name = item.key.text;
    if (const auto* about = item.value.find("about")) c.about = about->value.text;
    if (const auto* cite = item.value.find("cite")) c.cite = model::texts_of(cite->value);
    if (const auto* part = item.value.find("override")) c.overrides = part->value.entries;
    if (const auto* part = item.value.find("extend")) c.extends = part->value.entries;
    all.push_back(std::move(c));
  }
}

std::string path_of(const model::YamlEntry& extension) {
  return extension.key.text.substr(0, extension.key.text.find('('));
}

}  // namespace

std::string variant_text(const std::vector<const Candidate*>& set, int indent) {
  model::YamlNode overrides, extends;
  overrides.kind = extends.kind = model::YamlNode::Kind::Map;
  for (const Candidate* c : set) {
    overrides.entries.insert(overrides.entries.end(), c->overrides.begin(), c->overrides.end());
    extends.entries.insert(extends.entries.end(), c->extends.begin(), c->extends.end());
  }
  std::vector<model::YamlEntry> both;
  if (!overrides.entries.empty()) both.push_back(model::entry("override", overrides));
  if (!extends.entries.empty()) both.push_back(model::entry("extend", extends));
  return model::yaml_text(both, indent);
}

bool exclude_each_other(const Candidate& a, const Candidate& b) {
  const auto meets = [](const auto& all, const auto& others, const auto& key) {
    return std::any_of(all.begin(), all.end(), [&](const auto& x) {
      return std::any_of(others.begin(), others.end(),
                         [&](const auto& y) { return key(x) == key(y); });
    });
  };
  return meets(a.overrides, b.overrides, [](const auto& e) { return e.key.text; }) ||
         meets(a.extends, b.extends, path_of);
}

bool may_change(const Candidate& c, const model::Model& model, const plain::World& world,
                const Run& run) {
  if (c.when == Candidate::When::Always) return true;
  const int sort = c.condition.sort;
  if (c.when == Candidate::When::Somewhere) return somewhere(c, model, world, run, sort);
  for (std::size_t i = 0; i < model.events.size(); ++i) {
    if (model.events[i].name != c.event) continue;
    const int event = static_cast<int>(i);
    for (std::size_t step = 0; step < run.steps.size() && step < run.states.size(); ++step) {
      const Label& label = run.steps[step];
      const bool fires =
          label.event == event ||
          (label.stmt >= 0 &&
           model.statement_by_id[static_cast<std::size_t>(label.stmt)]->kind == StmtKind::Fire &&
           model.statement_by_id[static_cast<std::size_t>(label.stmt)]->ref == event);
      if (!fires) continue;
      const auto& args =
          step < run.args.size() && !run.args[step].empty() ? run.args[step] : label.args;
      const Value argument = c.parameter < args.size() ? args[c.parameter] : 0;
      if (is_true(c.condition, world, run.states[step], argument) == c.turns) return true;
    }
    return fires_within(model, event) && somewhere(c, model, world, run, sort);
  }
  return true;
}

std::vector<Candidate> candidates(const model::Composition& composition,
                                  const model::LoadOptions& load, const Checked& base,
                                  const std::vector<const Run*>& runs, bool derive,
                                  model::Diagnostics& diagnostics) {
  std::vector<Candidate> all;
  for (const auto& document : composition.documents) declared(*document, all);
  if (derive) {
    std::vector<Candidate> more = derived(composition, load, base, runs, diagnostics);
    std::erase_if(more, [&](const Candidate& c) {
      return std::any_of(all.begin(), all.end(), [&](const Candidate& d) {
        return variant_text({&c}, 0) == variant_text({&d}, 0);
      });
    });
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }
  return all;
}

}  // namespace luproof::checker::repair
