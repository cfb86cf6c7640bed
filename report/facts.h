// SPDX-License-Identifier: GPL-2.0-or-later
// What every report says of a finding beside its run: scope, conditions, status, how to see it
// again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/check.h"
#include "report/run.h"

namespace luproof::report {

// What the user asked for; a report repeats it in the command that shows a result again.
struct Request {
  std::string path;    // of the spec
  std::string engine;  // "" = the default
  int bound = -1;
  std::string topology;  // of a dump, "" = the file's own
  int vfs = 0;           // of each PF; 0 = as the topology has it
  std::vector<std::string> allow, without;
  bool allow_given = false;
  std::map<std::string, std::string> choose;
  std::string again;   // the command, where it is not `check`
  std::string folder;  // in which the user is: files below it are shown without it
};

// A path as the user would write it.
std::string shown_path(const std::string& path, const Request& request);

enum ExitStatus { kHolds = 0, kViolated = 1, kWrongInput = 2, kInconclusive = 3 };
// Of several results: wrong input before violated before inconclusive before holds.
int worse(int a, int b);
// Of a property; a vacuous one is fine where the spec expects it to be.
int exit_status(const checker::Checked& checked, const checker::Finding& finding);
int exit_status(const checker::Checked& checked);
// A result of a run that did not replay is not to be believed.
checker::Verdict believed(const checker::Checked& checked, const checker::Finding& finding);
std::string reason_of(const checker::Checked& checked, const checker::Finding& finding);

std::string title(const checker::Checked& checked);  // "idpf, variant after, who=core"
std::string count(std::size_t number);               // "12,345"
// "1 step", "2 steps"; the plural has an s.
std::string counted(std::size_t number, const std::string& what);

// It holds for any number of VFs.
bool any_vfs(const checker::Checked& checked, const checker::Finding& finding);
// Why it is not shown that it does; "" if it is, or if nobody asked.
std::string why_not_any_vfs(const checker::Checked& checked, const checker::Finding& finding);
// Everything asked of the reading is decided, at all depths.
bool all_depths(const checker::Checked& checked);
// "all depths, this topology (2 VFs), 12,345 states": what the verdict speaks of.
std::string scope_text(const checker::Checked& checked, const checker::Finding& finding);
int vfs(const checker::Checked& checked);
std::map<std::string, int> pools(const checker::Checked& checked);

// The sentence of the property, or what a built-in violation is.
std::string because(const checker::Checked& checked, const checker::Finding& finding);
std::string element(const checker::Checked& checked, const checker::Finding& finding);  // or ""

// What the verdict takes for granted: the spec's `assume:` by name, then the rules that it used and
// that are not certain, as "PACK.NAME (status)".
std::vector<std::string> assumptions(const checker::Checked& checked,
                                     const checker::Finding& finding);

struct Override {
  std::string what, by, patch, at;
};
// Of the rules that a run uses.
std::vector<Override> overrides(const checker::Checked& checked, const std::vector<Row>& rows);

// One shell command; names of the input are quoted. Of the whole reading, or of one property.
std::string reproduce(const checker::Checked& checked, const Request& request);
std::string reproduce(const checker::Checked& checked, const checker::Finding& finding,
                      const Request& request);
// A word as a shell reads it.
std::string quoted(const std::string& word);
// Violations that every model can have.
std::vector<std::string> built_in_properties();
// What `checker::check` loads for this reading.
model::LoadOptions with_reading(model::LoadOptions load, const model::Reading& reading);
std::string joined(const std::vector<std::string>& parts, const std::string& with = ", ");

}  // namespace luproof::report
