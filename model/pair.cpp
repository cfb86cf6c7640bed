// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/raw_text.h"

namespace luproof::model {
namespace {

// What speaks about a rule and does nothing.
constexpr auto kRemarks =
    std::to_array<std::string_view>({"about", "cite", "status", "versions", "patch", "at"});

bool is_remark(const YamlEntry& entry) {
  return std::find(kRemarks.begin(), kRemarks.end(), entry.key.text) != kRemarks.end();
}

bool same(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  const auto counted = [](const YamlNode& node) {
    return std::count_if(node.entries.begin(), node.entries.end(),
                         [](const YamlEntry& e) { return !is_remark(e); });
  };
  if (counted(a) != counted(b)) return false;
  return std::all_of(a.entries.begin(), a.entries.end(), [&](const YamlEntry& e) {
    const YamlEntry* other = is_remark(e) ? &e : b.find(e.key.text);
    return other && (is_remark(e) || same(e.value, other->value));
  });
}

bool same(const YamlNode* a, const YamlNode* b) { return a == b || (a && b && same(*a, *b)); }

bool same_field(const Declared& a, const Declared& b, std::string_view key) {
  const YamlEntry *x = a.value.find(key), *y = b.value.find(key);
  return same(x ? &x->value : nullptr, y ? &y->value : nullptr);
}

bool same_extension(const Extension& a, const Extension& b) {
  const auto &x = a.signature.parameters, &y = b.signature.parameters;
  return same(*a.value, *b.value) &&
         std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const auto& one, const auto& other) { return one.name == other.name; });
}

std::vector<const LabelEdit*> edits_of(const Composition& c, const std::string& procedure) {
  std::vector<const LabelEdit*> all;
  for (const LabelEdit& edit : c.edits)
    if (edit.procedure == procedure) all.push_back(&edit);
  return all;
}

class Pairing {
 public:
  Pairing(Composition& first, const Composition& later, Diagnostics& diagnostics)
      : a_(first), b_(later), diagnostics_(diagnostics) {}

  void run() {
    for (Declared& d : a_.declared)
      if (const Declared* other = b_.find(d.section, d.name); other && !same_declared(d, *other))
        split(d, *other);
    if (!same(a_.topology, b_.topology))
      refuse("topology", "", b_.topology ? b_.topology->span : a_.topology->span);
    for (const auto& [sort, members] : merged(a_.members, b_.members))
      if (!same(find(a_.members, sort), find(b_.members, sort)))
        refuse("members." + sort, "", members->span);
    for (const auto& [choice, value] : merged(a_.choose, b_.choose))
      if (!a_.choose.count(choice) || !b_.choose.count(choice) ||
          a_.choose.at(choice).first != b_.choose.at(choice).first)
        refuse("choose." + choice, "", value.second);
    for (const auto& [claim, value] : merged(a_.promise, b_.promise))
      if (!a_.promise.count(claim) || !b_.promise.count(claim) ||
          !same(a_.promise.at(claim).first, b_.promise.at(claim).first))
        refuse("promise." + claim, "", value.second);
    assumptions();
    if (a_.updates != b_.updates) refuse("updates", "updates", main().span);
    for (const auto& act : b_.allow)
      if (std::none_of(a_.allow.begin(), a_.allow.end(),
                       [&](const auto& own) { return own.first == act.first; }))
        a_.allow.push_back(act);
  }

 private:
  template <typename Map>
  static Map merged(Map one, const Map& other) {
    one.insert(other.begin(), other.end());
    return one;
  }

  static const YamlNode* find(const std::map<std::string, const YamlNode*>& all,
                              const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? nullptr : found->second;
  }

  const YamlNode& main() const { return b_.documents.back()->root; }

  bool same_declared(const Declared& a, const Declared& b) const {
    const auto edits_a = edits_of(a_, a.name), edits_b = edits_of(b_, b.name);
    if (!same(a.value, b.value) || a.extensions.size() != b.extensions.size()) return false;
    for (std::size_t i = 0; i < a.extensions.size(); ++i)
      if (!same_extension(a.extensions[i], b.extensions[i])) return false;
    if (a.section != "procedures") return true;
    return std::equal(edits_a.begin(), edits_a.end(), edits_b.begin(), edits_b.end(),
                      [](const LabelEdit* x, const LabelEdit* y) {
                        return x->label == y->label && x->mode == y->mode && same(x->code, y->code);
                      });
  }

  void split(Declared& d, const Declared& other) {
    if (d.section == "claims" || d.section == "properties")
      return refuse(d.section + "." + d.name, d.section + "." + d.name, d.key.span);
    if (d.section == "config") return configured(d, other);
    if (d.section == "actors")
      for (const char* field : {"life", "every", "tasks"})
        if (!same_field(d, other, field))
          return refuse(fmt::format("'{}:' of actors.{}", field, d.name), "actors." + d.name,
                        d.key.span);
    if (d.section == "events" && (d.value.find("when") == nullptr) != !other.value.find("when"))
      return refuse(fmt::format("whether events.{} happens by itself", d.name), "events." + d.name,
                    d.key.span);
    d.later = &other;
    remember(d, other);
  }

  // The value of the first kernel, and that of the later ones.
  void configured(Declared& d, const Declared& other) {
    if (!same_field(d, other, "type"))
      return refuse("the type of config." + d.name, "config." + d.name, d.key.span);
    const auto value = [](const Declared& of, std::string_view kernel) {
      const YamlEntry* own = of.value.find("value");
      return own ? own : of.value.find(kernel);
    };
    const YamlEntry *before = value(d, "old"), *after = value(other, "new");
    if (!before || !after) return;  // an error of its own
    YamlEntry first = *before, later = *after;
    first.key.text = "old";
    later.key.text = "new";
    std::erase_if(d.value.entries, [](const YamlEntry& e) {
      return e.key.text == "value" || e.key.text == "old" || e.key.text == "new";
    });
    d.value.entries.push_back(std::move(first));
    d.value.entries.push_back(std::move(later));
    remember(d, other);
  }

  static void remember(Declared& d, const Declared& other) {
    const auto add = [](std::vector<std::string>& all, const std::vector<std::string>& more) {
      for (const std::string& one : more)
        if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    };
    add(d.origin.overridden_by, other.origin.overridden_by);
    add(d.origin.cite, other.origin.cite);
    if (d.origin.status.empty()) d.origin.status = other.origin.status;
  }

  void assumptions() {
    const auto told = [](const Composition& c, const std::string& name) -> const YamlEntry* {
      for (const auto& [entry, who] : c.assume)
        if (entry->key.text == name) return entry;
      return nullptr;
    };
    for (const Composition* c : {&b_, static_cast<const Composition*>(&a_)})
      for (const auto& [entry, who] : c->assume) {
        const std::string& name = entry->key.text;
        const YamlEntry *x = told(a_, name), *y = told(b_, name);
        if (!same(x ? &x->value : nullptr, y ? &y->value : nullptr) && refused_.insert(name).second)
          refuse("assume." + name, "", entry->key.span);
      }
  }

  // Where a variant overrides it, if one does.
  Span place(const std::string& path, const Span& otherwise) const {
    const YamlEntry* variants = main().find("variants");
    for (const std::string& name : {b_.variant, a_.variant}) {
      const YamlEntry* variant = variants ? variants->value.find(name) : nullptr;
      if (!variant) continue;
      if (const YamlEntry* own = variant->value.find(path)) return own->key.span;
      const YamlEntry* overrides = variant->value.find("override");
      for (const YamlEntry& item : overrides ? overrides->value.entries : std::vector<YamlEntry>{})
        if (item.key.text.starts_with(path)) return item.key.span;
    }
    return otherwise;
  }

  void refuse(const std::string& what, const std::string& path, const Span& span) {
    diagnostics_.error(
        path.empty() ? span : place(path, span),
        fmt::format("{} differs between '{}' and '{}', and no kernel has one of its own",
                    printable(what), printable(a_.variant), printable(b_.variant)),
        "two kernels may differ in what they do, in config and in 'allow:'; name other variants");
  }

  Composition& a_;
  const Composition& b_;
  Diagnostics& diagnostics_;
  std::set<std::string> refused_;
};

bool equal(const RawStatement& a, const RawStatement& b) {
  return raw_text(std::vector{a}) == raw_text(std::vector{b});
}

bool binds(const std::vector<RawStatement>& code) {
  return std::any_of(code.begin(), code.end(), [](const RawStatement& s) {
    return s.kind == RawStatementKind::Let || s.kind == RawStatementKind::Pick;
  });
}

RawStatement nothing(const Span& span) {
  RawStatement s;
  s.kind = RawStatementKind::Pass;
  s.span = span;
  return s;
}

bool has_blocks(const RawStatement& s) {
  return !s.body.empty() || !s.orelse.empty() || !s.alternatives.empty();
}

}  // namespace

void pair_with(Composition& first, std::shared_ptr<const Composition> later,
               Diagnostics& diagnostics) {
  Pairing(first, *later, diagnostics).run();
  first.later = std::move(later);
}

RawExpr is_first_kernel(const Span& span) {
  RawExpr e, name, one;
  e.op = RawOp::Equal;
  name.op = RawOp::Name;
  name.text = "kernel";
  one.op = RawOp::Number;
  one.number = 1;
  e.span = name.span = one.span = span;
  e.height = 2;
  e.kids = {name, one};
  return e;
}

RawExpr in_kernels(RawExpr first, RawExpr later) {
  if (raw_text(first) == raw_text(later)) return first;
  RawExpr e;
  e.op = RawOp::Call;
  e.text = "if";
  e.span = first.span;
  e.height = std::max({2, first.height, later.height}) + 1;
  e.kids = {is_first_kernel(first.span), std::move(first), std::move(later)};
  return e;
}

std::vector<RawStatement> in_kernels(std::vector<RawStatement> first,
                                     std::vector<RawStatement> later) {
  std::vector<RawStatement> all;
  std::size_t from = 0, behind = 0;
  const std::size_t fewer = std::min(first.size(), later.size());
  while (from < fewer && equal(first[from], later[from])) ++from;
  while (behind < fewer - from &&
         equal(first[first.size() - 1 - behind], later[later.size() - 1 - behind]))
    ++behind;
  if (from == first.size() && from == later.size()) return first;
  const auto part = [](const std::vector<RawStatement>& code, std::size_t begin, std::size_t end) {
    return std::vector(code.begin() + static_cast<long>(begin),
                       code.begin() + static_cast<long>(end));
  };
  // A name that is bound within a branch is not known behind it.
  if (binds(part(first, from, first.size() - behind)) ||
      binds(part(later, from, later.size() - behind)))
    behind = 0;
  all = part(first, 0, from);
  auto own = part(first, from, first.size() - behind);
  auto other = part(later, from, later.size() - behind);
  if (own.size() == 1 && other.size() == 1 && own[0].kind == other[0].kind && has_blocks(own[0]) &&
      raw_line(own[0]) == raw_line(other[0]) &&
      own[0].alternatives.size() == other[0].alternatives.size()) {
    RawStatement& s = own[0];
    s.body = in_kernels(std::move(s.body), std::move(other[0].body));
    s.orelse = in_kernels(std::move(s.orelse), std::move(other[0].orelse));
    for (std::size_t i = 0; i < s.alternatives.size(); ++i)
      s.alternatives[i] =
          in_kernels(std::move(s.alternatives[i]), std::move(other[0].alternatives[i]));
    all.push_back(std::move(s));
  } else {
    RawStatement branch;
    branch.kind = RawStatementKind::If;
    branch.span = own.empty() ? other[0].span : own[0].span;
    branch.exprs.push_back(is_first_kernel(branch.span));
    if (own.empty()) own.push_back(nothing(branch.span));
    branch.body = std::move(own);
    branch.orelse = std::move(other);
    all.push_back(std::move(branch));
  }
  const auto rest = part(first, first.size() - behind, first.size());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

}  // namespace luproof::model
