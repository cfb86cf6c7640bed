// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/repair/repair.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/stopped.h"

namespace luproof::checker::repair {
namespace {

using std::chrono::steady_clock;

// A change may make a search endless; what takes this much longer than it did is given up.
constexpr double kShortestTry = 10, kLonger = 20;
constexpr int kLongestQuestion = 30'000;  // milliseconds, to the optimiser

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// What came of a set.
struct Tried {
  std::shared_ptr<Checked> checked;
  std::vector<const Run*> goes_on;  // runs that violate something still, or now
  std::string why_not;              // "" = it is a repair
  bool hopeless = false;            // with more changes too
};

class Search {
 public:
  Search(std::string path, model::LoadOptions load, model::Reading reading,
         const RepairOptions& asked, const CheckOptions& options, const Limits& limits)
      : path_(std::move(path)),
        load_(std::move(load)),
        reading_(std::move(reading)),
        asked_(asked),
        options_(options),
        limits_(limits) {}

  std::optional<Repairs> run(model::Diagnostics& diagnostics) {
    if (!begin(diagnostics)) return std::nullopt;
    if (result_.violated.empty()) return std::move(result_);
    const bool some_declared = std::any_of(result_.all.begin(), result_.all.end(),
                                           [](const Candidate& c) { return c.declared; });
    // Of what is declared all sizes are soon tried; what is found bounds the search among the rest.
    std::vector<Repair> declared;
    int most = asked_.size;
    if (some_declared && asked_.derive) {
      declared = look(true, most);
      if (!declared.empty()) most = static_cast<int>(declared[0].set.size());
    }
    result_.found = look(!asked_.derive, most);
    if (result_.found.empty()) result_.found = std::move(declared);
    return std::move(result_);
  }

 private:
  // Sets of up to `most` candidates, or of those that are declared.
  std::vector<Repair> look(bool declared, int most) {
    std::vector<Repair> found;
    std::vector<int> ranks;
    for (const Candidate& c : result_.all) ranks.push_back(c.rank);
    HittingSets sets(ranks, most);
    for (std::size_t a = 0; a < result_.all.size(); ++a) {
      if (declared && !result_.all[a].declared) sets.learn({static_cast<int>(a)}, {});
      for (std::size_t b = a + 1; most > 1 && b < result_.all.size(); ++b)
        if (exclude_each_other(result_.all[a], result_.all[b]))
          sets.exclude_together(static_cast<int>(a), static_cast<int>(b));
    }
    result_.unstopped.clear();
    for (const Finding& f : result_.base->findings) {
      if (!f.run || !has(result_.violated, f.property)) continue;
      const Set stops = changing(*result_.base, *f.run, {});
      if (stops.empty()) result_.unstopped.push_back(f.property);
      sets.learn({}, stops);
    }
    while (result_.unstopped.empty() && static_cast<int>(found.size()) < asked_.most) {
      if (std::string why = stopped_by(limits_); !why.empty()) {
        result_.stopped = std::move(why);
        break;
      }
      const std::vector<Set> batch = sets.next(asked_.jobs, milliseconds_left());
      if (sets.gave_up()) result_.stopped = "timeout";
      if (batch.empty() || (!found.empty() && batch[0].size() > found[0].set.size())) break;
      try_all(batch, sets, found);
    }
    return found;
  }

  bool begin(model::Diagnostics& diagnostics) {
    CheckOptions observing = options_;
    observing.observe = true;
    auto base = check(path_, load_, reading_, observing, limits_, diagnostics);
    model::LoadOptions with = load_;
    with.variant = reading_.variant;
    for (const auto& [name, alternative] : reading_.choices) with.choose[name] = alternative;
    const auto composition = model::compose(path_, with, diagnostics);
    if (!base || !composition) return false;
    result_.base = std::make_unique<Checked>(std::move(*base));
    std::vector<const Run*> runs;
    for (const Finding& f : result_.base->findings) {
      before_[f.property] = f.verdict;
      if (f.verdict != Verdict::Violated) continue;
      if (!asked_.properties.empty() && !has(asked_.properties, f.property)) continue;
      result_.violated.push_back(f.property);
      if (f.run) runs.push_back(&*f.run);
    }
    if (result_.violated.empty()) return true;
    result_.all = candidates(*composition, with, *result_.base, runs, asked_.derive, diagnostics);
    return diagnostics.ok() && loads(diagnostics);
  }

  // What is declared has to make sense; what is derived and does not is no candidate.
  bool loads(model::Diagnostics& diagnostics) {
    for (std::size_t i = 0; i < result_.all.size(); ++i) {
      if (!result_.all[i].declared) continue;
      const auto edited = with({static_cast<int>(i)}, diagnostics);
      if (!edited) return false;
      model::LoadOptions options = *edited;
      options.variant = reading_.variant;
      for (const auto& [name, alternative] : reading_.choices) options.choose[name] = alternative;
      if (!model::load(path_, options, diagnostics)) return false;
    }
    return true;
  }

  std::optional<model::LoadOptions> with(const Set& set, model::Diagnostics& diagnostics) const {
    std::vector<const Candidate*> some;
    std::string name;
    for (const int i : set) {
      some.push_back(&result_.all[static_cast<std::size_t>(i)]);
      if (some.back()->declared) name += (name.empty() ? "" : "+") + some.back()->name;
    }
    model::LoadOptions load = load_;
    const auto edit =
        model::fragment(name.empty() ? "repair" : name, variant_text(some, 0), diagnostics);
    if (!edit) return std::nullopt;
    load.edits.push_back(edit);
    return load;
  }

  unsigned milliseconds_left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.deadline -
                                                                            steady_clock::now())
                          .count();
    return static_cast<unsigned>(std::clamp<long>(left, 1, kLongestQuestion));
  }

  // Candidates that may change the run, besides those that it was found with.
  Set changing(const Checked& checked, const Run& run, const Set& without) const {
    const plain::World world(*checked.model, *checked.layout);
    Set some;
    for (std::size_t i = 0; i < result_.all.size(); ++i) {
      const int id = static_cast<int>(i);
      if (!std::binary_search(without.begin(), without.end(), id) &&
          may_change(result_.all[i], *checked.model, world, run))
        some.push_back(id);
    }
    return some;
  }

  void try_all(const std::vector<Set>& batch, HittingSets& sets, std::vector<Repair>& found) {
    std::vector<Tried> tried(batch.size());
    asked_.side_by_side(batch.size(), [&](std::size_t i) { tried[i] = attempt(batch[i]); });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      ++result_.tried;
      const Tried& t = tried[i];
      if (t.why_not.empty()) {
        if (static_cast<int>(found.size()) < asked_.most) found.push_back({batch[i], t.checked});
        sets.learn(batch[i], {});
        continue;
      }
      ++result_.why_not[t.why_not];
      for (const Run* run : t.goes_on) sets.learn(batch[i], changing(*t.checked, *run, batch[i]));
      if (!t.goes_on.empty()) continue;
      Set others;
      for (std::size_t c = 0; !t.hopeless && c < result_.all.size(); ++c)
        if (!std::binary_search(batch[i].begin(), batch[i].end(), static_cast<int>(c)))
          others.push_back(static_cast<int>(c));
      sets.learn(batch[i], others);
    }
    if (asked_.progress) asked_.progress(result_.tried, result_.all.size());
  }

  Tried attempt(const Set& set) const {
    Tried t;
    model::Diagnostics diagnostics;
    const auto edited = with(set, diagnostics);
    Limits bounds = limits_.shared_by(static_cast<std::size_t>(asked_.jobs));
    bounds.progress = nullptr;
    const double seconds = std::max(kShortestTry, kLonger * result_.base->statistics.seconds);
    bounds.deadline =
        std::min(bounds.deadline, steady_clock::now() +
                                      std::chrono::milliseconds(static_cast<long>(seconds * 1000)));
    std::optional<Checked> checked;
    if (edited) checked = check(path_, *edited, reading_, options_, bounds, diagnostics);
    if (!checked || !diagnostics.ok()) {
      t.why_not = "does not load";
      t.hopeless = true;
      return t;
    }
    t.checked = std::make_shared<Checked>(std::move(*checked));
    judge(t);
    return t;
  }

  void judge(Tried& t) const {
    if (!t.checked->broken.empty()) {
      t.why_not = "a run did not replay";
      return;
    }
    for (const Finding& f : t.checked->findings) {
      const auto before = before_.find(f.property);
      const Verdict was = before == before_.end() ? Verdict::Holds : before->second;
      const bool asked = has(result_.violated, f.property);
      if (was == Verdict::Violated && !asked) continue;  // somebody else's
      switch (f.verdict) {
        case Verdict::Violated:
          if (f.run) t.goes_on.push_back(&*f.run);
          t.why_not = asked ? "still violated" : "something else is violated";
          break;
        case Verdict::Vacuous:
          if ((asked || was == Verdict::Holds || asked_.properties.empty()) && t.why_not.empty())
            t.why_not = "vacuous: what is promised is never taken up";
          break;
        case Verdict::Unknown:
          if (t.why_not.empty()) t.why_not = "could not be decided";
          break;
        case Verdict::Holds:
          if (f.depth >= 0 && t.why_not.empty()) t.why_not = "holds only within a bound";
          break;
      }
    }
    if (!t.checked->statistics.stopped_by.empty()) t.why_not = "could not be decided";
    // A property that no claim guards has no witness: it would hold of a kernel that never ends.
    if (t.why_not.empty() && has(t.checked->never_fired, "kexec") &&
        !has(result_.base->never_fired, "kexec"))
      t.why_not = "no update happens any more";
  }

  const std::string path_;
  const model::LoadOptions load_;
  const model::Reading reading_;
  const RepairOptions& asked_;
  const CheckOptions& options_;
  const Limits& limits_;
  std::map<std::string, Verdict> before_;
  Repairs result_;
};

}  // namespace

std::optional<Repairs> repair(const std::string& path, const model::LoadOptions& load,
                              const model::Reading& reading, const RepairOptions& asked,
                              const CheckOptions& options, const Limits& limits,
                              model::Diagnostics& diagnostics) {
  return Search(path, load, reading, asked, options, limits).run(diagnostics);
}

}  // namespace luproof::checker::repair
