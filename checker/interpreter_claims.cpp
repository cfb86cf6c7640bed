// SPDX-License-Identifier: GPL-2.0-or-later
// What claims remember from step to step: docs/language.md, section 9.
#include "checker/interpreter_run.h"

namespace luproof::checker::plain {

void update_latches(const World& world, State& data, const Control& control) {
  // `from` and `until` look at the state as the step left it, not at latches.
  const State after = data;
  for (int c = 0; c < static_cast<int>(world.model.claims.size()); ++c) {
    const model::Claim& claim = world.model.claims[c];
    const int latch = world.at(Part::Latch, c).base;
    const int kernel = world.at(Part::LatchKernel, c).base;
    const int released = world.at(Part::Released, c).base;
    const auto set_samples = [&](int offset, const std::function<Value(const model::Sample&)>& of) {
      for (int s = 0; s < static_cast<int>(world.model.samples.size()); ++s)
        if (world.model.samples[s].claim == c)
          data[world.at(Part::Sampled, s).base + offset] = of(world.model.samples[s]);
    };
    const auto let_go = [&](int offset) {
      data[latch + offset] = 0;
      data[kernel + offset] = 0;
      set_samples(offset, [](const model::Sample&) { return 0; });
    };
    for (int e = 0; e < world.model.sorts[claim.sort].size; ++e) {
      const Value element = world.reference(claim.sort, e);
      const bool latched = data[latch + e] != 0;
      if (!world.alive(after, claim.sort, element)) {
        if (latched) let_go(e);
        continue;
      }
      const auto evaluator = [&] {
        Evaluator fresh(world, View{&after, &control}, std::vector<Value>(claim.locals.size()));
        fresh.bind(0, element);
        return fresh;
      };
      const bool until = claim.until && evaluator().truth(*claim.until);
      if (latched && until) {
        if (world.kernel(after) > data[kernel + e]) data[released + e] = 1;
        let_go(e);
      } else if (!latched && !until && evaluator().truth(*claim.from)) {
        data[latch + e] = 1;
        data[kernel + e] = world.kernel(after);
        set_samples(e,
                    [&](const model::Sample& sample) { return evaluator().value(*sample.expr); });
      }
    }
  }
}

}  // namespace luproof::checker::plain
