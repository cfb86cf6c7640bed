// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/rv_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/describe.h"

namespace luproof::checker::exporter {

using model::Moment;
using model::Part;
using Kind = model::Type::Kind;

namespace {

constexpr std::size_t kLongestName = 31;  // MAX_DA_NAME_LEN of the kernel, less the end

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool assigns(const model::Block& block, const std::vector<char>& cells) {
  auto target = [&](const model::ExprPtr& e) {
    return (e->op == model::Op::Cell || e->op == model::Op::Outgoing) &&
           cells[static_cast<std::size_t>(e->ref)];
  };
  for (const auto& s : block) {
    if (std::any_of(s->targets.begin(), s->targets.end(), target) || assigns(s->body, cells) ||
        assigns(s->orelse, cells))
      return true;
  }
  return false;
}

bool takes_element(const std::vector<model::Local>& locals, int parameters) {
  return std::any_of(locals.begin(), locals.begin() + parameters,
                     [](const model::Local& l) { return l.type.kind == Kind::Ref; });
}

}  // namespace

std::string rv_identifier(const std::string& text, const std::vector<std::string>& taken) {
  std::string name;
  for (const char c : text) name += letter(c) || (c >= '0' && c <= '9') ? c : '_';
  if (name.empty() || !letter(name[0])) name.insert(name.begin(), '_');
  // What distinguishes long names is at both ends.
  if (name.size() > kLongestName) name.replace(15, name.size() - 30, "_");
  const std::string plain = name;
  for (int n = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++n) {
    const std::string number = fmt::format("_{}", n);
    name = plain.substr(0, kLongestName - number.size()) + number;
  }
  return name;
}

RvWatch::RvWatch(const System& system, const RvQuestion& question)
    : s_(system), m_(*system.model), element_(question.element) {
  find_inner_calls();
  std::vector<char> wanted(s_.slots.size(), 0);
  for (const int cell : question.cells)
    for (const model::Component& c : s_.layout->components())
      if (c.part == Part::Value && c.owner == cell)
        for (int slot = c.base; slot < c.base + c.size; ++slot) {
          wanted[slot] = 1;
          cell_slots_.push_back(slot);
        }
  watch_slots(wanted);
  if (question.property >= 0) watch_property(question.property);
  for (const std::string& name : question.functions) watch_function(name);
}

int RvWatch::symbol(const std::string& name, const std::string& shown) {
  std::vector<std::string> taken;
  for (const RvSymbol& s : symbols_) taken.push_back(s.name);
  symbols_.push_back({rv_identifier(name, taken), shown});
  return static_cast<int>(symbols_.size()) - 1;
}

void RvWatch::watch_procedure(int procedure, bool entry) {
  const model::Procedure& p = m_.procedures[procedure];
  Seen& seen = procedures_[procedure];
  // Of one element only the entry can be told from that of others: it has the arguments.
  entry = entry || (!element_.empty() && takes_element(p.locals, p.parameters));
  if (entry && seen.enters < 0) seen.enters = symbol(p.name + "_enter", p.name + " is entered");
  if (entry || seen.returns >= 0) return;
  if (p.result.kind == Kind::Errno) {
    seen.returns = symbol(p.name + "_ok", p.name + " returns 0");
    seen.fails = symbol(p.name + "_err", p.name + " returns an error");
  } else {
    seen.returns = symbol(p.name, p.name + " returns");
  }
}

void RvWatch::find_inner_calls() {
  for (std::size_t e = 0; e < m_.events.size(); ++e)
    find_inner_calls(m_.events[e].body, &within_event_[static_cast<int>(e)], m_.events[e].name);
  for (const model::Procedure& p : m_.procedures) find_atomic_blocks(p.body, p.name);
  for (const model::Actor& a : m_.actors) find_atomic_blocks(a.body, a.name);
}

void RvWatch::find_inner_calls(const model::Block& block, std::vector<int>* always,
                               const std::string& where) {
  for (const auto& s : block) {
    if (s->kind == model::StmtKind::Fire) {
      // Whose arguments they have is not worked out: of one element they are not told.
      if (always && element_.empty())
        always->push_back(s->ref);
      else
        hidden_.emplace(s->ref, where);
    }
    find_inner_calls(s->body, nullptr, where);
    find_inner_calls(s->orelse, nullptr, where);
  }
}

void RvWatch::find_atomic_blocks(const model::Block& block, const std::string& where) {
  for (const auto& s : block) {
    if (s->kind == model::StmtKind::Atomic) {
      find_inner_calls(s->body, &within_block_[s->id], where);
    } else if (s->kind == model::StmtKind::Each) {
      find_inner_calls(s->body, nullptr, where);
    } else {
      find_atomic_blocks(s->body, where);
      find_atomic_blocks(s->orelse, where);
      for (const model::Block& alternative : s->alternatives)
        find_atomic_blocks(alternative, where);
    }
  }
}

void RvWatch::watch_event(int event) {
  const model::Event& e = m_.events[event];
  if (const auto hidden = hidden_.find(event); hidden != hidden_.end()) {
    const std::string text = e.name + ", which " + hidden->second + " may call";
    if (std::find(unseen_.begin(), unseen_.end(), text) == unseen_.end()) unseen_.push_back(text);
    return;
  }
  if (!events_.count(event)) events_[event] = symbol(e.name, e.name + " is called");
}

void RvWatch::watch_kexec() {
  if (kexec_ < 0) kexec_ = symbol("kexec", "this kernel is left by kexec");
}

void RvWatch::watch_function(const std::string& name) {
  for (std::size_t e = 0; e < m_.events.size(); ++e)
    if (m_.events[e].name == name) watch_event(static_cast<int>(e));
  for (std::size_t p = 0; p < m_.procedures.size(); ++p)
    if (m_.procedures[p].name == name) watch_procedure(static_cast<int>(p), false);
  if (name == "kexec") watch_kexec();
}

int RvWatch::fired(const Transition& t) const {
  const Label& label = t.labels.front();
  if (label.event >= 0) return label.event;
  if (label.stmt < 0) return -1;
  const model::Stmt& s = *m_.statement_by_id[label.stmt];
  return s.kind == model::StmtKind::Fire ? s.ref : -1;
}

void RvWatch::watch_slots(const std::vector<char>& wanted) {
  // Also what no run of this design calls: that is what a kernel must not do.
  std::vector<char> cells(m_.cells.size(), 0);
  for (int slot = 0; slot < s_.data_slots(); ++slot)
    if (const model::Component& c = s_.layout->component_of(slot);
        wanted[slot] && (c.part == Part::Value || c.part == Part::OutPresent))
      cells[c.owner] = 1;
  for (std::size_t e = 0; e < m_.events.size(); ++e)
    if (const model::Event& event = m_.events[e];
        event.symbol && event.act < 0 && assigns(event.body, cells))
      watch_event(static_cast<int>(e));
  std::map<int, int> procedure_of;  // of statements
  auto within = [&](int stmt) {
    const auto [at, fresh] = procedure_of.emplace(stmt, -1);
    if (!fresh) return at->second;
    const std::string name = place_of(m_, stmt).name;
    for (std::size_t p = 0; p < m_.procedures.size(); ++p)
      if (m_.procedures[p].name == name) at->second = static_cast<int>(p);
    return at->second;
  };
  for (const Transition& t : s_.transitions) {
    if (t.kexec || t.fault != Fault::None || t.exhausted) continue;
    const auto change = std::find_if(t.updates.begin(), t.updates.end(), [&](const auto& update) {
      const TermNode& n = s_.terms[update.second];
      return wanted[update.first] && !(n.op == TermOp::Slot && n.value == update.first);
    });
    if (change == t.updates.end()) continue;
    const int event = fired(t);
    const int stmt = t.labels.front().stmt;
    const int procedure = stmt < 0 ? -1 : within(stmt);
    if (event >= 0 && m_.events[event].symbol && m_.events[event].act < 0) {
      watch_event(event);
    } else if (within_block_.count(stmt) && shows(t)) {
      continue;  // by what it calls
    } else if (procedure >= 0 && m_.procedures[procedure].symbol) {
      watch_procedure(procedure, false);
    } else {
      const std::string who = event >= 0        ? m_.events[event].name
                              : procedure >= 0  ? m_.procedures[procedure].name
                              : t.instance >= 0 ? s_.layout->instance_name(t.instance)
                                                : "something";
      const std::string text = who + " changes " + s_.layout->slot_name(change->first);
      if (std::find(unseen_.begin(), unseen_.end(), text) == unseen_.end()) unseen_.push_back(text);
    }
  }
}

void RvWatch::watch_property(int index) {
  const model::Property& property = m_.properties[index];
  std::vector<char> support(s_.slots.size(), 0), wanted(s_.slots.size(), 0);
  if (s_.bad[index] >= 0) s_.terms.support(s_.bad[index], support);
  for (const Transition& t : s_.transitions)
    for (const StepCheck& check : t.checks)
      if (check.property == index) s_.terms.support(check.bad, support);
  // What decides when a claim begins and ends.
  for (const model::Clause& clause : property.clauses) {
    if (clause.claim < 0) continue;
    const model::Component& latch = *s_.layout->find(Part::Latch, clause.claim);
    for (const Transition& t : s_.transitions)
      for (const auto& [slot, term] : t.updates)
        if (slot >= latch.base && slot < latch.base + latch.size) s_.terms.support(term, support);
  }
  for (int slot = 0; slot < s_.data_slots(); ++slot)
    if (const Part part = s_.layout->component_of(slot).part;
        support[slot] && part != Part::Latch && part != Part::LatchKernel &&
        part != Part::Sampled && part != Part::Released && part != Part::Kernel)
      wanted[slot] = 1;
  watch_slots(wanted);
  if (property.moment == Moment::Kexec) watch_kexec();
  if (property.moment == Moment::Enter) watch_procedure(property.procedure, true);
  if (property.moment == Moment::Return) watch_procedure(property.procedure, false);
}

bool RvWatch::shows_event(int event) const {
  if (events_.count(event)) return true;
  const std::vector<int>& within = within_event_.at(event);
  return std::any_of(within.begin(), within.end(), [&](int inner) { return shows_event(inner); });
}

bool RvWatch::shows(const Transition& t) const {
  if (t.kexec) return kexec_ >= 0;
  if (const int event = fired(t); event >= 0 && shows_event(event)) return true;
  if (const auto block = within_block_.find(t.labels.front().stmt); block != within_block_.end())
    for (const int event : block->second)
      if (shows_event(event)) return true;
  return std::any_of(t.passings.begin(), t.passings.end(),
                     [&](const Passing& p) { return procedures_.count(p.procedure) != 0; });
}

void RvWatch::add_event(int event, std::vector<int>& symbols) const {
  if (const auto at = events_.find(event); at != events_.end()) symbols.push_back(at->second);
  for (const int inner : within_event_.at(event)) add_event(inner, symbols);
}

bool RvWatch::about(const std::vector<Term>& args, const std::vector<model::Local>& locals,
                    const State& before) const {
  for (std::size_t i = 0; i < args.size(); ++i)
    if (locals[i].type.kind == Kind::Ref &&
        m_.value_text(locals[i].type, s_.terms.evaluate(args[i], before)) == element_)
      return true;
  return false;
}

void RvWatch::word(const Transition& t, const State& before, std::vector<int>& symbols) const {
  symbols.clear();
  if (t.kexec) {  // nothing is seen behind it: the monitor is gone
    if (kexec_ >= 0) symbols.push_back(kexec_);
    return;
  }
  if (const int event = fired(t); event >= 0) {
    const model::Event& e = m_.events[event];
    const Label& label = t.labels.front();
    bool mine = element_.empty() || !takes_element(e.locals, e.parameters);
    if (!mine && label.event >= 0) {  // of what happens by itself the label has the arguments
      for (std::size_t i = 0; i < label.args.size(); ++i)
        mine = mine || (e.locals[i].type.kind == Kind::Ref &&
                        m_.value_text(e.locals[i].type, label.args[i]) == element_);
    } else if (!mine) {
      mine = !t.args.empty() && about(t.args.front(), e.locals, before);
    }
    if (mine) add_event(event, symbols);
  }
  if (const auto block = within_block_.find(t.labels.front().stmt); block != within_block_.end())
    for (const int event : block->second) add_event(event, symbols);
  for (const Passing& passing : t.passings) {
    const auto at = procedures_.find(passing.procedure);
    if (at == procedures_.end()) continue;
    const Seen& seen = at->second;
    const model::Procedure& p = m_.procedures[passing.procedure];
    if (!passing.returned) {
      if (seen.enters >= 0 && (element_.empty() || !takes_element(p.locals, p.parameters) ||
                               about(passing.args, p.locals, before)))
        symbols.push_back(seen.enters);
    } else if (seen.returns >= 0) {
      const bool error =
          seen.fails >= 0 && passing.result >= 0 && s_.terms.evaluate(passing.result, before) != 0;
      symbols.push_back(error ? seen.fails : seen.returns);
    }
  }
}

}  // namespace luproof::checker::exporter
