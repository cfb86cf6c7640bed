// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof explain NAME`: what a rule says, where it stands, and who says so. `explain RUN.json` is
// cli/explain_run.cpp.
//
// Looks through every shipped pack. A name may be an event, a procedure, a definition, a cell, a
// property, a claim, an environment act, a pack or a source.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/explain_run.h"
#include "cli/options.h"
#include "cli/packs.h"
#include "model/spec_folders.h"
#include "report/sources.h"

namespace luproof::cli {
namespace {

using model::Origin;
using model::printable;

struct Entry {
  std::string kind, name, shown;
  Origin origin;
  std::vector<std::string> more;
};

class Explainer {
 public:
  explicit Explainer(std::string specs) : specs_(std::move(specs)) {}

  int run(const std::string& name) {
    model::Diagnostics diagnostics;
    if (!read(diagnostics)) return report_diagnostics(diagnostics);
    bool found = false;
    std::set<std::string> known;
    for (const Entry& e : entries_) {
      known.insert(e.name);
      if (e.name != name && e.shown != name) continue;
      print(e);
      found = true;
    }
    for (const auto& [source, what] : sources_) known.insert(source);
    if (sources_.count(name)) {
      fmt::print("source {}\n  {}\n", printable(name), printable(sources_[name].text()));
      for (const Entry& e : entries_)
        if (std::find(e.origin.cite.begin(), e.origin.cite.end(), name) != e.origin.cite.end())
          fmt::print("  cited by {} {}\n", e.kind, printable(e.shown));
      found = true;
    }
    if (found) return report::kHolds;
    diagnostics.error({}, fmt::format("nothing is called '{}'", printable(name)),
                      suggestion(name, {known.begin(), known.end()}));
    return report_diagnostics(diagnostics);
  }

 private:
  void add(std::string kind, const std::string& name, std::string shown, const Origin& origin,
           std::vector<std::string> more = {}) {
    if (!seen_.insert(kind + " " + shown).second) return;
    entries_.push_back({std::move(kind), name, std::move(shown), origin, std::move(more)});
  }

  bool read(model::Diagnostics& diagnostics) {
    std::map<std::string, std::string> files;  // by the name that `use` knows them by
    for (const std::filesystem::path folder : model::spec_folders(specs_)) {
      std::error_code none;
      const auto list = folder / "sources.yaml";
      if (folder == model::shipped_folder(specs_) || std::filesystem::exists(list, none))
        sources_.merge(report::read_sources(list.string(), diagnostics));
      for (const auto& file : std::filesystem::directory_iterator(folder / "rules", none))
        if (file.path().extension() == ".yaml")
          files.emplace(file.path().filename().string(), file.path().string());
    }
    model::LoadOptions options;
    options.specs = specs_;
    for (const auto& [name, file] : files) {
      const auto m = load_pack(file, options, diagnostics);
      if (!m) return false;
      Origin pack;
      pack.span.source = nullptr;
      pack.pack = m->name;
      pack.about = m->about;
      pack.cite = m->cite;
      add("pack", m->name, m->name, pack, {"in " + file});
      for (const auto& e : m->events)
        add("event", e.name, e.name, e.origin,
            e.by.empty() ? std::vector<std::string>{} : std::vector<std::string>{"by " + e.by});
      for (const auto& p : m->procedures)
        add("procedure", p.name, p.name, p.origin,
            {p.symbol ? "a symbol of the kernel"
                      : "a helper of the spec, no symbol of the kernel"});
      for (const auto& d : m->defines) add("definition", d.name, d.name, d.origin);
      for (const auto& c : m->cells) add("cell", c.name, c.shown, c.origin);
      for (const auto& a : m->acts)
        add("environment act", a.name, a.name, a.origin,
            {fmt::format("at most {} in a run, off unless allowed", a.at_most)});
      for (const auto& c : m->claims) add("claim", c.name, c.name, c.origin);
      for (const auto& p : m->properties) add("property", p.name, p.name, p.origin, {p.because});
    }
    return diagnostics.ok();
  }

  // The lines of the declaration: from its key to the next line that is indented no deeper.
  static void print_text(const model::Span& span) {
    if (!span.source || span.line <= 0) return;
    const auto indent = [](std::string_view line) { return line.find_first_not_of(' '); };
    const auto base = indent(span.source->line(span.line));
    const int last = static_cast<int>(span.source->line_starts.size());
    for (int line = span.line; line <= last; ++line) {
      const std::string_view text = span.source->line(line);
      const auto depth = indent(text);
      if (line > span.line && (depth == std::string_view::npos || depth <= base)) break;
      fmt::print("    {}\n", printable(text));
    }
  }

  void print(const Entry& e) {
    fmt::print("{} {}\n", e.kind, printable(e.shown));
    if (!e.origin.about.empty()) fmt::print("  {}\n", printable(e.origin.about));
    for (const std::string& line : e.more)
      if (!line.empty()) fmt::print("  {}\n", printable(line));
    if (e.origin.span.source)
      fmt::print("  {} (pack {})\n", printable(e.origin.span.where()), printable(e.origin.pack));
    if (!e.origin.status.empty()) fmt::print("  status: {}\n", printable(e.origin.status));
    print_text(e.origin.span);
    for (const std::string& name : e.origin.cite) {
      const auto source = sources_.find(name);
      fmt::print(
          "  source {}: {}\n", printable(name),
          source == sources_.end() ? "not in sources.yaml" : printable(source->second.text()));
    }
    for (const std::string& by : e.origin.overridden_by)
      fmt::print("  extended by {}\n", printable(by));
  }

  std::string specs_;
  std::vector<Entry> entries_;
  std::set<std::string> seen_;
  report::Sources sources_;
};

}  // namespace

Action explain_command(CLI::App& app) {
  struct Asked {
    std::string name;
    SpecsOption specs;
    ExplainRun run;
  };
  auto asked = std::make_shared<Asked>();
  app.add_option(
         "NAME", asked->name,
         "A rule, event, procedure, definition, cell, property, claim, act, pack or source; "
         "or a run in a file, as check --format json prints it")
      ->required();
  app.add_option("--property", asked->run.pick.property, "Of several runs in a file");
  app.add_option("--variant", asked->run.pick.variant, "Likewise");
  app.add_option("--format", asked->run.format, "Of a run: text or json (one object)")
      ->check(CLI::IsMember({"text", "json"}));
  asked->specs.declare(app);
  asked->run.limits.declare(app);
  asked->run.colour.declare(app);
  app.footer(
      "Exit status: 0 the rule is told, or the run is explained; 2 the input is wrong;\n"
      "3 some of the explanation could not be decided (timeout, memory).");
  return [asked] {
    if (!names_a_run(asked->name)) return Explainer(asked->specs.folder()).run(asked->name);
    ExplainRun run = asked->run;
    run.path = asked->name;
    run.specs = asked->specs.folder();
    return run.run();
  };
}

}  // namespace luproof::cli
