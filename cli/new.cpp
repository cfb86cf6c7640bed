// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof new KIND NAME`: a file to begin with, that loads, lints clean and meets its
// expectations.
//
// The files come from specs/templates, so that whoever changes the language sees them break.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/spec_files.h"
#include "model/spec_folders.h"
#include "report/facts.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestTemplate = 1u << 20;

struct NewFile {
  std::string pattern;  // in specs/templates
  fs::path path;
};

struct New {
  std::string kind, name, output, cite = "linux-7.3.4";
  SpecsOption specs;

  int run() const;

 private:
  void check_names(model::Diagnostics& diagnostics) const;
  std::vector<NewFile> files() const;
  std::string schema_for(const fs::path& file) const;
  std::string filled(std::string text, const fs::path& file) const;
  void next_steps(const std::vector<NewFile>& files) const;
};

// A name of a file, of which '-' becomes '_' in names of the language.
bool file_name(const std::string& name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_' || c == '.';
         });
}

void New::check_names(model::Diagnostics& diagnostics) const {
  if (!file_name(name) || name.find('.') != std::string::npos)
    diagnostics.error({}, fmt::format("'{}' is no name for a {}", model::printable(name), kind),
                      "a letter, then letters, digits, '-' and '_'");
  if (!file_name(cite))
    diagnostics.error({}, fmt::format("'{}' is no name of a source", model::printable(cite)),
                      "a key of specs/sources.yaml");
  // Which of two files of one name 'use:' means would depend on where they are.
  if (kind == "binding" || !diagnostics.ok()) return;
  for (const std::string& known : spec_files({model::shipped_folder(specs.folder())}, diagnostics))
    if (fs::path(known).stem() == name)
      diagnostics.error({}, fmt::format("there is a '{}' already: {}", name, known),
                        "another name, so that 'use:' can tell them apart");
}

std::vector<NewFile> New::files() const {
  const fs::path path = output.empty() ? fs::path(name + ".yaml") : fs::path(output);
  std::vector<NewFile> all = {{kind + ".yaml.in", path}};
  // A rule that no spec could tell from its absence is not tested.
  if (kind == "rule")
    all.push_back({"check-rule.yaml.in", path.parent_path() / ("check-" + name + ".yaml")});
  return all;
}

// From the file where both lie in one tree, so that the tree can be moved; else where it is.
std::string New::schema_for(const fs::path& file) const {
  std::error_code none;
  const fs::path folder = fs::weakly_canonical(fs::absolute(file, none).parent_path(), none);
  const fs::path specs_folder = fs::weakly_canonical(model::shipped_folder(specs.folder()), none);
  const fs::path schema =
      specs_folder / (kind == "binding" ? "bindings/binding.schema.json" : "spec.schema.json");
  const fs::path from_tree = folder.lexically_relative(specs_folder.parent_path());
  const bool together = !from_tree.empty() && *from_tree.begin() != "..";
  return together ? schema.lexically_relative(folder).string() : schema.string();
}

std::string New::filled(std::string text, const fs::path& file) const {
  std::string word = name;
  std::replace(word.begin(), word.end(), '-', '_');
  for (const auto& [mark, value] : {std::pair<std::string, std::string>{"@NAME@", name},
                                    {"@WORD@", word},
                                    {"@CITE@", cite},
                                    {"@FILE@", file.string()},
                                    {"@SCHEMA@", schema_for(file)}})
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
      text.replace(at, mark.size(), value);
  return text;
}

void New::next_steps(const std::vector<NewFile>& files) const {
  std::string all;
  for (const NewFile& file : files) {
    fmt::print("{}\n", model::printable(file.path.string()));
    all += " " + file.path.string();
  }
  all = model::printable(all);
  if (kind == "binding") {
    fmt::print("try: luproof probes --binding{}\n", all);
    return;
  }
  fmt::print("try: luproof test{}\n", all);
  // Who tries `check` first would take its 1 for a mistake.
  if (kind == "design" || kind == "case")
    fmt::print("     luproof check{}  (1: {} is violated, which is what `expect:` says)\n", all,
               kind == "design" ? "as-posted" : "before");
  fmt::print("yours to write: {}\n", kind == "design"
                                         ? "about, cite, status, not-modelled, and then the rest"
                                         : "about, cite, status, and then the rest");
}

int New::run() const {
  model::Diagnostics diagnostics;
  check_names(diagnostics);
  const std::vector<NewFile> wanted = files();
  std::vector<std::string> texts;
  std::error_code error;
  for (const NewFile& file : wanted) {
    // Also a link to nothing is somebody's file.
    if (fs::symlink_status(file.path, error).type() != fs::file_type::not_found)
      diagnostics.error({}, fmt::format("'{}' exists", model::printable(file.path.string())),
                        "luproof new writes over no file; -o names another");
    const auto pattern = model::read_source(
        (fs::path(model::shipped_folder(specs.folder())) / "templates" / file.pattern).string(),
        kLargestTemplate, diagnostics);
    if (pattern) texts.push_back(filled(pattern->text, file.path));
  }
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::FILE* const out =
        std::fopen(wanted[i].path.c_str(), "wxe");  // x: whoever came first stays
    bool whole = out && std::fwrite(texts[i].data(), 1, texts[i].size(), out) == texts[i].size();
    if (out && std::fclose(out) != 0) whole = false;
    if (whole) continue;
    diagnostics.error({},
                      fmt::format("cannot write {}: {}", model::printable(wanted[i].path.string()),
                                  std::strerror(errno)),
                      "is there the folder, and is it writable?");
    if (out) fs::remove(wanted[i].path, error);
  }
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  next_steps(wanted);
  return report::kHolds;
}

}  // namespace

Action new_command(CLI::App& app) {
  auto fresh = std::make_shared<New>();
  app.add_option("KIND", fresh->kind,
                 "design, rule (a pack, with a case that tests it), case or binding")
      ->required()
      ->check(CLI::IsMember({"design", "rule", "case", "binding"}));
  app.add_option("NAME", fresh->name, "Of what is new")->required();
  app.add_option("-o,--output", fresh->output, "The file to write (default: NAME.yaml)");
  app.add_option("--cite", fresh->cite, "A source of specs/sources.yaml (default: linux-7.3.4)");
  fresh->specs.declare(app);
  app.footer("Exit status: 0; 2 the input is wrong, or the file exists.");
  return [fresh] { return fresh->run(); };
}

}  // namespace luproof::cli
