// SPDX-License-Identifier: GPL-2.0-or-later
// What was seen is explained by the search exactly when enumeration with the interpreter explains
// it; on random specs, with runs as they were and with runs that were tampered with.
#include <catch2/catch.hpp>

#include <random>

#include "checker/check.h"
#include "tests/checker/random_spec.h"
#include "tests/checker/seen_oracle.h"
#include "tests/checker/spec_text.h"

namespace luproof::checker::test {
namespace {

constexpr std::size_t kOracleLimit = 20'000;

// The search does not count what the environment did.
model::Model unlimited(const std::string& text) {
  auto model = load_text(text);
  for (model::Act& act : model->acts) act.at_most = 50;
  return std::move(*model);
}

struct Tried {
  int explained = 0, violates = 0, unexplained = 0;
};

class Trial {
 public:
  Trial(const model::Model& model, std::uint64_t seed)
      : m_(model), layout_(model), interpreter_(model, layout_), random_(seed) {}

  void run(int steps, Tried& tried) {
    Observations observations;
    observations.kernels.push_back(visible());
    observations.seen = walk(steps, observations.kernels[0]);
    tamper(observations.seen);
    if (observations.seen.empty()) return;
    const auto any = SeenOracle(m_, layout_, observations, false).answer(kOracleLimit);
    if (any.too_large) return;
    const auto clean = SeenOracle(m_, layout_, observations, true).answer(kOracleLimit);
    if (clean.too_large) return;
    model::Diagnostics diagnostics;
    const auto system = ground(m_, layout_, GroundOptions{pick(2) == 0, nullptr}, diagnostics);
    REQUIRE(system);
    Conformity found = conform(*system, observations, {}, Limits{});
    CAPTURE(any.explained, clean.explained, any.furthest, found.furthest,
            static_cast<int>(found.answer), observations.seen.size());
    REQUIRE(found.answer != Conformity::Answer::Stopped);
    switch (found.answer) {
      case Conformity::Answer::Explained:
        ++tried.explained;
        CHECK(clean.explained);
        CHECK(replay(m_, layout_, found.run, -1) == "");
        break;
      case Conformity::Answer::Violates:
        ++tried.violates;
        CHECK_FALSE(clean.explained);
        // A built-in violation ends the run before the lines do.
        if (found.property_index >= 0) CHECK(any.explained);
        break;
      default:
        ++tried.unexplained;
        CHECK_FALSE(any.explained);
        CHECK(found.furthest == any.furthest);
    }
  }

 private:
  int pick(std::size_t n) { return static_cast<int>(random_() % n); }

  Visible visible() {
    Visible v;
    for (std::size_t i = 0; i < m_.procedures.size(); ++i) {
      v.enter.push_back(pick(3) > 0);
      v.leave.push_back(pick(3) > 0);
    }
    for (std::size_t i = 0; i < m_.events.size(); ++i) v.event.push_back(pick(3) > 0);
    return v;
  }

  std::vector<Seen> walk(int steps, const Visible& v) {
    std::vector<Seen> all;
    auto starts = interpreter_.initial(1000);
    if (!starts || starts->empty()) return all;
    Configuration at = (*starts)[static_cast<std::size_t>(pick(starts->size()))];
    const auto kernel = static_cast<std::size_t>(layout_.find(model::Part::Kernel, -1)->base);
    for (int i = 0; i < steps; ++i) {
      auto next = interpreter_.successors(at);
      std::erase_if(next, [&](const Successor& s) {
        return s.fault != Fault::None || s.scope_exhausted ||
               s.next.data[kernel] != at.data[kernel];
      });
      if (next.empty()) break;
      const Successor& taken = next[static_cast<std::size_t>(pick(next.size()))];
      for (const Shows& s : shown_by(m_, taken)) {
        const auto& marks = s.kind == Seen::Kind::Enter   ? v.enter
                            : s.kind == Seen::Kind::Leave ? v.leave
                                                          : v.event;
        if (!marks[static_cast<std::size_t>(s.subject)]) continue;
        Seen seen;
        seen.kind = s.kind;
        seen.subject = s.subject;
        seen.args = s.args;
        if (pick(4) > 0) seen.result = s.result;
        all.push_back(seen);
      }
      at = taken.next;
    }
    return all;
  }

  void tamper(std::vector<Seen>& seen) {
    if (seen.size() < 2 || pick(3) == 0) return;
    const auto at = static_cast<std::size_t>(pick(seen.size() - 1));
    switch (pick(6)) {
      case 4:  // one is lost, and that is known
        seen[at] = Seen{};
        seen[at].kind = Seen::Kind::Any;
        break;
      case 5:
        seen[at] = Seen{};
        break;
      case 0:
        seen.erase(seen.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        std::swap(seen[at], seen[at + 1]);
        break;
      case 2:
        seen.insert(seen.begin() + static_cast<std::ptrdiff_t>(at), seen[at]);
        break;
      default:
        if (seen[at].kind == Seen::Kind::Leave && seen[at].result != kUnknownValue)
          seen[at].result = seen[at].result == 0 ? 1 : 0;
    }
  }

  const model::Model& m_;
  model::Layout layout_;
  Interpreter interpreter_;
  std::mt19937_64 random_;
};

Tried try_specs(int specs, std::uint64_t first) {
  Tried tried;
  for (int i = 0; i < specs; ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    const std::string text = RandomSpec(seed).text();
    CAPTURE(seed, text);
    const model::Model model = unlimited(text);
    for (int k = 0; k < 4; ++k)
      Trial(model, seed * 31 + static_cast<std::uint64_t>(k)).run(12 + 6 * k, tried);
  }
  return tried;
}

}  // namespace

TEST_CASE("a run is found exactly when enumeration finds one", "[checker][conform]") {
  const Tried tried = try_specs(400, 4000);
  // The trials are worth something only if all answers occur.
  CHECK(tried.explained > 150);
  CHECK(tried.unexplained > 150);
  CHECK(tried.violates > 0);
}

TEST_CASE("a run is found exactly when enumeration finds one, at length",
          "[checker][conform][long]") {
  const Tried tried = try_specs(2500, 100'000);
  CHECK(tried.explained > 1000);
  CHECK(tried.unexplained > 500);
}

}  // namespace luproof::checker::test
