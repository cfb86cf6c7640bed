// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probes/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "traces/binding_text.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using model::did_you_mean;
using model::printable;
using model::YamlEntry;
using model::YamlNode;

namespace {

const std::vector<std::string> kKeys = {"function", "about",  "prints", "returns", "fires",
                                        "filtered", "judges", "early",  "spared"};
// The kernel's own limits: MAX_EVENT_NAME_LEN, MAX_ARG_NAME_LEN, MAX_ARGSTR_LEN.
constexpr std::size_t kLongestFunction = 63;
constexpr std::size_t kLongestArgument = 31;
constexpr std::size_t kLongestExpression = 63;
constexpr int kMostFires = 1'000'000;

bool is_identifier(std::string_view name, std::size_t longest) {
  return !name.empty() && name.size() <= longest && !text::is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), text::is_word);
}

// What the kernel's probe syntax is made of, without blanks, quotes and separators of lists.
bool is_expression(std::string_view expression) {
  return !expression.empty() && expression.size() <= kLongestExpression &&
         std::all_of(expression.begin(), expression.end(), [](char c) {
           return text::is_word(c) || std::string_view("$%@+-()>.:[]").find(c) != std::string::npos;
         });
}

class Entry {
 public:
  Entry(const YamlNode& node, model::Diagnostics& diagnostics)
      : node_(node), diagnostics_(diagnostics) {}

  bool read(Recorded& what) {
    if (!node_.is_map()) return error(node_, "a map is expected here", "{function: pcie_flr}");
    for (const YamlEntry& entry : node_.entries)
      if (std::find(kKeys.begin(), kKeys.end(), entry.key.text) == kKeys.end())
        error(entry.key, fmt::format("unknown key '{}'", printable(entry.key.text)),
              did_you_mean(entry.key.text, kKeys));
    what.span = node_.span;
    what.function = scalar("function");
    if (!is_identifier(what.function, kLongestFunction))
      error(place("function"), fmt::format("'{}' is no function of C", printable(what.function)),
            "function: pci_set_master");
    what.about = scalar("about");
    what.early = yes("early");
    what.spared = yes("spared");
    read_prints(what);
    what.returns = scalar("returns");
    if (!what.returns.empty()) check(place("returns"), what.returns);
    read_frequency("fires", what.fires);
    what.has_filtered = node_.find("filtered") != nullptr;
    what.filtered = what.fires;
    if (what.has_filtered) read_frequency("filtered", what.filtered = {});
    if (const YamlEntry* const judges = node_.find("judges")) {
      if (judges->value.is_scalar()) what.judges.push_back(judges->value.text);
      for (const YamlNode& item : judges->value.items) what.judges.push_back(item.text);
    }
    if (what.early && (!what.prints.empty() || !what.returns.empty()))
      error(node_, "the function tracer prints no arguments", "leave out 'prints' and 'returns'");
    return ok_;
  }

 private:
  bool error(const YamlNode& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
    return ok_ = false;
  }
  const YamlNode& place(std::string_view key) const {
    const YamlEntry* const entry = node_.find(key);
    return entry ? entry->value : node_;
  }
  std::string scalar(std::string_view key) {
    const YamlEntry* const entry = node_.find(key);
    if (entry == nullptr) return {};
    if (!entry->value.is_scalar()) error(entry->value, fmt::format("'{}' is a text", key));
    return entry->value.text;
  }
  bool yes(std::string_view key) {
    const std::string text = scalar(key);
    if (!text.empty() && text != "yes" && text != "no")
      error(place(key), fmt::format("'{}' is yes or no", key));
    return text == "yes";
  }
  void check(const YamlNode& at, const std::string& expression) {
    if (!is_expression(expression))
      error(at, fmt::format("'{}' is no argument of a probe", printable(expression)),
            "dev->dev.kobj.name:string, where:x32 or $arg2:x32");
  }

  void read_prints(Recorded& what) {
    const YamlEntry* const prints = node_.find("prints");
    if (prints == nullptr) return;
    if (!prints->value.is_map())
      error(prints->value, "a map is expected", "prints: {where: where:x32}");
    for (const YamlEntry& entry : prints->value.entries) {
      if (!is_identifier(entry.key.text, kLongestArgument))
        error(entry.key, fmt::format("'{}' is no name", printable(entry.key.text)));
      check(entry.value, entry.value.text);
      what.prints.emplace_back(entry.key.text, entry.value.text);
    }
  }

  void read_frequency(std::string_view key, Frequency& frequency) {
    const YamlEntry* const entry = node_.find(key);
    if (entry == nullptr) return;
    if (!entry->value.is_map()) error(entry->value, "a map is expected", "fires: {vf: 2}");
    for (const YamlEntry& each : entry->value.entries) {
      const auto* const what = std::find_if(kPerWhat.begin(), kPerWhat.end(), [&](const auto& k) {
        return k.first == each.key.text;
      });
      const auto number = read_number(each.value.text);
      if (what == kPerWhat.end())
        error(each.key, fmt::format("unknown kind '{}'", printable(each.key.text)),
              "port, pf, vf, other or update");
      else if (!number || *number < 0 || *number > kMostFires)
        error(each.value, fmt::format("a number up to {} is expected", kMostFires));
      else
        frequency[static_cast<std::size_t>(what->second)] = static_cast<int>(*number);
    }
  }

  const YamlNode& node_;
  model::Diagnostics& diagnostics_;
  bool ok_ = true;
};

}  // namespace

const std::vector<std::string>& record_keys() { return kKeys; }

void read_record(const YamlNode& node, const model::SourcePtr& source,
                 std::vector<Recorded>& record, model::Diagnostics& diagnostics) {
  if (!node.is_sequence()) {
    diagnostics.error(node.span, "'record:' is a list", "record: [{function: …}]");
    return;
  }
  for (const YamlNode& item : node.items) {
    Recorded what;
    if (!Entry(item, diagnostics).read(what)) continue;
    what.source = source;
    const auto same = [&](const Recorded& other) { return other.function == what.function; };
    if (std::any_of(record.begin(), record.end(), same))
      diagnostics.error(item.span, fmt::format("{} is recorded already", what.function),
                        "one entry for each function");
    record.push_back(std::move(what));
  }
}

}  // namespace luproof::traces
