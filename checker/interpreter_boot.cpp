// SPDX-License-Identifier: GPL-2.0-or-later
// Cold starts and kexec: what a kernel finds when it begins.
#include <algorithm>

#include "checker/interpreter_run.h"

namespace luproof::checker::plain {
namespace {

// Slots that begin with any one of several rows of values.
struct Site {
  int slot = 0;
  std::vector<std::vector<Value>> rows;
};

// Every order of every subset of `size` members, as ranks.
void add_lists(std::vector<Value>& ranks, Value next, std::size_t limit, Site& site) {
  if (site.rows.size() > limit) return;
  site.rows.push_back(ranks);
  for (Value& rank : ranks) {
    if (rank != 0) continue;
    rank = next;
    add_lists(ranks, next + 1, limit, site);
    rank = 0;
  }
}

// `like`: only what this state has, if it is one of the values.
void add_any(const World& world, const State& data, int cell, const std::vector<Value>& indices,
             std::size_t limit, std::vector<Site>& sites, const State* like = nullptr,
             std::optional<model::Model::First> within = std::nullopt) {
  const Cell& declared = world.model.cells[cell];
  const Component& component = world.at(Part::Value, cell);
  Site site;
  site.slot = world.row(Part::Value, cell, indices);
  if (declared.kind == CellKind::List) {
    std::vector<Value> ranks(world.row_size(Part::Value, cell));
    add_lists(ranks, 1, limit, site);
    sites.push_back(std::move(site));
    return;
  }
  if (declared.kind == CellKind::Set) {
    for (int e = 0; e < world.row_size(Part::Value, cell); ++e)
      sites.push_back({site.slot + e, {{0}, {1}}});
    return;
  }
  Value low = within ? within->low : component.low;
  Value high = within ? within->high : component.high;
  if (like) {
    low = std::max(low, (*like)[site.slot]);
    high = std::min(high, (*like)[site.slot]);
  }
  for (Value value = low; value <= high && site.rows.size() <= limit; ++value) {
    const bool element = declared.type.kind == Type::Kind::Ref && value > 0;
    if (declared.type.kind == Type::Kind::Ref && value == 0 && !declared.type.nullable) continue;
    if (element && world.reading_through(data, declared.type.id, value) != Fault::None) continue;
    site.rows.push_back({value});
  }
  sites.push_back(std::move(site));
}

// Calls `visit` with every combination; false if there are more than `limit`.
bool for_each_choice(const std::vector<Site>& sites, std::size_t limit, State data,
                     const std::function<bool(const State&, const std::vector<Value>&)>& visit) {
  std::size_t product = 1;
  for (const Site& site : sites) {
    if (site.rows.empty()) return true;  // a reference to nothing that lives
    if (product > limit / site.rows.size()) return false;
    product *= site.rows.size();
  }
  for (std::size_t n = 0; n < product; ++n) {
    std::vector<Value> choices;
    std::size_t rest = n;
    std::size_t block = product;
    for (const Site& site : sites) {  // the first site varies slowest
      block /= site.rows.size();
      const std::vector<Value>& row = site.rows[rest / block];
      rest %= block;
      std::copy(row.begin(), row.end(), data.begin() + site.slot);
      choices.insert(choices.end(), row.begin(), row.end());
    }
    if (!visit(data, choices)) return false;
  }
  return true;
}

bool lock(const Cell& cell) {
  return cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock;
}

// The cold value of a cell at every index; what may be anything goes to `sites`, and what is
// computed comes once that is settled.
void cold_cell(const World& world, State& data, int cell, std::size_t limit, const State* like,
               std::vector<Site>& sites) {
  const Cell& declared = world.model.cells[cell];
  const bool of_function =
      declared.index.size() == 1 && world.model.base_sort(declared.index[0]) == model::kFunction;
  world.for_each_index(cell, [&](const std::vector<Value>& indices) {
    if (world.dead_index(data, cell, indices)) return make_default(world, data, cell, indices);
    const auto first =
        of_function ? world.model.first_value(declared, indices[0] - 1) : std::nullopt;
    if (first && first->low == first->high)
      data[world.row(Part::Value, cell, indices)] = first->low;
    else if (first || declared.cold_any)
      add_any(world, data, cell, indices, limit, sites, like, first);
  });
}

void computed_cell(const World& world, State& data, int cell) {
  const Cell& declared = world.model.cells[cell];
  if (declared.cold_any || !declared.cold) return;
  const bool of_function =
      declared.index.size() == 1 && world.model.base_sort(declared.index[0]) == model::kFunction;
  world.for_each_index(cell, [&](const std::vector<Value>& indices) {
    if (world.dead_index(data, cell, indices)) return;
    if (of_function && world.model.first_value(declared, indices[0] - 1)) return;
    Trouble ignored;  // the value stays low; the loader admits only what can be evaluated
    write_value(world, data, cell, indices, *declared.cold, data, ignored);
  });
}

// Cells in an order in which cold values may read those before.
std::vector<int> cold_order(const World& world) {
  std::vector<int> order;
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c)
    if (world.model.cells[c].life != Life::Handover && !lock(world.model.cells[c]))
      order.push_back(c);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return model::cold_rank(world.model.cells[a]) < model::cold_rank(world.model.cells[b]);
  });
  return order;
}

bool assumed(const World& world, const State& data) {
  const auto holds = [&](const Expr& expr, int frame) {
    Evaluator evaluator(world, View{&data}, std::vector<Value>(frame));
    return evaluator.truth(expr);
  };
  const Model& m = world.model;
  return std::all_of(m.machine.begin(), m.machine.end(),
                     [&](const auto& expr) { return holds(*expr, m.machine_frame); }) &&
         std::all_of(m.assumptions.begin(), m.assumptions.end(),
                     [&](const model::Assumption& a) { return holds(*a.expr, a.frame); });
}

void transfer_handover(const World& world, State& data, bool carries) {
  const auto move = [&](Part from, Part to, int cell) {
    const Component& out = world.at(from, cell);
    const Component& in = world.at(to, cell);
    for (int i = 0; i < out.size; ++i) {
      data[in.base + i] = carries ? data[out.base + i] : out.low;
      data[out.base + i] = out.low;
    }
  };
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    if (world.model.cells[c].life != Life::Handover) continue;
    move(Part::OutPresent, Part::InPresent, c);
    move(Part::OutValue, Part::InValue, c);
    const Component& restored = world.at(Part::InRestored, c);
    std::fill_n(data.begin() + restored.base, restored.size, 0);
  }
}

// Elements that something outside the dying kernel refers to.
std::vector<std::pair<int, Value>> survivors(const World& world, const State& data) {
  std::vector<std::pair<int, Value>> found;
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    const Cell& cell = world.model.cells[c];
    const bool handed = cell.life == Life::Handover;
    if (cell.type.kind != Type::Kind::Ref || !world.pool(cell.type.id)) continue;
    if (!handed && cell.life != Life::Hardware && cell.life != Life::Guest) continue;
    world.for_each_index(c, [&](const std::vector<Value>& indices) {
      if (handed && data[world.row(Part::InPresent, c, indices)] == 0) return;
      const int slot = world.row(handed ? Part::InValue : Part::Value, c, indices);
      const int base = world.model.base_sort(cell.type.id);
      if (cell.kind == CellKind::Data)
        found.emplace_back(base, data[slot]);
      else
        for (Value member : world.members(data, c, slot)) found.emplace_back(base, member);
    });
  }
  return found;
}

// Kernel and userspace cells begin anew. `before` is what boot expressions read; `data` has the
// pool elements that will live.
void boot_cells(const World& world, const State& before, State& data, std::vector<Site>& sites,
                Trouble& trouble) {
  for (int c = 0; c < static_cast<int>(world.model.cells.size()); ++c) {
    const Cell& cell = world.model.cells[c];
    if (lock(cell)) {
      world.for_each_index(c, [&](const auto& indices) { world.reset(data, c, indices); });
    }
    if (lock(cell) || (cell.life != Life::Kernel && cell.life != Life::Userspace)) continue;
    const bool any = cell.has_boot ? cell.boot_any : cell.cold_any;
    const Expr* value = cell.has_boot ? cell.boot.get() : cell.cold.get();
    world.for_each_index(c, [&](const std::vector<Value>& indices) {
      if (trouble.fault != Fault::None) return;
      world.reset(data, c, indices);
      if (world.dead_index(data, c, indices)) return make_default(world, data, c, indices);
      if (any)
        add_any(world, data, c, indices, kMostOutcomes, sites);
      else if (value)
        write_value(world, data, c, indices, *value, before, trouble);
    });
  }
}

void bury(const World& world, State& data) {
  const std::vector<std::pair<int, Value>> kept = survivors(world, data);
  for (int s = 0; s < static_cast<int>(world.model.sorts.size()); ++s) {
    const Component* alive = world.find(Part::Alive, s);
    for (int e = 0; alive && e < alive->size; ++e) {
      const Value element = world.reference(s, e);
      if (std::find(kept.begin(), kept.end(), std::pair(s, element)) != kept.end()) continue;
      data[alive->base + e] = 0;
      forget(world, data, s, element);
    }
  }
}

}  // namespace

std::optional<std::vector<State>> cold_states(const World& world, std::size_t limit,
                                              const State* like) {
  State empty(world.layout.slots());
  for (const Component& component : world.layout.components()) {
    Value value = component.low;
    if (component.part == Part::Budget) {
      const model::Act& act = world.model.acts[component.owner];
      value = act.allowed ? act.at_most : 0;
    }
    std::fill_n(empty.begin() + component.base, component.size, value);
  }
  std::vector<State> states;
  std::size_t left = limit;  // of combinations, whether assumed or not
  const std::vector<int> order = cold_order(world);
  const std::function<bool(std::size_t, const State&)> from = [&](std::size_t i,
                                                                  const State& data) {
    if (i == order.size()) {
      if (left == 0) return false;
      --left;
      if (assumed(world, data)) states.push_back(data);
      return true;
    }
    State with = data;
    std::vector<Site> sites;
    cold_cell(world, with, order[i], limit, like, sites);
    return for_each_choice(sites, left, with, [&](const State& one, const auto&) {
      State settled = one;
      computed_cell(world, settled, order[i]);
      return from(i + 1, settled);
    });
  };
  const bool within = from(0, empty);
  if (!within) return std::nullopt;
  return states;
}

bool starts_in(const model::Actor& actor, int kernel) {
  switch (actor.in) {
    case model::Kernels::Every:
      return true;
    case model::Kernels::Old:
      return kernel == 1;
    case model::Kernels::New:
      return kernel > 1;
  }
  return false;
}

Runs kexec(const World& world, const Run& from, const Stmt& stmt) {
  if (world.kernel(from.data) >= world.model.kernels) return {};
  Run run = from;
  bool carries = true;
  if (!stmt.values.empty() && stmt.values[0]) {
    Evaluator evaluator(world, View{&run.data}, run.frame().locals);
    carries = evaluator.truth(*stmt.values[0]);
    run.trouble = evaluator.trouble();
    if (run.over()) return {run};
  }
  transfer_handover(world, run.data, carries);
  ++run.data[world.at(Part::Kernel, -1).base];  // boot values belong to the new kernel
  const State before = run.data;
  bury(world, run.data);
  std::vector<Site> sites;
  boot_cells(world, before, run.data, sites, run.trouble);
  if (run.over()) return {run};
  run.data[world.at(Part::Panicked, -1).base] = 0;
  advance(run.frame());

  Runs runs;
  const bool within =
      for_each_choice(sites, kMostOutcomes, run.data, [&](const State& data, const auto& choices) {
        Run one = run;
        one.data = data;
        one.label.choices.insert(one.label.choices.end(), choices.begin(), choices.end());
        for (const Site& site : sites)
          for (std::size_t i = 0; i < site.rows[0].size(); ++i)
            one.choices_of.push_back({ChoiceOf::Kind::Slot, site.slot + static_cast<int>(i)});
        runs.push_back(std::move(one));
        return true;
      });
  if (within) return runs;
  run.exhausted = true;
  return {run};
}

}  // namespace luproof::checker::plain
