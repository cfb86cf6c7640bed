// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "model/lexer.h"
#include "model/resolver.h"
#include "model/spec_folders.h"

namespace luproof::model {
namespace {

constexpr std::size_t kMaximumDumpBytes = 64u << 20;
constexpr std::size_t kMaximumFunctions = 1024;  // that a spec writes itself
constexpr std::array<std::pair<std::string_view, FunctionKind>, 4> kKinds = {
    {{"port", FunctionKind::Port},
     {"pf", FunctionKind::Pf},
     {"vf", FunctionKind::Vf},
     {"other", FunctionKind::Other}}};

// What a topology may say of a function although no expression of the spec reads it.
constexpr std::array<std::string_view, 20> kFacts = {
    "kind",        "bdf",       "under",    "of",        "index",   "first_vf_offset",
    "vf_stride",   "total_vfs", "num_vfs",  "vf_enable", "ari",     "secondary",
    "subordinate", "sriov_cap", "pcie_cap", "pm_cap",    "has_flr", "bus_master",
    "driver",      "devfn"};

// Those of them that are no numbers.
constexpr std::array<std::string_view, 5> kTexts = {"kind", "bdf", "under", "of", "driver"};

}  // namespace

std::optional<std::int64_t> fact_number(const std::string& text) {
  if (text == "true" || text == "yes") return 1;
  if (text == "false" || text == "no") return 0;
  const bool negative = text.substr(0, 1) == "-";
  const bool hex = text.substr(negative, 2) == "0x";
  const std::string digits = text.substr(negative + (hex ? 2 : 0));
  const bool octal = !hex && digits.size() > 1 && digits[0] == '0';  // in C; a reader cannot tell
  if (digits.empty() || digits.size() > 10 || octal) return std::nullopt;
  char* end = nullptr;
  const long long value = std::strtoll(digits.c_str(), &end, hex ? 16 : 10);
  if (!std::isxdigit(static_cast<unsigned char>(digits[0])) || *end != '\0' || value > 0x7fffffff)
    return std::nullopt;
  return negative ? -value : value;
}

bool is_function_fact(const std::string& name) {
  return std::find(kFacts.begin(), kFacts.end(), name) != kFacts.end();
}

std::optional<PciFunction> Resolver::topology_entity(const YamlEntry& entry) {
  PciFunction f;
  f.name = entry.key.text;
  f.span = entry.key.span;
  f.has_address = false;
  bool has_kind = false;
  if (!is_name(f.name))
    diagnostics_.error(f.span, fmt::format("'{}' is no name", printable(f.name)),
                       "letters, digits and '_'");
  for (const YamlEntry& item : entry.value.entries) {
    const std::string& key = item.key.text;
    const std::string& text = item.value.text;
    const auto value = fact_number(text);
    if (!item.value.is_scalar() || text.empty()) {
      diagnostics_.error(item.value.span, fmt::format("'{}:' holds one text", printable(key)));
      return std::nullopt;
    }
    if (text == "any" || text.rfind("any ", 0) == 0) {
      open_value(f, item);
      has_kind = has_kind || key == "kind";  // one error is enough
      continue;
    }
    if (is_function_fact(key) && !value &&
        std::find(kTexts.begin(), kTexts.end(), key) == kTexts.end()) {
      diagnostics_.error(item.value.span, fmt::format("'{}:' is a number", key),
                         "decimal or 0x…, true or false");
      return std::nullopt;
    }
    if (key == "kind") {
      std::vector<std::string> known;
      for (const auto& [word, kind] : kKinds) {
        known.emplace_back(word);
        if (word == text) f.kind = kind, has_kind = true;
      }
      if (!has_kind) {
        diagnostics_.error(item.value.span, fmt::format("unknown kind '{}'", printable(text)),
                           did_you_mean(text, known));
        return std::nullopt;
      }
    } else if (key == "bdf") {
      const auto bdf = Bdf::parse(text);
      if (!bdf) {
        diagnostics_.error(item.value.span, fmt::format("'{}' is not an address", printable(text)),
                           "\"0000:01:10.0\"");
        return std::nullopt;
      }
      f.bdf = *bdf;
      f.has_address = true;
    } else if (key == "under") {
      f.parent_name = text;
    } else if (key == "of") {
      f.pf_name = text;
    } else if (key == "index") {
      f.vf_index = static_cast<int>(*value);
      if (f.vf_index < 0) diagnostics_.error(item.value.span, "VFs are counted from 0");
    } else if (value) {
      f.values[key] = *value;
    } else {
      f.texts[key] = text;
    }
  }
  if (!has_kind) {
    diagnostics_.error(entry.key.span, fmt::format("'{}' has no kind", printable(f.name)),
                       "kind: port, pf, vf or other");
    return std::nullopt;
  }
  return f;
}

// What the topology says of a cell has to be one of its values: it is the cell's first one.
void Resolver::topology_values() {
  for (const Cell& cell : m_.cells) {
    if (cell.index.size() != 1 || m_.base_sort(cell.index[0]) != kFunction ||
        cell.kind == CellKind::Mutex || cell.kind == CellKind::Rwlock)
      continue;
    for (std::size_t i = 0; i < m_.topology.functions.size(); ++i) {
      const PciFunction& f = m_.topology.functions[i];
      const auto value = f.values.find(cell.name);
      const auto text = f.texts.find(cell.name);
      if (cell.of_topology != Cell::OfTopology::No) continue;
      if (value == f.values.end() && text == f.texts.end()) continue;
      const YamlEntry* function =
          options_.topology || !c_.topology ? nullptr : c_.topology->find(f.name);
      const YamlEntry* item = function ? function->value.find(cell.name) : nullptr;
      const Span& span = item ? item->value.span : f.span;
      if (!m_.in_sort(cell.index[0], static_cast<int>(i))) {
        if (!is_function_fact(cell.name))
          fail(span, fmt::format("'{}' is not a cell of {}", cell.shown, printable(f.name)));
        continue;
      }
      bool good = cell.kind == CellKind::Data && cell.life != Life::Handover;
      if (cell.type.kind == Type::Kind::Bool || cell.type.kind == Type::Kind::Int) {
        good = good && value != f.values.end() && value->second >= cell.type.low &&
               value->second <= cell.type.high;
      } else if (cell.type.kind == Type::Kind::Enum) {
        const auto& names = m_.enums[cell.type.id].values;
        good = good && text != f.texts.end() &&
               std::find(names.begin(), names.end(), text->second) != names.end();
      } else {
        good = false;
      }
      if (!good)
        fail(span, fmt::format("'{}' of {} cannot have this value", cell.shown, printable(f.name)),
             "the topology gives the first value of a cell");
    }
  }
}

// A key of a function in the spec's own topology that nothing reads is a slip of the pen.
void Resolver::topology_keys() {
  if (options_.topology || !c_.topology || c_.topology->find("from")) return;
  std::vector<std::string> known(kFacts.begin(), kFacts.end());
  for (const std::string& name : m_.attributes) known.push_back(name);
  for (const Cell& cell : m_.cells)
    if (cell.index.size() == 1 && m_.base_sort(cell.index[0]) == kFunction)
      known.push_back(cell.name);
  for (const YamlEntry& function : c_.topology->entries)
    for (const YamlEntry& item : function.value.entries)
      if (std::find(known.begin(), known.end(), item.key.text) == known.end())
        diagnostics_.error(
            item.key.span,
            fmt::format("nothing reads '{}' of a function", printable(item.key.text)),
            did_you_mean(item.key.text, known));
}

void Resolver::topology() {
  if (options_.topology) {
    m_.topology = *options_.topology;
  } else if (c_.topology) {
    if (const YamlEntry* from = c_.topology->find("from");
        from && (!from->value.is_scalar() || c_.topology->entries.size() > 1)) {
      diagnostics_.error(from->key.span, "a topology is a map of functions, or '{from: FILE}'",
                         "'from:' stands alone");
    } else if (c_.topology->entries.size() > kMaximumFunctions) {
      diagnostics_.error(c_.topology->span, "more than 1,024 functions", "read them from a dump");
    } else if (from) {
      const std::string path = (std::filesystem::path(c_.topology_folder) / from->value.text)
                                   .lexically_normal()
                                   .string();
      // What is wrong with a dump is shown with its text: a spec from elsewhere names its own
      // files.
      const bool own = is_below(path, folder_of_spec(c_.topology_folder + "/spec"));
      if (!own)
        diagnostics_.error(from->value.span, "'from:' leaves the folder of the spec",
                           "copy the dump there, or name it with --topology");
      const SourcePtr source = own ? read_source(path, kMaximumDumpBytes, diagnostics_) : nullptr;
      if (source)
        if (auto read = read_pci_dump(source, diagnostics_)) m_.topology = std::move(*read);
    } else {
      std::vector<PciFunction> functions;
      for (const YamlEntry& entry : c_.topology->entries)
        if (auto f = topology_entity(entry)) functions.push_back(std::move(*f));
      if (diagnostics_.ok()) m_.topology = make_topology(std::move(functions), diagnostics_);
    }
  }
  m_.topology = with_vfs(std::move(m_.topology), options_.vfs, diagnostics_);
  // The sorts of PCI functions are ranges: ports, PFs, VFs, others.
  const auto& functions = m_.topology.functions;
  static constexpr std::array<std::pair<std::string_view, FunctionKind>, 4> kSubSorts = kKinds;
  Sort all;
  all.name = "function";
  all.size = static_cast<int>(functions.size());
  for (const PciFunction& f : functions) all.names.push_back(f.name);
  m_.sorts.push_back(all);
  for (const auto& [name, kind] : kSubSorts) {
    Sort sub;
    sub.name = name;
    sub.parent = kFunction;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      if (functions[i].kind != kind) continue;
      if (sub.size == 0) sub.first = static_cast<int>(i);
      ++sub.size;
    }
    m_.sorts.push_back(sub);
  }
  for (std::size_t i = 0; i < m_.sorts.size(); ++i)
    name_symbol(m_.sorts[i].name, Symbol{Symbol::Kind::Sort, static_cast<int>(i), 0, Span{}});
  for (std::size_t i = 0; i < functions.size(); ++i) {
    int sort = kOther;
    for (int s = kPort; s <= kOther; ++s)
      if (m_.in_sort(s, static_cast<int>(i))) sort = s;
    name_symbol(functions[i].name,
                Symbol{Symbol::Kind::Element, sort, static_cast<Value>(i) + 1, functions[i].span});
  }
}

}  // namespace luproof::model
