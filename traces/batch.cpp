// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "traces/batch_names.h"
#include "traces/reader.h"
#include "traces/text/style.h"

namespace luproof::traces {

namespace fs = std::filesystem;
using model::Diagnostics;
using model::printable;

namespace {

constexpr int kDeepest = 16;
constexpr std::size_t kMostFiles = 100'000;
constexpr int kTriedLines = 500;  // of a file, to see whether it is a capture

enum class Content { Trace, Log, Nothing };

// A text that quotes a few lines of a capture is none: at least half has to be events.
Content content_of(const std::string& path) {
  Diagnostics ignored;
  const std::vector<ReaderPtr> readers = open_capture(path, ignored);
  if (readers.empty()) return Content::Nothing;
  CaptureReader& reader = *readers.front();
  TraceLine line;
  std::int64_t foreign = 0;
  for (int i = 0; i < kTriedLines && reader.next(line); ++i)
    foreign += line.kind == LineKind::Unknown ? 1 : 0;
  const CaptureHealth& health = reader.health();
  if (health.events == 0 || health.events <= foreign) return Content::Nothing;
  return health.format == text::style_name(text::Style::Log) ? Content::Log : Content::Trace;
}

struct File {
  std::string name;  // in its folder
  fs::path path;
  FileName parts;
};

// One folder without a manifest.
class Folder {
 public:
  Folder(std::string below, bool top, const ValidateOptions& common, Batch& batch)
      : below_(std::move(below)), top_(top), common_(common), batch_(batch) {}

  void add(const fs::path& path) {
    File file{path.filename().string(), path.lexically_normal(), {}};
    file.parts = read_file_name(file.name);
    files_.push_back(std::move(file));
  }

  void finish() {
    std::sort(files_.begin(), files_.end(),
              [](const File& a, const File& b) { return a.name < b.name; });
    std::vector<const File*> captures = sort_out();
    captures_ = captures.size();
    if (!join(captures))
      for (const File* const capture : captures) run(below_ + capture->name, {capture});
    for (const File& file : files_)
      if (file.parts.kind != NameKind::Capture && file.parts.kind != NameKind::Other &&
          used_.count(file.name) == 0)
        leave_out(file, why_unused(file));
  }

 private:
  void leave_out(const File& file, std::string why) {
    batch_.left_out.push_back({below_ + file.name, std::move(why)});
  }

  std::string why_unused(const File& file) const {
    if (file.parts.kind == NameKind::LaterDump)
      return "a dump, not of before: captures.yaml can say where it belongs";
    if (file.parts.kind == NameKind::Dump)
      for (const File& other : files_)
        if (used_.count(other.name) > 0 && other.parts.kind == NameKind::Dump &&
            other.parts.stem == file.parts.stem)
          return fmt::format("{} says the same and more", printable(other.name));
    if (file.parts.kind == NameKind::Setup && !defines_probes(file))
      return "it defines no probe and names no kernel";
    return "by its name it belongs to no capture beside it";
  }

  // The captures; whatever is none is listed.
  std::vector<const File*> sort_out() {
    std::vector<const File*> traces, logs;
    for (const File& file : files_) {
      if (file.parts.kind == NameKind::Capture) {
        traces.push_back(&file);  // if it is none, that is an error, not nothing
      } else if (file.parts.kind == NameKind::Other) {
        const Content content = content_of(file.path.string());
        if (content == Content::Nothing)
          leave_out(file, "no capture");
        else
          (content == Content::Log ? logs : traces).push_back(&file);
      }
    }
    if (traces.empty()) return logs;
    for (const File* const log : logs)
      leave_out(*log, "a kernel log beside traces; captures.yaml can have it read");
    return traces;
  }

  // The captures of a sub-folder can be the lives of several kernels. True if they are.
  bool join(std::vector<const File*> captures) {
    const auto with = [&](Age age) {
      return std::count_if(captures.begin(), captures.end(),
                           [&](const File* f) { return age_of(f->name) == age; });
    };
    const auto old_ones = with(Age::Old), new_ones = with(Age::New);
    const bool pair = old_ones > 0 && new_ones > 0;
    const bool single_pair = old_ones == 1 && new_ones == 1 && captures.size() == 2;
    const auto number = [](const File* f) { return number_of_name(f->name); };
    const bool numbered =
        captures.size() > 1 &&
        std::all_of(captures.begin(), captures.end(), [&](const File* f) { return !!number(f); });
    if (!single_pair && !numbered) {
      if (pair)
        note(
            "names that begin with 'old' and 'new', but not one of each: each capture is judged "
            "by itself");
      return false;
    }
    if (top_) {
      note(
          "captures in the folder itself are judged each by itself; in a sub-folder these would "
          "be one run");
      return false;
    }
    if (numbered) {
      std::sort(captures.begin(), captures.end(),
                [&](const File* a, const File* b) { return *number(a) < *number(b); });
      const auto same =
          std::adjacent_find(captures.begin(), captures.end(),
                             [&](const File* a, const File* b) { return number(a) == number(b); });
      if (same != captures.end()) {
        note(fmt::format("two captures have the number {}: each is judged by itself",
                         *number(*same)));
        return false;
      }
    } else if (age_of(captures.front()->name) == Age::New) {
      std::swap(captures[0], captures[1]);
    }
    run(below_.substr(0, below_.size() - 1), captures);
    return true;
  }

  void note(std::string what) {
    const std::string folder = below_.substr(0, below_.rfind('/'));
    batch_.notes.push_back((folder.empty() ? "" : folder + ": ") + std::move(what));
  }

  // What a script noted about its tracing may name the kernel, which ftrace text does not.
  static std::string kernel_of(const File& setup) {
    static constexpr std::string_view kWords = "Linux version ";
    Diagnostics ignored;
    const auto source = model::read_source(setup.path.string(), kLargestSetup, ignored);
    if (!source) return {};
    const std::string_view text = source->text;
    const std::size_t at = text.find(kWords);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + kWords.size());
    return std::string(rest.substr(0, rest.find_first_of(" \n\r")));
  }

  void run(std::string name, const std::vector<const File*>& captures) {
    BatchRun run{std::move(name), common_};
    ValidateOptions& options = run.options;
    options.captures.clear();
    std::vector<std::string> probes;
    for (const File* const capture : captures) {
      options.captures.push_back(capture->path.string());
      const File* const stats = side(*capture, NameKind::Stats);
      options.stats.push_back(stats != nullptr ? take(*stats) : "");
      const File* file = side(*capture, NameKind::Probes);
      const File* const setup = side(*capture, NameKind::Setup);
      if (file == nullptr) file = setup;
      if (file != nullptr && defines_probes(*file)) probes.push_back(take(*file));
      if (setup != nullptr && options.kernel.empty()) {
        options.kernel = kernel_of(*setup);
        if (!options.kernel.empty()) take(*setup);
      }
    }
    // The recorder's own file has no name of a capture, so it is that of the only run.
    if (const File* const all = nameless_probes();
        all != nullptr && probes.empty() && captures.size() == captures_)
      probes.push_back(take(*all));
    if (common_.probes.empty()) options.probes = std::move(probes);
    if (common_.topology.empty()) options.topology = dump_of(run.name, *captures.front());
    batch_.runs.push_back(std::move(run));
  }

  std::string take(const File& file) {
    used_.insert(file.name);
    return file.path.string();
  }

  const File* side(const File& capture, NameKind kind) const {
    for (const File& file : files_)
      if (file.parts.kind == kind && file.parts.stem == capture.parts.stem) return &file;
    return nullptr;
  }

  const File* nameless_probes() const {
    for (const File& file : files_)
      if (file.parts.kind == NameKind::Probes && file.parts.stem.empty()) return &file;
    return nullptr;
  }

  // What a script notes about its tracing has probes only if it set some.
  static bool defines_probes(const File& file) {
    if (file.parts.kind == NameKind::Probes) return true;
    Diagnostics ignored;
    const auto source = model::read_source(file.path.string(), kLargestSetup, ignored);
    if (!source) return false;
    for (int n = 1; n <= static_cast<int>(source->line_starts.size()); ++n)
      if (source->line(n).starts_with("p:") || source->line(n).starts_with("f:")) return true;
    return false;
  }

  // The dump whose name begins as the capture's does, the longest such; else the only one. What
  // lspci printed comes before what sysfs has, which says less.
  std::string dump_of(const std::string& run, const File& capture) {
    const File* best = nullptr;
    std::size_t length = 0;
    std::map<std::string, const File*> by_stem;
    for (const File& file : files_) {
      if (file.parts.kind != NameKind::Dump) continue;
      const auto [known, added] = by_stem.emplace(file.parts.stem, &file);
      if (!added && known->second->name.find(".lspci") == std::string::npos) known->second = &file;
    }
    for (const auto& [stem, file] : by_stem) {
      const std::string first = stem.substr(0, stem.find('.'));
      const bool named =
          capture.name.starts_with(first) && first.size() < capture.name.size() &&
          std::string_view(".-_").find(capture.name[first.size()]) != std::string_view::npos;
      if (!named || first.size() < length) continue;
      if (first.size() == length && best != nullptr) {
        best = nullptr;  // two dumps with as good a name
        break;
      }
      best = file;
      length = first.size();
    }
    if (best == nullptr && by_stem.size() == 1) best = by_stem.begin()->second;
    if (best != nullptr) return take(*best);
    if (!by_stem.empty())
      batch_.notes.push_back(
          fmt::format("{}: several dumps, none of them by its name this run's", printable(run)));
    return {};
  }

  static constexpr std::size_t kLargestSetup = std::size_t{1} << 20;

  const std::string below_;  // of the first folder: "a/b/"
  const bool top_;
  const ValidateOptions& common_;
  Batch& batch_;
  std::vector<File> files_;
  std::size_t captures_ = 0;
  std::set<std::string> used_;
};

class Walk {
 public:
  Walk(const ValidateOptions& common, Batch& batch, Diagnostics& diagnostics)
      : common_(common), batch_(batch), diagnostics_(diagnostics) {}

  void folder(const fs::path& path, const std::string& below, int depth) {
    std::error_code error;
    if (fs::is_regular_file(path / kBatchManifest, error)) {
      read_manifest((path / kBatchManifest).string(), below, common_, batch_, diagnostics_);
      return;
    }
    Folder here(below, depth == 0, common_, batch_);
    std::vector<fs::path> deeper;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      if (++files_ > kMostFiles)
        return fail(path, fmt::format("more than {} files below it", kMostFiles), "");
      const std::string name = at->path().filename().string();
      std::error_code unknown;
      if (at->is_directory(unknown) && !at->is_symlink(unknown))
        deeper.push_back(at->path());
      else if (at->is_regular_file(unknown))
        here.add(at->path());
      else
        batch_.left_out.push_back({below + name, "no regular file"});
    }
    if (error) return fail(path, fmt::format("cannot be read: {}", error.message()), "");
    here.finish();
    std::sort(deeper.begin(), deeper.end());
    for (const fs::path& each : deeper) {
      if (depth == kDeepest) return fail(each, "folders too deep in one another", "");
      folder(each, below + each.filename().string() + "/", depth + 1);
    }
  }

 private:
  void fail(const fs::path& path, std::string message, std::string hint) {
    diagnostics_.error({model::Source::make(path.string(), ""), 0, 0, 1}, std::move(message),
                       std::move(hint));
  }

  const ValidateOptions& common_;
  Batch& batch_;
  Diagnostics& diagnostics_;
  std::size_t files_ = 0;
};

}  // namespace

bool find_runs(const std::string& folder, const ValidateOptions& common, Batch& batch,
               Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  const std::size_t before = batch.runs.size();
  Walk(common, batch, diagnostics).folder(folder, "", 0);
  if (diagnostics.errors() == errors && batch.runs.size() == before)
    diagnostics.error({model::Source::make(folder, ""), 0, 0, 1}, "no capture is below this folder",
                      "ftrace text, trace.dat, a kernel log or perf script, or a captures.yaml");
  return diagnostics.errors() == errors;
}

}  // namespace luproof::traces
