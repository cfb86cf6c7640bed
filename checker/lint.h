// SPDX-License-Identifier: GPL-2.0-or-later
// What is wrong with a spec although it loads and meets its expectations: parts of it that no run
// could ever tell from their absence.
//
// A pack is judged by all readings that use it together: a condition that is always true in one
// design may be false in the next. So facts are collected reading by reading, keyed by their place
// in a file, and findings are what is left at the end.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "checker/check.h"

namespace luproof::checker {

struct LintFinding {
  std::string kind;  // "dead-event", "constant-guard", …
  model::Span span;
  std::string what, hint;
};

// What one reading says about the places of its files.
struct LintFact {
  enum class About { Event, Guard, Property, Definition, Kind, Cell, Config, Act, Local };
  About about = About::Event;
  model::Span span;
  std::string name;  // of a guard: "when", "check", …
  std::string more;  // of an event: its environment act; of its `when`: the event
  // Guard: was true, was false; reached: reads what a run can change. Cell: read, written. Others:
  // used.
  bool yes = false, no = false;
  bool reached = false;  // Event: its act was allowed, or it has none
};
struct LintReading {
  std::string file, variant;
  std::map<std::string, std::string> choices;
  std::vector<LintFact> facts;
  std::set<std::string> files;  // whose parts it uses, canonical paths
  bool complete = false;        // every run was seen
  bool partial = false;         // it was decided without seeing every run, by the solver
  std::string outcome;          // verdicts and visible steps; where choices are open
  std::map<std::string, model::Span> choice_places;
};

// `checked` has to be observed. `files`: of the spec and all it uses.
LintReading lint_reading(const std::string& file, const Checked& checked,
                         std::set<std::string> files);

class Lint {
 public:
  // Only what stands in these files is told; canonical paths.
  explicit Lint(std::set<std::string> files) : files_(std::move(files)) {}
  void add(const LintReading& reading);
  std::vector<LintFinding> findings() const;

 private:
  using Place = std::tuple<std::string, int, int, int>;  // file, line, column, about
  struct Known {
    LintFact fact;
    int readings = 0;  // that have it; of a guard: that get there
  };
  void judge(const Known& known, std::vector<LintFinding>& findings) const;
  void choices(std::vector<LintFinding>& findings) const;

  std::set<std::string> files_, doubtful_, partial_;
  std::map<Place, Known> known_;
  std::vector<LintReading> open_choices_;  // without their facts
};

std::string canonical(const std::string& path);

// Rules without a source, citations that `sources` does not list, and sources that nobody cites
// (`whole`: the files are all there are). `sources`: path of sources.yaml, "" if there is none;
// `more`: further files that may cite, such as bindings.
std::vector<LintFinding> lint_sources(const std::vector<std::string>& files,
                                      const std::string& sources, bool whole,
                                      const std::vector<std::string>& more,
                                      const model::LoadOptions& load,
                                      model::Diagnostics& diagnostics);

}  // namespace luproof::checker
