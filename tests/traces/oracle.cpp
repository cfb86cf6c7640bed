// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/traces/oracle.h"

#include <map>
#include <regex>
#include <set>
#include <tuple>

namespace luproof::traces::test {
namespace {

constexpr int kAnyTask = -1, kNoTask = 0;

struct World {
  bool exists = false, gone = false;
  bool master = false;  // the VF's own Bus Master Enable
  bool used = false;    // it was on, and not only for a probe that failed
  std::vector<bool> ports;
  int failing = kNoTask;  // the task whose probe of the VF is going to fail
  bool forgiven = false;  // that task turned off what it had turned on
  int lost_at = 0;        // line of the first loss; 0: none

  auto key() const {
    return std::tie(exists, gone, master, used, ports, failing, forgiven, lost_at);
  }
  bool operator<(const World& other) const { return key() < other.key(); }
};
using Worlds = std::set<World>;

// One line as far as it is understood.
struct Read {
  int number = 0, pid = 0;
  std::string symbol, caller, device;
  bool probe = false, lost = false, boot_task = false;
  std::map<std::string, long> numbers;
};

long number_of(const std::string& text) { return std::stol(text, nullptr, 0); }

bool read(const std::string& text, int number, Read& line) {
  static const std::regex kLine(R"(^(.{16})-(\d+) +\[\d+\] \S+ +[\d.]+: (.*)$)");
  static const std::regex kProbe(R"(^[a-z_]+: (?:__probe_ip=|\()(\w+)\+0x)");
  static const std::regex kFunction(R"(^([\w.]+) <-([\w.\[\]/']+)$)");
  static const std::regex kDevice(R"re(\bdev="?([0-9a-f:.]{12})"?)re");
  static const std::regex kNumber(R"(\b(where|val|enable|id|probe)=\(?(0x[0-9a-f]+|\d+))");
  line = {};
  line.number = number;
  if (text.find("[LOST ") != std::string::npos) {
    line.lost = true;
    return true;
  }
  std::smatch m, n;
  if (!std::regex_match(text, m, kLine)) return false;
  line.pid = std::stoi(m[2]);
  line.boot_task = m.str(1).find("swapper/0") != std::string::npos && line.pid == 1;
  const std::string body = m[3];
  if (std::regex_search(body, n, kProbe)) {
    line.probe = true;
    line.symbol = n[1];
    if (std::regex_search(body, n, kDevice)) line.device = n[1];
    for (std::sregex_iterator it(body.begin(), body.end(), kNumber), end; it != end; ++it)
      line.numbers[(*it)[1]] = number_of((*it)[2]);
    return true;
  }
  if (!std::regex_match(body, n, kFunction)) return false;
  line.symbol = n[1];
  line.caller = n[2];
  return true;
}

class Oracle {
 public:
  explicit Oracle(const OracleMachine& machine) : machine_(machine) {
    World start;
    start.ports.assign(machine.ports.size(), true);
    worlds_ = {start};
  }

  void capture(const std::string& text) {
    last_.clear();
    calls_.clear();
    passed_ = 0;
    if (captures_++ > 0 && !jumped_) anything();  // what the kernel did at its end is not seen
    jumped_ = false;
    each([](World w, auto add) {
      w.failing = kNoTask;
      add(w);
    });
    int number = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      Read line;
      if (read(text.substr(at, end - at), ++number, line)) hear(line);
      at = end + 1;
    }
    for (auto& [pid, before] : last_)
      if (!before.probe) alone(before);
  }

  Opinion opinion() const {
    Opinion found;
    found.missing = missing_;
    std::size_t lost = 0;
    for (const World& w : worlds_) lost += w.lost_at > 0;
    found.lost = lost == 0                ? Opinion::Lost::No
                 : lost == worlds_.size() ? Opinion::Lost::Certain
                                          : Opinion::Lost::Possible;
    found.first = worlds_.begin()->lost_at;
    for (const World& w : worlds_)
      if (w.lost_at != found.first) found.first = 0;
    return found;
  }

 private:
  // Each world becomes those that `change` adds.
  template <typename Change>
  void each(Change change) {
    Worlds next;
    for (const World& w : worlds_) change(w, [&](const World& after) { next.insert(after); });
    worlds_ = std::move(next);
  }

  // The events, in one world. `pid` is who did it.
  void lose(World& w) const {
    if (w.lost_at == 0 && !w.gone) w.lost_at = number_;
  }
  void set_master(World& w, bool on, int pid) const {
    if (!w.exists) return;
    const bool by_probe = w.failing != kNoTask && (w.failing == pid || w.failing == kAnyTask);
    if (on && !by_probe) w.used = true;   // what was on already too
    if (on && by_probe) w.failing = pid;  // whose it is shows now
    if (!on && w.master && (w.used || !by_probe))
      lose(w);
    else if (!on && w.master)
      w.forgiven = true;
    w.master = on;
    if (!on) w.used = false;
  }
  void set_port(World& w, std::size_t port, bool on) const {
    if (w.ports[port] && !on && w.exists && w.master) lose(w);
    w.ports[port] = on;
  }
  void vanish(World& w) const {
    if (w.exists) {
      lose(w);
      w.gone = true;
    }
    w.exists = w.master = w.used = false;
  }
  static void appear(World& w) {
    if (w.exists) return;
    w.exists = true;
    w.master = w.used = false;
  }
  void reset(World& w) const {
    if (!w.exists) return;
    lose(w);
    w.master = w.used = false;
  }
  void master_of(World& w, const std::string& device, bool on, int pid) const {
    if (device == machine_.vf) set_master(w, on, pid);
    for (std::size_t p = 0; p < machine_.ports.size(); ++p)
      if (device == machine_.ports[p]) set_port(w, p, on);
  }

  // In all worlds.
  void master(const std::string& device, bool on, int pid) {
    each([&](World w, auto add) {
      master_of(w, device, on, pid);
      add(w);
    });
  }
  // Of some function, or of one that does not matter.
  void some_master(bool both, bool on, int pid) {
    each([&](const World& w, auto add) {
      add(w);
      for (const bool value : {true, false}) {
        if (!both && value != on) continue;
        for (std::size_t i = 0; i <= machine_.ports.size(); ++i) {
          World after = w;
          master_of(after, i == 0 ? machine_.vf : machine_.ports[i - 1], value, pid);
          add(after);
        }
      }
    });
  }

  // Anything may have happened, in any order: every world that events lead to.
  void anything() {
    missing_ = true;
    for (std::size_t before = 0; before != worlds_.size();) {
      before = worlds_.size();
      each([&](const World& w, auto add) {
        add(w);
        const auto also = [&](auto change) {
          World after = w;
          change(after);
          add(after);
        };
        also([&](World& x) { set_master(x, true, kAnyTask); });
        also([&](World& x) { set_master(x, false, kAnyTask); });
        also([&](World& x) { vanish(x); });
        also([&](World& x) { appear(x); });
        also([&](World& x) { reset(x); });
        also([&](World& x) { x.failing = kAnyTask; });
        also([&](World& x) { x.failing = kNoTask; });
        for (std::size_t p = 0; p < machine_.ports.size(); ++p) {
          also([&](World& x) { set_port(x, p, true); });
          also([&](World& x) { set_port(x, p, false); });
        }
      });
    }
  }

  // A call that shows with its device.
  void named(const Read& line) {
    const auto number = [&](const char* name) {
      const auto found = line.numbers.find(name);
      return found == line.numbers.end() ? -1 : found->second;
    };
    const bool mine = line.device == machine_.vf, pf = line.device == machine_.pf;
    if (line.symbol == "pci_set_master") master(line.device, true, line.pid);
    if (line.symbol == "pci_clear_master") master(line.device, false, line.pid);
    if (line.symbol == "__pci_set_master") master(line.device, number("enable") != 0, line.pid);
    if (line.symbol == "pci_write_config_word" && number("where") == 4)
      master(line.device, (number("val") & 4) != 0, line.pid);
    if (line.symbol == "pci_write_config_word" && pf && number("where") == machine_.sriov_control)
      each([&](World w, auto add) {
        if ((number("val") & 1) != 0)
          appear(w);
        else
          vanish(w);
        add(w);
      });
    if (line.symbol == "pci_iov_add_virtfn" && pf && number("id") == 0)
      each([&](World w, auto add) {
        appear(w);
        add(w);
      });
    if (line.symbol == "pcie_flr" && (mine || pf))
      each([&](World w, auto add) {
        if (mine) reset(w);
        if (pf) vanish(w);
        add(w);
      });
    // A task that probes another function has ended with this one, and a probe that failed has
    // turned off what it turned on. Before a probe ends nothing is in use.
    const bool probes = line.symbol == "pci_device_probe";
    const bool ends = mine && (line.symbol == "pci_device_remove" ||
                               line.symbol == "device_release_driver_internal" ||
                               line.symbol == "pci_device_shutdown");
    if (!probes && !ends) return;
    each([&](World w, auto add) {
      if (w.failing != kNoTask && (mine || w.failing == line.pid)) {
        if (w.master && !w.used && !w.forgiven) return;
        w.failing = kNoTask;
        w.forgiven = false;
        w.used = w.master;
      }
      add(w);
      if (!probes || !mine) return;
      w.failing = line.pid;
      add(w);
    });
  }

  // A traced function without the probe's line that would name its device.
  void alone(const Read& line) {
    number_ = line.number;
    if (line.symbol == "pci_set_master") some_master(false, true, line.pid);
    if (line.symbol == "pci_clear_master") some_master(false, false, line.pid);
    if (line.symbol == "__pci_set_master") some_master(true, false, line.pid);
    if (line.symbol == "pcie_flr")
      each([&](const World& w, auto add) {
        add(w);
        World after = w;
        reset(after);
        add(after);
        after = w;
        vanish(after);
        add(after);
      });
  }

  static bool matters(const std::string& symbol) {
    static const std::set<std::string> kAll = {
        "pci_set_master",        "pci_clear_master",   "__pci_set_master",
        "pci_write_config_word", "pci_iov_add_virtfn", "pcie_flr",
        "pci_device_probe",      "pci_device_remove",  "device_release_driver_internal",
        "pci_device_shutdown",   "sriov_enable",       "pci_iov_init"};
    return kAll.count(symbol) > 0;
  }

  // Whether two lines, one after the other in a task, are one call: a probe's and a function's.
  static bool one_call(const Read& a, const Read& b) {
    return a.symbol == b.symbol && a.probe != b.probe;
  }

  void hear(const Read& line) {
    number_ = line.number;
    if (line.lost) {
      last_.clear();
      return anything();
    }
    jumped_ = jumped_ || line.symbol == "machine_kexec";
    if (!matters(line.symbol)) return;
    if (line.symbol == "pci_iov_init") {
      if (line.boot_task && ++passed_ == machine_.passing)
        each([&](World w, auto add) {
          vanish(w);
          add(w);
        });
      return;
    }
    // A function's line waits for what its task does next.
    if (const auto before = last_.find(line.pid); before != last_.end()) {
      const Read held = before->second;
      last_.erase(before);
      if (!held.probe && !one_call(held, line)) {
        alone(held);
        number_ = line.number;
      }
      if (one_call(held, line)) {
        if (line.probe) named(line);
        return;
      }
    }
    if (line.probe) named(line);
    // In the other order the probe's line has told it; `inside` what the call around it tells.
    const auto call = calls_.find(line.pid);
    const bool inside = !line.probe && line.symbol == "__pci_set_master" && call != calls_.end() &&
                        call->second.ends_with("_master") && call->second != line.symbol;
    calls_[line.pid] = line.symbol;
    if (!inside) last_[line.pid] = line;
  }

  const OracleMachine& machine_;
  Worlds worlds_;
  std::map<int, Read> last_;          // by task
  std::map<int, std::string> calls_;  // the same: what it called last
  int number_ = 0, passed_ = 0, captures_ = 0;
  bool missing_ = false, jumped_ = false;
};

}  // namespace

Opinion ask_oracle(const std::vector<std::string>& captures, const OracleMachine& machine) {
  Oracle oracle(machine);
  for (const std::string& text : captures) oracle.capture(text);
  return oracle.opinion();
}

}  // namespace luproof::traces::test
