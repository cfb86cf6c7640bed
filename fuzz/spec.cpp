// SPDX-License-Identifier: GPL-2.0-or-later
// A whole spec: from the text to the typed model of every reading, or to errors with places.
#include <cstdint>

#include "fuzz/folder.h"
#include "model/layout.h"
#include "model/load.h"

namespace {

// What the corpus can use, as of tests/model/errors.
constexpr const char* kBase = R"spec(rules: base
topology:
  rp: {kind: port, bdf: "0000:00:1c.0", secondary: 1, subordinate: 1}
  pf0: {kind: pf, under: rp, bdf: "0000:01:00.0", first_vf_offset: 1, vf_stride: 1, total_vfs: 2}
  vf0: {kind: vf, of: pf0, index: 0}
kinds: {colour: [red, green]}
choices: {way: [left, right]}
entities: {session: {pool: 2}, unit: {members: [u0, u1]}, thing: {open: yes}}
environment: {fails: {at-most: 1}}
locks: {mu: mutex, rw: rwlock}
state:
  given: {g: bool, thing.free_start: bool = any}
  hardware: {function.on: bool, n: int 0..3}
  kernel:
    k: bool
    e: errno
    c: colour
    r: ref session
    session.of: ref function
    "m(vf v, session s)": bool
    l: list of function
  handover: {h: bool, thing.given_over: bool}
  history: {past: bool}
define:
  "calm(function d)": {expr: d.on}
  open_word: {any: false}
  was_past: {expr: past}
events:
  ev(function d): {do: d.on = true}
  self_ev(function d): {when: d.on, do: d.on = false}
procedures:
  gone(): {symbol: no, code: pass}
  undoes(function d): {symbol: no, code: pass}
  fails_maybe() -> errno: {symbol: no, code: return -EIO}
  stepper(): {symbol: no, code: "@one pass"}
  "hooked(function d)": {symbol: no, hook: yes, code: pass}
)spec";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luproof;
  static const fuzz::Folder folder;
  static const std::string base = folder.write("base.yaml", kBase);
  const std::string path = folder.write("spec.yaml", fuzz::without_paths(data, size));
  model::Diagnostics diagnostics;
  const auto readings = model::readings(path, {}, diagnostics);
  if (readings.has_value() && !diagnostics.ok()) __builtin_trap();
  if (readings)
    for (std::size_t i = 0; i < readings->size() && i < 4; ++i) {
      model::LoadOptions options;
      options.variant = (*readings)[i].variant;
      options.choose = (*readings)[i].choices;
      model::Diagnostics said;
      const auto model = model::load(path, options, said);
      if (!model) __builtin_trap();  // it was read once already
      const model::Layout layout(*model);
    }
  else if (diagnostics.ok())
    __builtin_trap();  // refused, and no word about it
  for (const model::Diagnostic& one : diagnostics.all())
    if (!one.span.source) __builtin_trap();
  diagnostics.render();
  return 0;
}
