// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers in a binary file, in the byte order of the machine that wrote it, never read behind the
// end of what there is.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace luproof::traces::dat {

struct Words {
  bool swap = false;  // the file's byte order is not this machine's

  static Words of(bool big_endian) {
    return {big_endian != (std::endian::native == std::endian::big)};
  }

  std::uint16_t u16(const char* at) const {
    std::uint16_t value;
    std::memcpy(&value, at, sizeof value);
    return swap ? __builtin_bswap16(value) : value;
  }
  std::uint32_t u32(const char* at) const {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return swap ? __builtin_bswap32(value) : value;
  }
  std::uint64_t u64(const char* at) const {
    std::uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return swap ? __builtin_bswap64(value) : value;
  }
  // 1, 2, 4 or 8 bytes, the sign extended; 0 for another size.
  std::int64_t number(const char* at, std::size_t size, bool is_signed) const {
    switch (size) {
      case 1:
        return is_signed ? std::int64_t{static_cast<std::int8_t>(*at)}
                         : std::int64_t{static_cast<std::uint8_t>(*at)};
      case 2:
        return is_signed ? std::int64_t{static_cast<std::int16_t>(u16(at))} : std::int64_t{u16(at)};
      case 4:
        return is_signed ? std::int64_t{static_cast<std::int32_t>(u32(at))} : std::int64_t{u32(at)};
      case 8:
        return static_cast<std::int64_t>(u64(at));
      default:
        return 0;
    }
  }
};

// Takes things off the front of bytes. After something that is not there `good` is false and
// everything is 0 or empty.
class Taker {
 public:
  Taker(std::string_view bytes, Words words) : rest_(bytes), words_(words) {}

  bool good() const { return good_; }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view bytes(std::uint64_t size) {
    if (size > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint16_t u16() {
    const std::string_view taken = bytes(2);
    return good_ ? words_.u16(taken.data()) : std::uint16_t{0};
  }
  std::uint32_t u32() {
    const std::string_view taken = bytes(4);
    return good_ ? words_.u32(taken.data()) : 0;
  }
  std::uint64_t u64() {
    const std::string_view taken = bytes(8);
    return good_ ? words_.u64(taken.data()) : 0;
  }
  // Up to the zero byte, which is taken too.
  std::string_view text() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) return bytes(rest_.size() + 1);
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return taken;
  }

 private:
  std::string_view rest_;
  Words words_;
  bool good_ = true;
};

}  // namespace luproof::traces::dat
