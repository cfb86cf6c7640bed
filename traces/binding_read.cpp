// SPDX-License-Identifier: GPL-2.0-or-later
// From the YAML of a binding to what it says.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "model/spec_folders.h"
#include "model/yaml_tree.h"
#include "traces/binding.h"
#include "traces/binding_text.h"

namespace luproof::traces {

using model::did_you_mean;
using model::printable;
using model::YamlEntry;
using model::YamlNode;

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20;
constexpr std::size_t kMostFiles = 16;  // that one binding is made of
constexpr std::int64_t kPatternMemory = 1 << 20;

const std::vector<std::string> kFileKeys = {"bindings", "about",  "cite",     "model",  "existence",
                                            "use",      "probes", "needs",    "record", "lines",
                                            "usable",   "phases", "arguments"};
const std::vector<std::string> kLineKeys = {
    "symbol", "message",  "name",     "about", "cite",    "with",         "when",   "callers",
    "silent", "event",    "decode",   "tells", "counted", "confirmed-by", "begins", "ends",
    "asks",   "may-fail", "nameless", "kexec", "jump",    "phase"};

constexpr std::array<std::pair<std::string_view, model::FunctionKind>, 4> kKinds = {
    {{"port", model::FunctionKind::Port},
     {"pf", model::FunctionKind::Pf},
     {"vf", model::FunctionKind::Vf},
     {"other", model::FunctionKind::Other}}};

class Reader {
 public:
  explicit Reader(model::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // The file and those that it uses, those first.
  void file(const model::SourcePtr& source, Binding& binding) {
    const auto tree = model::read_yaml(source, diagnostics_);
    if (!tree || !keys(*tree, kFileKeys)) return;
    const YamlNode& root = *tree;
    if (std::find(files_.begin(), files_.end(), source->path) != files_.end() ||
        files_.size() >= kMostFiles)
      return error(root, "a binding uses itself, or too many others");
    files_.push_back(source->path);
    for (const std::string& used : texts(root, "use")) use(root, source, used, binding);
    binding.name = need(root, "bindings");
    binding.about = text_of(root, "about");
    binding.path = source->path;
    header(root, "model", binding.model);
    header(root, "existence", binding.existence);
    if (const std::string usable = text_of(root, "usable"); !usable.empty())
      binding.usable = usable;
    if (const auto phases = texts(root, "phases"); !phases.empty()) binding.phases = phases;
    if (const YamlEntry* const probes = root.find("probes"))
      for (const YamlEntry& entry : probes->value.entries)
        binding.probes[entry.key.text] = entry.value.text;
    if (const YamlEntry* const needs = root.find("needs"))
      for (const YamlEntry& entry : needs->value.entries)
        binding.needs[entry.key.text] = texts(entry.value);
    if (const YamlEntry* const arguments = root.find("arguments"))
      for (const YamlEntry& procedure : arguments->value.entries) {
        if (!procedure.value.is_map())
          error(procedure.value, "'arguments' says which parameter is which argument of a line",
                "arguments: {luo_session_create: {s: name}}");
        for (const YamlEntry& parameter : procedure.value.entries)
          binding.arguments[procedure.key.text][parameter.key.text] = parameter.value.text;
      }
    if (const YamlEntry* const record = root.find("record"))
      read_record(record->value, source, binding.record, diagnostics_);
    const YamlEntry* const lines = root.find("lines");
    if (lines == nullptr || !lines->value.is_sequence())
      return error(lines ? lines->value : root, "a binding needs 'lines:', a list",
                   "lines: [{symbol: …}]");
    for (const YamlNode& item : lines->value.items) {
      Meaning meaning;
      if (!keys(item, kLineKeys)) continue;
      one(item, meaning);
      meaning.source = source;
      const int index = static_cast<int>(binding.meanings.size());
      if (meaning.pattern)
        binding.messages.push_back(index);
      else
        binding.by_symbol[meaning.symbol].push_back(index);
      binding.meanings.push_back(std::move(meaning));
      if (const YamlEntry* const confirmed = item.find("confirmed-by"))
        confirmations_.emplace_back(index, confirmed->value);
      if (const YamlEntry* const phase = item.find("phase"))
        phases_.emplace_back(index, phase->value);
    }
  }

  // Names between lines are looked up when all lines are known.
  void finish(Binding& binding) {
    if (!diagnostics_.ok()) return;
    for (const Recorded& what : binding.record)
      for (const std::string& property : what.judges)
        if (binding.needs.count(property) == 0)
          diagnostics_.error(what.span, fmt::format("'judges': '{}' is no property of 'needs:'",
                                                    printable(property)));
    for (const auto& [symbol, meanings] : binding.by_symbol) reached(binding, meanings);
    for (const auto& [index, node] : confirmations_)
      confirm(node, binding, binding.meanings[index]);
    for (const auto& [index, node] : phases_) {
      const auto found = std::find(binding.phases.begin(), binding.phases.end(), node.text);
      if (found == binding.phases.end())
        error(node, fmt::format("no phase is named '{}'", printable(node.text)),
              did_you_mean(node.text, binding.phases));
      else
        binding.meanings[index].phase = static_cast<int>(found - binding.phases.begin());
    }
  }

 private:
  // The first line that fits is a call's meaning: one behind a line that always fits would never
  // be, and a call cannot be two events.
  void reached(const Binding& binding, const std::vector<int>& meanings) {
    const Meaning* always = nullptr;
    for (const int index : meanings) {
      const Meaning& meaning = binding.meanings[index];
      const auto argument = [](const Meaning& m) {
        return m.parameters.empty() ? std::string() : m.parameters.front().argument;
      };
      if (always != nullptr &&
          (always->parameters.empty() || argument(*always) == argument(meaning)))
        diagnostics_.error(
            meaning.span,
            fmt::format("this line is never reached: every call of '{}' is what {} says",
                        printable(meaning.symbol), always->span.where()),
            "tell the calls apart by 'when:' or 'callers:'");
      if (always == nullptr && meaning.when.empty() && meaning.callers.empty() && !meaning.counted)
        always = &meaning;
    }
  }

  // Where all files are links, they lead to one folder.
  static bool leads_out(const std::filesystem::path& target, const std::filesystem::path& from) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(from, error);
    return model::is_link_out_of(target.string(),
                                 {from.parent_path().string(), real.parent_path().string()});
  }

  void use(const YamlNode& root, const model::SourcePtr& source, const std::string& name,
           Binding& binding) {
    if (name.empty() || name.find('/') != std::string::npos)
      return error(
          root, fmt::format("'use' names bindings of the same folder, not '{}'", printable(name)));
    const std::filesystem::path path =
        std::filesystem::path(source->path).parent_path() / (name + ".yaml");
    if (leads_out(path, source->path))
      return error(root.find("use")->value,
                   fmt::format("'{}.yaml' is a link out of {}", printable(name),
                               model::folder_text(path.parent_path().string())),
                   "a binding uses files of its own folder");
    const auto used = model::read_source(path.string(), kLargestFile, diagnostics_);
    if (used) file(used, binding);
  }

  // A line of the file's head that every file of the binding has to agree on.
  void header(const YamlNode& root, std::string_view key, std::string& value) {
    const std::string found = need(root, key);
    if (!value.empty() && found != value)
      error(root, fmt::format("'{}: {}' differs from that of a binding that is used here", key,
                              printable(found)));
    value = found;
  }

  void error(const YamlNode& at, std::string message, std::string hint = {}) {
    diagnostics_.error(at.span, std::move(message), std::move(hint));
  }

  bool keys(const YamlNode& map, const std::vector<std::string>& allowed) {
    if (!map.is_map()) {
      error(map, "a map is expected here");
      return false;
    }
    for (const YamlEntry& entry : map.entries) {
      if (std::find(allowed.begin(), allowed.end(), entry.key.text) != allowed.end()) continue;
      error(entry.key, fmt::format("unknown key '{}'", printable(entry.key.text)),
            did_you_mean(entry.key.text, allowed));
    }
    return true;
  }

  std::string text_of(const YamlNode& map, std::string_view key) {
    const YamlEntry* const entry = map.find(key);
    if (entry == nullptr) return {};
    if (!entry->value.is_scalar()) error(entry->value, fmt::format("'{}' is a text", key));
    return entry->value.text;
  }

  std::string need(const YamlNode& map, std::string_view key) {
    if (map.find(key) == nullptr) error(map, fmt::format("'{}:' is missing", key));
    return text_of(map, key);
  }

  bool yes(const YamlNode& map, std::string_view key) {
    const std::string text = text_of(map, key);
    const bool is_yes = text == "yes" || text == "true";
    if (!text.empty() && !is_yes && text != "no" && text != "false")
      error(map.find(key)->value, fmt::format("'{}' is yes or no", key));
    return is_yes;
  }

  std::vector<std::string> texts(const YamlNode& node) {
    std::vector<std::string> found;
    if (node.is_map()) error(node, "a name or a list of names is expected");
    if (node.is_scalar()) found.push_back(node.text);
    for (const YamlNode& item : node.items) {
      if (!item.is_scalar()) error(item, "a name is expected");
      found.push_back(item.text);
    }
    return found;
  }
  std::vector<std::string> texts(const YamlNode& map, std::string_view key) {
    const YamlEntry* const entry = map.find(key);
    return entry ? texts(entry->value) : std::vector<std::string>{};
  }

  std::optional<EventCall> call(const YamlNode& map, std::string_view key, const Meaning& meaning) {
    const YamlEntry* const entry = map.find(key);
    if (entry == nullptr) return std::nullopt;
    if (!entry->value.is_scalar()) {
      error(entry->value, "an event is expected", "event: pci_clear_master(d)");
      return std::nullopt;
    }
    return read_event_call(entry->value, meaning.parameters, diagnostics_);
  }

  void one(const YamlNode& item, Meaning& meaning) {
    meaning.span = item.span;
    meaning.message = text_of(item, "message");
    if (meaning.message.empty())
      meaning.symbol = need(item, "symbol");
    else
      pattern(item, meaning);
    meaning.name = item.find("name") ? text_of(item, "name") : meaning.symbol + meaning.message;
    meaning.about = text_of(item, "about");
    meaning.callers = texts(item, "callers");
    meaning.silent = texts(item, "silent");
    meaning.begins = text_of(item, "begins");
    meaning.ends = text_of(item, "ends");
    meaning.asks = yes(item, "asks");
    meaning.may_fail = yes(item, "may-fail");
    meaning.kexec = yes(item, "kexec");
    meaning.jump = yes(item, "jump");
    const std::string nameless = text_of(item, "nameless");
    meaning.nameless_ignored = nameless == "ignore";
    if (!nameless.empty() && !meaning.nameless_ignored)
      error(item.find("nameless")->value, "'nameless' can only be 'ignore'");
    if (const YamlEntry* const with = item.find("with")) {
      if (!with->value.is_map()) error(with->value, "a map is expected", "with: {d: dev}");
      for (const YamlEntry& entry : with->value.entries)
        meaning.parameters.push_back({entry.key.text, entry.value.text});
    }
    if (const YamlEntry* const when = item.find("when")) {
      if (when->value.is_scalar()) condition(when->value, meaning);
      for (const YamlNode& each : when->value.items) condition(each, meaning);
    }
    meaning.event = call(item, "event", meaning);
    meaning.tells = call(item, "tells", meaning);
    if (const YamlEntry* const decode = item.find("decode")) read_decode(decode->value, meaning);
    if (const YamlEntry* const counted = item.find("counted"))
      read_counted(counted->value, meaning);
    check(item, meaning);
  }

  void check(const YamlNode& item, const Meaning& meaning) {
    const bool acts = meaning.event || meaning.decode || meaning.tells;
    const bool marks = !meaning.begins.empty() || !meaning.ends.empty() || meaning.kexec ||
                       meaning.jump || item.find("phase") != nullptr;
    if (meaning.asks == (acts || marks))
      error(
          item,
          meaning.asks ? "a line that only asks cannot be an event too" : "the line means nothing",
          "event:, decode:, tells:, asks: yes, begins:, ends:, kexec: yes, jump: yes or phase:");
    if (meaning.event && meaning.decode) error(item, "'event' and 'decode' exclude each other");
    if ((acts || !meaning.begins.empty() || !meaning.ends.empty()) &&
        meaning.parameters.size() != 1)
      error(item, "exactly one argument has to hold a PCI address", "with: {d: dev}");
  }

  // A line of the kernel's log is told by its text; names in the expression are its arguments.
  void pattern(const YamlNode& item, Meaning& meaning) {
    const YamlNode& node = item.find("message")->value;
    if (item.find("symbol") != nullptr) error(item, "'symbol' and 'message' exclude each other");
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kPatternMemory);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);  // any byte, as logs have them
    meaning.pattern = std::make_shared<const re2::RE2>(meaning.message, options);
    if (!meaning.pattern->ok())
      error(node, fmt::format("no regular expression: {}", printable(meaning.pattern->error())),
            "the syntax is that of RE2: (?P<dev>[0-9a-f:.]+)");
  }

  void condition(const YamlNode& node, Meaning& meaning) {
    if (auto read = read_condition(node, meaning.parameters, diagnostics_))
      meaning.when.push_back(std::move(*read));
  }

  void read_decode(const YamlNode& node, Meaning& meaning) {
    if (!keys(node, {"argument", "bit", "one", "zero"})) return;
    Decode decode;
    decode.argument = need(node, "argument");
    const std::string bit = text_of(node, "bit");
    if (!bit.empty()) {
      const auto number = read_number(bit);
      if (!number || *number < 0 || *number > 63)
        error(node.find("bit")->value, "a bit is a number from 0 to 63");
      else
        decode.bit = static_cast<int>(*number);
    }
    auto one = call(node, "one", meaning);
    auto zero = call(node, "zero", meaning);
    if (!one || !zero) return error(node, "'decode' needs 'one:' and 'zero:', two events");
    decode.one = std::move(*one);
    decode.zero = std::move(*zero);
    meaning.decode = std::move(decode);
  }

  void read_counted(const YamlNode& node, Meaning& meaning) {
    if (!keys(node, {"task", "pid", "kinds"})) return;
    Counted counted;
    counted.task = need(node, "task");
    const auto pid = read_number(need(node, "pid"));
    if (!pid || *pid < 0 || *pid > 0x7fffffff) return error(node, "'pid' is a number");
    counted.pid = static_cast<int>(*pid);
    for (const std::string& word : texts(node, "kinds")) {
      const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                            [&](const auto& k) { return k.first == word; });
      if (kind == kKinds.end())
        error(node, fmt::format("unknown kind '{}'", printable(word)), "port, pf, vf or other");
      else
        counted.kinds.push_back(kind->second);
    }
    if (counted.kinds.empty()) error(node, "'kinds:' is missing", "kinds: [port, pf, other]");
    meaning.counted = std::move(counted);
  }

  void confirm(const YamlNode& node, const Binding& binding, Meaning& meaning) {
    std::vector<std::string> names;
    for (const Meaning& other : binding.meanings) names.push_back(other.name);
    for (const std::string& wanted : texts(node)) {
      const auto found = std::find(names.begin(), names.end(), wanted);
      if (found == names.end())
        error(node, fmt::format("no line is named '{}'", printable(wanted)),
              did_you_mean(wanted, names));
      else
        meaning.confirmed_by.push_back(static_cast<int>(found - names.begin()));
    }
  }

  model::Diagnostics& diagnostics_;
  std::vector<std::string> files_;
  std::vector<std::pair<int, YamlNode>> confirmations_, phases_;
};

}  // namespace

const std::vector<std::string>& binding_line_keys() { return kLineKeys; }
const std::vector<std::string>& binding_file_keys() { return kFileKeys; }

std::optional<Binding> read_binding(const model::SourcePtr& source,
                                    model::Diagnostics& diagnostics) {
  const int errors = diagnostics.errors();
  Binding binding;
  Reader reader(diagnostics);
  reader.file(source, binding);
  if (diagnostics.errors() == errors) reader.finish(binding);
  if (diagnostics.errors() != errors) return std::nullopt;
  return binding;
}

}  // namespace luproof::traces
