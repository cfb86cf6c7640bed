// SPDX-License-Identifier: GPL-2.0-or-later
// The form that the generator's parser takes: the first line says what it is, then the states, one
// a line, then the transitions, without an empty line before their end. What does not begin like
// one of these is passed over, so comments stand in front.
#include <fmt/format.h>

#include "checker/export/names.h"
#include "checker/export/rv.h"

namespace luproof::checker::exporter {
namespace {

// "a, then b", the shortest way to a state.
std::string way(const RvAutomaton& automaton, const RvAutomaton::State& state) {
  std::string text;
  for (const int symbol : state.path)
    text += (text.empty() ? "" : ", ") + automaton.symbols[symbol].name;
  return text.empty() ? "the start" : "after " + text;
}

// Transitions to one state share a line: "a\nb".
std::string labels(const RvAutomaton& automaton, const RvAutomaton::State& from, int to) {
  std::string text;
  for (std::size_t symbol = 0; symbol < from.next.size(); ++symbol)
    if (from.next[symbol] == to)
      text += (text.empty() ? "" : "\\n") + automaton.symbols[symbol].name;
  return text;
}

std::string never(const RvAutomaton& automaton) {
  std::string text;
  for (std::size_t symbol = 0; symbol < automaton.symbols.size(); ++symbol)
    if (automaton.never(static_cast<int>(symbol)))
      text += (text.empty() ? "" : "\\n") + automaton.symbols[symbol].name;
  return text;
}

}  // namespace

std::string rv_text(const RvAutomaton& automaton, const std::vector<std::string>& about) {
  std::string out = "digraph state_automaton {\n";
  auto say = [&](const std::string& line) { out += "\tcomment = \"" + harmless(line) + "\";\n"; };
  for (const std::string& line : about) say(line);
  for (std::size_t i = 0; i < automaton.symbols.size(); ++i)
    say("event " + automaton.symbols[i].name + ": " + automaton.symbols[i].shown +
        (automaton.never(static_cast<int>(i)) ? ", in no run" : ""));
  for (const RvAutomaton::State& state : automaton.states)
    say("state " + state.name + ": " + way(automaton, state));
  const std::string& first = automaton.states[0].name;
  out += fmt::format("\t{{node [shape = plaintext, style=invis, label=\"\"] \"__init_{}\"}};\n",
                     first);
  for (const RvAutomaton::State& state : automaton.states)
    out += fmt::format("\t{{node [shape = {}] \"{}\"}};\n",
                       &state == &automaton.states[0] ? "doublecircle" : "circle", state.name);
  const std::string in_no_run = never(automaton);
  if (!in_no_run.empty()) out += fmt::format("\t{{node [shape = circle] \"{}\"}};\n", kNowhere);
  out += fmt::format("\t\"__init_{}\" -> \"{}\";\n", first, first);
  for (const RvAutomaton::State& from : automaton.states) {
    out += fmt::format("\t\"{}\" [label = \"{}\"];\n", from.name, from.name);
    for (std::size_t to = 0; to < automaton.states.size(); ++to)
      if (const std::string events = labels(automaton, from, static_cast<int>(to)); !events.empty())
        out += fmt::format("\t\"{}\" -> \"{}\" [ label = \"{}\" ];\n", from.name,
                           automaton.states[to].name, events);
  }
  if (!in_no_run.empty())
    out += fmt::format(
        "\t\"{0}\" [label = \"{0}\"];\n"
        "\t\"{0}\" -> \"{0}\" [ label = \"{1}\" ];\n",
        kNowhere, in_no_run);
  out +=
      fmt::format("\t{{ rank = min ;\n\t\t\"__init_{}\";\n\t\t\"{}\";\n\t}}\n}}\n", first, first);
  return out;
}

}  // namespace luproof::checker::exporter
