// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>

namespace luproof::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaximumSpecBytes = 4u << 20;
constexpr int kMaximumUses = 200;

// Every key a file may have, and whether its value is a map of declarations.
struct SectionRow {
  std::string_view key;
  bool declares;
};
constexpr std::array kSections = {
    SectionRow{"rules", false},        SectionRow{"design", false},
    SectionRow{"case", false},         SectionRow{"question", false},
    SectionRow{"about", false},        SectionRow{"cite", false},
    SectionRow{"status", false},       SectionRow{"use", false},
    SectionRow{"topology", false},     SectionRow{"entities", true},
    SectionRow{"kinds", true},         SectionRow{"state", false},
    SectionRow{"locks", true},         SectionRow{"define", true},
    SectionRow{"choices", true},       SectionRow{"config", true},
    SectionRow{"environment", true},   SectionRow{"events", true},
    SectionRow{"procedures", true},    SectionRow{"actors", true},
    SectionRow{"claims", true},        SectionRow{"promise", false},
    SectionRow{"properties", true},    SectionRow{"extend", false},
    SectionRow{"override", false},     SectionRow{"allow", false},
    SectionRow{"choose", false},       SectionRow{"assume", false},
    SectionRow{"updates", false},      SectionRow{"variants", false},
    SectionRow{"expect", false},       SectionRow{"expect-by", false},
    SectionRow{"not-modelled", false},
};
constexpr std::array<std::string_view, 12> kVariantKeys = {
    "about",  "override", "extend", "allow",   "choose", "promise",
    "config", "topology", "assume", "updates", "expect", "expect-by"};
constexpr std::array<std::pair<std::string_view, Life>, 7> kLives = {
    {{"given", Life::Given},
     {"hardware", Life::Hardware},
     {"kernel", Life::Kernel},
     {"handover", Life::Handover},
     {"userspace", Life::Userspace},
     {"guest", Life::Guest},
     {"history", Life::History}}};
// Sections whose names are signatures; the others have plain names, which may hold hyphens.
constexpr std::array<std::string_view, 4> kSignatureSections = {"define", "events", "procedures",
                                                                "locks"};

bool has_signature(std::string_view section) {
  return std::find(kSignatureSections.begin(), kSignatureSections.end(), section) !=
         kSignatureSections.end();
}

std::vector<std::string> names_in(const YamlNode& node) {
  std::vector<std::string> names;
  if (node.is_scalar()) names.push_back(node.text);
  for (const YamlNode& item : node.items) names.push_back(item.text);
  return names;
}

class Composer {
 public:
  Composer(const LoadOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  std::optional<Composition> run(const std::string& path) {
    if (!read(path, Span{})) return std::nullopt;
    for (const auto& document : result_.documents) declare(*document);
    for (const auto& document : result_.documents)
      modify(document->root, document->name, *document);
    const Document& main = *result_.documents.back();
    variants(main);
    if (!diagnostics_.ok()) return std::nullopt;
    return std::move(result_);
  }

 private:
  // ---------------------------------------------------------------- files

  std::shared_ptr<const Document> parse(const std::string& path) {
    const SourcePtr source = read_source(path, kMaximumSpecBytes, diagnostics_);
    if (!source) return nullptr;
    auto root = read_yaml(source, diagnostics_);
    if (!root) return nullptr;
    auto document = std::make_shared<Document>();
    document->path = path;
    document->source = source;
    document->root = std::move(*root);
    const YamlNode& top = document->root;
    if (!top.is_map() || top.entries.empty()) {
      diagnostics_.error(top.span, "a spec is a map", "it begins with 'design: NAME'");
      return nullptr;
    }
    std::vector<std::string> known;
    for (const SectionRow& row : kSections) known.emplace_back(row.key);
    for (const YamlEntry& entry : top.entries)
      if (std::find(known.begin(), known.end(), entry.key.text) == known.end())
        diagnostics_.error(entry.key.span,
                           fmt::format("unknown key '{}'", printable(entry.key.text)),
                           did_you_mean(entry.key.text, known));
    const YamlEntry& first = top.entries[0];
    if (first.key.text != "rules" && first.key.text != "design" && first.key.text != "case" &&
        first.key.text != "question") {
      diagnostics_.error(first.key.span, "the first key says what the file is",
                         "'rules:', 'design:', 'case:' or 'question:' and a name");
      return nullptr;
    }
    document->kind = first.key.text;
    document->name = first.value.text;
    return diagnostics_.ok() ? document : nullptr;
  }

  std::string locate(const std::string& name, const std::string& from) const {
    std::vector<fs::path> folders = {fs::path(from).parent_path()};
    for (fs::path up = fs::absolute(fs::path(from)).parent_path(); up.has_relative_path();
         up = up.parent_path())
      if (fs::is_directory(up / "rules")) {
        folders.push_back(up);
        break;
      }
    if (!options_.specs.empty()) folders.emplace_back(options_.specs);
    for (const fs::path& folder : folders)
      for (const char* sub : {"", "rules", "designs", "cases", "questions"}) {
        std::error_code ignored;
        const fs::path candidate = folder / sub / (name + ".yaml");
        if (fs::is_regular_file(candidate, ignored)) return candidate.lexically_normal().string();
      }
    return {};
  }

  bool read(const std::string& path, const Span& used_at) {
    std::error_code ignored;
    const std::string key = fs::weakly_canonical(path, ignored).string();
    if (done_.count(key)) return true;
    if (std::find(open_.begin(), open_.end(), key) != open_.end()) {
      diagnostics_.error(used_at,
                         fmt::format("'{}' uses itself", printable(fs::path(path).stem().string())),
                         "a cycle of 'use' has no order");
      return false;
    }
    if (done_.size() > kMaximumUses) {
      diagnostics_.error(used_at, "more than 200 files are used");
      return false;
    }
    open_.push_back(key);
    auto document = parse(path);
    if (!document) return false;
    bool ok = true;
    auto mutable_document = std::const_pointer_cast<Document>(document);
    if (const YamlEntry* use = document->root.find("use")) {
      auto follow = [&](const YamlNode& item) {
        const std::string target = locate(item.text, path);
        if (target.empty()) {
          diagnostics_.error(
              item.span, fmt::format("no file '{}.yaml' to use", printable(item.text)),
              "packs are looked for beside the file and in specs/rules, designs, cases");
          ok = false;
          return;
        }
        mutable_document->uses.push_back(item.text);
        ok = read(target, item.span) && ok;
      };
      if (use->value.is_scalar())
        follow(use->value);
      else
        for (const YamlNode& item : use->value.items) follow(item);
    }
    open_.pop_back();
    done_.insert(key);
    for (const auto& other : result_.documents)
      if (other->name == document->name)
        diagnostics_.error(document->root.entries[0].value.span,
                           fmt::format("a second file is called '{}'", printable(document->name)),
                           "the first is " + other->path);
    result_.documents.push_back(document);
    return ok;
  }

  // ---------------------------------------------------------------- declarations

  Origin origin(const YamlNode& key, const YamlNode& value, const std::string& pack) {
    Origin o;
    o.span = key.span;
    o.pack = pack;
    if (const YamlEntry* cite = value.find("cite")) o.cite = names_in(cite->value);
    if (const YamlEntry* about = value.find("about")) o.about = about->value.text;
    if (const YamlEntry* status = value.find("status")) o.status = status->value.text;
    if (o.cite.empty())  // a file's sources stand for what does not name its own
      for (const auto& document : result_.documents)
        if (document->name == pack)
          if (const YamlEntry* cite = document->root.find("cite")) o.cite = names_in(cite->value);
    return o;
  }

  void add(const std::string& section, const YamlNode& key, const YamlNode& value,
           const std::string& pack, Life life = Life::Kernel) {
    Declared d;
    d.section = section;
    d.key = key;
    d.value = value;
    d.life = life;
    d.origin = origin(key, value, pack);
    if (section == "state" || has_signature(section)) {
      const RawSignature signature = parse_signature(key, diagnostics_);
      d.name = signature.name;
      if (!signature.has_list && signature.parameters.size() == 1 &&
          (section == "state" || section == "locks"))
        d.name = signature.parameters[0].type + "." + signature.name;
    } else {
      d.name = key.text;
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
        if (row.key != key || !row.declares) continue;
        if (!entry.value.is_map()) {
          diagnostics_.error(entry.value.span, fmt::format("'{}:' holds a map of names", key));
          continue;
        }
        for (const YamlEntry& item : entry.value.entries)
          add(key, item.key, item.value, document.name);
      }
      if (key == "state")
        declare_state(entry.value, document.name);
      else if (key == "topology")
        set_topology(entry.value, document);
      else if (key == "updates" && main)
        set_updates(entry.value);
      else if (key == "expect" && main)
        result_.expect.emplace_back(&entry.value, false);
      else if (key == "expect-by" && main)
        result_.expect.emplace_back(&entry.value, true);
      else if (key == "not-modelled")
        for (const std::string& text : names_in(entry.value)) result_.not_modelled.push_back(text);
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
        add("state", item.key, item.value, pack, life->second);
    }
  }

  void set_topology(const YamlNode& node, const Document& document) {
    result_.topology = &node;
    result_.topology_folder = fs::path(document.path).parent_path().string();
  }

  void set_updates(const YamlNode& node) {
    if (node.text.size() == 1 && node.text[0] >= '0' && node.text[0] <= '8')
      result_.updates = node.text[0] - '0';
    else
      diagnostics_.error(node.span, "'updates:' is a number from 0 to 8");
  }

  // ---------------------------------------------------------------- changes

  // What a file or a variant changes of what is declared.
  void modify(const YamlNode& node, const std::string& who, const Document& document) {
    for (const YamlEntry& entry : node.entries) {
      const std::string& key = entry.key.text;
      if (key == "override")
        for (const YamlEntry& item : entry.value.entries) override_one(item, who, document);
      else if (key == "extend")
        for (const YamlEntry& item : entry.value.entries) extend_one(item, who);
      else if (key == "allow")
        for (const YamlNode& item :
             entry.value.is_scalar() ? std::vector<YamlNode>{entry.value} : entry.value.items)
          result_.allow.emplace_back(item.text, item.span);
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

  Declared* find_mutable(std::string_view section, std::string_view name) {
    return const_cast<Declared*>(result_.find(section, name));
  }

  void unknown_path(const YamlNode& key, std::string_view section, std::string_view name) {
    std::vector<std::string> known;
    for (const Declared& d : result_.declared)
      if (d.section == section) known.push_back(d.name);
    std::vector<std::string> sections = {"define", "procedures", "events", "claims",
                                         "config", "properties", "actors"};
    if (known.empty() && std::find(sections.begin(), sections.end(), section) == sections.end())
      diagnostics_.error(
          key.span, fmt::format("an override begins with a section, not '{}'", printable(section)),
          did_you_mean(section, sections));
    else
      diagnostics_.error(
          key.span,
          fmt::format("nothing is declared as '{}.{}'", printable(section), printable(name)),
          did_you_mean(name, known));
  }

  void extend_one(const YamlEntry& item, const std::string& who) {
    const RawSignature signature = parse_signature(item.key, diagnostics_);
    for (const char* section : {"define", "procedures"})
      if (Declared* target = find_mutable(section, signature.name)) {
        target->extensions.push_back(Extension{&item.value, signature, who});
        return;
      }
    unknown_path(item.key, "procedures", signature.name);
  }

  void override_one(const YamlEntry& item, const std::string& who, const Document& document) {
    const std::string& path = item.key.text;
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
    Declared* target = find_mutable(section, rest);
    if (!target) return unknown_path(item.key, section, rest);
    check_conflict(*target, item, path, who, document);
    target->origin.overridden_by.push_back(who);
    if (const YamlEntry* patch = item.value.find("patch")) target->origin.patch = patch->value.text;
    if (const YamlEntry* at = item.value.find("at")) target->origin.at = at->value.text;
    if (const YamlEntry* cite = item.value.find("cite"))
      for (const std::string& source : names_in(cite->value)) target->origin.cite.push_back(source);
    if (!label.empty()) return edit_label(item, rest, label);
    if (field.empty() && section == "procedures") field = "code";
    const YamlEntry* inner = item.value.find(section == "procedures" ? "code" : "expr");
    const YamlNode& value = inner ? inner->value : item.value;
    target->extensions.clear();  // what is replaced had them; later ones extend the replacement
    if (field.empty() || (field == "code" && !target->value.is_map())) {
      target->value = value;
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
    for (const std::string& used : document.uses) {
      if (used == name) return true;
      for (const auto& other : result_.documents)
        if (other->name == used && uses(*other, name)) return true;
    }
    return false;
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
    if (!found)
      diagnostics_.error(
          item.value.span,
          "a labelled step is edited by 'before:', 'after:', 'replace:' or 'drop: yes'");
  }

  // ---------------------------------------------------------------- variants

  void variants(const Document& main) {
    const YamlEntry* section = main.root.find("variants");
    std::vector<std::string> names;
    const YamlEntry* chosen = nullptr;
    if (section)
      for (const YamlEntry& variant : section->value.entries) {
        names.push_back(variant.key.text);
        VariantInfo info{variant.key.text, "", variant.key.span};
        if (const YamlEntry* about = variant.value.find("about")) info.about = about->value.text;
        result_.variants.push_back(info);
        if (!variant.value.is_map()) {
          diagnostics_.error(variant.value.span, "a variant is a map",
                             "at least 'about:' or 'expect:'");
          continue;
        }
        for (const YamlEntry& entry : variant.value.entries)
          if (std::find(kVariantKeys.begin(), kVariantKeys.end(), entry.key.text) ==
              kVariantKeys.end())
            diagnostics_.error(
                entry.key.span,
                fmt::format("a variant cannot hold '{}'", printable(entry.key.text)),
                did_you_mean(entry.key.text, {kVariantKeys.begin(), kVariantKeys.end()}));
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
      else if (entry.key.text == "updates")
        set_updates(entry.value);
      else if (entry.key.text == "config")
        for (const YamlEntry& item : entry.value.entries) {
          if (Declared* target = find_mutable("config", item.key.text)) {
            target->value = item.value;
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
  std::vector<std::string> open_;
  std::set<std::string> done_;
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
  return Composer(options, diagnostics).run(path);
}

}  // namespace luproof::model
