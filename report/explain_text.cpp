// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/describe.h"
#include "report/explain_report.h"
#include "report/statement.h"

namespace luproof::report {
namespace {

using checker::Effect;
using checker::Without;
using model::printable;

constexpr std::size_t kMostInstead = 8;

class ExplainText {
 public:
  ExplainText(const Explained& e, const Request& request, const TextOptions& options)
      : e_(e),
        x_(e.explanation),
        request_(request),
        style_(options.style),
        rows_(rows(e.checked, e.run)) {}

  std::string all() {
    out_ = style_.bold(printable(title(e_.checked))) + "\n  " +
           style_.red("VIOLATED " + printable(e_.property)) +
           printable(fmt::format(" in {}{}",
                                 counted(static_cast<std::size_t>(e_.run.weight), "visible step"),
                                 e_.because.empty() ? "" : ": " + e_.because)) +
           "\n";
    what_matters();
    avoidance();
    without();
    return std::move(out_);
  }

 private:
  void head(const std::string& text) { out_ += "\n" + style_.bold(text) + "\n"; }
  void line(int indent, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + printable(text) + "\n";
  }
  const Row& row(int step) const { return rows_[static_cast<std::size_t>(step) - 1]; }

  std::string number(int step) const {
    const Row& r = row(step);
    return r.visible ? fmt::format("{:>4}.", r.visible) : "    -";
  }
  std::string where(const Row& r) const {
    return fmt::format("{}:{}", shown_path(r.file, request_), r.line);
  }
  std::string what(int step) const {
    const Row& r = row(step);
    if (r.visible) return r.step_text();
    const checker::Label& label = e_.run.steps[static_cast<std::size_t>(step) - 1];
    return step_of(r.actor,
                   label.stmt < 0 ? r.text() : statement_text(*e_.checked.model, label.stmt));
  }

  // "function.bus_master[rp]: true -> false", of the step; of 0 the first state's value.
  std::string change(const Effect& effect) const {
    const auto at = static_cast<std::size_t>(effect.step);
    const model::Layout& layout = *e_.checked.layout;
    if (effect.slot >= layout.slots()) return "a local of " + row(effect.step).actor;
    std::string name = layout.slot_name(effect.slot);
    const auto value = [&](std::size_t state) {
      return layout.slot_value(effect.slot, e_.run.states[state][effect.slot]);
    };
    if (at == 0) return name + " = " + value(0);
    if (at >= e_.run.states.size()) return name;
    return fmt::format("{}: {} -> {}", name, value(at - 1), value(at));
  }

  void effects(const std::vector<Effect>& all, const std::vector<int>& conditions) {
    std::map<int, std::vector<std::string>> by_step;
    for (const int step : conditions) by_step[step];
    std::vector<std::string> first;
    for (const Effect& e : all) {
      auto& texts = e.step == 0 ? first : by_step[e.step];
      const std::string text = change(e);
      if (e.step == 0 && e.slot >= e_.checked.layout->slots()) continue;
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
    if (!first.empty()) line(8, "at the start " + joined(first));
    for (const auto& [step, texts] : by_step) {
      if (step == 0) continue;
      out_ += fmt::format("  {} {}  {}\n", number(step), printable(what(step)),
                          style_.dim(printable(where(row(step)))));
      for (const std::string& text : texts) line(11, text);
    }
  }

  bool known() const { return !x_.slice.causes.empty() || !x_.slice.conditions.empty(); }

  void what_matters() {
    const checker::Slice& s = x_.slice;
    if (!known()) {
      head("What matters");
      line(2, "not known: " + s.reason);
      return;
    }
    head(s.stuck.empty() ? "What makes the end bad" : "What keeps them waiting at the end");
    if (!s.stuck.empty()) {
      std::vector<std::string> who;
      for (const int i : s.stuck) who.push_back(e_.checked.layout->instance_name(i));
      line(2, joined(who) + (who.size() == 1 ? " waits" : " wait") +
                  ", and no continuation in this kernel moves " +
                  (who.size() == 1 ? "it" : "them"));
    }
    effects(s.causes, {});
    head("What let it come to that");
    std::vector<int> rest;
    for (const int step : s.conditions)
      if (std::none_of(s.causes.begin(), s.causes.end(),
                       [&](const Effect& e) { return e.step == step; }))
        rest.push_back(step);
    if (rest.empty() && s.enabling.empty()) line(2, "nothing else");
    effects(s.enabling, rest);
    std::map<std::string, std::size_t> others;
    std::size_t count = 0;
    for (const Row& r : rows_)
      if (std::find(s.steps.begin(), s.steps.end(), r.step) == s.steps.end()) {
        ++others[r.actor];
        ++count;
      }
    std::vector<std::string> who;
    for (const auto& [actor, steps] : others) who.push_back(fmt::format("{} {}", actor, steps));
    if (count)
      out_ +=
          "  " +
          style_.dim(printable(fmt::format("… {} {} not matter: {}", counted(count, "other step"),
                                           count == 1 ? "does" : "do", joined(who)))) +
          "\n";
    line(2, s.certified
                ? "Whatever the other steps do to the data, these force the end; none of their "
                  "effects can be left out (checked by a second solver)."
                : "Not certified: " + s.reason + ".");
  }

  void avoidance() {
    const checker::Avoidance& a = x_.avoidance;
    head("When it was too late");
    if (!a.known) return line(2, "not known: " + a.reason);
    const std::string scope = fmt::format(" ({}, all depths)", counted(a.states, "state"));
    if (a.too_late == 0) return line(2, "From the start: every continuation violates it" + scope);
    const bool last = a.too_late == static_cast<int>(rows_.size());
    line(2, (last ? "It could be avoided until the last step" + scope
                  : "After this step every continuation violates it" + scope) +
                ":");
    out_ += fmt::format("  {} {}  {}\n", number(a.too_late), printable(what(a.too_late)),
                        style_.dim(printable(where(row(a.too_late)))));
    line(2, "instead there could have come");
    for (std::size_t i = 0; i < std::min(kMostInstead, a.instead.size()); ++i)
      line(8, step(a.instead[i].first, a.instead[i].second));
    if (a.instead.size() > kMostInstead)
      line(8, fmt::format("… and {} more", a.instead.size() - kMostInstead));
    if (a.instead.empty()) line(8, "nothing: its actors stop there");
  }

  std::string step(const checker::Label& label, const std::vector<checker::Value>& args) const {
    checker::Run one;
    one.steps = {label};
    one.args = {args};
    const Row r = rows(e_.checked, one)[0];
    const std::string text =
        label.stmt >= 0 && !r.visible ? statement_text(*e_.checked.model, label.stmt) : r.text();
    return fmt::format("{}  {}", step_of(r.actor, text), where(r));
  }

  void without() {
    if (x_.violation.deadlock) return;
    head("Without one of the steps, from where it was taken on");
    if (!known()) return line(2, "not known: " + x_.slice.reason);
    if (x_.without.empty()) return line(2, "no visible step matters");
    for (std::size_t i = 0; i < x_.without.size(); ++i) {
      const Without& w = x_.without[i];
      out_ += fmt::format("  {} {}\n", number(w.step), printable(what(w.step)));
      const bool same = i + 1 < x_.without.size() && outcome(x_.without[i + 1]) == outcome(w);
      if (!same) line(8, outcome(w));  // steps with one outcome share it
    }
  }

  std::string outcome(const Without& w) const {
    switch (w.then) {
      case Without::Then::Anyway: {
        const std::vector<Row> other = rows(e_.checked, w.run);
        const auto last = std::find_if(other.rbegin(), other.rend(),
                                       [](const Row& r) { return r.visible || !r.fault.empty(); });
        return fmt::format("violated anyway, in {}, by {}",
                           counted(static_cast<std::size_t>(w.run.weight), "visible step"),
                           last == other.rend() ? "a silent step" : last->step_text());
      }
      case Without::Then::Never: {
        std::string text = "cannot happen any more";
        if (!w.goes_on) text += fmt::format("; {} never goes on", row(w.step).actor);
        if (!w.ends) text += "; the update never ends";
        return text;
      }
      case Without::Then::Unknown:
        break;
    }
    return "not known: " + w.reason;
  }

  const Explained& e_;
  const checker::Explanation& x_;
  const Request& request_;
  Style style_;
  std::vector<Row> rows_;
  std::string out_;
};

}  // namespace

std::string explain_text(const Explained& explained, const Request& request,
                         const TextOptions& options) {
  return ExplainText(explained, request, options).all();
}

}  // namespace luproof::report
