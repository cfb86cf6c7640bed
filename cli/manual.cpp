// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof man [COMMAND]`: the manual, as roff. What it says of a command is what --help says; the
// pages of docs/ are where commands are explained.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/described.h"
#include "cli/options.h"
#include "cli/version.h"
#include "model/whole_file.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

// Nothing of a text is a command of roff: no backslash, no dot at the start of a line, and a hyphen
// is the character that people type.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool begins = out.empty() || out.back() == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string page_name(const std::string& command) {
  return command.empty() ? "luproof" : "luproof-" + command;
}

std::string head(const std::string& command, const std::string& about) {
  std::string title = page_name(command);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format(".TH {} 1 \"{}\" \"luproof {}\" \"luproof\"\n.SH NAME\n{} \\- {}\n",
                     roff(title), release_date(), version(), roff(page_name(command)), roff(about));
}

std::string entry(const DescribedOption& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) names.push_back("\\fB" + roff(name) + "\\fR");
  std::string line = fmt::format("{}", fmt::join(names, ", "));
  if (!option.argument.empty() && option.names[0][0] == '-')
    line += " \\fI" + roff(option.argument) + "\\fR";
  return ".TP\n" + line + "\n" + roff(option.about) + "\n";
}

std::string status(const std::string& footer) {
  const std::string lead = "Exit status: ";
  std::string text = footer.rfind(lead, 0) == 0 ? footer.substr(lead.size()) : footer;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return ".SH EXIT STATUS\n" + roff(text) + "\n";
}

std::string page(const DescribedCommand& command) {
  std::string out = head(command.name, command.about);
  out += ".SH SYNOPSIS\n" + roff(command.usage()) + "\n";
  if (!command.arguments.empty()) out += ".SH ARGUMENTS\n";
  for (const DescribedOption& argument : command.arguments) out += entry(argument);
  out += ".SH OPTIONS\n";
  for (const DescribedOption& option : command.options) out += entry(option);
  return out + status(command.footer) + ".SH SEE ALSO\n.BR luproof (1)\n";
}

std::string overview(const CLI::App& luproof) {
  const DescribedCommand itself = described(luproof);
  std::string out = head("", "check designs and traces of Linux live update");
  out +=
      ".SH SYNOPSIS\n" + roff(itself.usage()) + "\n.SH DESCRIPTION\n" + roff(itself.about) + "\n";
  out += ".SH COMMANDS\n";
  for (const DescribedCommand& command : described_commands(luproof))
    out += fmt::format(".TP\n.BR luproof\\-{} (1)\n{}\n", roff(command.name), roff(command.about));
  out += ".SH OPTIONS\n";
  for (const DescribedOption& option : itself.options) out += entry(option);
  out += ".SH ENVIRONMENT\n";
  for (const auto& [name, about] :
       {std::pair{
            "LUPROOF_PATH",
            "Folders with rules, designs and bindings of one's own, separated by ':'; they are "
            "looked through before the shipped ones."},
        std::pair{"LUPROOF_SPECS",
                  "The folder of the shipped specs, instead of the installed one."},
        std::pair{"NO_COLOR", "If it is not empty, colours are used with --color always only."}})
    out += fmt::format(".TP\n.B {}\n{}\n", name, roff(about));
  return out + status(itself.footer);
}

struct Manual {
  std::string command, folder;

  int run(const CLI::App& luproof) const;
};

int Manual::run(const CLI::App& luproof) const {
  model::Diagnostics diagnostics;
  const std::vector<DescribedCommand> commands = described_commands(luproof);
  if (!folder.empty()) {
    model::write_whole((fs::path(folder) / "luproof.1").string(), overview(luproof), diagnostics);
    for (const DescribedCommand& one : commands)
      model::write_whole((fs::path(folder) / (page_name(one.name) + ".1")).string(), page(one),
                         diagnostics);
    return report_diagnostics(diagnostics);
  }
  std::vector<std::string> names;
  for (const DescribedCommand& one : commands) {
    if (one.name == command) fmt::print("{}", page(one));
    names.push_back(one.name);
  }
  if (command.empty())
    fmt::print("{}", overview(luproof));
  else if (std::find(names.begin(), names.end(), command) == names.end())
    diagnostics.error({}, fmt::format("there is no command '{}'", command),
                      suggestion(command, names));
  return report_diagnostics(diagnostics);
}

}  // namespace

Action man_command(CLI::App& app) {
  auto manual = std::make_shared<Manual>();
  app.add_option("COMMAND", manual->command, "Of this command (default: of luproof itself)");
  app.add_option("--write", manual->folder, "Write all pages into this folder")
      ->check(CLI::ExistingDirectory);
  app.footer("Exit status: 0; 2 the input is wrong.");
  return [manual, &app] { return manual->run(*app.get_parent()); };
}

}  // namespace luproof::cli
