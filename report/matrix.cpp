// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/matrix.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/json_text.h"
#include "report/matrix_table.h"

namespace luproof::report {
namespace {

using checker::Matrix;
using checker::Pair;
using checker::Verdict;
using model::printable;
using nlohmann::ordered_json;

constexpr std::size_t kWidth = 100;

std::string heading(const Matrix& matrix, const MatrixRequest& request) {
  for (const Pair& pair : matrix.pairs)
    if (pair.checked) return pair.checked->model->name;
  return request.base.path;
}

// What shows one pair as `check` shows a reading.
std::string alone(const Matrix& matrix, const Pair& pair, const MatrixRequest& request) {
  std::string text = "luproof check " + quoted(request.base.path) + " --variant " +
                     quoted(matrix.kernels[pair.first]);
  if (pair.first != pair.later) text += " --then " + quoted(matrix.kernels[pair.later]);
  return text;
}

ordered_json pair_json(const Matrix& matrix, const Pair& pair, const Request& request) {
  ordered_json out = {{"old", matrix.kernels[pair.first]},
                      {"new", matrix.kernels[pair.later]},
                      {"rollback", Matrix::is_rollback(pair)}};
  if (!pair.checked) {
    out["error"] = pair.error;
    return out;
  }
  ordered_json properties = ordered_json::array(), differs = ordered_json::array();
  for (const checker::Finding& f : pair.checked->findings)
    properties.push_back(property_json(*pair.checked, f, request));
  for (const checker::Difference& d : checker::differences(*pair.checked))
    differs.push_back({{"config", d.config}, {"old", d.before}, {"new", d.after}});
  out["differs"] = differs;
  out["properties"] = properties;
  out["states"] = pair.checked->statistics.states;
  out["exhausted"] = pair.checked->statistics.exhausted;
  if (!pair.checked->broken.empty()) out["error"] = pair.checked->broken;
  return out;
}

}  // namespace

std::string matrix_text(const Matrix& matrix, const MatrixRequest& request,
                        const TextOptions& options) {
  const Style& style = options.style;
  std::string out = style.bold(printable(heading(matrix, request))) + "\n";
  const auto note = [&](std::size_t indent, const std::string& line) {
    if (line.empty()) return;
    out += std::string(indent, ' ') + wrapped(printable(line), kWidth - indent, indent) + "\n";
  };
  note(2, request.about);
  const MatrixTable table = matrix_table(matrix, kWidth - 2);
  out += table.grid.text(style, 2);
  for (const std::string& line : table.legend) note(4, line);
  note(4, matrix_scope(matrix));
  for (const PairNote& n : pair_notes(matrix, request.runs)) {
    out += "  " + style.bold(printable(pair_name(matrix, *n.pair))) + "\n";
    note(6, n.verdicts);
    if (!n.differs.empty()) note(6, "differs: " + n.differs);
    note(6, n.steps);
    if (request.runs == Runs::All && n.pair->checked && n.worst == Verdict::Violated)
      out += text(*n.pair->checked, request.base, options);
  }
  note(2, summary(matrix));
  for (const PairNote& n : pair_notes(matrix, Runs::None))
    if (n.worst == Verdict::Violated) {
      out += style.dim("  one pair: " + printable(alone(matrix, *n.pair, request))) + "\n";
      break;
    }
  return out + style.dim("  again: " + printable(request.again)) + "\n";
}

std::string matrix_markdown(const Matrix& matrix, const MatrixRequest& request) {
  std::string out;
  const auto paragraph = [&](const std::string& text) {
    if (!text.empty()) out += wrapped(plain_markdown(text), 76, 0) + "\n\n";
  };
  paragraph(request.about);
  const MatrixTable table = matrix_table(matrix, kWidth);
  out += table.grid.markdown() + "\n";
  for (const std::string& line : table.legend)
    out += "- " + wrapped(plain_markdown(line), 74, 2) + "\n";
  out += "\n";
  paragraph(summary(matrix) + "; " + matrix_scope(matrix));
  for (const PairNote& n : pair_notes(matrix, request.runs)) {
    paragraph(pair_name(matrix, *n.pair) + ": " + n.verdicts +
              (n.differs.empty() ? "" : ". Differs: " + n.differs));
    if (!n.steps.empty()) out += "    " + wrapped(printable(n.steps), 72, 4) + "\n\n";
  }
  return out + "    $ " + printable(request.again) + "\n";
}

std::string matrix_json(const Matrix& matrix, const MatrixRequest& request) {
  ordered_json pairs = ordered_json::array();
  for (const Pair& pair : matrix.pairs) pairs.push_back(pair_json(matrix, pair, request.base));
  const ordered_json out = {
      {"command", "matrix"},    {"file", request.base.path}, {"design", heading(matrix, request)},
      {"about", request.about}, {"kernels", matrix.kernels}, {"pairs", pairs}};
  return json_text(out);
}

int exit_status(const Matrix& matrix) {
  int status = kHolds;
  for (const Pair& pair : matrix.pairs)
    status = worse(status, pair.checked ? exit_status(*pair.checked) : kWrongInput);
  return status;
}

}  // namespace luproof::report
