// SPDX-License-Identifier: GPL-2.0-or-later
// The rules of a file as they are written: each with its id, what it says, and who says so.
//
// The typed model no longer knows who wrote which half of a definition. Catalogues, comparisons and
// statuses speak of texts, so they read the files themselves; `RulePlaces` leads from a place in
// the model back to the text that it came from.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/compose.h"

namespace luproof::model {

struct Rule {
  std::string kind;       // "event", "definition", "extension", …
  std::string section;    // "events", "define", "extend", …
  std::string id;         // "PACK.NAME", "PACK.extend.NAME", "PACK.override.PATH"
  std::string pack;       // the file that it stands in
  std::string variant;    // of that file, "" = the file itself
  std::string name;       // "pci_clear_master"
  std::string signature;  // "pci_clear_master(function d)"
  std::string about;      // one sentence; of a property its `because` if it has no `about`
  std::string text;       // what it says, on one line, without about, cite, status and versions
  std::vector<std::string> cite;  // its own, else the file's
  std::string status;             // its own, else the file's; "" = certain
  bool own_status = false;
  std::string versions;  // its own, else the file's; "" = not said
  std::string patch, at;
  Span span;
  // Events, procedures, definitions, extensions, overrides, acts, claims and properties; other
  // declarations (cells, kinds, …) and settings (assume, allow, …) are listed too, and are no
  // rules.
  bool rule = false;
};

// Everything that a file declares, changes or sets, those of its variants behind its own.
std::vector<Rule> rules_of(const Document& document);

// The rule in whose text a place lies.
class RulePlaces {
 public:
  void add(const Document& document);
  const std::vector<Rule>& rules() const { return rules_; }
  // Index in rules(), or -1.
  int find(const Span& span) const;

 private:
  std::vector<Rule> rules_;
  // By file and position: what begins there; -1: a key that ends a rule and begins none.
  std::map<std::string, std::map<std::pair<int, int>, int>> begins_;
};

// `text` cut to at most `most` characters (UTF-8 is kept whole), with "…" where it is cut.
std::string shortened(const std::string& text, std::size_t most);

}  // namespace luproof::model
