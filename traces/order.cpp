// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "traces/line_copy.h"

namespace luproof::traces {

namespace {

constexpr std::int64_t kDoubtful = 10'000;       // ns, between clocks of CPUs
constexpr std::int64_t kDoubtfulTicks = 50'000;  // 10 µs of 5 GHz
constexpr std::size_t kMostNear = 64;            // lines that are looked at on each side
constexpr const char* kShared[] = {"counter", "global", "mono",  "mono_raw",
                                   "boot",    "tai",    "uptime"};

bool shared(const std::string& clock) {
  return std::find(std::begin(kShared), std::end(kShared), clock) != std::end(kShared);
}

std::int64_t time_of(const TraceLine& line) {
  return line.time_ns ? *line.time_ns : line.ticks.value_or(0);
}

// A line of another CPU, so close that it has no order with the one that is asked about.
struct Near {
  std::int64_t index = 0;
  std::int64_t number = 0;
  int cpu = -1;
  bool same_task = false;  // which keeps its order wherever it runs
  bool concerns = false;
};

struct Neighbours {
  std::int64_t index = -1;  // of the line itself
  std::vector<Near> before, after;
  bool more = false;
};

Neighbours neighbours(Retrial& retrial, int capture, std::int64_t number, const OrderPolicy& policy,
                      const std::set<std::string>& addresses) {
  Neighbours found;
  std::deque<std::pair<std::int64_t, OwnedLine>> recent;
  OwnedLine own;
  const auto close = [&](const TraceLine& a, const TraceLine& b) {
    return a.cpu >= 0 && b.cpu >= 0 && std::abs(time_of(a) - time_of(b)) <= policy.closer_than;
  };
  const auto add = [&](std::vector<Near>& to, std::int64_t index, const TraceLine& line) {
    if (line.cpu != own.line().cpu)
      to.push_back({index, line.number, line.cpu, line.pid > 0 && line.pid == own.line().pid,
                    concerns(line, addresses)});
  };
  retrial.each(capture, [&](std::int64_t i, const TraceLine& line) {
    if (line.kind == LineKind::Lost) return true;
    if (found.index >= 0) {
      if (!close(line, own.line())) return false;
      add(found.after, i, line);
      found.more = found.more || found.after.size() >= kMostNear;
      return !found.more;
    }
    if (line.number == number) {
      found.index = i;
      own = OwnedLine(line);
      for (const auto& [index, past] : recent)
        if (close(past.line(), line)) add(found.before, index, past.line());
      found.more = recent.size() >= kMostNear && close(recent.front().second.line(), line);
      return true;
    }
    recent.emplace_back(i, line);
    if (recent.size() > kMostNear) recent.pop_front();
    return true;
  });
  return found;
}

// What lets `near` and the line at `index` change places: the lines of its CPU in between go with
// it. Empty if the task of the line is among them.
std::vector<Change> swapped(int capture, std::int64_t index, const std::vector<Near>& all,
                            const Near& near) {
  std::vector<Change> changes;
  for (const Near& each : all) {
    const bool between = near.index < index ? each.index >= near.index : each.index <= near.index;
    if (each.cpu != near.cpu || !between) continue;
    if (each.same_task) return {};
    changes.push_back({capture, each.index, near.index < index ? index + 1 : index});
  }
  return changes;
}

// Whether the same is still lost for certain.
bool still(const TraceVerdict& verdict, const TraceViolation& violation) {
  return std::any_of(verdict.violations.begin(), verdict.violations.end(),
                     [&](const TraceViolation& v) {
                       return v.trust == Trust::Certain && v.property == violation.property &&
                              v.function == violation.function;
                     });
}

}  // namespace

Related related_in(const model::Topology& topology) {
  return [&topology](const std::string& name) {
    std::set<std::string> addresses;
    const int function = topology.find(name);
    if (function < 0) return addresses;
    const auto add = [&](int f) { addresses.insert(topology.functions[f].bdf.text()); };
    add(function);
    if (topology.functions[function].pf >= 0) add(topology.functions[function].pf);
    for (const int port : topology.upstream(function)) add(port);
    return addresses;
  };
}

bool concerns(const TraceLine& line, const std::set<std::string>& addresses) {
  bool named = false;
  for (const Argument& argument : line.args) {
    if (!model::Bdf::parse(argument.text)) continue;
    named = true;
    if (addresses.count(std::string(argument.text)) > 0) return true;
  }
  return !named;
}

OrderPolicy order_policy(const Capture& capture) {
  OrderPolicy policy;
  if (capture.places.cpus() < 2) return policy;
  const std::string& clock = capture.health.header.clock;
  const bool text = capture.health.format.find("trace.dat") == std::string::npos;
  policy.ticks = capture.places.ticks();
  if (shared(clock) || capture.places.counts_events()) {
    policy.text = fmt::format("lines of different CPUs are in the order of the file{}",
                              text ? ", but for equal times" : "");
    return policy;
  }
  policy.closer_than = policy.ticks ? kDoubtfulTicks : kDoubtful;
  policy.text = fmt::format(
      "lines of different CPUs are in the order of the file, but closer than {} they may have "
      "happened in either order: {}",
      policy.ticks ? fmt::format("{} ticks", kDoubtfulTicks) : "10 us",
      clock.empty()
          ? "no clock is named, and the default is not the same on all CPUs"
          : fmt::format("the clock '{}' may differ between CPUs", model::printable(clock)));
  return policy;
}

void in_order_of_lines(TraceVerdict& verdict) {
  const auto place = [](const TraceViolation& v) {
    return std::tuple(v.capture, v.by_line == 0, v.by_line);  // what a dump shows comes last
  };
  std::stable_sort(verdict.violations.begin(), verdict.violations.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

void doubt_order(TraceVerdict& verdict, Retrial& retrial, const Related& related) {
  std::vector<OrderPolicy> policies;
  for (int c = 0; c < retrial.captures(); ++c) policies.push_back(order_policy(retrial.capture(c)));
  for (TraceViolation& violation : verdict.violations) {
    if (violation.trust != Trust::Certain || !violation.line ||
        violation.capture >= retrial.captures() || policies[violation.capture].text.empty())
      continue;
    const int c = violation.capture;
    const Neighbours near =
        neighbours(retrial, c, *violation.line, policies[c], related(violation.function));
    if (near.index < 0) continue;
    const auto doubt = [&](std::string why) {
      violation.trust = Trust::IfComplete;
      violation.reason = std::move(why);
    };
    bool tried = true;
    const auto depends = [&](const std::vector<Near>& all, const Near& on) {
      const std::vector<Change> changes = swapped(c, near.index, all, on);
      if (!on.concerns || changes.empty()) return false;
      const auto other = retrial.judge(changes);
      tried = tried && other.has_value();
      if (!other || still(*other, violation)) return false;
      doubt(fmt::format("line {} of CPU {} is so close in time that it may have been {}", on.number,
                        on.cpu, on.index < near.index ? "later" : "earlier"));
      return true;
    };
    const bool found = std::any_of(near.before.rbegin(), near.before.rend(),
                                   [&](const Near& on) { return depends(near.before, on); }) ||
                       std::any_of(near.after.begin(), near.after.end(),
                                   [&](const Near& on) { return depends(near.after, on); });
    if (!found && (!tried || near.more))
      doubt("more lines of other CPUs are as close in time than could be tried");
  }
}

}  // namespace luproof::traces
