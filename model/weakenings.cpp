// SPDX-License-Identifier: GPL-2.0-or-later
// All that a reading could do without, one thing at a time.
#include <algorithm>
#include <set>
#include <tuple>

#include "model/edit.h"
#include "model/raw_text.h"
#include "model/schema.h"

namespace luproof::model {
namespace {

using Kind = RawStatementKind;

bool mentions(const RawExpr& e, const std::string& name) {
  return (e.op == RawOp::Name && e.text == name) ||
         std::any_of(e.kids.begin(), e.kids.end(),
                     [&](const RawExpr& kid) { return mentions(kid, name); });
}
bool mentions(const RawStatement& s, const std::string& name) {
  const auto in = [&](const std::vector<RawExpr>& all) {
    return std::any_of(all.begin(), all.end(), [&](const RawExpr& e) { return mentions(e, name); });
  };
  const auto inside = [&](const std::vector<RawStatement>& all) {
    return std::any_of(all.begin(), all.end(),
                       [&](const RawStatement& one) { return mentions(one, name); });
  };
  return in(s.exprs) || in(s.targets) || inside(s.body) || inside(s.orelse) ||
         std::any_of(s.alternatives.begin(), s.alternatives.end(), inside);
}

class Weakenings {
 public:
  Weakenings(const Composition& c, const std::vector<std::string>& files, Diagnostics& diagnostics)
      : c_(c), files_(files.begin(), files.end()), diagnostics_(diagnostics) {}

  std::vector<Edit> run() {
    for (const Declared& d : c_.declared) declared(d);
    for (const LabelEdit& edit : c_.edits)
      if (edit.mode != LabelEdit::Mode::Drop) code(edit.code);
    for (const auto& document : c_.documents) {
      entries(document->root);
      const YamlEntry* variants = document->root.find("variants");
      if (document == c_.documents.back() && variants && !c_.variant.empty())
        if (const YamlEntry* variant = variants->value.find(c_.variant)) entries(variant->value);
    }
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Edit& a, const Edit& b) { return key(a) < key(b); });
    return std::move(found_);
  }

 private:
  static std::tuple<const std::string&, int, int> key(const Edit& e) {
    return {e.at.source->path, e.at.line, e.at.column};
  }

  bool asked(const Span& span) const {
    return span.source && span.line > 0 && (files_.empty() || files_.count(span.source->path));
  }

  void add(Edit::Kind kind, const Span& at, std::string text, int height = 0) {
    if (asked(at)) found_.push_back(Edit{kind, at, height, std::move(text), nullptr});
  }

  void declared(const Declared& d) {
    const auto part = [&](const char* key) -> const YamlNode* {
      const YamlEntry* entry = d.value.find(key);
      return entry ? &entry->value : nullptr;
    };
    const YamlNode* whole = d.value.is_scalar() ? &d.value : nullptr;
    if (d.section == "procedures" || d.section == "actors") {
      if (const YamlNode* body = whole ? whole : part("code")) code(*body);
    } else if (d.section == "events") {
      if (const YamlNode* when = part("when")) condition(parsed(*when), true, "when ");
      if (const YamlNode* body = whole ? whole : part("do")) code(*body);
    } else if (d.section == "define") {
      if (const YamlNode* all = part("all"))
        condition(parsed(*all), true, d.name + ": ");
      else if (const YamlNode* any = part("any"))
        condition(parsed(*any), false, d.name + ": ");
      else if (const YamlNode* expr = whole ? whole : part("expr"))
        definition(*expr, d.name + ": ");
    }
    for (const Extension& extension : d.extensions) {
      const YamlNode& value = *extension.value;
      if (d.section == "define") {
        // The case as a whole is left out elsewhere; here are its parts.
        const YamlEntry* expr = value.find("expr");
        parts(parsed(expr ? expr->value : value));
        continue;
      }
      if (const YamlEntry* when = value.find("when")) condition(parsed(when->value), true, "when ");
      if (const YamlEntry* body = value.find("code")) code(body->value);
    }
  }

  RawExpr parsed(const YamlNode& node) {
    if (!node.is_scalar() || !asked(node.span)) return {};
    return parse_expression(node, diagnostics_);
  }

  static bool literal(const RawExpr& e, const char* text) {
    return e.op == RawOp::Name && e.text == text;
  }

  // A guard: without it, it is true, or false where it is one of several that suffice.
  void condition(const RawExpr& e, bool without, const std::string& before) {
    if (e.span.line == 0) return;
    if (!literal(e, without ? "true" : "false"))
      add(without ? Edit::Kind::True : Edit::Kind::False, e.span, before + raw_text(e), e.height);
    parts(e);
  }

  // What says yes or no may be wrong both ways; of a number or a set nothing can be left out.
  void definition(const YamlNode& node, const std::string& before) {
    const RawExpr e = parsed(node);
    if (e.span.line == 0 || !says_yes_or_no(e)) return;
    for (const bool as : {false, true})
      if (!literal(e, as ? "true" : "false"))
        add(as ? Edit::Kind::True : Edit::Kind::False, e.span, before + raw_text(e), e.height);
    parts(e);
  }

  // By its form; names and calls are not looked up here.
  bool says_yes_or_no(const RawExpr& e) const {
    switch (e.op) {
      case RawOp::Name:
        return e.text == "true" || e.text == "false" || boolean_name(e.text);
      case RawOp::Call:
        return boolean_name(e.text) || e.text == "handed" || e.text == "written" ||
               e.text == "restored";
      case RawOp::Method:
        return e.text == "all" || e.text == "exists";
      case RawOp::Member:
        return boolean_member(e.text);
      case RawOp::Not:
      case RawOp::And:
      case RawOp::Or:
      case RawOp::Implies:
      case RawOp::Equal:
      case RawOp::NotEqual:
      case RawOp::Less:
      case RawOp::LessEqual:
      case RawOp::Greater:
      case RawOp::GreaterEqual:
      case RawOp::In:
      case RawOp::Is:
        return true;
      default:
        return false;
    }
  }
  static bool boolean_type(const YamlNode& value) {
    const YamlEntry* type = value.find("type");
    const std::string& text = type ? type->value.text : value.text;
    return text.rfind("bool", 0) == 0;
  }
  bool boolean_name(const std::string& name) const {
    for (const Declared& d : c_.declared) {
      if (d.name != name) continue;
      if (d.section == "state" || d.section == "config") return boolean_type(d.value);
      if (d.section == "define") return d.value.find("all") || d.value.find("any");
    }
    return false;
  }
  bool boolean_member(const std::string& name) const {
    return std::any_of(c_.declared.begin(), c_.declared.end(), [&](const Declared& d) {
      return d.section == "state" && d.name.size() > name.size() &&
             d.name.compare(d.name.size() - name.size() - 1, std::string::npos, "." + name) == 0 &&
             boolean_type(d.value);
    });
  }

  // Each conjunct and each disjunct.
  void parts(const RawExpr& e) {
    if (e.op != RawOp::And && e.op != RawOp::Or) return;
    for (const RawExpr& kid : e.kids) {
      if (kid.op != e.op)
        add(e.op == RawOp::And ? Edit::Kind::True : Edit::Kind::False, kid.span, raw_text(kid),
            kid.height);
      parts(kid);
    }
  }

  void code(const YamlNode& node) {
    if (!node.is_scalar() || !asked(node.span)) return;
    block(parse_code(node, diagnostics_));
  }

  void block(const std::vector<RawStatement>& statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      statement(statements[i]);
      if (i + 1 < statements.size() && exchangeable(statements[i], statements[i + 1]))
        add(Edit::Kind::Exchange, statements[i].span,
            raw_line(statements[i]) + "; " + raw_line(statements[i + 1]));
    }
  }

  void statement(const RawStatement& s) {
    switch (s.kind) {
      case Kind::Check:
      case Kind::Wait:
        add(Edit::Kind::Drop, s.span, raw_line(s));
        parts(s.exprs[0]);
        break;
      case Kind::If:
        for (const bool as : {true, false})
          if (!literal(s.exprs[0], as ? "true" : "false"))
            add(as ? Edit::Kind::True : Edit::Kind::False, s.exprs[0].span,
                "if " + raw_text(s.exprs[0]), s.exprs[0].height);
        parts(s.exprs[0]);
        break;
      case Kind::For:
        if (!s.text.empty()) add(Edit::Kind::Unordered, s.span, raw_line(s));
        [[fallthrough]];
      case Kind::Each:
      case Kind::Pick:
        if (s.has_where) condition(s.exprs[1], true, "where ");
        break;
      case Kind::With:
      case Kind::Lock:
        add(Edit::Kind::Unlock, s.span, raw_line(s));
        break;
      case Kind::Assign:
      case Kind::Call:
      case Kind::Free:
      case Kind::Get:
      case Kind::Put:
      case Kind::Unwrite:
      case Kind::Restore:
      case Kind::Kexec:
      case Kind::Panic:
        add(Edit::Kind::Drop, s.span, raw_line(s));
        break;
      default:
        break;
    }
    block(s.body);
    block(s.orelse);
    for (const auto& alternative : s.alternatives) block(alternative);
  }

  void entries(const YamlNode& node) {
    for (const char* section : {"override", "extend"}) {
      const YamlEntry* found = node.find(section);
      if (!found) continue;
      for (const YamlEntry& item : found->value.entries) {
        const std::string& path = item.key.text;
        if (path.rfind("claims.", 0) == 0 || path.rfind("properties.", 0) == 0) continue;
        add(Edit::Kind::Leave, item.key.span, std::string(section) + " " + path);
      }
    }
  }

  const Composition& c_;
  std::set<std::string> files_;
  Diagnostics& diagnostics_;
  std::vector<Edit> found_;
};

}  // namespace

bool exchangeable(const RawStatement& a, const RawStatement& b) {
  for (const RawStatement* s : {&a, &b})
    if (s->kind == Kind::Return || s->kind == Kind::Stop || s->kind == Kind::Pass ||
        s->kind == Kind::Forever || s->kind == Kind::Panic)
      return false;
  for (const RawStatement* s : {&a, &b})
    if ((s->kind == Kind::Let || s->kind == Kind::Pick) && mentions(s == &a ? b : a, s->names[0]))
      return false;
  return true;
}

std::vector<Edit> weakenings(const Composition& composition, const std::vector<std::string>& files,
                             Diagnostics& diagnostics) {
  return Weakenings(composition, files, diagnostics).run();
}

}  // namespace luproof::model
