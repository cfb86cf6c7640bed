// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/json_read.h"
#include "report/json_text.h"
#include "report/run_json.h"

namespace luproof::report {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using model::Diagnostics;
using model::Span;

constexpr std::size_t kMaximumBytes = 64u << 20;
constexpr std::size_t kMaximumDumpBytes = 64u << 20;
constexpr std::size_t kMaximumSteps = 100'000;
constexpr int kMostVfs = 65'535;

class Reader {
 public:
  Reader(std::string path, const RunPick& pick, Diagnostics& diagnostics)
      : path_(std::move(path)), pick_(pick), diagnostics_(diagnostics) {}

  std::optional<RunFile> read(const std::string& specs) {
    source_ = model::read_source(path_, kMaximumBytes, diagnostics_);
    if (!source_) return std::nullopt;
    JsonTrouble trouble;
    const auto root = read_json<Json>(source_->text, trouble);
    if (!root) {
      diagnostics_.error(place(trouble.byte), trouble.message, kHint);
      return std::nullopt;
    }
    const Json* one = choose(*root);
    if (!one) return std::nullopt;
    RunFile file;
    file.property = text(*one, "property");
    file.spec = beside(text(*one, "file", true));
    file.load.specs = specs;
    reading(*one, file);
    const char* what = pick_.witness ? "witness" : "run";
    if (const Json* start = field(*one, pick_.witness ? "witness_start" : "start", false))
      for (const auto& [name, value] : start->items())
        file.run.start[name] = value.is_string() ? value.get<std::string>() : value.dump();
    steps(one->at(what), file.run);
    if (!diagnostics_.ok()) return std::nullopt;
    return file;
  }

 private:
  static constexpr const char* kHint =
      "a run is what 'luproof check --format json' prints, or 'save' of 'luproof simulate' writes";

  void wrong(const std::string& message, const std::string& hint = kHint) {
    diagnostics_.error(Span{source_, 0, 0, 1}, message, hint);
  }

  Span place(std::size_t byte) const {
    const auto& starts = source_->line_starts;
    const std::size_t at = std::min(byte, source_->text.size());
    const auto next = std::upper_bound(starts.begin(), starts.end(), at);
    const auto line = static_cast<int>(next - starts.begin());
    return {source_, line, static_cast<int>(at - *(next - 1)) + 1, 1};
  }

  // A field that is an object or a list.
  const Json* field(const Json& in, const char* name, bool needed) {
    const auto at = in.is_object() ? in.find(name) : in.end();
    if (at != in.end() && !at->is_null()) {
      if (at->is_object() || at->is_array()) return &*at;
      wrong(fmt::format("'{}' is neither a list nor a map", name));
    } else if (needed) {
      wrong(fmt::format("there is no '{}'", name));
    }
    return nullptr;
  }

  std::string text(const Json& in, const char* name, bool needed = false) {
    const auto at = in.is_object() ? in.find(name) : in.end();
    if (at != in.end() && at->is_string()) return at->get<std::string>();
    if (at != in.end() && !at->is_null())
      wrong(fmt::format("'{}' is no text", name));
    else if (needed)
      wrong(fmt::format("there is no '{}'", name));
    return {};
  }

  std::vector<std::string> texts(const Json& in, const char* name) {
    std::vector<std::string> found;
    const Json* list = field(in, name, false);
    if (!list) return found;
    for (const Json& one : *list) {
      if (!one.is_string())
        wrong(fmt::format("'{}' holds what is no text", name));
      else
        found.push_back(one.get<std::string>());
    }
    return found;
  }

  // A report with several properties, or one of them.
  const Json* choose(const Json& root) {
    const Json* properties = field(root, "properties", false);
    std::vector<const Json*> fits;
    std::string others;
    const auto look = [&](const Json& one) {
      if (!one.is_object()) return;
      const auto run = one.find(pick_.witness ? "witness" : "run");
      if (run == one.end() || !run->is_array() || run->empty()) return;
      const std::string property = text(one, "property"), variant = text(one, "variant");
      const std::string name = property + (variant.empty() ? "" : ", variant " + variant);
      if (others.size() < 1'000) others += (others.empty() ? "" : "; ") + name;
      if ((pick_.property.empty() || pick_.property == property) &&
          (pick_.variant.empty() || pick_.variant == variant))
        fits.push_back(&one);
    };
    if (properties)
      for (const Json& one : *properties) look(one);
    else
      look(root);
    if (!diagnostics_.ok()) return nullptr;
    if (fits.size() == 1) return fits[0];
    if (others.empty())
      wrong("there is no run in it");
    else if (fits.empty())
      wrong("no run in it is the one that is asked for", "runs: " + others);
    else
      wrong(fmt::format("there are {} runs in it", fits.size()),
            "choose one with --property and --variant: " + others);
    return nullptr;
  }

  // As the file says it, or beside the file.
  std::string beside(const std::string& named) const {
    std::error_code error;
    if (named.empty() || fs::exists(named, error)) return named;
    const fs::path other = fs::path(path_).parent_path() / named;
    return fs::exists(other, error) ? other.string() : named;
  }

  void reading(const Json& one, RunFile& file) {
    Request& request = file.request;
    request.path = file.spec;
    const Json* given = field(one, "reading", true);
    if (!given) return;
    file.load.variant = text(*given, "variant");
    file.load.later = text(*given, "then");
    if (const Json* choices = field(*given, "choose", false))
      for (const auto& [name, value] : choices->items())
        if (value.is_string()) file.load.choose[name] = value.get<std::string>();
    request.choose = file.load.choose;
    request.allow = texts(*given, "allow");
    if (!request.allow.empty())
      file.load.allow = std::set<std::string>(request.allow.begin(), request.allow.end());
    request.without = texts(*given, "without");
    for (const std::string& rule : request.without) {
      const std::size_t equals = rule.find('=');
      file.load.without[rule.substr(0, equals)] =
          equals != std::string::npos && rule.substr(equals + 1) == "true";
    }
    request.topology = beside(text(*given, "topology"));
    if (!request.topology.empty())
      if (const auto dump = model::read_source(request.topology, kMaximumDumpBytes, diagnostics_))
        file.load.topology = model::read_pci_dump(dump, diagnostics_);
    const auto vfs = given->find("vfs");
    if (vfs == given->end()) return;
    if (!vfs->is_number_integer() || *vfs < 1 || *vfs > kMostVfs)
      return wrong("'vfs' is no number of VFs");
    request.vfs = file.load.vfs.count = vfs->get<int>();
  }

  void steps(const Json& rows, checker::NamedRun& run) {
    if (rows.size() > kMaximumSteps)
      return wrong(fmt::format("the run has more than {} steps", kMaximumSteps));
    for (const Json& row : rows) {
      const std::size_t number = run.steps.size() + 1;
      const Json* label = field(row, "label", false);
      if (!label)
        return wrong(fmt::format("step {} of the run has no label", number),
                     "an older luproof wrote it; let 'check' write it anew");
      checker::StepName name;
      name.actor = text(*label, "actor");
      name.in = text(*label, "in");
      name.statement = text(*label, "statement");
      name.event = text(*label, "event", name.actor.empty());
      name.args = texts(*label, "args");
      name.choices = texts(*label, "choices");
      if (const auto nth = label->find("nth"); nth != label->end()) {
        if (!nth->is_number_integer())
          return wrong(fmt::format("'nth' of step {} is no number", number));
        name.nth = nth->get<int>();
      }
      if (!diagnostics_.ok()) return;
      run.steps.push_back(std::move(name));
      run.fault = text(row, "fault");
      if (!run.fault.empty() && number < rows.size())
        return wrong(fmt::format("the run goes on behind the fault of step {}", number));
    }
  }

  std::string path_;
  const RunPick& pick_;
  Diagnostics& diagnostics_;
  model::SourcePtr source_;
};

}  // namespace

std::optional<RunFile> read_run_file(const std::string& path, const RunPick& pick,
                                     const std::string& specs, Diagnostics& diagnostics) {
  return Reader(path, pick, diagnostics).read(specs);
}

std::optional<LoadedRun> load_run(const std::string& path, const RunFile& file,
                                  Diagnostics& diagnostics) {
  auto loaded = model::load(file.spec, file.load, diagnostics);
  if (!loaded) return std::nullopt;
  LoadedRun result;
  for (const model::Choice& choice : loaded->choices)
    if (choice.selected < 0) {
      diagnostics.error(choice.origin.span,
                        fmt::format("{} does not say what choice '{}' is", path, choice.name),
                        "the run was written when the spec had no such choice");
      return std::nullopt;
    }
  result.checked.model = std::make_unique<model::Model>(std::move(*loaded));
  result.checked.layout = std::make_unique<model::Layout>(*result.checked.model);
  result.checked.reading = {file.load.variant, file.load.choose, file.load.later};
  result.interpreter =
      std::make_unique<checker::Interpreter>(*result.checked.model, *result.checked.layout);
  std::string why;
  auto found = checker::find_run(*result.interpreter, *result.checked.model, *result.checked.layout,
                                 file.run, why);
  if (!found) {
    const auto source = model::Source::make(path, "");
    diagnostics.error(Span{source, 0, 0, 1},
                      fmt::format("this is no run of {} (any more): {}", file.spec, why),
                      "the spec was changed where the run passes; let 'check' look for another");
    return std::nullopt;
  }
  result.found = std::move(*found);
  return result;
}

std::string run_file_json(const checker::Checked& checked, const checker::Run& run,
                          const std::string& property, const Request& request) {
  const nlohmann::ordered_json out = {{"command", "simulate"},
                                      {"design", checked.model->name},
                                      {"file", request.path},
                                      {"variant", checked.reading.variant},
                                      {"property", property},
                                      {"steps", run.weight},
                                      {"reading", reading_json(checked, request)},
                                      {"start", start_json(checked, run)},
                                      {"run", run_json(checked, run, request)}};
  return json_text(out);
}

}  // namespace luproof::report
