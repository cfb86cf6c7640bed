// SPDX-License-Identifier: GPL-2.0-or-later
// yaml-cpp takes a byte 4 for the end of the text, a lone carriage return for a line end and bytes
// that are no UTF-8 for U+FFFD. Such text is refused before yaml-cpp sees it, so that lines and
// columns are those of the file and nothing of it goes missing.
#include "model/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace luproof::model {
namespace {

constexpr int kMaximumDepth = 64;
constexpr int kMaximumNodes = 200'000;

constexpr const char* kTab = "a tab in the indentation";
constexpr const char* kNoTabs = "YAML allows no tabs there: indent with blanks";

// To yaml-cpp a tab before a key is text that the indentation ends at.
bool indented_with_tab(const Source& source, int line) {
  const std::string_view text = source.line(line);
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

struct Refused {};  // leaves yaml-cpp; never leaves this file

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourcePtr& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      refuse(mark, "a second YAML document in one file", "put it into a file of its own");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (indented_with_tab(*source_, mark.line + 1)) refuse(mark, kTab, kNoTabs);
    refuse(mark, "a key without a value, or an empty item",
           "write the value, or quote text that holds ': ' or ', '");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "a YAML alias ('*')", "put the text into quotes");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    YamlNode node;
    node.kind = YamlNode::Kind::Scalar;
    node.span = span(mark);
    node.text = value;
    const char first = at(mark);
    if (first == '|')
      node.style = ScalarStyle::Literal;
    else if (first == '>')
      node.style = ScalarStyle::Folded;
    else if (first == '"' || first == '\'')
      node.style = ScalarStyle::Quoted;
    const std::string_view line = source_->line(node.span.line);
    const auto rest = line.substr(std::min<std::size_t>(line.size(), node.span.column - 1));
    if (node.style == ScalarStyle::Plain) {
      node.several_lines = rest.substr(0, value.size()) != value;
      if (!balanced(value))
        refuse(mark, fmt::format("unbalanced brackets in '{}'", printable(value)),
               "text with ',' ':' or brackets inside [..] or {..} needs quotes");
    } else if (node.style == ScalarStyle::Quoted) {
      node.several_lines = rest.substr(1, value.size()) != value ||
                           rest.size() < value.size() + 2 || rest[value.size() + 1] != first;
    } else {
      node.several_lines = node.style == ScalarStyle::Folded;
    }
    if (node.style != ScalarStyle::Literal)
      node.span.length =
          static_cast<int>(std::max<std::size_t>(1, std::min(value.size(), rest.size())));
    add(std::move(node), mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_properties(mark, tag, anchor);
    open(YamlNode::Kind::Sequence, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_properties(mark, tag, anchor);
    open(YamlNode::Kind::Map, mark);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> take() { return std::move(root_); }
  Span span(const YAML::Mark& mark) const {
    return Span{source_, mark.line + 1, mark.column + 1, 1};
  }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  // of a map: read, its value not yet
    std::set<std::string> seen;   // keys of a map
  };

  char at(const YAML::Mark& mark) const {
    const std::string_view line = source_->line(mark.line + 1);
    return mark.column >= 0 && static_cast<std::size_t>(mark.column) < line.size()
               ? line[mark.column]
               : '\0';
  }

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message, std::string hint) {
    diagnostics_.error(span(mark), std::move(message), std::move(hint));
    throw Refused{};
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const char first = at(mark);
    if (first == '!' || (tag != "?" && tag != "!" && !tag.empty()))
      refuse(mark, "a YAML tag ('!')", "write 'not x', or put the expression into quotes");
    if (anchor != 0 || first == '&')
      refuse(mark, "a YAML anchor ('&')", "put the text into quotes");
  }

  static bool balanced(std::string_view text) {
    int depth = 0;
    for (const char c : text) {
      if (c == '(' || c == '[' || c == '{') ++depth;
      if (c == ')' || c == ']' || c == '}') --depth;
      if (depth < 0) return false;
    }
    return depth == 0;
  }

  void count(const YAML::Mark& mark) {
    if (++nodes_ > kMaximumNodes) refuse(mark, "more than 200,000 YAML nodes", "");
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark) {
    count(mark);
    if (stack_.size() >= kMaximumDepth) refuse(mark, "YAML nested more than 64 levels deep", "");
    Open entry;
    entry.node.kind = kind;
    entry.node.span = span(mark);
    stack_.push_back(std::move(entry));
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    place(std::move(node));
  }

  void add(YamlNode node, const YAML::Mark& mark) {
    count(mark);
    place(std::move(node));
  }

  void place(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::Sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (!node.is_scalar()) {
        diagnostics_.error(node.span, "a key has to be a name", "text with brackets needs quotes");
        throw Refused{};
      }
      if (!parent.seen.insert(node.text).second) {
        const YamlEntry* earlier = parent.node.find(node.text);
        diagnostics_.error(node.span, fmt::format("'{}' is given twice", printable(node.text)),
                           fmt::format("the first one is in line {}", earlier->key.span.line));
        throw Refused{};
      }
      parent.key = std::move(node);
    } else {
      parent.node.entries.push_back(YamlEntry{std::move(*parent.key), std::move(node)});
      parent.key.reset();
    }
  }

  SourcePtr source_;
  Diagnostics& diagnostics_;
  std::vector<Open> stack_;
  std::optional<YamlNode> root_;
  int nodes_ = 0;
  int documents_ = 0;
};

struct Refusal {
  std::size_t at = 0;
  std::string_view message, hint;
};

// The first byte that cannot stand in a spec.
std::optional<Refusal> unreadable(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf")
    return Refusal{0, "a byte order mark", "save the file as UTF-8 without one"};
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) {
      return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned first = byte(at);
    if (first < 0x80) {
      const bool line_end = first == '\n' || (first == '\r' && byte(at + 1) == '\n');
      if ((first < 0x20 && first != '\t' && !line_end) || first == 0x7f)
        return Refusal{at, "a control character", "a spec is text in UTF-8"};
      ++at;
      continue;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    bool valid = first >= 0xc2 && first <= 0xf4;
    for (std::size_t i = 1; i < length; ++i) valid = valid && (byte(at + i) & 0xc0u) == 0x80;
    const unsigned second = byte(at + 1);  // overlong forms, surrogates, beyond U+10FFFF
    if (first == 0xe0) valid = valid && second >= 0xa0;
    if (first == 0xed) valid = valid && second < 0xa0;
    if (first == 0xf0) valid = valid && second >= 0x90;
    if (first == 0xf4) valid = valid && second < 0x90;
    if (!valid) return Refusal{at, "bytes that are not UTF-8", "a spec is text in UTF-8"};
    at += length;
  }
  return std::nullopt;
}

Span place(const SourcePtr& source, std::size_t at) {
  const auto& starts = source->line_starts;
  const auto next = std::upper_bound(starts.begin(), starts.end(), at);
  const int line = static_cast<int>(next - starts.begin());
  return Span{source, line, static_cast<int>(at - starts[line - 1]) + 1, 1};
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries)
    if (entry.key.text == key) return &entry;
  return nullptr;
}

std::optional<YamlNode> read_yaml(const SourcePtr& source, Diagnostics& diagnostics) {
  if (const auto refusal = unreadable(source->text)) {
    diagnostics.error(place(source, refusal->at), std::string(refusal->message),
                      std::string(refusal->hint));
    return std::nullopt;
  }
  TreeBuilder builder(source, diagnostics);
  try {
    std::istringstream input(source->text);
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    Span span{source, error.mark.line + 1, error.mark.column + 1, 1};
    if (error.mark.line >= 0 && indented_with_tab(*source, span.line))
      diagnostics.error(span, kTab, kNoTabs);
    else
      diagnostics.error(span, "not readable as YAML: " + printable(error.msg),
                        "text that holds ': ', '#', '[' or '{' needs quotes");
    return std::nullopt;
  }
  auto root = builder.take();
  if (!root) diagnostics.error(Span{source, 0, 0, 1}, "the file holds no YAML", "");
  return root;
}

}  // namespace luproof::model
