// SPDX-License-Identifier: GPL-2.0-or-later
// The small YAML files, each reader on every input: baselines, manifests, plans, settings of a
// host, what forces a step, fingerprints, sources. And the tree itself: written and read again.
#include <cstdint>

#include "fuzz/folder.h"
#include "host/settings.h"
#include "kernel/fingerprints.h"
#include "model/yaml_tree.h"
#include "report/reproduce/forces.h"
#include "report/sources.h"
#include "sweep/plan.h"
#include "traces/baseline.h"
#include "traces/batch.h"

namespace {

using namespace luproof;

// Whatever a reader gives, it gives nothing after an error and says one if it gives nothing.
template <typename Read>
void one(const Read& read) {
  model::Diagnostics diagnostics;
  const bool given = read(diagnostics);
  if (given != diagnostics.ok()) __builtin_trap();
  diagnostics.render();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::string text = fuzz::without_paths(data, size);
  const auto source = model::Source::make("fuzz.yaml", text);
  const std::string path = folder.write("fuzz.yaml", text);
  using model::Diagnostics;
  one([&](Diagnostics& d) { return model::read_yaml(source, d).has_value(); });
  one([&](Diagnostics& d) {
    const auto read = traces::read_baseline(source, traces::Day{}, d);
    if (read) {  // what is written of it reads as the same
      const std::string written = traces::baseline_text(read->entries);
      Diagnostics again;
      const auto twice =
          traces::read_baseline(model::Source::make("again", written), traces::Day{}, again);
      if (!twice || traces::baseline_text(twice->entries) != written) __builtin_trap();
    }
    return read.has_value();
  });
  one([&](Diagnostics& d) { return host::read_settings(source, d).has_value(); });
  one([&](Diagnostics& d) { return report::read_forces(source, d).has_value(); });
  one([&](Diagnostics& d) { return kernel::read_fingerprints(source, d).has_value(); });
  one([&](Diagnostics& d) { return sweep::read_plan(path, d).has_value(); });
  one([&](Diagnostics& d) {
    traces::Batch batch;
    return traces::read_manifest(path, "", {}, batch, d);
  });
  Diagnostics others;
  kernel::read_folders(source, others);
  report::read_sources(path, others);
  others.render();
  return 0;
}
