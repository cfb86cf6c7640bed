// SPDX-License-Identifier: GPL-2.0-or-later
// A monitor accepts what the interpreter can do in the life of one kernel, and nothing else.
#include "checker/export/rv.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "checker/check.h"
#include "checker/interpreter.h"
#include "checker/named_run.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker::exporter {
namespace {

constexpr int kLifeEnds = -1;

struct Watched {
  explicit Watched(model::Model loaded, const RvQuestion& question)
      : model(std::move(loaded)), layout(model), interpreter(model, layout) {
    GroundOptions plain;
    plain.fuse = false;
    system = ground(model, layout, plain, diagnostics);
    REQUIRE(system);
    const RvWatch watch(*system, question);
    Graph graph(*system);
    ExploreOptions options;
    options.symmetry = question.element.empty();
    statistics = explore(*system, options, {}, &graph).statistics;
    REQUIRE(statistics.exhausted);
    automaton = rv_automaton(*system, graph, statistics, watch, question, {});
    unseen = watch.unseen();
    for (std::size_t s = 0; s < automaton.symbols.size(); ++s)
      number[automaton.symbols[s].name] = static_cast<int>(s);
  }

  // What the interpreter's step shows, said by names alone.
  std::vector<int> shown(const Successor& step) const {
    std::vector<int> word;
    auto add = [&](const std::string& name) {
      if (const auto at = number.find(name); at != number.end()) word.push_back(at->second);
    };
    const model::Stmt* statement =
        step.label.stmt < 0 ? nullptr : model.statement_by_id[step.label.stmt];
    if (statement && statement->kind == model::StmtKind::Kexec) {
      add("kexec");
      word.push_back(kLifeEnds);
      return word;
    }
    if (step.label.event >= 0) add(model.events[step.label.event].name);
    if (statement && statement->kind == model::StmtKind::Fire)
      add(model.events[statement->ref].name);
    for (const Passage& p : step.passages) {
      const std::string& name = model.procedures[p.procedure].name;
      if (!p.returned)
        add(name + "_enter");
      else if (p.has_result &&
               model.procedures[p.procedure].result.kind == model::Type::Kind::Errno)
        add(name + (p.result == 0 ? "_ok" : "_err"));
      else
        add(name);
    }
    return word;
  }
  // Where the automaton is after the step; -1: it refuses it.
  int after(int at, const Successor& step) const {
    for (const int symbol : shown(step)) {
      if (symbol == kLifeEnds) return 0;
      at = automaton.states[at].next[symbol];
      if (at < 0) return -1;
    }
    return at;
  }
  int symbol(const std::string& name) const {
    INFO(name);
    REQUIRE(number.count(name));
    return number.at(name);
  }
  std::vector<int> word(const std::vector<std::string>& names) const {
    std::vector<int> all;
    for (const std::string& name : names) all.push_back(symbol(name));
    return all;
  }
  bool accepts(const std::vector<std::string>& names) const {
    return automaton.after(word(names)) >= 0;
  }

  model::Model model;
  model::Layout layout;
  model::Diagnostics diagnostics;
  Interpreter interpreter;
  std::unique_ptr<System> system;
  Statistics statistics;
  RvAutomaton automaton;
  std::vector<std::string> unseen;
  std::map<std::string, int> number;
};

// All words up to a length that the interpreter can show in one life.
std::set<std::vector<int>> words(const Watched& w, std::size_t longest) {
  std::set<std::vector<int>> all;
  std::set<std::pair<std::string, std::vector<int>>> known;
  std::vector<std::pair<Configuration, std::vector<int>>> todo;
  auto reach = [&](const Configuration& at, std::vector<int> word) {
    for (std::size_t i = 0; i <= std::min(word.size(), longest); ++i)
      all.insert({word.begin(), word.begin() + static_cast<std::ptrdiff_t>(i)});
    if (word.size() <= longest && known.insert({w.interpreter.key(at), word}).second)
      todo.emplace_back(at, std::move(word));
  };
  const auto starts = w.interpreter.initial();
  REQUIRE(starts);
  for (const Configuration& start : *starts) reach(start, {});
  while (!todo.empty()) {
    const auto [at, word] = todo.back();
    todo.pop_back();
    for (const Successor& step : w.interpreter.successors(at)) {
      if (step.fault != Fault::None || step.scope_exhausted) continue;
      std::vector<int> next = word;
      bool ends = false;
      for (const int symbol : w.shown(step)) {
        if (symbol == kLifeEnds)
          ends = true;
        else
          next.push_back(symbol);
      }
      if (ends) {
        for (std::size_t i = 0; i <= std::min(next.size(), longest); ++i)
          all.insert({next.begin(), next.begin() + static_cast<std::ptrdiff_t>(i)});
        reach(step.next, {});
      } else {
        reach(step.next, next);
      }
    }
  }
  return all;
}

void every_word(std::size_t symbols, std::size_t longest, std::vector<int>& word,
                const std::function<void()>& look) {
  look();
  if (word.size() == longest) return;
  for (std::size_t s = 0; s < symbols; ++s) {
    word.push_back(static_cast<int>(s));
    every_word(symbols, longest, word, look);
    word.pop_back();
  }
}

const char* const kUpdate = R"(design: update
kinds: {phases: [Normal, Prepared, Updated]}
topology:
  pf0: {kind: pf, bdf: "0000:01:00.0", first_vf_offset: 1, vf_stride: 1, total_vfs: 2}
  vf0: {kind: vf, of: pf0, index: 0}
  vf1: {kind: vf, of: pf0, index: 1}
environment:
  refused: {about: somebody says no, at-most: 1}
allow: [refused]
state:
  hardware:
    function.master: bool = true
  kernel:
    phase: phases = Normal boot if(handed(tree), Updated, Normal)
  handover:
    tree: bool
events:
  clear_master(function d): {do: d.master = false}
  set_master(function d): {do: d.master = true}
  lost(function d): {symbol: no, do: d.master = false}
procedures:
  prepare() -> errno: |
    check phase == Normal else -EBUSY
    may-fail refused -> -EBUSY
    phase = Prepared
    tree = true
    return 0
  finish(): |
    phase = Normal
  helper(): {symbol: no, code: "phase = Normal"}
  again(): |
    for v in vf order registration:
      set_master(v)
actors:
  agent:
    life: userspace
    in: every kernel
    code: |
      either:
        if kernel == 1:
          ignore prepare()
          ignore prepare()
          if phase == Prepared:
            kexec
      or:
        if phase == Updated:
          again()
          finish()
properties:
  no-early-finish:
    at: finish returns
    never: phase == Prepared
  never-off:
    never: not vf.all(v, v.master)
  at-the-jump:
    at: kexec
    always: phase == Prepared
)";

RvQuestion about_cell(const model::Model& model, const std::string& name) {
  RvQuestion question;
  for (std::size_t c = 0; c < model.cells.size(); ++c)
    if (model.cells[c].shown == name) question.cells.push_back(static_cast<int>(c));
  REQUIRE(question.cells.size() == 1);
  return question;
}

Watched watched(const std::string& text, const std::string& cell) {
  model::Model model = *load_text(text);
  const RvQuestion question = about_cell(model, cell);
  return Watched(std::move(model), question);
}

}  // namespace

TEST_CASE("a monitor accepts exactly what the life of a kernel can show", "[checker][rv]") {
  const Watched w = watched(kUpdate, "phase");
  REQUIRE(w.automaton.failed.empty());
  constexpr std::size_t kLongest = 4;
  const auto possible = words(w, kLongest);
  CHECK(possible.size() > 5);
  std::vector<int> word;
  every_word(w.automaton.symbols.size(), kLongest, word,
             [&] { CHECK((w.automaton.after(word) >= 0) == (possible.count(word) != 0)); });
  CHECK(w.accepts({"prepare_ok", "prepare_err"}));
  CHECK(w.accepts({"prepare_err", "prepare_ok"}));
  CHECK(w.accepts({"finish"}));                 // of the second kernel
  CHECK(!w.accepts({"prepare_ok", "finish"}));  // kexec is between them
  CHECK(!w.accepts({"prepare_ok", "prepare_ok"}));
}

TEST_CASE("states of a monitor have the name of the value that they stand for", "[checker][rv]") {
  const Watched w = watched(kUpdate, "phase");
  CHECK(w.automaton.states[0].name == "Normal_or_Updated");
  CHECK(w.automaton.states[w.automaton.after(w.word({"prepare_ok"}))].name == "Prepared");
  std::set<std::string> names;
  for (const auto& state : w.automaton.states) names.insert(state.name);
  CHECK(names.size() == w.automaton.states.size());
}

TEST_CASE("a monitor of one kernel knows in which state it begins", "[checker][rv]") {
  model::Model model = *load_text(kUpdate);
  RvQuestion question = about_cell(model, "phase");
  question.kernel = 2;
  const Watched w(std::move(model), question);
  CHECK(w.automaton.states[0].name == "Updated");
  CHECK(w.accepts({"finish"}));
  CHECK(!w.accepts({"prepare_ok"}));
}

TEST_CASE("what no run calls is watched and refused", "[checker][rv]") {
  const Watched w = watched(kUpdate, "function.master");
  // Nothing calls clear_master, and it is what must not be called.
  CHECK(w.automaton.never(w.symbol("clear_master")));
  CHECK(!w.accepts({"clear_master"}));
  CHECK(w.accepts({"set_master", "set_master"}));
  CHECK(!w.accepts({"set_master", "set_master", "set_master"}));
  CHECK(rv_text(w.automaton, {}).find("\"nowhere\" -> \"nowhere\" [ label = \"clear_master\" ]") !=
        std::string::npos);
}

TEST_CASE("a monitor of one element does not see the others", "[checker][rv]") {
  model::Model model = *load_text(kUpdate);
  RvQuestion question = about_cell(model, "function.master");
  question.element = "vf1";
  const Watched w(std::move(model), question);
  CHECK(w.accepts({"set_master"}));
  CHECK(!w.accepts({"set_master", "set_master"}));
}

TEST_CASE("a call within a step is seen, unless only a condition says whether it is made",
          "[checker][rv]") {
  const std::string nested = R"(design: nested
state:
  hardware:
    on: bool = true
    resets: int 0..3
events:
  flr: {do: resets = 1}
  off: {do: on = false}
  remove:
    do: |
      flr()
      if on:
        off()
actors:
  agent:
    life: userspace
    code: |
      remove()
      atomic:
        flr()
)";
  const Watched resets = watched(nested, "resets");
  CHECK(resets.accepts({"remove", "flr", "flr"}));
  CHECK(!resets.accepts({"flr"}));
  CHECK(!resets.accepts({"remove", "flr", "flr", "flr"}));
  CHECK(resets.unseen.empty());
  CHECK(resets.automaton.states[0].name == "resets_0");
  const Watched on = watched(nested, "on");
  CHECK(!on.number.count("off"));
  CHECK(on.unseen == std::vector<std::string>{"off, which remove may call"});
}

TEST_CASE("runs that break the property are left out, and told where they can be",
          "[checker][rv]") {
  const std::string breaks = std::string(kUpdate) + "  not-updated:\n    never: phase == Updated\n";
  model::Model model = *load_text(breaks);
  RvQuestion question;
  for (std::size_t p = 0; p < model.properties.size(); ++p)
    if (model.properties[p].name == "not-updated") question.property = static_cast<int>(p);
  const Watched w(std::move(model), question);
  // The kernel that is bad from its start shows nothing; kexec into it is not refused, as these
  // functions do not show it.
  CHECK(!w.accepts({"finish"}));
  CHECK(w.automaton.told == 0);
  CHECK(w.automaton.untold > 0);
}

TEST_CASE("a property at a moment is refused where that moment comes", "[checker][rv]") {
  std::string breaks = kUpdate;
  breaks.replace(breaks.find("if phase == Prepared:"), 21, "if phase == Normal:");
  breaks.replace(breaks.find("at-most: 1"), 10, "at-most: 2");
  model::Model model = *load_text(breaks);
  RvQuestion question;
  for (std::size_t p = 0; p < model.properties.size(); ++p)
    if (model.properties[p].name == "at-the-jump") question.property = static_cast<int>(p);
  const Watched w(std::move(model), question);
  CHECK(w.automaton.told > 0);
  CHECK(w.automaton.untold == 0);
  CHECK(w.accepts({"prepare_err", "prepare_err"}));
  CHECK(!w.accepts({"prepare_err", "prepare_err", "kexec"}));
}

TEST_CASE("random runs are accepted by the monitor of their spec", "[checker][rv]") {
  std::size_t compared = 0, steps = 0;
  for (std::uint64_t seed = 1; seed <= 60 && compared < 15; ++seed) {
    model::Model model = *load_text(RandomSpec(seed).text());
    const model::Layout layout(model);
    RvQuestion question;
    for (const model::Procedure& p : model.procedures) question.functions.push_back(p.name);
    for (const model::Event& e : model.events) question.functions.push_back(e.name);
    {
      model::Diagnostics diagnostics;
      GroundOptions plain;
      plain.fuse = false;
      const auto system = ground(model, layout, plain, diagnostics);
      Limits limits;
      limits.bound = 40;
      const Statistics s = explore(*system, {}, limits).statistics;
      if (!s.exhausted || s.states > 4000) continue;
    }
    const Watched w(std::move(model), question);
    if (!w.automaton.failed.empty()) continue;
    ++compared;
    std::mt19937_64 random(seed);
    for (int run = 0; run < 30; ++run) {
      const auto starts = w.interpreter.initial();
      Configuration at = (*starts)[random() % starts->size()];
      int state = 0;
      for (int i = 0; i < 40; ++i) {
        const auto successors = w.interpreter.successors(at);
        if (successors.empty()) break;
        const Successor& step = successors[random() % successors.size()];
        if (step.fault != Fault::None || step.scope_exhausted) break;
        state = w.after(state, step);
        INFO("seed " << seed << " run " << run << " step " << i);
        REQUIRE(state >= 0);
        at = step.next;
        ++steps;
      }
    }
  }
  CHECK(compared >= 8);
  CHECK(steps > 1000);
}

TEST_CASE("the monitor of what holds refuses the counterexample of what does not",
          "[checker][rv]") {
  model::LoadOptions load;
  load.specs = LUPROOF_SOURCE_SPECS;
  const std::string path = LUPROOF_SOURCE_SPECS "/designs/vfio-rfc-v1.yaml";
  auto in = [&](const std::string& variant) {
    model::LoadOptions options = load;
    options.variant = variant;
    model::Diagnostics diagnostics;
    auto model = model::load(path, options, diagnostics);
    REQUIRE(model);
    return std::move(*model);
  };
  model::Model holds = in("root-bus");
  RvQuestion question;
  for (std::size_t p = 0; p < holds.properties.size(); ++p)
    if (holds.properties[p].name == "vf-reset") question.property = static_cast<int>(p);
  const Watched w(std::move(holds), question);
  CHECK(w.automaton.told + w.automaton.untold == 0);

  for (const std::string variant : {"finish-before-retrieve", "without-reset-skip"}) {
    model::Diagnostics diagnostics;
    const auto checked = check(path, load, {variant, {}}, {}, {}, diagnostics);
    REQUIRE(checked);
    for (const Finding& f : checked->findings) {
      if (f.property != "vf-reset") continue;
      REQUIRE(f.run);
      const auto named = name_run(*checked->model, *checked->layout, *f.run);
      REQUIRE(named);
      std::string why;
      const Interpreter interpreter(*checked->model, *checked->layout);
      const auto found = find_run(interpreter, *checked->model, *checked->layout, *named, why);
      REQUIRE(found);
      const Watched bad(in(variant), question);  // for the names of its own statements
      int state = 0;
      for (const Successor& step : found->taken) {
        for (const int symbol : bad.shown(step)) {
          if (state < 0) break;
          state =
              symbol == kLifeEnds
                  ? 0
                  : w.automaton.states[state].next[w.symbol(bad.automaton.symbols[symbol].name)];
        }
        if (state < 0) break;
      }
      INFO(variant);
      CHECK(state == -1);
    }
  }
}

TEST_CASE("names of a monitor are what the kernel can hold", "[checker][rv]") {
  CHECK(rv_identifier("luo_freeze_ok", {}) == "luo_freeze_ok");
  CHECK(rv_identifier("9 lives", {}) == "_9_lives");
  CHECK(rv_identifier("", {}) == "_");
  const std::string name = rv_identifier(std::string(60, 'a') + "_err", {});
  CHECK(name.size() == 31);
  CHECK(name.substr(27) == "_err");
  CHECK(rv_identifier("a", {"a"}) == "a_2");
  CHECK(rv_identifier(std::string(60, 'a') + "_err", {name}).size() <= 31);
}

}  // namespace luproof::checker::exporter
