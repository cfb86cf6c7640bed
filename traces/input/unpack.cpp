// SPDX-License-Identifier: GPL-2.0-or-later
// gzip, zstd and xz, unpacked as they are read.
//
// The three libraries have the same shape: input, output, a step, an end of a frame after which
// another may follow. One loop serves them; what differs is in the three decoders. A packed file
// of a few kilobytes can claim to hold terabytes: real captures pack 5 to 60 times, so a stream
// that grows far beyond that is refused once it is large.
#include <fmt/format.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "traces/input/bytes.h"

namespace luproof::traces::input {

namespace {

constexpr std::size_t kBlock = 1 << 16;
constexpr std::uint64_t kLargestRatio = 400;
constexpr std::uint64_t kHarmless = std::uint64_t{256} << 20;  // below this any ratio is allowed
constexpr int kLargestWindowLog = 27;                          // 128 MiB, zstd's own default
constexpr std::uint64_t kXzMemory = std::uint64_t{128} << 20;  // of `xz -9`: 65 MiB

// One step of a decoder: takes from `in`, puts into `out`.
struct Step {
  const char* in = nullptr;
  std::size_t in_size = 0;
  char* out = nullptr;
  std::size_t out_size = 0;
  bool ended = false;  // a frame ended here; another may follow
};

class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;
  // Moves the four members on. Not empty: what is wrong with the bytes.
  virtual std::string step(Step& step) = 0;
  virtual void restart() {}
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kLargestWindowLog);
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  std::string step(Step& step) override {
    ZSTD_inBuffer in{step.in, step.in_size, 0};
    ZSTD_outBuffer out{step.out, step.out_size, 0};
    const std::size_t left = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(left)) return ZSTD_getErrorName(left);
    step.in += in.pos;
    step.in_size -= in.pos;
    step.out += out.pos;
    step.out_size -= out.pos;
    step.ended = left == 0;
    return {};
  }

 private:
  ZSTD_DStream* stream_;
};

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() { ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  std::string step(Step& step) override {
    if (!ready_) return "out of memory";
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(step.in));
    stream_.avail_in = static_cast<uInt>(step.in_size);
    stream_.next_out = reinterpret_cast<Bytef*>(step.out);
    stream_.avail_out = static_cast<uInt>(step.out_size);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
      return stream_.msg != nullptr ? stream_.msg : "no gzip data";
    step.in += step.in_size - stream_.avail_in;
    step.in_size = stream_.avail_in;
    step.out += step.out_size - stream_.avail_out;
    step.out_size = stream_.avail_out;
    step.ended = result == Z_STREAM_END;
    return {};
  }
  void restart() override { ready_ = inflateReset(&stream_) == Z_OK; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class XzDecoder : public Decoder {
 public:
  XzDecoder() { ready_ = lzma_stream_decoder(&stream_, kXzMemory, 0) == LZMA_OK; }
  ~XzDecoder() override { lzma_end(&stream_); }
  std::string step(Step& step) override {
    if (!ready_) return "out of memory";
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(step.in);
    stream_.avail_in = step.in_size;
    stream_.next_out = reinterpret_cast<std::uint8_t*>(step.out);
    stream_.avail_out = step.out_size;
    const lzma_ret result = lzma_code(&stream_, LZMA_RUN);
    if (result == LZMA_MEMLIMIT_ERROR) return "it needs more than 128 MiB to unpack";
    if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR)
      return fmt::format("xz error {}", static_cast<int>(result));
    step.in += step.in_size - stream_.avail_in;
    step.in_size = stream_.avail_in;
    step.out += step.out_size - stream_.avail_out;
    step.out_size = stream_.avail_out;
    step.ended = result == LZMA_STREAM_END;
    return {};
  }
  void restart() override { ready_ = lzma_stream_decoder(&stream_, kXzMemory, 0) == LZMA_OK; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

class Unpacked : public Bytes {
 public:
  Unpacked(BytesPtr packed, std::unique_ptr<Decoder> decoder)
      : packed_(std::move(packed)), decoder_(std::move(decoder)), block_(kBlock) {}

  std::size_t read(char* into, std::size_t size) override {
    step_.out = into;
    step_.out_size = size;
    while (step_.out == into && problem_.empty() && !finished_) advance();
    const auto got = static_cast<std::size_t>(step_.out - into);
    total_out_ += got;
    if (total_out_ > kHarmless && total_out_ / kLargestRatio > total_in_)
      problem_ = fmt::format("it unpacks to more than {} times its size, as no capture does",
                             kLargestRatio);
    return got;
  }

 private:
  void advance() {
    if (step_.in_size == 0) {
      const std::size_t got = packed_->read(block_.data(), block_.size());
      total_in_ += got;
      if (got == 0) {
        finished_ = true;
        if (!packed_->problem().empty())
          problem_ = packed_->problem();
        else if (!between_)
          problem_ = "the compressed file is cut: its last part has no end";
        return;
      }
      step_.in = block_.data();
      step_.in_size = got;
    }
    if (between_) {
      // Padding of zeros may follow a frame; anything else has to be a frame again.
      while (step_.in_size > 0 && *step_.in == '\0') ++step_.in, --step_.in_size;
      if (step_.in_size == 0) return;
      if (started_) decoder_->restart();
      started_ = true;
      between_ = false;
    }
    step_.ended = false;
    const std::string wrong = decoder_->step(step_);
    if (!wrong.empty()) problem_ = fmt::format("the compressed file is damaged: {}", wrong);
    between_ = step_.ended;
  }

  BytesPtr packed_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> block_;
  Step step_;
  bool between_ = true;  // no frame is open
  bool started_ = false;
  bool finished_ = false;
  std::uint64_t total_in_ = 0;
  std::uint64_t total_out_ = 0;
};

}  // namespace

Packing packing_of(std::string_view start) {
  if (start.starts_with("\x1f\x8b")) return Packing::Gzip;
  if (start.starts_with("\x28\xb5\x2f\xfd")) return Packing::Zstd;
  if (start.starts_with(std::string_view("\xfd\x37zXZ\0", 6))) return Packing::Xz;
  return Packing::None;
}

BytesPtr unpack(BytesPtr packed, Packing packing) {
  std::unique_ptr<Decoder> decoder;
  switch (packing) {
    case Packing::None:
      return packed;
    case Packing::Gzip:
      decoder = std::make_unique<GzipDecoder>();
      break;
    case Packing::Zstd:
      decoder = std::make_unique<ZstdDecoder>();
      break;
    case Packing::Xz:
      decoder = std::make_unique<XzDecoder>();
      break;
  }
  return std::make_unique<Unpacked>(std::move(packed), std::move(decoder));
}

}  // namespace luproof::traces::input
