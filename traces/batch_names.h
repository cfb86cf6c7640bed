// SPDX-License-Identifier: GPL-2.0-or-later
// What the name of a file beside captures says about it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace luproof::traces {

enum class NameKind {
  Other,
  Capture,    // a name that tracers give: X.trace, X.trace.txt, X.dat
  Dump,       // X.lspci, X.sysfs: the topology of before
  LaterDump,  // the same, but "after" or "during" is a word of its name
  Stats,      // X.stats.txt
  Probes,     // X.probes.txt
  Setup,      // X.setup.txt
  Manifest,
};

struct FileName {
  NameKind kind = NameKind::Other;
  std::string stem;  // X
};

// `name` without folders; .zst, .gz and .xz behind it say nothing.
FileName read_file_name(std::string_view name);

// "old.trace" is the old kernel's, "new-boot.trace" the new one's.
enum class Age { None, Old, New };
Age age_of(std::string_view name);

// "2-new.trace": 2.
std::optional<int> number_of_name(std::string_view name);

}  // namespace luproof::traces
