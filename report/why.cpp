// SPDX-License-Identifier: GPL-2.0-or-later
// A proof as a reader wants it: what is true in every state, sentence by sentence, and whose
// conditions it rests on. Take one of those away, and the proof is gone.
#include "report/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checker/proof/prove.h"

namespace luproof::report {
namespace {

using checker::Checked;
using checker::Why;

const Why* why_of(const Checked& checked, int property) {
  const auto at = std::find_if(checked.why.begin(), checked.why.end(),
                               [&](const Why& why) { return why.property == property; });
  return at == checked.why.end() || property < 0 ? nullptr : &*at;
}

}  // namespace

std::string why_text(const Checked& checked, const Request& request, const Style& style) {
  std::string out;
  if (checked.why.empty()) {
    const std::string reason = checked.proof ? checked.proof->reason : "";
    return fmt::format(
        "  {} {}\n", style.bold("why:"),
        model::printable(reason.empty() ? "the time was not enough to say" : reason));
  }
  for (const Why& why : checked.why) {
    out += fmt::format("  {} {}\n", style.bold("why:"),
                       model::printable(checked.model->properties[why.property].name));
    if (why.clauses.empty())
      out += "    no step that can happen at all could violate it\n";
    else
      out += "    in every state, and no step leaves it:\n";
    for (const std::string& clause : why.clauses) out += "    - " + model::printable(clause) + "\n";
    if (!why.guards.empty()) out += "    rests on the conditions of\n";
    for (const Why::Guard& guard : why.guards)
      out += fmt::format("    * {} {}\n", model::printable(guard.step),
                         style.dim(model::printable(
                             fmt::format("{}:{}", shown_path(guard.file, request), guard.line))));
  }
  return out;
}

nlohmann::ordered_json why_json(const Checked& checked, const checker::Finding& finding,
                                const Request& request) {
  const Why* why = why_of(checked, finding.index);
  if (!why) return nullptr;
  nlohmann::ordered_json guards = nlohmann::ordered_json::array();
  for (const Why::Guard& guard : why->guards)
    guards.push_back(
        {{"step", guard.step}, {"file", shown_path(guard.file, request)}, {"line", guard.line}});
  return {{"invariant", why->clauses}, {"rests_on", guards}};
}

}  // namespace luproof::report
