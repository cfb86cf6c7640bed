// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/conform/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/describe.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMostPlaces = 20'000;  // that are looked at for reasons
constexpr std::size_t kMostAlive = 4, kMostReasons = 8;

std::string call_text(const model::Model& m, Seen::Kind kind, int subject,
                      const std::vector<Value>& args, Value result) {
  if (kind == Seen::Kind::Leave) {
    const model::Procedure& p = m.procedures[subject];
    if (result == kOtherError) return p.name + " returns an error that the design has no name for";
    if (result == kUnknownValue || p.result.kind == model::Type::Kind::Void)
      return p.name + " returns";
    return fmt::format("{} returns {}", p.name, m.value_text(p.result, result));
  }
  const bool event = kind == Seen::Kind::Event;
  const auto& locals = event ? m.events[subject].locals : m.procedures[subject].locals;
  const std::string& name = event ? m.events[subject].name : m.procedures[subject].name;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < args.size() && i < locals.size(); ++i)
    texts.push_back(args[i] == kUnknownValue ? "?" : m.value_text(locals[i].type, args[i]));
  return texts.empty() ? name : fmt::format("{}({})", name, fmt::join(texts, ", "));
}

// "luo-seal.yaml:33:11": a reader knows the folder of the specs.
std::string short_place(const model::Span& span) {
  const std::string text = span.where();
  return text.substr(text.rfind('/') + 1);
}

std::string where(const model::Model& m, int statement) {
  const model::Span& span = m.statement_by_id[statement]->span;
  return fmt::format("{} ({})", place_of(m, statement).name, short_place(span));
}

class Reasons {
 public:
  Reasons(System& system, const Shown& shown, const Observations& observations,
          ConformSearch& search, Conformity& result)
      : s_(system),
        m_(*system.model),
        shown_(shown),
        seen_(observations.seen[result.furthest]),
        search_(search),
        result_(result) {}

  void give() {
    std::map<std::vector<std::string>, std::size_t> known;
    std::size_t looked = 0;
    for (const Spot& place : search_.places()) {
      if (place.position != result_.furthest) continue;
      ++result_.alive_count;
      if (++looked > kMostPlaces) continue;
      search_.state_of(place, state_);
      if (const auto full = search_.partial().complete(state_)) state_ = *full;
      std::vector<std::string> standing = stand();
      const auto [at, fresh] = known.emplace(standing, result_.alive.size());
      if (fresh && result_.alive.size() < kMostAlive) {
        Alive alive;
        alive.standing = std::move(standing);
        result_.alive.push_back(std::move(alive));
      } else if (fresh) {
        at->second = kMostAlive;
      }
      if (at->second < kMostAlive) look(place, result_.alive[at->second]);
    }
  }

 private:
  std::vector<std::string> stand() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < s_.at.size(); ++i) {
      const int statement = s_.position(state_, static_cast<int>(i));
      all.push_back(fmt::format("{}: {}", s_.layout->instance_name(static_cast<int>(i)),
                                statement < 0 ? "has ended" : where(m_, statement)));
    }
    return all;
  }

  static void note(std::vector<std::string>& all, std::string text) {
    if (all.size() < kMostReasons && std::find(all.begin(), all.end(), text) == all.end())
      all.push_back(std::move(text));
  }

  void look(const Spot& place, Alive& alive) {
    const Visible& kernel = search_.kernel_at(place.position);
    const std::vector<Hand>& crew = search_.crew_of(place);
    for (std::size_t i = 0; i < crew.size(); ++i) {
      if (crew[i].remaining != 0) {
        const std::vector<Value>& rest = search_.remainder(crew[i]);
        note(alive.expected, call_text(m_, static_cast<Seen::Kind>(rest[0]), rest[1],
                                       {rest.begin() + 4, rest.begin() + 4 + rest[3]}, rest[2]));
        continue;
      }
      for (const int id : s_.at[i][state_[s_.point_slot[i]]])
        step(id, kernel, crew[i].excused != 0, alive);
    }
    for (const int id : s_.anywhere) step(id, kernel, false, alive);
  }

  void step(int id, const Visible& kernel, bool excused, Alive& alive) {
    const Transition& t = s_.transitions[id];
    const int first = search_.first_visible(id, kernel);
    if (first < 0 || t.kexec || t.fault != Fault::None) return;
    const Emission& e = shown_.of(id)[first];
    if (search_.enabled(id, state_)) {
      std::vector<Value> args;
      for (const Term a : e.args) args.push_back(s_.terms.evaluate(a, state_));
      note(alive.expected,
           call_text(m_, e.kind, e.subject, args,
                     e.result < 0 ? kUnknownValue : s_.terms.evaluate(e.result, state_)));
    } else if (fits(e, excused)) {
      refuse(t, alive);
    }
  }

  bool fits(const Emission& e, bool excused) const {
    if (e.kind != seen_.kind || e.subject != seen_.subject) return false;
    for (std::size_t i = 0; i < std::min(e.args.size(), seen_.args.size()); ++i)
      if (seen_.args[i] != kUnknownValue && s_.terms.evaluate(e.args[i], state_) != seen_.args[i])
        return false;
    return e.result < 0 || seen_.result == kUnknownValue || excused ||
           s_.terms.evaluate(e.result, state_) == seen_.result;
  }

  // The parts of the guard that are false, by the values that they read.
  void refuse(const Transition& t, Alive& alive) {
    std::vector<Term> parts = {t.guard};
    const Label& label = t.labels[0];
    const std::string at = label.stmt >= 0
                               ? where(m_, label.stmt)
                               : fmt::format("{} ({})", m_.events[label.event].name,
                                             short_place(m_.events[label.event].origin.span));
    while (!parts.empty()) {
      const Term part = parts.back();
      parts.pop_back();
      const TermNode node = s_.terms[part];
      if (s_.terms.evaluate(part, state_)) continue;
      if (node.op == TermOp::And) {
        parts.push_back(node.a);
        parts.push_back(node.b);
        continue;
      }
      std::vector<char> support(s_.slots.size(), 0);
      s_.terms.support(part, support);
      std::vector<std::string> values;
      for (int slot = 0; slot < s_.data_slots(); ++slot)
        if (support[slot] && values.size() < 4)
          values.push_back(fmt::format("{} = {}", s_.layout->slot_name(slot),
                                       s_.layout->slot_value(slot, state_[slot])));
      if (!values.empty()) note(alive.refused, fmt::format("{}: {}", at, fmt::join(values, ", ")));
    }
  }

  System& s_;
  const model::Model& m_;
  const Shown& shown_;
  const Seen& seen_;
  ConformSearch& search_;
  Conformity& result_;
  State state_;
};

}  // namespace

std::string seen_text(const model::Model& model, const Seen& seen) {
  if (seen.kind == Seen::Kind::Gap || seen.kind == Seen::Kind::Any) return "a gap";
  if (seen.kind == Seen::Kind::Kexec) return "kexec";
  return call_text(model, seen.kind, seen.subject, seen.args, seen.result);
}

void give_reasons(System& system, const Shown& shown, const Observations& observations,
                  ConformSearch& search, Conformity& result) {
  Reasons(system, shown, observations, search, result).give();
}

}  // namespace luproof::checker
