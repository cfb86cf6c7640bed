// SPDX-License-Identifier: GPL-2.0-or-later
// A certificate: an invariant and what has to be unsatisfiable for it to be one, as SMT-LIB 2 text
// for solvers that are not ours.
//
// One step is all that it takes. The clauses are functions of the slots they speak of, so "after
// the step" is the clause over what the step writes, and a clause of which the step writes nothing
// is the same before and after. Every transition of the system is in the text, also those that
// never happen: that they do not is then an obligation, not a claim of luproof.
//
// Totality plays no part here: a state from which no step leads anywhere breaks no safety property.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/proof/bounds.h"
#include "checker/proof/goals.h"
#include "checker/proof/invariant.h"

namespace luproof::checker::proof {

// The reading that is proved, as the head of the text says it.
struct Subject {
  std::string design, variant;
  std::map<std::string, std::string> choices;
  std::vector<std::string> acts, without, assumptions;  // acts: those that may happen
  std::string topology;                                 // "its own", or of a dump
};

struct Certificate {
  std::string text;
  std::size_t obligations = 0;  // each is one (check-sat), to be answered with unsat
};

// The box as clauses, then the others.
Invariant with_box(const System& system, const Bounds& bounds, const Invariant& invariant);

Certificate certificate(const System& system, const Goals& goals, const Invariant& invariant,
                        const Subject& subject);

// What the head of a text says, and the clauses it has; nullopt if it is no certificate.
struct Stated {
  Subject subject;
  std::vector<std::string> properties, faults;
  Invariant invariant;
};
std::optional<Stated> stated(const std::string& text);

// The text that this system has to have with the clauses and properties of a stated one; "" if it
// cannot be one of this system.
std::string derived(System& system, const Stated& stated, const std::string& topology);

// Gives this very text to Z3. "" if every answer is unsat, else what is not, or what stopped it.
std::string refuted(const Certificate& certificate, const Limits& limits);

}  // namespace luproof::checker::proof
