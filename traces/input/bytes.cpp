// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/input/bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace luproof::traces::input {

namespace {

class FileBytes : public Bytes {
 public:
  FileBytes(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  ~FileBytes() override {
    if (owned_) ::close(descriptor_);
  }

  std::size_t read(char* into, std::size_t size) override {
    if (!problem_.empty()) return 0;
    for (;;) {
      const ssize_t got = ::read(descriptor_, into, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      problem_ = fmt::format("cannot read on: {}", std::strerror(errno));
      return 0;
    }
  }

 private:
  int descriptor_;
  bool owned_;
};

class TextBytes : public Bytes {
 public:
  explicit TextBytes(std::string text) : text_(std::move(text)) {}
  std::size_t read(char* into, std::size_t size) override {
    const std::size_t got = text_.copy(into, size, at_);
    at_ += got;
    return got;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace

BytesPtr open_bytes(const std::string& path, std::string& problem) {
  if (path == "-") return std::make_unique<FileBytes>(STDIN_FILENO, false);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat facts {};
  if (descriptor < 0 || ::fstat(descriptor, &facts) != 0) {
    problem = fmt::format("cannot open the file: {}", std::strerror(errno));
    if (descriptor >= 0) ::close(descriptor);
    return nullptr;
  }
  if (!S_ISREG(facts.st_mode) && !S_ISFIFO(facts.st_mode) && !S_ISSOCK(facts.st_mode)) {
    problem = S_ISDIR(facts.st_mode) ? "this is a directory, not a file" : "no file and no pipe";
    ::close(descriptor);
    return nullptr;
  }
  return std::make_unique<FileBytes>(descriptor, true);
}

BytesPtr bytes_of(std::string text) { return std::make_unique<TextBytes>(std::move(text)); }

std::size_t read_fully(Bytes& bytes, char* into, std::size_t size) {
  std::size_t have = 0;
  while (have < size) {
    const std::size_t got = bytes.read(into + have, size - have);
    if (got == 0) break;
    have += got;
  }
  return have;
}

std::string_view Peekable::peek(std::size_t size) {
  if (head_.size() - taken_ < size) {
    head_.erase(0, taken_);
    taken_ = 0;
    const std::size_t had = head_.size();
    head_.resize(size);
    head_.resize(had + read_fully(*rest_, head_.data() + had, size - had));
    problem_ = rest_->problem();
  }
  return std::string_view(head_).substr(taken_, size);
}

std::size_t Peekable::read(char* into, std::size_t size) {
  if (taken_ < head_.size()) {
    const std::size_t got = head_.copy(into, size, taken_);
    taken_ += got;
    return got;
  }
  const std::size_t got = rest_->read(into, size);
  if (got == 0) problem_ = rest_->problem();
  return got;
}

}  // namespace luproof::traces::input
