// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/stuck.h"

#include <fmt/format.h>

#include <filesystem>

#include "checker/interpreter_why.h"

namespace luproof::checker {
namespace {

constexpr std::size_t kMostOthers = 3;

// " at FILE:LINE: what is in the way"
std::string place_text(const model::Model& model, const model::Layout& layout,
                       const Configuration& at, int instance) {
  std::string text;
  for (const Obstacle& o : obstacles(model, layout, at, instance)) {
    const std::string file =
        o.span.source ? std::filesystem::path(o.span.source->path).filename().string() : "";
    text += fmt::format("{} at {}:{}: {}", text.empty() ? "" : " and", file, o.span.line, o.text);
  }
  return text;
}

}  // namespace

std::string waiting_text(const model::Model& model, const model::Layout& layout,
                         const Configuration& at, int except) {
  const Interpreter interpreter(model, layout);
  std::string text;
  std::size_t others = 0;
  for (std::size_t i = 0; i < layout.instances().size(); ++i) {
    const int instance = static_cast<int>(i);
    if (instance == except || !interpreter.blocked(at, instance)) continue;
    if (++others > kMostOthers) continue;
    text += fmt::format("{}{} waits{}", text.empty() ? "" : "; ", layout.instance_name(instance),
                        place_text(model, layout, at, instance));
  }
  if (others > kMostOthers) text += fmt::format("; {} more wait", others - kMostOthers);
  return text;
}

std::string stuck_text(const model::Model& model, const model::Layout& layout,
                       const Configuration& at, int first) {
  const std::string others = waiting_text(model, layout, at, first);
  return layout.instance_name(first) + " waits for ever" + place_text(model, layout, at, first) +
         (others.empty() ? "" : "; " + others);
}

}  // namespace luproof::checker
