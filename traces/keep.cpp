// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/keep.h"

#include <fmt/format.h>

#include "traces/text/scan.h"

namespace luproof::traces {

using model::printable;

namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::int64_t kMostSeconds = 9'000'000'000;

// "57.951182", at most nanoseconds.
std::optional<std::int64_t> seconds(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = text::number_of<std::int64_t>(text.substr(0, point));
  if (!whole || *whole < 0 || *whole > kMostSeconds) return std::nullopt;
  std::int64_t part = 0;
  if (point != std::string_view::npos) {
    std::string digits(text.substr(point + 1));
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    digits.resize(9, '0');
    const auto nanoseconds = text::number_of<std::int64_t>(digits);
    if (!nanoseconds || *nanoseconds < 0) return std::nullopt;
    part = *nanoseconds;
  }
  return *whole * kNanoseconds + part;
}

}  // namespace

bool Moment::reached_by(const TraceLine& at, int capture) const {
  switch (kind) {
    case Kind::Start:
      return true;
    case Kind::Line:
      return capture > 0 || at.number >= line;
    case Kind::Marker:
      return at.kind == LineKind::Marker && at.text.find(text) != std::string_view::npos;
    case Kind::Time:
      return at.time_ns && *at.time_ns >= time_ns;
    case Kind::Kexec:
    case Kind::Preserve:
      return false;
  }
  return false;
}

std::optional<Moment> read_moment(const std::string& text, const std::string& option,
                                  model::Diagnostics& diagnostics) {
  Moment moment;
  const std::size_t colon = text.find(':');
  const std::string word = text.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  bool good = true;
  if (text == "start") {
    moment.kind = Moment::Kind::Start;
  } else if (text == "kexec") {
    moment.kind = Moment::Kind::Kexec;
  } else if (text == "preserve") {
    moment.kind = Moment::Kind::Preserve;
  } else if (word == "line") {
    moment.kind = Moment::Kind::Line;
    const auto number = text::number_of<std::int64_t>(rest);
    good = number && *number > 0;
    moment.line = number.value_or(0);
  } else if (word == "marker") {
    moment.kind = Moment::Kind::Marker;
    moment.text = rest;
    good = !rest.empty();
  } else if (word == "time") {
    moment.kind = Moment::Kind::Time;
    const auto time = seconds(rest);
    good = time.has_value();
    moment.time_ns = time.value_or(0);
  } else {
    good = false;
  }
  if (good) return moment;
  diagnostics.error(model::Span{},
                    fmt::format("{}: '{}' is no moment of a capture", option, printable(text)),
                    "start, line:N, marker:TEXT, time:SECONDS, kexec or preserve");
  return std::nullopt;
}

std::optional<KeepRequest> read_keep(const std::string& text, model::Diagnostics& diagnostics) {
  KeepRequest request;
  request.text = text;
  const std::size_t at = text.find('@');
  const std::string what = text.substr(0, at);
  if (at != std::string::npos) {
    const auto from = read_moment(text.substr(at + 1), "--keep", diagnostics);
    if (!from) return std::nullopt;
    request.from = *from;
  }
  if (what == "all") {
    request.what = KeepRequest::What::AllVfs;
  } else if (what == "preserved") {
    request.what = KeepRequest::What::Preserved;
    request.from.kind = Moment::Kind::Preserve;
  } else if (const auto function = model::Bdf::parse(what)) {
    request.function = *function;
  } else {
    diagnostics.error(model::Span{},
                      fmt::format("--keep: '{}' is no PCI function", printable(what)),
                      "an address such as 0000:01:10.0, 'all' (every VF) or 'preserved'");
    return std::nullopt;
  }
  return request;
}

}  // namespace luproof::traces
