// SPDX-License-Identifier: GPL-2.0-or-later
// SHA-256, of libmd: whether two machines were given the same input.
#pragma once

#include <sha2.h>

#include <string>
#include <string_view>

namespace luproof::model {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  // 64 hexadecimal digits; nothing may be added afterwards.
  std::string digest();

 private:
  SHA2_CTX state_;
};

std::string sha256(std::string_view bytes);

}  // namespace luproof::model
