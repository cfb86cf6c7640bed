// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/version.h"

#include <fmt/format.h>

#include "checker/solver_version.h"
#include "cli/spec_folders.h"
#include "generated/build_facts.h"
#include "report/grid.h"

namespace luproof::cli {
namespace {

constexpr std::size_t kWidth = 100, kColumn = 10;  // where facts begin

}  // namespace

std::string version() { return LUPROOF_RELEASE; }
std::string release_date() { return LUPROOF_RELEASE_DATE; }

std::string version_text() {
  const FoundFolders specs = found_folders("");
  std::string text = fmt::format("luproof {}\n", version());
  if (const std::string commit = LUPROOF_COMMIT; !commit.empty())
    text += fmt::format("commit    {}, or later: as of when the build was configured\n", commit);
  text += fmt::format("compiler  {}, {}\n", LUPROOF_COMPILER, LUPROOF_BUILD_TYPE);
  text += fmt::format("Z3        {}\n", checker::solver_version());
  text += report::wrapped("libraries " LUPROOF_LIBRARIES, kWidth, kColumn) + "\n";
  text += specs.shipped.empty()
              ? "specs     none were found\n"
              : fmt::format("specs     {} ({})\n", model::printable(specs.shipped), specs.found_by);
  for (const std::string& folder : specs.own)
    text += fmt::format("own       {} (LUPROOF_PATH)\n", model::printable(folder));
  text.pop_back();  // CLI11 ends the line
  return text;
}

}  // namespace luproof::cli
