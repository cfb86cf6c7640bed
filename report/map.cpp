// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/map.h"
#include "report/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace luproof::report {
namespace {

using kernel::Citation;
using kernel::MappedFunction;
using kernel::MappedPatch;
using kernel::Mapping;
using kernel::Speaks;
using model::printable;

std::string name_of(const MappedFunction& f) {
  std::string text = f.function.name;
  if (f.function.added) text += " (new)";
  if (f.function.removed) text += " (removed)";
  return text;
}

std::string rule_of(const Citation& c) {
  return c.rule.kind + " " + c.rule.id +
         (c.rule.variant.empty() ? "" : " (" + c.rule.variant + ")");
}

std::string rules_of(const std::vector<Citation>& citations, bool about) {
  std::vector<std::string> rules;
  for (const Citation& c : citations)
    if ((c.how != Speaks::Sentence) == about) rules.push_back(rule_of(c));
  return joined(rules);
}

// The rules that are about a function, or else those that mention it; then who has it elsewhere.
std::string verdict(const MappedFunction& f) {
  if (!f.stub_of.empty()) return "stub of the function in " + f.stub_of;
  std::string text = f.as_it_was()  ? "only as it was, by " + rules_of(f.by, true)
                     : f.modelled() ? "modelled by " + rules_of(f.by, true)
                                    : "not modelled";
  if (!f.modelled() && !f.by.empty()) text += "; mentioned by " + rules_of(f.by, false);
  if (!f.others.empty()) text += "; elsewhere " + rules_of(f.others, true);
  return text;
}

struct Counts {
  std::size_t functions = 0, modelled = 0, as_they_were = 0;
};

// A function that several patches change counts once, a stub not at all.
Counts counts(const Mapping& mapping) {
  std::set<std::pair<std::string, std::string>> all, modelled, fresh;
  for (const MappedPatch& p : mapping.patches)
    for (const MappedFunction& f : p.functions) {
      const std::pair place(f.function.file, f.function.name);
      if (!f.stub_of.empty()) continue;
      all.insert(place);
      if (f.modelled()) modelled.insert(place);
      if (f.modelled() && !f.as_it_was()) fresh.insert(place);
    }
  return {all.size(), modelled.size(), modelled.size() - fresh.size()};
}

std::string summary(const Mapping& mapping) {
  const Counts n = counts(mapping);
  const std::size_t patches = mapping.patches.size();
  const std::string as_before = n.as_they_were == 0
                                    ? ""
                                    : fmt::format(" ({} only as {})", count(n.as_they_were),
                                                  n.as_they_were == 1 ? "it was" : "they were");
  std::string text =
      fmt::format("{} in {} {}: {} modelled{}, {} not", counted(n.functions, "function"),
                  count(patches), patches == 1 ? "patch" : "patches", count(n.modelled), as_before,
                  count(n.functions - n.modelled));
  if (!mapping.stopped.empty())
    text += fmt::format("; stopped by {}, {} {} not looked at", mapping.stopped,
                        count(mapping.left), mapping.left == 1 ? "patch" : "patches");
  else if (mapping.said > 0)
    text += fmt::format("; {} of {} places of the design are not borne out",
                        count(mapping.unsupported.size()), count(mapping.said));
  return text;
}

bool guessed(const MappedPatch& p) {
  return std::any_of(p.functions.begin(), p.functions.end(),
                     [](const MappedFunction& f) { return f.function.guessed; });
}
bool any_guessed(const Mapping& mapping) {
  return std::any_of(mapping.patches.begin(), mapping.patches.end(), guessed);
}

std::string where(const kernel::Unsupported& u, const Request& request) {
  return fmt::format("{}:{} {} {}", shown_path(u.path, request), u.rule.span.line, u.rule.kind,
                     u.rule.id);
}

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (c == '|' || c == '<' || c == '*' || c == '`') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Text between double quotes of YAML.
std::string in_quotes(const std::string& text) {
  std::string quoted_text;
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') quoted_text += '\\';
    quoted_text += c;
  }
  return "\"" + quoted_text + "\"";
}

constexpr const char* kGuessed =
    "Functions are told from the hunks alone where no tree was given, or a hunk does not fit it.";

}  // namespace

int exit_status(const Mapping& mapping) {
  if (!mapping.stopped.empty()) return kInconclusive;
  return mapping.unsupported.empty() ? kHolds : kViolated;
}

std::string map_text(const Mapping& mapping, const Request& request) {
  std::string text = printable(mapping.title) + "\n";
  for (const MappedPatch& p : mapping.patches) {
    text += printable(fmt::format("  patch {}: {}", p.number, p.subject)) + "\n";
    for (const MappedFunction& f : p.functions)
      text +=
          printable(fmt::format("    {}:{}: {}", f.function.file, name_of(f), verdict(f))) + "\n";
    if (!p.elsewhere.empty())
      text += "    outside functions: " + printable(joined(p.elsewhere)) + "\n";
    if (!p.misfits.empty())
      text += "    does not fit the tree: " + printable(joined(p.misfits)) + "\n";
    if (p.functions.empty() && p.elsewhere.empty() && p.misfits.empty())
      text += "    changes no code\n";
  }
  for (const kernel::Unsupported& u : mapping.unsupported)
    text += printable(fmt::format("  not borne out: {}: {}", where(u, request), u.why)) + "\n";
  if (any_guessed(mapping)) text += std::string(kGuessed) + "\n";
  return text + summary(mapping) + "\n";
}

std::string map_markdown(const Mapping& mapping, const Request& request) {
  std::string text = "# " + cell(mapping.title) + "\n\n" + summary(mapping) + ".\n";
  if (any_guessed(mapping)) text += std::string(kGuessed) + "\n";
  text += "\n| patch | function | in the design |\n|---|---|---|\n";
  for (const MappedPatch& p : mapping.patches) {
    const std::string patch = cell(fmt::format("{}: {}", p.number, p.subject));
    for (const MappedFunction& f : p.functions)
      text += fmt::format("| {} | {} | {} |\n", patch, cell(f.function.file + ":" + name_of(f)),
                          cell(verdict(f)));
    if (!p.elsewhere.empty())
      text += fmt::format("| {} | outside functions | {} |\n", patch, cell(joined(p.elsewhere)));
    if (!p.misfits.empty())
      text += fmt::format("| {} | does not fit the tree | {} |\n", patch, cell(joined(p.misfits)));
  }
  if (mapping.unsupported.empty()) return text;
  text += "\n| not borne out | why |\n|---|---|\n";
  for (const kernel::Unsupported& u : mapping.unsupported)
    text += fmt::format("| {} | {} |\n", cell(where(u, request)), cell(u.why));
  return text;
}

nlohmann::ordered_json rules_json(const std::vector<Citation>& citations, const Request& request) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const Citation& c : citations)
    rules.push_back({{"id", c.rule.id},
                     {"kind", c.rule.kind},
                     {"file", shown_path(c.path, request)},
                     {"line", c.rule.span.line},
                     {"how", kernel::text_of(c.how)}});
  return rules;
}

std::string map_json(const Mapping& mapping, const Request& request) {
  using nlohmann::ordered_json;
  ordered_json patches = ordered_json::array(), unsupported = ordered_json::array();
  for (const MappedPatch& p : mapping.patches) {
    ordered_json functions = ordered_json::array();
    for (const MappedFunction& f : p.functions) {
      functions.push_back({{"function", f.function.name},
                           {"file", f.function.file},
                           {"new", f.function.added},
                           {"removed", f.function.removed},
                           {"guessed", f.function.guessed},
                           {"modelled", f.modelled()},
                           {"as_it_was", f.as_it_was()},
                           {"stub_of", f.stub_of},
                           {"rules", rules_json(f.by, request)},
                           {"others", rules_json(f.others, request)}});
    }
    patches.push_back({{"number", p.number},
                       {"subject", p.subject},
                       {"functions", functions},
                       {"elsewhere", p.elsewhere},
                       {"misfits", p.misfits}});
  }
  for (const kernel::Unsupported& u : mapping.unsupported)
    unsupported.push_back({{"id", u.rule.id},
                           {"file", shown_path(u.path, request)},
                           {"line", u.rule.span.line},
                           {"why", u.why}});
  const Counts n = counts(mapping);
  const ordered_json out = {{"command", "map"},           {"title", mapping.title},
                            {"patches", patches},         {"functions", n.functions},
                            {"modelled", n.modelled},     {"as_they_were", n.as_they_were},
                            {"places", mapping.said},     {"unsupported", unsupported},
                            {"stopped", mapping.stopped}, {"left", mapping.left}};
  return json_text(out);
}

std::string skeleton(const Mapping& mapping, const std::string& name) {
  std::set<std::string> packs, seen;
  std::string added, overridden, left;
  for (const MappedPatch& p : mapping.patches)
    for (const MappedFunction& f : p.functions) {
      const std::string& function = f.function.name;
      const std::string place = f.function.file + ":" + function;
      const std::string facts = fmt::format("patch: \"{}\", at: {}", p.number, in_quotes(place));
      if (f.modelled()) {
        for (const Citation& c : f.by) {
          const std::string& section = c.rule.section;
          if (c.how == Speaks::Sentence) continue;
          packs.insert(c.rule.pack);
          // What a pack extends or overrides is declared by another, which is named as well.
          if (section == "extend" || section == "override") continue;
          const bool code = section == "procedures" || section == "events";
          const std::string path =
              section == "events" ? "events." + c.rule.name + ".do" : section + "." + c.rule.name;
          overridden += fmt::format("#   {}: {{{}, {}: …}}\n", path, facts, code ? "code" : "expr");
        }
        continue;
      }
      // A name is declared once, by the first patch that has it.
      if (!seen.insert(function).second) continue;
      if (f.function.added)
        added += fmt::format("  {}(): {{{}, code: pass}}\n", function, facts);
      else
        left += fmt::format("  - {}\n", in_quotes(fmt::format("{}, patch {}", place, p.number)));
    }
  std::string text = fmt::format("design: {}\nabout: {}\n", name, in_quotes(mapping.title));
  if (!packs.empty()) text += fmt::format("use: [{}]\n", joined({packs.begin(), packs.end()}));
  text +=
      "# One port, one PF, one VF; cite: a name of specs/sources.yaml.\n"
      "topology:\n"
      "  rp: {kind: port, bdf: \"0000:00:1c.0\", secondary: 1, subordinate: 1}\n"
      "  pf0: {kind: pf, under: rp, bdf: \"0000:01:00.0\", first_vf_offset: 1, vf_stride: 1, "
      "total_vfs: 1}\n"
      "  vf0: {kind: vf, of: pf0, index: 0}\n";
  if (!overridden.empty())
    text += "# What the packs have of the changed functions; say what each is now.\n# override:\n" +
            overridden;
  if (!added.empty())
    text +=
        "# New functions: parameters, result and code are to be filled in.\nprocedures:\n" + added;
  if (!left.empty())
    text += "# Changed, and in no pack: every verdict says so.\nnot-modelled:\n" + left;
  if (!mapping.stopped.empty())
    text += fmt::format("# Stopped by {}: {} of the series not looked at.\n", mapping.stopped,
                        mapping.left == 1 ? "1 patch" : count(mapping.left) + " patches");
  return text;
}

}  // namespace luproof::report
