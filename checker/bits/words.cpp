// SPDX-License-Identifier: GPL-2.0-or-later
#include "checker/bits/words.h"

namespace luproof::checker::bits {

Word trimmed(Word word) {
  if (word.size() > kWidest) word.resize(kWidest);
  while (word.size() > 1 && word[word.size() - 1] == word[word.size() - 2]) word.pop_back();
  return word;
}

Word constant_word(Value value) {
  Word word;
  for (std::size_t i = 0; i < kWidest; ++i)
    word.push_back((static_cast<std::uint32_t>(value) >> i) & 1 ? kTrue : kFalse);
  return trimmed(std::move(word));
}

Word truth_word(Lit lit) { return trimmed({lit, kFalse}); }

std::size_t width_of(Value low, Value high) {
  return std::max(constant_word(low).size(), constant_word(high).size());
}

}  // namespace luproof::checker::bits
