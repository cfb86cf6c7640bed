// SPDX-License-Identifier: GPL-2.0-or-later
// Bindings and the list of kernels: wrong ones are refused with a place, never by an abort.
#include <cstdint>

#include "traces/binding.h"
#include "traces/kernels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  const auto source =
      model::Source::make("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  model::Diagnostics diagnostics;
  const auto binding = traces::read_binding(source, diagnostics);
  if (binding.has_value() != diagnostics.ok()) __builtin_trap();
  if (binding) {
    traces::TraceLine line;
    line.kind = traces::LineKind::Message;
    line.text = "pci 0000:01:10.0: not ready 1023ms after FLR; waiting";
    if (const int meaning = binding->message_of(line); meaning >= 0)
      binding->add_groups(binding->meanings[meaning], line);
  }
  model::Diagnostics more;
  traces::read_kernels(source, more);
  diagnostics.render();
  return 0;
}
