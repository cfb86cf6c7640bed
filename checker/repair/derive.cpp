// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/repair/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checker/describe.h"
#include "model/raw_text.h"
#include "model/resolver.h"

namespace luproof::checker::repair {
namespace {

using model::Declared;
using model::RawStatement;
using model::RawStatementKind;

// Among sets of one size: what extends a question that the design asks already comes first, then
// what it decides by a switch, then new guards, locks and orders.
constexpr int kExtension = 10, kOfOthers = 50, kRestriction = 100, kSwitch = 100, kGuard = 200,
              kRefusal = 300, kLock = 400, kOrder = 500, kFlat = 600;

// A condition that has nothing to do with what is claimed is less likely to be the one.
constexpr int kUnrelated = 10;

// "keeps_bus_master(function d)" of a declaration with or without a result.
std::string signature_text(const model::RawSignature& s) {
  std::string text;
  for (const auto& p : s.parameters) text += (text.empty() ? "" : ", ") + p.type + " " + p.name;
  return s.has_list ? s.name + "(" + text + ")" : s.name;
}

class Derive {
 public:
  Derive(const model::Composition& c, const model::LoadOptions& load, const Checked& base,
         const std::vector<const Run*>& runs, model::Diagnostics& diagnostics)
      : c_(c),
        m_(*base.model),
        base_(base),
        runs_(runs),
        diagnostics_(diagnostics),
        resolver_(c, load, diagnostics),
        vocabulary_(*base.model, *base.layout, witnesses(base, runs)) {}

  std::vector<Candidate> run() {
    visit();
    asked();
    answers();
    for (const Declared& d : c_.declared) {
      if (d.section == "define") definition(d);
      if (d.section == "events" && fired_.count(d.name)) event(d);
      if (d.section == "procedures" && entered_.count(d.name)) procedure(d);
    }
    const plain::World world(m_, *base_.layout);
    std::erase_if(all_, [&](const Candidate& c) {
      return std::none_of(runs_.begin(), runs_.end(),
                          [&](const Run* run) { return may_change(c, m_, world, *run); });
    });
    return std::move(all_);
  }

 private:
  // Runs in which something holds tell conditions apart as well.
  static std::vector<const Run*> witnesses(const Checked& base, std::vector<const Run*> runs) {
    for (const Finding& f : base.findings)
      if (f.witness) runs.push_back(&*f.witness);
    return runs;
  }

  // What the runs do.
  void visit() {
    for (const Run* run : runs_)
      for (const Label& label : run->steps) {
        if (label.event >= 0) fired_.insert(m_.events[static_cast<std::size_t>(label.event)].name);
        if (label.stmt < 0) continue;
        const model::Stmt& s = *m_.statement_by_id[static_cast<std::size_t>(label.stmt)];
        if (s.kind == model::StmtKind::Fire)
          fired_.insert(m_.events[static_cast<std::size_t>(s.ref)].name);
        entered_.insert(place_of(m_, label.stmt).name);
        lines_.insert({s.span.source ? s.span.source->path : "", s.span.line, s.span.column});
      }
  }

  // What an expression reads, through definitions.
  void reads(const model::ExprPtr& e, std::set<int>& defines, std::set<int>& cells) const {
    if (!e) return;
    if (e->op == model::Op::Cell || e->op == model::Op::SetCell) cells.insert(e->ref);
    if (e->op == model::Op::Define && defines.insert(e->ref).second)
      reads(m_.defines[static_cast<std::size_t>(e->ref)].body, defines, cells);
    for (const model::ExprPtr& kid : e->kids) reads(kid, defines, cells);
  }

  // What claims and properties read is the question; a repair may not change its meaning.
  void asked() {
    std::set<int> cells;
    for (const model::Claim& claim : m_.claims) {
      reads(claim.from, asked_, claimed_);
      reads(claim.until, asked_, cells);
    }
    for (const model::Property& p : m_.properties) {
      for (const model::Clause& clause : p.clauses) {
        reads(clause.bad, asked_, cells);
        reads(clause.set, asked_, cells);
      }
      reads(p.from, asked_, cells);
      reads(p.to, asked_, cells);
    }
  }

  // Definitions that the design's own file extends, in whatever variant: decisions of its own.
  void answers() {
    const model::YamlNode& root = c_.documents.back()->root;
    const auto of = [&](const model::YamlNode& node) {
      if (const model::YamlEntry* extend = node.find("extend"))
        for (const model::YamlEntry& item : extend->value.entries)
          own_.insert(model::parse_signature(item.key, diagnostics_).name);
    };
    of(root);
    if (const model::YamlEntry* variants = root.find("variants"))
      for (const model::YamlEntry& variant : variants->value.entries) of(variant.value);
  }

  const std::vector<Condition>& conditions(int sort) {
    const auto [found, fresh] = conditions_.try_emplace(sort);
    if (!fresh) return found->second;
    found->second = vocabulary_.of(sort);
    for (Condition& condition : found->second) {
      std::set<int> defines, cells;
      reads(condition.expr, defines, cells);
      if (std::none_of(cells.begin(), cells.end(), [&](int c) { return claimed_.count(c) > 0; }))
        condition.rank += kUnrelated;
    }
    return found->second;
  }

  template <typename List>
  static int named(const List& list, const std::string& name) {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].name == name) return static_cast<int>(i);
    return -1;
  }

  Candidate& add(std::string about, int rank) {
    Candidate c;
    c.about = std::move(about);
    c.rank = std::min(rank, 999);
    all_.push_back(std::move(c));
    return all_.back();
  }

  bool recurses(const Condition& c, const std::string& define) const {
    std::set<int> defines, cells;
    reads(c.expr, defines, cells);
    return std::any_of(defines.begin(), defines.end(), [&](int d) {
      return m_.defines[static_cast<std::size_t>(d)].name == define;
    });
  }

  // Definitions that say how they may be extended, and switches.
  void definition(const Declared& d) {
    const int id = named(m_.defines, d.name);
    if (id < 0) return;
    const model::Define& define = m_.defines[static_cast<std::size_t>(id)];
    if (define.result.kind != model::Type::Kind::Bool || !define.body || asked_.count(id)) return;
    const model::YamlEntry* any = d.value.find("any");
    const model::YamlEntry* all = d.value.find("all");
    if (any || all) {
      // Some run has to ask, and hear what could be different.
      if (base_.observed && !base_.observed->was(define.body.get(), all != nullptr)) return;
      extension(d, define, any != nullptr);
      return;
    }
    const model::YamlEntry* expr = d.value.find("expr");
    const std::string& text = expr ? expr->value.text : d.value.text;
    if (define.parameters > 0 || (text != "true" && text != "false")) return;
    if (base_.observed && !base_.observed->evaluated(define.body.get())) return;
    const std::string other = text == "true" ? "false" : "true";
    Candidate& c = add(fmt::format("{} is {}", d.name, other), kSwitch);
    c.overrides = {model::entry("define." + d.name, model::scalar(other))};
  }

  void extension(const Declared& d, const model::Define& define, bool any) {
    const model::RawSignature signature = model::parse_signature(d.key, diagnostics_);
    const std::string key = signature_text(signature);
    const int others =
        own_.count(d.name) || d.origin.pack == c_.documents.back()->name ? 0 : kOfOthers;
    const auto extend = [&](const std::string& with, int rank) -> Candidate& {
      Candidate& c =
          add(fmt::format("{} {} {}", key, any ? "also where" : "only where", with), rank);
      c.extends = {model::entry(key, model::scalar(with))};
      return c;
    };
    std::set<std::string> said;
    for (int i = -1; i < define.parameters; ++i) {
      if (i >= 0 && define.locals[static_cast<std::size_t>(i)].type.kind != model::Type::Kind::Ref)
        continue;
      const int sort = i < 0 ? -1 : define.locals[static_cast<std::size_t>(i)].type.id;
      if (i < 0 && define.parameters > 0) continue;  // those of the parameters hold these too
      for (const Condition& condition : conditions(sort)) {
        const std::string text =
            condition.of(i < 0 ? "" : signature.parameters[static_cast<std::size_t>(i)].name);
        if (recurses(condition, d.name) || !said.insert(text).second) continue;
        Candidate& c =
            extend(text, kExtension + others + (any ? 0 : kRestriction) + condition.rank);
        c.when = Candidate::When::Somewhere;
        c.condition = condition;
        c.turns = any;
      }
    }
    extend(any ? "true" : "false", others + kFlat);
  }

  // The event changes nothing unless …
  void event(const Declared& d) {
    const int id = named(m_.events, d.name);
    if (id < 0 || m_.events[static_cast<std::size_t>(id)].act >= 0) return;
    const model::Event& e = m_.events[static_cast<std::size_t>(id)];
    const model::YamlEntry* body = d.value.find("do");
    if (!body && !d.value.is_scalar()) return;
    const auto code = model::parse_code(body ? body->value : d.value, diagnostics_);
    const model::RawSignature signature = model::parse_signature(d.key, diagnostics_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(e.parameters); ++i) {
      if (e.locals[i].type.kind != model::Type::Kind::Ref) continue;
      for (const Condition& condition : conditions(e.locals[i].type.id)) {
        const std::string text = condition.of(signature.parameters[i].name);
        Candidate& c = add(fmt::format("{} only if {}", signature_text(signature), text),
                           kGuard + condition.rank);
        c.overrides = {model::entry("events." + d.name + ".do",
                                    model::scalar("if " + text + ":\n" + raw_text(code, 2)))};
        c.when = Candidate::When::Firing;
        c.condition = condition;
        c.turns = false;
        c.event = d.name;
        c.parameter = i;
      }
    }
  }

  void procedure(const Declared& d) {
    const int id = named(m_.procedures, d.name);
    if (id < 0) return;
    const model::Procedure& p = m_.procedures[static_cast<std::size_t>(id)];
    const std::vector<RawStatement> code = resolver_.code_of(d);
    const model::RawSignature signature = model::parse_signature(d.key, diagnostics_);
    const auto replace = [&](std::string about, int rank, std::string text) -> Candidate& {
      Candidate& c = add(std::move(about), rank);
      c.overrides = {model::entry("procedures." + d.name, model::scalar(std::move(text)))};
      return c;
    };
    refusals(p, signature, code, replace);
    for (const model::Cell& cell : m_.cells) {
      const bool mutex = cell.kind == model::CellKind::Mutex;
      if ((!mutex && cell.kind != model::CellKind::Rwlock) || !cell.index.empty()) continue;
      const std::string lock = (mutex ? "" : "write ") + cell.shown;
      if (raw_text(code).find(cell.shown) != std::string::npos) continue;  // it takes it itself
      replace(fmt::format("{} holds {}", d.name, cell.shown), kLock,
              "with " + lock + ":\n" + raw_text(code, 2));
    }
    std::vector<RawStatement> changing = code;
    exchanges(changing, [&](const RawStatement& first, const RawStatement& second) {
      replace(fmt::format("{}: '{}' after '{}'", d.name, raw_line(first), raw_line(second)), kOrder,
              raw_text(changing));
    });
  }

  template <typename Replace>
  void refusals(const model::Procedure& p, const model::RawSignature& signature,
                const std::vector<RawStatement>& code, const Replace& replace) {
    if (p.result.kind != model::Type::Kind::Errno) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(p.parameters); ++i) {
      if (p.locals[i].type.kind != model::Type::Kind::Ref) continue;
      for (const Condition& condition : conditions(p.locals[i].type.id)) {
        const std::string text = condition.of(signature.parameters[i].name);
        Candidate& c =
            replace(fmt::format("{} is refused unless {}", signature_text(signature), text),
                    kRefusal + condition.rank, "check " + text + " else -EBUSY\n" + raw_text(code));
        c.when = Candidate::When::Somewhere;
        c.condition = condition;
        c.turns = false;
      }
    }
  }

  bool stepped(const RawStatement& s) const {
    return lines_.count({s.span.source ? s.span.source->path : "", s.span.line, s.span.column}) > 0;
  }

  // Calls `told` while two neighbours are exchanged, of which a run takes one at least.
  template <typename Told>
  void exchanges(std::vector<RawStatement>& block, const Told& told) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (i + 1 < block.size() && model::exchangeable(block[i], block[i + 1]) &&
          (stepped(block[i]) || stepped(block[i + 1]))) {
        std::swap(block[i], block[i + 1]);
        told(block[i + 1], block[i]);
        std::swap(block[i], block[i + 1]);
      }
      exchanges(block[i].body, told);
      exchanges(block[i].orelse, told);
      for (auto& alternative : block[i].alternatives) exchanges(alternative, told);
    }
  }

  const model::Composition& c_;
  const model::Model& m_;
  const Checked& base_;
  const std::vector<const Run*>& runs_;
  model::Diagnostics& diagnostics_;
  model::Resolver resolver_;
  Vocabulary vocabulary_;
  std::map<int, std::vector<Condition>> conditions_;
  std::set<std::string> fired_, entered_, own_;
  std::set<int> asked_;    // definitions
  std::set<int> claimed_;  // cells
  std::set<std::tuple<std::string, int, int>> lines_;
  std::vector<Candidate> all_;
};

}  // namespace

std::vector<Candidate> derived(const model::Composition& composition,
                               const model::LoadOptions& load, const Checked& base,
                               const std::vector<const Run*>& runs,
                               model::Diagnostics& diagnostics) {
  return Derive(composition, load, base, runs, diagnostics).run();
}

}  // namespace luproof::checker::repair
