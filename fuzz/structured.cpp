// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes as the decisions of the generator of random specs (tests/checker/random_spec.h): a small
// system, on which the interpreter, the explorer with and without fused steps, and one more engine
// that the first byte chooses have to say the same.
//
// With LUPROOF_PEERS ("scripts/peers --luproof build/luproof") other people's checkers are asked
// too, once in a thousand systems: a C compiler runs for each.
#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "checker/anynumber/more_vfs.h"
#include "checker/check.h"
#include "checker/pdr/pdr.h"
#include "checker/smt.h"
#include "fuzz/folder.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/reach.h"

namespace {

using namespace luproof;
using namespace luproof::checker;

constexpr std::size_t kMaximumConfigurations = 400;
constexpr int kBound = 4;

void hold(bool that) {
  if (!that) __builtin_trap();
}

struct Loaded {
  Loaded(const std::string& path, int vfs) {
    model::LoadOptions options;
    options.vfs.count = vfs;
    model::Diagnostics diagnostics;
    auto read = model::load(path, options, diagnostics);
    hold(read.has_value());  // well typed by construction
    model = std::make_unique<model::Model>(std::move(*read));
    layout = std::make_unique<model::Layout>(*model);
  }
  std::unique_ptr<System> system(bool fuse) const {
    model::Diagnostics diagnostics;
    GroundOptions options;
    options.fuse = fuse;
    auto made = ground(*model, *layout, options, diagnostics);
    hold(made != nullptr);
    return made;
  }
  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
};

Limits ten_seconds() {
  Limits limits;
  limits.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  return limits;
}

// Its findings against what the interpreter reached. A run that is shown replays.
void agree(const Loaded& loaded, const Reached& plain, Outcome outcome, bool complete) {
  std::set<int> violated;
  std::set<std::string> faults;
  for (Finding& f : outcome.findings) {
    if (f.property == "deadlock") continue;
    if (f.verdict == Verdict::Holds && f.index >= 0) hold(plain.violated.count(f.index) == 0);
    if (f.verdict != Verdict::Violated) continue;
    if (f.index >= 0)
      violated.insert(f.index);
    else
      faults.insert(f.property);
    hold(f.run && replay(*loaded.model, *loaded.layout, *f.run, f.index).empty());
  }
  if (complete) {
    hold(violated == plain.violated && faults == plain.faults);
  } else {
    for (const int p : violated) hold(plain.violated.count(p) == 1);
    for (const std::string& fault : faults) hold(plain.faults.count(fault) == 1);
  }
}

void explored(const Loaded& loaded, const Reached& plain, bool fuse, bool symmetry) {
  const auto system = loaded.system(fuse);
  ExploreOptions options;
  options.symmetry = symmetry;
  options.threads = 1;
  Graph graph(*system);
  const bool places = !fuse && !symmetry;
  Outcome outcome = explore(*system, options, Limits{}, places ? &graph : nullptr);
  hold(outcome.statistics.exhausted && outcome.statistics.pool_exhausted == plain.full_pool);
  if (places) hold(places_of(*system, graph, *loaded.layout).places == plain.places);
  agree(loaded, plain, std::move(outcome), true);
}

void solver(const Loaded& loaded, const Reached& plain) {
  const auto system = loaded.system(false);
  Limits limits = ten_seconds();
  limits.bound = kBound;
  Outcome outcome = check_smt(*system, {}, limits);
  bool found = false;
  for (const Finding& f : outcome.findings)
    found = found || (f.index >= 0 && f.verdict == Verdict::Violated);
  const bool near = plain.shortest > 0 && plain.shortest - 1 <= std::size_t{kBound};
  hold(found == near || !outcome.statistics.stopped_by.empty());
  agree(loaded, plain, std::move(outcome), false);
}

void prover(const Loaded& loaded, const Reached& plain) {
  const auto system = loaded.system(true);
  Outcome outcome = check_pdr(*system, {}, ten_seconds());
  const bool complete = outcome.statistics.stopped_by.empty();
  agree(loaded, plain, std::move(outcome), complete);
}

// What is said of any number of VFs has to be so of three.
void any_number(const std::string& path, const Reached& plain) {
  const AnyVfs any = any_number_of_vfs(path, {}, {}, ten_seconds());
  if (!any.asked || !any.why_not.empty()) return;
  const Loaded three(path, 3);
  const Reached more = interpret(*three.model, *three.layout, 10 * kMaximumConfigurations);
  if (more.too_large) return;
  for (const int p : more.violated) hold(plain.violated.count(p) == 1 || !any.shows(p));
}

void peers(const std::string& path) {
  const char* const command = std::getenv("LUPROOF_PEERS");
  static std::uint64_t systems = 0;
  if (!command || ++systems % 1000 != 0) return;
  const int status = std::system((std::string(command) + " " + path + " >/dev/null 2>&1").c_str());
  hold(status == 0 || status == 77 << 8);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  if (size == 0) return 0;
  const std::string path =
      folder.write("random.yaml", RandomSpec(std::vector(data + 1, data + size)).text());
  const Loaded loaded(path, 0);
  const Reached plain = interpret(*loaded.model, *loaded.layout, kMaximumConfigurations);
  if (plain.too_large) return 0;
  explored(loaded, plain, false, false);
  explored(loaded, plain, true, false);
  switch (data[0] % 4) {
    case 0:
      solver(loaded, plain);
      break;
    case 1:
      prover(loaded, plain);
      break;
    case 2:
      any_number(path, plain);
      break;
    default:
      explored(loaded, plain, true, true);
  }
  peers(path);
  return 0;
}
