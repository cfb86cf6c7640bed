// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "model/load.h"
#include "model/spec_folders.h"
#include "model/whole_file.h"
#include "traces/captures.h"
#include "traces/decide.h"
#include "traces/design/judge.h"
#include "traces/design/lines.h"
#include "traces/different.h"
#include "traces/observer.h"
#include "traces/recorder.h"
#include "traces/slice.h"

namespace luproof::traces {

using model::Diagnostics;
using model::printable;

namespace {

constexpr int kSliceQuestions = 4000;
constexpr std::string_view kNoDesign = "none";
constexpr std::chrono::seconds kUnasked{5};       // for a design that nobody asked about
constexpr std::int64_t kLinesBetweenLooks = 256;  // at the limits
constexpr std::int64_t kMostSliced = 200'000;
constexpr std::int64_t kRetrialLines = 200'000;  // well under a second
constexpr std::size_t kDumpLimit = std::size_t{64} << 20;

// Files in which lines may stand in an order, or under names, that the machine never saw.
constexpr Anomaly kUntrustworthy[] = {Anomaly::WrongSymbols, Anomaly::TimeBackwards,
                                      Anomaly::SecondHeader};

class Validation {
 public:
  Validation(const ValidateOptions& options, Diagnostics& diagnostics)
      : options_(options),
        judging_limits_(options.limits.for_judging()),
        diagnostics_(diagnostics) {}

  std::optional<TraceVerdict> run() {
    if (!options_.design.empty() && options_.design != kNoDesign) {
      design_ = DesignJudge::make(options_.design, options_.variant, options_.specs, diagnostics_);
      if (!design_) return std::nullopt;
    }
    if (!read_options() || !read_captures() || !read_for_design() || !read_machine())
      return std::nullopt;
    model::LoadOptions load;
    load.specs = options_.specs;
    load.topology = machine_->topology;
    model_ = model::load(
        model::find_spec(options_.specs, "rules/" + captures_->binding->model + ".yaml"), load,
        diagnostics_);
    if (!model_ || !resolve_binding(*captures_->binding, *model_, diagnostics_))
      return std::nullopt;
    if (!check_claim()) return std::nullopt;
    layout_.emplace(*model_);
    TraceVerdict verdict = judged([&](Observer& observer) {
      for (Capture& capture : captures_->all) {
        observer.begin(capture.path, capture.health, &capture.places);
        TraceLine line;
        const std::int64_t before = observer.bound();
        while (!out_of_limits(capture, line) && capture.journal.next(line)) observer.line(line);
        observer.end();
        capture.bound = observer.bound() - before;
      }
      if (captures_->all.empty()) observer.begin_dumps();
      if (after_ && captures_->stopped.empty()) observer.after(*after_, options_.topology_after);
    });
    if (!options_.explain.empty()) {
      if (cut_short_ || captures_->explanation.empty())
        verdict.explanation_ended = captures_->stopped;
      return verdict;
    }
    reconsider(verdict);
    if (design_ && !judge_design(verdict)) return std::nullopt;
    if (verdict.bound == 0 && !(verdict.design && verdict.design->heard > 0) && !lossy(verdict) &&
        !captures_->all.empty()) {
      if (!options_.coverage) {
        diagnostics_.error(
            {model::Source::make(captures_->all.front().path, ""), 0, 0, 1},
            "no line of the capture is an event of the model",
            fmt::format("{} lists the symbols that are understood", captures_->binding->path));
        return std::nullopt;
      }
      verdict.outcome = Outcome::Inconclusive;
      verdict.reason = "no line of the capture is an event of the model";
      return verdict;
    }
    if (!options_.slice.empty() && !slice(verdict)) return std::nullopt;
    if (options_.timeline) record(verdict);
    return verdict;
  }

 private:
  // Asked before each line; `last` is the one before it.
  bool out_of_limits(const Capture& capture, const TraceLine& last) {
    if (cut_short_) return true;
    if (++judged_ % kLinesBetweenLooks != 0) return false;
    const std::string_view why = judging_limits_.reached();
    if (why.empty()) return false;
    cut_short_ = true;
    captures_->stopped = why;
    captures_->notes.push_back(
        {capture.path, last.number, -1,
         fmt::format("judging ended here, by {}: what follows is not known", why), GapKind::Loss});
    return true;
  }

  static bool lossy(const TraceVerdict& verdict) {
    return std::any_of(verdict.gaps.begin(), verdict.gaps.end(),
                       [](const Gap& g) { return g.kind == GapKind::Loss; });
  }

  // The whole verdict about what `feed` gives to an observer.
  TraceVerdict judged(const std::function<void(Observer&)>& feed) {
    Observer observer = this->observer();
    feed(observer);
    inside_ = observer.inside();
    TraceVerdict verdict = observer.finish();
    add_reading(verdict, observer);
    add_gaps(verdict);
    add_needs(verdict);
    add_promised(verdict);
    conclude(verdict);
    return verdict;
  }

  Observer observer(Recorder* recorder = nullptr) {
    return Observer({*captures_->binding, *model_, *layout_, *machine_, captures_->mentioned, keep_,
                     options_.claim, topology_at_, options_.topology, captures_->explain_capture,
                     captures_->explain_line, recorder});
  }

  // What a violation depends on, and what would have to be different.
  void reconsider(TraceVerdict& verdict) {
    if (verdict.violations.empty() || cut_short_) return;
    const auto judge = [&](const Retrial::Feed& feed) {
      Observer again = observer();
      feed(again);
      return again.finish();
    };
    const auto after = [&](Observer& again) {
      if (after_) again.after(*after_, options_.topology_after);
    };
    in_order_of_lines(verdict);
    const Related related = related_in(machine_->topology);
    Retrial orders(captures_->all, judge, after, kRetrialLines);
    doubt_order(verdict, orders, related);
    if (options_.different) {
      Retrial others(captures_->all, judge, after, kRetrialLines);
      find_different(verdict, others, related, inside_);
    }
    conclude(verdict);
  }

  bool judge_design(TraceVerdict& verdict) {
    checker::Limits limits;
    limits.deadline = judging_limits_.deadline;
    limits.memory = judging_limits_.left();
    limits.interrupted = judging_limits_.interrupted;
    std::optional<model::Topology> machine;
    if (machine_->has_dump) machine = machine_->topology;
    if (unasked_) limits.deadline = std::min(limits.deadline, Limits::Clock::now() + kUnasked);
    auto found = design_->judge(*captures_, machine, options_.from_start, limits, diagnostics_);
    if (!found) return false;
    if (unasked_ && found->answer == DesignVerdict::Answer::CannotTell) {
      verdict.gaps.push_back({"",
                              0,
                              -1,
                              fmt::format("nobody asked about {}, and it cannot be told at once "
                                          "whether a run of it explains this: {}",
                                          found->design, found->reason),
                              GapKind::Note,
                              {}});
      return true;
    }
    verdict.design = std::move(found);
    conclude(verdict);
    return true;
  }

  // Reads the captures once more and writes down what each line did.
  void record(TraceVerdict& verdict) {
    std::set<Recorder::LineKey> matter;
    for (const TraceViolation& each : verdict.violations)
      matter.emplace(each.capture, each.by_line);
    for (const Blackout& each : verdict.blackouts) {
      matter.emplace(each.from.capture, each.from.line);
      if (each.to) matter.emplace(each.to->capture, each.to->line);
    }
    Recorder recorder(*model_, *layout_, *captures_->binding, std::move(matter),
                      verdict.bound + verdict.lost);
    Observer again = observer(&recorder);
    std::string stopped;
    std::int64_t lines = 0;
    TraceLine line;
    for (Capture& capture : captures_->all) {
      if (!stopped.empty()) break;
      again.begin(capture.path, capture.health, &capture.places);
      capture.journal.rewind();
      while (stopped.empty() && capture.journal.next(line)) {
        again.line(line);
        if (++lines % kLinesBetweenLooks == 0) stopped = judging_limits_.reached();
      }
      again.end();
    }
    if (captures_->all.empty()) again.begin_dumps();
    if (after_ && stopped.empty() && captures_->stopped.empty())
      again.after(*after_, options_.topology_after);
    verdict.timeline = std::make_shared<const Timeline>(recorder.finish(std::move(stopped)));
    if (!verdict.design) return;
    quote_lines(*verdict.design, *captures_);
    if (verdict.design->answer == DesignVerdict::Answer::Unexplained)
      list_lines(*verdict.design, *captures_, *design_);
  }

  // Writes the fewest lines that have this verdict.
  bool slice(const TraceVerdict& verdict) {
    const auto fail = [&](std::string message, std::string hint) {
      diagnostics_.error(model::Span{}, "--slice: " + std::move(message), std::move(hint));
      return false;
    };
    if (design_)
      return fail("it keeps what the rules of kernel and hardware say, not what a design does",
                  "leave out --design");
    const auto by_line = [](const Moment& m) { return m.kind == Moment::Kind::Line; };
    if (captures_->all.size() != 1) return fail("it cuts one capture, not several", "");
    if (by_line(topology_at_) ||
        std::any_of(keep_.begin(), keep_.end(), [&](const auto& k) { return by_line(k.from); }))
      return fail("a slice has lines of other numbers", "say the moment as marker: or time:");
    Capture& capture = captures_->all.front();
    if (capture.journal.size() > kMostSliced)
      return fail(fmt::format("more than {} lines have a meaning", kMostSliced), "");
    std::vector<OwnedLine> lines;
    TraceLine line;
    capture.journal.rewind();
    while (capture.journal.next(line)) lines.emplace_back(line);
    CaptureHealth healthy;
    healthy.header.present = true;
    const auto keeps = [&](const std::vector<std::size_t>& chosen) {
      return same_verdict(verdict, judged([&](Observer& observer) {
                            observer.begin(capture.path, healthy);
                            for (const std::size_t i : chosen) observer.line(lines[i].line());
                            observer.end();
                            if (after_) observer.after(*after_, options_.topology_after);
                          }));
    };
    std::vector<std::size_t> all(lines.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (!keeps(all))
      return fail("the verdict rests on more than lines",
                  "the header or the statistics of the capture decide it");
    std::vector<OwnedLine> chosen;
    for (const std::size_t i : fewest(lines.size(), keeps, kSliceQuestions))
      chosen.push_back(lines[i]);
    const std::string cut = slice_text(chosen, capture.path, capture.health.format);
    if (!model::write_whole(options_.slice, cut, diagnostics_)) return false;
    return check_slice(verdict);
  }

  // What was written is judged as any capture is: it has to say the same.
  bool check_slice(const TraceVerdict& verdict) {
    ValidateOptions again = options_;
    again.captures = {options_.slice};
    again.slice.clear();
    again.stats.clear();
    if (again.kernel.empty()) again.kernel = captures_->all.front().health.header.release;
    Diagnostics ignored;
    const auto sliced = validate(again, ignored);
    if (sliced && same_verdict(verdict, *sliced)) return true;
    diagnostics_.error(model::Span{}, "--slice: the lines alone do not have the same verdict",
                       "what else the capture says decides it");
    return false;
  }

  bool read_options() {
    for (const std::string& text : options_.keep)
      if (auto keep = read_keep(text, diagnostics_)) keep_.push_back(std::move(*keep));
    if (auto at = read_moment(options_.topology_at, "--topology-at", diagnostics_))
      topology_at_ = *at;
    return diagnostics_.ok();
  }

  bool read_captures() {
    std::vector<Moment> awaited = {topology_at_};
    for (const KeepRequest& keep : keep_) awaited.push_back(keep.from);
    std::erase_if(awaited, [](const Moment& m) { return !m.told_by_lines(); });
    captures_.emplace(options_, std::move(awaited), diagnostics_);
    if (design_)
      captures_->also = [this](std::string_view symbol) { return design_->wants(symbol); };
    return captures_->read();
  }

  // The design of the kernel's generation, where the user names none and its code has run. What it
  // has words for matters too, so the captures are read once more.
  bool read_for_design() {
    const std::string name = options_.design.empty() ? captures_->design_of_kernel() : "";
    if (name.empty() || !captures_->stopped.empty() || !options_.explain.empty()) return true;
    const std::string assumed = fmt::format(
        "the design is {}, by the kernel's release (--design says another, or none)", name);
    const auto& files = options_.captures;
    if (std::find(files.begin(), files.end(), "-") != files.end()) {
      captures_->assumptions.push_back(fmt::format(
          "no design: standard input is read once; --design {} is that of the kernel", name));
      return true;
    }
    design_ = DesignJudge::make(name, options_.variant, options_.specs, diagnostics_);
    if (!design_ || !read_captures()) return false;
    unasked_ = true;
    captures_->assumptions.push_back(assumed);
    return true;
  }

  std::optional<model::Topology> read_dump(const std::string& path) {
    const auto source = model::read_source(path, kDumpLimit, diagnostics_);
    return source ? model::read_pci_dump(source, diagnostics_) : std::nullopt;
  }

  bool read_machine() {
    std::optional<model::Topology> dump;
    if (!options_.topology.empty()) dump = read_dump(options_.topology);
    if (!options_.topology_after.empty()) after_ = read_dump(options_.topology_after);
    if (!diagnostics_.ok()) return false;
    for (const KeepRequest& keep : keep_) check_kept(keep, dump);
    if (!diagnostics_.ok()) return false;
    std::set<model::Bdf> functions = captures_->mentioned.functions;
    if (after_)
      for (const model::PciFunction& function : after_->functions) functions.insert(function.bdf);
    machine_ = make_machine(dump, functions, captures_->binding->existence, diagnostics_);
    return machine_.has_value();
  }

  // A typing error in an address would be kept, and never lost.
  void check_kept(const KeepRequest& keep, const std::optional<model::Topology>& dump) {
    if (keep.what != KeepRequest::What::Function) return;
    std::vector<std::string> known;
    for (const model::Bdf& address : captures_->mentioned.functions)
      known.push_back(address.text());
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

  bool check_claim() {
    const auto levels = levels_of(*model_);
    if (std::find(levels.begin(), levels.end(), options_.claim) != levels.end()) return true;
    std::string hint = model::did_you_mean(options_.claim, levels);
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(levels, ", "));
    diagnostics_.error(model::Span{},
                       fmt::format("--claim: unknown level '{}'", printable(options_.claim)), hint);
    return false;
  }

  // What reading the captures has told, apart from their lines.
  void add_reading(TraceVerdict& verdict, const Observer& observer) {
    const Captures& captures = *captures_;
    verdict.kernel = captures.kernel;
    verdict.gaps.insert(verdict.gaps.end(), captures.notes.begin(), captures.notes.end());
    verdict.assumptions.insert(verdict.assumptions.end(), captures.assumptions.begin(),
                               captures.assumptions.end());
    for (const Capture& capture : captures.all)
      verdict.readings.push_back(
          {capture.path, capture.health, capture.stats, capture.bound, order_policy(capture).text});
    for (const Capture& capture : captures.all)
      if (const std::string order = order_policy(capture).text;
          !order.empty() && std::find(verdict.assumptions.begin(), verdict.assumptions.end(),
                                      order) == verdict.assumptions.end())
        verdict.assumptions.push_back(order);
    if (after_ && !captures.all.empty())
      verdict.assumptions.push_back(fmt::format("{} was taken after the last capture had ended",
                                                printable(options_.topology_after)));
    verdict.explanation.insert(verdict.explanation.begin(), captures.explanation.begin(),
                               captures.explanation.end());
    if (!options_.coverage) return;
    verdict.unbound = captures.unbound.rows();
    verdict.rules = rules_of(*captures.binding, observer.fired());
  }

  void add_gaps(TraceVerdict& verdict) {
    const Machine& machine = *machine_;
    for (std::size_t i = 0; i < captures_->all.size(); ++i)
      for (const CpuStats& cpu : captures_->all[i].stats) {
        if (cpu.missing() == 0) continue;
        verdict.gaps.push_back(
            {captures_->all[i].path,
             0,
             cpu.cpu,
             fmt::format("the statistics count {} overwritten and {} dropped events", cpu.overrun,
                         cpu.dropped + cpu.commit_overrun),
             GapKind::Loss,
             {captures_->all[i].places.whole(cpu.cpu)}});
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
             keep.what == KeepRequest::What::Function
                 ? fmt::format("--keep {}: {}", printable(keep.text), never(keep, "it was never"))
                 : fmt::format("--keep {}: {}", printable(keep.text),
                               never(keep, "no VF was ever")),
             GapKind::Unseen});
    }
    if (!keep_.empty() && !machine.has_dump)
      verdict.gaps.push_back({"", 0, -1,
                              "no --topology: bridges and SR-IOV capabilities are not known",
                              GapKind::Unseen});
    for (const std::string& note : machine.topology.notes)
      verdict.gaps.push_back({options_.topology, 0, -1, note, GapKind::Note});
  }

  // Why nothing was kept.
  std::string never(const KeepRequest& keep, const std::string& who) const {
    const std::int64_t lines = captures_->all.empty() ? 0 : captures_->all.front().health.lines;
    if (keep.from.kind == Moment::Kind::Line && keep.from.line > lines &&
        captures_->stopped.empty())
      return fmt::format("there is no line {}, the first capture has {}", keep.from.line, lines);
    return who + " seen to exist" + (keep.from.kind == Moment::Kind::Start ? "" : " from then on");
  }

  void add_promised(TraceVerdict& verdict) const {
    if (keep_.empty()) return;
    for (const BoundProperty& bound : properties_of(*model_, options_.claim)) {
      const model::Property& property = model_->properties[bound.property];
      const auto twice = [&](const Promised& other) { return other.property == property.name; };
      if (std::none_of(verdict.promised.begin(), verdict.promised.end(), twice))
        verdict.promised.push_back({property.name, property.because, property.origin.about,
                                    property.origin.pack, property.origin.cite});
    }
  }

  // A probe that was not there shows nothing, whatever happens.
  void add_needs(TraceVerdict& verdict) {
    const model::Model& model = *model_;
    if (keep_.empty()) return;
    if (captures_->all.empty()) {
      verdict.gaps.push_back(
          {"", 0, -1, "dumps do not show whether a function was reset", GapKind::Unseen});
      return;
    }
    std::set<std::string> said;
    for (const BoundProperty& bound : properties_of(model, options_.claim)) {
      const auto needs = captures_->binding->needs.find(model.properties[bound.property].name);
      if (needs == captures_->binding->needs.end()) continue;
      for (const std::string& symbol : needs->second) {
        if (captures_->mentioned.probed.count(symbol) > 0 || !said.insert(symbol).second) continue;
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
      if (violation.by_line == 0) continue;  // a dump shows it
      const CaptureHealth& health = captures_->all[violation.capture].health;
      for (Anomaly kind : kUntrustworthy) {
        // Wrong names are those of traced functions; a probe line names what it sits on itself.
        if (kind == Anomaly::WrongSymbols && violation.line) continue;
        if (health.of(kind).count == 0) continue;
        violation.trust = Trust::IfComplete;
        violation.reason = info(kind).sentence;
      }
    }
    if (options_.baseline) mark_known(*options_.baseline, verdict);
    decide(verdict, {options_.strict, !keep_.empty()});
  }

  const ValidateOptions& options_;
  const Limits judging_limits_;
  std::int64_t judged_ = 0;
  bool cut_short_ = false;
  Inside inside_;
  Diagnostics& diagnostics_;
  std::vector<KeepRequest> keep_;
  Moment topology_at_;
  std::unique_ptr<DesignJudge> design_;
  bool unasked_ = false;  // it is the kernel's, and no choice of the user
  std::optional<Captures> captures_;
  std::optional<Machine> machine_;
  std::optional<model::Topology> after_;
  std::optional<model::Model> model_;
  std::optional<model::Layout> layout_;
};

}  // namespace

std::optional<TraceVerdict> validate(const ValidateOptions& options, Diagnostics& diagnostics) {
  return Validation(options, diagnostics).run();
}

}  // namespace luproof::traces
