// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <system_error>

#include "report/facts.h"

namespace luproof::cli {
namespace {

// Not by fmt, which throws where stderr cannot be written either.
void complain(const char* what, const char* why) {
  std::fprintf(stderr, "luproof: %s%s%s\n", what, *why ? ": " : "", why);
}

}  // namespace

int with_output(const std::function<int()>& command) {
  constexpr const char* kLost = "cannot write to standard output";
  int status = report::kHolds;
  try {
    status = command();
  } catch (const std::system_error& error) {  // of fmt::print
    complain(kLost, std::strerror(error.code().value()));
    return report::kWrongInput;
  } catch (const std::bad_alloc&) {
    complain("out of memory", "--memory SIZE ends a search before");
    status = report::kInconclusive;
  }
  const bool lost = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !lost) return status;
  complain(kLost, lost ? "" : std::strerror(errno));
  return report::kWrongInput;
}

}  // namespace luproof::cli
