// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/repair/hitting.h"

#include <z3++.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace luproof::checker::repair {
namespace {

constexpr int kOneChange = 1000;

}  // namespace

struct HittingSets::Impl {
  z3::context context;
  z3::optimize solver{context};
  std::vector<z3::expr> in;
  std::vector<int> likeliest;  // candidates by rank
  std::vector<char> single;    // may still be a repair by itself
  bool several = true;         // sets of more than one are wanted

  z3::expr clause(const Set& out_of, const Set& into) {
    z3::expr_vector any(context);
    for (const int i : out_of) any.push_back(!in[static_cast<std::size_t>(i)]);
    for (const int i : into) any.push_back(in[static_cast<std::size_t>(i)]);
    return z3::mk_or(any);
  }
};

HittingSets::HittingSets(const std::vector<int>& ranks, int most)
    : impl_(std::make_unique<Impl>()) {
  impl_->several = most > 1;
  impl_->single.assign(ranks.size(), 1);
  impl_->likeliest.resize(ranks.size());
  std::iota(impl_->likeliest.begin(), impl_->likeliest.end(), 0);
  std::stable_sort(impl_->likeliest.begin(), impl_->likeliest.end(), [&](int a, int b) {
    return ranks[static_cast<std::size_t>(a)] < ranks[static_cast<std::size_t>(b)];
  });
  z3::expr_vector all(impl_->context);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    impl_->in.push_back(impl_->context.bool_const(("c" + std::to_string(i)).c_str()));
    all.push_back(impl_->in.back());
    impl_->solver.add_soft(!impl_->in.back(), static_cast<unsigned>(kOneChange + ranks[i]));
  }
  if (!ranks.empty()) impl_->solver.add(z3::atmost(all, static_cast<unsigned>(most)));
}

HittingSets::~HittingSets() = default;

void HittingSets::learn(const Set& failed, const Set& stops) {
  impl_->solver.add(impl_->clause(failed, stops));
  for (std::size_t i = 0; i < impl_->single.size(); ++i) {
    const int id = static_cast<int>(i);
    const bool other_failed =
        std::any_of(failed.begin(), failed.end(), [&](int f) { return f != id; });
    if (!other_failed && !std::binary_search(stops.begin(), stops.end(), id)) impl_->single[i] = 0;
  }
}

std::vector<Set> HittingSets::single(int count) const {
  std::vector<Set> found;
  for (const int id : impl_->likeliest)
    if (impl_->single[static_cast<std::size_t>(id)] && static_cast<int>(found.size()) < count)
      found.push_back({id});
  return found;
}

void HittingSets::exclude_together(int a, int b) { learn({a, b}, {}); }

std::vector<Set> HittingSets::next(int count, unsigned milliseconds) {
  std::vector<Set> found = single(count);
  if (!found.empty() || !impl_->several) return found;
  impl_->solver.push();
  z3::params params(impl_->context);
  params.set("timeout", milliseconds);
  impl_->solver.set(params);
  while (static_cast<int>(found.size()) < count) {
    const z3::check_result result = impl_->solver.check();
    if (result == z3::unknown) gave_up_ = found.empty();
    if (result != z3::sat) break;
    const z3::model model = impl_->solver.get_model();
    Set set;
    for (std::size_t i = 0; i < impl_->in.size(); ++i)
      if (model.eval(impl_->in[i], true).is_true()) set.push_back(static_cast<int>(i));
    if (!found.empty() && set.size() > found[0].size()) break;
    impl_->solver.add(impl_->clause(set, {}));
    found.push_back(std::move(set));
  }
  impl_->solver.pop();
  return found;
}

}  // namespace luproof::checker::repair
