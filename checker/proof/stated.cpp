// SPDX-License-Identifier: GPL-2.0-or-later
// What a certificate says of itself, read back. Nothing of it is believed: whoever reads it derives
// the whole text anew from the spec and compares every byte.
#include <charconv>

#include "checker/proof/obligations.h"

namespace luproof::checker::proof {
namespace {

std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> parts;
  if (text == "none") return parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(", ", at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return parts;
}

// "17:1,2 204:0", slots and values.
std::optional<Clause> clause(const std::string& text) {
  Clause result;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](Value& value) {
    const auto [next, error] = std::from_chars(at, end, value);
    at = next;
    return error == std::errc();
  };
  while (at != end) {
    Atom atom;
    if (*at++ != ' ' || !number(atom.slot) || at == end || *at != ':') return std::nullopt;
    do {
      ++at;
      if (!number(atom.values.emplace_back())) return std::nullopt;
    } while (at != end && *at == ',');
    result.push_back(std::move(atom));
  }
  return result;
}

}  // namespace

std::optional<Stated> stated(const std::string& text) {
  Stated result;
  std::map<std::string, std::string> head;
  bool begins = false, body = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.rfind("; luproof certificate 1:", 0) == 0) begins = true;
    if (!begins) return std::nullopt;
    if (line.rfind("(set-logic", 0) == 0) body = true;
    if (const std::size_t colon = line.find(": "); !body && colon != std::string::npos)
      head[line.substr(2, colon - 2)] = line.substr(colon + 2);
    if (line.rfind(";@", 0) != 0) continue;
    auto one = clause(line.substr(2));
    if (!one) return std::nullopt;
    result.invariant.clauses.push_back(std::move(*one));
  }
  Subject& subject = result.subject;
  subject.design = head["design"];
  subject.variant = head["variant"] == "none" ? "" : head["variant"];
  for (const std::string& choice : list(head["choices"])) {
    const std::size_t at = choice.find('=');
    if (at == std::string::npos) return std::nullopt;
    subject.choices[choice.substr(0, at)] = choice.substr(at + 1);
  }
  subject.acts = list(head["environment acts"]);
  subject.without = list(head["rules taken away"]);
  result.properties = list(head["properties"]);
  result.faults = list(head["no"]);
  return result;
}

}  // namespace luproof::checker::proof
