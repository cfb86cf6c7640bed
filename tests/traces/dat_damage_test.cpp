// SPDX-License-Identifier: GPL-2.0-or-later
// Damaged trace-cmd files. trace-cmd's own library crashes on some and is silent on others; here a
// file that was cut, zeroed or bent is refused or read with its damage said, and never by luck.
#include <random>

#include "tests/traces/agree.h"
#include "tests/traces/capture.h"

using namespace luproof::traces;
using namespace luproof::traces::test;

namespace {

// A file of version 6 keeps its pages plain, at offsets that its header gives.
std::string plain_file() {
  luproof::model::Diagnostics diagnostics;
  const auto source = luproof::model::read_source(
      std::string(LUPROOF_TEST_DIR) + "/captures/s1/igb-kprobe.v6.trace.dat.zst", 1 << 26,
      diagnostics);
  REQUIRE(source != nullptr);
  return source->text;
}

std::uint64_t u64_at(const std::string& bytes, std::size_t at) {
  std::uint64_t value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

struct Section {
  std::uint64_t offset, size;
};
// The pages of the two CPUs.
std::vector<Section> sections(const std::string& bytes) {
  std::size_t at = bytes.rfind(std::string("flyrecord\0", 10)) + 10;
  return {{u64_at(bytes, at), u64_at(bytes, at + 8)},
          {u64_at(bytes, at + 16), u64_at(bytes, at + 24)}};
}

// Refused, or marked as lossy or damaged.
bool said(const Capture& capture) {
  return !capture.errors.empty() || capture.health.worst() != Effect::Note;
}

}  // namespace

TEST_CASE("a trace-cmd file cut anywhere is refused or said to be damaged", "[traces][dat]") {
  const std::string whole = plain_file();
  const std::vector<Section> cpus = sections(whole);
  std::vector<std::size_t> cuts = {0, 1, 9, 10, 11, 12, 13, 17, 30, 200, 300, 5000};
  for (const Section& cpu : cpus)
    for (const std::int64_t by : {-1, 0, 1, 8, 16, 17, 2000, 4096}) cuts.push_back(cpu.offset + by);
  for (std::size_t part = 1; part < 24; ++part) cuts.push_back(whole.size() * part / 24);
  cuts.push_back(whole.size() - 1);
  for (const std::size_t cut : cuts) {
    if (cut >= whole.size()) continue;
    CAPTURE(cut, whole.size());
    CHECK(said(read_bytes(whole.substr(0, cut))));
  }
  CHECK_FALSE(said(read_bytes(whole)));
}

TEST_CASE("a page of zeros or of ones loses its events loudly", "[traces][dat]") {
  const std::string whole = plain_file();
  const Section cpu = sections(whole).front();
  REQUIRE(cpu.size >= 3 * 4096);
  const Capture all = read_bytes(whole);
  std::string zeroed = whole;
  std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(cpu.offset) + 4096, 4096, '\0');
  const Capture lost = read_bytes(zeroed);
  CHECK(lost.count(Anomaly::BadPage) == 1);
  CHECK(lost.health.worst() == Effect::Damage);
  CHECK(lost.health.events < all.health.events);
  CHECK(lost.health.lost.at(0).marks == 1);
  // The header of a page all ones: trace-cmd report crashes on it.
  std::string ones = whole;
  std::fill_n(ones.begin() + static_cast<std::ptrdiff_t>(cpu.offset) + 4096, 16, '\xff');
  CHECK(read_bytes(ones).count(Anomaly::BadPage) == 1);
}

TEST_CASE("flipped bits never crash the reader, and in lengths they are noticed", "[traces][dat]") {
  const std::string whole = plain_file();
  const std::vector<Section> cpus = sections(whole);
  std::mt19937_64 random(20251211);
  for (int round = 0; round < 200; ++round) {
    std::string bent = whole;
    const Section cpu = cpus[random() % cpus.size()];
    // Half of them in the header of a page, half anywhere in the pages.
    const std::uint64_t page = random() % (cpu.size / 4096) * 4096;
    const std::size_t at =
        cpu.offset + (round % 2 == 0 ? page + random() % 16 : random() % cpu.size);
    bent[at] = static_cast<char>(bent[at] ^ (1 << random() % 8));
    const Capture capture = read_bytes(bent);
    // A length that grew leads behind what the page holds; one that shrank cuts an event in two.
    const std::size_t in_page = (at - cpu.offset) % 4096;
    if (in_page >= 8 && in_page < 12 && capture.health.events != 307) {
      CAPTURE(at, page);
      CHECK(said(capture));
    }
  }
  for (int round = 0; round < 200; ++round) {  // and in the header of the file
    std::string bent = whole;
    const std::size_t at = random() % cpus.front().offset;
    bent[at] = static_cast<char>(bent[at] ^ (1 << random() % 8));
    read_bytes(bent);
  }
}

TEST_CASE("a file of another byte order is read in its own", "[traces][dat]") {
  // Only the header can be turned round here: a file that claims the other order and is not of it
  // has to be refused, not read as nonsense.
  std::string bent = plain_file();
  bent[12] = 1;
  CHECK(said(read_bytes(bent)));
}

TEST_CASE("a packed file of version 7 that was cut while it was written is refused by name",
          "[traces][dat]") {
  using Catch::Matchers::Contains;
  const std::string whole = file_bytes("s6-basic/luo-graph.trace.dat");
  CHECK_THAT(read_bytes(whole.substr(0, whole.size() / 2)).errors,
             Contains("its options are not there"));
  // The first section of options is there, the one with the buffers is not: trace-cmd record was
  // killed.
  std::string killed = whole;
  const std::string last("\0\0\x08\0\0\0", 6);  // option DONE, 8 bytes: where the next section is
  const std::size_t options = u64_at(whole, 29);
  const std::size_t done = whole.find(last, options);
  REQUIRE(done != whole.npos);
  std::fill_n(killed.begin() + static_cast<std::ptrdiff_t>(done) + 6, 8, '\0');
  CHECK_THAT(read_bytes(killed).errors, Contains("cut off while it was written"));
  // A chunk of events bent.
  const Capture all = read_bytes(whole);
  std::string chunk = whole;
  for (std::size_t i = 0; i < 64; ++i) chunk[0xcb000 + 1000 + i] ^= 0x11;
  const Capture bent = read_bytes(chunk);
  CHECK(bent.health.worst() == Effect::Damage);
  CHECK(bent.health.events < all.health.events);
}
