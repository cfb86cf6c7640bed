// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/load.h"

#include "model/matrix.h"
#include "model/question.h"
#include "model/resolver.h"

namespace luproof::model {

constexpr std::size_t kMaximumReadings = 256;

std::optional<Model> load(const std::string& path, const LoadOptions& options,
                          Diagnostics& diagnostics) {
  const auto composition = compose(path, options, diagnostics);
  if (!composition || !question(*composition, diagnostics) ||
      !kernels_of(*composition, diagnostics))
    return std::nullopt;
  return Resolver(*composition, options, diagnostics).run();
}

std::optional<std::vector<Reading>> pairs(const std::string& path, const LoadOptions& options,
                                          Diagnostics& diagnostics) {
  const auto composition = compose(path, options, diagnostics);
  const auto kernels = composition ? kernels_of(*composition, diagnostics) : std::nullopt;
  if (!kernels) return std::nullopt;
  std::vector<Reading> all;
  if (!composition->documents.back()->root.find("matrix")) return all;
  for (const std::string& first : *kernels)
    for (const std::string& later : *kernels)
      if (first != later) all.push_back(Reading{first, {}, later});
  return all;
}

std::optional<std::vector<Reading>> readings(const std::string& path, const LoadOptions& options,
                                             Diagnostics& diagnostics) {
  const auto composition = compose(path, options, diagnostics);
  if (!composition) return std::nullopt;
  std::vector<std::string> variants;
  if (options.variant.empty())
    for (const VariantInfo& variant : composition->variants) variants.push_back(variant.name);
  else
    variants.push_back(options.variant);
  if (variants.empty()) variants.emplace_back();
  std::vector<Reading> all;
  for (const std::string& variant : variants) {
    LoadOptions with = options;
    with.variant = variant;
    const auto model = load(path, with, diagnostics);
    if (!model) return std::nullopt;
    std::vector<Reading> some = {Reading{variant, {}}};
    for (const Choice& choice : model->choices) {
      const auto& values = model->enums[choice.enumeration].values;
      std::vector<Reading> more;
      for (const Reading& reading : some)
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (choice.selected >= 0 && choice.selected != static_cast<int>(i)) continue;
          Reading next = reading;
          if (choice.selected < 0) next.choices[choice.name] = values[i];
          more.push_back(std::move(next));
        }
      some = std::move(more);
      if (some.size() > kMaximumReadings) break;
    }
    all.insert(all.end(), some.begin(), some.end());
    if (all.size() > kMaximumReadings) {
      diagnostics.error(Span{composition->documents.back()->source, 0, 0, 1},
                        "more than 256 readings (variants times open choices)",
                        "fix some choices with 'choose:'");
      return std::nullopt;
    }
  }
  return all;
}

}  // namespace luproof::model
