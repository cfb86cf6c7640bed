// SPDX-License-Identifier: GPL-2.0-or-later
// Where the bytes come from must not change what they say, and none may take the machine down.
#include <lzma.h>
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/traces/capture.h"
#include "traces/input/lines.h"
#include "traces/input/spool.h"
#include "traces/journal.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

std::string gzip(const std::string& text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

std::string xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                                  reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                  reinterpret_cast<std::uint8_t*>(packed.data()), &size,
                                  packed.size()) == LZMA_OK);
  packed.resize(size);
  return packed;
}

const std::string kLine = "              sh-117     [000] .....    44.407649: pcie_flr <-f\n";

std::string many(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i)
    text += "              sh-117     [000] .....    " + std::to_string(1000000 + i) +
            ".000001: pcie_flr <-f\n";
  return text;
}

// A stream that gives its bytes in pieces of one size, as a pipe may.
class Pieces : public input::Bytes {
 public:
  Pieces(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  std::size_t read(char* into, std::size_t size) override {
    const std::size_t got = text_.copy(into, std::min(size, piece_), at_);
    at_ += got;
    return got;
  }

 private:
  std::string text_;
  std::size_t piece_, at_ = 0;
};

}  // namespace

TEST_CASE("packed captures are recognised by content and read like plain ones", "[traces][input]") {
  const std::string plain = many(3000);
  const Capture expected = read_bytes(plain);
  REQUIRE(expected.lines.size() == 3000);
  for (const std::string& packed :
       {gzip(plain), zstd(plain), xz(plain),
        // Several parts, one after the other, as log rotation leaves them.
        gzip(many(1500)) + gzip(plain.substr(many(1500).size())),
        zstd(many(1500)) + zstd(plain.substr(many(1500).size())),
        xz(many(1500)) + xz(plain.substr(many(1500).size()))}) {
    const Capture capture = read_bytes(packed);
    CHECK(capture.errors == "");
    CHECK(capture.lines.size() == 3000);
    CHECK(capture.at(3000).time_ns == expected.at(3000).time_ns);
    CHECK(capture.health.worst() == Effect::Note);
  }
}

TEST_CASE("a packed file that is cut or damaged is read as far as it goes, and says so",
          "[traces][input]") {
  using Catch::Matchers::Contains;
  const std::string plain = many(60000);
  for (const std::string& whole : {gzip(plain), zstd(plain), xz(plain)}) {
    const Capture cut = read_bytes(whole.substr(0, whole.size() - whole.size() / 8));
    CHECK(cut.errors == "");
    CHECK_FALSE(cut.lines.empty());
    CHECK(cut.lines.size() < 60000);
    CHECK(cut.count(Anomaly::BadPacking) == 1);
    CHECK(cut.health.worst() == Effect::Damage);
    CHECK_THAT(cut.health.problem, Contains("cut"));
    std::string damaged = whole;
    for (std::size_t i = damaged.size() / 2; i < damaged.size() / 2 + 32; ++i) damaged[i] ^= 0x55;
    const Capture bad = read_bytes(damaged);
    if (bad.errors.empty()) CHECK(bad.health.worst() == Effect::Damage);
    // Cut to its magic number there is nothing to read.
    CHECK_THAT(read_bytes(whole.substr(0, 7)).errors, Contains("cut"));
  }
}

TEST_CASE("a bomb is refused, a capture that packs well is not", "[traces][input]") {
  using Catch::Matchers::Contains;
  const std::string zeros(std::size_t{300} << 20, '\0');
  CHECK_THAT(read_bytes(zstd(zeros)).errors, Contains("more than 400 times"));
  CHECK_THAT(read_bytes(zstd(zstd(many(10)))).errors, Contains("compressed twice"));
  CHECK_THAT(read_bytes(gzip(std::string("a.txt") + std::string(252, '\0') + "ustar")).errors,
             Contains("tar archive"));
}

TEST_CASE("how the bytes arrive does not matter", "[traces][input]") {
  const std::string text = many(700);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
    luproof::model::Diagnostics diagnostics;
    const auto readers = open_capture("pipe", std::make_unique<Pieces>(text, piece), diagnostics);
    REQUIRE(readers.size() == 1);
    const Capture capture = read_all(*readers.front());
    CHECK(capture.lines.size() == 700);
    CHECK(capture.health.worst() == Effect::Note);
  }
}

TEST_CASE("a line of 100 MB takes no memory and hides nothing", "[traces][input]") {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  std::string text = kLine + std::string(std::size_t{100} << 20, 'x') + "\n" + kLine;
  const Capture capture = read_bytes(std::move(text));
  getrusage(RUSAGE_SELF, &after);
  CHECK(capture.lines.size() == 3);
  CHECK(capture.at(2).kind == LineKind::Unknown);
  CHECK(capture.at(2).text.size() <= input::kLongestLine);
  CHECK(capture.at(3).function == "pcie_flr");
  CHECK(capture.count(Anomaly::LineTooLong) == 1);
  CHECK(capture.health.worst() == Effect::Damage);
}

TEST_CASE("a line of nothing but carriage returns is no end of the file", "[traces][input]") {
  const std::string event =
      "            init-1       [000] .....     1.000001: sys_exit: NR 1 = 2\n";
  const Capture capture =
      read_text("# tracer: nop\n" + event + std::string(3 << 20, '\r') + "\n" + event);
  CHECK(capture.count(Anomaly::LineTooLong) == 1);
  CHECK(capture.lines.size() == 3);
}

TEST_CASE("lines of every length and end are taken whole", "[traces][input]") {
  for (const std::size_t length :
       {std::size_t{1}, std::size_t{65535}, std::size_t{65536}, std::size_t{65537},
        std::size_t{262143}, std::size_t{262144}, std::size_t{300000}}) {
    for (const char* const end : {"\n", "\r\n", ""}) {
      input::Lines lines(input::bytes_of("first\n" + std::string(length, 'a') + end));
      std::string_view line;
      CAPTURE(length, std::string(end));
      REQUIRE(lines.next(line));
      CHECK(line == "first");
      REQUIRE(lines.next(line));
      CHECK(line.size() == std::min(length, input::kLongestLine));
      CHECK(line.find_first_not_of('a') == line.npos);
      CHECK(lines.too_long() == (length > input::kLongestLine));
      if (length <= input::kLongestLine) CHECK(lines.cut() == (*end == '\0'));
      CHECK_FALSE(lines.next(line));
    }
  }
}

TEST_CASE("a mark of byte order at the start is no part of the first line", "[traces][input]") {
  const Capture capture = read_bytes("\xef\xbb\xbf# tracer: nop\n" + kLine);
  CHECK(capture.health.header.tracer == "nop");
}

TEST_CASE("the journal gives lines back as they were, from memory and from disk",
          "[traces][input]") {
  Journal journal;
  const std::string long_text(1000, 'y');
  for (int i = 0; i < 20000; ++i) {  // beyond what it keeps in memory
    TraceLine line;
    line.number = (std::int64_t{1} << 32) + i;
    line.kind = LineKind::Kprobe;
    line.symbol = "pcie_flr";
    line.text = long_text;
    line.quote = "quote";
    line.time_ns = i;
    line.args.push_back({"dev", "0000:01:10.0", std::nullopt});
    line.args.push_back({"val", "0x2", 2});
    journal.add(line);
  }
  CHECK(journal.size() == 20000);
  CHECK(journal.problem() == "");
  for (int pass = 0; pass < 2; ++pass) {
    journal.rewind();
    TraceLine line;
    int count = 0;
    bool same = true;
    while (journal.next(line)) {
      same = same && line.number == (std::int64_t{1} << 32) + count && line.time_ns == count &&
             line.symbol == "pcie_flr" && line.text == long_text && line.quote == "quote" &&
             line.args.size() == 2 && line.args[0].text == "0000:01:10.0" && !line.args[0].number &&
             line.args[1].number == 2 && !line.ticks;
      ++count;
    }
    CHECK(same);
    CHECK(count == 20000);
  }
}
