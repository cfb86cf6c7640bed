// SPDX-License-Identifier: GPL-2.0-or-later
// The function tracer and a probe show one call as two lines, in either order: they are one
// utterance. What no line of a kernel's capture shows was perhaps not recorded, so that its absence
// says nothing.
#include "traces/design/recording.h"

#include <algorithm>
#include <unordered_map>

namespace luproof::traces {

using checker::Seen;

namespace {

constexpr std::int64_t kMostCounted = 32;  // lost events; more are any number

class Listener {
 public:
  Listener(const Words& words, const Binding& binding, const model::Model& model,
           bool on_this_machine)
      : words_(words), binding_(binding), model_(model), on_this_machine_(on_this_machine) {
    recording_.kernels.emplace_back();
  }

  Recording run(std::vector<Capture>& captures) {
    for (std::size_t i = 0; i < captures.size(); ++i) {
      capture_ = static_cast<int>(i);
      if (i > 0) kexec();
      if (lossy(captures[i])) gap(0);
      TraceLine line;
      bool first = true;
      captures[i].journal.rewind();
      while (captures[i].journal.next(line)) hear(line, std::exchange(first, false));
    }
    return std::move(recording_);
  }

 private:
  // The start is gone, or nobody knows where what is missing was.
  static bool lossy(const Capture& capture) {
    const auto missing = [](const CpuStats& cpu) { return cpu.missing() > 0; };
    return capture.health.of(Anomaly::WrappedBuffer).count > 0 ||
           std::any_of(capture.stats.begin(), capture.stats.end(), missing);
  }

  void kexec() {
    recording_.kernels.back().to_the_end = jumped_;
    recording_.kernels.emplace_back();
    Utterance said;
    said.kind = Seen::Kind::Kexec;
    said.capture = capture_;
    recording_.said.push_back(said);
    jumped_ = false;
    last_.clear();
  }

  void gap(std::int64_t line, std::int64_t lost = -1) {
    Utterance said;
    if (lost > 0 && lost <= kMostCounted) {
      said.kind = Seen::Kind::Any;
      recording_.said.insert(recording_.said.end(), static_cast<std::size_t>(lost) - 1, said);
    }
    said.capture = capture_;
    said.line = line;
    recording_.said.push_back(said);
    last_.clear();
  }

  void hear(const TraceLine& line, bool first) {
    if (line.kind == LineKind::Boot && !first) return kexec();
    if (line.kind == LineKind::Lost || line.kind == LineKind::Unknown)
      return gap(line.number, line.lost);
    auto said = words_.hear(line);
    const std::string_view symbol = binding_.symbol_of(line);
    if (const auto* meanings = binding_.find(symbol))
      for (const int m : *meanings) jumped_ = jumped_ || binding_.meanings[m].jump;
    if (!said) return;
    said->capture = capture_;
    Recording::Silence& kernel = recording_.kernels.back();
    if (said->kind == Seen::Kind::Leave) {
      kernel.leave.insert(said->subject);
      last_.erase(said->task);
      recording_.said.push_back(std::move(*said));
      return;
    }
    for (std::size_t i = 0; i < said->args.size(); ++i) {
      const model::Type& type = words_.parameters(*said)[i].type;
      const bool function =
          type.kind == model::Type::Kind::Ref && model_.base_sort(type.id) == model::kFunction;
      if (!function || (said->args[i].empty() && on_this_machine_)) continue;
      if (MemberNames::value(model_, type, said->args[i]) != checker::kUnknownValue) continue;
      ++recording_.foreign;
      return;
    }
    (said->kind == Seen::Kind::Event ? kernel.event : kernel.enter).insert(said->subject);
    const auto last = last_.find(said->task);
    if (last != last_.end()) {
      Utterance& before = recording_.said[last->second];
      if (before.kind == said->kind && before.subject == said->subject &&
          before.probe != said->probe) {
        if (said->probe) {
          before.args = std::move(said->args);
          before.line = said->line;
        }
        last_.erase(last);
        return;
      }
    }
    last_[said->task] = recording_.said.size();
    recording_.said.push_back(std::move(*said));
  }

  const Words& words_;
  const Binding& binding_;
  const model::Model& model_;
  bool on_this_machine_;
  Recording recording_;
  std::unordered_map<int, std::size_t> last_;  // task -> its last call, if a twin may follow
  int capture_ = 0;
  bool jumped_ = false;
};

}  // namespace

Recording listen(std::vector<Capture>& captures, const Words& words, const Binding& binding,
                 const model::Model& model, bool on_this_machine,
                 const std::set<std::string, std::less<>>& probed) {
  Recording recording = Listener(words, binding, model, on_this_machine).run(captures);
  for (const Utterance& said : recording.said)
    for (std::size_t i = 0; i < said.args.size(); ++i)
      recording.members.meet(model, words.parameters(said)[i].type, said.args[i]);
  for (Recording::Silence& kernel : recording.kernels)
    for (const std::string& name : probed) {
      for (std::size_t i = 0; i < model.procedures.size(); ++i)
        if (model.procedures[i].symbol && model.procedures[i].name == name)
          kernel.enter.insert(static_cast<int>(i));
      for (std::size_t i = 0; i < model.events.size(); ++i)
        if (model.events[i].symbol && model.events[i].name == name)
          kernel.event.insert(static_cast<int>(i));
    }
  return recording;
}

checker::Observations observations_of(const Recording& recording, const Words& words,
                                      const model::Model& model, bool began_before,
                                      std::vector<std::int64_t>& lines) {
  checker::Observations all;
  lines.clear();
  if (began_before) {
    all.seen.emplace_back();
    lines.push_back(-1);
  }
  for (std::size_t i = 0; i < recording.said.size(); ++i) {
    const Utterance& said = recording.said[i];
    Seen seen;
    seen.kind = said.kind;
    seen.subject = said.subject;
    seen.task = said.task;
    for (std::size_t k = 0; k < said.args.size(); ++k)
      seen.args.push_back(MemberNames::value(model, words.parameters(said)[k].type, said.args[k]));
    if (said.result)
      seen.result = MemberNames::value(model, model.procedures[said.subject].result,
                                       std::to_string(*said.result));
    all.seen.push_back(std::move(seen));
    lines.push_back(static_cast<std::int64_t>(i));
  }
  const auto marks = [](const std::set<int>& of, std::size_t size) {
    std::vector<char> all_marks(size, 0);
    for (const int i : of) all_marks[static_cast<std::size_t>(i)] = 1;
    return all_marks;
  };
  for (const Recording::Silence& kernel : recording.kernels)
    all.kernels.push_back({marks(kernel.enter, model.procedures.size()),
                           marks(kernel.leave, model.procedures.size()),
                           marks(kernel.event, model.events.size()), kernel.to_the_end});
  return all;
}

}  // namespace luproof::traces
