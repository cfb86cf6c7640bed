// SPDX-License-Identifier: GPL-2.0-or-later
// Every error of the loader is earned once: by the specs of errors/errors.txt, and by generated
// ones where a bound has to be exceeded. A new error without such a spec fails here.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include "model/load.h"

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string form, message, body;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Row> rows() {
  static const std::regex kHead("(raw|spec|base|code|proc|expr): (.*)");
  std::istringstream in(read_file(fs::path(LUPROOF_TEST_DIR) / "model/errors/errors.txt"));
  std::vector<Row> all;
  bool begins = false;  // a head follows an empty line
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (begins && std::regex_match(line, match, kHead))
      all.push_back({match[1], match[2], ""});
    else if (!line.empty() && !all.empty())
      all.back().body += line + "\n";
    begins = line.empty();
  }
  return all;
}

std::string indented(const std::string& text, int columns) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) out += std::string(columns, ' ') + line + "\n";
  return out;
}

std::string spec_of(const Row& row) {
  const std::string base = "case: c\nuse: [base]\n";
  if (row.form == "raw") return row.body;
  if (row.form == "spec") return "case: c\n" + row.body;
  if (row.form == "base") return base + row.body;
  if (row.form == "code")
    return base + "actors:\n  a:\n    life: kernel\n    code: |\n" + indented(row.body, 6);
  if (row.form == "proc")
    return base + "procedures:\n  p() -> errno:\n    symbol: no\n    code: |\n" +
           indented(row.body, 6);
  return base + "actors: {a: {code: pass}}\nproperties:\n  p:\n    never: |\n" +
         indented(row.body, 6);
}

std::string repeated(int times, const std::function<std::string(int)>& part) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part(i);
  return text;
}

// What exceeds a bound.
std::vector<Row> large_rows() {
  const auto names = [](int n, const char* separator = ", ") {
    return repeated(n, [&](int i) { return fmt::format("{}n{}", i ? separator : "", i); });
  };
  return {
      {"spec", "more than 5,000 declarations",
       "state:\n  kernel:\n" +
           repeated(5001, [](int i) { return fmt::format("    s{}: bool\n", i); })},
      {"spec", "more than 256 variants",
       "variants:\n" + repeated(257, [](int i) { return fmt::format("  v{}: {{}}\n", i); })},
      {"base", "more than 256 readings",
       "choices: {" +
           repeated(
               8, [](int i) { return fmt::format("{}c{}: [x{}, y{}]", i ? ", " : "", i, i, i); }) +
           "}\n"},
      {"code", "blocks are nested too deeply",
       repeated(42,
                [](int i) { return std::string(static_cast<std::size_t>(i), ' ') + "if k:\n"; }) +
           std::string(42, ' ') + "pass\n"},
      {"expr", "the expression is too long",
       repeated(30'000, [](int i) { return std::string(i ? " && k" : "k"); }) + "\n"},
      {"expr", "the expression is nested too deeply",
       std::string(201, '(') + "k" + std::string(201, ')') + "\n"},
      {"spec", "definitions use each other too deeply",
       "define:\n  d0: {expr: true}\n" +
           repeated(120,
                    [](int i) { return fmt::format("  e{}: {{expr: \"not e{}\"}}\n", i, i + 1); }) +
           "  e120: {expr: d0}\n"},
      {"spec", "'x' has more than 64 names", "kinds: {x: [" + names(65) + "]}\n"},
      {"spec", "the cells hold more than 1,048,576 values",
       "entities: {a: {members: [" + names(64) + "]}, b: {members: [" +
           repeated(64, [](int i) { return fmt::format("{}m{}", i ? ", " : "", i); }) +
           "]}}\nstate:\n  kernel:\n" +
           repeated(5, [](int i) { return fmt::format("    \"x{}(a i, b j)\": set of a\n", i); })},
      {"spec", "is too large with the definitions that it uses",
       "state: {kernel: {k: bool}}\ndefine:\n  d0: {expr: k}\n" +
           repeated(20,
                    [](int i) {
                      return fmt::format("  d{}: {{expr: d{} && not d{}}}\n", i + 1, i, i);
                    })},
      {"base", "'thing' has more than 64 members",
       "members:\n  thing:\n" +
           repeated(65, [](int i) { return fmt::format("    t{}: {{}}\n", i); })},
      {"spec", "more than 1,024 functions",
       "topology:\n" + repeated(1025,
                                [](int i) {
                                  return fmt::format(
                                      "  f{}: {{kind: other, bdf: \"0000:{:02x}:{:02x}.{}\"}}\n", i,
                                      i / 256, i / 8 % 32, i % 8);
                                })},
  };
}

class Bench {
 public:
  Bench() {
    char name[] = "/tmp/luproof-errors-XXXXXX";
    REQUIRE(mkdtemp(name));
    folder_ = name;
    fs::copy(fs::path(LUPROOF_TEST_DIR) / "model/errors/base.yaml", folder_ / "base.yaml");
    for (const char* over : {"over1", "over2"})
      write(over,
            fmt::format("rules: {}\nuse: [base]\noverride: {{define.calm: \"true\"}}\n", over));
  }
  ~Bench() { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / (name + ".yaml")) << text;
  }
  // "" if the file loads after all.
  std::string errors(const std::string& text, const LoadOptions& options = {}) const {
    write("bad", text);
    const std::string path = (folder_ / "bad.yaml").string();
    Diagnostics diagnostics;
    const auto all = readings(path, options, diagnostics);
    if (all && diagnostics.ok()) (void)load(path, options, diagnostics);
    return diagnostics.ok() ? "" : diagnostics.render();
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("every error of the loader names its place and its cause, and none is forgotten",
          "[model]") {
  const Bench bench;
  std::string seen;
  const auto earn = [&](const Row& row) {
    const std::string text = bench.errors(spec_of(row));
    INFO(row.form << ": " << row.message << "\n" << row.body.substr(0, 500));
    CAPTURE(text.substr(0, 1000));
    CHECK(text.find(row.message) != std::string::npos);
    static const std::regex kPlace("(bad|base|over2)\\.yaml:\\d+:\\d+: error: ");
    const bool of_the_file =
        row.message == "the file holds no YAML" || row.message == "more than 256 readings";
    CHECK((of_the_file || std::regex_search(text, kPlace)));
    seen += text;
  };
  const std::vector<Row> all = rows();
  CHECK(all.size() > 250);
  for (const Row& row : all) earn(row);
  for (const Row& row : large_rows()) earn(row);
  LoadOptions options;
  options.variant = "nope";
  seen += bench.errors("case: c\nvariants: {a: {}}\n", options);

  // Of a pair of kernels: what none of the two can have for itself.
  options.variant = "a";
  options.later = "b";
  seen += bench.errors(
      "case: c\nproperties: {p: {never: false}}\nvariants:\n  a: {}\n"
      "  b: {override: {properties.p: {never: true}}}\n",
      options);
  options.later.clear();

  options.variant.clear();
  options.without = {{"nope", false}};
  seen += bench.errors("case: c\n", options);

  // What no file can make the loader say: other callers are guarded against, or earlier checks are.
  const std::vector<std::string> elsewhere = {
      "a PCI function without a name", "two PCI functions are named", "is named like an address",
      "more than 200 files are used", "a type is expected here", "the parameter has no name",
      "is a link out of",  // tests/cli/hostile_test.cpp
      // of --vfs, in tests/checker/any_vfs_test.cpp
      "no VF that could be copied", "VFs and cannot be given", "do not fit",
      "VFs of each PF there are more than", "is no copy",
      // of output files, in tests/cli/every_command_test.cpp
      "cannot write",
      // of files that are no specs, in tests/model/yaml_map_test.cpp
      "a map is expected here", "is a text", "is yes or no", "a text is expected here"};
  static const std::regex kCall("\\b(?:error|fail)\\(([^;]*?)\\);");
  static const std::regex kText("\"((?:[^\"\\\\]|\\\\.)*)\"");
  static const std::regex kHole("\\{[^}]*\\}");
  for (const auto& file : fs::directory_iterator(fs::path(LUPROOF_TEST_DIR) / "../model")) {
    if (file.path().extension() != ".cpp" ||
        file.path().filename().string().rfind("pci_dump", 0) == 0)
      continue;  // dumps have tests of their own
    const std::string source = read_file(file.path());
    for (auto call = std::sregex_iterator(source.begin(), source.end(), kCall);
         call != std::sregex_iterator(); ++call) {
      const std::string inside = (*call)[1];
      std::smatch text;
      if (!std::regex_search(inside, text, kText)) continue;
      const std::string message = std::regex_replace(
          std::regex_replace(text[1].str(), std::regex("\\\\\""), "\""), kHole, "\n");
      std::string longest;
      std::istringstream parts(message);
      for (std::string part; std::getline(parts, part);)
        if (part.size() > longest.size()) longest = part;
      INFO(file.path().filename() << " says: " << text[1].str());
      const bool known = std::any_of(elsewhere.begin(), elsewhere.end(), [&](const std::string& e) {
        return message.find(e) != std::string::npos;
      });
      CHECK((known || seen.find(longest) != std::string::npos));
    }
  }
}

}  // namespace luproof::model
