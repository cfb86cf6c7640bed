// SPDX-License-Identifier: GPL-2.0-or-later
// What the fields of an event are: the kernel's `events/GROUP/NAME/format`, as the file holds it.
//
// Only where a field is, how long, and whether it has a sign are taken from there; the `print fmt`
// is a piece of C, and of that only whether a probe's number is printed as hex. Text of the file
// is never executed, and a format that does not make sense is left out and said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::traces::dat {

struct Field {
  enum class Kind {
    Number,    // 1, 2, 4 or 8 bytes
    Text,      // char[16]
    Rest,      // char[]: to the end of the event
    Located,   // __data_loc char[]: the field says where the text is
    Relative,  // __rel_loc char[]: the same, from behind the field
    Words,     // unsigned long args[]: to the end of the event
    Other,     // arrays of numbers, bitmaps
  };
  std::string name;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  Kind kind = Kind::Number;
  bool is_signed = false;
  bool hex = false;  // printed so
};

struct Format {
  std::string group, name;
  int id = -1;
  std::vector<Field> fields;  // without the common ones
  Field type{"common_type", 0, 2, Field::Kind::Number, false, false};
  Field pid{"common_pid", 4, 4, Field::Kind::Number, true, false};

  const Field* find(std::string_view field) const;
};

// nullopt if the text is no format.
std::optional<Format> parse_format(std::string_view group, std::string_view text);

// The part of a ring buffer page before its events.
struct PageHeader {
  std::uint32_t commit_offset = 8;
  std::uint32_t commit_size = 8;
  std::uint32_t data_offset = 16;
};
std::optional<PageHeader> parse_page_header(std::string_view text);

}  // namespace luproof::traces::dat
