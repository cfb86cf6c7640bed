// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/described.h"

#include <fmt/format.h>

#include "report/grid.h"

namespace luproof::cli {
namespace {

constexpr std::size_t kWidth = 100, kMargin = 30;

// CLI11 names a type with what checks it: "TEXT:{text,json}", "INT:INT in [1 - 64]", "TEXT:DIR".
void describe_type(const CLI::Option& option, DescribedOption& described) {
  const std::string type = option.get_type_name();
  if (const std::size_t open = type.find('{'); open != std::string::npos) {
    std::string all = type.substr(open + 1, type.find('}', open) - open - 1);
    described.values = CLI::detail::split(all, ',');
    described.argument = fmt::format("{}", fmt::join(described.values, "|"));
  } else if (type.rfind("INT", 0) == 0 || type.rfind("UINT", 0) == 0) {
    described.argument = "N";
  } else {
    described.argument = type.rfind("FLOAT", 0) == 0 ? "NUMBER" : "TEXT";
  }
}

DescribedOption describe_option(const CLI::Option& option) {
  DescribedOption d;
  if (option.get_positional()) {
    d.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) d.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) d.names.push_back("--" + name);
  }
  if (option.get_type_size_max() > 0 && option.get_items_expected_max() > 0)
    describe_type(option, d);
  d.about = option.get_description();
  d.required = option.get_required();
  d.repeated = option.get_positional() && option.get_items_expected_max() > 1;
  return d;
}

// One entry: what is written, and beside it or below it what it is.
std::string entry(const std::string& left, const std::string& about) {
  std::string out = "  " + left;
  if (out.size() + 2 > kMargin)
    out += "\n" + std::string(kMargin, ' ');
  else
    out.append(kMargin - out.size(), ' ');
  for (const char c : report::wrapped(about, kWidth - kMargin, 0)) {
    out += c;
    if (c == '\n') out.append(kMargin, ' ');
  }
  return out + "\n";
}

std::string left_of(const DescribedOption& option) {
  std::string left = fmt::format("{}", fmt::join(option.names, ", "));
  if (!option.argument.empty()) left += " " + option.argument;
  return left;
}

}  // namespace

DescribedCommand described(const CLI::App& app) {
  DescribedCommand command;
  if (app.get_parent()) command.name = app.get_name();
  command.about = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    auto& list = option->get_positional() ? command.arguments : command.options;
    list.push_back(describe_option(*option));
  }
  return command;
}

std::vector<DescribedCommand> described_commands(const CLI::App& luproof) {
  std::vector<DescribedCommand> commands;
  for (const CLI::App* app : luproof.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(described(*app));
  return commands;
}

std::string DescribedCommand::usage() const {
  if (name.empty()) return "luproof COMMAND [OPTIONS] ...";
  std::string text = "luproof " + name + " [OPTIONS]";
  for (const DescribedOption& argument : arguments) {
    const std::string one = argument.names[0] + (argument.repeated ? "..." : "");
    text += argument.required ? " " + one : " [" + one + "]";
  }
  return text;
}

std::string Help::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  const DescribedCommand command = described(*app);
  std::string out =
      report::wrapped(command.about, kWidth, 0) + "\nUsage: " + command.usage() + "\n";
  if (!command.arguments.empty()) out += "\nArguments:\n";
  for (const DescribedOption& argument : command.arguments)
    out += entry(argument.names[0], argument.about);
  if (command.name.empty()) {
    out += "\nCommands (luproof COMMAND --help says more):\n";
    for (const DescribedCommand& other : described_commands(*app))
      out += entry(other.name, other.about);
  }
  out += "\nOptions:\n";
  for (const DescribedOption& option : command.options) out += entry(left_of(option), option.about);
  return out + "\n" + command.footer + "\n";
}

}  // namespace luproof::cli
