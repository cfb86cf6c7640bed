// SPDX-License-Identifier: GPL-2.0-or-later
// The report as sections, which the terminal and Markdown print in their own ways.
#include <fmt/format.h>

#include <algorithm>

#include "report/grid.h"
#include "report/json_text.h"
#include "report/preflight.h"

namespace luproof::report {

using host::Remark;
using model::printable;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMarkdownWidth = 98;
constexpr std::size_t kChangesShown = 6;
constexpr std::size_t kNamesShown = 8;

std::string some(const std::vector<std::string>& names) {
  if (names.size() <= kNamesShown) return joined(names);
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(kNamesShown));
  return joined(first) + fmt::format(" and {} more", names.size() - kNamesShown);
}

std::string sentence_of(const Remark& remark) {
  std::string text = remark.setting;
  if (!remark.functions.empty()) text += (text.empty() ? "" : " of ") + some(remark.functions);
  if (!remark.value.empty()) text += ": " + remark.value;
  if (remark.text.empty()) return text;
  text += (text.empty() ? "" : remark.value.empty() ? ": " : "; ") + remark.text;
  return remark.cite.empty() ? text : text + " [" + joined(remark.cite) + "]";
}

const char* word_of(Remark::Kind kind) {
  switch (kind) {
    case Remark::Kind::Read:
      return "read";
    case Remark::Kind::Problem:
      return "problem";
    case Remark::Kind::Assumed:
      return "assumed";
    case Remark::Kind::Note:
      return "note";
    case Remark::Kind::NotHeld:
      break;
  }
  return "not-in-design";
}

std::string of(const std::vector<std::string>& functions) {
  return functions.empty() || functions.front().empty() ? "" : " of " + some(functions);
}

}  // namespace

std::string Preflight::verdict_text() const {
  const std::string kept = counted(plan_.kept.size(), "function") + " to be kept";
  const std::size_t lost = lost_functions_.size();
  switch (status()) {
    case kHolds: {
      const auto assumed =
          std::count_if(plan_.remarks.begin(), plan_.remarks.end(),
                        [](const Remark& remark) { return remark.kind == Remark::Kind::Assumed; });
      return fmt::format("READY{}: of {} none is lost",
                         assumed > 0 ? ", if what is assumed below is so" : "", kept);
    }
    case kViolated:
      if (lost > 0)
        return fmt::format("NOT READY: of {} {} lost", kept,
                           lost == 1 ? "1 is" : fmt::format("{} are", lost));
      return fmt::format("NOT READY: of {} none is lost, but there are problems", kept);
    default:
      return fmt::format("CANNOT TELL: of {} none is known to be lost", kept);
  }
}

Preflight::Section Preflight::of_remarks(Remark::Kind kind, const std::string& head) const {
  Section section{head, {}, "", Section::Tone::Plain};
  if (kind == Remark::Kind::Problem) section.tone = Section::Tone::Bad;
  for (const Remark& remark : plan_.remarks)
    if (remark.kind == kind) section.lines.emplace_back(0, sentence_of(remark));
  return section;
}

Preflight::Section Preflight::of_loss(const Loss& loss, bool with_run) const {
  Section section{"Lost: " + loss.property + of(loss.functions), {}, "", Section::Tone::Bad};
  auto& lines = section.lines;
  lines.emplace_back(0, loss.because);
  lines.emplace_back(0, fmt::format("at {}, visible step {}", loss.step, loss.steps));
  for (std::size_t i = 0; i < std::min(loss.changes.size(), kChangesShown); ++i)
    lines.emplace_back(2, loss.changes[i]);
  if (loss.changes.size() > kChangesShown)
    lines.emplace_back(2, fmt::format("and {} more", loss.changes.size() - kChangesShown));
  lines.emplace_back(2, loss.source);
  if (!loss.hangs_on.empty())
    lines.emplace_back(
        0, "not lost without the setting " +
               joined({loss.hangs_on.begin(), loss.hangs_on.end()}, ", and not without "));
  if (with_run && !loss.run.empty()) {
    lines.emplace_back(
        0, "the run" + (loss.functions.front().empty() ? "" : ", for " + loss.functions.front()) +
               ":");
    section.run = loss.run;
  }
  return section;
}

Preflight::Section Preflight::of_scope() const {
  Section section{"What the verdict speaks of", {}, "", Section::Tone::Plain};
  const auto add = [&](const std::string& text) { section.lines.emplace_back(0, text); };
  add("to be kept: " + some(names(plan_.kept)));
  std::vector<std::string> said;
  for (const std::string& property : checked_properties_)
    if (!vacuous_.count(property)) said.push_back(property);
  add("properties: " + joined(said));
  if (!vacuous_.empty())
    add("nothing is said of, because no run comes to it: " +
        joined({vacuous_.begin(), vacuous_.end()}));
  const std::size_t all = machine_.topology.functions.size();
  std::vector<std::string> out;
  if (left_out_.kept > 0) out.push_back(fmt::format("{} that are to be kept", left_out_.kept));
  if (left_out_.vfs > 0) out.push_back(counted(left_out_.vfs, "other VF"));
  if (left_out_.others > 0) out.push_back(counted(left_out_.others, "other function"));
  add(fmt::format("all depths, one live update, this topology of {}{}", counted(all, "function"),
                  out.empty() ? ""
                              : "; each search left out " + joined(out) +
                                    " and takes them to do nothing to the others"));
  if (!losses_.empty())
    add("runs are of one kept function with its PF and the ports above it, or with all ports and "
        "PFs");
  if (!assumed_.empty()) add("rests on: " + joined(assumed_));
  if (!acts_off_.empty()) add("switched off: " + joined(acts_off_));
  for (const std::string& text : not_modelled_) add("not modelled: " + text);
  add(fmt::format("{} in the largest search", counted(states_, "state")));
  return section;
}

std::vector<Preflight::Section> Preflight::sections(bool verbose) const {
  std::vector<Section> all;
  if (!broken_.empty())
    all.push_back({"luproof is wrong here, and nothing below is to be believed",
                   {{0, broken_}},
                   "",
                   Section::Tone::Bad});
  all.push_back(of_remarks(Remark::Kind::Problem, "Problems of the host"));
  bool first = true;
  for (const std::vector<Loss>* losses : {&losses_, &machine_losses_})
    for (const Loss& loss : *losses) {
      all.push_back(of_loss(loss, first || verbose));
      first = false;
    }
  Section open{"Not decided", {}, "", Section::Tone::Open};
  for (const Undecided& u : undecided_)
    open.lines.emplace_back(0, u.property + of(u.functions) + ": " + u.reason);
  all.push_back(std::move(open));
  all.push_back(of_remarks(Remark::Kind::Read, "Read"));
  all.push_back(of_remarks(Remark::Kind::Note, "Noted"));
  all.push_back(of_remarks(Remark::Kind::NotHeld, "Read, but this design has no word for it"));
  all.push_back(of_remarks(Remark::Kind::Assumed, "Assumed, because nobody could read it"));
  all.push_back(of_scope());
  std::erase_if(all, [](const Section& section) { return section.lines.empty(); });
  return all;
}

std::string Preflight::text(const Style& style, bool verbose) const {
  const auto coloured = [&](Section::Tone tone, const std::string& text) {
    switch (tone) {
      case Section::Tone::Bad:
        return style.red(text);
      case Section::Tone::Open:
        return style.yellow(text);
      case Section::Tone::Good:
        return style.green(text);
      case Section::Tone::Plain:
        break;
    }
    return style.bold(text);
  };
  const int is = status();
  std::string out = printable(title_ + " on " + machine_.from) + "\n";
  out += coloured(is == kHolds      ? Section::Tone::Good
                  : is == kViolated ? Section::Tone::Bad
                                    : Section::Tone::Open,
                  printable(verdict_text())) +
         "\n";
  for (const Section& section : sections(verbose)) {
    out += "\n" + coloured(section.tone, wrapped(printable(section.head), kWidth, 2)) + "\n";
    for (const auto& [indent, line] : section.lines)
      out += std::string(2 + indent, ' ') +
             wrapped(printable(line), kWidth - 2 - indent, 4 + indent) + "\n";
    out += section.run;
  }
  return out + "  again: " + printable(command_) + "\n";  // in one piece, to be of use
}

std::string Preflight::markdown() const {
  std::string out = "# " + plain_markdown(title_ + " on " + machine_.from) + "\n\n**" +
                    plain_markdown(verdict_text()) + "**\n";
  for (const Section& section : sections(false)) {
    out += "\n## " + plain_markdown(section.head) + "\n\n";
    for (const auto& [indent, line] : section.lines)
      out += std::string(indent, ' ') + "- " +
             wrapped(plain_markdown(line), kMarkdownWidth - indent, 2 + indent) + "\n";
    if (!section.run.empty()) out += "\n```\n" + section.run + "```\n";
  }
  return out + "\n```\n" + printable(command_) + "\n```\n";
}

ordered_json Preflight::json() const {
  const auto loss_json = [](const Loss& loss) {
    return ordered_json{
        {"property", loss.property}, {"because", loss.because},   {"functions", loss.functions},
        {"step", loss.step},         {"changes", loss.changes},   {"source", loss.source},
        {"steps", loss.steps},       {"hangs_on", loss.hangs_on}, {"run", loss.run_json}};
  };
  ordered_json remarks = ordered_json::array(), losses = ordered_json::array(),
               undecided = ordered_json::array();
  for (const Remark& remark : plan_.remarks)
    remarks.push_back({{"kind", word_of(remark.kind)},
                       {"setting", remark.setting},
                       {"functions", remark.functions},
                       {"value", remark.value},
                       {"text", remark.text},
                       {"cite", remark.cite}});
  for (const std::vector<Loss>* some_losses : {&losses_, &machine_losses_})
    for (const Loss& loss : *some_losses) losses.push_back(loss_json(loss));
  for (const Undecided& u : undecided_)
    undecided.push_back(
        {{"functions", u.functions}, {"property", u.property}, {"reason", u.reason}});
  static constexpr const char* kWords[] = {"ready", "not ready", "wrong input", "cannot tell"};
  ordered_json out = {
      {"design", title_},
      {"machine", machine_.from},
      {"verdict", kWords[status()]},
      {"kept", names(plan_.kept)},
      {"lost", lost_functions_},
      {"losses", losses},
      {"undecided", undecided},
      {"remarks", remarks},
      {"scope",
       {{"depth", "all"},
        {"updates", 1},
        {"functions", machine_.topology.functions.size()},
        {"left_out",
         {{"kept", left_out_.kept}, {"vfs", left_out_.vfs}, {"others", left_out_.others}}},
        {"properties", checked_properties_},
        {"not_exercised", vacuous_}}},
      {"assumptions", assumed_},
      {"acts_off", acts_off_},
      {"not_modelled", not_modelled_},
      {"reproduce", command_}};
  if (!broken_.empty()) out["error"] = broken_;
  return out;
}

}  // namespace luproof::report
