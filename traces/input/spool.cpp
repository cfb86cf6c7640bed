// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/input/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace luproof::traces::input {

RandomFile::RandomFile(RandomFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(std::exchange(other.size_, 0)) {}

RandomFile& RandomFile::operator=(RandomFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

RandomFile::~RandomFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

RandomFile RandomFile::open(const std::string& path) {
  RandomFile file;
  struct stat facts {};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return file;
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(descriptor);
    return file;
  }
  file.descriptor_ = descriptor;
  file.size_ = static_cast<std::uint64_t>(facts.st_size);
  return file;
}

RandomFile RandomFile::temporary(std::string& problem) {
  RandomFile file;
  const char* const folder = std::getenv("TMPDIR");
  std::string name = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  name += "/luproof-XXXXXX";
  file.descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file.descriptor_ >= 0)
    ::unlink(name.c_str());
  else
    problem = fmt::format("cannot make a temporary file {}: {}", name, std::strerror(errno));
  return file;
}

std::size_t RandomFile::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got =
        ::pread(descriptor_, into + have, size - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

bool RandomFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
    size_ += static_cast<std::uint64_t>(put);
  }
  return true;
}

RandomFile spool(Bytes& bytes, std::string& problem) {
  RandomFile file = RandomFile::temporary(problem);
  std::vector<char> block(1 << 18);
  while (file.is_open()) {
    const std::size_t got = bytes.read(block.data(), block.size());
    if (got == 0) break;
    if (file.append({block.data(), got})) continue;
    problem = fmt::format("cannot write a temporary file: {}", std::strerror(errno));
    return {};
  }
  return file;
}

}  // namespace luproof::traces::input
