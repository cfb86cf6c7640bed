// SPDX-License-Identifier: GPL-2.0-or-later
// One small change to a composed spec, for `mutate` (what is needed?) and `repair` (what is
// missing?).
//
// A change is known by where it is written, so that it can be told to a user. It is made on raw
// syntax, before any name is looked up: what comes out is a spec like any other, and its
// diagnostics and spans are those of the files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

struct Edit {
  enum class Kind {
    Drop,       // a statement is left out
    False,      // a condition, or a part of one, is taken as false
    True,       // … as true
    Unordered,  // a loop visits its members in any order
    Exchange,   // a statement and the one behind it change places
    Unlock,     // a block runs without its lock; of `lock L`: all lock and unlock of L in this code
    Leave,      // an entry of `override:` or `extend:` is left out: the key is at `at`
    Fragment,   // `override:` and `extend:` as a variant holds them, applied last
  };
  Kind kind = Kind::Drop;
  Span at;
  int height = 0;    // of the expression at `at`, since `a` and `a && b` begin in one place
  std::string text;  // what stands there, on one line
  std::shared_ptr<const Document> fragment;
};
using Edits = std::vector<std::shared_ptr<const Edit>>;

// "left out", "taken as true", …
const char* edit_name(Edit::Kind kind);

// Those that speak of a place in this code or expression.
void apply_edits(std::vector<RawStatement>& code, const Edits& edits);
void apply_edits(RawExpr& e, const Edits& edits);
// An entry of `override:` or `extend:` is left out.
bool is_left(const YamlNode& key, const Edits& edits);

// Both orders of two neighbours make sense; not of what ends a block, or names what the other
// reads.
bool exchangeable(const RawStatement& a, const RawStatement& b);

// Every change that takes something away from what a reading says, in order of files and lines:
// guards and their parts, effects, orders, locks, overrides and extensions. Claims and properties
// are what is asked, and stay. `files`: paths of the documents to look into; empty: all.
std::vector<Edit> weakenings(const Composition& composition, const std::vector<std::string>& files,
                             Diagnostics& diagnostics);

// A fragment from text, as a variant would hold it; null after an error. `name` is what reports
// call its file.
std::shared_ptr<const Edit> fragment(const std::string& name, const std::string& text,
                                     Diagnostics& diagnostics);

}  // namespace luproof::model
