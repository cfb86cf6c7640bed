// SPDX-License-Identifier: GPL-2.0-or-later
// The sysfs dump: what /sys/bus/pci/devices says, as text. It knows what lspci cannot: which VF
// belongs to which PF in the kernel's eyes, and that even where extended config space is hidden.
//
//   device 0000:01:00.0 vendor 0x8086 ...
//     sriov_numvfs 4
//     virtfn0 0000:01:10.0
//     driver igb
//     config:
//       00000000: 86 80 c9 10 ...
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/pci_dump.h"

namespace luproof::model {

namespace {

constexpr std::string_view kDevice = "device ";
constexpr std::string_view kIndent = "  ";
constexpr std::size_t kRowIndent = 4;
constexpr std::size_t kOffsetDigits = 8;
// Attributes whose number is kept; others are not looked at.
constexpr std::string_view kSriov = "sriov_";
constexpr std::string_view kSriovNumbers[] = {"totalvfs", "numvfs", "offset", "stride"};
constexpr std::string_view kVirtfn = "virtfn";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

class SysfsReader {
 public:
  SysfsReader(const SourcePtr& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  std::vector<DumpFunction> read() {
    const int lines = static_cast<int>(source_->line_starts.size());
    for (int line = 1; line <= lines && !failed_; ++line) take(line);
    if (!failed_) finish(lines);
    return std::move(functions_);
  }

 private:
  void fail(int line, std::string message, std::string hint = {}) {
    const int length = static_cast<int>(source_->line(line).size());
    diagnostics_.error({source_, line, 1, length}, std::move(message), std::move(hint));
    failed_ = true;
  }

  void take(int line) {
    const std::string_view text = source_->line(line);
    if (starts_with(text, kDevice)) {
      finish(line);
      if (!failed_) start(line, text.substr(kDevice.size()));
    } else if (functions_.empty()) {
      fail(line, "this line belongs to no device");
    } else if (in_config_) {
      failed_ = !rows_.add(source_, line, kRowIndent, kOffsetDigits, kOffsetDigits, diagnostics_);
    } else if (text == "  config:") {
      in_config_ = true;
    } else if (starts_with(text, kIndent) && text.size() > kIndent.size() && text[2] != ' ') {
      attribute(line, text.substr(kIndent.size()));
    } else {
      fail(line, "this is neither a device, nor an attribute, nor config space",
           "an attribute is indented by two spaces");
    }
  }

  void start(int line, std::string_view rest) {
    const std::string_view address = rest.substr(0, rest.find(' '));
    const std::optional<Bdf> bdf = Bdf::parse(address);
    if (!bdf) {
      fail(line, "a device needs an address such as 0000:01:00.0");
      return;
    }
    DumpFunction& function = functions_.emplace_back();
    function.bdf = *bdf;
    function.span = {source_, line, static_cast<int>(kDevice.size()) + 1,
                     static_cast<int>(address.size())};
    in_config_ = false;
  }

  void finish(int line) {
    if (functions_.empty()) return;
    DumpFunction& function = functions_.back();
    if (!rows_.finish(function, line, diagnostics_)) {
      failed_ = true;
    } else if (function.config.size() == kHeaderOnly) {
      fail(line, fmt::format("only 64 bytes of config space for {}", function.bdf.text()),
           "sysfs shows the rest to root only, or the dump was cut here");
    }
  }

  void attribute(int line, std::string_view text) {
    DumpFunction& function = functions_.back();
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view name = text.substr(0, space);
    const std::string_view value = text.substr(std::min(space + 1, text.size()));
    const auto malformed = [&](const char* expected) {
      fail(line, fmt::format("'{}' needs {}", printable(name), expected));
    };
    if (name == "driver") {
      function.driver = printable(value);
    } else if (name == "physfn") {
      function.physfn = Bdf::parse(value);
      if (!function.physfn) malformed("an address");
    } else if (starts_with(name, kVirtfn)) {
      const std::optional<int> index = number(name.substr(kVirtfn.size()));
      const std::optional<Bdf> bdf = Bdf::parse(value);
      if (!index || !bdf || !function.virtfns.emplace(*index, *bdf).second) {
        malformed("a number of its own and an address");
      }
    } else if (starts_with(name, kSriov)) {
      const std::string_view key = name.substr(kSriov.size());
      const auto* known = std::find(std::begin(kSriovNumbers), std::end(kSriovNumbers), key);
      if (known == std::end(kSriovNumbers)) return;
      const std::optional<int> parsed = number(value);
      if (parsed) function.sriov[std::string(key)] = *parsed;
      if (!parsed) malformed("a number");
    }
  }

  const SourcePtr& source_;
  Diagnostics& diagnostics_;
  std::vector<DumpFunction> functions_;
  ConfigRows rows_;
  bool in_config_ = false;
  bool failed_ = false;
};

}  // namespace

std::vector<DumpFunction> read_sysfs_text(const SourcePtr& source, Diagnostics& diagnostics) {
  return SysfsReader(source, diagnostics).read();
}

}  // namespace luproof::model
