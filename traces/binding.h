// SPDX-License-Identifier: GPL-2.0-or-later
// Which line of a capture is which event of the model.
//
// Everything that is known about a kernel's symbols stands in specs/bindings/*.yaml, so that
// another kernel, or another set of probes, is another file and not another program. This file
// holds what such a file says; docs/traces.md explains the keys.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"
#include "traces/line.h"
#include "traces/probes/record.h"

namespace re2 {
class RE2;
}

namespace luproof::traces {

// `event(d, true, vf(p, id))`
struct CallArgument {
  enum class Kind { Parameter, VfOf, Constant };
  Kind kind = Kind::Constant;
  int parameter = -1;      // Parameter, VfOf: index in Meaning::parameters
  std::string index;       // VfOf: the argument of the line that holds the VF's number
  model::Value value = 0;  // Constant
};
struct EventCall {
  std::string name;
  std::vector<CallArgument> arguments;
  model::Span span;
  int event = -1;  // in Model::events, once the binding is resolved
};

// `where == d.sriov_cap + 8`, `enable != 0`
struct Condition {
  std::string argument;
  bool equal = true;
  int parameter = -1;     // of the constant of the topology, or -1
  std::string attribute;  // "sriov_cap"
  std::int64_t number = 0;
};

// Which of two events it is: whether bit `bit` of an argument is set, or whether it is not 0.
struct Decode {
  std::string argument;
  int bit = -1;
  EventCall one, zero;
};

// A symbol whose lines name no function, but that every function of a kind passes in one actor.
struct Counted {
  std::string task;
  int pid = -1;
  std::vector<model::FunctionKind> kinds;  // that pass it
};

struct Meaning {
  struct Parameter {
    std::string name;      // "d"
    std::string argument;  // "dev": holds a PCI address
  };
  std::string symbol;   // the function of the kernel, or a tracepoint
  std::string message;  // or a regular expression that a line of the kernel's log matches
  std::shared_ptr<const re2::RE2> pattern;
  std::string name;  // what `confirmed-by` calls it
  std::string about;
  model::Span span;
  model::SourcePtr source;  // the file that has the line
  std::vector<Parameter> parameters;
  std::vector<Condition> when;
  std::vector<std::string> callers;  // only calls by one of these
  std::vector<std::string> silent;   // functions that no line shows and that are meant too
  std::optional<EventCall> event;    // what happens
  std::optional<Decode> decode;
  std::optional<EventCall> tells;  // what must have been so before, or the call would fail
  std::optional<Counted> counted;
  std::vector<int> confirmed_by;  // meanings whose lines inside the call show its effect
  std::string begins, ends;       // a stretch of a task's work on a function: "probe"
  bool asks = false;              // changes nothing: asks whether something is possible
  bool may_fail = false;          // the call alone does not say that it took effect
  bool nameless_ignored = false;  // lines without an address are left out
  int phase = -1;                 // of Binding::phases, which begins here
  bool kexec = false;             // the moment `kexec` of --topology-at
  bool jump = false;              // the last that is seen of a kernel
};

struct Binding {
  std::string name, about, path;
  std::string model;                // the pack whose events are bound
  std::string existence;            // the cell that says that a function answers
  std::string usable;               // the property that says what of a function goes on
  std::vector<std::string> phases;  // stretches of an update, in their order
  std::vector<Meaning> meanings;
  std::map<std::string, std::vector<int>, std::less<>> by_symbol;
  std::vector<int> messages;                               // meanings of lines of the kernel's log
  std::map<std::string, std::string, std::less<>> probes;  // name of a probe event -> function
  std::map<std::string, std::vector<std::string>> needs;   // property -> functions to be probed
  // Procedure of a design -> its parameter -> the line's argument that holds it.
  std::map<std::string, std::map<std::string, std::string>> arguments;

  const std::vector<int>* find(std::string_view symbol) const {
    const auto found = by_symbol.find(symbol);
    return found == by_symbol.end() ? nullptr : &found->second;
  }
  // The phase in which the clock starts again, or -1.
  int jump_phase() const {
    for (const Meaning& meaning : meanings)
      if (meaning.jump && meaning.phase >= 0) return meaning.phase;
    return -1;
  }
  // Whether the line has to be looked at again once the capture is known: it has a meaning, or
  // it hides one.
  bool may_mean(const TraceLine& line) const;
  // The meaning of a line of the kernel's log, or -1; and what its expression names, as arguments.
  int message_of(const TraceLine& line) const;
  void add_groups(const Meaning& meaning, TraceLine& line) const;
  // The symbol that a line shows: the probed function, not the probe's own name.
  std::string_view symbol_of(const TraceLine& line) const;

  std::vector<Recorded> record;  // what `luproof probes` records
};

// The keys of a file and of one of its lines; specs/bindings/binding.schema.json lists them too.
const std::vector<std::string>& binding_file_keys();
const std::vector<std::string>& binding_line_keys();

// With the bindings that it uses, which are beside it. nullopt after an error.
std::optional<Binding> read_binding(const model::SourcePtr& source,
                                    model::Diagnostics& diagnostics);

// Looks up events and cells and checks their arguments. False after an error.
bool resolve_binding(Binding& binding, const model::Model& model, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
