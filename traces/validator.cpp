// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/validator.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/load.h"
#include "traces/journal.h"
#include "traces/observer.h"
#include "traces/probe_file.h"
#include "traces/reader.h"
#include "traces/stats_file.h"

namespace luproof::traces {

using model::Diagnostics;
using model::printable;

namespace {

constexpr std::size_t kDumpLimit = std::size_t{64} << 20;
constexpr std::size_t kSmallLimit = std::size_t{1} << 20;

// Files in which lines may stand in an order, or under names, that the machine never saw.
constexpr Anomaly kUntrustworthy[] = {Anomaly::WrongSymbols, Anomaly::TimeBackwards,
                                      Anomaly::SecondHeader};

std::string place_of(const Gap& gap) {
  std::string text;
  if (gap.line > 0) text += fmt::format("line {}", gap.line);
  if (gap.cpu >= 0) text += fmt::format("{}CPU {}", text.empty() ? "" : ", ", gap.cpu);
  return text.empty() ? text : text + ": ";
}

struct Capture {
  std::string path;
  CaptureHealth health;
  std::vector<CpuStats> stats;
  Journal journal;
};

class Validation {
 public:
  Validation(const ValidateOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  std::optional<TraceVerdict> run() {
    if (!read_options() || !read_captures()) return std::nullopt;
    auto machine = read_machine();
    if (!machine) return std::nullopt;
    model::LoadOptions load;
    load.specs = options_.specs;
    load.topology = machine->topology;
    const auto model =
        model::load(options_.specs + "/rules/" + binding_->model + ".yaml", load, diagnostics_);
    if (!model || !resolve_binding(*binding_, *model, diagnostics_)) return std::nullopt;
    if (!check_claim(*model)) return std::nullopt;
    const model::Layout layout(*model);
    Observer observer({*binding_, *model, layout, *machine, mentioned_, keep_, options_.claim,
                       topology_at_, options_.topology});
    for (Capture& capture : captures_) {
      observer.begin(capture.path, capture.health);
      TraceLine line;
      while (capture.journal.next(line)) observer.line(line);
      observer.end();
    }
    TraceVerdict verdict = observer.finish();
    add_gaps(verdict, *machine);
    add_needs(verdict, *model);
    const bool lossy = std::any_of(verdict.gaps.begin(), verdict.gaps.end(),
                                   [](const Gap& g) { return g.kind == GapKind::Loss; });
    if (verdict.bound == 0 && !lossy) {
      diagnostics_.error({model::Source::make(captures_.front().path, ""), 0, 0, 1},
                         "no line of the capture is an event of the model",
                         fmt::format("{} lists the symbols that are understood", binding_->path));
      return std::nullopt;
    }
    conclude(verdict);
    return verdict;
  }

 private:
  bool read_options() {
    for (const std::string& text : options_.keep)
      if (auto keep = read_keep(text, diagnostics_)) keep_.push_back(std::move(*keep));
    if (auto at = read_moment(options_.topology_at, "--topology-at", diagnostics_))
      topology_at_ = *at;
    const std::string path =
        options_.binding.empty() ? options_.specs + "/bindings/pci.yaml" : options_.binding;
    const auto source = model::read_source(path, kSmallLimit, diagnostics_);
    if (source) binding_ = read_binding(source, diagnostics_);
    for (const std::string& file : options_.probes)
      if (const auto probes = model::read_source(file, kSmallLimit, diagnostics_);
          probes && binding_)
        read_probes(*probes, binding_->probes, mentioned_.probed, diagnostics_);
    if (options_.stats.size() > options_.captures.size())
      diagnostics_.error(model::Span{}, "more --stats than captures",
                         "one for each capture, in the same order");
    return diagnostics_.ok();
  }

  // Each capture is read once: its health, the functions that it names, the lines that matter.
  bool read_captures() {
    for (std::size_t i = 0; i < options_.captures.size(); ++i) {
      for (const ReaderPtr& reader : open_capture(options_.captures[i], diagnostics_))
        if (!read_capture(*reader)) return false;
      if (!diagnostics_.ok()) return false;
      if (i >= options_.stats.size()) continue;
      const auto source = model::read_source(options_.stats[i], kSmallLimit, diagnostics_);
      auto stats = source ? read_stats(source, diagnostics_) : std::nullopt;
      if (!stats) return false;
      captures_.back().stats = std::move(*stats);
    }
    return true;
  }

  bool read_capture(CaptureReader& reader) {
    Capture capture;
    capture.path = reader.path();
    std::vector<Moment> awaited = {topology_at_};
    for (const KeepRequest& keep : keep_) awaited.push_back(keep.from);
    std::erase_if(awaited, [](const Moment& m) { return !m.told_by_lines(); });
    reader.only([&](std::string_view symbol) { return binding_->find(base_function(symbol)); });
    TraceLine line;
    while (reader.next(line)) {
      mentioned_.add(line, *binding_);
      bool matters = binding_->may_mean(line);
      if (!awaited.empty())
        matters =
            std::erase_if(awaited,
                          [&](const Moment& moment) {
                            return moment.reached_by(line, static_cast<int>(captures_.size()));
                          }) > 0 ||
            matters;
      if (!matters) continue;
      const std::string quote = reader.quote(line);
      line.quote = quote;
      capture.journal.add(line);
    }
    if (const auto refusal = reader.refusal()) {
      fail(reader.path(), refusal->message, refusal->hint);
      return false;
    }
    if (!capture.journal.problem().empty()) {
      fail(reader.path(), capture.journal.problem(), "set TMPDIR to a folder with room");
      return false;
    }
    capture.health = reader.health();
    capture.stats = capture.health.stats;
    captures_.push_back(std::move(capture));
    return true;
  }

  void fail(const std::string& path, std::string message, std::string hint) {
    diagnostics_.error({model::Source::make(path, ""), 0, 0, 1}, std::move(message),
                       std::move(hint));
  }

  std::optional<Machine> read_machine() {
    std::optional<model::Topology> dump;
    if (!options_.topology.empty()) {
      const auto source = model::read_source(options_.topology, kDumpLimit, diagnostics_);
      if (source) dump = model::read_pci_dump(source, diagnostics_);
      if (!dump) return std::nullopt;
    }
    for (const KeepRequest& keep : keep_) check_kept(keep, dump);
    if (!diagnostics_.ok()) return std::nullopt;
    return make_machine(dump, mentioned_.functions, binding_->existence, diagnostics_);
  }

  // A typing error in an address would be kept, and never lost.
  void check_kept(const KeepRequest& keep, const std::optional<model::Topology>& dump) {
    if (keep.what != KeepRequest::What::Function) return;
    std::vector<std::string> known;
    for (const model::Bdf& address : mentioned_.functions) known.push_back(address.text());
    if (dump)
      for (const model::PciFunction& function : dump->functions)
        known.push_back(function.bdf.text());
    const std::string wanted = keep.function.text();
    if (std::find(known.begin(), known.end(), wanted) != known.end()) return;
    diagnostics_.error(
        model::Span{},
        fmt::format("--keep {}: neither the topology nor a capture has this function", wanted),
        model::did_you_mean(wanted, known));
  }

  bool check_claim(const model::Model& model) {
    const auto levels = levels_of(model);
    if (std::find(levels.begin(), levels.end(), options_.claim) != levels.end()) return true;
    std::string hint = model::did_you_mean(options_.claim, levels);
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(levels, ", "));
    diagnostics_.error(model::Span{},
                       fmt::format("--claim: unknown level '{}'", printable(options_.claim)), hint);
    return false;
  }

  void add_gaps(TraceVerdict& verdict, const Machine& machine) {
    for (std::size_t i = 0; i < captures_.size(); ++i)
      for (const CpuStats& cpu : captures_[i].stats) {
        if (cpu.missing() == 0) continue;
        verdict.gaps.push_back(
            {captures_[i].path, 0, cpu.cpu,
             fmt::format("the statistics count {} overwritten and {} dropped events", cpu.overrun,
                         cpu.dropped + cpu.commit_overrun),
             GapKind::Loss});
        verdict.lost += cpu.dropped + cpu.commit_overrun;
      }
    for (const KeepRequest& keep : keep_) {
      const bool began =
          std::any_of(verdict.kept.begin(), verdict.kept.end(), [&](const Kept& kept) {
            return kept.began && (keep.what != KeepRequest::What::Function ||
                                  kept.function == keep.function.text());
          });
      if (keep.from.kind == Moment::Kind::Preserve)
        verdict.gaps.push_back({"", 0, -1,
                                "no bound line says which PCI functions were preserved, and when",
                                GapKind::Unseen});
      else if (!began)
        verdict.gaps.push_back(
            {"", 0, -1,
             fmt::format("--keep {}: nothing of it was ever there", printable(keep.text)),
             GapKind::Unseen});
    }
    if (!keep_.empty() && !machine.has_dump)
      verdict.gaps.push_back({"", 0, -1,
                              "no --topology: bridges and SR-IOV capabilities are not known",
                              GapKind::Unseen});
    for (const std::string& note : machine.topology.notes)
      verdict.gaps.push_back({options_.topology, 0, -1, note, GapKind::Note});
  }

  // A probe that was not there shows nothing, whatever happens.
  void add_needs(TraceVerdict& verdict, const model::Model& model) {
    if (keep_.empty()) return;
    std::set<std::string> said;
    for (const BoundProperty& bound : properties_of(model, options_.claim)) {
      const auto needs = binding_->needs.find(model.properties[bound.property].name);
      if (needs == binding_->needs.end()) continue;
      for (const std::string& symbol : needs->second) {
        if (mentioned_.probed.count(symbol) > 0 || !said.insert(symbol).second) continue;
        verdict.gaps.push_back(
            {"", 0, -1,
             fmt::format("nothing shows that {} was probed, which {} needs (--probes FILE would)",
                         symbol, needs->first),
             GapKind::Unseen});
      }
    }
  }

  void conclude(TraceVerdict& verdict) {
    for (TraceViolation& violation : verdict.violations) {
      const CaptureHealth& health = captures_[violation.capture].health;
      for (Anomaly kind : kUntrustworthy) {
        // Wrong names are those of traced functions; a probe line names what it sits on itself.
        if (kind == Anomaly::WrongSymbols && violation.line) continue;
        if (health.of(kind).count == 0) continue;
        violation.trust = Trust::IfComplete;
        violation.reason = info(kind).sentence;
      }
    }
    const auto counts = [&](const TraceViolation& v) {
      return options_.strict || v.trust == Trust::Certain;
    };
    // The one that decides comes first; the others stay in the order of the lines.
    const auto first = std::find_if(verdict.violations.begin(), verdict.violations.end(), counts);
    if (first != verdict.violations.end()) {
      std::rotate(verdict.violations.begin(), first, first + 1);
      verdict.outcome = Outcome::Violates;
      verdict.reason = verdict.violations.front().because;
      return;
    }
    const auto gap = std::find_if(verdict.gaps.begin(), verdict.gaps.end(),
                                  [](const Gap& g) { return g.kind != GapKind::Note; });
    const auto loss = std::find_if(verdict.gaps.begin(), verdict.gaps.end(),
                                   [](const Gap& g) { return g.kind == GapKind::Loss; });
    if (loss != verdict.gaps.end()) {
      verdict.outcome = Outcome::Inconclusive;
      verdict.reason = place_of(*loss) + loss->what;
    } else if (!verdict.violations.empty()) {
      verdict.outcome = Outcome::Inconclusive;
      verdict.reason =
          fmt::format("line {} breaks {} unless the capture hides something: {}",
                      verdict.violations.front().by_line, verdict.violations.front().property,
                      verdict.violations.front().reason);
    } else if (gap != verdict.gaps.end()) {
      verdict.outcome = Outcome::Inconclusive;
      verdict.reason = place_of(*gap) + gap->what;
    } else {
      verdict.reason = keep_.empty() ? "nothing had to be kept" : "nothing that was kept was lost";
    }
  }

  const ValidateOptions& options_;
  Diagnostics& diagnostics_;
  std::vector<KeepRequest> keep_;
  Moment topology_at_;
  std::optional<Binding> binding_;
  std::vector<Capture> captures_;
  Mentioned mentioned_;
};

}  // namespace

std::optional<TraceVerdict> validate(const ValidateOptions& options, Diagnostics& diagnostics) {
  return Validation(options, diagnostics).run();
}

}  // namespace luproof::traces
