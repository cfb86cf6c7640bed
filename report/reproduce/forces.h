// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody outside the kernel can do so that a step of the model happens: specs/forces.yaml.
//
// What is written here is run as root on somebody's machine, so it is no text for a shell: a few
// deeds, with words and paths of characters that mean nothing to one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"

namespace luproof::report {

struct Signature {
  std::string name;
  std::vector<std::string> parameters;
  model::Span span;
  int parameter(const std::string& of) const;  // -1: it has none of this name
};

struct Deed {
  enum class Kind { Write, Hold, Release, SetBits, Kexec } kind = Kind::Write;
  std::string text, path;  // Write; "{d}" in them stands for a parameter. SetBits: the bits
  std::string of;          // Hold, Release, SetBits: the parameter
  std::string at;          // SetBits: the offset
  bool if_there = false;
};

struct Action {
  Signature call;
  std::string about;
  std::vector<Deed> deeds;
};

// What a first state asks for: a cell of one function that has a value, or VFs of a PF.
struct StartRule {
  bool vfs = false;  // call: p, n
  Signature call;    // the cell and its function; of VFs, the PF and their number
  std::string is;
  std::vector<model::FunctionKind> kinds;  // none: all
  std::string about;
  std::vector<Deed> deeds;
};

struct Shown {
  Signature step;
  std::string event;              // "" = a line says no more than that it has come so far
  std::vector<std::string> args;  // of the event: parameters, or what it says literally
  std::string line, of;           // the recorded function, and the parameter that it names
};

struct Ignored {
  Signature call;
  std::string because;
};

struct Forces {
  std::vector<StartRule> start;
  std::vector<Action> actions;
  std::vector<Shown> shows;
  std::vector<Ignored> ignored;
};

// The keys of the file ("") and of its entries.
std::map<std::string, std::vector<std::string>> forces_keys();

// nullopt after an error.
std::optional<Forces> read_forces(const model::SourcePtr& source, model::Diagnostics& diagnostics);

}  // namespace luproof::report
