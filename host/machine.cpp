// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "model/pci_dump.h"

namespace luproof::host {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaximumDumpBytes = 64u << 20;
constexpr std::size_t kLargestFile = 1u << 20;  // of sysfs, procfs and a kernel's configuration
constexpr std::size_t kMostFunctions = 65'536;
constexpr std::string_view kSriovNumbers[] = {"totalvfs", "numvfs", "offset", "stride"};

std::string trimmed(std::string text) {
  const auto space = [](unsigned char c) { return c <= ' '; };
  text.erase(std::find_if_not(text.rbegin(), text.rend(), space).base(), text.end());
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), space));
  return text;
}

Found missing(std::error_code why) {
  const bool absent =
      why == std::errc::no_such_file_or_directory || why == std::errc::not_a_directory;
  return {absent ? Found::State::Absent : Found::State::Unreadable, ""};
}

std::optional<std::string> bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file && !file.eof()) return std::nullopt;
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// A regular file's text, a link's last name; of a folder or a device only that it is there.
Found found_at(const fs::path& path, bool link) {
  std::error_code why;
  const fs::file_status status = link ? fs::symlink_status(path, why) : fs::status(path, why);
  if (status.type() == fs::file_type::not_found) return {Found::State::Absent, ""};
  if (why) return missing(why);
  if (status.type() == fs::file_type::symlink) {
    const fs::path target = fs::read_symlink(path, why);
    if (why) return missing(why);
    return {Found::State::Read, target.filename().string()};
  }
  if (status.type() != fs::file_type::regular) return {Found::State::Read, "present"};
  const auto text = bytes_of(path);
  if (!text) return {};
  return {Found::State::Read, trimmed(*text)};
}

std::optional<std::int64_t> number(const Found& found) {
  std::int64_t value = 0;
  const char* const end = found.text.data() + found.text.size();
  const auto [at, problem] = std::from_chars(found.text.data(), end, value);
  if (found.state != Found::State::Read || problem != std::errc() || at != end || value < 0)
    return std::nullopt;
  return value;
}

class Reader {
 public:
  Reader(const Places& places, const Settings& settings, model::Diagnostics& diagnostics)
      : places_(places), settings_(settings), diagnostics_(diagnostics) {}

  std::optional<Machine> read() {
    machine_.live = !places_.sysfs.empty();
    if (!functions()) return std::nullopt;
    if (machine_.live) {
      const fs::path sysfs = fs::path(places_.sysfs).lexically_normal();
      root_ = (sysfs.has_filename() ? sysfs : sysfs.parent_path()).parent_path();
      for (const Setting& setting : settings_.all) look(setting);
    }
    machine_.old_line = line(places_.old_line);
    machine_.new_line = line(places_.new_line);
    if (!machine_.old_line && machine_.live)
      if (const Found found = found_at(root_ / "proc/cmdline", false);
          found.state == Found::State::Read)
        machine_.old_line = found.text;
    return std::move(machine_);
  }

 private:
  bool functions() {
    std::optional<model::Topology> topology;
    if (!places_.topology.empty()) {
      machine_.from = places_.topology;
      const auto source = model::read_source(places_.topology, kMaximumDumpBytes, diagnostics_);
      if (source) topology = model::read_pci_dump(source, diagnostics_);
    } else {
      machine_.from = places_.sysfs;
      topology = live_functions();
    }
    if (topology) machine_.topology = std::move(*topology);
    return topology.has_value();
  }

  fs::path devices() const { return fs::path(places_.sysfs) / "bus/pci/devices"; }

  std::optional<model::Topology> live_functions() {
    source_ = model::Source::make(devices().string(), "\n");
    std::vector<model::DumpFunction> all;
    std::error_code why;
    fs::directory_iterator at(devices(), why), end;
    for (; !why && at != end && all.size() < kMostFunctions; at.increment(why))
      if (auto function = live_function(at->path())) all.push_back(std::move(*function));
    if (why || all.empty()) {
      diagnostics_.error(whole(),
                         why ? fmt::format("cannot be read: {}", why.message())
                             : "no PCI function can be read here",
                         "--sysfs names the folder that is mostly /sys; --topology a dump");
      return std::nullopt;
    }
    return with_notes(all, diagnostics_);
  }

  // sysfs knows SR-IOV without registers, so what the notes of a dump say of it is not so here.
  static std::optional<model::Topology> with_notes(const std::vector<model::DumpFunction>& all,
                                                   model::Diagnostics& diagnostics) {
    const auto small = std::count_if(all.begin(), all.end(), [](const auto& function) {
      return function.config.size() == model::kHeaderOnly;
    });
    auto topology = model::assemble_dump(all, diagnostics);
    if (!topology || small == 0) return topology;
    std::erase_if(topology->notes, [](const std::string& note) {
      return note.rfind("no capabilities", 0) == 0 || note.rfind("no extended config", 0) == 0;
    });
    topology->notes.push_back(
        fmt::format("{} of {} functions show 64 bytes of configuration space, as to everybody but "
                    "root; SR-IOV is what sysfs says, and no register beyond is known",
                    small, all.size()));
    return topology;
  }

  model::Span whole() const { return {source_, 0, 0, 1}; }

  // What root does not need: the first 64 bytes, and what the kernel says of SR-IOV.
  std::optional<model::DumpFunction> live_function(const fs::path& folder) {
    const auto bdf = model::Bdf::parse(folder.filename().string());
    if (!bdf) return std::nullopt;
    model::DumpFunction function;
    function.bdf = *bdf;
    function.span = whole();
    const auto config = bytes_of(folder / "config");
    const std::size_t size = !config                                  ? 0
                             : config->size() >= model::kExtended     ? model::kExtended
                             : config->size() >= model::kConventional ? model::kConventional
                             : config->size() >= model::kHeaderOnly   ? model::kHeaderOnly
                                                                      : 0;
    if (size == 0) {
      diagnostics_.error(whole(), fmt::format("no configuration space of {}", bdf->text()),
                         "its file 'config' has at least 64 bytes for everybody");
      return std::nullopt;
    }
    function.config.assign(config->begin(), config->begin() + static_cast<std::ptrdiff_t>(size));
    function.driver = model::printable(found_at(folder / "driver", true).text);
    if (const Found pf = found_at(folder / "physfn", true); pf.state == Found::State::Read)
      function.physfn = model::Bdf::parse(pf.text);
    for (const std::string_view name : kSriovNumbers)
      if (const auto value = number(found_at(folder / ("sriov_" + std::string(name)), false)))
        function.sriov[std::string(name)] = *value;
    const auto count = function.sriov.find("numvfs");
    const std::int64_t vfs =
        count == function.sriov.end() ? 0 : std::min<std::int64_t>(count->second, 65'535);
    for (std::int64_t k = 0; k < vfs; ++k) {
      const Found vf = found_at(folder / fmt::format("virtfn{}", k), true);
      if (const auto at = model::Bdf::parse(vf.text); at && vf.state == Found::State::Read)
        function.virtfns[static_cast<int>(k)] = *at;
    }
    return function;
  }

  void look(const Setting& setting) {
    if (setting.from == Setting::From::File) {
      machine_.files[setting.what] = file(setting.what, setting.key);
    } else if (setting.from == Setting::From::Attribute) {
      for (const model::PciFunction& function : machine_.topology.functions) {
        const fs::path folder = devices() / function.bdf.text();
        std::error_code why;
        if (!fs::exists(folder, why)) continue;  // of a dump of another machine
        machine_.attributes[{function.name, setting.what}] = found_at(
            folder / setting.what, fs::is_symlink(fs::symlink_status(folder / setting.what, why)));
      }
    }
  }

  Found file(std::string path, const std::string& key) const {
    static constexpr std::string_view kRelease = "RELEASE";
    if (const std::size_t at = path.find(kRelease); at != std::string::npos) {
      const Found release = found_at(root_ / "proc/sys/kernel/osrelease", false);
      if (release.state != Found::State::Read || release.text.find('/') != std::string::npos)
        return {};
      path.replace(at, kRelease.size(), release.text);
    }
    const fs::path at =
        path.rfind("sys/", 0) == 0 ? fs::path(places_.sysfs) / path.substr(4) : root_ / path;
    Found found = found_at(at, false);
    if (key.empty()) return found;
    // Without the file nobody knows; a file without the line says no.
    if (found.state != Found::State::Read) return {};
    const std::string text = "\n" + found.text + "\n";
    const std::size_t line = text.find("\n" + key);
    if (line == std::string::npos) return {Found::State::Absent, ""};
    const std::size_t value = line + 1 + key.size();
    return {Found::State::Read, trimmed(text.substr(value, text.find('\n', value) - value))};
  }

  // A word that is the name of a file means what is in it.
  std::optional<std::string> line(const std::string& given) {
    if (given.empty()) return std::nullopt;
    std::error_code why;
    if (!fs::is_regular_file(given, why)) return given;
    const auto text = bytes_of(given);
    if (!text) diagnostics_.error({}, fmt::format("{} cannot be read", model::printable(given)));
    return text ? std::optional(trimmed(*text)) : std::nullopt;
  }

  const Places& places_;
  const Settings& settings_;
  model::Diagnostics& diagnostics_;
  model::SourcePtr source_;
  fs::path root_;
  Machine machine_;
};

}  // namespace

std::optional<Machine> read_machine(const Places& places, const Settings& settings,
                                    model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  auto machine = Reader(places, settings, diagnostics).read();
  if (diagnostics.errors() != errors) return std::nullopt;
  return machine;
}

}  // namespace luproof::host
