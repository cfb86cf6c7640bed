// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/anynumber/more_vfs.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "checker/anynumber/depth.h"
#include "checker/anynumber/views.h"
#include "checker/explorer/explorer.h"

namespace luproof::checker {
namespace {

using model::FunctionKind;
using model::LoadOptions;

constexpr int kFewest = 3;  // copies that views are collected with
constexpr int kMost = 6;    // and at most
constexpr int kWidest = 2;  // members in a view
constexpr std::chrono::seconds kAtMost{20};

struct Grounded {
  std::unique_ptr<model::Model> model;
  std::unique_ptr<model::Layout> layout;
  std::unique_ptr<System> system;
  Compared compared;
};

class Prover {
 public:
  Prover(const std::string& path, const LoadOptions& load, const std::set<std::string>& without,
         const Limits& limits)
      : path_(path), load_(load), without_(without), limits_(limits) {}

  AnyVfs run() {
    if (look_at_topology()) prove();
    return std::move(out_);
  }

 private:
  bool stop(std::string why, model::Span where = {}) {
    out_.why_not = std::move(why);
    out_.where = std::move(where);
    return false;
  }
  std::optional<Grounded> grounded(int count, const std::vector<int>& shown);
  std::string no_system(int count) const;  // why grounded() had none
  bool look_at_topology();
  bool few();
  std::vector<Element> copies(const model::Model& model) const;
  std::optional<Views> views(int width);
  bool same_for_many(const Views& few, int width);
  void prove();

  const std::string& path_;
  const LoadOptions& load_;
  const std::set<std::string>& without_;
  const Limits& limits_;
  AnyVfs out_;
  int last_index_ = -1;  // of the VFs of the topology itself
  int copies_ = kFewest;
  std::string unfinished_;  // what ended the last grounding
};

std::optional<Grounded> Prover::grounded(int count, const std::vector<int>& shown) {
  LoadOptions options = load_;
  options.vfs = {count, shown};
  model::Diagnostics diagnostics;
  auto loaded = model::load(path_, options, diagnostics);
  if (!loaded) return std::nullopt;
  std::erase_if(loaded->assumptions, [&](const auto& a) { return without_.count(a.name); });
  Grounded g;
  g.model = std::make_unique<model::Model>(std::move(*loaded));
  g.layout = std::make_unique<model::Layout>(*g.model);
  g.system =
      ground(*g.model, *g.layout, {.limits = &limits_, .compared = &g.compared}, diagnostics);
  if (!g.system) return std::nullopt;
  unfinished_ = g.system->unfinished;
  if (!unfinished_.empty()) return std::nullopt;
  return g;
}

std::string Prover::no_system(int count) const {
  if (unfinished_ == "memory") return kNoMemory;
  return limits_.expired() ? kNoTime : fmt::format("{} VFs are no input of the spec", count);
}

bool Prover::look_at_topology() {
  model::Diagnostics diagnostics;
  const auto loaded = model::load(path_, load_, diagnostics);
  if (!loaded) return stop("the spec does not load");
  const model::Topology& topology = loaded->topology;
  int pf = -1;
  for (int i = 0; i < static_cast<int>(topology.functions.size()); ++i) {
    if (topology.functions[i].kind != FunctionKind::Pf || topology.vfs(i).empty()) continue;
    if (pf >= 0) return stop("more than one PF has VFs", topology.functions[i].span);
    pf = i;
  }
  if (pf < 0) return stop("no PF has VFs");
  out_.asked = true;
  for (std::size_t p = 0; p < loaded->properties.size(); ++p)
    if (loaded->properties[p].kind != model::PropertyKind::Safety)
      out_.not_shown[static_cast<int>(p)] = "what has to happen is looked at for this number only";
  if (topology.open()) return stop("the topology is open", topology.functions[pf].span);
  const std::vector<int> own = topology.vfs(pf);
  out_.from = static_cast<int>(own.size());
  last_index_ = topology.functions[own.back()].vf_index;
  out_.most = model::most_vfs(topology, pf);
  if (last_index_ + 1 != out_.from)
    return stop("the VFs of the topology are not its first ones", topology.functions[pf].span);
  const model::PciFunction& f = topology.functions[pf];
  const auto offset = f.value("first_vf_offset"), stride = f.value("vf_stride");
  const auto bus_of = [&](int index) {
    const auto at =
        model::vf_address(f.bdf, static_cast<int>(*offset), static_cast<int>(*stride), index);
    return at ? at->bus : -1;
  };
  // From one bus to the next these are not linear.
  if (quantifier_depth(*loaded, model::kFunction).address && f.has_address && offset && stride)
    while (out_.most > out_.from && bus_of(out_.most - 1) != bus_of(out_.from)) --out_.most;
  if (out_.most <= out_.from) return stop("no more VFs fit the buses", topology.functions[pf].span);
  return true;
}

// Every state, with one more VF, two more, and so on, below what views speak of.
bool Prover::few() {
  for (int more = 1; more < copies_ && out_.from + more <= out_.most; ++more) {
    const auto g = grounded(out_.from + more, {});
    if (!g) return stop(no_system(out_.from + more));
    const Outcome outcome = explore(*g->system, ExploreOptions{}, limits_);
    if (!outcome.statistics.exhausted) return stop("the search ended early");
    for (const Finding& f : outcome.findings) {
      const bool good = f.verdict == Verdict::Holds || f.verdict == Verdict::Vacuous;
      if (good) continue;
      const bool violated = f.verdict == Verdict::Violated;
      const std::string what = violated ? "violated" : "not decided";
      if (f.index < 0)
        return stop(fmt::format("with {} VFs {} is {}", out_.from + more, f.property, what));
      const std::string why = fmt::format("{} with {} VFs", what, out_.from + more);
      if (violated)
        out_.not_shown[f.index] = why;
      else
        out_.not_shown.try_emplace(f.index, why);
    }
  }
  return true;
}

std::vector<Element> Prover::copies(const model::Model& model) const {
  std::vector<Element> all;
  for (std::size_t i = 0; i < model.topology.functions.size(); ++i) {
    const model::PciFunction& f = model.topology.functions[i];
    if (f.kind == FunctionKind::Vf && f.vf_index > last_index_)
      all.push_back({model::kFunction, static_cast<int>(i)});
  }
  return all;
}

// With as many copies as the views ask for.
std::optional<Views> Prover::views(int width) {
  int lacked = kMost;
  for (copies_ = std::max(copies_, width + 2);;) {
    if (limits_.expired()) {
      stop(kNoTime);
      return std::nullopt;
    }
    if (out_.from + copies_ > out_.most) {
      stop("not enough VFs fit the buses to speak of all numbers");
      return std::nullopt;
    }
    const auto g = grounded(out_.from + copies_, {});
    if (!g) {
      stop(no_system(out_.from + copies_));
      return std::nullopt;
    }
    Views found = collect_views(*g->system, copies(*g->model), g->compared, width, limits_);
    if (found.obstacle.empty()) return found;
    // What asks for more again when it is given more asks for all.
    const int lacks = found.wanted - copies_;
    if (lacks <= 0 || lacks >= lacked || found.wanted > kMost) {
      stop(found.obstacle, found.where);
      return std::nullopt;
    }
    lacked = lacks;
    copies_ = found.wanted;
  }
}

// The largest number for which it goes the same way: with that many, and with half of them. What is
// linear in the indices of two VFs goes for all as it goes for the outermost pairs: the first two,
// the last two, the first and the last.
bool Prover::same_for_many(const Views& few, int width) {
  const int least = out_.from + copies_;
  const auto same_with = [&](int count, const std::vector<int>& shown) {
    const auto g = grounded(count, shown);
    if (!g) return false;  // more than the spec can count
    const Views many = collect_views(*g->system, copies(*g->model), g->compared, width, limits_);
    if (many.obstacle == kNoMemory) unfinished_ = "memory";
    return many.obstacle == few.obstacle && many.history == few.history && many.bad == few.bad &&
           many.faults == few.faults;
  };
  const auto same = [&](int most) {
    for (const int count : {most, (least + most) / 2}) {
      const int last = count - 1;
      std::vector<int> spread, low, high;
      for (int i = 0; i < copies_; ++i) {
        spread.push_back(out_.from + (last - out_.from) * i / (copies_ - 1));
        low.push_back(i + 1 < copies_ ? out_.from + i : last);
        high.push_back(i > 0 ? last + 1 - copies_ + i : out_.from);
      }
      for (const std::vector<int>& shown : {spread, low, high})
        if (!same_with(count, shown)) return false;
    }
    return true;
  };
  int good = least, bad = out_.most + 1;
  for (int next = out_.most; bad - good > 1; next = good + (bad - good) / 2) {
    const bool same_again = same(next);
    if (limits_.expired() || !unfinished_.empty()) return stop(no_system(next));
    (same_again ? good : bad) = next;
  }
  out_.most = good;
  return good > least || bad == least + 1 ||
         stop(fmt::format("with {} VFs something depends on their number", least + 1));
}

void Prover::prove() {
  std::optional<Views> best;
  for (int width = 1; width <= kWidest; ++width) {
    auto found = views(width);
    if (!found) {
      if (!best) return;
      out_.why_not.clear();  // what the narrower views showed stays
      break;
    }
    if (!same_for_many(*found, width)) return;
    const bool clean =
        std::none_of(found->bad.begin(), found->bad.end(), [](char bad) { return bad != 0; }) &&
        found->faults.empty();
    best = std::move(found);
    if (clean) break;
  }
  out_.looked_at = copies_;
  out_.width = best->width;
  out_.states = best->states;
  out_.views = best->views;
  if (best->exhausted_pool) {
    stop("a pool of the model is full in some view");
    return;
  }
  for (std::size_t p = 0; p < best->bad.size(); ++p)
    if (best->bad[p])
      out_.not_shown[static_cast<int>(p)] =
          fmt::format("a view of {} VFs violates it, which may be no run", best->width);
  if (!best->faults.empty()) {
    stop(fmt::format("{} in a view, which may be no run", fault_name(best->faults[0])));
    return;
  }
  few();
}

}  // namespace

AnyVfs any_number_of_vfs(const std::string& path, const LoadOptions& load,
                         const std::set<std::string>& without, const Limits& limits) {
  Limits own = limits;
  own.deadline = std::min(own.deadline, std::chrono::steady_clock::now() + kAtMost);
  return Prover(path, load, without, own).run();
}

}  // namespace luproof::checker
