// SPDX-License-Identifier: GPL-2.0-or-later
// What every reader of a capture has in common: lines, one after the other, and a health.
//
// A reader goes through its capture once, in memory that does not depend on the capture's size.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/source.h"
#include "traces/health.h"
#include "traces/input/bytes.h"
#include "traces/line.h"

namespace luproof::traces {

// Why a file, or a part of it, cannot be read.
struct Refusal {
  std::string message;
  std::string hint;
};

class CaptureReader {
 public:
  explicit CaptureReader(std::string path) : path_(std::move(path)) {}
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;
  virtual ~CaptureReader() = default;

  // The next line that is an event, a sign of loss, or cannot be understood. After it returns
  // false the health is final. `line` may be used again and again: its texts live until the next
  // call.
  virtual bool next(TraceLine& line) = 0;
  // The line that was read last, as text.
  virtual std::string quote(const TraceLine& line) const = 0;
  // At the end: why the capture is none; without a value if it is one.
  virtual std::optional<Refusal> refusal() const = 0;

  // Lines about symbols for which this says no may be left out from now on; what tells of loss, and
  // what names a PCI function, may not.
  virtual void only(std::function<bool(std::string_view)>) {}  // NOLINT: readers keep it
  // Every line that may not be left out, but for those that the format itself marks, holds one of
  // these words. With this said, a long capture is not taken apart line by line any more once its
  // start was free of damage; the health says how many lines were passed over.
  virtual void words(std::vector<std::string>) {}  // NOLINT: likewise

  const std::string& path() const { return path_; }
  const CaptureHealth& health() const { return health_; }

 protected:
  std::string path_;
  CaptureHealth health_;
};

using ReaderPtr = std::unique_ptr<CaptureReader>;

// The captures that a file holds, in the order of the kernels' lives: one, or several where a
// binary file has buffers of several kernels. "-" is standard input. Empty after an error.
std::vector<ReaderPtr> open_capture(const std::string& path, model::Diagnostics& diagnostics);
// The same, of bytes that are already there; `path` only names them.
std::vector<ReaderPtr> open_capture(const std::string& path, input::BytesPtr bytes,
                                    model::Diagnostics& diagnostics);

}  // namespace luproof::traces
