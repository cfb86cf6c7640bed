// SPDX-License-Identifier: GPL-2.0-or-later
// `luproof simulate DESIGN`: step through a run by hand, by a script, or at random.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/simulate_session.h"

namespace luproof::cli {
namespace {

using model::Diagnostics;

constexpr std::size_t kMostFirst = 100'000;  // first states that are listed to find one

struct Simulate {
  std::string design, script;
  bool random = false, verbose = false;
  std::uint64_t seed = 1;
  int steps = 200;
  SpecsOption specs;
  LimitOptions limits;
  ReadingOptions reading;
  ColourOption colour;

  void declare(CLI::App& app);
  int run() const;

 private:
  std::optional<checker::Checked> load(Diagnostics& diagnostics) const;
};

void Simulate::declare(CLI::App& app) {
  app.add_option("DESIGN", design, "A spec")->required();
  app.add_option("--script", script, "Commands, instead of those from standard input");
  app.add_flag("--random", random, "Walk at random, and stop at a violation");
  app.add_option("--seed", seed, "Of the random walk: the same one walks the same way anywhere");
  app.add_option("--steps", steps, "Of the random walk, at most")->check(CLI::Range(0, 100'000));
  app.add_flag("--verbose", verbose, "Silent steps one by one");
  specs.declare(app);
  limits.declare(app);
  reading.declare(app);
  colour.declare(app);
  app.footer(
      "Exit status: 0 the run violates nothing, as it stands at the end; 1 it does;\n"
      "2 the input is wrong; 3 a limit or a signal stopped what a script asked.");
}

std::optional<checker::Checked> Simulate::load(Diagnostics& diagnostics) const {
  const auto options = reading.load(specs.folder(), diagnostics);
  if (!options) return std::nullopt;
  const auto readings = model::readings(design, *options, diagnostics);
  if (!readings) return std::nullopt;
  if (readings->size() != 1) {
    std::vector<std::string> names;
    for (const model::Reading& one : *readings) {
      std::string name = one.variant.empty() ? "" : "--variant " + one.variant;
      for (const auto& [choice, alternative] : one.choices)
        name += fmt::format(" --choose {}={}", choice, alternative);
      names.push_back(name);
    }
    diagnostics.error({}, fmt::format("{} has {} readings", design, names.size()),
                      "choose one: " + report::joined(names, "; "));
    return std::nullopt;
  }
  auto loaded = model::load(design, report::with_reading(*options, (*readings)[0]), diagnostics);
  if (!loaded) return std::nullopt;
  checker::Checked checked;
  checked.reading = (*readings)[0];
  checked.model = std::make_unique<model::Model>(std::move(*loaded));
  checked.layout = std::make_unique<model::Layout>(*checked.model);
  return checked;
}

int Simulate::run() const {
  Diagnostics diagnostics;
  checker::Limits bounds = limits.limits(diagnostics);
  const auto checked = load(diagnostics);
  if (const int status = report_diagnostics(diagnostics); !checked) return status;
  checker::Simulation simulation(*checked->model, *checked->layout);
  simulation.keep_to(bounds);
  std::optional<std::vector<checker::Configuration>> starts;
  try {
    starts = simulation.starts(kMostFirst);
  } catch (const checker::Ended&) {
    return stopped(bounds, "no first state is known");
  }
  if (!starts || starts->empty()) {
    diagnostics.error(
        {},
        starts ? fmt::format("{} has no first state", design)
               : fmt::format("{} leaves too much open to list its first states", design),
        starts ? "no first state meets its assumptions" : "fix some of it with a topology");
    return report_diagnostics(diagnostics);
  }
  simulation.begin(starts->front());
  report::Request request;
  request.path = design;
  reading.repeat(request);
  Session session(*checked, simulation, std::move(*starts), request, bounds,
                  {verbose, specs.folder(), report::Style{colour.use()}});
  if (random) return session.random(seed, steps);
  LineInput input(script, diagnostics);
  if (const int status = report_diagnostics(diagnostics); status != report::kHolds) return status;
  return session.run(input);
}

}  // namespace

Action simulate_command(CLI::App& app) {
  auto simulate = std::make_shared<Simulate>();
  simulate->declare(app);
  return [simulate] { return simulate->run(); };
}

}  // namespace luproof::cli
