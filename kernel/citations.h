// SPDX-License-Identifier: GPL-2.0-or-later
// Which functions of a kernel the specs speak of, and who rests on what they say.
//
// A rule speaks of a function by `at: "file:function"`; by its name, if it is an event or a
// procedure that is a symbol of the kernel, or extends or overrides one; or in its sentence. The
// last two count only for rules that cite the kernel.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/rule_list.h"

namespace luproof::kernel {

enum class Speaks { At, Name, Sentence };
const char* text_of(Speaks how);  // "at", "name", "sentence"

struct Citation {
  Speaks how = Speaks::Name;
  model::Rule rule;
  std::string path;   // of its file
  bool pack = false;  // the file is one of rules: what kernels do, and no design
};

struct Citations {
  // By file ("" = not said) and function.
  std::map<std::pair<std::string, std::string>, std::vector<Citation>> functions;
  // Designs, cases and questions by the files that they use, themselves among them.
  std::map<std::string, std::set<std::string>> users;
};

// "file:function"; both empty if it is none.
std::pair<std::string, std::string> split_place(const std::string& text);
// What `at:` names, in its order; an error where it is no "file:function".
std::vector<std::pair<std::string, std::string>> places_of(const model::Rule& rule,
                                                           model::Diagnostics& diagnostics);

// Of rules that cite `kernel`; "" = whatever they cite. nullopt: `going` said that it is enough.
std::optional<Citations> citations_of(const std::vector<std::string>& files,
                                      const std::string& kernel, const model::LoadOptions& options,
                                      const std::function<bool()>& going,
                                      model::Diagnostics& diagnostics);

}  // namespace luproof::kernel
