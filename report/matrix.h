// SPDX-License-Identifier: GPL-2.0-or-later
// Which updates between the kernels of a fleet are safe, as a table and the runs of those that are
// not.
#pragma once

#include <string>

#include "checker/matrix.h"
#include "report/facts.h"
#include "report/text.h"

namespace luproof::report {

enum class Runs { None, Shortest, All };  // of each pair that is not kept

struct MatrixRequest {
  Request base;
  std::string about;  // the design's own sentence
  std::string again;  // the command that shows it again
  Runs runs = Runs::Shortest;
};

// At most 100 columns, but for names that are longer.
std::string matrix_text(const checker::Matrix& matrix, const MatrixRequest& request,
                        const TextOptions& options);
std::string matrix_markdown(const checker::Matrix& matrix, const MatrixRequest& request);
std::string matrix_json(const checker::Matrix& matrix, const MatrixRequest& request);

int exit_status(const checker::Matrix& matrix);

}  // namespace luproof::report
