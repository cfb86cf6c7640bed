// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/text/quick.h"

#include <cstring>

#include "traces/text/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define LUPROOF_AVX2 __attribute__((target("avx2,popcnt,bmi")))
#endif

namespace luproof::traces::text {

namespace {

constexpr std::size_t kTask = 16;      // columns of the task's name
constexpr std::size_t kLongest = 512;  // characters; longer lines are taken apart
constexpr std::size_t kFraction = 6;   // digits of the time behind the point
constexpr std::size_t kCpuDigits = 3;

// Classes of characters as products of a high and a low half, so that two lookups tell them.
enum Class : std::uint8_t {
  kDigits = 1,    // 0-9
  kUpToO = 2,     // a-o, A-O
  kFromP = 4,     // p-z, P-Z
  kFullStop = 8,  // .
  kBlank = 16,    // space
  kLowDash = 32,  // _
  kDollarSign = 64,
  kAnything = 0xff,
};
constexpr std::uint8_t kColumnClass = kDigits | kUpToO | kFromP | kFullStop;
constexpr std::uint8_t kSymbolClass = kColumnClass | kLowDash | kDollarSign;

}  // namespace

bool Quick::available() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
#else
  return false;
#endif
}

void Quick::learn(std::string_view line, const Columns& columns) {
  const auto body = static_cast<std::size_t>(columns.body.data() - line.data());
  if (learned_ && body == body_ && line[cpu_ - 1] == '[') return;
  learned_ = false;
  const std::size_t bracket = line.find('[', kTask);
  if (columns.searched || !columns.time_ns || body > kTask + kLooked || bracket > body) return;
  // "...-119     [001] .....    48.258090: ": the time's field is 12 characters wide or more.
  const std::size_t point = body - 3 - kFraction;
  const std::size_t flags = bracket + kCpuDigits + 3;
  if (bracket < kTask + 3 || bracket > kTask + 24 || line[bracket - 1] != ' ' ||
      line[bracket + kCpuDigits + 1] != ']' || line[point] != '.' || flags + 4 > point)
    return;
  std::string_view rest = line.substr(flags);
  const std::size_t width = take_while(rest, is_column).size();
  const bool flagged = width >= 4 && width <= 8 && rest.starts_with(' ');
  // The field of the time begins behind the blank that ends the flags, or the CPU.
  std::size_t time = flagged ? flags + width + 1 : flags;
  if (time >= point) return;
  if (point - time > 8) time = point - 8;
  exact_.fill(0);
  free_.fill(0xff);
  classes_.fill(kAnything);
  const auto is = [&](std::size_t at, char c) {
    exact_[at - kTask] = static_cast<std::uint8_t>(c);
    free_[at - kTask] = 0;
  };
  const auto in = [&](std::size_t from, std::size_t end, std::uint8_t classes) {
    for (std::size_t at = from; at < end; ++at) classes_[at - kTask] = classes;
  };
  const auto places = [](std::size_t from, std::size_t end) {
    return ((std::uint64_t{1} << (end - from)) - 1) << (from - kTask);
  };
  is(kTask, '-');
  in(kTask + 1, kTask + 2, kDigits);
  in(kTask + 2, bracket - 1, kDigits | kBlank);
  is(bracket - 1, ' ');
  is(bracket, '[');
  in(bracket + 1, bracket + 1 + kCpuDigits, kDigits);
  is(bracket + 1 + kCpuDigits, ']');
  is(flags - 1, ' ');
  const std::size_t end = flagged ? flags + width : flags;  // blanks follow, if anything
  in(flags, end, kColumnClass);
  for (std::size_t at = end; at < time; ++at) is(at, ' ');
  in(time, point - 1, kDigits | kBlank);
  in(point - 1, point, kDigits);
  is(point, '.');
  in(point + 1, point + 1 + kFraction, kDigits);
  is(body - 2, ':');
  is(body - 1, ' ');
  pid_ = places(kTask + 1, bracket - 1);
  time_ = places(time, point);
  seconds_.fill(0);
  for (std::size_t at = time; at < body - 2; ++at) seconds_[at - (body - 18)] = 0xff;
  cpu_ = bracket + 1;
  body_ = body;
  learned_ = true;
}

#if defined(__x86_64__)

namespace {

LUPROOF_AVX2 inline __m256i load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

// The classes of 32 characters.
LUPROOF_AVX2 inline __m256i classes_of(__m256i text) {
  constexpr char D = kDigits, O = kUpToO, P = kFromP;
  const __m256i low = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      D | P | kBlank, D | O | P, D | O | P, D | O | P, D | O | P | kDollarSign, D | O | P,
      D | O | P, D | O | P, D | O | P, D | O | P, O | P, O, O, O, O | kFullStop, O | kLowDash));
  const __m256i high = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0, 0, kBlank | kFullStop | kDollarSign, D, O, P | kLowDash, O, P, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i half = _mm256_set1_epi8(0x0f);
  return _mm256_and_si256(
      _mm256_shuffle_epi8(low, text),
      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(text, 4), half)));
}

LUPROOF_AVX2 inline std::uint32_t mask(__m256i bytes) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
}

// Which of 32 characters cannot be in a symbol.
LUPROOF_AVX2 inline std::uint32_t no_symbol(const char* at) {
  const __m256i in = _mm256_and_si256(classes_of(load(at)), _mm256_set1_epi8(kSymbolClass));
  return mask(_mm256_cmpeq_epi8(in, _mm256_setzero_si256()));
}

}  // namespace

LUPROOF_AVX2 inline bool Quick::fine(const char* line, std::size_t length,
                                     std::vector<std::int64_t>& last_time) const {
  if (length < body_ + 4 || length > kLongest) return false;
  const __m256i zero = _mm256_setzero_si256();
  const __m256i blank = _mm256_set1_epi8(' ');
  std::uint64_t blanks = 0;
  __m256i wrong = zero;
  for (std::size_t half = 0; half < kLooked; half += 32) {
    const __m256i text = load(line + kTask + half);
    const __m256i as =
        _mm256_or_si256(_mm256_cmpeq_epi8(text, load(&exact_[half])), load(&free_[half]));
    const __m256i may = load(&classes_[half]);
    const __m256i any = _mm256_cmpeq_epi8(may, _mm256_cmpeq_epi8(zero, zero));
    const __m256i in = _mm256_or_si256(any, _mm256_and_si256(classes_of(text), may));
    wrong = _mm256_or_si256(
        wrong, _mm256_or_si256(_mm256_cmpeq_epi8(as, zero), _mm256_cmpeq_epi8(in, zero)));
    blanks |= std::uint64_t{mask(_mm256_cmpeq_epi8(text, blank))} << half;
  }
  if (_mm256_testz_si256(wrong, wrong) == 0) return false;
  // Digits before blanks in the pid, blanks before digits in the time.
  const std::uint64_t digits = ~blanks & pid_, fill = blanks & time_;
  if ((((digits >> 1) + 1) & (digits >> 1)) != 0) return false;
  const std::uint64_t first = time_ & -time_;
  if (((fill + first) & fill) != 0) return false;

  const char* const body = line + body_;
  const __m128i time =
      _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(body - 18)),
                    _mm_load_si128(reinterpret_cast<const __m128i*>(seconds_.data())));
  // Without the point, eight digits before and eight behind it; a blank counts as 0.
  const __m128i order = _mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 8, -1, -1, 10, 11, 12, 13, 14, 15);
  const __m128i values = _mm_shuffle_epi8(_mm_subs_epu8(time, _mm_set1_epi8('0')), order);
  const __m128i pairs = _mm_maddubs_epi16(
      values, _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
  const __m128i fours = _mm_madd_epi16(pairs, _mm_setr_epi16(100, 1, 100, 1, 100, 1, 100, 1));
  const std::int64_t seconds =
      std::int64_t{_mm_extract_epi32(fours, 0)} * 10000 + _mm_extract_epi32(fours, 1);
  const std::int64_t micros =
      std::int64_t{_mm_extract_epi32(fours, 2)} * 10000 + _mm_extract_epi32(fours, 3);
  const std::int64_t ns = seconds * 1'000'000'000 + micros * 1000;
  const int number =
      (line[cpu_] - '0') * 100 + (line[cpu_ + 1] - '0') * 10 + (line[cpu_ + 2] - '0');
  const auto cpu = static_cast<std::size_t>(number);
  if (cpu >= last_time.size() || ns < last_time[cpu]) return false;

  // "name: text" of an event that is no probe, or "callee <-caller".
  const std::uint32_t ends = no_symbol(body);
  const auto name = static_cast<std::size_t>(__builtin_ctz(ends | 1U << 31));
  if (name == 0 || name > 29 || body_ + name + 3 >= length || is_digit(body[0])) return false;
  const char* const behind = body + name;
  if (behind[0] == ':') {
    const bool other = behind[2] != '(' && behind[2] != '[' && behind[2] != '_' && behind[2] != ' ';
    if (behind[1] != ' ' || !other) return false;
  } else {
    if (behind[0] != ' ' || behind[1] != '<' || behind[2] != '-') return false;
    const std::size_t caller = length - (body_ + name + 3);
    if (caller > 31 || is_digit(behind[3])) return false;
    if ((no_symbol(behind + 3) & ((1U << caller) - 1)) != 0) return false;
  }
  last_time[cpu] = ns;
  return true;
}

LUPROOF_AVX2 Quick::Passed Quick::pass(std::string_view text, std::size_t at, std::size_t end,
                                       const std::uint64_t* newlines,
                                       std::vector<std::int64_t>& last_time) const {
  Passed passed{at, 0};
  std::size_t word = at / 64;
  std::uint64_t bits = newlines[word] & ~std::uint64_t{0} << (at % 64);
  while (passed.at < end) {
    while (bits == 0) bits = newlines[++word];
    const std::size_t newline = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
    bits &= bits - 1;
    if (!fine(text.data() + passed.at, newline - passed.at, last_time)) break;
    passed.at = newline + 1;
    ++passed.lines;
  }
  return passed;
}

#else

Quick::Passed Quick::pass(std::string_view, std::size_t at, std::size_t, const std::uint64_t*,
                          std::vector<std::int64_t>&) const {
  return {at, 0};
}

#endif

}  // namespace luproof::traces::text
