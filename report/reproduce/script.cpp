// SPDX-License-Identifier: GPL-2.0-or-later
// The plan as a script for a POSIX shell (that of busybox will do).
//
// What is fixed stands in script_text.cpp; here are the functions in front of it. Of a spec only
// names that shell_names() let through, numbers, and what forces.cpp let through reach the shell;
// other texts stand in comments of one line.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/facts.h"
#include "report/reproduce/plan.h"
#include "report/reproduce/script_text.h"
#include "report/run.h"
#include "traces/probes/words.h"

namespace luproof::report {

using model::FunctionKind;
using traces::comment;

namespace {

class Script {
 public:
  Script(const Reproduction& plan, const model::Topology& topology)
      : plan_(plan), topology_(topology) {}

  std::string text(const std::string& command) const {
    std::string all = "#!/bin/sh\n" + comment("Made by: luproof " + command);
    std::string told = reproduction_text(plan_);
    for (std::size_t at = 0; at < told.size();) {
      const std::size_t end = told.find('\n', at);
      const std::string line = told.substr(at, end - at);
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      all += comment(line.substr(indent), "# " + std::string(indent, ' '));
      at = end + 1;
    }
    all += kScriptUsage;
    all += fmt::format("set -u\njumps={}\n\n", plan_.jumps ? "yes" : "no");
    return all + roles() + start() + kernel(1, "old") + kernel(2, "new") + facts() + kScriptFixed;
  }

 private:
  std::string name(int function) const { return plan_.names[function]; }
  std::string address(int function) const { return fmt::format("\"$at_{}\"", name(function)); }

  // How each part is found on the machine, and what has to be found before it. A function of a dump
  // is the one of its address, where there is one.
  std::string roles() const {
    std::map<int, std::string> ways;
    for (std::vector<int> open = plan_.functions; !open.empty();) {
      const int f = open.back();
      open.pop_back();
      if (ways.count(f) != 0) continue;
      const auto& function = topology_.functions[f];
      std::string how;
      if (function.kind == FunctionKind::Pf) {
        int number = 0;
        for (int i = 0; i <= f; ++i)
          if (topology_.functions[i].kind == FunctionKind::Pf) ++number;
        how = fmt::format("pf_number {}", number);
      } else if (function.kind == FunctionKind::Vf && function.pf >= 0) {
        how = fmt::format("need {} && vf_of {} {}", name(function.pf), address(function.pf),
                          function.vf_index);
        open.push_back(function.pf);
      } else if (const int below = below_of(f); below >= 0) {
        how = fmt::format("need {} && port_above {}", name(below), address(below));
        open.push_back(below);
      }
      if (const auto of_dump = model::Bdf::parse(function.name))
        how =
            fmt::format("is_here {}{}", of_dump->text(), how.empty() ? "" : " || { " + how + "; }");
      ways[f] = how;
    }
    std::string text = "find_role() {\n  case $1 in\n";
    for (const auto& [f, how] : ways)
      if (!how.empty()) text += fmt::format("    {}) {} ;;\n", name(f), how);
    return text + "  esac\n}\n";
  }

  // A function directly below a port: of PFs the first, since it is found by itself.
  int below_of(int port) const {
    int below = -1;
    for (std::size_t i = 0; i < topology_.functions.size(); ++i) {
      const auto& function = topology_.functions[i];
      if (function.parent != port || function.kind == FunctionKind::Vf) continue;
      if (below < 0 || (function.kind == FunctionKind::Pf &&
                        topology_.functions[below].kind != FunctionKind::Pf))
        below = static_cast<int>(i);
    }
    return below;
  }

  // "{n}" and "{d}" as a shell reads them, within double quotes.
  std::string filled(const std::string& text, const Deeds& deeds) const {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '{') {
        out += text[at];
        continue;
      }
      const std::size_t end = text.find('}', at);
      const Argument& argument =
          deeds.arguments[deeds.of->parameter(text.substr(at + 1, end - at - 1))];
      out += argument.function >= 0 ? "${at_" + name(argument.function) + "}" : argument.text;
      at = end;
    }
    return out;
  }

  std::string done(const Deed& deed, const Deeds& deeds) const {
    const auto of = [&] { return "\"" + filled("{" + deed.of + "}", deeds) + "\""; };
    switch (deed.kind) {
      case Deed::Kind::Write:
        // Below /sys: the script can be tried on a folder.
        return fmt::format("{} \"{}\" \"$sysfs{}\"", deed.if_there ? "write_if_there" : "write",
                           filled(deed.text, deeds), filled(deed.path.substr(4), deeds));
      case Deed::Kind::Hold:
        return "hold " + of();
      case Deed::Kind::Release:
        return "release " + of();
      case Deed::Kind::SetBits:
        return fmt::format("set_bits {} {} {}", of(), deed.at, deed.text);
      case Deed::Kind::Kexec:
        return "jump";
    }
    return {};
  }

  std::string needs(const Deeds& deeds) const {
    std::string text;
    for (const Argument& each : deeds.arguments)
      if (each.function >= 0) text += fmt::format("  need {}\n", name(each.function));
    return text;
  }

  std::string start() const {
    std::string text = "\nstart() {\n  : > \"$folder/roles.txt\"\n";
    for (const Deeds& each : plan_.start) {
      text += needs(each);
      for (const Deed& deed : *each.deeds)
        text += fmt::format("  {} || die \"the machine cannot be made ready\"\n", done(deed, each));
    }
    // Whoever goes away in the run is found before it.
    for (const int function : plan_.functions) text += fmt::format("  need {}\n", name(function));
    return text + "}\n";
  }

  std::string kernel(int number, const char* called) const {
    std::string text = fmt::format("\n{}() {{\n", called);
    std::string finish;
    bool some = false;
    for (const Forced& each : plan_.forced) {
      if (each.kernel != number) continue;
      some = true;
      text += comment(fmt::format("{}. {}", each.number, step_of(each.actor, each.text)), "  # ");
      text += needs(each.deeds);
      // A call that may not come back is not waited for without end.
      const bool alone =
          std::any_of(each.deeds.deeds->begin(), each.deeds.deeds->end(),
                      [](const Deed& deed) { return deed.kind == Deed::Kind::Write; });
      text += fmt::format("  step_{}() {{\n", each.number);
      for (const Deed& deed : *each.deeds.deeds)
        text += fmt::format("    {}\n", done(deed, each.deeds));
      text += "  }\n";
      if (!alone && !each.concurrent) {
        text += fmt::format("  step_{}\n", each.number);
        continue;
      }
      text += fmt::format("  begin {0} step_{0}\n", each.number);
      if (!each.concurrent)
        text += fmt::format("  finish {}\n", each.number);
      else if (each.line.empty())
        text += "  sleep 2\n";
      else
        text += fmt::format("  need {}\n  reached {} {} {}\n", name(each.line_of), each.number,
                            each.line, address(each.line_of));
      if (each.concurrent) finish += fmt::format("  finish {}\n", each.number);
    }
    return text + finish + (some ? "" : "  :\n") + "}\n";
  }

  // What the capture is judged by.
  std::string facts() const {
    const Prediction& prediction = plan_.prediction;
    std::string text = "\nfacts() {\n";
    if (prediction.function.empty())
      text += "  echo 'keep all'\n";
    else
      text += fmt::format("  need {0}\n  echo \"keep $at_{0}\"\n", prediction.function);
    // A level is a word of the spec's own.
    const bool plain = std::all_of(prediction.claim.begin(), prediction.claim.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (plain && !prediction.claim.empty())
      text += fmt::format("  echo 'claim {}'\n", prediction.claim);
    return text + "}\n";
  }

  const Reproduction& plan_;
  const model::Topology& topology_;
};

}  // namespace

std::string reproduction_script(const Reproduction& plan, const model::Topology& topology,
                                const std::string& command) {
  return Script(plan, topology).text(command);
}

std::string reproduction_text(const Reproduction& plan) {
  const Prediction& p = plan.prediction;
  std::string text;
  const auto say = [&](const std::string& line) { text += model::printable(line) + "\n"; };
  say(plan.title);
  say(fmt::format("Predicted: {} is violated{}{}", p.property,
                  p.function.empty() ? "" : " for " + p.function,
                  p.text.empty() ? "" : ", by " + p.text));
  if (!p.events.empty()) say("  shown by a line as: " + joined(p.events, " or "));
  say("Done:");
  for (const Forced& each : plan.forced) {
    std::string line = fmt::format("  {}. {}", each.number, step_of(each.actor, each.text));
    if (each.kernel > 1) line += ", in the new kernel";
    if (each.concurrent && !each.line.empty())
      line += fmt::format(", until a line shows {} of {}", each.line, plan.names[each.line_of]);
    say(line);
  }
  const auto list = [&](const char* head, const std::vector<NotForced>& those) {
    if (those.empty()) return;
    say(head);
    for (const NotForced& each : those)
      say(fmt::format("  step {}, {}: {}", each.step, step_of(each.actor, each.text),
                      each.because));
  };
  list("Comes by itself, and when it comes is not forced:", plan.comes);
  list("Nothing to do for:", plan.ignored);
  list("Cannot be forced:", plan.not_forced);
  for (const std::string& remark : plan.remarks) say(remark);
  return text;
}

}  // namespace luproof::report
