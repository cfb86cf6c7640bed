// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/edit.h"

#include <utility>

#include "model/raw_text.h"

namespace luproof::model {
namespace {

bool same_place(const Span& a, const Span& b) {
  return a.line == b.line && a.column == b.column && a.source && b.source &&
         (a.source == b.source || a.source->path == b.source->path);
}

RawExpr truth(const Span& span, bool value) {
  RawExpr e;
  e.op = RawOp::Name;
  e.span = span;
  e.text = value ? "true" : "false";
  return e;
}

bool about_expression(const Edit& edit) {
  return edit.kind == Edit::Kind::True || edit.kind == Edit::Kind::False;
}

void apply(RawExpr& e, const Edit& edit) {
  if (e.height == edit.height && same_place(e.span, edit.at)) {
    e = truth(e.span, edit.kind == Edit::Kind::True);
    return;
  }
  for (RawExpr& kid : e.kids) apply(kid, edit);
}

void unlock_all(std::vector<RawStatement>& code, const std::string& lock) {
  for (RawStatement& s : code) {
    if ((s.kind == RawStatementKind::Lock || s.kind == RawStatementKind::Unlock) &&
        raw_text(s.exprs[0]) == lock)
      s.kind = RawStatementKind::Pass;
    unlock_all(s.body, lock);
    unlock_all(s.orelse, lock);
    for (auto& alternative : s.alternatives) unlock_all(alternative, lock);
  }
}

// Where the statement was found; `whole` is the code that it stands in.
bool apply(std::vector<RawStatement>& code, const Edit& edit, std::vector<RawStatement>& whole) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    RawStatement& s = code[i];
    if (about_expression(edit)) {
      for (RawExpr& e : s.exprs) apply(e, edit);
    } else if (same_place(s.span, edit.at)) {
      switch (edit.kind) {
        case Edit::Kind::Drop:
          s.kind = RawStatementKind::Pass;
          break;
        case Edit::Kind::Unordered:
          s.text.clear();
          s.targets.clear();
          break;
        case Edit::Kind::Exchange:
          if (i + 1 < code.size()) std::swap(s, code[i + 1]);
          break;
        case Edit::Kind::Unlock:
          if (s.kind == RawStatementKind::With) {
            const std::vector<RawStatement> body = std::move(s.body);
            code.erase(code.begin() + static_cast<long>(i));
            code.insert(code.begin() + static_cast<long>(i), body.begin(), body.end());
          } else {
            unlock_all(whole, raw_text(s.exprs[0]));
          }
          break;
        default:
          break;
      }
      return true;
    }
    if (apply(s.body, edit, whole) || apply(s.orelse, edit, whole)) return true;
    for (auto& alternative : s.alternatives)
      if (apply(alternative, edit, whole)) return true;
  }
  return false;
}

}  // namespace

const char* edit_name(Edit::Kind kind) {
  switch (kind) {
    case Edit::Kind::Drop:
    case Edit::Kind::Leave:
      return "left out";
    case Edit::Kind::False:
      return "taken as false";
    case Edit::Kind::True:
      return "taken as true";
    case Edit::Kind::Unordered:
      return "in any order";
    case Edit::Kind::Exchange:
      return "after the next";
    case Edit::Kind::Unlock:
      return "without the lock";
    case Edit::Kind::Fragment:
      return "changed";
  }
  return "changed";
}

void apply_edits(std::vector<RawStatement>& code, const Edits& edits) {
  for (const auto& edit : edits)
    if (edit->kind != Edit::Kind::Leave && edit->kind != Edit::Kind::Fragment)
      apply(code, *edit, code);
}

void apply_edits(RawExpr& e, const Edits& edits) {
  for (const auto& edit : edits)
    if (about_expression(*edit)) apply(e, *edit);
}

bool is_left(const YamlNode& key, const Edits& edits) {
  for (const auto& edit : edits)
    if (edit->kind == Edit::Kind::Leave && same_place(key.span, edit->at)) return true;
  return false;
}

std::shared_ptr<const Edit> fragment(const std::string& name, const std::string& text,
                                     Diagnostics& diagnostics) {
  const SourcePtr source = Source::make(name, text);
  auto root = read_yaml(source, diagnostics);
  if (!root) return nullptr;
  auto document = std::make_shared<Document>();
  document->kind = "fragment";
  document->name = name;
  document->path = name;
  document->source = source;
  document->root = std::move(*root);
  auto edit = std::make_shared<Edit>();
  edit->kind = Edit::Kind::Fragment;
  edit->text = text;
  edit->at = Span{source, 1, 1, 1};
  edit->fragment = std::move(document);
  return edit;
}

}  // namespace luproof::model
