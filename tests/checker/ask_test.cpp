// SPDX-License-Identifier: GPL-2.0-or-later
// What is measured over all runs, against values from reasoning and against sums over the runs of
// the interpreter; and which alternative is worse than which.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "checker/ask/ask.h"
#include "checker/describe.h"
#include "checker/interpreter.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {
namespace {

ask::Table asked(const std::string& text, bool fuse = true) {
  const SpecFile file(text);
  model::Diagnostics diagnostics;
  auto readings = model::readings(file.path, {}, diagnostics);
  INFO(text << "\n" << diagnostics.render());
  REQUIRE(readings);
  const auto composition = model::compose(file.path, {}, diagnostics);
  auto question = model::question(*composition, diagnostics);
  REQUIRE(question);
  CheckOptions options;
  options.fuse = fuse;
  std::vector<ask::Row> rows;
  for (const model::Reading& reading : *readings) {
    rows.push_back(ask::row(file.path, {}, reading, *question, options, {}, diagnostics));
    INFO(diagnostics.render());
    REQUIRE(diagnostics.ok());
    REQUIRE(rows.back().checked.broken == "");
  }
  return ask::table(std::move(*question), std::move(rows));
}

std::string measured(const std::string& spec, const std::string& criterion) {
  const ask::Table table = asked("case: c\n" + spec + "ask: {criteria: {it: " + criterion + "}}\n");
  REQUIRE(table.rows.size() == 1);
  return table.rows[0].measured[0].text();
}

// One actor that does a, b or c, and ends with d.
const std::string kPaths = R"(events:
  a: seen = not seen
  b: seen = not seen
  c: seen = not seen
  d: seen = not seen
state: {kernel: {seen: bool, done: bool, lost: bool}}
actors:
  worker:
    life: kernel
    code: |
      a()
      either:
        b()
        b()
        b()
      or:
        c()
      d()
      done = true
)";

}  // namespace

TEST_CASE("the fewest and the most of what happens on a run", "[checker]") {
  CHECK(measured(kPaths, "{from: {event: a}, to: {event: d}}") == "2..4");
  CHECK(measured(kPaths, "{from: {event: a}, to: {event: d}, count: b}") == "0..3");
  CHECK(measured(kPaths, "{until: done, count: [b, c]}") == "1..3");
  CHECK(measured(kPaths, "{from: {event: b}, to: {event: b}}") == "1 or never");  // the third
  CHECK(measured(kPaths, "{from: {event: c}, to: {event: b}}") == "never");
  CHECK(measured(kPaths, "{from: {when: lost}, to: {event: b}}") == "-");
  CHECK(measured(kPaths, "{until: lost}") == "never");
  // b after a, or c and then never.
  CHECK(measured(kPaths, "{from: {event: a}, to: {event: b}}") == "1 or never");
  CHECK(measured(kPaths, "{from: {event: a}, to: {event: d}, takes: {b: 10, c: 25, d: 1}}") ==
        "26..31");
}

TEST_CASE("what goes round in a circle has no bound, if the circle adds something", "[checker]") {
  const std::string spec = R"(events:
  ping: pass
  tick: pass
state: {kernel: {done: bool}}
actors:
  worker:
    life: kernel
    code: |
      forever:
        ping()
  other:
    life: kernel
    code: |
      tick()
      done = true
)";
  CHECK(measured(spec, "{until: done, count: ping}") == "0..unbounded");
  CHECK(measured(spec, "{until: done, count: tick}") == "1");
}

TEST_CASE("a procedure counts where it is entered, with its arguments", "[checker]") {
  const std::string spec = R"(kinds: {unit: [one, two]}
state: {kernel: {n: int 0..3, done: bool}}
procedures:
  probe(unit u):
    code: |
      n = n + 1
      n = n + 0
actors:
  worker:
    life: kernel
    code: |
      n = 0
      probe(one)
      probe(two)
      probe(one)
      done = true
)";
  CHECK(measured(spec, "{until: done, count: probe}") == "3");
  CHECK(measured(spec, "{until: done, count: probe(one)}") == "2");
  CHECK(measured(spec, "{until: done, count: probe(two)}") == "1");
  CHECK(measured(spec, "{from: {event: probe(two)}, to: {event: probe(one)}, count: probe}") ==
        "1");
}

TEST_CASE("an alternative is worse where it breaks more or takes longer, and nowhere better",
          "[checker]") {
  const ask::Table table = asked(R"(question: q
choices: {way: [short, long, wrong, gamble]}
events: {work: pass, end: pass}
state: {kernel: {done: bool, broken: bool}}
actors:
  worker:
    life: kernel
    code: |
      work()
      if way == long:
        work()
      if way == wrong:
        broken = true
      if way == gamble:
        either:
          work()
          work()
        or:
          pass
      if way != gamble:
        work()
      end()
      done = true
properties:
  whole: {never: broken}
ask:
  criteria:
    effort: {until: done, count: work, want: less}
)");
  REQUIRE(table.alternatives == std::vector<std::string>{"short", "long", "wrong", "gamble"});
  const auto than = [&](std::size_t b) {
    std::vector<std::string> names;
    if (const auto found = table.worse.find(b); found != table.worse.end())
      for (const ask::Worse& w : found->second) names.push_back(table.alternatives[w.than]);
    return names;
  };
  CHECK(table.rows[0].measured[0].text() == "2");
  CHECK(table.rows[1].measured[0].text() == "3");
  CHECK(table.rows[2].measured[0].text() == "2");
  CHECK(table.rows[3].measured[0].text() == "1..3");
  CHECK(than(0).empty());
  CHECK(than(1) == std::vector<std::string>{"short", "gamble"});
  CHECK(than(2) == std::vector<std::string>{"short"});
  CHECK(than(3).empty());  // it can be quicker, and can be slower
  CHECK(table.worse.at(2)[0].property == "whole");
  CHECK(table.worse.at(1)[0].criterion == 0);
}

TEST_CASE("what is expected of a table is held to it", "[checker]") {
  const std::string spec = R"(question: q
choices: {way: [short, long]}
events: {work: pass}
state: {kernel: {done: bool}}
actors:
  worker:
    life: kernel
    code: |
      work()
      if way == long:
        work()
      done = true
ask:
  criteria: {effort: {until: done, count: work, want: less}}
  table:
)";
  CHECK(
      ask::unmet(asked(spec + "    short: {effort: 1}\n    long: {effort: 2, worse-than: short}\n"))
          .empty());
  const auto lines =
      ask::unmet(asked(spec + "    short: {effort: 2, worse-than: long}\n    lang: {effort: 2}\n"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "short: effort expected 2, found 1");
  CHECK(lines[1] == "short: expected to be worse than long, found none");
  CHECK(lines[2] == "lang: the table has no such row; did you mean 'long'?");
}

namespace {

// The same question put to the interpreter: values that are improved round by round, as long as
// they change. Nothing of it is the engine's.
class Oracle {
 public:
  Oracle(const model::Model& model, const model::Layout& layout, const model::Criterion& criterion)
      : m_(model), c_(criterion), interpreter_(model, layout) {
    for (int p = 0; p < static_cast<int>(m_.properties.size()); ++p) {
      if (m_.properties[p].name == model::condition_name(c_.name, true)) from_ = p;
      if (m_.properties[p].name == model::condition_name(c_.name, false)) to_ = p;
    }
  }

  // "" if there are too many states.
  std::string run(std::size_t limit) {
    const auto starts = interpreter_.initial();
    if (!starts) return "";
    for (const Configuration& start : *starts) begin(start);
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (open_.size() > limit) return "";
      const auto [at, phase, node] = open_[i];
      for (const Successor& s : interpreter_.successors(at)) {
        if (s.scope_exhausted) return "";
        if (s.fault == Fault::None) step(at, phase, node, s);
      }
    }
    return answer();
  }

 private:
  enum Phase { Before, Within, After };
  struct Edge {
    int from, to;
    std::int64_t weight;
  };

  int node(const Configuration& at, Phase phase) {
    const auto [found, fresh] =
        nodes_.try_emplace({interpreter_.key(at), phase}, static_cast<int>(nodes_.size()) + 1);
    if (fresh) open_.emplace_back(at, phase, found->second);
    return found->second;
  }
  bool is(int property, const Configuration& at) const {
    return property >= 0 && interpreter_.holds(*m_.properties[property].to, at);
  }
  void begin(const Configuration& at) {
    const bool now = !c_.from.given || is(from_, at);
    if (now && is(to_, at)) {
      entries_.push_back({0, 0, 0});
      node(at, c_.from.given ? Before : After);
    } else if (now) {
      entries_.push_back({0, node(at, Within), 0});
    } else {
      node(at, Before);
    }
  }
  static bool means(const std::vector<model::NamedStep>& steps, const std::string& name) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const model::NamedStep& s) { return s.text == name; });
  }

  void step(const Configuration& at, Phase phase, int from, const Successor& s) {
    std::vector<std::pair<std::string, int>> named;  // and whether it is a visible step
    for (const Passage& p : s.passages)
      if (!p.returned) named.emplace_back(m_.procedures[p.procedure].name, 0);
    const std::string text =
        names_itself(m_, s.label) ? step_text(m_, s.label, s.label.args) : std::string();
    named.emplace_back(text.substr(0, text.find('(')), weight_of(m_, s.label));
    std::int64_t weight = 0;
    bool own = phase == Within;
    const auto end = [&] {
      if (own)
        edges_.push_back({from, 0, weight});
      else
        entries_.push_back({0, 0, weight});
      phase = c_.from.given ? Before : After;
    };
    const auto start = [&] {
      phase = Within;
      own = false;
      weight = 0;
    };
    for (const auto& [name, visible] : named) {
      if (phase == Within) {
        weight += c_.counted.empty() ? visible : means(c_.counted, name);
        if (means(c_.to.steps, name)) end();
      } else if (phase == Before && means(c_.from.steps, name)) {
        start();
      }
    }
    if (phase == Before && is(from_, s.next) && !is(from_, at)) start();
    if (phase == Within && is(to_, s.next)) end();
    const int next = node(s.next, phase);
    if (phase != Within) return;
    if (own)
      edges_.push_back({from, next, weight});
    else
      entries_.push_back({0, next, weight});
  }

  std::string answer() const {
    if (entries_.empty()) return "-";
    const std::size_t count = nodes_.size() + 1;
    constexpr std::int64_t kNone = -1;
    std::vector<std::int64_t> least(count, kNone), most(count, kNone);
    least[0] = most[0] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (const Edge& e : edges_) {
        if (least[e.to] == kNone) continue;
        if (const auto sum = least[e.to] + e.weight;
            least[e.from] == kNone || sum < least[e.from]) {
          least[e.from] = sum;
          changed = true;
        }
      }
    }
    const auto improve = [&] {
      bool changed = false;
      for (const Edge& e : edges_)
        if (most[e.to] != kNone && most[e.to] + e.weight > most[e.from]) {
          most[e.from] = most[e.to] + e.weight;
          changed = true;
        }
      return changed;
    };
    std::size_t rounds = 0;
    while (improve() && rounds < count) ++rounds;
    const std::vector<std::int64_t> settled = most;
    if (rounds >= count)
      for (rounds = 0; rounds < count && improve();) ++rounds;
    std::int64_t fewest = kNone, greatest = kNone;
    bool unbounded = false, never = false;
    std::vector<char> seen(count, 0);
    std::vector<int> queue;
    for (const Edge& e : entries_) {
      queue.push_back(e.to);
      if (least[e.to] == kNone) continue;
      const auto low = least[e.to] + e.weight;
      fewest = fewest == kNone ? low : std::min(fewest, low);
      greatest = std::max(greatest, settled[e.to] + e.weight);
      unbounded = unbounded || most[e.to] != settled[e.to];
    }
    for (std::size_t i = 0; i < queue.size(); ++i) {
      if (seen[queue[i]]++) continue;
      never = never || least[queue[i]] == kNone;
      for (const Edge& e : edges_)
        if (e.from == queue[i]) queue.push_back(e.to);
    }
    if (fewest == kNone) return "never";
    std::string text = std::to_string(fewest);
    if (unbounded)
      text += "..unbounded";
    else if (greatest > fewest)
      text += ".." + std::to_string(greatest);
    return never ? text + " or never" : text;
  }

  const model::Model& m_;
  const model::Criterion& c_;
  Interpreter interpreter_;
  int from_ = -1, to_ = -1;
  std::map<std::pair<std::string, int>, int> nodes_;  // 0 is the end
  std::vector<std::tuple<Configuration, Phase, int>> open_;
  std::vector<Edge> edges_, entries_;
};

// Of random events and procedures of a random spec, and conditions over its first cell.
std::string random_criterion(const model::Model& model, std::mt19937& random) {
  std::vector<std::string> names;
  for (const auto& e : model.events) names.push_back(e.name);
  for (const auto& p : model.procedures) names.push_back(p.name);
  const auto pick = [&](std::size_t n) { return random() % n; };
  const auto step = [&] { return names[pick(names.size())]; };
  std::string condition = "kernel > 1";
  for (const auto& cell : model.cells)
    if (cell.index.empty() && cell.type.kind == model::Type::Kind::Bool &&
        cell.kind == model::CellKind::Data && cell.life != model::Life::Handover && pick(2))
      condition = cell.name;
  const auto mark = [&]() -> std::string {
    return names.empty() || pick(3) == 0 ? "{when: \"" + condition + "\"}"
                                         : "{event: " + step() + "}";
  };
  std::string text = "{";
  if (pick(3)) text += "from: " + mark() + ", ";
  text += "to: " + mark();
  if (!names.empty() && pick(2)) text += ", count: [" + step() + ", " + step() + "]";
  return text + "}";
}

int compare(std::uint64_t first, std::uint64_t last, std::map<std::string, int>& kinds) {
  int compared = 0;
  for (std::uint64_t seed = first; seed < last; ++seed) {
    const std::string plain = RandomSpec(seed).text();
    std::mt19937 random(static_cast<unsigned>(seed));
    std::string text;
    {
      const SpecFile file(plain);
      model::Diagnostics diagnostics;
      const auto model = model::load(file.path, {}, diagnostics);
      REQUIRE(model);
      text = plain + "ask: {criteria: {it: " + random_criterion(*model, random) + "}}\n";
    }
    INFO("seed " << seed << "\n" << text);
    const SpecFile file(text);
    model::LoadOptions load;
    load.criteria = true;
    model::Diagnostics diagnostics;
    const auto model = model::load(file.path, load, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(model);
    const auto question =
        model::question(*model::compose(file.path, load, diagnostics), diagnostics);
    const model::Layout layout(*model);
    const std::string expected = Oracle(*model, layout, question->criteria[0]).run(1500);
    if (expected.empty()) continue;
    ++compared;
    ++kinds[expected.find("unbounded") != std::string::npos ? "unbounded"
            : expected.find("..") != std::string::npos      ? "range"
            : expected.find("never") != std::string::npos   ? "never"
            : expected == "-"                               ? "not begun"
                                                            : "number"];
    for (const bool fuse : {false, true}) {
      const ask::Table table = asked(text, fuse);
      REQUIRE(table.rows.size() == 1);
      INFO("fused " << fuse);
      REQUIRE(table.rows[0].measured[0].text() == expected);
    }
  }
  return compared;
}

}  // namespace

TEST_CASE("what is measured is what the interpreter's runs come to", "[checker]") {
  std::map<std::string, int> kinds;
  CHECK(compare(1, 250, kinds) > 100);
  for (const char* kind : {"range", "never", "not begun", "number"}) {
    INFO(kind);
    CHECK(kinds[kind] > 0);
  }
}

TEST_CASE("the same of many more specs", "[checker][long]") {
  std::map<std::string, int> kinds;
  CHECK(compare(1000, 6000, kinds) > 2000);
  CHECK(kinds["unbounded"] > 0);
}

}  // namespace luproof::checker
