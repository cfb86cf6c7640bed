// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/matrix.h"

namespace luproof::checker {

Matrix matrix_of(std::vector<std::string> kernels) {
  Matrix matrix;
  for (std::size_t first = 0; first < kernels.size(); ++first)
    for (std::size_t later = 0; later < kernels.size(); ++later)
      matrix.pairs.push_back({first, later, std::nullopt, ""});
  matrix.kernels = std::move(kernels);
  return matrix;
}

model::Reading reading_of(const Matrix& matrix, const Pair& pair) {
  model::Reading reading{matrix.kernels[pair.first], {}};
  if (pair.first != pair.later) reading.later = matrix.kernels[pair.later];
  return reading;
}

std::vector<Difference> differences(const Checked& checked) {
  std::vector<Difference> all;
  for (const model::Config& c : checked.model->configs)
    if (c.old_value != c.new_value)
      all.push_back({c.name, checked.model->value_text(c.type, c.old_value),
                     checked.model->value_text(c.type, c.new_value)});
  return all;
}

}  // namespace luproof::checker
