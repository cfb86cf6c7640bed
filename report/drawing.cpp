// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drawing.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <gvc.h>

#include <array>
#include <string_view>

#include "report/facts.h"

namespace luproof::report {

namespace {

constexpr std::size_t kMostEdges = 4 * kMostDrawn;

// The two plugins that are needed, by name: neither what else is installed nor a configuration that
// nobody wrote decides what a drawing looks like.
bool load_plugins(GVC_t* context, std::string& problem) {
  constexpr std::array kPlugins = {"dot_layout", "core"};
  for (const char* const name : kPlugins) {
    const std::string file =
        fmt::format(LUPROOF_GRAPHVIZ_PLUGINS "/libgvplugin_{}.so." LUPROOF_GRAPHVIZ_ABI, name);
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const symbol =
        library ? dlsym(library, fmt::format("gvplugin_{}_LTX_library", name).c_str()) : nullptr;
    if (!symbol) {
      problem = fmt::format("Graphviz' plugin {} cannot be loaded (Debian: libgvc6)", file);
      return false;
    }
    gvAddLibrary(context, static_cast<gvplugin_library_t*>(symbol));
  }
  return true;
}

int silent(char*) { return 0; }

// Without the prolog, which names a document type elsewhere, and comments; and with a word for "no
// line" that every reader of SVG knows.
std::string tidy(const std::string& text) {
  const std::size_t begin = text.find("<svg");
  std::string out;
  for (std::size_t at = begin; at < text.size();) {
    const std::size_t comment = text.find("<!--", at);
    out += text.substr(at, comment == std::string::npos ? comment : comment - at);
    const std::size_t end = comment == std::string::npos ? comment : text.find("-->", comment);
    if (end == std::string::npos) break;
    at = end + 3;
    if (at < text.size() && text[at] == '\n') ++at;
  }
  constexpr std::string_view kNoLine = "stroke=\"transparent\"";
  for (std::size_t at = 0; (at = out.find(kNoLine, at)) != std::string::npos;)
    out.replace(at, kNoLine.size(), "stroke=\"none\"");
  return out;
}

}  // namespace

Drawing draw(const std::string& dot) {
  Drawing drawing;
  agseterrf(silent);
  GVC_t* const context = gvContextPlugins(nullptr, 0);
  if (!load_plugins(context, drawing.problem)) return drawing;
  graph_t* const graph = agmemread(dot.c_str());
  if (!graph) {
    drawing.problem = "Graphviz cannot read what it should draw";
    return drawing;
  }
  const auto nodes = static_cast<std::size_t>(agnnodes(graph));
  const auto edges = static_cast<std::size_t>(agnedges(graph));
  if (nodes > kMostDrawn || edges > kMostEdges) {
    drawing.problem =
        fmt::format("{} boxes and {} lines are no picture: at most {} and {} are drawn",
                    count(nodes), count(edges), count(kMostDrawn), count(kMostEdges));
    return drawing;
  }
  // A font whose widths Graphviz knows itself: the drawing is the same wherever it is made.
  for (const int kind : {AGNODE, AGEDGE}) {
    std::array name = {std::string("fontname"), std::string("Helvetica"), std::string("fontsize"),
                       std::string("11")};
    agattr(graph, kind, name[0].data(), name[1].data());
    agattr(graph, kind, name[2].data(), name[3].data());
  }
  char* text = nullptr;
  unsigned int length = 0;
  if (gvLayout(context, graph, "dot") != 0 ||
      gvRenderData(context, graph, "svg", &text, &length) != 0 || !text)
    drawing.problem = "Graphviz could not draw it";
  else
    drawing.svg = tidy(std::string(text, length));
  return drawing;
}

}  // namespace luproof::report
