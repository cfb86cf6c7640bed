// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/schema.h"

namespace luproof::model {
namespace {

constexpr std::string_view kArrow = " -> ";
constexpr std::string_view kAny = "*";

bool fits(const std::string& name, const std::string& kernel) {
  return name == kAny || name == kernel;
}

const YamlEntry* section(const Composition& composition) {
  return composition.documents.back()->root.find("matrix");
}

// "old -> new".
std::optional<std::pair<std::string, std::string>> pair_of(const std::string& text) {
  const std::size_t arrow = text.find(kArrow);
  if (arrow == std::string::npos) return std::nullopt;
  return std::pair(text.substr(0, arrow), text.substr(arrow + kArrow.size()));
}

class Reader {
 public:
  Reader(const Composition& composition, Diagnostics& diagnostics)
      : c_(composition), diagnostics_(diagnostics) {
    for (const VariantInfo& variant : c_.variants) variants_.push_back(variant.name);
  }

  std::vector<std::string> run() {
    const YamlEntry* matrix = section(c_);
    if (!matrix) return variants_;
    std::vector<std::string> kernels;
    if (const YamlEntry* named = matrix->value.find("kernels")) {
      for (const YamlNode* item : items_of(named->value)) {
        known(*item, item->text);
        if (std::find(kernels.begin(), kernels.end(), item->text) != kernels.end())
          error(*item, fmt::format("the kernel '{}' is named twice", printable(item->text)));
        kernels.push_back(item->text);
      }
    } else {
      kernels = variants_;
    }
    if (kernels.size() < 2 || kernels.size() > kMostKernels)
      error(matrix->key, fmt::format("a matrix has from 2 to {} kernels", kMostKernels),
            "'kernels:' names variants of this file, the oldest first");
    if (const YamlEntry* expected = matrix->value.find("expect"))
      for (const YamlEntry& entry : expected->value.entries) expectation(entry.key, kernels);
    return kernels;
  }

 private:
  void error(const YamlNode& node, std::string message, std::string hint = {}) {
    diagnostics_.error(node.span, std::move(message), std::move(hint));
  }

  void known(const YamlNode& place, const std::string& name) {
    if (std::find(variants_.begin(), variants_.end(), name) == variants_.end())
      error(place, fmt::format("there is no variant '{}'", printable(name)),
            did_you_mean(name, variants_));
  }

  void expectation(const YamlNode& key, const std::vector<std::string>& kernels) {
    const auto pair = pair_of(key.text);
    if (!pair) {
      error(key, fmt::format("'{}' is no pair of kernels", printable(key.text)),
            "\"old -> new\", with * for any");
      return;
    }
    for (const std::string& name : {pair->first, pair->second})
      if (name != kAny && std::find(kernels.begin(), kernels.end(), name) == kernels.end())
        error(key, fmt::format("'{}' is no kernel of this matrix", printable(name)),
              did_you_mean(name, kernels));
    if (pair->first == pair->second && pair->first != kAny)
      error(key, fmt::format("'{}' with itself is the variant alone", printable(pair->first)),
            "what is expected of it stands in its own 'expect:'");
  }

  const Composition& c_;
  Diagnostics& diagnostics_;
  std::vector<std::string> variants_;
};

}  // namespace

std::optional<std::vector<std::string>> kernels_of(const Composition& composition,
                                                   Diagnostics& diagnostics) {
  const int before = diagnostics.errors();
  auto kernels = Reader(composition, diagnostics).run();
  if (diagnostics.errors() > before) return std::nullopt;
  return kernels;
}

void expect_of_pair(Composition& composition) {
  if (composition.variant == composition.later->variant) return;
  composition.expect.clear();
  const YamlEntry* matrix = section(composition);
  const YamlEntry* expected = matrix ? matrix->value.find("expect") : nullptr;
  if (!expected) return;
  for (const YamlEntry& entry : expected->value.entries) {
    const auto pair = pair_of(entry.key.text);
    if (!pair || !fits(pair->first, composition.variant) ||
        !fits(pair->second, composition.later->variant))
      continue;
    composition.expect.emplace_back(&entry.value, false);
    return;
  }
}

}  // namespace luproof::model
