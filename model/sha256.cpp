// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sha256.h"

namespace luproof::model {

Sha256::Sha256() { SHA256Init(&state_); }

void Sha256::add(std::string_view bytes) {
  SHA256Update(&state_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string Sha256::digest() {
  std::string text(SHA256_DIGEST_STRING_LENGTH, '\0');
  SHA256End(&state_, text.data());
  text.pop_back();  // the end of a C string
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digest();
}

}  // namespace luproof::model
