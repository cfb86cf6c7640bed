// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/assumed.h"

#include <set>

#include "model/rule_list.h"

namespace luproof::checker {
namespace {

using model::Block;
using model::Expr;
using model::ExprPtr;
using model::Model;
using model::Op;
using model::Origin;
using model::Stmt;
using model::StmtKind;

// What the runs of an exhausted search did; without one, everything counts as done.
struct Done {
  bool known = false;
  std::set<int> procedures, statements, events;

  Done(const System& system, const Statistics& statistics) {
    known = statistics.exhausted && statistics.fired.size() == system.transitions.size();
    for (std::size_t t = 0; known && t < system.transitions.size(); ++t) {
      if (!statistics.fired[t]) continue;
      for (const Label& label : system.transitions[t].labels) {
        if (label.stmt >= 0) statements.insert(label.stmt);
        if (label.event >= 0) events.insert(label.event);
      }
      for (const Passing& p : system.transitions[t].passings) procedures.insert(p.procedure);
    }
  }
};

// Walks from what runs to all that it refers to, and notes the rules in whose text it stands.
class Walk {
 public:
  Walk(const Model& model, const model::RulePlaces& places, const Done& done)
      : m_(model), places_(places), done_(done) {}

  void program() {
    for (const auto& actor : m_.actors) block(actor.body, true);
    for (std::size_t e = 0; e < m_.events.size(); ++e) {
      const model::Event& event = m_.events[e];
      if (!event.when || (event.act >= 0 && !m_.acts[event.act].allowed)) continue;
      expr(event.when);  // looked at in every state, even if it never comes true
      if (!done_.known || done_.events.count(static_cast<int>(e))) fire(static_cast<int>(e));
    }
    for (const auto& cell : m_.cells) {
      expr(cell.cold);
      expr(cell.boot);
    }
  }

  void property(const model::Property& property) {
    own(property.origin);
    for (const ExprPtr& e : {property.from, property.to}) expr(e);
    for (const model::Clause& clause : property.clauses) {
      expr(clause.set);
      expr(clause.bad);
      for (const int sample : clause.samples) expr(m_.samples[sample].expr);
      if (clause.claim < 0) continue;
      const model::Claim& claim = m_.claims[clause.claim];
      own(claim.origin);
      expr(claim.from);
      expr(claim.until);
    }
  }

  const std::set<int>& rules() const { return rules_; }

 private:
  void place(const model::Span& span) {
    const int rule = places_.find(span);
    if (rule >= 0 && places_.rules()[rule].rule) rules_.insert(rule);
  }

  // The declaration itself; if it was replaced, what stands in its place is found by its own text.
  void own(const Origin& origin) {
    if (origin.overridden_by.empty()) place(origin.span);
  }

  // A cell or a constant is no rule, but may say of itself that its value is not certain.
  void fact(const Origin& origin) {
    const int rule = places_.find(origin.span);
    if (rule >= 0 && places_.rules()[rule].own_status) rules_.insert(rule);
  }

  void expr(const ExprPtr& e) {
    if (!e || !expressions_.insert(e.get()).second) return;
    place(e->span);
    switch (e->op) {
      case Op::Define:
        if (defines_.insert(e->ref).second) {
          own(m_.defines[e->ref].origin);
          expr(m_.defines[e->ref].body);
        }
        break;
      case Op::Config:
        fact(m_.configs[e->ref].origin);
        break;
      case Op::Cell:
      case Op::SetCell:
      case Op::Received:
      case Op::Handed:
      case Op::Restored:
      case Op::Outgoing:
      case Op::Written:
      case Op::SetReceived:
      case Op::SetOutgoing:
        fact(m_.cells[e->ref].origin);
        break;
      default:
        break;
    }
    for (const ExprPtr& kid : e->kids) expr(kid);
  }

  void fire(int event) {
    if (!events_.insert(event).second) return;
    const model::Event& e = m_.events[event];
    own(e.origin);
    act(e.act);
    expr(e.when);
    block(e.body, false);
  }

  void call(int procedure) {
    if (done_.known && !done_.procedures.count(procedure)) return;
    if (!procedures_.insert(procedure).second) return;
    own(m_.procedures[procedure].origin);
    block(m_.procedures[procedure].body, true);
  }

  void act(int act) {
    if (act >= 0 && m_.acts[act].allowed) own(m_.acts[act].origin);
  }

  // `steps`: its statements are steps of their own, not parts of an event.
  void block(const Block& block, bool steps) {
    for (const auto& s : block) statement(*s, steps);
  }

  void statement(const Stmt& s, bool steps) {
    place(s.span);
    for (const ExprPtr& e : s.values) expr(e);
    for (const ExprPtr& e : s.targets) expr(e);
    expr(s.order_key);
    if (s.kind == StmtKind::Call) call(s.ref);
    if (s.kind == StmtKind::Fire && (!steps || !done_.known || done_.statements.count(s.id)))
      fire(s.ref);
    if (s.kind == StmtKind::MayFail) act(s.ref);
    if (s.kind == StmtKind::Put && m_.cells[s.targets[0]->ref].at_zero >= 0)
      call(m_.cells[s.targets[0]->ref].at_zero);
    if (s.undo) statement(*s.undo, steps);
    const bool inside = steps && s.kind != StmtKind::Atomic && s.kind != StmtKind::Each;
    block(s.body, inside);
    block(s.orelse, inside);
    for (const Block& alternative : s.alternatives) block(alternative, inside);
  }

  const Model& m_;
  const model::RulePlaces& places_;
  const Done& done_;
  std::set<int> rules_, defines_, procedures_, events_;
  std::set<const Expr*> expressions_;
};

}  // namespace

void find_assumed(const System& system,
                  const std::vector<std::shared_ptr<const model::Document>>& documents,
                  const Statistics& statistics, std::vector<Finding>& findings) {
  model::RulePlaces places;
  for (const auto& document : documents) places.add(*document);
  const Done done(system, statistics);
  Walk program(*system.model, places, done);
  program.program();
  for (Finding& finding : findings) {
    Walk walk = program;
    if (finding.index >= 0) walk.property(system.model->properties[finding.index]);
    for (const int index : walk.rules()) {
      const model::Rule& rule = places.rules()[index];
      if (!rule.status.empty()) finding.assumed.push_back(rule.id + " (" + rule.status + ")");
    }
  }
}

}  // namespace luproof::checker
