// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of config space in hex. libpci takes whatever rows it finds and fills the rest with zeros,
// so a dump that was cut reads as devices without capabilities. Here every row must go on where the
// last one ended, and a function must have a size that config space can have.
#include <fmt/format.h>

#include <algorithm>

#include "model/pci_dump.h"

namespace luproof::model {

namespace {

constexpr std::size_t kRowBytes = 16;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool ConfigRows::add(const SourcePtr& source, int line, std::size_t indent,
                     std::size_t digits_least, std::size_t digits_most, Diagnostics& diagnostics) {
  const std::string_view text = source->line(line);
  const auto fail = [&](std::size_t at, std::string message) {
    diagnostics.error({source, line, static_cast<int>(at) + 1, 1}, std::move(message));
    return false;
  };
  std::size_t at = indent;
  std::uint64_t offset = 0;
  for (; at < text.size() && at - indent < digits_most && digit(text[at]) >= 0; ++at) {
    offset = offset << 4 | static_cast<std::uint64_t>(digit(text[at]));
  }
  if (at - indent < digits_least || text.substr(at, 1) != ":") {
    return fail(at, "this is not a row of config space: '<offset>: <16 bytes in hex>' is expected");
  }
  if (offset != bytes_.size()) {
    return fail(indent, fmt::format("the row at offset {:02x} is missing; this one is at {:02x}",
                                    bytes_.size(), offset));
  }
  if (bytes_.size() >= kExtended) {
    return fail(indent, "config space ends at offset 1000");
  }
  ++at;
  for (std::size_t i = 0; i < kRowBytes; ++i, at += 3) {
    const std::string_view byte = text.substr(std::min(at, text.size()), 3);
    if (byte.size() < 3 || byte[0] != ' ' || digit(byte[1]) < 0 || digit(byte[2]) < 0) {
      return fail(std::min(at, text.size()),
                  fmt::format("a row has 16 bytes in hex; this one has {}", i));
    }
    bytes_.push_back(static_cast<std::uint8_t>(digit(byte[1]) << 4 | digit(byte[2])));
  }
  // A column of characters may follow, after two spaces.
  if (at < text.size() && (text.substr(at, 2) != "  " || text.size() > at + 2 + kRowBytes)) {
    return fail(at, "unexpected text after the 16 bytes of a row");
  }
  return true;
}

bool ConfigRows::finish(DumpFunction& function, int last_line, Diagnostics& diagnostics) {
  const std::size_t size = bytes_.size();
  function.config = std::move(bytes_);
  bytes_.clear();
  if (size == kHeaderOnly || size == kConventional || size == kExtended) return true;
  const Span span{function.span.source, last_line, 1, 1};
  if (size == 0) {
    diagnostics.error(span, fmt::format("{} has no rows of config space", function.bdf.text()),
                      "take the dump with lspci -D -vvv -nn -xxxx, as root");
  } else {
    diagnostics.error(span,
                      fmt::format("the config space of {} ends after {} bytes; whole ones have "
                                  "64, 256 or 4096",
                                  function.bdf.text(), size),
                      "the dump was cut inside this function");
  }
  return false;
}

}  // namespace luproof::model
