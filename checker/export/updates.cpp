// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/export/updates.h"

namespace luproof::checker::exporter {

Sequence in_sequence(const Program& program, const Rule& rule) {
  Sequence sequence;
  std::vector<char> written(program.system->slots.size(), 0);
  for (const auto& [variable, term] : rule.updates) written[program.variables[variable].slot] = 1;
  for (const auto& [variable, term] : rule.updates) {
    std::vector<char> read(written.size(), 0);
    program.terms().support(term, read);
    const int own = program.variables[variable].slot;
    bool conflict = false;
    for (std::size_t s = 0; s < read.size() && !conflict; ++s)
      conflict = read[s] && written[s] && static_cast<int>(s) != own;
    (conflict ? sequence.before : sequence.then).emplace_back(variable, term);
  }
  return sequence;
}

}  // namespace luproof::checker::exporter
