// SPDX-License-Identifier: GPL-2.0-or-later
// What luproof wrote and somebody hands back: runs, lines of a sweep, predictions, certificates.
#include <cstdint>

#include "checker/proof/obligations.h"
#include "fuzz/folder.h"
#include "report/reproduce/predict.h"
#include "report/run_file.h"
#include "report/sweep_line.h"

namespace {

using namespace luproof;

// The runs of the corpus are of this spec.
constexpr const char* kSpec = R"spec(case: small
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 1}
  pf0: {kind: pf, under: rp, bdf: "0000:01:00.0", first_vf_offset: 128, vf_stride: 2, total_vfs: 2}
  vf0: {kind: vf, of: pf0, index: 0}
environment: {trouble: {at-most: 1}}
allow: [trouble]
state:
  given: {lucky: bool = any}
  hardware: {function.bus_master: bool = true}
events:
  "clear(function d)": {do: d.bus_master = false}
procedures:
  "tidy(function d) -> errno":
    symbol: no
    code: |
      may-fail trouble -> -EIO
      clear(d)
      return 0
actors:
  kernel:
    code: |
      for d in vf:
        ignore tidy(d)
      either:
        kexec
      or:
        stop
properties:
  kept: {for: v in vf, never: not v.bus_master and lucky}
)spec";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  static const std::string spec = folder.write("small.yaml", kSpec);
  const std::string text = fuzz::without_paths(data, size);
  const std::string path = folder.write("run.json", text);
  for (const bool witness : {false, true}) {
    report::RunPick pick;
    pick.witness = witness;
    model::Diagnostics diagnostics;
    const auto run = report::read_run_file(path, pick, "", diagnostics);
    if (run.has_value() != diagnostics.ok()) __builtin_trap();
    if (run && run->load.vfs.count <= 4 && !report::load_run(path, *run, diagnostics) &&
        diagnostics.ok())
      __builtin_trap();
    diagnostics.render();
  }
  model::Diagnostics diagnostics;
  const auto lines = report::read_sweep_lines(model::Source::make("fuzz", text), diagnostics);
  for (const auto& [result, number] : lines.results) {
    report::sweep_findings(result);
    report::sweep_line(result);
  }
  report::fulfilment(path, path, path, diagnostics);
  checker::proof::stated(text);
  diagnostics.render();
  return 0;
}
