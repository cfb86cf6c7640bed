// SPDX-License-Identifier: GPL-2.0-or-later
// What a step shows, held to what was seen: whether it fits, and what of it no line has shown yet.
#include <algorithm>

#include "checker/conform/search.h"

namespace luproof::checker {

namespace {

bool same_result(Value model, Value seen, bool errors, bool excused) {
  if (seen == kUnknownValue || model == kUnknownValue || model == seen) return true;
  return errors && excused && model != 0 && seen != 0;
}

}  // namespace

std::uint32_t ConformSearch::intern(std::vector<Hand> crew) {
  std::vector<Value> flat;
  bool idle = true;
  for (const Hand& h : crew) {
    idle = idle && h == Hand{};
    flat.insert(flat.end(), {h.task, h.depth, h.excused, h.remaining});
  }
  if (idle) return 0;
  const auto [at, fresh] =
      crew_index_.emplace(std::move(flat), static_cast<std::uint32_t>(crews_.size()));
  if (fresh) crews_.push_back(std::move(crew));
  return at->second;
}

std::optional<Value> ConformSearch::see(Term t) {
  if (!open_state_) return s_.terms.evaluate(t, current_);
  const auto value = partial_.value(t);
  if (!value) hangs_ = t;
  return value;
}

// What a step shows beyond the line that was matched, with the values it has there.
std::optional<Value> ConformSearch::keep(const std::vector<Emission>& all, std::size_t from,
                                         const Visible& kernel) {
  std::vector<Value> flat;
  for (std::size_t i = from; i < all.size(); ++i) {
    const Emission& e = all[i];
    if (!Shown::visible(e, kernel)) continue;
    const auto result = e.result < 0 ? std::optional<Value>(kUnknownValue) : see(e.result);
    if (!result) return std::nullopt;
    flat.insert(flat.end(), {static_cast<Value>(e.kind), e.subject, *result,
                             static_cast<Value>(e.args.size())});
    for (const Term arg : e.args) {
      const auto value = see(arg);
      if (!value) return std::nullopt;
      flat.push_back(*value);
    }
  }
  return intern_rest(std::move(flat));
}

Value ConformSearch::intern_rest(std::vector<Value> rest) {
  if (rest.empty()) return 0;
  const auto [at, fresh] = remainder_index_.emplace(rest, static_cast<Value>(remainders_.size()));
  if (fresh) remainders_.push_back(std::move(rest));
  return at->second;
}

int ConformSearch::first_visible(int transition, const Visible& kernel) const {
  const auto& all = shown_.of(transition);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (Shown::visible(all[i], kernel)) return static_cast<int>(i);
  return -1;
}

// nullopt: it hangs on what is not settled.
std::optional<bool> ConformSearch::fits(const Emission& e, const Seen& seen, bool excused) {
  if (e.kind != seen.kind || e.subject != seen.subject) return false;
  for (std::size_t i = 0; i < std::min(e.args.size(), seen.args.size()); ++i) {
    if (seen.args[i] == kUnknownValue) continue;
    const auto value = see(e.args[i]);
    if (!value) return std::nullopt;
    if (*value != seen.args[i]) return false;
  }
  if (e.result < 0 || seen.result == kUnknownValue) return true;
  const auto result = see(e.result);
  if (!result) return std::nullopt;
  const bool errors = s_.model->procedures[e.subject].result.kind == model::Type::Kind::Errno;
  return same_result(*result, seen.result, errors, excused);
}

bool ConformSearch::fits(const std::vector<Value>& remaining, const Seen& seen,
                         bool excused) const {
  if (remaining[0] != static_cast<Value>(seen.kind) || remaining[1] != seen.subject) return false;
  const auto count = static_cast<std::size_t>(remaining[3]);
  for (std::size_t i = 0; i < std::min(count, seen.args.size()); ++i)
    if (seen.args[i] != kUnknownValue && remaining[4 + i] != seen.args[i]) return false;
  if (seen.kind != Seen::Kind::Leave) return true;
  const bool errors = s_.model->procedures[seen.subject].result.kind == model::Type::Kind::Errno;
  return same_result(remaining[2], seen.result, errors, excused);
}

std::optional<std::uint32_t> ConformSearch::crew_after(int transition, const Seen* seen,
                                                       int heard) {
  const Transition& t = s_.transitions[transition];
  if (t.kexec) return 0;
  if (t.instance < 0) return at_.crew;
  std::vector<Hand> crew = crews_[at_.crew];
  Hand& hand = crew[t.instance];
  if (seen != nullptr && seen->task != 0) hand.task = seen->task;
  hand.depth = std::max(0, hand.depth + shown_.depth(transition));
  const Label& label = t.labels.front();
  if (t.environment && label.event < 0) hand.excused = 1;
  hand.remaining = 0;
  if (heard >= 0) {
    const auto rest =
        keep(shown_.of(transition), static_cast<std::size_t>(heard) + 1, kernel_at(at_.position));
    if (!rest) return std::nullopt;
    hand.remaining = *rest;
  }
  if (hand.depth == 0 && hand.remaining == 0) hand = Hand{};
  return intern(std::move(crew));
}

}  // namespace luproof::checker
