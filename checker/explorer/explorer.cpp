// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/explorer/explorer.h"

#include <algorithm>
#include <limits>

#include "checker/explorer/graph_checks.h"
#include "checker/explorer/search.h"
#include "checker/stopped.h"
#include "checker/symmetry/canonical.h"

namespace luproof::checker {

using model::Part;
using model::PropertyKind;

namespace {

constexpr std::size_t kInitialLimit = 1'000'000;
constexpr std::size_t kMaximumStates = 0xfffffff0u;
// States of a search that is left for one with exchanges, if there are any.
constexpr std::size_t kWorthReducing = 4'000;
constexpr std::size_t kWorthALoop = 1'000'000;  // states, to show one
constexpr std::size_t kChunk = 256;  // states expanded before their successors are looked up
// From where on other cores take part if nobody says how many.
constexpr std::size_t kWorthThreads = 100'000;
constexpr std::size_t kWorthPieces = 16;
constexpr std::size_t kAhead = 12;  // successors whose known twin is asked for ahead

bool asked(const ExploreOptions& options, std::size_t property) {
  return asks_for(options.only, static_cast<int>(property));
}

// Somebody waits within a procedure, or a property speaks of what can follow.
bool asks_for_edges(const System& system, const ExploreOptions& options) {
  const auto& properties = system.model->properties;
  for (std::size_t p = 0; p < properties.size(); ++p)
    if (asked(options, p) && (properties[p].kind == PropertyKind::Recoverable ||
                              properties[p].kind == PropertyKind::LeadsTo))
      return true;
  return asks_for(options.only, kDeadlock) && waits_inside(system);
}

// Some slot of the component is not 0.
Term any_of(System& s, const model::Component& component) {
  Term any = s.terms.truth(false);
  for (int i = 0; i < component.size; ++i)
    any = s.terms.disj(any,
                       s.terms.negate(s.terms.eq(s.slot(component.base + i), s.terms.constant(0))));
  return any;
}

// In the order in which a state answers them.
std::vector<Question> questions(System& s, const ExploreOptions& options) {
  std::vector<Question> all;
  const auto& properties = s.model->properties;
  auto ask = [&](Question::What what, std::size_t property, Term term) {
    if (!s.terms.is_false(term)) all.push_back({what, static_cast<int>(property), term});
  };
  for (std::size_t p = 0; p < properties.size(); ++p) {
    if (!asked(options, p)) continue;
    if (s.bad[p] >= 0) ask(Question::What::Bad, p, s.bad[p]);
    if (properties[p].kind == PropertyKind::Possible) ask(Question::What::Witness, p, s.to[p]);
    for (const model::Clause& clause : properties[p].clauses) {
      if (clause.claim < 0) continue;
      ask(Question::What::Witness, p, any_of(s, *s.layout->find(Part::Released, clause.claim)));
      ask(Question::What::Latched, p, any_of(s, *s.layout->find(Part::Latch, clause.claim)));
    }
  }
  const Term kernel = s.slot(s.layout->find(Part::Kernel, -1)->base);
  ask(Question::What::PassedKexec, 0, s.terms.negate(s.terms.eq(kernel, s.terms.constant(1))));
  return all;
}

// Whether every answer can be had from states that stand for others. Deadlock and leads-to follow
// one actor along a run, which an exchange of actors would mix up.
bool may_use(const Symmetry& symmetry, const System& system, const ExploreOptions& options) {
  if (symmetry.empty()) return false;
  if (!asks_for_edges(system, options)) return true;
  return std::all_of(
      symmetry.generators.begin(), symmetry.generators.end(), [&](const Exchange& e) {
        return std::all_of(system.point_slot.begin(), system.point_slot.end(), [&](int slot) {
          return e.slots[static_cast<std::size_t>(slot)] == slot;
        });
      });
}

}  // namespace

Search::Search(System& system, const ExploreOptions& options, const Limits& limits, Graph& graph,
               const Symmetry* symmetry)
    : s_(system),
      options_(options),
      limits_(limits),
      g_(graph),
      symmetry_(symmetry),
      plan_(system, graph.store.packing(), questions(system, options)),
      workers_(1, Seen(graph.store.packing())),
      chunks_(1) {
  if (symmetry) canonical_ = &sorted_.emplace(*symmetry, graph.store.packing());
  best_.resize(system.model->properties.size());
  for (std::size_t p = 0; p < best_.size(); ++p) best_[p].wanted = asked(options, p);
  for (const Transition& t : system.transitions)
    cost_.push_back(
        {static_cast<std::uint16_t>(t.weight), static_cast<std::uint16_t>(t.labels.size())});
  uniform_ = std::equal(cost_.begin() + !cost_.empty(), cost_.end(), cost_.begin());
  outcome_.statistics.fired.assign(system.transitions.size(), 0);
  outcome_.statistics.bits = g_.store.bits();
}

void Search::note(Best& best, Key key, std::uint32_t state, std::int32_t by) {
  if (best.found && best.key <= key) return;
  best = {true, key, state, by};
}

Search::Key Search::behind(std::uint32_t number, int by) const {
  const Graph::Node& node = g_.nodes[number];
  const Key cost = cost_[static_cast<std::size_t>(by)];
  return {static_cast<std::uint16_t>(node.weight + cost.weight),
          static_cast<std::uint16_t>(node.length + cost.length)};
}

std::uint32_t Search::add(const std::uint64_t* words, std::uint64_t hash, std::uint32_t parent,
                          std::int32_t by, Key key) {
  const auto [number, fresh] = g_.store.insert(words, hash);
  if (fresh) {
    g_.nodes.push_back({parent, by, key.weight, key.length, false, false});
  } else {
    if (uniform_) return number;
    Graph::Node& node = g_.nodes[number];
    if (node.expanded || Key{node.weight, node.length} <= key) return number;
    node.parent = parent;
    node.transition = by;
    node.weight = key.weight;
    node.length = key.length;
  }
  if (last_list_ == nullptr || key != last_key_) {
    last_key_ = key;
    last_list_ = &frontier_[key];
  }
  last_list_->push_back(number);
  return number;
}

void Search::take_event(const Chunk::Event& e) {
  if (e.by >= 0) {
    const Transition& t = s_.transitions[static_cast<std::size_t>(e.by)];
    const Key key = behind(e.state, e.by);
    if (e.detail >= 0) {
      PropertyBest& best = best_[static_cast<std::size_t>(e.detail)];
      if (!best.wanted) return;
      note(best.violation, key, e.state, e.by);
      blame(best.by, e.by, e.state);
      return;
    }
    ++outcome_.statistics.transitions;
    ++outcome_.statistics.fired[static_cast<std::size_t>(e.by)];
    if (t.fault == Fault::None) {
      outcome_.statistics.pool_exhausted = true;
      return;
    }
    FaultBest& best = faults_[t.fault];
    g_.nodes[e.state].faults = true;
    note(best.violation, key, e.state, e.by);
    blame(best.by, e.by, e.state);
    return;
  }
  const auto number = static_cast<std::size_t>(e.detail);
  const Question& q = plan_.questions()[number];
  PropertyBest* best = best_.empty() ? nullptr : &best_[static_cast<std::size_t>(q.property)];
  const Key key = key_of(e.state);
  switch (q.what) {
    case Question::What::Bad:
      note(best->violation, key, e.state, -1);
      if (bad_.size() <= e.state) bad_.resize(std::max(g_.nodes.size(), bad_.size() * 2));
      if (q.property < 64) bad_[e.state] |= 1ull << q.property;
      return;
    case Question::What::Witness:
      note(best->witness, key, e.state, -1);
      break;
    case Question::What::Latched:
      best->latched = true;
      break;
    case Question::What::PassedKexec:
      note(passed_kexec_, key, e.state, -1);
      break;
  }
  plan_.answered(number);
}

// The states from `first` on were expanded into the chunk.
void Search::take(const std::uint32_t* first, const std::uint32_t* last, const Chunk& chunk) {
  for (const std::uint32_t* n = first; n != last; ++n) g_.nodes[*n].expanded = true;
  for (const Chunk::Event& e : chunk.events) take_event(e);
  const std::size_t width = g_.store.packing().words();
  const std::size_t count = chunk.successors.size();
  outcome_.statistics.transitions += count;
  const std::size_t first_edge = g_.edge_to.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + 2 * kAhead < count) g_.store.expect(chunk.successors[i + 2 * kAhead].hash);
    if (i + kAhead < count) g_.store.expect_known(chunk.successors[i + kAhead].hash);
    const Chunk::Successor& s = chunk.successors[i];
    ++outcome_.statistics.fired[static_cast<std::size_t>(s.by)];
    const std::uint32_t number =
        add(chunk.words.data() + i * width, s.hash, s.parent, s.by, behind(s.parent, s.by));
    if (!g_.keeps_edges) continue;
    g_.edge_to.push_back(number);
    g_.edge_by.push_back(static_cast<std::uint32_t>(s.by));
  }
  if (!g_.keeps_edges) return;
  g_.range.resize(g_.nodes.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto& range = g_.range[chunk.successors[i].parent];
    if (range.second == 0) range.first = first_edge + i;
    range.second = first_edge + i + 1;
  }
}

bool Search::stopped() {
  Statistics& st = outcome_.statistics;
  const std::size_t bytes =
      g_.bytes() + bad_.capacity() * 8 + s_.terms.bytes() + plan_.moves().bytes();
  if (std::string why = stopped_by(limits_); !why.empty())
    st.stopped_by = std::move(why);
  else if (limits_.too_much(bytes) || g_.nodes.size() > kMaximumStates)
    st.stopped_by = "memory";
  return !st.stopped_by.empty();
}

void Search::tell() {
  const auto now = std::chrono::steady_clock::now();
  if (!limits_.progress || now - reported_ <= std::chrono::milliseconds(500)) return;
  reported_ = now;
  measure();
  limits_.progress(outcome_.statistics);
}

bool Search::start() {
  auto starts = initial_states(s_, kInitialLimit);
  if (!starts) {
    outcome_.statistics.stopped_by = "more than 1,000,000 initial states; --engine smt lists none";
    return false;
  }
  std::vector<std::uint64_t> words(g_.store.packing().words());
  for (const State& state : *starts) {
    g_.store.packing().pack(state, words.data());
    if (canonical_) canonical_->make(words.data());
    add(words.data(), g_.store.hash(words.data()), 0, -1, Key{0, 0});
  }
  if (canonical_) starts_ = std::move(*starts);
  return true;
}

// The nearest states that were not expanded yet.
std::vector<std::uint32_t> Search::next_batch() {
  const auto level = frontier_.begin();
  const Key key = level->first;
  std::vector<std::uint32_t> batch = std::move(level->second);
  frontier_.erase(level);
  last_list_ = nullptr;
  std::erase_if(batch, [&](std::uint32_t number) {
    return g_.nodes[number].expanded || key_of(number) < key;
  });
  return batch;
}

// What is left of a batch that was not gone through goes back.
bool Search::expand_batch(const std::vector<std::uint32_t>& batch) {
  if (batch.empty()) return true;
  const Key key = key_of(batch[0]);
  outcome_.statistics.depth = std::max<int>(outcome_.statistics.depth, key.length);
  const std::uint32_t* const all = batch.data();
  // Pieces are the same however many work on them, and are taken in order.
  const std::size_t pieces = (batch.size() + kChunk - 1) / kChunk;
  auto first = [&](std::size_t piece) { return all + piece * kChunk; };
  auto last = [&](std::size_t piece) { return all + std::min(batch.size(), (piece + 1) * kChunk); };
  auto taken = [&](std::size_t piece, const Chunk& chunk) {
    take(first(piece), last(piece), chunk);
    tell();
    if (!stopped()) return true;
    frontier_[key].assign(last(piece), all + batch.size());
    return false;
  };
  if (Crew* const crew = crew_for(pieces)) {
    crew->run(
        pieces,
        [&](std::size_t piece, std::size_t place, std::size_t worker) {
          plan_.expand(g_.store, canonical_, first(piece), last(piece), workers_[worker],
                       chunks_[place]);
        },
        [&](std::size_t piece, std::size_t place) { return taken(piece, chunks_[place]); });
    return outcome_.statistics.stopped_by.empty();
  }
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    plan_.expand(g_.store, canonical_, first(piece), last(piece), workers_[0], chunks_[0]);
    if (!taken(piece, chunks_[0])) return false;
  }
  return true;
}

// Who works on a batch besides this thread; nullptr: nobody.
Crew* Search::crew_for(std::size_t pieces) {
  const bool worth = options_.threads ? options_.threads > 1 && pieces > 1
                                      : g_.nodes.size() > kWorthThreads && pieces > kWorthPieces;
  if (!worth) return nullptr;
  if (!crew_) {
    const std::size_t workers = options_.threads ? static_cast<std::size_t>(options_.threads)
                                                 : std::thread::hardware_concurrency();
    if (workers < 2) return nullptr;
    plan_.moves().compile_all();
    crew_.emplace(workers);
    workers_.resize(workers, Seen(g_.store.packing()));
    chunks_.resize(crew_->places());
  }
  return &*crew_;
}

void Search::measure() {
  Statistics& st = outcome_.statistics;
  st.states = g_.nodes.size();
  st.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  st.frontier = 0;
  for (const auto& [key, states] : frontier_) st.frontier += states.size();
}

bool Search::run(std::size_t most) {
  // What is done in a state is made ready when one is met, and may be more than the states.
  plan_.moves().look_with([this] {
    if (stopped()) throw Ended{outcome_.statistics.stopped_by};
  });
  bool all = true;
  try {
    all = go_on(most);
  } catch (const Ended&) {
    unready_ = true;
    conclude();
  }
  plan_.moves().look_with({});
  return all;
}

bool Search::go_on(std::size_t most) {
  if (!started_yet_) {
    started_yet_ = true;
    started_ = reported_ = std::chrono::steady_clock::now();
    if (!start()) return true;
  }
  while (!frontier_.empty()) {
    const Key key = frontier_.begin()->first;
    if ((limits_.bound >= 0 && key.length > limits_.bound) ||
        key.length >= std::numeric_limits<std::uint16_t>::max() - 64) {
      outcome_.statistics.stopped_by = "bound";
      break;
    }
    if (g_.nodes.size() > most) return false;
    if (!expand_batch(next_batch())) break;
    if (options_.stop_at_first && all_decided(key)) break;
  }
  conclude();
  return true;
}

void Search::conclude() {
  if (g_.keeps_edges) g_.range.resize(g_.nodes.size());
  measure();
  outcome_.statistics.exhausted = frontier_.empty() && outcome_.statistics.stopped_by.empty();
  if (symmetry_) outcome_.statistics.reduced = symmetry_->text();
}

bool Search::all_decided(Key key) const {
  return std::all_of(best_.begin(), best_.end(), [&](const PropertyBest& b) {
    return !b.wanted || (b.violation.found && b.violation.key <= key);
  });
}

namespace {

bool lacks_a_loop(const System& system, const Outcome& outcome) {
  return std::any_of(outcome.findings.begin(), outcome.findings.end(), [&](const Finding& f) {
    return f.index >= 0 && f.verdict == Verdict::Violated && !f.run &&
           system.model->properties[static_cast<std::size_t>(f.index)].kind ==
               PropertyKind::LeadsTo;
  });
}

}  // namespace

Outcome explore(System& system, const ExploreOptions& options, const Limits& limits, Graph* keep) {
  constexpr std::size_t kAnySize = std::numeric_limits<std::size_t>::max();
  const bool edges = keep || asks_for_edges(system, options);
  if (options.symmetry && !keep) {
    Symmetry found;
    if (!options.exchange) {
      Graph graph(system);
      graph.keeps_edges = edges;
      Search plain(system, options, limits, graph, nullptr);
      if (plain.run(kWorthReducing)) return *plain.finish();
      found = find_symmetry(system);
      if (!may_use(found, system, options)) {
        plain.run(kAnySize);
        return *plain.finish();
      }
    }
    const Symmetry& symmetry = options.exchange ? *options.exchange : found;
    Graph graph(system, symmetry.together(system));
    graph.keeps_edges = edges;
    Search reduced(system, options, limits, graph, &symmetry);
    reduced.run(kAnySize);
    if (auto outcome = reduced.finish()) {
      if (!lacks_a_loop(system, *outcome)) return std::move(*outcome);
      // A loop through states that stand for others need not come back to where it began.
      Graph whole(system);
      whole.keeps_edges = edges;
      Search plain(system, options, limits, whole, nullptr);
      if (plain.run(kWorthALoop))
        if (auto shown = plain.finish(); shown->statistics.exhausted) return std::move(*shown);
      return std::move(*outcome);
    }
  }
  Graph own(system);
  Graph& graph = keep ? *keep : own;
  graph.keeps_edges = edges;
  Search plain(system, options, limits, graph, nullptr);
  plain.run(kAnySize);
  return *plain.finish();
}

}  // namespace luproof::checker
