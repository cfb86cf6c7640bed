// SPDX-License-Identifier: GPL-2.0-or-later
// Judges captures for tests: the recorded ones below tests/captures, or a few lines given here.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "traces/validator.h"

namespace luproof::traces::test {

inline std::string captured(const std::string& name) {
  return std::string(LUPROOF_TEST_DIR) + "/captures/" + name;
}

// A file that is gone after the test.
class Temporary {
 public:
  explicit Temporary(const std::string& text) {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            fmt::format("luproof-test-{}-{}.txt", ::getpid(), ++count);
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

struct Judged {
  std::optional<TraceVerdict> verdict;
  std::string errors;

  const TraceVerdict& operator*() const {
    INFO(errors);
    REQUIRE(verdict.has_value());
    return *verdict;
  }
  const TraceVerdict* operator->() const { return &**this; }
};

inline Judged judge(ValidateOptions options) {
  options.specs = LUPROOF_SOURCE_SPECS;
  model::Diagnostics diagnostics;
  Judged judged;
  judged.verdict = validate(options, diagnostics);
  judged.errors = diagnostics.render();
  CHECK(judged.verdict.has_value() == diagnostics.ok());
  return judged;
}

// Lines of one capture; each call gives the next moment.
class Lines {
 public:
  Lines& add(const std::string& body, int pid = 7, int cpu = 0) {
    text_ += fmt::format("{:>16}-{:<7} [{:03}] ..... {:5}.{:06}: {}\n", "task", pid, cpu, 1,
                         ++moment_, body);
    return *this;
  }
  // A probe on `function`, which prints the address of its device first.
  Lines& probe(const std::string& function, const std::string& dev, const std::string& more = "",
               int pid = 7) {
    return add(fmt::format("{0}: ({0}+0x4/0x40) dev=\"{1}\"{2}{3}", function, dev,
                           more.empty() ? "" : " ", more),
               pid);
  }
  Lines& command(const std::string& dev, int value, int pid = 7) {
    return probe("pci_write_config_word", dev, fmt::format("where=0x4 val={:#x}", value), pid);
  }
  Lines& raw(const std::string& line) {
    text_ += line + "\n";
    return *this;
  }
  int count() const { return static_cast<int>(std::count(text_.begin(), text_.end(), '\n')); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  int moment_ = 0;
};

// `lines` on a machine with 4 VFs of 0000:01:00.0, all with a driver and Bus Master Enable on.
inline Judged judge(const Lines& lines, std::vector<std::string> keep,
                    ValidateOptions options = {}) {
  const Temporary capture(lines.text());
  options.captures = {capture.path()};
  if (options.topology.empty()) options.topology = captured("topology/igb4.lspci.zst");
  options.keep = std::move(keep);
  return judge(std::move(options));
}

inline bool has_gap(const TraceVerdict& verdict, const std::string& part) {
  for (const Gap& gap : verdict.gaps)
    if (gap.what.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace luproof::traces::test
