// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof completion SHELL`: what a shell has to know to complete luproof's command lines.
//
// Options come from the definitions of the commands; variants and properties from the specs that
// stand on the line already, by `luproof show`.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/commands.h"
#include "cli/described.h"
#include "cli/options.h"

namespace luproof::cli {
namespace {

// What follows an option, where its definition does not say it.
enum class Follows { File, Nothing, Shown };
constexpr std::array kFollows = {
    std::pair{"--variant", Follows::Shown},       std::pair{"--property", Follows::Shown},
    std::pair{"--choose", Follows::Nothing},      std::pair{"--allow", Follows::Nothing},
    std::pair{"--without", Follows::Nothing},     std::pair{"--memory", Follows::Nothing},
    std::pair{"--kernel", Follows::Nothing},      std::pair{"--today", Follows::Nothing},
    std::pair{"--keep", Follows::Nothing},        std::pair{"--claim", Follows::Nothing},
    std::pair{"--topology-at", Follows::Nothing}, std::pair{"--explain-line", Follows::Nothing}};

Follows follows(const DescribedOption& option) {
  if (option.is_number()) return Follows::Nothing;
  for (const auto& [name, what] : kFollows)
    if (option.names.back() == name) return what;
  return Follows::File;
}

// "--variant" is told by `luproof show FILE --what variants`.
std::string shown_as(const DescribedOption& option) {
  return option.names.back() == "--variant" ? "variants" : "properties";
}

std::string words(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, " "));
}

std::vector<std::string> names_of(const DescribedCommand& command) {
  std::vector<std::string> all;
  for (const DescribedOption& option : command.options)
    all.insert(all.end(), option.names.begin(), option.names.end());
  return all;
}

// Of a text for a shell: nothing that ends a quotation.
std::string quoted(std::string text) {
  std::erase_if(text, [](char c) { return c == '\'' || c == '[' || c == ']' || c == '\\'; });
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "'" + text + "'";
}

// The texts around what is generated. In bash "--format=json" is three words.
constexpr const char* kBashHead =
    R"sh(# bash completion of luproof; written by `luproof completion bash`
_luproof_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_luproof_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }
_luproof_shown() {
  local word
  for word in "${COMP_WORDS[@]:2}"; do
    [[ $word == *.yaml && -f $word ]] || continue
    _luproof_words "$("${COMP_WORDS[0]}" show "$word" --what "$1" 2>/dev/null)"
    return
  done
}
_luproof() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options=''
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
)sh";
constexpr const char* kBashTail = R"sh(  esac
  if [[ $cur == -* ]]; then _luproof_words "$options"; else _luproof_files; fi
}
complete -F _luproof luproof
)sh";
constexpr const char* kZshHead = R"sh(#compdef luproof
# zsh completion of luproof; written by `luproof completion zsh`
_luproof_shown() {
  local word
  for word in $words; do
    [[ $word == *.yaml && -f $word ]] || continue
    compadd -- ${(f)"$(luproof show $word --what $1 2>/dev/null)"}
    return
  done
}
_luproof() {
  local -a commands
  commands=(
)sh";
constexpr const char* kZshMiddle = R"sh(    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
)sh";
constexpr const char* kZshTail = R"sh(  esac
}
_luproof "$@"
)sh";
constexpr const char* kFishHead =
    R"sh(# fish completion of luproof; written by `luproof completion fish`
function __luproof_shown
  for word in (commandline -opc)
    if string match -q '*.yaml' -- $word; and test -f $word
      luproof show $word --what $argv[1] 2>/dev/null
      return
    end
  end
end
)sh";

std::string bash_option(const DescribedOption& option) {
  std::string does = "_luproof_files; ";
  if (!option.values.empty())
    does = "_luproof_words '" + words(option.values) + "'; ";
  else if (follows(option) == Follows::Shown)
    does = "_luproof_shown " + shown_as(option) + "; ";
  else if (follows(option) == Follows::Nothing)
    does = "";
  return fmt::format("        {}) {}return ;;\n", fmt::join(option.names, "|"), does);
}

std::string bash(const DescribedCommand& luproof, const std::vector<DescribedCommand>& commands) {
  std::vector<std::string> first = names_of(luproof);
  std::string cases;
  for (const DescribedCommand& command : commands) {
    first.push_back(command.name);
    cases += fmt::format("    {})\n      options='{}'\n      case $prev in\n", command.name,
                         words(names_of(command)));
    for (const DescribedOption& option : command.options)
      if (!option.argument.empty()) cases += bash_option(option);
    for (const DescribedOption& argument : command.arguments)
      if (!argument.values.empty())
        cases +=
            fmt::format("        {}) [[ $cur == -* ]] || {{ _luproof_words '{}'; return; }} ;;\n",
                        command.name, words(argument.values));
    cases += "      esac ;;\n";
  }
  return kBashHead +
         fmt::format(
             "  if ((COMP_CWORD == 1)); then _luproof_words '{}'; return; fi\n"
             "  case ${{COMP_WORDS[1]}} in\n{}",
             words(first), cases) +
         kBashTail;
}

std::string zsh_option(const DescribedOption& option) {
  std::string action = ":" + option.names.back().substr(2) + ":";
  if (option.argument.empty())
    action = "";
  else if (!option.values.empty())
    action += "(" + words(option.values) + ")";
  else if (follows(option) == Follows::Shown)
    action += "{_luproof_shown " + shown_as(option) + "}";
  else
    action += follows(option) == Follows::File ? "_files" : " ";
  const std::string about = quoted(option.about);
  std::string out;
  for (const std::string& name : option.names)
    out += fmt::format(" \\\n        '*{}[{}]{}'", name, about.substr(1, about.size() - 2), action);
  return out;
}

std::string zsh(const DescribedCommand& luproof, const std::vector<DescribedCommand>& commands) {
  std::string names, cases;
  for (const DescribedCommand& command : commands) {
    names += "    " + quoted(command.name + ":" + command.about) + "\n";
    cases += "    " + command.name + ")\n      _arguments -s";
    for (const DescribedOption& option : command.options) cases += zsh_option(option);
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return kZshHead + names +
         "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    compadd -- " +
         words(names_of(luproof)) + "\n" + kZshMiddle + cases + kZshTail;
}

std::string fish_option(const std::string& when, const DescribedOption& option) {
  std::string out = "complete -c luproof -n " + quoted(when);
  for (const std::string& name : option.names)
    out += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.values.empty())
    out += " -x -a " + quoted(words(option.values));
  else if (!option.argument.empty() && follows(option) == Follows::Shown)
    out += " -x -a '(__luproof_shown " + shown_as(option) + ")'";
  else if (!option.argument.empty())
    out += follows(option) == Follows::File ? " -r -F" : " -x";
  return out + " -d " + quoted(option.about) + "\n";
}

std::string fish(const DescribedCommand& luproof, const std::vector<DescribedCommand>& commands) {
  std::string out = kFishHead;
  for (const DescribedOption& option : luproof.options)
    out += fish_option("__fish_use_subcommand", option);
  for (const DescribedCommand& command : commands) {
    out += fmt::format("complete -c luproof -f -n '__fish_use_subcommand' -a {} -d {}\n",
                       command.name, quoted(command.about));
    for (const DescribedOption& option : command.options)
      out += fish_option("__fish_seen_subcommand_from " + command.name, option);
  }
  return out;
}

}  // namespace

Action completion_command(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app.footer("Exit status: 0; 2 the input is wrong.");
  return [shell, &app] {
    const CLI::App& root = *app.get_parent();
    const auto itself = described(root);
    const auto commands = described_commands(root);
    fmt::print("{}", *shell == "bash"  ? bash(itself, commands)
                     : *shell == "zsh" ? zsh(itself, commands)
                                       : fish(itself, commands));
    return report::kHolds;
  };
}

}  // namespace luproof::cli
