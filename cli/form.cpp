// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

namespace luproof::cli {
namespace {

struct Ending {
  const char* ending;
  const char* form;
};
// The first of a form is the one that is told.
constexpr std::array kEndings = {
    Ending{".txt", "text"},    Ending{".json", "json"},   Ending{".mail", "mail"},
    Ending{".html", "html"},   Ending{".htm", "html"},    Ending{".xml", "junit"},
    Ending{".sarif", "sarif"}, Ending{".dot", "dot"},     Ending{".gv", "dot"},
    Ending{".svg", "svg"},     Ending{".md", "markdown"}, Ending{".markdown", "markdown"},
};

std::string ending_of(const std::string& path) {
  const std::filesystem::path name = std::filesystem::path(path).filename();
  std::string ending = name.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  // code scanning calls its files so
  return ending == ".json" && name.stem().extension() == ".sarif" ? ".sarif" : ending;
}

std::string endings_of(const std::vector<std::string>& forms) {
  std::string told;
  for (const std::string& form : forms) {
    const auto* const first = std::find_if(kEndings.begin(), kEndings.end(),
                                           [&](const Ending& one) { return one.form == form; });
    if (first != kEndings.end()) told += (told.empty() ? "" : ", ") + std::string(first->ending);
  }
  return told;
}

}  // namespace

void FormOptions::declare(CLI::App& app, const std::string& about, std::vector<std::string> forms) {
  command_ = &app;
  forms_ = std::move(forms);
  given_ = app.add_option("--format", format, about)->check(CLI::IsMember(forms_));
  app.add_option("-o,--output", output,
                 "Write to this file instead of standard output; without --format its ending says "
                 "the form: " +
                     endings_of(forms_));
}

void FormOptions::choose(model::Diagnostics& diagnostics) {
  if (output.empty() || given_->count() > 0) return;
  const auto* const found = std::find_if(
      kEndings.begin(), kEndings.end(),
      [ending = ending_of(output)](const Ending& one) { return ending == one.ending; });
  if (found == kEndings.end()) return;  // text
  if (std::find(forms_.begin(), forms_.end(), found->form) != forms_.end())
    format = found->form;
  else
    diagnostics.error(
        {},
        fmt::format("-o {}: luproof {} writes no {}", model::printable(output),
                    command_->get_name(), found->form),
        "a file that ends in " + endings_of(forms_) + "; with --format it may have any name");
}

}  // namespace luproof::cli
