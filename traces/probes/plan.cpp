// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probes/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/load.h"
#include "model/spec_folders.h"
#include "model/topology.h"
#include "traces/binding.h"
#include "traces/kernels.h"
#include "traces/line.h"
#include "traces/probes/fetch.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;

namespace {

constexpr std::size_t kSmallLimit = std::size_t{1} << 20;
constexpr std::size_t kDumpLimit = std::size_t{64} << 20;
constexpr std::size_t kBtfLimit = std::size_t{1} << 30;  // a vmlinux with debug information
constexpr Release kLooksUpFields{6, 6};      // a probe's argument may be a field, by its name
constexpr int kLowBuffer = 2, kBuffer = 24;  // MiB
constexpr std::size_t kMostFilters = 64;

class Planner {
 public:
  Planner(const ProbeOptions& options, model::Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  std::optional<Plan> run() {
    if (!choose() || !read_kernel() || !read_design()) return std::nullopt;
    plan_.command = options_.command;
    plan_.binding = binding_->name;
    plan_.low = options_.low;
    plan_.buffer_mib =
        options_.buffer_mib > 0 ? options_.buffer_mib : (options_.low ? kLowBuffer : kBuffer);
    if (machine_) plan_.machine = options_.topology;
    for (const Recorded& what : wanted()) add(what);
    if (!check_names()) return std::nullopt;
    if (plan_.probes.empty())
      return fail("nothing of what the binding records is there in this kernel",
                  "are --btf and --functions of this kernel?");
    if (machine_) {
      plan_.total = 0;
      for (const Plan::Expected& each : plan_.expected) plan_.total += each.total;
    }
    return std::move(plan_);
  }

 private:
  std::nullopt_t fail(std::string message, std::string hint) {
    diagnostics_.error(model::Span{}, std::move(message), std::move(hint));
    return std::nullopt;
  }

  bool choose() {
    std::string path = options_.binding;
    if (!options_.kernel.empty()) {
      release_ = read_release(options_.kernel);
      if (!release_)
        fail(fmt::format("--kernel: '{}' is no release", printable(options_.kernel)),
             "uname -r: 7.3.4-amd64");
    }
    if (path.empty()) {
      const auto source = model::read_source(model::find_spec(options_.specs, "kernels.yaml"),
                                             kSmallLimit, diagnostics_);
      if (!source) return false;
      const auto kernels = read_kernels(source, diagnostics_);
      const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const KernelRange& r) {
        return !release_ || r.holds(*release_);
      });
      if (diagnostics_.ok() && found == kernels.end())
        fail(fmt::format("no binding is for Linux '{}'", printable(options_.kernel)),
             fmt::format("{} lists the kernels; --binding FILE takes any", source->path));
      if (!diagnostics_.ok()) return false;
      plan_.range = fmt::format("Linux {}.{} and later", found->from.first, found->from.second);
      if (found->below)
        plan_.range = fmt::format("Linux {}.{} to before {}.{}", found->from.first,
                                  found->from.second, found->below->first, found->below->second);
      path = model::find_spec(options_.specs, "bindings/" + found->binding + ".yaml");
    }
    if (const auto source = model::read_source(path, kSmallLimit, diagnostics_))
      binding_ = read_binding(source, diagnostics_);
    if (binding_ && binding_->record.empty())
      fail(fmt::format("{} does not say what to record", printable(path)),
           "record: [{function: …}]");
    return binding_ && diagnostics_.ok();
  }

  bool read_kernel() {
    if (!options_.btf.empty())
      if (const auto source = model::read_source(options_.btf, kBtfLimit, diagnostics_))
        btf_ = Btf::read(source, diagnostics_);
    if (!options_.functions.empty())
      if (const auto source = model::read_source(options_.functions, kDumpLimit, diagnostics_))
        read_functions(*source);
    if (!options_.topology.empty())
      if (const auto source = model::read_source(options_.topology, kDumpLimit, diagnostics_))
        machine_ = model::read_pci_dump(source, diagnostics_);
    return diagnostics_.ok();
  }

  // "pci_set_master", "igb_probe [igb]", "pci_iov_init.isra.0"
  void read_functions(const model::Source& source) {
    functions_.emplace();
    for (int line = 1; line <= static_cast<int>(source.line_starts.size()); ++line) {
      std::string_view rest = source.line(line);
      if (const auto name = text::take_while(rest, text::is_symbol); !name.empty())
        functions_->emplace(name);
    }
    if (functions_->count("pci_device_shutdown") == 0 && functions_->size() < 100)
      fail(fmt::format("{} is no list of the functions of a kernel", printable(source.path)),
           "available_filter_functions of /sys/kernel/tracing");
  }

  bool read_design() {
    if (options_.design.empty()) return true;
    std::string path = options_.design;
    if (path.find('/') == std::string::npos && !path.ends_with(".yaml"))
      path = model::find_spec(options_.specs, "designs/" + path + ".yaml");
    model::LoadOptions load;
    load.specs = options_.specs;
    load.variant = options_.variant;
    const auto readings = model::readings(path, load, diagnostics_);
    if (!readings || readings->empty()) return false;
    load.variant = readings->front().variant;
    const auto model = model::load(path, load, diagnostics_);
    if (!model) return false;
    for (const model::Procedure& procedure : model->procedures)
      if (procedure.symbol) of_design_.insert(procedure.name);
    for (const model::Event& event : model->events)
      if (event.symbol) of_design_.insert(event.name);
    return true;
  }

  // In the order of the binding, so that the probes get the same numbers in every kernel.
  std::vector<Recorded> wanted() const {
    std::vector<Recorded> all;
    std::set<std::string_view> named;
    for (const Recorded& what : binding_->record) {
      named.insert(what.function);
      if (binding_->find(what.function) != nullptr || of_design_.count(what.function) > 0)
        all.push_back(what);
    }
    // Of these a binding does not know the arguments: that they were called is worth a line.
    for (const std::string& function : of_design_)
      if (named.count(function) == 0) {
        Recorded plain;
        plain.function = function;
        plain.spared = true;
        all.push_back(std::move(plain));
      }
    return all;
  }

  void add(const Recorded& what) {
    if (const std::string why = absent(what); !why.empty()) return leave(what, why);
    if (options_.low && what.early)
      return leave(what, "the function tracer is not for a production host");
    if (options_.low && what.spared) return leave(what, "spared on a production host");
    if (what.early) {
      plan_.early.push_back(what.function);
      return expect(what, what.fires);
    }
    Plan::Probe probe{what.function, what.function, "", false, filter_of(what)};
    for (const auto& [name, expression] : what.prints) {
      const std::string fetched = argument(what, expression);
      if (fetched.empty()) return;
      probe.arguments += fmt::format("{}{}={}", probe.arguments.empty() ? "" : " ", name, fetched);
    }
    expect(what, probe.filter.empty() || !what.has_filtered ? what.fires : what.filtered);
    plan_.probes.push_back(std::move(probe));
    if (!what.returns.empty())
      plan_.probes.push_back(
          {what.function + "_ret", what.function, "ret=" + what.returns, true, ""});
  }

  // Why this kernel cannot show the function, or "".
  std::string absent(const Recorded& what) const {
    if (functions_ && functions_->count(what.function) == 0) {
      for (const std::string& name : *functions_)
        if (base_function(name) == what.function)
          return fmt::format("the compiler made {} of it, with other arguments", printable(name));
      return "it cannot be traced in this kernel: inlined, or not built in";
    }
    if (btf_ && !what.early && !what.prints.empty() && !btf_->has_function(what.function))
      return "this kernel's BTF does not have it: inlined, or not built in";
    return "";
  }

  // The expression for this kernel; "" if it cannot print it, which is then left out.
  std::string argument(const Recorded& what, const std::string& expression) {
    if (!has_names(expression)) return expression;
    if (!btf_) {
      plan_.names = true;
      return expression;
    }
    Fetched fetched = fetch(*btf_, what.function, expression);
    if (!fetched.problem.empty()) leave(what, fetched.problem);
    return fetched.offsets;
  }

  bool check_names() {
    if (!plan_.names || !release_ || *release_ >= kLooksUpFields) return true;
    fail(fmt::format("Linux {}.{} cannot look up arguments of functions by their names",
                     release_->first, release_->second),
         "--btf FILE writes them as offsets: /sys/kernel/btf/vmlinux, or vmlinux");
    return false;
  }

  void leave(const Recorded& what, std::string why) {
    Plan::Missing missing{what.function, std::move(why), what.judges, {}, false};
    std::set<std::string> events;
    if (const auto* const meanings = binding_->find(what.function))
      for (const int index : *meanings) {
        const Meaning& meaning = binding_->meanings[index];
        if (meaning.event) events.insert(meaning.event->name);
        if (meaning.decode) events.insert({meaning.decode->one.name, meaning.decode->zero.name});
      }
    missing.events.assign(events.begin(), events.end());
    for (const auto& [property, functions] : binding_->needs)
      if (std::find(functions.begin(), functions.end(), what.function) != functions.end()) {
        missing.needed = true;
        if (std::find(missing.judges.begin(), missing.judges.end(), property) ==
            missing.judges.end())
          missing.judges.push_back(property);
      }
    plan_.missing.push_back(std::move(missing));
  }

  void expect(const Recorded& what, const Frequency& frequency) {
    Plan::Expected expected{what.function, frequency, -1};
    if (machine_) {
      const auto of = [&](PerWhat kind) { return frequency[static_cast<std::size_t>(kind)]; };
      expected.total = of(PerWhat::Update);
      for (const model::PciFunction& function : machine_->functions) switch (function.kind) {
          case model::FunctionKind::Port:
            expected.total += of(PerWhat::Port);
            break;
          case model::FunctionKind::Pf:
            expected.total += of(PerWhat::Pf);
            break;
          case model::FunctionKind::Vf:
            expected.total += of(PerWhat::Vf);
            break;
          case model::FunctionKind::Other:
            expected.total += of(PerWhat::Other);
            break;
        }
    }
    plan_.expected.push_back(std::move(expected));
  }

  // What lets only lines through that mean something; "" if that cannot be said by arguments.
  std::string filter_of(const Recorded& what) const {
    const auto* const meanings = binding_->find(what.function);
    if (!options_.low || meanings == nullptr) return "";
    std::set<std::string> any;
    for (const int index : *meanings) {
      const Meaning& meaning = binding_->meanings[index];
      if (meaning.asks) continue;
      if (meaning.when.size() != 1) return "";
      const Condition& when = meaning.when.front();
      const bool printed = std::any_of(what.prints.begin(), what.prints.end(),
                                       [&](const auto& p) { return p.first == when.argument; });
      if (!printed || !add_terms(when, any)) return "";
    }
    if (any.size() > kMostFilters) return "";
    return fmt::format("{}", fmt::join(any, " || "));
  }

  bool add_terms(const Condition& when, std::set<std::string>& any) const {
    const auto term = [&](std::int64_t number) {
      return fmt::format("{} {} {:#x}", when.argument, when.equal ? "==" : "!=", number);
    };
    if (when.parameter < 0) {
      if (when.number < 0) return false;
      any.insert(term(when.number));
      return true;
    }
    if (!machine_ || !when.equal) return false;
    for (const model::PciFunction& function : machine_->functions)
      if (const auto value = function.value(when.attribute)) any.insert(term(*value + when.number));
    return true;
  }

  const ProbeOptions& options_;
  model::Diagnostics& diagnostics_;
  Plan plan_;
  std::optional<Release> release_;
  std::optional<Binding> binding_;
  std::optional<Btf> btf_;
  std::optional<std::set<std::string, std::less<>>> functions_;
  std::optional<model::Topology> machine_;
  std::set<std::string> of_design_;
};

}  // namespace

std::optional<Plan> make_plan(const ProbeOptions& options, model::Diagnostics& diagnostics) {
  return Planner(options, diagnostics).run();
}

}  // namespace luproof::traces
