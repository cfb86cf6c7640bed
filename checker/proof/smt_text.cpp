// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/proof/smt_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/smt_words.h"

namespace luproof::checker::proof {

std::string symbol(const std::string& name) {
  std::string text = "|";
  for (const char c : name) text += c < ' ' || c > '~' || c == '|' || c == '\\' ? '_' : c;
  return text + "|";
}

SmtText::SmtText(const System& system, std::vector<std::string> names,
                 const std::vector<std::optional<Value>>& constants)
    : system_(system), names_(std::move(names)), constants_(constants) {}

SmtText::Shape SmtText::shape(int slot) const {
  const SlotRange range = system_.slots[slot];
  if (range.low >= 0 && range.high <= 1) return {0, false};
  const auto bits = static_cast<int>(smt::width_of(range.low, range.high));
  return range.low < 0 ? Shape{bits, true} : Shape{bits - 1, false};
}

std::string SmtText::sort(int slot) const {
  const Shape s = shape(slot);
  return s.bits == 0 ? "Bool" : fmt::format("(_ BitVec {})", s.bits);
}

std::string SmtText::number(Value value, int bits) {
  std::string text = "#b";
  for (int i = bits - 1; i >= 0; --i)
    text += (static_cast<std::int64_t>(value) >> i) & 1 ? '1' : '0';
  return text;
}

std::string SmtText::literal(int slot, Value value) const {
  const Shape s = shape(slot);
  return s.bits == 0 ? (value ? "true" : "false") : number(value, s.bits);
}

std::string SmtText::in_range(int slot, const std::string& of) const {
  return between(slot, of, system_.slots[slot]);
}

std::string SmtText::between(int slot, const std::string& of, SlotRange range) const {
  const Shape s = shape(slot);
  if (s.bits == 0) return "";
  const std::int64_t low = s.is_signed ? -(std::int64_t{1} << (s.bits - 1)) : 0;
  const std::int64_t high = low + (std::int64_t{1} << s.bits) - 1;
  const char* below = s.is_signed ? "bvsle" : "bvule";
  std::string text;
  if (range.low > low) text += fmt::format(" ({} {} {})", below, number(range.low, s.bits), of);
  if (range.high < high) text += fmt::format(" ({} {} {})", below, of, number(range.high, s.bits));
  return text.empty() ? "" : "(and" + text + ")";
}

std::string SmtText::member(int slot, const std::string& of,
                            const std::vector<Value>& values) const {
  const Shape s = shape(slot);
  if (s.bits == 0) {
    if (values.size() > 1) return "true";
    return values.empty() ? "false" : values[0] ? of : "(not " + of + ")";
  }
  std::string text;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t last = i;  // of a run of neighbours
    while (last + 1 < values.size() && values[last + 1] == values[last] + 1) ++last;
    const std::string first_text = number(values[i], s.bits);
    const char* below = s.is_signed ? "bvsle" : "bvule";
    if (last < i + 2)
      for (std::size_t k = i; k <= last; ++k)
        text += fmt::format(" (= {} {})", of, number(values[k], s.bits));
    else
      text += fmt::format(" (and ({0} {1} {2}) ({0} {2} {3}))", below, first_text, of,
                          number(values[last], s.bits));
    i = last + 1;
  }
  return text.empty() ? "false" : "(or" + text + " false)";
}

void SmtText::count(Term term) {
  std::vector<Term> open = {term};
  while (!open.empty()) {
    const Term at = open.back();
    open.pop_back();
    if (++uses_[at] > 1) continue;
    const TermNode& node = system_.terms[at];
    for (const Term kid : {node.a, node.b, node.c})
      if (kid >= 0) open.push_back(kid);
  }
}

const SmtText::Text& SmtText::look(Term term, std::string& out) {
  if (const auto at = known_.find(term); at != known_.end()) return at->second;
  Text text = write(term, out);
  const TermOp op = system_.terms[term].op;
  constexpr std::size_t kLong = 2000;  // characters; longer ones are no longer readable inline
  const bool simple = op == TermOp::Const || op == TermOp::Slot || text.text.front() != '(';
  if (!simple && (uses_[term] > 1 || text.text.size() > kLong)) {
    const std::string name = fmt::format("t{}", ++defined_);
    out +=
        fmt::format("(define-fun {} () {} {})\n", name,
                    text.bits == 0 ? "Bool" : fmt::format("(_ BitVec {})", text.bits), text.text);
    text.text = name;
  }
  return known_.emplace(term, std::move(text)).first->second;
}

// Nested conjunctions are one list.
void SmtText::list(Term term, TermOp op, std::vector<Term>& kids) const {
  std::vector<Term> open = {term};
  while (!open.empty()) {
    const Term at = open.back();
    open.pop_back();
    const TermNode& node = system_.terms[at];
    const auto used = uses_.find(at);
    if (node.op == op && (at == term || (used != uses_.end() && used->second == 1))) {
      open.push_back(node.b);
      open.push_back(node.a);
    } else {
      kids.push_back(at);
    }
  }
}

std::string SmtText::as_truth(const Text& text) const {
  return text.bits == 0 ? text.text
                        : fmt::format("(not (= {} {}))", text.text, number(0, text.bits));
}

std::string SmtText::as_bits(const Text& text, int bits) const {
  if (text.text == "true" || text.text == "false") return number(text.text == "true", bits);
  if (text.bits == 0)
    return fmt::format("(ite {} {} {})", text.text, number(1, bits), number(0, bits));
  if (text.text.rfind("#b", 0) == 0 && text.bits >= bits)
    return "#b" + text.text.substr(text.text.size() - static_cast<std::size_t>(bits));
  if (text.bits == bits) return text.text;
  if (text.bits > bits) return fmt::format("((_ extract {} 0) {})", bits - 1, text.text);
  return fmt::format("((_ {} {}) {})", text.is_signed ? "sign_extend" : "zero_extend",
                     bits - text.bits, text.text);
}

int SmtText::signed_bits(Term term) {
  const TermNode& node = system_.terms[term];
  return static_cast<int>(smt::width_of(node.low, node.high));
}

std::string SmtText::operand(Term term, int bits, std::string& out) {
  const TermNode& node = system_.terms[term];
  if (node.op == TermOp::Const) return number(node.value, bits);
  return as_bits(look(term, out), bits);
}

SmtText::Text SmtText::write(Term term, std::string& out) {
  const TermNode node = system_.terms[term];
  const auto joined = [&](const char* head, TermOp op) {
    std::vector<Term> kids;
    list(term, op, kids);
    std::string text = head;
    for (const Term kid : kids) text += " " + as_truth(look(kid, out));
    return Text{"(" + text + ")", 0, false};
  };
  const auto bits_of_both = [&] { return std::max(signed_bits(node.a), signed_bits(node.b)); };
  const auto arithmetic = [&](const char* head) {
    // Modulo 2^bits: the operands may lose what lies above.
    const int bits = signed_bits(term);
    return Text{
        fmt::format("({} {} {})", head, operand(node.a, bits, out), operand(node.b, bits, out)),
        bits, true};
  };
  switch (node.op) {
    case TermOp::Const: {
      if (node.value == 0 || node.value == 1) return {node.value ? "true" : "false", 0, false};
      const int bits = signed_bits(term);
      return {number(node.value, bits), bits, true};
    }
    case TermOp::Slot: {
      const int slot = node.value;
      const Shape s = shape(slot);
      return {constants_[slot] ? literal(slot, *constants_[slot]) : names_[slot], s.bits,
              s.is_signed};
    }
    case TermOp::Not:
      return {fmt::format("(not {})", as_truth(look(node.a, out))), 0, false};
    case TermOp::And:
      return joined("and", TermOp::And);
    case TermOp::Or:
      return joined("or", TermOp::Or);
    case TermOp::Eq: {
      const Text a = look(node.a, out);
      const TermNode& b = system_.terms[node.b];
      if (a.bits > 0 && b.op == TermOp::Const && (a.is_signed || b.value >= 0) &&
          signed_bits(node.b) - (a.is_signed ? 0 : 1) <= a.bits)
        return {fmt::format("(= {} {})", a.text, number(b.value, a.bits)), 0, false};
      const Text other = look(node.b, out);
      if (a.bits == other.bits && a.is_signed == other.is_signed)
        return {fmt::format("(= {} {})", a.text, other.text), 0, false};
      const int bits = bits_of_both();
      return {fmt::format("(= {} {})", operand(node.a, bits, out), operand(node.b, bits, out)), 0,
              false};
    }
    case TermOp::Lt: {
      const int bits = bits_of_both();
      return {fmt::format("(bvslt {} {})", operand(node.a, bits, out), operand(node.b, bits, out)),
              0, false};
    }
    case TermOp::Add:
      return arithmetic("bvadd");
    case TermOp::Sub:
      return arithmetic("bvsub");
    case TermOp::Mul:
      return arithmetic("bvmul");
    case TermOp::Ite: {
      const std::string condition = as_truth(look(node.a, out));
      const int bits = node.low >= 0 && node.high <= 1 ? 0 : signed_bits(term);
      const auto side = [&](Term kid) {
        return bits == 0 ? as_truth(look(kid, out)) : operand(kid, bits, out);
      };
      const std::string then = side(node.b), otherwise = side(node.c);
      return {fmt::format("(ite {} {} {})", condition, then, otherwise), bits, bits > 0};
    }
    case TermOp::Shift: {
      const int bits = signed_bits(node.a);
      return {fmt::format("(bvashr {} {})", operand(node.a, bits, out), number(node.value, bits)),
              bits, true};
    }
  }
  return {"false", 0, false};
}

std::string SmtText::truth(Term term, std::string& out) { return as_truth(look(term, out)); }

std::string SmtText::value(Term term, int slot, std::string& out) {
  const Shape s = shape(slot);
  const TermNode& node = system_.terms[term];
  if (node.op == TermOp::Const) return literal(slot, node.value);
  return s.bits == 0 ? as_truth(look(term, out)) : operand(term, s.bits, out);
}

}  // namespace luproof::checker::proof
