// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "model/documents.h"
#include "model/edit.h"
#include "model/lexer.h"
#include "model/matrix.h"
#include "model/pair.h"
#include "model/question.h"
#include "model/remove.h"
#include "model/schema.h"

namespace luproof::model {
namespace {

constexpr std::size_t kMaximumDeclarations = 5000;
constexpr std::size_t kMaximumVariants = 256;

constexpr std::array<std::pair<std::string_view, Life>, 7> kLives = {
    {{"given", Life::Given},
     {"hardware", Life::Hardware},
     {"kernel", Life::Kernel},
     {"handover", Life::Handover},
     {"userspace", Life::Userspace},
     {"guest", Life::Guest},
     {"history", Life::History}}};

// How the names of a section's declarations are written.
enum class Naming {
  Signature,  // "name(sort a)", "sort.name"
  Name,       // code and expressions say it
  Word,       // only other YAML and the command line do
};
struct SectionRow {
  std::string_view key;
  Naming naming;
};
constexpr auto kSections = std::to_array<SectionRow>({{"entities", Naming::Name},
                                                      {"kinds", Naming::Name},
                                                      {"locks", Naming::Signature},
                                                      {"define", Naming::Signature},
                                                      {"choices", Naming::Name},
                                                      {"config", Naming::Name},
                                                      {"environment", Naming::Name},
                                                      {"events", Naming::Signature},
                                                      {"procedures", Naming::Signature},
                                                      {"actors", Naming::Name},
                                                      {"claims", Naming::Word},
                                                      {"properties", Naming::Word}});

// What an override may name of a declaration beside the whole of it; and whether that is possible.
struct OverrideRow {
  std::string_view section;
  bool whole;
  std::array<std::string_view, 3> fields;
};
constexpr auto kOverrides =
    std::to_array<OverrideRow>({{"define", true, {}},
                                {"procedures", true, {}},
                                {"events", false, {"do", "when", ""}},
                                {"claims", false, {"from", "until", "level"}},
                                {"config", true, {}},
                                {"properties", true, {}},
                                {"actors", true, {}}});

class Composer {
 public:
  Composer(const LoadOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  std::optional<Composition> run(const std::string& path) {
    result_.documents = read_documents(path, options_, diagnostics_);
    if (result_.documents.empty()) return std::nullopt;
    for (const auto& document : result_.documents) declare(*document);
    for (const auto& document : result_.documents)
      modify(document->root, document->name, *document);
    const Document& main = *result_.documents.back();
    variants(main);
    for (const auto& edit : options_.edits) {
      if (edit->kind != Edit::Kind::Fragment) continue;
      forget_labels(edit->fragment->root);
      modify(edit->fragment->root, main.name + ":" + edit->fragment->name, main);
    }
    other_members(main);
    if (options_.criteria) declare_conditions(main, result_.declared);
    if (diagnostics_.ok()) remove_rules(result_, options_.without, diagnostics_);
    if (!diagnostics_.ok()) return std::nullopt;
    return std::move(result_);
  }

 private:
  // ---------------------------------------------------------------- declarations

  Origin origin(const YamlNode& key, const YamlNode& value, const std::string& pack) {
    Origin o;
    o.span = key.span;
    o.pack = pack;
    if (const YamlEntry* cite = value.find("cite")) o.cite = texts_of(cite->value);
    if (const YamlEntry* about = value.find("about")) o.about = about->value.text;
    if (const YamlEntry* status = value.find("status")) o.status = status->value.text;
    if (const YamlEntry* versions = value.find("versions")) o.versions = versions->value.text;
    for (const auto& document : result_.documents) {  // a file speaks for what says nothing itself
      if (document->name != pack) continue;
      const YamlEntry* cite = document->root.find("cite");
      if (cite && o.cite.empty()) o.cite = texts_of(cite->value);
      const YamlEntry* versions = document->root.find("versions");
      if (versions && o.versions.empty()) o.versions = versions->value.text;
    }
    return o;
  }

  void add(const std::string& section, Naming naming, const YamlNode& key, const YamlNode& value,
           const std::string& pack, Life life = Life::Kernel) {
    if (result_.declared.size() >= kMaximumDeclarations) {
      if (result_.declared.size() == kMaximumDeclarations && diagnostics_.ok())
        diagnostics_.error(key.span, "more than 5,000 declarations");
      return;
    }
    Declared d;
    d.section = section;
    d.key = key;
    d.value = value;
    d.life = life;
    d.origin = origin(key, value, pack);
    if (naming == Naming::Signature) {
      const RawSignature signature = parse_signature(key, diagnostics_);
      d.name = signature.name;
      if (!signature.has_list && signature.parameters.size() == 1 &&
          (section == "state" || section == "locks"))
        d.name = signature.parameters[0].type + "." + signature.name;
    } else {
      d.name = key.text;
      if (naming == Naming::Name ? !is_name(d.name) : !is_word(d.name))
        diagnostics_.error(key.span, fmt::format("'{}' is no name", printable(d.name)),
                           naming == Naming::Name
                               ? "letters, digits and '_', hyphens between small letters"
                               : "letters, digits, '-', '_' and '.'");
    }
    if (const Declared* earlier = result_.find(section, d.name)) {
      diagnostics_.error(
          key.span, fmt::format("'{}' is declared twice", printable(d.name)),
          fmt::format("first in {}; use 'override:' to replace it", earlier->origin.span.where()));
      return;
    }
    result_.declared.push_back(std::move(d));
  }

  void declare(const Document& document) {
    for (const YamlEntry& entry : document.root.entries) {
      const std::string& key = entry.key.text;
      const bool main = &document == result_.documents.back().get();
      for (const SectionRow& row : kSections) {
        if (row.key != key) continue;
        for (const YamlEntry& item : entry.value.entries)
          add(key, row.naming, item.key, item.value, document.name);
      }
      if (key == "state")
        declare_state(entry.value, document.name);
      else if (key == "topology")
        set_topology(entry.value, document);
      else if (key == "members")
        set_members(entry.value);
      else if (key == "updates" && main)
        set_updates(entry.value);
      else if (key == "expect" && main)
        result_.expect.emplace_back(&entry.value, false);
      else if (key == "expect-by" && main)
        result_.expect.emplace_back(&entry.value, true);
      else if (key == "not-modelled")
        for (const std::string& text : texts_of(entry.value)) result_.not_modelled.push_back(text);
    }
  }

  void declare_state(const YamlNode& node, const std::string& pack) {
    std::vector<std::string> known;
    for (const auto& row : kLives) known.emplace_back(row.first);
    for (const YamlEntry& group : node.entries) {
      const auto life = std::find_if(kLives.begin(), kLives.end(),
                                     [&](const auto& row) { return row.first == group.key.text; });
      if (life == kLives.end()) {
        diagnostics_.error(group.key.span,
                           fmt::format("unknown life '{}'", printable(group.key.text)),
                           did_you_mean(group.key.text, known));
        continue;
      }
      for (const YamlEntry& item : group.value.entries)
        add("state", Naming::Signature, item.key, item.value, pack, life->second);
    }
  }

  void set_topology(const YamlNode& node, const Document& document) {
    result_.topology = &node;
    result_.topology_folder = std::filesystem::path(document.path).parent_path().string();
  }

  void set_members(const YamlNode& node) {
    for (const YamlEntry& item : node.entries) {
      const Declared* sort = result_.find("entities", item.key.text);
      if (!sort || !sort->value.find("open"))
        diagnostics_.error(item.key.span,
                           fmt::format("'{}' is no open sort", printable(item.key.text)),
                           "a pack declares it with 'entities: {NAME: {open: yes}}'");
      else if (!item.value.is_map())
        diagnostics_.error(item.value.span, "members are a map", "{name: {cell: value}}");
      else
        result_.members[item.key.text] = &item.value;
    }
  }

  // Members that the caller gives take the place of the file's own, and start like the first of
  // those.
  void other_members(const Document& main) {
    for (const auto& [sort, names] : options_.members) {
      const Declared* const declared = result_.find("entities", sort);
      if (!declared || !declared->value.find("open")) continue;
      YamlNode like;
      like.kind = YamlNode::Kind::Map;
      like.span = main.root.span;
      if (const auto own = result_.members.find(sort); own != result_.members.end())
        if (!own->second->entries.empty()) like = own->second->entries[0].value;
      YamlNode& all = result_.other_members[sort];
      all.kind = YamlNode::Kind::Map;
      all.span = like.span;
      for (const std::string& name : names) {
        YamlNode key;
        key.span = like.span;
        key.text = name;
        all.entries.push_back({std::move(key), like});
      }
      result_.members[sort] = &all;
    }
  }

  void set_updates(const YamlNode& node) {
    result_.updates = small_number(node, 0, 8, diagnostics_);
  }

  // ---------------------------------------------------------------- changes

  // What a file or a variant changes of what is declared.
  void modify(const YamlNode& node, const std::string& who, const Document& document) {
    for (const YamlEntry& entry : node.entries) {
      const std::string& key = entry.key.text;
      if (key == "override")
        for (const YamlEntry& item : entry.value.entries) {
          if (!is_left(item.key, options_.edits)) override_one(item, who, document);
        }
      else if (key == "extend")
        for (const YamlEntry& item : entry.value.entries) {
          if (!is_left(item.key, options_.edits)) extend_one(item, who, document);
        }
      else if (key == "allow")
        for (const YamlNode* item : items_of(entry.value))
          result_.allow.emplace_back(item->text, item->span);
      else if (key == "choose")
        for (const YamlEntry& item : entry.value.entries)
          result_.choose[item.key.text] = {item.value.text, item.value.span};
      else if (key == "promise")
        for (const YamlEntry& item : entry.value.entries)
          result_.promise[item.key.text] = {item.value, item.key.span};
      else if (key == "assume")
        for (const YamlEntry& item : entry.value.entries) result_.assume.emplace_back(&item, who);
    }
  }

  // A fragment that gives the whole of a procedure has what was done to its steps in it already.
  void forget_labels(const YamlNode& fragment) {
    const YamlEntry* overrides = fragment.find("override");
    for (const YamlEntry& item : overrides ? overrides->value.entries : std::vector<YamlEntry>{})
      std::erase_if(result_.edits, [&](const LabelEdit& e) {
        return item.key.text == "procedures." + e.procedure;
      });
  }

  Declared* find_mutable(std::string_view section, std::string_view name) {
    return const_cast<Declared*>(result_.find(section, name));
  }

  void unknown_path(const YamlNode& key, std::string_view section, std::string_view name) {
    std::vector<std::string> known;
    for (const Declared& d : result_.declared)
      if (d.section == section) known.push_back(d.name);
    std::vector<std::string> sections;
    for (const OverrideRow& row : kOverrides) sections.emplace_back(row.section);
    if (std::find(sections.begin(), sections.end(), section) == sections.end())
      diagnostics_.error(
          key.span, fmt::format("an override begins with a section, not '{}'", printable(section)),
          did_you_mean(section, sections));
    else
      diagnostics_.error(
          key.span,
          fmt::format("nothing is declared as '{}.{}'", printable(section), printable(name)),
          did_you_mean(name, known));
  }

  bool is_removed(const std::string& id) {
    if (!options_.without.count(id)) return false;
    result_.without.insert(id);
    return true;
  }

  void extend_one(const YamlEntry& item, const std::string& who, const Document& document) {
    const RawSignature signature = parse_signature(item.key, diagnostics_);
    if (signature.name.empty() || is_removed(document.name + ".extend." + signature.name)) return;
    for (const char* section : {"define", "procedures"})
      if (Declared* target = find_mutable(section, signature.name)) {
        check_extension(section, item.value, diagnostics_);
        target->extensions.push_back(Extension{&item.value, signature, who});
        return;
      }
    std::vector<std::string> known;
    for (const Declared& d : result_.declared)
      if (d.section == "define" || d.section == "procedures") known.push_back(d.name);
    diagnostics_.error(item.key.span,
                       fmt::format("no definition or procedure is called '{}'", signature.name),
                       did_you_mean(signature.name, known));
  }

  void override_one(const YamlEntry& item, const std::string& who, const Document& document) {
    const std::string& path = item.key.text;
    if (is_removed(document.name + ".override." + path)) return;
    const std::size_t dot = path.find('.');
    std::string section = path.substr(0, dot);
    std::string rest = dot == std::string::npos ? "" : path.substr(dot + 1);
    std::string label, field;
    if (const std::size_t at = rest.find('@'); at != std::string::npos) {
      label = rest.substr(at + 1);
      rest.resize(at);
    } else if (section == "events" || section == "claims") {
      if (const std::size_t last = rest.rfind('.'); last != std::string::npos) {
        field = rest.substr(last + 1);
        rest.resize(last);
      }
    }
    const auto row = std::find_if(kOverrides.begin(), kOverrides.end(),
                                  [&](const OverrideRow& r) { return r.section == section; });
    Declared* target = find_mutable(section, rest);
    if (!target || row == kOverrides.end()) return unknown_path(item.key, section, rest);
    if (rest.size() + section.size() + 1 < path.size() && label.empty() && field.empty()) {
      diagnostics_.error(item.key.span, "a name is missing at the end of the path");
      return;
    }
    if (!label.empty() && section != "procedures") {
      diagnostics_.error(item.key.span,
                         "only the steps of procedures have labels that an override may name");
      return;
    }
    if (field.empty()
            ? !row->whole
            : std::find(row->fields.begin(), row->fields.end(), field) == row->fields.end()) {
      diagnostics_.error(item.key.span,
                         fmt::format("an override cannot replace '{}'", printable(path)),
                         section == "events" ? "events.NAME.do or events.NAME.when"
                                             : "claims.NAME.from, until or level");
      return;
    }
    const bool declaration = field.empty() && section != "define" && section != "procedures";
    if (!label.empty())
      check_label_edit(item.value, diagnostics_);
    else if (declaration)
      check_declaration(section, item.value, diagnostics_);
    else
      check_replacement(item.value, diagnostics_);
    check_conflict(*target, item, path, who, document);
    target->origin.overridden_by.push_back(who);
    if (const YamlEntry* patch = item.value.find("patch")) target->origin.patch = patch->value.text;
    if (const YamlEntry* at = item.value.find("at"); at && section != "properties")
      target->origin.at = at->value.text;
    if (const YamlEntry* status = item.value.find("status"))
      target->origin.status = status->value.text;
    if (const YamlEntry* cite = item.value.find("cite"))
      for (const std::string& source : texts_of(cite->value)) target->origin.cite.push_back(source);
    if (!label.empty()) return edit_label(item, rest, label);
    if (field.empty() && section == "procedures") field = "code";
    const YamlEntry* inner =
        item.value.find(section == "procedures" || field == "do" ? "code" : "expr");
    const YamlNode& value = inner && !declaration ? inner->value : item.value;
    target->extensions.clear();  // what is replaced had them; later ones extend the replacement
    if (field.empty() || (field == "code" && !target->value.is_map())) {
      replace(*target, value);
      return;
    }
    for (YamlEntry& entry : target->value.entries)
      if (entry.key.text == field) {
        entry.value = value;
        return;
      }
    YamlNode key = item.key;
    key.text = field;
    target->value.entries.push_back(YamlEntry{key, value});
  }

  // A configuration keeps its type where only its values are replaced.
  static void replace(Declared& target, const YamlNode& value) {
    const YamlEntry* type = target.section == "config" ? target.value.find("type") : nullptr;
    YamlNode fresh = value;
    if (type && !value.find("type")) fresh.entries.push_back(*type);
    target.value = std::move(fresh);
  }

  // Two files that do not know each other may not replace the same thing.
  void check_conflict(const Declared& target, const YamlEntry& item, const std::string& path,
                      const std::string& who, const Document& document) {
    auto& by = overriders_[path];
    for (const auto& [name, earlier] : by) {
      if (name == document.name || uses(document, name)) continue;
      diagnostics_.error(
          item.key.span,
          fmt::format("'{}' is overridden by '{}' and by '{}', and neither uses the other",
                      printable(path), printable(name), printable(who)),
          "let one of them use the other, so that the order is known");
    }
    by.emplace_back(document.name, target.name);
  }

  bool uses(const Document& document, const std::string& name) const {
    std::set<std::string> reached = {document.name};
    // Those that a document uses stand before it.
    for (auto other = result_.documents.rbegin(); other != result_.documents.rend(); ++other)
      if (reached.count((*other)->name))
        reached.insert((*other)->uses.begin(), (*other)->uses.end());
    return reached.count(name) > 0;
  }

  void edit_label(const YamlEntry& item, const std::string& procedure, const std::string& label) {
    static constexpr std::array<std::pair<std::string_view, LabelEdit::Mode>, 4> kModes = {
        {{"before", LabelEdit::Mode::Before},
         {"after", LabelEdit::Mode::After},
         {"replace", LabelEdit::Mode::Replace},
         {"drop", LabelEdit::Mode::Drop}}};
    bool found = false;
    for (const auto& [word, mode] : kModes)
      if (const YamlEntry* entry = item.value.find(word)) {
        result_.edits.push_back(LabelEdit{procedure, label, mode, entry->value, item.key.span});
        found = true;
      }
    if (!found && diagnostics_.ok())
      diagnostics_.error(
          item.value.span,
          "a labelled step is edited by 'before:', 'after:', 'replace:' or 'drop: yes'");
  }

  // ---------------------------------------------------------------- variants

  void variants(const Document& main) {
    const YamlEntry* section = main.root.find("variants");
    std::vector<std::string> names;
    const YamlEntry* chosen = nullptr;
    if (section && section->value.entries.size() > kMaximumVariants)
      diagnostics_.error(section->key.span, "more than 256 variants");
    if (section)
      for (const YamlEntry& variant : section->value.entries) {
        if (!is_word(variant.key.text))
          diagnostics_.error(variant.key.span,
                             fmt::format("'{}' is no name", printable(variant.key.text)),
                             "letters, digits, '-', '_' and '.'");
        names.push_back(variant.key.text);
        VariantInfo info{variant.key.text, "", variant.key.span};
        if (const YamlEntry* about = variant.value.find("about")) info.about = about->value.text;
        result_.variants.push_back(info);
        if (variant.key.text == options_.variant) chosen = &variant;
      }
    if (options_.variant.empty()) return;
    if (!chosen) {
      diagnostics_.error(section ? section->key.span : main.root.span,
                         fmt::format("there is no variant '{}'", printable(options_.variant)),
                         did_you_mean(options_.variant, names));
      return;
    }
    result_.variant = options_.variant;
    modify(chosen->value, main.name + ":" + options_.variant, main);
    for (const YamlEntry& entry : chosen->value.entries) {
      if (entry.key.text == "expect")
        result_.expect.emplace_back(&entry.value, false);
      else if (entry.key.text == "expect-by")
        result_.expect.emplace_back(&entry.value, true);
      else if (entry.key.text == "topology")
        set_topology(entry.value, main);
      else if (entry.key.text == "members")
        set_members(entry.value);
      else if (entry.key.text == "updates")
        set_updates(entry.value);
      else if (entry.key.text == "config")
        for (const YamlEntry& item : entry.value.entries) {
          if (Declared* target = find_mutable("config", item.key.text)) {
            replace(*target, item.value);
            target->origin.overridden_by.push_back(main.name + ":" + options_.variant);
          } else {
            unknown_path(item.key, "config", item.key.text);
          }
        }
    }
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  Composition result_;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> overriders_;
};

}  // namespace

const Declared* Composition::find(std::string_view section, std::string_view name) const {
  for (const Declared& d : declared)
    if (d.section == section && d.name == name) return &d;
  return nullptr;
}

std::optional<Composition> compose(const std::string& path, const LoadOptions& options,
                                   Diagnostics& diagnostics) {
  if (options.later.empty()) return Composer(options, diagnostics).run(path);
  LoadOptions with = options;
  with.variant = options.later;
  auto later = Composer(with, diagnostics).run(path);
  auto first = later ? Composer(options, diagnostics).run(path) : std::nullopt;
  if (!first) return std::nullopt;
  pair_with(*first, std::make_shared<const Composition>(std::move(*later)), diagnostics);
  expect_of_pair(*first);
  if (!diagnostics.ok()) return std::nullopt;
  return first;
}

}  // namespace luproof::model
