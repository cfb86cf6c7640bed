// SPDX-License-Identifier: GPL-2.0-or-later
// From what was seen of a model back to the rules as they are written.
//
// A rule is found by the place of its text, since the model no longer knows who wrote which half of
// a definition. What has no text that could be seen (a step that is dropped, a level) counts as
// used where the thing that it changes is.
#include "checker/coverage.h"

#include <algorithm>

namespace luproof::checker {
namespace {

using model::Rule;
using What = Watch::What;

class Exercises {
 public:
  Exercises(const model::Model& model, const Observed& observed, const model::RulePlaces& places)
      : m_(model), o_(observed), places_(places) {}

  std::map<RuleKey, Exercise> run() {
    definitions();
    for (std::size_t i = 0; i < m_.events.size(); ++i) event(static_cast<int>(i));
    for (std::size_t i = 0; i < m_.procedures.size(); ++i) procedure(static_cast<int>(i));
    for (std::size_t i = 0; i < m_.acts.size(); ++i)
      declared(m_.acts[i].origin, o_.did(What::Act, static_cast<int>(i)));
    for (std::size_t i = 0; i < m_.claims.size(); ++i)
      declared(m_.claims[i].origin, o_.did(What::Claim, static_cast<int>(i)));
    for (std::size_t i = 0; i < m_.properties.size(); ++i) property(static_cast<int>(i));
    statements();
    overrides();
    return std::move(result_);
  }

 private:
  const Rule* at(const model::Span& span) const {
    const int index = places_.find(span);
    return index < 0 ? nullptr : &places_.rules()[static_cast<std::size_t>(index)];
  }

  void used(const Rule* rule, bool is) {
    if (rule && rule->rule && is) result_[key_of(*rule)].yes = true;
  }
  void valued(const Rule* rule, const model::Expr* e) {
    if (!rule || !rule->rule) return;
    const bool yes = o_.was(e, true), no = o_.was(e, false);
    if (!yes && !no) return;
    Exercise& exercise = result_[key_of(*rule)];
    exercise.boolean = e->type.kind == model::Type::Kind::Bool;
    exercise.yes = exercise.yes || yes;
    exercise.no = exercise.no || no;
  }
  void declared(const model::Origin& origin, bool is) { used(at(origin.span), is); }

  void definitions() {
    for (const model::Define& d : m_.defines) {
      const auto pieces = pieces_of(d);
      if (pieces.empty()) continue;
      valued(at(pieces[0]->span), d.body.get());  // its own text, or what replaces it
      for (std::size_t i = 1; i < pieces.size(); ++i) valued(at(pieces[i]->span), pieces[i]);
    }
  }

  // The rule whose text stands where the declaration's own would; the declaration if it does.
  const Rule* text_of(const model::Origin& origin, const model::Span* text) const {
    const Rule* own = at(origin.span);
    const Rule* there = text ? at(*text) : nullptr;
    const bool replaced =
        there && there->section == "override" && there->name.find('@') == std::string::npos;
    return replaced ? there : own;
  }

  void event(int i) {
    const model::Event& e = m_.events[static_cast<std::size_t>(i)];
    declared(e.origin, o_.did(What::Event, i));
    if (const Rule* when = e.when ? at(e.when->span) : nullptr; when && when->section == "override")
      used(when, o_.evaluated(e.when.get()));
  }

  void procedure(int i) {
    const model::Procedure& p = m_.procedures[static_cast<std::size_t>(i)];
    const model::Block* block = &p.body;
    // The cases of a hook: if when1: code1 else: if when2: …
    while (block->size() == 1 && (*block)[0]->kind == model::StmtKind::If) {
      const model::Stmt& branch = *(*block)[0];
      const Rule* rule = at(branch.span);
      if (!rule || rule->section != "extend" || rule->name != p.name) break;
      cases_.insert(branch.id);
      used(rule, o_.was(branch.values[0].get(), true));
      block = &branch.orelse;
    }
    used(text_of(p.origin, block->empty() ? nullptr : &(*block)[0]->span),
         o_.did(What::Procedure, i));
  }

  void property(int i) {
    const model::Property& p = m_.properties[static_cast<std::size_t>(i)];
    const model::Expr* text = !p.clauses.empty() ? p.clauses[0].bad.get() : p.to.get();
    // `always: e` is looked at as `not e`, which stands where e does.
    used(text_of(p.origin, text ? &text->span : nullptr), o_.did(What::Property, i));
  }

  // Code of overrides and of the cases of hooks.
  void statements() {
    for (const model::Stmt* s : m_.statement_by_id) {
      if (!s || cases_.count(s->id) || s->kind == model::StmtKind::Pass) continue;
      const Rule* rule = at(s->span);
      if (!rule || rule->section != "override") continue;
      with_text_.insert(key_of(*rule));
      used(rule, o_.did(What::Statement, s->id));
    }
  }

  template <typename List>
  static int named(const List& list, const std::string& name) {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].name == name) return static_cast<int>(i);
    return -1;
  }

  // Those whose text is nothing that happens.
  void overrides() {
    for (const Rule& rule : places_.rules()) {
      if (rule.section != "override") continue;
      if (!rule.variant.empty() && (rule.variant != m_.variant || rule.pack != m_.name)) continue;
      const std::size_t dot = rule.name.find('.');
      if (dot == std::string::npos) continue;
      const std::string section = rule.name.substr(0, dot);
      std::string name = rule.name.substr(dot + 1);
      name.resize(std::min(name.find('@'), name.size()));
      std::string field;
      if (section == "events" || section == "claims")
        if (const std::size_t last = name.rfind('.'); last != std::string::npos) {
          field = name.substr(last + 1);
          name.resize(last);
        }
      const bool silent = !with_text_.count(key_of(rule));
      if (section == "claims")
        changed(rule, What::Claim, named(m_.claims, name));
      else if (section == "config")
        changed(rule, What::Config, named(m_.configs, name));
      else if (section == "procedures" && silent)
        changed(rule, What::Procedure, named(m_.procedures, name));
      else if (section == "events" && field == "do" && silent)
        changed(rule, What::Event, named(m_.events, name));
    }
  }
  void changed(const Rule& rule, What what, int index) {
    used(&rule, index >= 0 && o_.did(what, index));
  }

  const model::Model& m_;
  const Observed& o_;
  const model::RulePlaces& places_;
  std::map<RuleKey, Exercise> result_;
  std::set<int> cases_;          // statements that choose a case of a hook
  std::set<RuleKey> with_text_;  // overrides with statements of their own
};

}  // namespace

RuleKey key_of(const Rule& rule) { return {rule.id, rule.variant}; }

std::string shown(const RuleKey& rule) {
  return rule.second.empty() ? rule.first : rule.first + " (" + rule.second + ")";
}

std::map<RuleKey, Exercise> exercised(const model::Model& model, const Observed& observed,
                                      const model::RulePlaces& places) {
  return Exercises(model, observed, places).run();
}

}  // namespace luproof::checker
