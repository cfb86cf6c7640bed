// SPDX-License-Identifier: GPL-2.0-or-later
// Lines of a kernel log: dmesg, a serial console, pstore, syslog.
//
// A log is what is left where nobody traced, and an oops or sysrq-z dumps the ring buffer into it.
// What stands before a message depends on who wrote it down; what matters is behind it.
#pragma once

#include <optional>
#include <string_view>

#include "traces/text/bodies.h"

namespace luproof::traces::text {

struct LogPrefix {
  std::optional<std::int64_t> time_ns;
  int cpu = -1;
  int pid = -1;
  std::string_view text;  // the message
};

// False if nothing of the line says that it is from a log; the message is the line then.
bool split_log(std::string_view line, LogPrefix& prefix);

// "Linux version 7.3.4-luo (…": the release.
std::optional<std::string_view> booted(std::string_view message);
// "** 12 printk messages dropped **"
std::optional<std::int64_t> dropped_messages(std::string_view message);
// "set_master: (pci_set_master+0x4/0x40) dev="0000:01:00.0"": what tp_printk mirrors of a probe.
// Nothing unless a place with an offset stands in parentheses: other events look like messages.
std::optional<BodyResult> read_mirrored(std::string_view message, TraceLine& line);
// "igb 0000:01:00.0: 4 VFs allocated": fills symbol (the driver) and the argument dev.
void read_message(std::string_view message, TraceLine& line);
// "CPU:0 ts:31 ffffffff81  ffffffff82  f <- g": pstore's own function tracer.
bool read_pstore_function(std::string_view message, TraceLine& line);

}  // namespace luproof::traces::text
