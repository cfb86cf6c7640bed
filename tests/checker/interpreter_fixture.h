// SPDX-License-Identifier: GPL-2.0-or-later
// Runs small specs through the interpreter: all that can be reached, and how it ends.
#pragma once

#include <catch2/catch.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/interpreter.h"
#include "model/load.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker {

// Code of one actor as a section of a spec; further entries follow as "  name: …".
inline std::string actor(const std::string& life, const std::string& code) {
  std::string text = "actors:\n  a:\n    life: " + life + "\n    code: |\n";
  std::string line;
  for (char c : code + "\n") {
    line += c;
    if (c != '\n') continue;
    if (line.size() > 1) text += "      " + line;
    line.clear();
  }
  return text;
}

class Spec {
 public:
  explicit Spec(const std::string& yaml) {
    const SpecFile file("case: small\n" + yaml);
    model::Diagnostics diagnostics;
    auto loaded = model::load(file.path, {}, diagnostics);
    INFO(diagnostics.render());
    REQUIRE(loaded);
    model = std::make_unique<model::Model>(std::move(*loaded));
    layout = std::make_unique<model::Layout>(*model);
    interpreter = std::make_unique<Interpreter>(*model, *layout);
    auto started = interpreter->initial();
    REQUIRE(started);
    initial = std::move(*started);
  }

  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::unique_ptr<Interpreter> interpreter;
  std::vector<Configuration> initial;

  Value value(const Configuration& at, const std::string& slot) const {
    for (int i = 0; i < layout->slots(); ++i)
      if (layout->slot_name(i) == slot) return at.data[i];
    FAIL("no slot '" + slot + "'");
    return 0;
  }
  std::string text(const Configuration& at, const std::string& slot) const {
    for (int i = 0; i < layout->slots(); ++i)
      if (layout->slot_name(i) == slot) return layout->slot_value(i, at.data[i]);
    FAIL("no slot '" + slot + "'");
    return {};
  }

  // Everything that is reachable, once. `visit` sees each configuration and its successors.
  using Visit = std::function<void(const Configuration&, const std::vector<Successor>&)>;
  void explore(const Visit& visit) const {
    std::set<std::string> seen;
    std::deque<Configuration> open;
    const auto add = [&](const Configuration& at) {
      if (seen.insert(interpreter->key(at)).second) open.push_back(at);
      REQUIRE(seen.size() < 50'000);
    };
    for (const Configuration& at : initial) add(at);
    while (!open.empty()) {
      const Configuration at = open.front();
      open.pop_front();
      const auto successors = interpreter->successors(at);
      visit(at, successors);
      for (const Successor& s : successors)
        if (s.fault == Fault::None && !s.scope_exhausted) add(s.next);
    }
  }
  // Values that a slot has in reachable states; `final_only`: in those without a successor.
  std::set<Value> values(const std::string& slot, bool final_only = false) const {
    std::set<Value> found;
    explore([&](const Configuration& at, const auto& successors) {
      if (!final_only || successors.empty()) found.insert(value(at, slot));
    });
    return found;
  }
  std::set<Value> final_values(const std::string& slot) const { return values(slot, true); }
  std::set<std::string> faults() const {
    std::set<std::string> found;
    explore([&](const auto&, const std::vector<Successor>& successors) {
      for (const Successor& s : successors)
        if (s.fault != Fault::None) found.insert(fault_name(s.fault));
    });
    return found;
  }
  // Some reachable configuration has the instance blocked.
  bool blocks(int instance) const {
    bool found = false;
    explore([&](const Configuration& at, const auto&) {
      found = found || interpreter->blocked(at, instance);
    });
    return found;
  }
  bool violates(const std::string& property) const {
    const int p = property_index(property);
    bool found = false;
    explore([&](const Configuration& at, const std::vector<Successor>& successors) {
      found = found || interpreter->bad_state(p, at);
      for (const Successor& s : successors) found = found || interpreter->bad_step(p, at, s);
    });
    return found;
  }
  int property_index(const std::string& name) const {
    for (std::size_t i = 0; i < model->properties.size(); ++i)
      if (model->properties[i].name == name) return static_cast<int>(i);
    FAIL("no property '" + name + "'");
    return -1;
  }
  // The steps of the only run, where nothing is free to choose; REQUIREs that there is only one.
  std::vector<Successor> only_run() const {
    REQUIRE(initial.size() == 1);
    std::vector<Successor> run;
    Configuration at = initial[0];
    for (;;) {
      auto next = interpreter->successors(at);
      if (next.empty()) return run;
      REQUIRE(next.size() == 1);
      REQUIRE(run.size() < 1000);
      run.push_back(next[0]);
      if (next[0].fault != Fault::None || next[0].scope_exhausted) return run;
      at = next[0].next;
    }
  }
};

}  // namespace luproof::checker
