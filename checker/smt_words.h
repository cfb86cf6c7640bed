// SPDX-License-Identifier: GPL-2.0-or-later
// The words of checker/bits over the literals of Z3.
#pragma once

#include "checker/bits/words.h"
#include "checker/smt_circuit.h"

namespace luproof::checker::smt {

using bits::bit;
using bits::constant_word;
using bits::equal;
using bits::fresh_word;
using bits::less;
using bits::width_of;
using bits::Word;

using Encoder = bits::Encoder<Circuit>;

}  // namespace luproof::checker::smt
