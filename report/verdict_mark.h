// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "checker/verdict.h"

namespace luproof::report {

// A verdict in the cell of a table.
inline const char* verdict_mark(checker::Verdict verdict) {
  switch (verdict) {
    case checker::Verdict::Holds:
      return ".";
    case checker::Verdict::Vacuous:
      return "v";
    case checker::Verdict::Unknown:
      return "?";
    case checker::Verdict::Violated:
      return "X";
  }
  return "?";
}

}  // namespace luproof::report
