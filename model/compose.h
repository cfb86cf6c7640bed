// SPDX-License-Identifier: GPL-2.0-or-later
// Composition: from files that use each other to one list of declarations, before any name is
// typed.
//
// Packs are read once each, in the order of use; overrides and variants act on the declarations as
// text, so that a report can say who replaced what.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/model.h"
#include "model/more_vfs.h"
#include "model/raw.h"
#include "model/yaml_tree.h"

namespace luproof::model {

struct Edit;  // model/edit.h

struct LoadOptions {
  std::string variant;  // "" = the file itself
  std::string later;    // the variant that every kernel but the first is; "": the same one
  std::map<std::string, std::string> choose;   // fixes choices, over the file's own
  std::optional<std::set<std::string>> allow;  // environment acts, instead of the file's own
  std::optional<Topology> topology;            // instead of the file's own
  MoreVfs vfs;                                 // more of them than the topology has
  // Of open sorts, instead of the file's own; each is like the file's own first member.
  std::map<std::string, std::vector<std::string>> members;
  std::string specs;  // folder of the shipped packs
  // Ids of rules that are taken away; of a definition with one text: what it is instead.
  std::map<std::string, bool> without;
  std::vector<std::shared_ptr<const Edit>> edits;  // changes to try, in this order
  bool criteria = false;  // what `ask:` measures becomes properties (model/question.h)
};

struct Extension {
  const YamlNode* value = nullptr;
  RawSignature signature;
  std::string pack;
};

struct Declared {
  std::string section;  // "state", "procedures", …
  std::string name;     // "function.bus_master", "luo_prepare", …
  YamlNode key;
  YamlNode value;
  Life life = Life::Kernel;
  Origin origin;
  std::vector<Extension> extensions;
  std::optional<bool> removed;      // it is taken away; of a definition: what it is instead
  const Declared* later = nullptr;  // what it is in later kernels, if it differs there
};

struct LabelEdit {
  std::string procedure, label;
  enum class Mode { Before, After, Replace, Drop } mode = Mode::Replace;
  YamlNode code;
  Span span;
};

struct Document {
  std::string kind, name, path;
  SourcePtr source;
  YamlNode root;
  std::vector<std::string> uses;  // names, all of them
};

struct VariantInfo {
  std::string name, about;
  Span span;
};

// A file and all it uses, with a variant applied.
struct Composition {
  std::vector<std::shared_ptr<const Document>> documents;  // used ones first, the file itself last
  std::vector<Declared> declared;
  std::vector<LabelEdit> edits;
  std::vector<VariantInfo> variants;
  std::string variant;
  std::shared_ptr<const Composition> later;  // of a pair of kernels: how the later ones read
  const YamlNode* topology = nullptr;
  std::map<std::string, const YamlNode*> members;  // of an open sort
  std::map<std::string, YamlNode> other_members;   // that the caller gave
  std::string topology_folder;                     // relative `from` paths start here
  std::map<std::string, std::pair<std::string, Span>> choose;
  std::map<std::string, std::pair<YamlNode, Span>> promise;
  std::vector<std::pair<std::string, Span>> allow;
  std::vector<std::pair<const YamlEntry*, std::string>> assume;  // with the pack
  std::vector<std::pair<const YamlNode*, bool>> expect;          // true: an expect-by
  std::vector<std::string> not_modelled;
  int updates = 1;
  std::set<std::string> without;  // rules that were taken away

  const Declared* find(std::string_view section, std::string_view name) const;
};

std::optional<Composition> compose(const std::string& path, const LoadOptions& options,
                                   Diagnostics& diagnostics);

}  // namespace luproof::model
