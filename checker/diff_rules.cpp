// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/diff_rules.h"

#include <algorithm>
#include <map>
#include <utility>

namespace luproof::checker {
namespace {

using model::Composition;
using model::Document;
using model::Rule;

using Key = std::pair<std::string, std::string>;  // section, name
using Rules = std::map<Key, std::vector<Rule>>;

Rule pack_rule(const Document& document) {
  Rule r;
  r.kind = "pack";
  r.id = r.pack = r.name = r.signature = document.name;
  if (const model::YamlEntry* about = document.root.find("about")) r.about = about->value.text;
  return r;
}

bool uses(const Composition& c, const Document& document) {
  return std::any_of(c.documents.begin(), c.documents.end(), [&](const auto& other) {
    return other->kind == document.kind && other->name == document.name;
  });
}

// An override of a whole declaration is that declaration from then on. "define.NAME" -> its key; an
// override of a part or of a labelled step stays a rule of its own.
Key overridden(const Rule& rule, const Rules& rules) {
  Key own{rule.section, rule.name};
  if (rule.section != "override") return own;
  const std::size_t dot = rule.name.find('.');
  if (dot == std::string::npos) return own;
  Key declared{rule.name.substr(0, dot), rule.name.substr(dot + 1)};
  return rules.count(declared) ? std::move(declared) : std::move(own);
}

// What the reading consists of, but for what both sides read from the same file.
Rules collect(const Composition& own, const Composition& other) {
  Rules rules;
  std::vector<Rule> overrides;  // they come after every declaration
  for (const auto& document : own.documents) {
    if (document->kind == "rules" && !uses(other, *document)) {
      rules[{"pack", document->name}].push_back(pack_rule(*document));
      continue;
    }
    const bool main = document == own.documents.back();
    for (Rule& r : model::rules_of(*document)) {
      if (!r.variant.empty() && (!main || r.variant != own.variant)) continue;
      const Key key{r.section, r.name};
      if (r.section == "override")
        overrides.push_back(std::move(r));
      else
        rules[key].push_back(std::move(r));
    }
  }
  for (Rule& r : overrides) {
    const Key key = overridden(r, rules);
    std::vector<Rule>& there = rules[key];
    if (key.first != "override") {
      r.kind = there.front().kind;
      r.signature = there.front().signature;
      there.clear();
    }
    there.push_back(std::move(r));
  }
  return rules;
}

bool same(const Rule& a, const Rule& b) { return a.text == b.text && a.signature == b.signature; }

// Takes out of both what both say.
void drop_common(std::vector<Rule>& a, std::vector<Rule>& b) {
  std::erase_if(a, [&](const Rule& rule) {
    const auto twin =
        std::find_if(b.begin(), b.end(), [&](const Rule& other) { return same(rule, other); });
    if (twin == b.end()) return false;
    b.erase(twin);
    return true;
  });
}

bool same(const std::optional<Rule>& a, const std::optional<Rule>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

void note(RuleChange change, int reading, std::vector<RuleChange>& changes) {
  for (RuleChange& known : changes)
    if (known.kind == change.kind && known.name == change.name && same(known.a, change.a) &&
        same(known.b, change.b)) {
      if (known.readings.back() != reading) known.readings.push_back(reading);
      return;
    }
  change.readings = {reading};
  changes.push_back(std::move(change));
}

}  // namespace

bool compare_rules(const RuleSide& a, const RuleSide& b, int reading,
                   std::vector<RuleChange>& changes, model::Diagnostics& diagnostics) {
  const auto composed_a = model::compose(a.path, a.load, diagnostics);
  const auto composed_b = model::compose(b.path, b.load, diagnostics);
  if (!composed_a || !composed_b) return false;
  Rules of_a = collect(*composed_a, *composed_b), of_b = collect(*composed_b, *composed_a);
  for (const auto& [key, rules] : of_b) of_a[key];  // those of both, each once
  for (auto& [key, in_a] : of_a) {
    std::vector<Rule>& in_b = of_b[key];
    drop_common(in_a, in_b);
    for (std::size_t i = 0; i < std::max(in_a.size(), in_b.size()); ++i) {
      RuleChange change;
      if (i < in_a.size()) change.a = in_a[i];
      if (i < in_b.size()) change.b = in_b[i];
      change.kind = (i < in_a.size() ? in_a[i] : in_b[i]).kind;
      change.name = key.second;
      note(std::move(change), reading, changes);
    }
  }
  return true;
}

}  // namespace luproof::checker
