// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/dat/file.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

#include "traces/text/columns.h"
#include "traces/text/scan.h"

namespace luproof::traces::dat {

namespace {

constexpr std::uint64_t kLargestSection = std::uint64_t{128} << 20;
constexpr std::uint64_t kLargestHeader = std::uint64_t{48} << 20;  // of version 6, symbols included
constexpr std::uint32_t kMostCpus = text::kMaxCpu + 1;
constexpr std::size_t kMostOptionSections = 64;
constexpr std::size_t kMostBuffers = 256;
constexpr std::uint32_t kMostFormats = 65536;
constexpr std::string_view kCopyAgain =
    "copy the file again; trace-cmd record has to end before it is copied";

// Options of both versions, and what they hold.
enum Option : int {
  kDone = 0,
  kCpuStat = 2,
  kBuffer = 3,
  kTraceClock = 4,
  kUname = 5,
  kHeaderInfo = 16,
  kFtraceEvents = 17,
  kEventFormats = 18,
  kKallsyms = 19,
  kCmdlines = 21,
};
constexpr int kPackedSection = 1;  // flag of a section

class Parser {
 public:
  explicit Parser(input::RandomFile bytes) { file_.bytes = std::move(bytes); }

  Opened run() {
    const bool good = start() && (file_.version == 7 ? version7() : version6());
    if (good && file_.buffers.empty())
      fail("the file has no list of its buffers: it was cut off while it was written", kCopyAgain);
    if (good && file_.formats.empty()) fail("the file has no event formats", kCopyAgain);
    if (!refusal_.message.empty()) return {std::nullopt, refusal_};
    finish_stats();
    return {std::move(file_), {}};
  }

 private:
  bool fail(std::string message, std::string_view hint) {
    if (refusal_.message.empty()) refusal_ = {std::move(message), std::string(hint)};
    return false;
  }
  void damaged(std::string part) {
    if (file_.damaged.size() < 20) file_.damaged.push_back(std::move(part));
  }

  // `size` bytes at `offset`, fewer at the end of the file.
  std::string read(std::uint64_t offset, std::uint64_t size) {
    std::string bytes;
    if (offset >= file_.bytes.size()) return bytes;
    bytes.resize(std::min({size, file_.bytes.size() - offset, kLargestSection}));
    bytes.resize(file_.bytes.read_at(offset, bytes.data(), bytes.size()));
    return bytes;
  }

  // What both versions begin with.
  bool start() {
    const std::string bytes = read(0, 256);
    Taker taker(bytes, {});
    if (taker.bytes(kMagic.size()) != kMagic) return fail("this is no trace-cmd file", "");
    const std::string_view version = taker.text();
    const std::string_view order = taker.bytes(1);
    const std::string_view long_size = taker.bytes(1);
    if (!taker.good()) return fail("the file ends in its first bytes", kCopyAgain);
    if (version != "6" && version != "7")
      return fail(fmt::format("trace-cmd files of version '{}' are not read",
                              model::printable(version.substr(0, 8))),
                  "trace-cmd convert, or trace-cmd report FILE > trace.txt");
    if (order[0] != 0 && order[0] != 1) return fail("the file's byte order is unknown", kCopyAgain);
    if (long_size[0] != 4 && long_size[0] != 8)
      return fail("the file's size of a long is neither 4 nor 8", kCopyAgain);
    file_.version = version[0] - '0';
    file_.words = Words::of(order[0] == 1);
    Taker rest(taker.rest(), file_.words);
    file_.page_size = rest.u32();
    if (!rest.good() || !good_page_size(file_.page_size))
      return fail("the file's page size is unknown", kCopyAgain);
    at_ = bytes.size() - rest.rest().size();
    return true;
  }

  static bool good_page_size(std::uint32_t size) { return size >= 1024 && size <= (64U << 20); }

  // ---- Version 7

  bool version7() {
    const std::string bytes = read(at_, 256);
    Taker taker(bytes, file_.words);
    const std::string_view packing = taker.text();
    taker.text();
    std::uint64_t options = taker.u64();
    if (!taker.good()) return fail("the file ends in its first bytes", kCopyAgain);
    if (packing != "none" && packing != "zstd")
      return fail(fmt::format("the file is packed with {}, which is not read",
                              model::printable(packing.substr(0, 20))),
                  "trace-cmd convert --compression none -i FILE -o FILE2");
    std::uint64_t last = 0;
    for (std::size_t i = 0; options != 0; ++i) {
      const auto section = this->section(options, kDone);
      if (!section || options == last || i == kMostOptionSections) {
        if (i == 0) return fail("the file is cut: its options are not there", kCopyAgain);
        damaged("options");
        break;
      }
      last = options;
      options = options7(*section);
    }
    for (const auto& [option, offset] : sections_) {
      const auto content = section(offset, option);
      if (content)
        part(option, *content);
      else
        damaged(part_name(option));
    }
    return true;
  }

  // The content of the section at `offset`, which has to have this id.
  std::optional<std::string> section(std::uint64_t offset, int id) {
    const std::string head = read(offset, 16);
    Taker taker(head, file_.words);
    const int found = taker.u16();
    const int flags = taker.u16();
    taker.u32();
    const std::uint64_t size = taker.u64();
    if (!taker.good() || found != id || size > kLargestSection) return std::nullopt;
    if ((flags & kPackedSection) == 0) {
      std::string content = read(offset + 16, size);
      if (content.size() != size) return std::nullopt;
      return content;
    }
    const std::string sizes = read(offset + 16, 8);
    Taker packed(sizes, file_.words);
    const std::uint32_t packed_size = packed.u32();
    const std::uint32_t unpacked_size = packed.u32();
    if (!packed.good() || unpacked_size > kLargestSection) return std::nullopt;
    const std::string bytes = read(offset + 24, packed_size);
    if (bytes.size() != packed_size) return std::nullopt;
    std::string content(unpacked_size, '\0');
    const std::size_t got =
        ZSTD_decompress(content.data(), content.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(got) || got != unpacked_size) return std::nullopt;
    return content;
  }

  // Returns the offset of the next section of options, or 0.
  std::uint64_t options7(const std::string& content) {
    Taker taker(content, file_.words);
    while (!taker.empty()) {
      const int id = taker.u16();
      const std::uint32_t size = taker.u32();
      const std::string_view data = taker.bytes(size);
      if (!taker.good()) break;
      Taker inside(data, file_.words);
      if (id == kDone) return inside.u64();
      if (id == kBuffer)
        buffer7(inside);
      else if (id == kHeaderInfo || id == kFtraceEvents || id == kEventFormats || id == kKallsyms ||
               id == kCmdlines)
        sections_.emplace_back(id, inside.u64());
      else
        option(id, data);
    }
    damaged("options");
    return 0;
  }

  void buffer7(Taker& taker) {
    const std::uint64_t offset = taker.u64();
    Buffer buffer;
    buffer.name = taker.text();
    buffer.clock = taker.text();
    buffer.page_size = taker.u32();
    const std::uint32_t cpus = taker.u32();
    const std::string head = read(offset, 16);
    Taker section(head, file_.words);
    const int id = section.u16();
    const int flags = section.u16();
    if (!taker.good() || !section.good() || id != kBuffer || cpus > kMostCpus ||
        !good_page_size(buffer.page_size) || file_.buffers.size() >= kMostBuffers)
      return damaged("a buffer");
    for (std::uint32_t i = 0; i < cpus; ++i) {
      const std::uint32_t cpu = taker.u32();
      const std::uint64_t at = taker.u64();
      const std::uint64_t size = taker.u64();
      add_cpu(buffer, cpu, at, size, (flags & kPackedSection) != 0);
    }
    if (!taker.good()) damaged("a buffer");
    file_.buffers.push_back(std::move(buffer));
  }

  void add_cpu(Buffer& buffer, std::uint32_t cpu, std::uint64_t offset, std::uint64_t size,
               bool packed) {
    const bool twice = std::any_of(buffer.cpus.begin(), buffer.cpus.end(), [&](const CpuData& c) {
      return c.cpu == static_cast<int>(cpu);
    });
    if (cpu > static_cast<std::uint32_t>(text::kMaxCpu) || twice || size > UINT64_MAX - offset)
      return damaged("the list of CPUs");
    buffer.cpus.push_back({static_cast<int>(cpu), offset, size, packed});
  }

  // ---- Version 6

  bool version6() {
    std::string content = read(at_, kLargestHeader);
    Taker taker(content, file_.words);
    header_info(taker);
    ftrace_formats(taker);
    event_formats(taker);
    symbols(taker.bytes(taker.u32()));
    taker.bytes(taker.u32());  // formats of trace_printk
    tasks(taker.bytes(taker.u64()));
    const std::uint32_t cpus = taker.u32();
    std::string_view word = taker.bytes(10);
    if (!taker.good() || cpus > kMostCpus) return fail("the file is cut in its header", kCopyAgain);
    std::vector<std::pair<std::uint64_t, std::string>> instances;
    if (word == std::string_view("options  \0", 10)) {
      for (int id = taker.u16(); id != kDone && taker.good(); id = taker.u16()) {
        const std::string_view data = taker.bytes(taker.u32());
        Taker inside(data, file_.words);
        if (id == kBuffer) {
          const std::uint64_t offset = inside.u64();
          instances.emplace_back(offset, inside.text());
        } else {
          option(id, data);
        }
      }
      word = taker.bytes(10);
    }
    if (word == std::string_view("latency  \0", 10))
      return fail("the file holds text in latency format, not pages",
                  "trace-cmd report FILE > trace.txt");
    if (word != std::string_view("flyrecord\0", 10) || !taker.good())
      return fail("the file is cut in its header", kCopyAgain);
    buffer6("", taker, cpus);
    for (const auto& [offset, name] : instances) {
      const std::string bytes = read(offset, 10 + std::uint64_t{16} * cpus);
      Taker inside(bytes, file_.words);
      if (file_.buffers.size() >= kMostBuffers ||
          inside.bytes(10) != std::string_view("flyrecord\0", 10))
        damaged("buffer " + name);
      else
        buffer6(name, inside, cpus);
    }
    return true;
  }

  void buffer6(const std::string& name, Taker& taker, std::uint32_t cpus) {
    Buffer buffer;
    buffer.name = name;
    buffer.page_size = file_.page_size;
    for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
      const std::uint64_t offset = taker.u64();
      const std::uint64_t size = taker.u64();
      if (size > 0) add_cpu(buffer, cpu, offset, size, false);
    }
    if (!taker.good()) damaged("a buffer");
    file_.buffers.push_back(std::move(buffer));
  }

  // ---- What the parts hold

  static std::string part_name(int option) {
    switch (option) {
      case kHeaderInfo:
        return "the form of pages";
      case kFtraceEvents:
      case kEventFormats:
        return "event formats";
      case kKallsyms:
        return "kernel symbols";
      default:
        return "names of tasks";
    }
  }

  void part(int option, const std::string& content) {
    Taker taker(content, file_.words);
    if (option == kHeaderInfo) header_info(taker);
    if (option == kFtraceEvents) ftrace_formats(taker);
    if (option == kEventFormats) event_formats(taker);
    if (option == kKallsyms) symbols(taker.bytes(taker.u32()));
    if (option == kCmdlines) tasks(taker.bytes(taker.u64()));
    if (!taker.good()) damaged(part_name(option));
  }

  void header_info(Taker& taker) {
    const std::string_view word = taker.bytes(12);
    const std::string_view text = taker.bytes(taker.u64());
    taker.bytes(13);
    taker.bytes(taker.u64());
    const auto header = parse_page_header(text);
    if (header && word == std::string_view("header_page\0", 12))
      file_.page_header = *header;
    else
      damaged("the form of pages");
  }

  void ftrace_formats(Taker& taker) {
    const std::uint32_t count = taker.u32();
    for (std::uint32_t i = 0; i < count && taker.good(); ++i) format(taker, "ftrace");
  }

  void event_formats(Taker& taker) {
    const std::uint32_t groups = taker.u32();
    for (std::uint32_t g = 0; g < groups && taker.good(); ++g) {
      const std::string group(taker.text());
      const std::uint32_t count = taker.u32();
      for (std::uint32_t i = 0; i < count && taker.good(); ++i) format(taker, group);
    }
  }

  void format(Taker& taker, const std::string& group) {
    const std::string_view text = taker.bytes(taker.u64());
    if (!taker.good()) return;
    auto format = parse_format(group, text);
    if (!format || file_.formats.size() >= kMostFormats) return damaged("an event format");
    const int id = format->id;
    file_.formats.emplace(id, std::move(*format));
  }

  void symbols(std::string_view text) { file_.symbols = Symbols(std::string(text)); }

  void tasks(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::size_t blank = line.find(' ');
      const auto pid = text::number_of<int>(line.substr(0, blank));
      if (pid && blank != std::string_view::npos) file_.tasks[*pid] = line.substr(blank + 1);
    }
  }

  // Options that mean the same in both versions.
  void option(int id, std::string_view data) {
    const std::string_view text = data.substr(0, data.find('\0'));
    if (id == kCpuStat) {
      file_.stats_text += text;
      file_.stats_text += '\n';
    } else if (id == kTraceClock) {
      // "[local] global counter": the chosen one in brackets, or the name alone
      const std::size_t open = text.find('[');
      const std::size_t close = text.find(']');
      const bool list =
          open != std::string_view::npos && close != std::string_view::npos && open < close;
      file_.clock = list ? text.substr(open + 1, close - open - 1) : text::trim(text);
    } else if (id == kUname) {  // "Linux host 7.3.4-luo x86_64"
      std::string_view rest = text;
      for (int word = 0; word < 2; ++word)
        rest.remove_prefix(std::min(std::min(rest.find(' '), rest.size()) + 1, rest.size()));
      file_.release = rest.substr(0, rest.find(' '));
    }
  }

  // The counters of every buffer: "CPU: 0\nentries: 6\noverrun: 294\n…".
  void finish_stats() {
    for (Buffer& buffer : file_.buffers)
      if (buffer.clock.empty()) buffer.clock = file_.clock;
    if (file_.stats_text.empty()) return;
    model::Diagnostics ignored;
    const auto read = read_stats(model::Source::make("", file_.stats_text), ignored);
    if (read)
      file_.stats = *read;
    else
      damaged("statistics");
  }

  File file_;
  std::uint64_t at_ = 0;
  std::vector<std::pair<int, std::uint64_t>> sections_;
  Refusal refusal_;
};

}  // namespace

Opened open_file(input::RandomFile bytes) { return Parser(std::move(bytes)).run(); }

}  // namespace luproof::traces::dat
