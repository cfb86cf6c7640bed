// SPDX-License-Identifier: GPL-2.0-or-later
// The steps from the text of a PCI dump to a topology: a reader for each text form gives
// DumpFunctions whose bytes are complete; libpci finds the capabilities in them; the last step
// asks whether the functions fit together.
#pragma once

#include "model/topology.h"

namespace luproof::model {

// One function of a dump. Only complete ones leave the readers: 64, 256 or 4096 bytes from 0 on.
struct DumpFunction {
  Bdf bdf;
  Span span;  // its header line
  std::vector<std::uint8_t> config;
  std::string driver;
  // From sysfs only.
  std::optional<Bdf> physfn;
  std::map<int, Bdf> virtfns;
  std::map<std::string, std::int64_t> sriov;  // by the attribute's name without "sriov_"
};

constexpr std::size_t kHeaderOnly = 64;
constexpr std::size_t kConventional = 256;
constexpr std::size_t kExtended = 4096;

// The rows of hex bytes of one function, checked as they come.
class ConfigRows {
 public:
  // "<offset>: xx xx ..." of 16 bytes after `indent` columns; false: an error was reported.
  // The offset must have one of digits_least..digits_most digits and go on where the last row
  // ended.
  bool add(const SourcePtr& source, int line, std::size_t indent, std::size_t digits_least,
           std::size_t digits_most, Diagnostics& diagnostics);
  bool empty() const { return bytes_.empty(); }
  // Hands the bytes over if they are a whole config space; else reports at `last_line`.
  bool finish(DumpFunction& function, int last_line, Diagnostics& diagnostics);

 private:
  std::vector<std::uint8_t> bytes_;
};

// lspci and libpci complain on standard error, which often ends up in the same file. Such a line
// says nothing about a function.
bool is_tool_message(std::string_view line);

// Both report what is wrong; what they return is meaningful only if nothing was.
std::vector<DumpFunction> read_lspci_text(const SourcePtr& source, Diagnostics& diagnostics);
std::vector<DumpFunction> read_sysfs_text(const SourcePtr& source, Diagnostics& diagnostics);

// The functions of a whole machine, of whatever source, put together. nullopt after an error.
std::optional<Topology> assemble_dump(std::vector<DumpFunction> dump, Diagnostics& diagnostics);

// What the config space of one function says, by the names that PciFunction::values uses.
struct ConfigFacts {
  bool answers = true;  // false: every byte reads ff
  std::map<std::string, std::int64_t> values;
};

// In the order of `functions`, by libpci. nullopt: an error was reported.
std::optional<std::vector<ConfigFacts>> decode_config(const std::vector<DumpFunction>& functions,
                                                      Diagnostics& diagnostics);

}  // namespace luproof::model
