// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/unwrapped.h"

#include "traces/text/bodies.h"
#include "traces/text/columns.h"
#include "traces/text/log.h"
#include "traces/text/scan.h"

namespace luproof::traces::text {

namespace {

enum class Form {
  None,    // no event
  Loose,   // an event that may have any text
  Broken,  // an event, cut off
  Strict,  // one whose form says that it is whole
};

Form form_of(std::string_view line) {
  Columns columns;
  if (!split_columns(line, columns) && !split_latency(line, columns)) return Form::None;
  TraceLine read;
  std::optional<bool> callers = true;
  const BodyResult result = read_body(columns.body, callers, read);
  if (result == BodyResult::Damaged) return Form::Broken;
  const bool strict = read.kind == LineKind::Function || read.kind == LineKind::Kprobe ||
                      read.kind == LineKind::Kretprobe;
  return result == BodyResult::Event && strict ? Form::Strict : Form::Loose;
}

std::string_view unquoted(std::string_view line) {
  for (;;) {
    const std::string_view rest = trim_left(line);
    if (!rest.starts_with('>')) return line;
    line = rest.substr(1);
  }
}

// Whether the line may be the rest of the one before it.
bool may_continue(std::string_view line) {
  const std::string_view text = trim(line);
  LogPrefix prefix;
  return !text.empty() && !text.starts_with('#') && !text.starts_with("=> ") &&
         !text.starts_with("CPU:") && form_of(line) == Form::None && !split_log(line, prefix);
}

}  // namespace

Unwrapped::Unwrapped(input::BytesPtr bytes) : lines_(std::move(bytes)) {
  const std::string_view head = lines_.head();
  mail_ = head.size() < input::kLongestLine && !head.starts_with('#') &&
          head.find("\n#") == std::string_view::npos &&
          head.find("cpus=") == std::string_view::npos;
}

bool Unwrapped::take() {
  if (ahead_) {
    line_ = std::move(*ahead_);
    ahead_.reset();
    return true;
  }
  std::string_view line;
  if (!lines_.next(line)) return false;
  line_ = unquoted(line);
  return true;
}

bool Unwrapped::next(std::string_view& line) {
  taken_ = 1;
  if (!mail_) return lines_.next(line);
  if (!take()) return false;
  const Form form = form_of(line_);
  std::string_view more;
  if ((form == Form::Broken || form == Form::Strict) && !lines_.cut() && lines_.next(more)) {
    ahead_ = unquoted(more);
    const std::string joined = line_ + ' ' + std::string(trim(*ahead_));
    if (may_continue(*ahead_) && form_of(joined) == Form::Strict) {
      line_ = joined;
      ahead_.reset();
      taken_ = 2;
    }
  }
  line = line_;
  return true;
}

}  // namespace luproof::traces::text
