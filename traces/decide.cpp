// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/decide.h"

#include <fmt/format.h>

#include <algorithm>

namespace luproof::traces {

namespace {

std::string place_of(const Gap& gap) {
  std::string text;
  if (gap.line > 0) text += fmt::format("line {}", gap.line);
  if (gap.cpu >= 0) text += fmt::format("{}CPU {}", text.empty() ? "" : ", ", gap.cpu);
  return text.empty() ? text : text + ": ";
}

bool known(const TraceViolation& violation) { return violation.standing == Standing::Known; }

void inconclusive(TraceVerdict& verdict, std::string reason) {
  verdict.outcome = Outcome::Inconclusive;
  verdict.reason = std::move(reason);
}

}  // namespace

void decide(TraceVerdict& verdict, const Stakes& stakes) {
  auto& violations = verdict.violations;
  // The one that decides comes first; the others stay in the order of the lines.
  const auto first = std::find_if(violations.begin(), violations.end(), [&](const auto& v) {
    return !known(v) && (stakes.strict || v.trust == Trust::Certain);
  });
  if (first != violations.end()) {
    std::rotate(violations.begin(), first, first + 1);
    verdict.outcome = Outcome::Violates;
    verdict.reason = violations.front().because;
    return;
  }
  using Answer = DesignVerdict::Answer;
  const DesignVerdict* const design = verdict.design ? &*verdict.design : nullptr;
  if (design && design->answer == Answer::Violates) {
    verdict.outcome = Outcome::Violates;
    verdict.reason = design->reason;
    return;
  }
  if (design && design->answer == Answer::Unexplained) {
    verdict.outcome = Outcome::Unexplained;
    verdict.reason = fmt::format("no run of {} explains line {}", design->design, design->line);
    return;
  }
  // What is not seen of a function matters if the function had to be kept.
  const GapKind harmless = stakes.keeps ? GapKind::Note : GapKind::Unseen;
  const auto gap = std::find_if(verdict.gaps.begin(), verdict.gaps.end(),
                                [&](const Gap& g) { return g.kind > harmless; });
  const auto loss = std::find_if(verdict.gaps.begin(), verdict.gaps.end(),
                                 [](const Gap& g) { return g.kind == GapKind::Loss; });
  const auto doubtful = std::find_if_not(violations.begin(), violations.end(), known);
  if (loss != verdict.gaps.end()) {
    inconclusive(verdict, place_of(*loss) + loss->what);
  } else if (doubtful != violations.end()) {
    inconclusive(verdict, fmt::format("line {} breaks {} unless the capture hides something: {}",
                                      doubtful->by_line, doubtful->property, doubtful->reason));
  } else if (design && design->answer == Answer::CannotTell) {
    inconclusive(verdict, design->reason);
  } else if (gap != verdict.gaps.end()) {
    inconclusive(verdict, place_of(*gap) + gap->what);
  } else if (!violations.empty()) {
    verdict.outcome = Outcome::Known;
    verdict.reason = fmt::format("{} known violation{}, and no other", violations.size(),
                                 violations.size() == 1 ? "" : "s");
  } else {
    verdict.outcome = Outcome::Conforms;
    if (design) {
      verdict.reason = fmt::format("a run of {} explains what the captures show of it",
                                   design->design);
      return;
    }
    verdict.reason = stakes.keeps ? "nothing that was kept was lost" : "nothing had to be kept";
  }
}

}  // namespace luproof::traces
