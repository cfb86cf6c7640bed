// SPDX-License-Identifier: GPL-2.0-or-later
// Reading input files. Plain and zstd-compressed files look the same to every reader; a compressed
// file is unpacked under the same limit, so a small file cannot become an unbounded one.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "model/source.h"

namespace luproof::model {

namespace {

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr int kLargestWindowLog = 27;  // 128 MiB, what zstd itself takes without --long

struct Descriptor {
  int fd;
  explicit Descriptor(int number) : fd(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

std::string over_limit(std::size_t limit) {
  return fmt::format("the file is larger than {} bytes, the limit for this kind of file", limit);
}

// nullopt: `problem` says why.
std::optional<std::string> read_all(const std::string& path, std::size_t limit,
                                    std::string& problem) {
  // Non-blocking, so that a named pipe without a writer is refused instead of waited for.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat facts {};
  if (file.fd < 0 || fstat(file.fd, &facts) != 0) {
    problem = fmt::format("cannot open the file: {}", std::strerror(errno));
    return std::nullopt;
  }
  if (!S_ISREG(facts.st_mode)) {
    problem = S_ISDIR(facts.st_mode) ? "this is a directory, not a file" : "not a regular file";
    return std::nullopt;
  }
  std::string content;
  std::array<char, 1 << 16> block{};
  for (;;) {
    const ssize_t got = read(file.fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      problem = fmt::format("cannot read the file: {}", std::strerror(errno));
      return std::nullopt;
    }
    if (got == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(got));
    if (content.size() > limit) {
      problem = over_limit(limit);
      return std::nullopt;
    }
  }
}

std::optional<std::string> unpack(std::string_view packed, std::size_t limit,
                                  std::string& problem) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                          &ZSTD_freeDStream);
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kLargestWindowLog);
  std::string content;
  std::array<char, 1 << 16> block{};
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{block.data(), block.size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left)) {
      problem = fmt::format("the compressed file is damaged: {}", ZSTD_getErrorName(left));
      return std::nullopt;
    }
    content.append(block.data(), out.pos);
    if (content.size() > limit) {
      problem = over_limit(limit) + " (unpacked)";
      return std::nullopt;
    }
    if (left == 0 && in.pos == in.size) return content;
    if (in.pos < in.size || out.pos == out.size) continue;
    problem = "the compressed file is cut: its last frame has no end";
    return std::nullopt;
  }
}

}  // namespace

SourcePtr read_source(const std::string& path, std::size_t limit, Diagnostics& diagnostics) {
  std::string problem;
  std::optional<std::string> content = read_all(path, limit, problem);
  if (content && std::string_view(*content).substr(0, kZstdMagic.size()) == kZstdMagic) {
    content = unpack(*content, limit, problem);
  }
  if (!content) {
    diagnostics.error({Source::make(path, ""), 0, 0, 1}, problem);
    return nullptr;
  }
  return Source::make(path, std::move(*content));
}

}  // namespace luproof::model
