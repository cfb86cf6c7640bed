// SPDX-License-Identifier: GPL-2.0-or-later
// What to record of a kernel so that a binding can read it: the binding's section `record:`.
//
// Which function to probe, what the probe prints, how often it fires in an update and which
// property nobody can judge without it are facts about a kernel. They stand beside the lines that
// mean something, and no function or field of the kernel stands in C++.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "model/source.h"
#include "model/yaml_tree.h"

namespace luproof::traces {

// How often a probe fires, for each function of a kind and for the update as a whole.
enum class PerWhat { Port, Pf, Vf, Other, Update };
inline constexpr std::array<std::pair<std::string_view, PerWhat>, 5> kPerWhat = {
    {{"port", PerWhat::Port},
     {"pf", PerWhat::Pf},
     {"vf", PerWhat::Vf},
     {"other", PerWhat::Other},
     {"update", PerWhat::Update}}};
using Frequency = std::array<int, kPerWhat.size()>;  // by PerWhat

struct Recorded {
  std::string function;
  std::string about;
  std::vector<std::pair<std::string, std::string>> prints;  // argument -> fetch expression
  std::string returns;   // what a second probe, at its return, prints as `ret`; or ""
  Frequency fires{};     // lines of one update
  Frequency filtered{};  // the same where only lines that mean something are kept
  bool has_filtered = false;
  std::vector<std::string> judges;  // properties that are not fully judged without it
  bool early = false;   // called before probes can be set: only the function tracer shows it
  bool spared = false;  // not on a production host
  model::Span span;
  model::SourcePtr source;
};

// The keys of one entry; specs/bindings/binding.schema.json lists them too.
const std::vector<std::string>& record_keys();

// Appends what `node`, the value of `record:`, lists. Names and expressions go into scripts and
// command lines, so only characters that cannot end a word there are taken.
void read_record(const model::YamlNode& node, const model::SourcePtr& source,
                 std::vector<Recorded>& record, model::Diagnostics& diagnostics);

}  // namespace luproof::traces
