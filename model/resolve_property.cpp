// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/resolver.h"
#include "model/token_stream.h"

namespace luproof::model {
namespace {

std::vector<std::string> texts_of(const YamlNode& node) {
  std::vector<std::string> texts;
  if (node.is_scalar()) texts.push_back(node.text);
  for (const YamlNode& item : node.items) texts.push_back(item.text);
  return texts;
}

// Names that expectations may use beside the declared properties.
constexpr std::array<std::string_view, 14> kBuiltIn = {
    "deadlock",           "none-reference",  "stale-reference",    "wrong-kind",    "out-of-range",
    "refcount-underflow", "absent-handover", "double-restore",     "double-append", "not-a-member",
    "unlock-unheld",      "lock-leaked",     "recursion-too-deep", "endless-loop"};

}  // namespace

void Resolver::claims() {
  for (const Declared& d : c_.declared) {
    if (d.section != "claims") continue;
    check_keys(d.value, {"for", "level", "from", "until", "about", "cite", "status", "because"});
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
    if (lines.size() != 1 || lines[0].tokens.size() != 3) {
      diagnostics_.error(binder->value.span, "a sort and a name are expected", "for: vf v");
      continue;
    }
    claim.sort = sort_named(lines[0].tokens[0].text);
    if (claim.sort < 0) {
      diagnostics_.error(lines[0].tokens[0].span,
                         fmt::format("unknown sort '{}'", lines[0].tokens[0].text));
      continue;
    }
    claim.levels = texts_of(level->value);
    if (const auto promise = c_.promise.find(d.name); promise != c_.promise.end())
      claim.levels = texts_of(promise->second.first);
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
  if (lines.size() != 1) return;
  TokenStream in(lines[0].tokens, diagnostics_);
  Span span;
  const std::string name = in.name("a procedure", &span);
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
    else if (in.peek().kind == TokenKind::Number && in.next().number == 0)
      p.filter = Property::Filter::Success;
    if (p.filter != Property::Filter::Any &&
        m_.procedures[p.procedure].result.kind != Type::Kind::Errno)
      diagnostics_.error(span, fmt::format("'{}' returns no errno", name));
  } else {
    in.fail("'enters' or 'returns' is expected", "at: luo_freeze returns error");
  }
  in.expect_end("the moment");
}

void Resolver::clause(const Declared& d, Property& p, const YamlEntry& body, bool negate,
                      int claim) {
  Clause clause;
  std::vector<Local> locals;
  Frame frame;
  frame.properties = true;
  frame.step = p.moment == Moment::Step;
  frame.locals = &locals;
  frame.scopes.emplace_back();
  const std::size_t samples = m_.samples.size();
  if (const YamlEntry* binder = d.value.find("for")) {
    const auto lines = lex(binder->value, diagnostics_);
    if (lines.size() != 1) return;
    TokenStream in(lines[0].tokens, diagnostics_);
    Span span;
    const std::string name = in.name("a name", &span);
    in.expect("in", "and what the property is for");
    const RawExpr raw = in.expression();
    in.expect_end("the set");
    if (in.failed()) return;
    if (claim >= 0) {
      clause.claim = claim;
      clause.local =
          bind(frame, name, Type{Type::Kind::Ref, m_.claims[claim].sort, 0, 0, false}, span);
      frame.claim = claim;
      frame.samples = &clause.samples;
    } else {
      clause.set = expression(raw, frame);
      if (!clause.set || clause.set->type.kind != Type::Kind::Set) {
        if (clause.set)
          fail(clause.set->span, "a set is expected behind 'in'", "or 'claimed(LEVEL)'");
        return;
      }
      clause.local =
          bind(frame, name, Type{Type::Kind::Ref, clause.set->type.id, 0, 0, false}, span);
    }
  }
  ExprPtr e = boolean(parse_expression(body.value, diagnostics_), frame, "the property");
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
  check_keys(d.value, {"never", "always", "step", "leads-to", "recoverable", "possible", "for",
                       "at", "because", "cite", "about", "status"});
  Property p;
  p.name = d.name;
  p.origin = d.origin;
  if (const YamlEntry* because = d.value.find("because")) p.because = because->value.text;
  if (const YamlEntry* at = d.value.find("at")) moment(at->value, p);
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
      check_keys(found->value, {"from", "to", "by", "without"});
      if (const YamlEntry* from = found->value.find("from")) p.from = closed(from->value);
      if (const YamlEntry* to = found->value.find("to"))
        p.to = closed(to->value);
      else
        diagnostics_.error(found->value.span, "'to:' is missing");
      if (const YamlEntry* by = found->value.find("by"))
        for (const std::string& name : texts_of(by->value)) {
          if (!actors_.count(name))
            diagnostics_.error(by->value.span,
                               fmt::format("'{}' is not an actor", printable(name)));
          else
            p.by.push_back(actors_[name]);
        }
      if (const YamlEntry* without = found->value.find("without"))
        for (const std::string& name : texts_of(without->value)) {
          if (name != "kexec") diagnostics_.error(without->value.span, "'without:' knows 'kexec'");
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
  if (body) {
    const YamlEntry* binder = d.value.find("for");
    const std::size_t open = binder ? binder->value.text.find("claimed(") : std::string::npos;
    if (open != std::string::npos) {
      const std::string rest = binder->value.text.substr(open + 8);
      p.level = rest.substr(0, rest.find(')'));
      for (std::size_t i = 0; i < m_.claims.size(); ++i) {
        const auto& levels = m_.claims[i].levels;
        if (std::find(levels.begin(), levels.end(), p.level) != levels.end())
          clause(d, p, *body, negate, static_cast<int>(i));
      }
    } else {
      clause(d, p, *body, negate, -1);
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
      check_keys(entry.value, {"verdict", "violated-by", "needs", "steps", "because"});
      if (const YamlEntry* verdict = entry.value.find("verdict")) e.verdict = verdict->value.text;
      if (const YamlEntry* by = entry.value.find("violated-by"))
        e.violated_by = texts_of(by->value);
      if (const YamlEntry* needs = entry.value.find("needs")) e.needs = texts_of(needs->value);
      if (const YamlEntry* steps = entry.value.find("steps")) {
        const std::string& text = steps->value.text;
        const std::size_t dots = text.find("..");
        e.steps_low = std::atoi(text.c_str());
        e.steps_high = dots == std::string::npos ? e.steps_low : std::atoi(text.c_str() + dots + 2);
      }
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
        diagnostics_.error(choice.key.span,
                           fmt::format("there is no choice '{}'", printable(choice.key.text)));
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
