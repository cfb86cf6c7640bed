// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a capture, wherever they come from: a file, a pipe, standard input, a packed file.
//
// A capture may be larger than the memory and may not be read twice, so nothing here knows its
// size or goes back. What ends a stream too early is a text in `problem()`, not an exception: what
// came before it is still evidence.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace luproof::traces::input {

class Bytes {
 public:
  Bytes() = default;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  virtual ~Bytes() = default;

  // At most `size` bytes into `into`; 0 at the end, and after a problem.
  virtual std::size_t read(char* into, std::size_t size) = 0;
  // Why the bytes end before they should; empty if they do not.
  const std::string& problem() const { return problem_; }

 protected:
  std::string problem_;
};

using BytesPtr = std::unique_ptr<Bytes>;

// "-" is standard input. nullptr and `problem` if there is nothing to read.
BytesPtr open_bytes(const std::string& path, std::string& problem);

BytesPtr bytes_of(std::string text);

// Reads until `size` bytes are there or the stream ends, which a pipe may take several reads for.
std::size_t read_fully(Bytes& bytes, char* into, std::size_t size);

// A stream whose first bytes can be looked at before they are read.
class Peekable : public Bytes {
 public:
  explicit Peekable(BytesPtr rest) : rest_(std::move(rest)) {}
  // The first `size` bytes, fewer only if there are no more.
  std::string_view peek(std::size_t size);
  std::size_t read(char* into, std::size_t size) override;

 private:
  BytesPtr rest_;
  std::string head_;
  std::size_t taken_ = 0;  // of head_
};

enum class Packing { None, Gzip, Zstd, Xz };

// By the magic number that the stream starts with.
Packing packing_of(std::string_view start);
// The unpacked stream. Damage, an early end and a bomb are its problem.
BytesPtr unpack(BytesPtr packed, Packing packing);

}  // namespace luproof::traces::input
