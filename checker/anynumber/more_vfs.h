// SPDX-License-Identifier: GPL-2.0-or-later
// From the VFs of a topology to any number of them: the last one of the PF is what further ones are
// like (model/more_vfs.h).
//
// Shown in three parts. With a few more VFs every state is looked at. With enough of them all views
// are collected (checker/anynumber/views.h), which speaks of every number as long as nobody looks
// at the number itself or at an index. Those who do compare them, in comparisons that are linear in
// both: so the same is done for the most VFs that fit, of which the first, the last and some
// between are looked at, and has to go the same way, step by step.
#pragma once

#include <map>
#include <string>

#include "checker/verdict.h"
#include "model/load.h"

namespace luproof::checker {

struct AnyVfs {
  bool asked = false;      // there is a PF with VFs
  std::string why_not;     // nothing is shown, and why; "" if something may be
  model::Span where;       // what is in the way
  int from = 0, most = 0;  // VFs for which it is shown
  int looked_at = 0;       // copies in the system that was searched
  int width = 0;           // of a view
  std::size_t states = 0, views = 0;
  std::map<int, std::string> not_shown;  // property: why

  bool shows(int property) const { return asked && why_not.empty() && !not_shown.count(property); }
};

AnyVfs any_number_of_vfs(const std::string& path, const model::LoadOptions& load,
                         const std::set<std::string>& without, const Limits& limits);

}  // namespace luproof::checker
