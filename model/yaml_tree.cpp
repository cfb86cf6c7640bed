// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>
#include <yaml-cpp/exceptions.h>

#include <sstream>

namespace luproof::model {
namespace {

constexpr int kMaximumDepth = 64;
constexpr int kMaximumNodes = 200'000;

struct Refused {};  // leaves yaml-cpp; never leaves this file

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourcePtr& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second YAML document in one file", "put it into a file of its own");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "a key without a value, or an empty item", "write the value, or quote text that holds ': ' or ', '");
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
    if (first == '|') node.style = ScalarStyle::Literal;
    else if (first == '>') node.style = ScalarStyle::Folded;
    else if (first == '"' || first == '\'') node.style = ScalarStyle::Quoted;
    const std::string_view line = source_->line(node.span.line);
    const auto rest = line.substr(std::min<std::size_t>(line.size(), node.span.column - 1));
    if (node.style == ScalarStyle::Plain) {
      node.several_lines = rest.substr(0, value.size()) != value;
      if (!balanced(value))
        refuse(mark, fmt::format("unbalanced brackets in '{}'", printable(value)),
               "text with ',' ':' or brackets inside [..] or {..} needs quotes");
    } else if (node.style == ScalarStyle::Quoted) {
      node.several_lines = value.find('\n') != std::string::npos ||
                           rest.find(first, 1) == std::string_view::npos;
    } else {
      node.several_lines = node.style == ScalarStyle::Folded;
    }
    if (node.style != ScalarStyle::Literal) node.span.length = static_cast<int>(std::max<std::size_t>(1, std::min(value.size(), rest.size())));
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
  };

  char at(const YAML::Mark& mark) const {
    const std::string_view line = source_->line(mark.line + 1);
    return mark.column >= 0 && static_cast<std::size_t>(mark.column) < line.size() ? line[mark.column] : '\0';
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
      if (const YamlEntry* earlier = parent.node.find(node.text)) {
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

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries)
    if (entry.key.text == key) return &entry;
  return nullptr;
}

std::optional<YamlNode> read_yaml(const SourcePtr& source, Diagnostics& diagnostics) {
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
    diagnostics.error(span, "not readable as YAML: " + printable(error.msg),
                      "text that holds ': ', '#', '[' or '{' needs quotes");
    return std::nullopt;
  }
  auto root = builder.take();
  if (!root) diagnostics.error(Span{source, 0, 0, 1}, "the file holds no YAML", "");
  return root;
}

}  // namespace luproof::model
