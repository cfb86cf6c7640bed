// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/question.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/schema.h"

namespace luproof::model {
namespace {

constexpr std::string_view kPrefix = "ask ";  // a property's own name has no blank
constexpr std::size_t kMostCriteria = 16;

class Reader {
 public:
  Reader(const Composition& composition, Diagnostics& diagnostics)
      : c_(composition), diagnostics_(diagnostics) {}

  Question run(const YamlNode& ask) {
    Question question;
    if (const YamlEntry* variants = ask.find("variants"))
      for (const YamlNode* item : items_of(variants->value)) {
        known_variant(*item);
        question.variants.push_back(item->text);
      }
    if (const YamlEntry* criteria = ask.find("criteria")) {
      if (criteria->value.entries.size() > kMostCriteria)
        error(criteria->key, fmt::format("more than {} criteria", kMostCriteria));
      for (const YamlEntry& entry : criteria->value.entries)
        question.criteria.push_back(criterion(entry));
    }
    if (const YamlEntry* table = ask.find("table"))
      for (const YamlEntry& entry : table->value.entries)
        question.rows.push_back(row(entry, question.criteria));
    return question;
  }

 private:
  void error(const YamlNode& node, std::string message, std::string hint = {}) {
    diagnostics_.error(node.span, std::move(message), std::move(hint));
  }

  void known_variant(const YamlNode& name) {
    std::vector<std::string> known;
    for (const VariantInfo& variant : c_.variants) known.push_back(variant.name);
    if (std::find(known.begin(), known.end(), name.text) == known.end())
      error(name, fmt::format("there is no variant '{}'", printable(name.text)),
            did_you_mean(name.text, known));
  }

  static std::vector<NamedStep> steps(const YamlNode& node) {
    std::vector<NamedStep> all;
    for (const YamlNode* item : items_of(node)) all.push_back({item->text, item->span});
    return all;
  }

  Mark moment(const YamlEntry& entry) {
    Mark m;
    m.given = true;
    if (const YamlEntry* event = entry.value.find("event")) m.steps = steps(event->value);
    m.condition = entry.value.find("when") != nullptr;
    if (m.steps.empty() == !m.condition)
      error(entry.key, fmt::format("'{}:' names a step or a condition", entry.key.text),
            "{event: kexec} or {when: kernel > 1}");
    return m;
  }

  Criterion criterion(const YamlEntry& entry) {
    Criterion c;
    c.name = entry.key.text;
    c.span = entry.key.span;
    const YamlNode& value = entry.value;
    if (const YamlEntry* about = value.find("about")) c.about = about->value.text;
    if (const YamlEntry* unit = value.find("unit")) c.unit = unit->value.text;
    if (const YamlEntry* from = value.find("from")) c.from = moment(*from);
    const YamlEntry* to = value.find("to");
    const YamlEntry* until = value.find("until");
    if (to) c.to = moment(*to);
    if (until) c.to.given = c.to.condition = true;
    if (!to == !until)
      error(entry.key,
            fmt::format("the criterion '{}' ends at 'to:' or 'until:'", printable(c.name)),
            "until: EXPRESSION; the same as to: {when: EXPRESSION}");
    if (const YamlEntry* counted = value.find("count")) c.counted = steps(counted->value);
    if (const YamlEntry* takes = value.find("takes")) {
      for (const YamlEntry& step : takes->value.entries)
        c.takes.push_back({{step.key.text, step.key.span}, time(step.value)});
      if (!c.counted.empty()) error(takes->key, "steps are counted, or what they take is added up");
    }
    if (const YamlEntry* want = value.find("want")) {
      if (want->value.text != "less" && want->value.text != "more")
        error(want->value,
              fmt::format("'{}' is neither 'less' nor 'more'", printable(want->value.text)));
      c.want = want->value.text == "less" ? Criterion::Want::Less : Criterion::Want::More;
    }
    return c;
  }

  int time(const YamlNode& node) {
    const bool digits = node.is_scalar() && !node.text.empty() && node.text.size() <= 7 &&
                        node.text.find_first_not_of("0123456789") == std::string::npos;
    const int n = digits ? std::stoi(node.text) : -1;
    if (n < 0 || n > kMostTime)
      error(node, fmt::format("what a step takes is a number from 0 to {}", kMostTime));
    return std::max(n, 0);
  }

  ExpectedRow row(const YamlEntry& entry, const std::vector<Criterion>& criteria) {
    ExpectedRow row;
    row.name = entry.key.text;
    row.span = entry.key.span;
    std::vector<std::string> known = {"worse-than"};
    for (const Criterion& c : criteria) known.push_back(c.name);
    for (const YamlEntry& cell : entry.value.entries) {
      if (cell.key.text == "worse-than")
        row.worse_than = texts_of(cell.value);
      else if (std::find(known.begin(), known.end(), cell.key.text) == known.end())
        error(cell.key, fmt::format("there is no criterion '{}'", printable(cell.key.text)),
              did_you_mean(cell.key.text, known));
      else if (!cell.value.is_scalar() || cell.value.text.empty())
        error(cell.value, "what is measured is one text", "3, 3..5, \"3..5 or never\"");
      else
        row.measured.emplace_back(cell.key.text, cell.value.text);
    }
    return row;
  }

  const Composition& c_;
  Diagnostics& diagnostics_;
};

// The condition of a moment of a criterion, or null.
const YamlNode* condition(const YamlNode& criterion, bool from) {
  if (const YamlEntry* until = criterion.find("until"); until && !from) return &until->value;
  const YamlEntry* moment = criterion.find(from ? "from" : "to");
  const YamlEntry* when = moment ? moment->value.find("when") : nullptr;
  return when ? &when->value : nullptr;
}

}  // namespace

std::optional<Question> question(const Composition& composition, Diagnostics& diagnostics) {
  const YamlEntry* ask = composition.documents.back()->root.find("ask");
  if (!ask) return Question{};
  const int before = diagnostics.errors();
  Question question = Reader(composition, diagnostics).run(ask->value);
  if (diagnostics.errors() > before) return std::nullopt;
  return question;
}

std::string condition_name(const std::string& criterion, bool from) {
  return std::string(kPrefix) + criterion + (from ? " from" : " to");
}

bool is_condition(const std::string& property) { return property.rfind(kPrefix, 0) == 0; }

void declare_conditions(const Document& document, std::vector<Declared>& declared) {
  const YamlEntry* ask = document.root.find("ask");
  const YamlEntry* criteria = ask ? ask->value.find("criteria") : nullptr;
  if (!criteria) return;
  for (const YamlEntry& entry : criteria->value.entries)
    for (const bool from : {true, false}) {
      const YamlNode* when = condition(entry.value, from);
      if (!when) continue;
      Declared d;
      d.section = "properties";
      d.name = condition_name(entry.key.text, from);
      d.key = entry.key;
      d.value.kind = YamlNode::Kind::Map;
      d.value.span = entry.value.span;
      YamlNode possible = entry.key;
      possible.text = "possible";
      d.value.entries.push_back({std::move(possible), *when});
      d.origin.span = entry.key.span;
      d.origin.pack = document.name;
      declared.push_back(std::move(d));
    }
}

}  // namespace luproof::model
