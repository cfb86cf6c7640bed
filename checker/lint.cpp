// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "checker/lint_uses.h"

namespace luproof::checker {
namespace {

using About = LintFact::About;
using model::Span;
using What = Watch::What;

constexpr std::size_t kWidest = 60;  // of a text that is shown

// The text at a place, up to the end of its line.
std::string snippet(const Span& span) {
  if (!span.source || span.line <= 0) return "";
  std::string_view line = span.source->line(span.line);
  line.remove_prefix(std::min(line.size(), static_cast<std::size_t>(std::max(0, span.column - 1))));
  return model::shortened(std::string(line), kWidest);
}

bool starts_with(const std::string& text, std::string_view word) {
  return text.compare(0, word.size(), word) == 0;
}

// Whether the runs of one reading can tell a guard true and false: one that reads nothing but the
// topology, given cells and entities that it was handed says what a spec chose, not what happens.
bool varies(const model::Model& m, const model::Expr& e) {
  using model::Op;
  switch (e.op) {
    case Op::Cell:
    case Op::SetCell:
      if (m.cells[static_cast<std::size_t>(e.ref)].life != model::Life::Given) return true;
      break;
    case Op::Local:
      return e.type.kind != model::Type::Kind::Ref;
    case Op::Define:
      if (const auto& body = m.defines[static_cast<std::size_t>(e.ref)].body;
          body && varies(m, *body))
        return true;
      break;
    case Op::KernelNumber:
    case Op::Panicked:
    case Op::Alive:
    case Op::Received:
    case Op::Handed:
    case Op::Restored:
    case Op::Outgoing:
    case Op::Written:
    case Op::SetReceived:
    case Op::SetOutgoing:
      return true;
    default:
      break;
  }
  return std::any_of(e.kids.begin(), e.kids.end(),
                     [&](const model::ExprPtr& kid) { return kid && varies(m, *kid); });
}

class Facts {
 public:
  Facts(const Checked& checked, LintReading& out)
      : m_(*checked.model), o_(*checked.observed), out_(out) {}

  void run() {
    for (std::size_t i = 0; i < m_.events.size(); ++i) event(static_cast<int>(i));
    for (const model::Stmt* s : m_.statement_by_id)
      if (s) guard(*s);
    for (std::size_t i = 0; i < m_.properties.size(); ++i) {
      LintFact& f = add(About::Property, m_.properties[i].origin.span, m_.properties[i].name);
      f.yes = o_.did(What::Property, static_cast<int>(i));
      f.reached =
          !m_.properties[i].clauses.empty() || m_.properties[i].kind != model::PropertyKind::Safety;
    }
    uses();
    for (const model::Choice& c : m_.choices) out_.choice_places[c.name] = c.origin.span;
  }

 private:
  // A case or a question drives packs along the one way that it is about, so its own guards are
  // constant by intention.
  bool script(const Span& span) const {
    return m_.kind != "design" && span.source && canonical(span.source->path) == canonical(m_.path);
  }

  LintFact& add(About about, const Span& span, const std::string& name) {
    LintFact f;
    f.about = about;
    f.span = span;
    f.name = name;
    out_.facts.push_back(std::move(f));
    return out_.facts.back();
  }

  void event(int i) {
    const model::Event& e = m_.events[static_cast<std::size_t>(i)];
    LintFact& f = add(About::Event, e.origin.span, e.name);
    f.yes = o_.did(What::Event, i);
    f.no = e.when != nullptr;
    f.reached = e.act < 0 || m_.acts[static_cast<std::size_t>(e.act)].allowed;
    if (e.act >= 0) f.more = m_.acts[static_cast<std::size_t>(e.act)].name;
    if (!e.when || e.act >= 0 || script(e.when->span)) return;
    LintFact& when = add(About::Guard, e.when->span, "when");
    when.more = e.name;
    when.reached = varies(m_, *e.when);
    when.yes = o_.was(e.when.get(), true);
    when.no = o_.was(e.when.get(), false);
  }

  void guard(const model::Stmt& s) {
    const model::Expr* e = guard_of(s);
    if (!e || script(s.span)) return;
    const std::string text = snippet(s.span);
    // The loader makes an `if` of each case of a hook; it stands where its `when` does.
    const bool written = starts_with(text, "if") || starts_with(text, "elif");
    const char* name = s.kind == model::StmtKind::Check  ? "check"
                       : s.kind == model::StmtKind::Wait ? "wait"
                       : written                         ? "if"
                                                         : "case";
    LintFact& f = add(About::Guard, s.span, name);
    f.reached = varies(m_, *e);
    f.yes = o_.was(e, true);
    f.no = o_.was(e, false);
  }

  void uses() {
    const References r = references(m_);
    auto each = [&](About about, const auto& list, const std::set<int>& used) {
      for (std::size_t i = 0; i < list.size(); ++i)
        add(about, list[i].origin.span, list[i].name).yes = used.count(static_cast<int>(i)) > 0;
    };
    each(About::Definition, m_.defines, r.defines);
    each(About::Config, m_.configs, r.configs);
    each(About::Act, m_.acts, r.acts);
    for (std::size_t i = 0; i < m_.cells.size(); ++i) {
      LintFact& f = add(About::Cell, m_.cells[i].origin.span, m_.cells[i].shown);
      const bool lock =
          m_.cells[i].kind == model::CellKind::Mutex || m_.cells[i].kind == model::CellKind::Rwlock;
      f.more = lock ? "lock" : "cell";
      f.yes = r.cells_read.count(static_cast<int>(i)) > 0;
      f.no = r.cells_written.count(static_cast<int>(i)) > 0;
    }
    for (std::size_t i = 0; i < m_.enums.size(); ++i) {
      const bool of_choice =
          std::any_of(m_.choices.begin(), m_.choices.end(),
                      [&](const model::Choice& c) { return c.enumeration == static_cast<int>(i); });
      if (!of_choice)
        add(About::Kind, m_.enums[i].span, m_.enums[i].name).yes =
            r.enums.count(static_cast<int>(i)) > 0;
    }
    for (const model::Stmt* s : m_.statement_by_id)
      if (s && s->declares && (s->kind == model::StmtKind::Let || s->kind == model::StmtKind::Call))
        add(About::Local, s->span, s->kind == model::StmtKind::Call ? "call" : "let").yes =
            !r.unread.count(s);
  }

  const model::Model& m_;
  const Observed& o_;
  LintReading& out_;
};

}  // namespace

std::string canonical(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::weakly_canonical(path, ignored).string();
}

LintReading lint_reading(const std::string& file, const Checked& checked,
                         std::set<std::string> files) {
  LintReading out;
  out.file = file;
  out.variant = checked.reading.variant;
  out.choices = checked.reading.choices;
  out.files = std::move(files);
  out.complete = checked.observed && checked.observed->complete;
  out.partial = checked.observed && !out.complete && checked.statistics.stopped_by.empty();
  if (!out.complete && !out.partial) return out;
  Facts(checked, out).run();
  for (const Finding& f : checked.findings)
    out.outcome += f.property + " " + verdict_name(f.verdict) + "\n";
  for (const std::string& step : checked.observed->visible) out.outcome += step + "\n";
  return out;
}

void Lint::add(const LintReading& reading) {
  if (!reading.complete)
    (reading.partial ? partial_ : doubtful_).insert(reading.files.begin(), reading.files.end());
  std::map<std::string, std::string> ours;  // canonical by path as it is written; "" is not asked
  for (const LintFact& f : reading.facts) {
    if (!f.span.source) continue;
    const auto [at, fresh] = ours.emplace(f.span.source->path, "");
    if (fresh && files_.count(canonical(f.span.source->path)))
      at->second = canonical(f.span.source->path);
    if (at->second.empty()) continue;
    Known& known = known_[{at->second, f.span.line, f.span.column, static_cast<int>(f.about)}];
    if (!known.fact.span.source) known.fact = f;
    if (f.about != About::Guard || f.yes || f.no) ++known.readings;
    known.fact.yes = known.fact.yes || f.yes;
    known.fact.no = known.fact.no || f.no;
    known.fact.reached = known.fact.reached || f.reached;
  }
  if (reading.choices.empty()) return;
  open_choices_.push_back(reading);
  open_choices_.back().facts.clear();
}

void Lint::judge(const Known& known, std::vector<LintFinding>& findings) const {
  const LintFact& f = known.fact;
  const bool doubtful = doubtful_.count(canonical(f.span.source->path)) > 0;
  const std::string readings = known.readings == 1
                                   ? "the one reading"
                                   : fmt::format("any of the {} readings", known.readings);
  const bool partly = partial_.count(canonical(f.span.source->path)) > 0;
  auto tell = [&](const char* kind, std::string what, std::string hint) {
    if (partly && std::string_view(kind) != "unused")
      hint += "; of readings that the solver decides only the runs that it shows were seen";
    findings.push_back({kind, f.span, std::move(what), std::move(hint)});
  };
  auto unused = [&](const char* what) {
    if (!f.yes)
      tell("unused", fmt::format("nothing uses the {} '{}'", what, f.name),
           "take it away, or use it");
  };
  switch (f.about) {
    case About::Event:
      if (f.yes || doubtful) return;
      tell("dead-event", fmt::format("the event '{}' never happens in {}", f.name, readings),
           !f.reached ? fmt::format("no spec says 'allow: [{}]'", f.more)
           : f.no     ? "its 'when' is never true"
                      : "no code that a run reaches names it");
      return;
    case About::Guard: {
      // Both, or nobody gets there, or not all runs were seen, or no run could tell.
      if (f.yes == f.no || doubtful || partly || !f.reached) return;
      if (f.name == "when" && !f.yes) return;  // told of the event
      const char* never = f.yes ? "false" : "true";
      const std::string text = f.name == "when" ? "when of " + f.more : snippet(f.span);
      tell("constant-guard",
           fmt::format("'{}' is never {} in {} that get there", text, never,
                       known.readings == 1
                           ? "the runs of the one reading"
                           : fmt::format("the runs of the {} readings", known.readings)),
           f.name == "wait" && !f.yes ? "the actor waits for ever"
           : f.name == "case" && !f.yes
               ? "its code never runs; let a spec come there, or take the case away"
               : fmt::format("let a spec make it {}, or leave it out", never));
      return;
    }
    case About::Property:
      if (f.yes || doubtful) return;
      tell(
          "idle-property",
          fmt::format("the property '{}' has nothing to look at in {}", f.name, readings),
          f.reached ? "what it is for, or its moment, is never reached" : "no claim has its level");
      return;
    case About::Definition:
      return unused("definition");
    case About::Kind:
      return unused("kind");
    case About::Config:
      return unused("constant");
    case About::Act:
      return unused("environment act");
    case About::Cell:
      if (f.yes) return;
      if (!f.no) return unused(f.more.c_str());
      tell("unused", fmt::format("the cell '{}' is written and never read", f.name),
           "let a condition or a property look at it, or take it away");
      return;
    case About::Local:
      if (f.yes) return;
      tell("unused", fmt::format("'{}' is never read", snippet(f.span)),
           f.name == "call" ? "write 'ignore' and the call if its result does not matter"
                            : "take it away");
      return;
  }
}

// Readings of one variant that differ in one choice only.
void Lint::choices(std::vector<LintFinding>& findings) const {
  std::map<std::string, std::map<std::string, std::set<std::string>>> groups;
  std::map<std::string, Span> places;
  std::map<std::string, std::string> names;
  for (const LintReading& r : open_choices_)
    for (const auto& [choice, alternative] : r.choices) {
      const auto place = r.choice_places.find(choice);
      if (place == r.choice_places.end() || !place->second.source) continue;
      std::string rest = r.file + "\n" + r.variant;
      for (const auto& [other, value] : r.choices)
        if (other != choice) rest += "\n" + other + "=" + value;
      const std::string where =
          fmt::format("{}:{}", canonical(place->second.source->path), place->second.line);
      groups[where][rest].insert(r.outcome);
      places[where] = place->second;
      names[where] = choice;
    }
  for (const auto& [where, by_rest] : groups) {
    const std::string path = canonical(places[where].source->path);
    if (!files_.count(path) || doubtful_.count(path) || partial_.count(path)) continue;
    const bool changes = std::any_of(by_rest.begin(), by_rest.end(),
                                     [](const auto& group) { return group.second.size() > 1; });
    if (!changes)
      findings.push_back({"idle-choice", places[where],
                          fmt::format("the choice '{}' changes nothing: every alternative has the "
                                      "same verdicts and the same visible steps",
                                      names[where]),
                          "let the alternatives differ in what happens, or take the choice away"});
  }
}

std::vector<LintFinding> Lint::findings() const {
  std::vector<LintFinding> findings;
  for (const auto& [place, known] : known_) judge(known, findings);
  choices(findings);
  return findings;
}

}  // namespace luproof::checker
