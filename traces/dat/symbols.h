// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's symbols as they stood when the file was written: /proc/kallsyms.
//
// A persistent ring buffer holds addresses of the kernel before, which KASLR had put elsewhere:
// looked up as they are, they give other names, and wrong ones are worse than none. The kernel's
// image moves as a whole, by multiples of 2 MiB, and the function tracer records where functions
// begin; so the right shift is the one at which every address is a beginning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace luproof::traces::dat {

class Symbols {
 public:
  Symbols() = default;
  // `text` is kept: "ffffffff81000000 T _text\n…".
  explicit Symbols(std::string text);

  bool empty() const { return entries_.empty(); }
  // The symbol that holds the address, and how far behind its beginning that is; or "".
  struct Place {
    std::string_view name;
    std::uint64_t offset = 0;
  };
  Place place_of(std::uint64_t address) const;
  // How far the addresses of traced functions lie from where these symbols would have them: 0 for
  // the kernel of the symbols itself; without a value if no shift explains them.
  std::optional<std::int64_t> shift_of(const std::vector<std::uint64_t>& functions) const;

 private:
  struct Entry {
    std::uint64_t address;
    std::uint32_t name, length;  // in text_
  };
  std::size_t beginnings(const std::vector<std::uint64_t>& functions, std::int64_t shift) const;

  std::string text_;
  std::vector<Entry> entries_;  // by address
};

}  // namespace luproof::traces::dat
