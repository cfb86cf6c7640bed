// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trace_design.h"

#include <fmt/format.h>

#include "model/source.h"

namespace luproof::report {

using Json = nlohmann::ordered_json;
using model::printable;
using traces::DesignVerdict;
using Answer = DesignVerdict::Answer;

namespace {

std::string line_text(const DesignVerdict& design) {
  if (design.line == 0) return fmt::format("  {}\n", printable(design.event));
  return fmt::format("  {} | {}\n  it says: {}\n", design.line, printable(design.quote),
                     printable(design.event));
}

void part(std::string& out, const char* title, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += fmt::format("    {}\n", title);
  for (const std::string& text : texts) out += fmt::format("      {}\n", printable(text));
}

std::string alive_text(const DesignVerdict& design) {
  std::string out = fmt::format("\n  {} states were possible there", design.alive_count);
  out += design.alive.size() == 1 ? ", all alike:\n" : ", for example:\n";
  for (const DesignVerdict::Alive& alive : design.alive) {
    part(out, "where everybody stands:", alive.standing);
    part(out, "said no:", alive.refused);
    part(out, "the design would allow:", alive.expected);
  }
  return out;
}

std::string run_text(const DesignVerdict& design) {
  std::string out = "\n  a run that explains the lines, as far as it goes:\n";
  for (const DesignVerdict::Step& step : design.run)
    out += step.line > 0 ? fmt::format("    {:>6}  {}\n", step.line, printable(step.text))
                         : fmt::format("       -    {}\n", printable(step.text));
  return out;
}

Json texts(const std::vector<std::string>& all) {
  Json found = Json::array();
  for (const std::string& text : all) found.push_back(printable(text));
  return found;
}

}  // namespace

std::string design_text(const DesignVerdict& design) {
  std::string out = fmt::format("\nDesign {}: ", printable(design.design));
  switch (design.answer) {
    case Answer::Explained:
      out += fmt::format("a run of it explains all {} lines about it\n", design.heard);
      break;
    case Answer::Violates:
      out += fmt::format("every run that explains the capture violates {}\n{}  {}\n{}",
                         printable(design.property), line_text(design), printable(design.reason),
                         run_text(design));
      break;
    case Answer::Unexplained:
      out += fmt::format("no run of it explains this line\n{}{}", line_text(design),
                         alive_text(design));
      break;
    case Answer::CannotTell:
      out += printable(design.reason) + "\n";
      if (design.line > 0) out += line_text(design);
      if (!design.alive.empty()) out += alive_text(design);
      break;
  }
  for (const std::string& text : design.assumptions)
    out += fmt::format("  assumed: {}\n", printable(text));
  return out;
}

Json design_json(const DesignVerdict& design) {
  constexpr const char* kAnswers[] = {"explained", "violates", "unexplained", "cannot-tell"};
  const bool line = design.line > 0;
  Json alive = Json::array();
  for (const DesignVerdict::Alive& each : design.alive)
    alive.push_back({{"standing", texts(each.standing)},
                     {"refused", texts(each.refused)},
                     {"expected", texts(each.expected)}});
  Json run = Json::array();
  for (const DesignVerdict::Step& step : design.run)
    run.push_back({{"step", printable(step.text)},
                   {"file", step.line > 0 ? Json(printable(step.file)) : Json(nullptr)},
                   {"line", step.line > 0 ? Json(step.line) : Json(nullptr)}});
  return {{"design", printable(design.design)},
          {"answer", kAnswers[static_cast<int>(design.answer)]},
          {"reason", printable(design.reason)},
          {"property", design.property.empty() ? Json(nullptr) : Json(printable(design.property))},
          {"heard", design.heard},
          {"file", line ? Json(printable(design.file)) : Json(nullptr)},
          {"line", line ? Json(design.line) : Json(nullptr)},
          {"event", printable(design.event)},
          {"alive", design.alive_count},
          {"states_alive", std::move(alive)},
          {"states", design.states},
          {"run", std::move(run)},
          {"assumptions", texts(design.assumptions)}};
}

}  // namespace luproof::report
