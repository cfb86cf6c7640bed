// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "model/schema.h"
#include "model/spec_folders.h"

namespace luproof::model {

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaximumSpecBytes = 4u << 20;
constexpr std::size_t kMaximumUses = 200;

class Documents {
 public:
  Documents(const LoadOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  std::vector<std::shared_ptr<const Document>> run(const std::string& path) {
    if (!read(path, Span{})) return {};
    return std::move(documents_);
  }

 private:
  std::shared_ptr<Document> parse(const std::string& path) {
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
    const YamlEntry& first = top.entries[0];
    if (first.key.text != "rules" && first.key.text != "design" && first.key.text != "case" &&
        first.key.text != "question") {
      diagnostics_.error(first.key.span, "the first key says what the file is",
                         "'rules:', 'design:', 'case:' or 'question:' and a name");
      return nullptr;
    }
    document->kind = first.key.text;
    document->name = first.value.text;
    check_shape(top, diagnostics_);
    if (first.value.is_scalar() && !first.value.text.empty() && !is_word(document->name))
      diagnostics_.error(first.value.span,
                         fmt::format("'{}' is no name of a file", printable(document->name)),
                         "letters, digits, '-', '_' and '.'");
    return diagnostics_.ok() ? document : nullptr;
  }

  std::string locate(const std::string& name, const std::string& from) const {
    std::vector<fs::path> folders = {fs::path(from).parent_path()};
    std::error_code ignored;
    folders.emplace_back(folder_of_spec(from));
    for (std::string& folder : spec_folders(options_.specs))
      folders.emplace_back(std::move(folder));
    for (const fs::path& folder : folders)
      for (const char* sub : {"", "rules", "designs", "cases", "questions"}) {
        const fs::path candidate = folder / sub / (name + ".yaml");
        if (fs::is_regular_file(candidate, ignored)) return candidate.lexically_normal().string();
      }
    return {};
  }

  // Folders of the user's are trusted.
  bool leads_out(const std::string& target, const std::string& from) const {
    const auto folder_of = [](const std::string& file) {
      return fs::path(file).parent_path().string();
    };
    if (!is_link_out_of(target, {folder_of(target), folder_of(from)})) return false;
    std::error_code error;
    const auto plain = [&](const fs::path& path) {
      return fs::absolute(path, error).lexically_normal();
    };
    const std::vector<std::string> folders = spec_folders(options_.specs);
    return std::none_of(folders.begin(), folders.end(), [&](const std::string& folder) {
      const fs::path inside = plain(target).lexically_relative(plain(folder));
      return !inside.empty() && *inside.begin() != "..";
    });
  }

  // The document of a path, read once; null after an error.
  std::shared_ptr<const Document> read(const std::string& path, const Span& used_at) {
    std::error_code ignored;
    const std::string key = fs::weakly_canonical(path, ignored).string();
    if (const auto done = done_.find(key); done != done_.end()) return done->second;
    if (std::find(open_.begin(), open_.end(), key) != open_.end()) {
      diagnostics_.error(used_at,
                         fmt::format("'{}' uses itself", printable(fs::path(path).stem().string())),
                         "a cycle of 'use' has no order");
      return nullptr;
    }
    if (done_.size() + open_.size() > kMaximumUses) {
      diagnostics_.error(used_at, "more than 200 files are used");
      return nullptr;
    }
    open_.push_back(key);
    const auto document = parse(path);
    if (!document) return nullptr;
    bool ok = true;
    if (const YamlEntry* use = document->root.find("use"))
      for (const YamlNode* item : items_of(use->value)) {
        const std::string target = is_word(item->text) ? locate(item->text, path) : "";
        if (target.empty()) {
          diagnostics_.error(item->span,
                             fmt::format("no file '{}.yaml' to use", printable(item->text)),
                             "packs are looked for beside the file, in LUPROOF_PATH and in "
                             "specs/rules, designs, cases");
          ok = false;
        } else if (leads_out(target, path)) {
          diagnostics_.error(item->span,
                             fmt::format("'{}.yaml' is a link out of {}", printable(item->text),
                                         folder_text(fs::path(target).parent_path().string())),
                             "a spec uses files of its own folder, and the shipped ones");
          ok = false;
        } else if (const auto used = read(target, item->span)) {
          document->uses.push_back(used->name);
        } else {
          ok = false;
        }
      }
    open_.pop_back();
    if (!ok) return nullptr;
    done_[key] = document;
    for (const auto& other : documents_)
      if (other->name == document->name)
        diagnostics_.error(document->root.entries[0].value.span,
                           fmt::format("a second file is called '{}'", printable(document->name)),
                           "the first is " + other->path);
    documents_.push_back(document);
    return document;
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  std::vector<std::string> open_;
  std::map<std::string, std::shared_ptr<const Document>> done_;
  std::vector<std::shared_ptr<const Document>> documents_;
};

}  // namespace

std::vector<std::shared_ptr<const Document>> read_documents(const std::string& path,
                                                            const LoadOptions& options,
                                                            Diagnostics& diagnostics) {
  return Documents(options, diagnostics).run(path);
}

}  // namespace luproof::model
