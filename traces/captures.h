// SPDX-License-Identifier: GPL-2.0-or-later
// All captures of one call, read once: their lines that matter, what they name, what reads them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "traces/binding.h"
#include "traces/coverage.h"
#include "traces/journal.h"
#include "traces/keep.h"
#include "traces/kernels.h"
#include "traces/machine.h"
#include "traces/places.h"
#include "traces/reader.h"
#include "traces/validator.h"

namespace luproof::traces {

struct Capture {
  std::string path;
  CaptureHealth health;
  std::vector<CpuStats> stats;
  Journal journal;
  std::int64_t bound = 0;  // lines that were events of the model
  Places places;
};

// Reads the captures that `options` names. `awaited` are the moments that have to be found.
class Captures {
 public:
  Captures(const ValidateOptions& options, std::vector<Moment> awaited,
           model::Diagnostics& diagnostics)
      : options_(options), awaited_(std::move(awaited)), diagnostics_(diagnostics) {}

  // False after an error.
  bool read();
  // The design that specs/kernels.yaml names for this kernel, if the captures have lines of its
  // code; "" if not. To be asked after read(). With --binding no range is chosen, and no design.
  std::string design_of_kernel() const { return range_ && of_design_ ? range_->design : ""; }

  // Functions of the kernel that a design has a word for, whether the binding has or not.
  std::function<bool(std::string_view)> also;

  std::vector<Capture> all;
  Mentioned mentioned;
  std::optional<Binding> binding;
  Unbound unbound;
  std::vector<std::string> assumptions;
  std::vector<Gap> notes;
  int explain_capture = -1;  // the line that `options` asks about
  std::int64_t explain_line = -1;
  std::vector<std::string> explanation;
  std::string kernel;   // its release, "" if nothing says it
  std::string stopped;  // by which limit the captures were not read to their end

 private:
  bool choose(const std::string& found_release);
  bool load(const std::string& path);
  bool read_stats_of(std::size_t file);
  bool read_capture(CaptureReader& reader);
  std::vector<std::string> words(const std::vector<Moment>& awaited) const;
  void check_release(const CaptureReader& reader);
  bool read_explain();
  void explain(const TraceLine& line);
  bool is_of_design(std::string_view function) const;
  bool stop(const std::string& path, std::int64_t line);
  void fail(const std::string& path, std::string message, std::string hint);

  const ValidateOptions& options_;
  std::vector<Moment> awaited_;
  model::Diagnostics& diagnostics_;
  std::vector<KernelRange> kernels_;
  const KernelRange* range_ = nullptr;
  bool of_design_ = false;  // a line is of the code of its design
  std::string explain_path_;
};

}  // namespace luproof::traces
