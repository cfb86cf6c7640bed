// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof certificate FILE --design SPEC`: is this the certificate of that design?
//
// Everything but the clauses of the invariant is derived from the spec anew, and every byte has to
// be the same. Whether the obligations hold is not asked here: that is what other people's solvers
// are for (scripts/check-certificate).
#include "cli/certificate.h"

#include <fmt/format.h>

#include <filesystem>

#include "checker/ground/system.h"
#include "checker/proof/prove.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "model/whole_file.h"

namespace luproof::cli {
namespace {

namespace fs = std::filesystem;
using model::Diagnostics;

constexpr std::size_t kLargest = 256u << 20;

// A name that is one part of a path.
std::string part(const std::string& name) {
  std::string text;
  for (const char c : name)
    text += std::isalnum(static_cast<unsigned char>(c)) || c == '-' ? c : '_';
  return text;
}

std::string file_of(const checker::Checked& checked, const std::string& given) {
  std::error_code error;
  if (given.back() != '/' && !fs::is_directory(given, error)) return given;
  std::string name = part(checked.model->name);
  if (!checked.reading.variant.empty()) name += "." + part(checked.reading.variant);
  for (const auto& [choice, alternative] : checked.reading.choices)
    name += "." + part(choice) + "-" + part(alternative);
  return (fs::path(given) / (name + ".smt2")).string();
}

int complain(const std::string& message) {
  fmt::print(stderr, "luproof: {}\n", model::printable(message));
  return report::kWrongInput;
}

struct CertificateCommand {
  std::string file, design;
  SpecsOption specs;
  ReadingOptions reading;
  LimitOptions limits;

  int run() const;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The first line that differs. The title repeats what lines of the head say one by one, so it is
// named only where they say nothing else.
std::string difference(const std::string& have, const std::string& want) {
  const std::vector<std::string_view> given = lines_of(have), derived = lines_of(want);
  const std::size_t shared = std::min(given.size(), derived.size());
  std::size_t at = std::min<std::size_t>(1, shared);
  while (at < shared && given[at] == derived[at]) ++at;
  const bool head = at < shared && given[at].starts_with(';');
  if (!head && shared > 0 && given[0] != derived[0]) at = 0;
  constexpr std::size_t kShown = 100;
  const auto shown = [&](const std::vector<std::string_view>& lines) {
    return at < lines.size() ? lines[at].substr(0, kShown) : std::string_view("the end");
  };
  return fmt::format("line {}: {}\n  the design gives: {}", at + 1,
                     model::printable(std::string(shown(given))),
                     model::printable(std::string(shown(derived))));
}

int CertificateCommand::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  stop_on_interrupt(bounds);
  const auto source = model::read_source(file, kLargest, diagnostics);
  auto load = reading.load(specs.folder(), diagnostics);
  if (!source || !load || !diagnostics.ok()) return report_diagnostics(diagnostics);
  const auto stated = checker::proof::stated(source->text);
  if (!stated) return complain(file + " is no certificate of luproof");
  if (load->variant.empty()) load->variant = stated->subject.variant;
  for (const auto& [name, alternative] : stated->subject.choices)
    load->choose.emplace(name, alternative);
  if (!load->allow)
    load->allow = std::set<std::string>(stated->subject.acts.begin(), stated->subject.acts.end());
  const auto loaded = model::load(design, *load, diagnostics);
  if (!loaded) return report_diagnostics(diagnostics);
  const model::Layout layout(*loaded);
  const auto system = checker::ground(*loaded, layout, {.limits = &bounds}, diagnostics);
  if (!system) return report_diagnostics(diagnostics);
  constexpr const char* kOpen = "whether it is the certificate is not known";
  if (!system->unfinished.empty()) return stopped(bounds, kOpen);
  const std::string derived =
      checker::proof::derived(*system, *stated, load->topology ? "of a dump" : "");
  if (bounds.expired()) return stopped(bounds, kOpen);
  if (derived == source->text) {
    fmt::print("{} is the certificate of {}: {} transitions, as derived anew\n",
               model::printable(file), model::printable(loaded->name), system->transitions.size());
    return report::kHolds;
  }
  fmt::print("{} is not the certificate of {}: {}\n", model::printable(file),
             model::printable(loaded->name), difference(source->text, derived));
  return report::kViolated;
}

}  // namespace

std::optional<std::string> write_certificate(const checker::Checked& checked,
                                             const std::string& given) {
  const checker::Proof& proof = *checked.proof;
  if (!proof.reason.empty()) {
    complain(fmt::format("no certificate of {}: {}", report::title(checked), proof.reason));
    return "";
  }
  const std::string path = file_of(checked, given);
  Diagnostics diagnostics;
  if (model::write_whole(path, proof.certificate.text, diagnostics)) return path;
  report_diagnostics(diagnostics);
  return std::nullopt;
}

Action certificate_command(CLI::App& app) {
  auto command = std::make_shared<CertificateCommand>();
  app.add_option("FILE", command->file, "The certificate")->required();
  app.add_option("--design", command->design, "The spec that it has to be of")->required();
  command->specs.declare(app);
  command->reading.declare(app);
  command->limits.declare_ends(app);
  return [command] { return command->run(); };
}

}  // namespace luproof::cli
