// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/design/words.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>

#include "model/topology.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using checker::Seen;
using model::Type;

namespace {

constexpr std::size_t kLongestName = 40;
constexpr int kNamelessOnly = 4;  // members, of a sort of which no line names one
constexpr std::int64_t kHighestErrno = 4095;

bool is_function(const model::Model& model, const Type& type) {
  return type.kind == Type::Kind::Ref && model.base_sort(type.id) == model::kFunction;
}

}  // namespace

Words::Words(const model::Model& model, const Binding& binding) : model_(model), binding_(binding) {
  const auto add = [&](const std::string& name, bool event, int index,
                       const std::vector<model::Local>& locals, int parameters) {
    Word word{event, index, std::vector<std::string>(static_cast<std::size_t>(parameters))};
    const auto fields = binding.arguments.find(name);
    for (int i = 0; i < parameters && fields != binding.arguments.end(); ++i)
      if (const auto field = fields->second.find(locals[i].name); field != fields->second.end())
        word.fields[i] = field->second;
    index_.emplace(name, std::move(word));
  };
  for (std::size_t i = 0; i < model.procedures.size(); ++i)
    if (const model::Procedure& p = model.procedures[i]; p.symbol)
      add(p.name, false, static_cast<int>(i), p.locals, p.parameters);
  for (std::size_t i = 0; i < model.events.size(); ++i)
    if (const model::Event& e = model.events[i]; e.symbol)
      add(e.name, true, static_cast<int>(i), e.locals, e.parameters);
}

std::string_view Words::symbol(const TraceLine& line, const Binding& binding) {
  return base_function(line.kind == LineKind::Kretprobe ? line.function : binding.symbol_of(line));
}

std::string Words::argument(const Word& word, std::size_t parameter, const TraceLine& line) const {
  const auto& locals =
      word.event ? model_.events[word.index].locals : model_.procedures[word.index].locals;
  const bool bound = !word.fields[parameter].empty();
  if (const Argument* const found =
          line.find(bound ? word.fields[parameter] : locals[parameter].name))
    return found->number ? std::to_string(*found->number) : std::string(found->text);
  if (bound) return {};
  if (!is_function(model_, locals[parameter].type)) return {};
  for (std::size_t i = 0; i < word.fields.size(); ++i)
    if (i != parameter && is_function(model_, locals[i].type)) return {};  // which of them is it
  for (const Argument& arg : line.args)
    if (const auto bdf = model::Bdf::parse(arg.text)) return bdf->text();
  return {};
}

std::optional<Utterance> Words::hear(const TraceLine& line) const {
  Utterance said;
  switch (line.kind) {
    case LineKind::Function:
    case LineKind::GraphEntry:
      said.kind = Seen::Kind::Enter;
      break;
    case LineKind::Kprobe:
    case LineKind::Tracepoint:
      said.kind = Seen::Kind::Enter;
      said.probe = true;
      break;
    case LineKind::Kretprobe:
      said.kind = Seen::Kind::Leave;
      break;
    default:
      return std::nullopt;
  }
  // The return of a part that the compiler cut out is no return of the function.
  if (line.function.find(".cold") != std::string_view::npos) return std::nullopt;
  const auto found = index_.find(symbol(line, binding_));
  if (found == index_.end()) return std::nullopt;
  const Word& word = found->second;
  said.line = line.number;
  said.task = line.pid < 0 ? 0 : line.pid + 1;
  said.subject = word.index;
  said.cpu = line.cpu;
  said.time = line.time_ns ? line.time_ns : line.ticks;
  if (word.event) {
    if (said.kind == Seen::Kind::Leave) return std::nullopt;
    said.kind = Seen::Kind::Event;
  }
  if (said.kind == Seen::Kind::Leave) {
    for (const std::string_view name : {"ret", "retval", "__retval"})
      if (const Argument* const arg = line.find(name); arg != nullptr && arg->number)
        said.result = *arg->number;
    return said;
  }
  for (std::size_t i = 0; i < word.fields.size(); ++i) said.args.push_back(argument(word, i, line));
  return said;
}

const std::vector<model::Local>& Words::parameters(const Utterance& said) const {
  return said.kind == Seen::Kind::Event ? model_.events[said.subject].locals
                                        : model_.procedures[said.subject].locals;
}

// ---------------------------------------------------------------- members

std::string MemberNames::name_of(const std::string& sort, const std::string& text) {
  // A token is 0x1a in one capture and 26 in another.
  if (const auto number = text::number_of<std::int64_t>(text); number && *number >= 0)
    return fmt::format("{}_{:#x}", sort, *number);
  std::string name = sort + "_";
  for (const char c : text.substr(0, kLongestName)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    name += plain ? c : '_';
  }
  return name;
}

void MemberNames::meet(const model::Model& model, const Type& type, const std::string& text) {
  if (type.kind != Type::Kind::Ref) return;
  const int sort = model.base_sort(type.id);
  if (sort < model::kFirstOwnSort || model.sorts[sort].pool) return;
  if (text.empty())
    nameless_.insert(sort);
  else
    texts_[sort].insert(text);
}

std::map<std::string, std::vector<std::string>> MemberNames::names(
    const model::Model& model) const {
  std::map<std::string, std::vector<std::string>> all;
  for (int sort = model::kFirstOwnSort; sort < static_cast<int>(model.sorts.size()); ++sort) {
    const auto texts = texts_.find(sort);
    const bool nameless = nameless_.count(sort) > 0;
    if (texts == texts_.end() && !nameless) continue;
    const std::string& name = model.sorts[sort].name;
    std::set<std::string> made;  // two texts may give one name: then they are one member
    if (texts != texts_.end())
      for (const std::string& text : texts->second) made.insert(name_of(name, text));
    const int spare = !nameless ? 0 : made.empty() ? kNamelessOnly : 1;
    for (int i = 1; i <= spare; ++i) made.insert(fmt::format("{}_unnamed{}", name, i));
    all[name].assign(made.begin(), made.end());
  }
  return all;
}

checker::Value MemberNames::value(const model::Model& model, const Type& type,
                                  const std::string& text) {
  if (text.empty()) return checker::kUnknownValue;
  if (type.kind == Type::Kind::Ref) {
    const int sort = model.base_sort(type.id);
    const auto& names = model.sorts[sort].names;
    if (sort == model::kFunction) {
      for (std::size_t i = 0; i < model.topology.functions.size(); ++i)
        if (model.topology.functions[i].bdf.text() == text)
          return static_cast<checker::Value>(i) + 1;
      return checker::kUnknownValue;
    }
    auto at = std::find(names.begin(), names.end(), text);
    if (at == names.end())
      at = std::find(names.begin(), names.end(), name_of(model.sorts[sort].name, text));
    return at == names.end() ? checker::kUnknownValue
                             : static_cast<checker::Value>(at - names.begin()) + 1;
  }
  const auto number = text::number_of<std::int64_t>(text);
  if (!number) return checker::kUnknownValue;
  switch (type.kind) {
    case Type::Kind::Bool:
      return *number != 0;
    case Type::Kind::Int:
      return *number < type.low || *number > type.high ? checker::kUnknownValue
                                                       : static_cast<checker::Value>(*number);
    case Type::Kind::Errno: {
      // An int is printed as 32 bits or as 64, with its sign or without.
      const std::int64_t error = -static_cast<std::int64_t>(static_cast<std::int32_t>(*number));
      if (error == 0) return 0;
      if (error < 0 || error > kHighestErrno) return checker::kOtherError;
      const char* const name = ::strerrorname_np(static_cast<int>(error));
      if (name == nullptr) return checker::kOtherError;
      const auto at = std::find(model.errnos.begin(), model.errnos.end(), std::string("-") + name);
      return at == model.errnos.end() ? checker::kOtherError
                                      : static_cast<checker::Value>(at - model.errnos.begin());
    }
    default:
      return checker::kUnknownValue;
  }
}

}  // namespace luproof::traces
