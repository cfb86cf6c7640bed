// SPDX-License-Identifier: GPL-2.0-or-later
// Bytes put aside on disk: an unnamed temporary file that ends with the process.
//
// What has to be read again (a pipe, a packed binary file, the lines of a capture that matter) may
// be larger than the memory that a user grants; the disk is where such things belong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "traces/input/bytes.h"

namespace luproof::traces::input {

// A file that can be read at any place. Reading behind its end gives fewer bytes.
class RandomFile {
 public:
  RandomFile() = default;
  RandomFile(RandomFile&& other) noexcept;
  RandomFile& operator=(RandomFile&& other) noexcept;
  RandomFile(const RandomFile&) = delete;
  RandomFile& operator=(const RandomFile&) = delete;
  ~RandomFile();

  // A regular file; not open if it is none, or cannot be opened.
  static RandomFile open(const std::string& path);
  // A new unnamed one in $TMPDIR or /tmp; not open and `problem` if there is no room.
  static RandomFile temporary(std::string& problem);

  bool is_open() const { return descriptor_ >= 0; }
  std::uint64_t size() const { return size_; }
  std::size_t read_at(std::uint64_t offset, char* into, std::size_t size) const;
  // Behind what was appended before.
  bool append(std::string_view bytes);

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// Everything that is left of `bytes`; not open and `problem` if the disk is full. An early end of
// `bytes` is no problem of the copy.
RandomFile spool(Bytes& bytes, std::string& problem);

}  // namespace luproof::traces::input
