// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/resolver.h"
#include "model/schema.h"
#include "model/token_stream.h"

namespace luproof::model {
namespace {

// Names that expectations may use beside the declared properties.
constexpr std::array<std::string_view, 14> kBuiltIn = {
    "deadlock",           "none-reference",  "stale-reference",    "wrong-kind",    "out-of-range",
    "refcount-underflow", "absent-handover", "double-restore",     "double-append", "not-a-member",
    "unlock-unheld",      "lock-leaked",     "recursion-too-deep", "endless-loop"};

}  // namespace

// The levels of a claim or of a promise.
std::vector<std::string> Resolver::levels(const YamlNode& node) {
  for (const YamlNode* item : items_of(node))
    if (!is_name(item->text))
      diagnostics_.error(item->span, fmt::format("'{}' is no name", printable(item->text)));
  if (items_of(node).empty()) diagnostics_.error(node.span, "at least one level is expected");
  return texts_of(node);
}

// A promise takes levels away; one that the claim does not have would be promised by nobody.
void Resolver::lower(Claim& claim, const YamlNode& promise) {
  for (const YamlNode* item : items_of(promise))
    if (std::find(claim.levels.begin(), claim.levels.end(), item->text) == claim.levels.end())
      diagnostics_.error(
          item->span,
          fmt::format("the claim '{}' has no level '{}'", claim.name, printable(item->text)),
          did_you_mean(item->text, claim.levels));
  claim.levels = levels(promise);
}

void Resolver::claims() {
  for (const Declared& d : c_.declared) {
    if (d.section != "claims") continue;
    Claim claim;
    claim.name = d.name;
    claim.origin = d.origin;
    const YamlEntry* binder = d.value.find("for");
    const YamlEntry* from = d.value.find("from");
    const YamlEntry* level = d.value.find("level");
    if (!binder || !from || !level) {
      diagnostics_.error(d.key.span,
                         fmt::format("the claim '{}' needs 'for:', 'level:' and 'from:'", d.name));
      continue;
    }
    const auto lines = lex(binder->value, diagnostics_);
    const bool pair = lines.size() == 1 && lines[0].tokens.size() == 3 &&
                      lines[0].tokens[0].kind == TokenKind::Name &&
                      lines[0].tokens[1].kind == TokenKind::Name;
    if (!pair) {
      diagnostics_.error(binder->value.span, "a sort and a name are expected", "for: vf v");
      continue;
    }
    claim.sort = known_sort(lines[0].tokens[0].text, lines[0].tokens[0].span);
    if (claim.sort < 0) continue;
    claim.levels = levels(level->value);
    if (const auto promise = c_.promise.find(d.name); promise != c_.promise.end())
      lower(claim, promise->second.first);
    Frame frame;
    frame.properties = true;
    frame.locals = &claim.locals;
    frame.scopes.emplace_back();
    bind(frame, lines[0].tokens[1].text, Type{Type::Kind::Ref, claim.sort, 0, 0, false},
         lines[0].tokens[1].span);
    claim.from = boolean(parse_expression(from->value, diagnostics_), frame, "'from'");
    if (const YamlEntry* until = d.value.find("until"))
      claim.until = boolean(parse_expression(until->value, diagnostics_), frame, "'until'");
    claims_[d.name] = static_cast<int>(m_.claims.size());
    m_.claims.push_back(std::move(claim));
  }
  std::vector<std::string> known;
  for (const Claim& claim : m_.claims) known.push_back(claim.name);
  for (const auto& [name, promise] : c_.promise)
    if (!claims_.count(name))
      diagnostics_.error(promise.second, fmt::format("there is no claim '{}'", printable(name)),
                         did_you_mean(name, known));
}

void Resolver::properties() {
  for (const Declared& d : c_.declared)
    if (d.section == "properties") property(d);
}

void Resolver::moment(const YamlNode& node, Property& p) {
  if (node.text == "kexec") {
    p.moment = Moment::Kexec;
    return;
  }
  const auto lines = lex(node, diagnostics_);
  if (lines.size() != 1) {
    diagnostics_.error(node.span, "a moment is expected",
                       "kexec, P enters, P returns, P returns error or P returns 0");
    return;
  }
  TokenStream in(lines[0].tokens, diagnostics_);
  Span span;
  const std::string name = in.name("a procedure", &span);
  if (in.failed()) return;
  const auto found = procedures_.find(name);
  std::vector<std::string> known = {"kexec"};
  for (const auto& [other, id] : procedures_) known.push_back(other);
  if (found == procedures_.end()) {
    diagnostics_.error(span, fmt::format("'{}' is no procedure", printable(name)),
                       did_you_mean(name, known));
    return;
  }
  p.procedure = found->second;
  if (in.accept("enters")) {
    p.moment = Moment::Enter;
  } else if (in.accept("returns")) {
    p.moment = Moment::Return;
    if (in.accept("error"))
      p.filter = Property::Filter::Error;
    else if (in.peek().kind == TokenKind::Number && in.peek().number == 0)
      in.next(), p.filter = Property::Filter::Success;
    if (p.filter != Property::Filter::Any &&
        m_.procedures[p.procedure].result.kind != Type::Kind::Errno)
      diagnostics_.error(span, fmt::format("'{}' returns no errno", name));
  } else {
    in.fail("'enters' or 'returns' is expected", "at: luo_freeze returns error");
  }
  in.expect_end("the moment");
}

// `x in S` or `x in claimed(LEVEL)`.
std::optional<Resolver::Binder> Resolver::binder_of(const YamlNode& node) {
  const auto lines = lex(node, diagnostics_);
  if (lines.size() != 1) {
    diagnostics_.error(node.span, "a name and a set are expected", "for: v in claimed(dma)");
    return std::nullopt;
  }
  TokenStream in(lines[0].tokens, diagnostics_);
  Binder binder;
  binder.name = in.name("a name", &binder.span);
  in.expect("in", "and what the property is for");
  binder.set = in.expression();
  in.expect_end("the set");
  if (in.failed()) return std::nullopt;
  if (binder.set.op == RawOp::Call && binder.set.text == "claimed") {
    if (binder.set.kids.size() != 1 || binder.set.kids[0].op != RawOp::Name) {
      diagnostics_.error(binder.set.span, "one level is expected in claimed(…)",
                         "for: v in claimed(dma)");
      return std::nullopt;
    }
    binder.level = binder.set.kids[0].text;
  }
  return binder;
}

void Resolver::clause(Property& p, const RawExpr& body, bool negate, const Binder* binder,
                      int claim) {
  Clause clause;
  std::vector<Local> locals;
  Frame frame;
  frame.properties = true;
  frame.step = p.moment == Moment::Step;
  frame.locals = &locals;
  frame.scopes.emplace_back();
  const std::size_t samples = m_.samples.size();
  if (binder) {
    if (claim >= 0) {
      clause.claim = claim;
      clause.local = bind(frame, binder->name,
                          Type{Type::Kind::Ref, m_.claims[claim].sort, 0, 0, false}, binder->span);
      frame.claim = claim;
      frame.samples = &clause.samples;
    } else {
      clause.set = expression(binder->set, frame);
      if (!clause.set || clause.set->type.kind != Type::Kind::Set) {
        if (clause.set)
          fail(clause.set->span, "a set is expected behind 'in'", "or 'claimed(LEVEL)'");
        return;
      }
      clause.local = bind(frame, binder->name,
                          Type{Type::Kind::Ref, clause.set->type.id, 0, 0, false}, binder->span);
    }
  }
  ExprPtr e = boolean(body, frame, "the property");
  if (!e) return;
  if (negate) {
    auto no = std::make_shared<Expr>();
    no->op = Op::Not;
    no->type = e->type;
    no->span = e->span;
    no->kids = {e};
    e = no;
  }
  clause.bad = e;
  for (std::size_t i = samples; i < m_.samples.size(); ++i)
    m_.samples[i].frame = static_cast<int>(locals.size());
  if (locals.size() > p.locals.size()) p.locals = locals;
  p.clauses.push_back(std::move(clause));
}

void Resolver::property(const Declared& d) {
  Property p;
  p.name = d.name;
  p.origin = d.origin;
  if (const YamlEntry* because = d.value.find("because")) p.because = because->value.text;
  const YamlEntry* at = d.value.find("at");
  const YamlEntry* binder_entry = d.value.find("for");
  if (std::find(kBuiltIn.begin(), kBuiltIn.end(), d.name) != kBuiltIn.end())
    diagnostics_.error(d.key.span, fmt::format("'{}' is checked by itself", d.name),
                       "take another name");
  if (at) moment(at->value, p);
  int bodies = 0;
  const YamlEntry* body = nullptr;
  bool negate = false;
  for (const char* key : {"never", "always", "step"})
    if (const YamlEntry* found = d.value.find(key)) {
      ++bodies;
      body = found;
      negate = std::string_view(key) != "never";
      if (std::string_view(key) == "step") p.moment = Moment::Step;
    }
  auto closed = [&](const YamlNode& node) {
    std::vector<Local> locals;
    Frame frame;
    frame.properties = true;
    frame.locals = &locals;
    frame.scopes.emplace_back();
    ExprPtr e = boolean(parse_expression(node, diagnostics_), frame, "the condition");
    if (locals.size() > p.locals.size()) p.locals = locals;
    return e;
  };
  for (const char* key : {"leads-to", "recoverable"})
    if (const YamlEntry* found = d.value.find(key)) {
      ++bodies;
      p.kind =
          std::string_view(key) == "leads-to" ? PropertyKind::LeadsTo : PropertyKind::Recoverable;
      if (const YamlEntry* from = found->value.find("from")) p.from = closed(from->value);
      if (const YamlEntry* to = found->value.find("to"))
        p.to = closed(to->value);
      else
        diagnostics_.error(found->value.span, "'to:' is missing");
      if (const YamlEntry* by = found->value.find("by")) {
        if (items_of(by->value).empty())
          diagnostics_.error(by->value.span, "at least one actor is expected",
                             "without 'by:' it is all of them");
        for (const YamlNode* item : items_of(by->value)) {
          if (!actors_.count(item->text))
            no_actor(item->text, item->span);
          else
            p.by.push_back(actors_[item->text]);
        }
      }
      if (const YamlEntry* without = found->value.find("without"))
        for (const YamlNode* item : items_of(without->value)) {
          if (item->text != "kexec") diagnostics_.error(item->span, "'without:' knows 'kexec'");
          p.without_kexec = true;
        }
    }
  if (const YamlEntry* possible = d.value.find("possible")) {
    ++bodies;
    p.kind = PropertyKind::Possible;
    p.to = closed(possible->value);
  }
  if (bodies != 1) {
    diagnostics_.error(d.key.span, fmt::format("the property '{}' needs exactly one of never, "
                                               "always, step, leads-to, recoverable, possible",
                                               d.name));
    return;
  }
  if (at && (!body || body->key.text == "step"))
    diagnostics_.error(at->key.span, "only 'never:' and 'always:' look at a moment",
                       "leave out 'at:'");
  if (binder_entry && !body)
    diagnostics_.error(binder_entry->key.span,
                       "only 'never:', 'always:' and 'step:' are for each of a set");
  if (body) {
    std::optional<Binder> binder;
    if (binder_entry && !(binder = binder_of(binder_entry->value))) return;
    const RawExpr raw = parse_expression(body->value, diagnostics_);
    if (!diagnostics_.ok()) return;
    if (binder && !binder->level.empty()) {
      p.level = binder->level;
      for (std::size_t i = 0; i < m_.claims.size(); ++i) {
        const auto& promised = m_.claims[i].levels;
        if (std::find(promised.begin(), promised.end(), p.level) != promised.end())
          clause(p, raw, negate, &*binder, static_cast<int>(i));
      }
    } else {
      clause(p, raw, negate, binder ? &*binder : nullptr, -1);
    }
  }
  m_.properties.push_back(std::move(p));
}

void Resolver::assumptions() {
  for (const auto& [entry, who] : c_.assume) {
    std::vector<Local> locals;
    Frame frame;
    frame.locals = &locals;
    frame.scopes.emplace_back();
    Assumption a;
    a.name = entry->key.text;
    a.origin.span = entry->key.span;
    a.origin.pack = who;
    const YamlEntry* inner = entry->value.find("expr");
    a.expr = boolean(parse_expression(inner ? inner->value : entry->value, diagnostics_), frame,
                     "an assumption");
    a.frame = static_cast<int>(locals.size());
    if (const YamlEntry* because = entry->value.find("because")) a.because = because->value.text;
    m_.assumptions.push_back(std::move(a));
  }
}

// `steps: 3` or `steps: 3..6`.
void Resolver::expected_steps(const YamlNode& node, Expectation& e) {
  const auto lines = lex(node, diagnostics_);
  const auto tokens = lines.size() == 1 ? lines[0].tokens : std::vector<Token>(1);
  const bool one = tokens.size() == 2 && tokens[0].kind == TokenKind::Number;
  const bool range = tokens.size() == 4 && tokens[0].kind == TokenKind::Number &&
                     tokens[1].text == ".." && tokens[2].kind == TokenKind::Number;
  if (one || range) {
    e.steps_low = static_cast<int>(tokens[0].number);
    e.steps_high = static_cast<int>(tokens[one ? 0 : 2].number);
  }
  if ((!one && !range) || e.steps_low > e.steps_high)
    diagnostics_.error(node.span, "a number of steps or a range is expected", "steps: 3..6");
}

void Resolver::expectation_map(const YamlNode& node) {
  static constexpr std::array<std::string_view, 4> kVerdicts = {"holds", "violated", "vacuous",
                                                                "unknown"};
  std::vector<std::string> known;
  for (const Property& p : m_.properties) known.push_back(p.name);
  for (const std::string_view name : kBuiltIn) known.emplace_back(name);
  for (const YamlEntry& entry : node.entries) {
    Expectation e;
    e.property = entry.key.text;
    e.span = entry.key.span;
    if (std::find(known.begin(), known.end(), e.property) == known.end())
      diagnostics_.error(
          entry.key.span,
          fmt::format("an expectation for an unknown property '{}'", printable(e.property)),
          did_you_mean(e.property, known));
    if (entry.value.is_scalar()) {
      e.verdict = entry.value.text;
    } else {
      if (const YamlEntry* verdict = entry.value.find("verdict")) e.verdict = verdict->value.text;
      if (const YamlEntry* by = entry.value.find("violated-by"))
        e.violated_by = texts_of(by->value);
      if (const YamlEntry* needs = entry.value.find("needs")) {
        e.needs = texts_of(needs->value);
        for (const YamlNode* item : items_of(needs->value)) act_named(item->text, item->span);
      }
      if (const YamlEntry* steps = entry.value.find("steps")) expected_steps(steps->value, e);
    }
    if (std::find(kVerdicts.begin(), kVerdicts.end(), e.verdict) == kVerdicts.end())
      diagnostics_.error(entry.value.span, fmt::format("'{}' is no verdict", printable(e.verdict)),
                         did_you_mean(e.verdict, {kVerdicts.begin(), kVerdicts.end()}));
    // A later map (a variant's) speaks over an earlier one.
    m_.expectations.erase(
        std::remove_if(m_.expectations.begin(), m_.expectations.end(),
                       [&](const Expectation& old) { return old.property == e.property; }),
        m_.expectations.end());
    m_.expectations.push_back(std::move(e));
  }
}

void Resolver::expectations() {
  for (const auto& [node, by_choice] : c_.expect) {
    if (!by_choice) {
      expectation_map(*node);
      continue;
    }
    for (const YamlEntry& choice : node->entries) {
      const auto found = std::find_if(m_.choices.begin(), m_.choices.end(),
                                      [&](const Choice& c) { return c.name == choice.key.text; });
      if (found == m_.choices.end()) {
        std::vector<std::string> known;
        for (const Choice& c : m_.choices) known.push_back(c.name);
        diagnostics_.error(choice.key.span,
                           fmt::format("there is no choice '{}'", printable(choice.key.text)),
                           did_you_mean(choice.key.text, known));
        continue;
      }
      const auto& values = m_.enums[found->enumeration].values;
      for (const YamlEntry& alternative : choice.value.entries) {
        const auto value = std::find(values.begin(), values.end(), alternative.key.text);
        if (value == values.end())
          diagnostics_.error(alternative.key.span,
                             fmt::format("'{}' is no alternative of '{}'",
                                         printable(alternative.key.text), choice.key.text),
                             did_you_mean(alternative.key.text, values));
        else if (found->selected == value - values.begin())
          expectation_map(alternative.value);
      }
    }
  }
}

}  // namespace luproof::model
