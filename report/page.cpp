// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page.h"

#include <nlohmann/json.hpp>
#include <string_view>

namespace luproof::report {

extern const std::string_view kPageHead, kPageTail;  // made of report/page/ by cmake/page.cmake

std::string page(const nlohmann::ordered_json& data) {
  // All of it is ASCII. The three letters that mean something to a reader of HTML stand in strings
  // only, where JSON has another way to write them.
  const std::string text =
      data.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string out(kPageHead);
  out.reserve(out.size() + text.size() + text.size() / 8 + kPageTail.size());
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  out += kPageTail;
  return out;
}

nlohmann::ordered_json cited(const nlohmann::ordered_json& readings, const Sources& sources) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& reading : readings)
    for (const auto& rule : reading["rules"])
      for (const auto& name : rule["cite"]) {
        const auto at = sources.find(name.get<std::string>());
        if (at == sources.end()) continue;
        const Source& s = at->second;
        out[at->first] = {{"title", s.title}, {"author", s.author}, {"date", s.date}};
        if (s.linked()) out[at->first]["link"] = s.link;
      }
  return out;
}

}  // namespace luproof::report
