// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/load.h"
#include "model/spec_folders.h"
#include "sweep/inputs.h"
#include "traces/batch.h"

namespace luproof::sweep {

namespace fs = std::filesystem;
using model::printable;

namespace {

constexpr std::size_t kMostTasks = 100'000;
constexpr std::size_t kLargestDump = std::size_t{64} << 20;

std::string with_place(std::string name, const std::string& topology, int vfs) {
  if (!topology.empty()) name += " on " + topology;
  if (vfs > 0) name += fmt::format(" with {} VFs", vfs);
  return name;
}

// Of what a plan names, what was met somewhere.
class Known {
 public:
  void offer(const std::string& name) { names_.insert(name); }
  void require(const std::vector<Word>& words, const char* what,
               model::Diagnostics& diagnostics) const {
    for (const Word& word : words) {
      if (names_.contains(word.text)) continue;
      const std::vector<std::string> all(names_.begin(), names_.end());
      diagnostics.error(
          word.span, fmt::format("none of the designs has the {} '{}'", what, printable(word.text)),
          model::did_you_mean(word.text, all));
    }
  }

 private:
  std::set<std::string> names_;
};

bool named(const std::vector<Word>& words, const std::string& text) {
  return std::any_of(words.begin(), words.end(), [&](const Word& w) { return w.text == text; });
}

class Lister {
 public:
  Lister(const Plan& plan, const std::string& specs, const std::vector<std::string>& built_in,
         model::Diagnostics& diagnostics)
      : plan_(plan),
        specs_(specs),
        built_in_(built_in),
        diagnostics_(diagnostics),
        inputs_(diagnostics) {}

  std::optional<Tasks> run() {
    const int errors = diagnostics_.errors();
    inputs_.add_text("plan", plan_.source->text);
    for (const Designs& entry : plan_.designs) designs(entry);
    for (const Captures& entry : plan_.captures) captures(entry);
    if (!plan_.captures.empty())
      for (const std::string& folder : model::spec_folders(specs_)) inputs_.add_folder(folder);
    if (diagnostics_.errors() != errors) return std::nullopt;
    for (std::size_t i = 0; i < tasks_.all.size(); ++i)
      inputs_.add_text(fmt::format("task {}", i + 1), tasks_.all[i].name);
    tasks_.hash = inputs_.hash();
    if (diagnostics_.errors() != errors) return std::nullopt;
    return std::move(tasks_);
  }

 private:
  void add(Task task, const model::Span& span) {
    if (tasks_.all.size() == kMostTasks && !full_) {
      full_ = true;
      diagnostics_.error(span, "more than 100,000 tasks", "make several plans of it");
    }
    if (full_) return;
    if (!names_.insert(task.name).second)
      diagnostics_.error(span, fmt::format("the task '{}' is there twice", printable(task.name)),
                         "a task is named by all that it is asked with, but its properties");
    tasks_.all.push_back(std::move(task));
  }

  void designs(const Designs& entry) {
    Known variants, properties;
    std::map<std::string, Known> choices;
    for (const std::string& name : built_in_) properties.offer(name);
    for (const std::string& topology : entry.topologies) add_topology(topology);
    for (const std::string& file : entry.files) {
      model::LoadOptions load;
      load.specs = specs_;
      const auto composition = model::compose(file, load, diagnostics_);
      if (!composition) continue;
      inputs_.add(*composition);
      for (const model::Declared& declared : composition->declared)
        if (declared.section == "properties") properties.offer(declared.name);
      for (const model::VariantInfo& variant : composition->variants) variants.offer(variant.name);
      for (const model::Reading& reading : readings(entry, file, load, *composition)) {
        for (const auto& [choice, alternative] : reading.choices)
          choices[choice].offer(alternative);
        if (!asked(entry, reading)) continue;
        for (const std::string& topology : entry.topologies)
          for (const int vfs : entry.vfs)
            add(check(entry, file, reading, topology, vfs), entry.span);
      }
    }
    variants.require(entry.variants, "variant", diagnostics_);
    properties.require(entry.properties, "property", diagnostics_);
    for (const auto& [choice, words] : entry.choices)
      choices[choice].require(words, ("open choice " + printable(choice) + " with").c_str(),
                              diagnostics_);
  }

  // Those of a design that has no topology of its own, on the first that the plan has for it.
  std::vector<model::Reading> readings(const Designs& entry, const std::string& file,
                                       model::LoadOptions load,
                                       const model::Composition& composition) {
    std::vector<model::Reading> all;
    if (composition.topology == nullptr && !entry.topologies.front().empty())
      load.topology = read_topology(entry.topologies.front(), specs_, diagnostics_);
    const auto add_those_of = [&](const std::string& variant) {
      load.variant = variant;
      for (model::Reading& reading :
           model::readings(file, load, diagnostics_).value_or(std::vector<model::Reading>{}))
        all.push_back(std::move(reading));
    };
    if (entry.variants.empty())
      add_those_of("");
    else
      for (const model::VariantInfo& variant : composition.variants)
        if (named(entry.variants, variant.name)) add_those_of(variant.name);
    return all;
  }

  static bool asked(const Designs& entry, const model::Reading& reading) {
    return std::all_of(reading.choices.begin(), reading.choices.end(), [&](const auto& choice) {
      const auto wanted = entry.choices.find(choice.first);
      return wanted == entry.choices.end() || named(wanted->second, choice.second);
    });
  }

  static Task check(const Designs& entry, const std::string& file, const model::Reading& reading,
                    const std::string& topology, int vfs) {
    Task task;
    task.file = task.about = file;
    task.variant = reading.variant;
    task.choices = reading.choices;
    for (const Word& property : entry.properties) task.properties.push_back(property.text);
    task.topology = topology;
    task.vfs = vfs;
    std::vector<std::string> parts;
    if (!reading.variant.empty()) parts.push_back(reading.variant);
    for (const auto& [name, alternative] : reading.choices)
      parts.push_back(name + "=" + alternative);
    task.name = with_place(parts.empty() ? file : fmt::format("{}:{}", file, fmt::join(parts, ",")),
                           topology, vfs);
    return task;
  }

  void captures(const Captures& entry) {
    traces::ValidateOptions common;
    common.keep = entry.keep;
    common.probes = entry.probes;
    if (!entry.claim.empty()) common.claim = entry.claim;
    if (!entry.topology_at.empty()) common.topology_at = entry.topology_at;
    common.kernel = entry.kernel;
    common.binding = entry.binding;
    common.variant = entry.variant;
    common.strict = entry.strict;
    common.specs = specs_;
    for (const std::string& topology : entry.topologies)
      for (const std::string& design : entry.designs) {
        common.topology = topology;
        common.design = design;
        if (entry.folder.empty())
          one_run(entry, common);
        else
          folder(entry, common);
      }
  }

  void one_run(const Captures& entry, traces::ValidateOptions options) {
    options.captures = entry.files;
    options.stats = entry.stats;
    options.topology_after = entry.topology_after;
    trace(entry, entry.name.empty() ? fmt::format("{}", fmt::join(entry.files, " ")) : entry.name,
          std::move(options));
  }

  void folder(const Captures& entry, const traces::ValidateOptions& common) {
    traces::Batch batch;
    if (!traces::find_runs(entry.folder, common, batch, diagnostics_)) return;
    for (traces::BatchRun& run : batch.runs)
      trace(entry, entry.folder + "/" + run.name, std::move(run.options));
  }

  void trace(const Captures& entry, const std::string& name, traces::ValidateOptions options) {
    for (const auto* files : {&options.captures, &options.stats, &options.probes})
      for (const std::string& file : *files) inputs_.add_file(file);
    for (const std::string& file : {options.topology, options.topology_after, options.binding})
      inputs_.add_file(file);
    std::error_code error;
    if (fs::is_regular_file(options.design, error)) add_design(options.design);
    Task task;
    task.about = task.name = name;
    if (!options.design.empty()) task.name += " by " + options.design;
    if (!options.variant.empty()) task.name += ":" + options.variant;
    task.name = with_place(task.name, entry.topologies.size() > 1 ? options.topology : "", 0);
    task.trace = std::move(options);
    add(std::move(task), entry.span);
  }

  void add_design(const std::string& file) {
    model::LoadOptions load;
    load.specs = specs_;
    if (const auto composition = model::compose(file, load, diagnostics_))
      inputs_.add(*composition);
  }

  // One that cannot be read is told once, and not by every task.
  void add_topology(const std::string& path) {
    if (path.empty() || !topologies_.insert(path).second) return;
    read_topology(path, specs_, diagnostics_);
    if (path.ends_with(".yaml"))
      add_design(path);
    else
      inputs_.add_file(path);
  }

  const Plan& plan_;
  const std::string& specs_;
  const std::vector<std::string>& built_in_;
  model::Diagnostics& diagnostics_;
  Inputs inputs_;
  Tasks tasks_;
  std::set<std::string> names_, topologies_;
  bool full_ = false;
};

}  // namespace

std::optional<Tasks> tasks_of(const Plan& plan, const std::string& specs,
                              const std::vector<std::string>& built_in,
                              model::Diagnostics& diagnostics) {
  return Lister(plan, specs, built_in, diagnostics).run();
}

std::optional<model::Topology> read_topology(const std::string& path, const std::string& specs,
                                             model::Diagnostics& diagnostics) {
  if (path.ends_with(".yaml")) {
    model::LoadOptions load;
    load.specs = specs;
    auto spec = model::load(path, load, diagnostics);
    if (!spec) return std::nullopt;
    return std::move(spec->topology);
  }
  const auto source = model::read_source(path, kLargestDump, diagnostics);
  return source ? model::read_pci_dump(source, diagnostics) : std::nullopt;
}

}  // namespace luproof::sweep
