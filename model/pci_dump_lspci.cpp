// SPDX-License-Identifier: GPL-2.0-or-later
// The text of lspci with -x, -xxx or -xxxx and any of -v, -n, -D. Each function is a line that
// begins with its address, indented details, rows of hex, and an empty line. The empty line
// matters: without it nobody can tell a function of 256 bytes from one of 4096 that was cut.
#include <fmt/format.h>

#include <algorithm>

#include "model/pci_dump.h"

namespace luproof::model {

namespace {

constexpr std::string_view kTools[] = {"lspci: ", "pcilib: "};
constexpr std::string_view kDriver = "Kernel driver in use: ";

class LspciReader {
 public:
  LspciReader(const SourcePtr& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  std::vector<DumpFunction> read() {
    const int lines = static_cast<int>(source_->line_starts.size());
    for (int line = 1; line <= lines && !failed_; ++line) take(line);
    if (open_ && !failed_) {
      fail(lines, fmt::format("the dump ends inside {}", functions_.back().bdf.text()),
           "lspci writes an empty line after each function; if only that was lost, add it");
    }
    return std::move(functions_);
  }

 private:
  // The first mistake ends the reading: after a lost line the rest would be noise.
  void fail(int line, std::string message, std::string hint = {}) {
    const int length = static_cast<int>(source_->line(line).size());
    diagnostics_.error({source_, line, 1, length}, std::move(message), std::move(hint));
    failed_ = true;
  }

  void take(int line) {
    const std::string_view text = source_->line(line);
    if (text.empty()) {
      if (open_ && !rows_.finish(functions_.back(), line, diagnostics_)) failed_ = true;
      open_ = false;
    } else if (const auto bdf = Bdf::parse(text.substr(0, text.find(' ')))) {
      start(line, *bdf, static_cast<int>(std::min(text.find(' '), text.size())));
    } else if (is_tool_message(text)) {
      return;
    } else if (!open_) {
      fail(line, "this line belongs to no function",
           "a dump is the whole standard output of lspci -D -vvv -nn -xxxx, nothing else");
    } else if (text[0] == '\t' || text[0] == ' ') {
      if (!rows_.empty()) {
        fail(line, "text after the rows of config space");
        return;
      }
      const std::string_view detail = text.substr(std::min(text.find(kDriver), text.size()));
      if (!detail.empty()) functions_.back().driver = printable(detail.substr(kDriver.size()));
    } else if (!rows_.add(source_, line, 0, 2, 3, diagnostics_)) {
      failed_ = true;
    }
  }

  void start(int line, const Bdf& bdf, int length) {
    if (open_) {
      fail(line,
           fmt::format("{} begins before {} has ended", bdf.text(), functions_.back().bdf.text()),
           "lspci writes an empty line after each function: the dump has lost lines");
      return;
    }
    DumpFunction& function = functions_.emplace_back();
    function.bdf = bdf;
    function.span = {source_, line, 1, length};
    open_ = true;
  }

  const SourcePtr& source_;
  Diagnostics& diagnostics_;
  std::vector<DumpFunction> functions_;
  ConfigRows rows_;
  bool open_ = false;
  bool failed_ = false;
};

}  // namespace

bool is_tool_message(std::string_view line) {
  return std::any_of(std::begin(kTools), std::end(kTools),
                     [&](std::string_view tool) { return line.substr(0, tool.size()) == tool; });
}

std::vector<DumpFunction> read_lspci_text(const SourcePtr& source, Diagnostics& diagnostics) {
  return LspciReader(source, diagnostics).read();
}

}  // namespace luproof::model
