// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/sieve.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define LUPROOF_AVX2 __attribute__((target("avx2,popcnt,bmi")))
#endif

namespace luproof::traces::text {

namespace {

constexpr char kSpace = ' ';
constexpr std::size_t kAnchor = 16;         // column of the '-' before the pid
constexpr std::size_t kMostPlaces = 16384;  // in one block; with more, every line is looked at

// How often the low halves of kShortest neighbouring bytes occur in a text.
class Sample {
 public:
  explicit Sample(std::string_view text) : counts_(std::size_t{1} << (4 * kBytes)) {
    std::uint32_t window = 0;
    for (const char c : text) {
      window = ((window << 4) | (static_cast<unsigned char>(c) & 15)) & (counts_.size() - 1);
      if (counts_[window] != UINT16_MAX) ++counts_[window];
    }
  }
  // Of all windows that a bucket of these pieces lets through; each may take any piece's byte.
  std::uint64_t passing(const std::vector<std::string_view>& pieces) const {
    return passing(pieces, 0, 0);
  }

 private:
  static constexpr std::size_t kBytes = Sieve::kShortest;
  std::uint64_t passing(const std::vector<std::string_view>& pieces, std::size_t byte,
                        std::uint32_t window) const {
    if (byte == kBytes) return counts_[window] + 1U;
    std::uint64_t sum = 0;
    unsigned seen = 0;
    for (const std::string_view piece : pieces) {
      const unsigned low = static_cast<unsigned char>(piece[byte]) & 15;
      if ((seen >> low & 1) != 0) continue;
      seen |= 1U << low;
      sum += passing(pieces, byte + 1, window << 4 | low);
    }
    return sum;
  }
  std::vector<std::uint16_t> counts_;
};

#if defined(__x86_64__)
bool have_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"); }
#else
bool have_avx2() { return false; }
#endif

}  // namespace

Sieve::Sieve(const std::vector<std::string>& words, std::string_view text) {
  usable_ = have_avx2() && !words.empty();
  for (const std::string& word : words) usable_ = usable_ && word.size() >= kShortest;
  if (!usable_) return;
  const Sample sample(text);
  std::array<std::vector<std::string_view>, kBuckets> pieces;
  std::array<std::uint64_t, kBuckets> costs{};
  for (const std::string& word : words) {
    std::uint64_t least = UINT64_MAX;
    std::size_t best = 0, bucket = 0;
    for (std::size_t at = 0; at + kShortest <= word.size(); ++at) {
      const std::string_view piece = std::string_view(word).substr(at, kShortest);
      for (std::size_t b = 0; b < kBuckets; ++b) {
        pieces[b].push_back(piece);
        const std::uint64_t more = sample.passing(pieces[b]) - costs[b];
        pieces[b].pop_back();
        if (more >= least) continue;
        least = more;
        best = at;
        bucket = b;
      }
    }
    pieces[bucket].push_back(std::string_view(word).substr(best, kShortest));
    costs[bucket] = sample.passing(pieces[bucket]);
    buckets_[bucket].push_back({word, best});
  }
  for (std::size_t b = 0; b < kBuckets; ++b)
    for (const std::string_view piece : pieces[b])
      for (std::size_t i = 0; i < kShortest; ++i)
        table_[i][static_cast<unsigned char>(piece[i]) & 15] |= static_cast<std::uint8_t>(1U << b);
}

#if defined(__x86_64__)

namespace {

LUPROOF_AVX2 inline __m256i load(const char* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

}  // namespace

// The places in 32 bytes that passed the lookup: compared with the words themselves.
LUPROOF_AVX2 void Sieve::confirm(std::string_view text, std::size_t at, const void* passed,
                                 Block& block) const {
  const __m256i found = _mm256_loadu_si256(static_cast<const __m256i*>(passed));
  alignas(32) std::uint8_t buckets[32];
  _mm256_store_si256(reinterpret_cast<__m256i*>(buckets), found);
  auto mask = ~static_cast<std::uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256())));
  for (; mask != 0; mask &= mask - 1) {
    const std::size_t place = at + static_cast<std::size_t>(__builtin_ctz(mask));
    for (unsigned left = buckets[place - at]; left != 0; left &= left - 1)
      for (const Word& word : buckets_[static_cast<std::size_t>(__builtin_ctz(left))]) {
        if (place >= text.size() || text[place] != word.text[word.at]) continue;
        if (place < word.at || !text.substr(place - word.at).starts_with(word.text)) continue;
        if (block.places.empty() || block.places.back() != place)
          block.places.push_back(static_cast<std::uint32_t>(place));
      }
  }
  if (block.places.size() > kMostPlaces) block.odd = true;
}

template <bool kNewlines>
LUPROOF_AVX2 void Sieve::scan_avx2(std::string_view text, Block& block) const {
  static_assert(kShortest == 5);
  const auto half = [&](std::size_t i) LUPROOF_AVX2 {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(table_[i].data())));
  };
  const __m256i t0 = half(0), t1 = half(1), t2 = half(2), t3 = half(3), t4 = half(4);
  const __m256i newline = _mm256_set1_epi8('\n');
  const __m256i dash = _mm256_set1_epi8('-');
  const __m256i zero = _mm256_setzero_si256();
  __m256i lowest = newline, adrift = zero, sums = zero;
  if (kNewlines) block.newlines.resize(text.size() / kStep + 1);
  // The last bytes are read from a copy, behind which there is nothing: of the last newline nobody
  // knows the line that follows.
  char last[kStep + kBehind] = {};
  const std::size_t whole = (text.size() - 1) / kStep * kStep;
  text.substr(whole).copy(last, kStep);
  const std::size_t tail = text.size() - whole;
  std::memset(last + tail, kSpace, sizeof last - tail);
  last[tail + kAnchor] = '-';
  for (std::size_t at = 0; at <= whole;) {
    __m256i lines = zero;
    const std::size_t stop = std::min(whole + kStep, at + kStep * 127);
    for (; at < stop; at += kStep) {
      const char* const here = at < whole ? text.data() + at : last;
      const __m256i a = load(here), b = load(here + 32);
      __m256i in_a = _mm256_shuffle_epi8(t0, a), in_b = _mm256_shuffle_epi8(t0, b);
      in_a = _mm256_and_si256(in_a, _mm256_shuffle_epi8(t1, load(here + 1)));
      in_b = _mm256_and_si256(in_b, _mm256_shuffle_epi8(t1, load(here + 33)));
      in_a = _mm256_and_si256(in_a, _mm256_shuffle_epi8(t2, load(here + 2)));
      in_b = _mm256_and_si256(in_b, _mm256_shuffle_epi8(t2, load(here + 34)));
      in_a = _mm256_and_si256(in_a, _mm256_shuffle_epi8(t3, load(here + 3)));
      in_b = _mm256_and_si256(in_b, _mm256_shuffle_epi8(t3, load(here + 35)));
      in_a = _mm256_and_si256(in_a, _mm256_shuffle_epi8(t4, load(here + 4)));
      in_b = _mm256_and_si256(in_b, _mm256_shuffle_epi8(t4, load(here + 36)));
      const __m256i ends_a = _mm256_cmpeq_epi8(a, newline);
      const __m256i ends_b = _mm256_cmpeq_epi8(b, newline);
      if (kNewlines)
        block.newlines[at / kStep] =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(ends_a)) |
            std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(ends_b))} << 32;
      lines = _mm256_sub_epi8(lines, _mm256_add_epi8(ends_a, ends_b));
      const __m256i dashes_a = _mm256_cmpeq_epi8(load(here + kAnchor + 1), dash);
      const __m256i dashes_b = _mm256_cmpeq_epi8(load(here + kAnchor + 33), dash);
      adrift = _mm256_or_si256(adrift, _mm256_or_si256(_mm256_andnot_si256(dashes_a, ends_a),
                                                       _mm256_andnot_si256(dashes_b, ends_b)));
      lowest = _mm256_min_epu8(lowest, _mm256_min_epu8(a, b));
      const __m256i either = _mm256_or_si256(in_a, in_b);
      if (__builtin_expect(_mm256_testz_si256(either, either) == 0, 0)) {
        confirm(text, at, &in_a, block);
        confirm(text, at + 32, &in_b, block);
      }
    }
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(lines, zero));
  }
  std::uint64_t parts[4];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), sums);
  block.lines = parts[0] + parts[1] + parts[2] + parts[3];
  const __m256i tab = _mm256_set1_epi8('\t');
  const bool control =
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(lowest, tab), lowest)) != -1;
  const bool first = text.size() > kAnchor && text[kAnchor] == '-';
  block.odd = block.odd || control || !first || _mm256_testz_si256(adrift, adrift) == 0;
}

void Sieve::scan(std::string_view text, bool newlines, Block& block) const {
  block.places.clear();
  block.odd = false;
  if (newlines)
    scan_avx2<true>(text, block);
  else
    scan_avx2<false>(text, block);
}

LUPROOF_AVX2 std::int64_t Sieve::lines(const Block& block, std::size_t from, std::size_t end) {
  std::int64_t lines = 0;
  for (std::size_t at = from / kStep; at * kStep < end; ++at) {
    std::uint64_t bits = block.newlines[at];
    if (at == from / kStep) bits &= ~std::uint64_t{0} << (from % kStep);
    if (at == end / kStep) bits &= (std::uint64_t{1} << (end % kStep)) - 1;
    lines += __builtin_popcountll(bits);
  }
  return lines;
}

#else

void Sieve::scan(std::string_view, bool, Block& block) const { block.odd = true; }
std::int64_t Sieve::lines(const Block&, std::size_t, std::size_t) { return 0; }

#endif

}  // namespace luproof::traces::text
