// SPDX-License-Identifier: GPL-2.0-or-later
// Expressions, code, signatures and types: what is read is written as text and read again as the
// same.
#include <cstdint>
#include <string>

#include "model/lexer.h"
#include "model/raw_text.h"

namespace {

using namespace luproof::model;

// As a '|' block of a file holds it.
YamlNode block(const std::string& text) {
  YamlNode node;
  node.span = {Source::make("fuzz.yaml", "|\n" + text), 1, 1, 1};
  node.style = ScalarStyle::Literal;
  node.text = text;
  return node;
}

void same(const std::string& before, const std::string& after, const Diagnostics& diagnostics) {
  if (!diagnostics.ok() || before != after) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  for (char& c : text)
    if (c == '\r' || c == '\0') c = ' ';  // YAML leaves none in a block
  const YamlNode node = block(text);
  Diagnostics expressions, codes, others;
  const RawExpr expression = parse_expression(node, expressions);
  if (expressions.ok()) {
    const std::string once = raw_text(expression);
    Diagnostics again;
    same(once, raw_text(parse_expression(block(once), again)), again);
  }
  const std::vector<RawStatement> code = parse_code(node, codes);
  if (codes.ok()) {
    const std::string once = raw_text(code);
    Diagnostics again;
    same(once, raw_text(parse_code(block(once), again)), again);
  }
  parse_signature(node, others);
  parse_type(node, others);
  for (const Diagnostics* all : {&expressions, &codes, &others})
    for (const Diagnostic& one : all->all())
      if (one.span.line < 1 || one.span.column < 1) __builtin_trap();  // an error has a place
  expressions.render();
  codes.render();
  return 0;
}
