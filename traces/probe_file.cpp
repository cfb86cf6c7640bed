// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probe_file.h"

#include "traces/text/scan.h"

namespace luproof::traces {

namespace {

bool is_no_space(char c) { return c != ' ' && c != '\t'; }

// The function of a line of set_ftrace_filter: "pci_iov_init", "igb_probe [igb]".
std::string_view listed(std::string_view line) {
  const std::string_view name = text::take_while(line, text::is_symbol);
  line = text::trim_left(line);
  const bool module = line.size() > 2 && line.front() == '[' && line.back() == ']';
  return line.empty() || module ? name : std::string_view();
}

}  // namespace

void read_probes(const model::Source& source,
                 std::map<std::string, std::string, std::less<>>& names,
                 std::set<std::string, std::less<>>& functions,
                 std::set<std::string, std::less<>>& traced, model::Diagnostics& diagnostics) {
  const int lines = static_cast<int>(source.line_starts.size());
  int found = 0;
  for (int number = 1; number <= lines; ++number) {
    std::string_view line = source.line(number);
    if (const std::string_view name = listed(line); !name.empty()) {
      traced.emplace(name);
      ++found;
      continue;
    }
    if (!line.starts_with("p:") && !line.starts_with("f:")) continue;
    line.remove_prefix(2);
    std::string_view event = text::take_while(line, is_no_space);
    event.remove_prefix(event.rfind('/') + 1);  // the group; npos + 1 is 0
    line = text::trim_left(line);
    // "module:function+0x4", "function%return"
    std::string_view place = text::take_while(line, is_no_space);
    if (place.find("%return") != std::string_view::npos) continue;
    place.remove_prefix(place.rfind(':') + 1);
    const std::string_view function = text::take_while(place, text::is_symbol);
    if (event.empty() || function.empty()) continue;
    names.insert_or_assign(std::string(event), std::string(function));
    functions.emplace(function);
    ++found;
  }
  if (found == 0)
    diagnostics.error(
        {nullptr, 0, 0, 1},
        model::printable(source.path) + ": no probe is defined and no function named in this file",
        "cat /sys/kernel/tracing/kprobe_events, or set_ftrace_filter");
}

}  // namespace luproof::traces
