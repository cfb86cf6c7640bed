// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/dat/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "traces/text/arguments.h"
#include "traces/text/scan.h"

namespace luproof::traces {

using dat::Field;

namespace {

constexpr std::size_t kArena = std::size_t{256} << 10;  // texts of one event
constexpr std::size_t kNames = 8192;                    // looked up addresses that are remembered
constexpr std::size_t kRoom = std::size_t{16} << 20;    // for reading ahead, of all CPUs
constexpr std::size_t kRoomOfOne = std::size_t{128} << 10;
constexpr std::size_t kTypes = std::size_t{1} << 16;
constexpr std::size_t kCommon = 8;  // bytes of the fields that every event has
constexpr std::string_view kMarker = "tracing_mark_write";
// Where a function returns to if a probe waits for it there.
constexpr std::array<std::string_view, 4> kTrampolines = {
    {"arch_rethook_trampoline", "__kretprobe_trampoline", "kretprobe_trampoline",
     "return_to_handler"}};

bool counts(std::string_view clock) {
  return clock == "counter" || clock == "uptime" || clock == "x86-tsc" || clock == "ppc-tb";
}

// Text of an event ends at its zero byte, and a marker's at the end of its line.
std::string_view ended(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

DatReader::DatReader(std::string path, std::shared_ptr<const dat::File> file,
                     const std::vector<const dat::Buffer*>& buffers,
                     std::optional<std::int64_t> shift)
    : CaptureReader(std::move(path)), file_(std::move(file)), shift_(shift), names_(kNames) {
  health_.format = fmt::format("trace.dat version {}", file_->version);
  health_.header.present = true;
  health_.header.release = file_->release;
  std::size_t cpus = 0;
  for (const dat::Buffer* buffer : buffers) cpus += buffer->cpus.size();
  cursors_.reserve(cpus);
  for (const dat::Buffer* buffer : buffers) {
    health_.header.clock = buffer->clock;
    for (const dat::CpuData& cpu : buffer->cpus) {
      cursors_.push_back({dat::CpuPages(file_->bytes, cpu, file_->page_header, buffer->page_size,
                                        file_->words, std::min(kRoom / cpus, kRoomOfOne)),
                          {},
                          false,
                          counts(buffer->clock),
                          0});
      advance(cursors_.back());
    }
  }
  for (const std::string& part : file_->damaged) {
    health_.count(Anomaly::BadSection, 0);
    health_.problem += (health_.problem.empty() ? "damaged: " : ", ") + part;
  }
  arena_.reserve(kArena);
}

void DatReader::advance(Cursor& cursor) {
  cursor.there = cursor.pages.next(cursor.record);
  losses_ = losses_ || cursor.pages.has_before();
}

// Of events at the same time the kernel prints the one of the lowest CPU first.
DatReader::Cursor* DatReader::earliest() {
  const auto before = [](const Cursor& a, const Cursor* b) {
    return b == nullptr || a.record.time < b->record.time ||
           (a.record.time == b->record.time && a.pages.cpu() < b->pages.cpu());
  };
  Cursor* first = nullptr;
  second_ = nullptr;
  for (Cursor& cursor : cursors_) {
    if (!cursor.there) continue;
    if (before(cursor, first)) {
      second_ = first;
      first = &cursor;
    } else if (before(cursor, second_)) {
      second_ = &cursor;
    }
  }
  return first;
}

// What is missing before the event of `cursor`, and behind the last one of a CPU.
bool DatReader::tell_loss(const Cursor* cursor, TraceLine& line) {
  for (Cursor& each : cursors_) {
    if (&each != cursor && each.there) continue;
    if (!each.pages.has_before()) continue;
    const dat::CpuPages::Before before = each.pages.before();
    line.clear();
    line.number = number_ + 1;
    line.cpu = each.pages.cpu();
    if (before.bad_pages > 0) health_.count(Anomaly::BadPage, line.number, before.bad_pages);
    if (before.lost) health_.count(Anomaly::LostEvents, line.number);
    line.kind = LineKind::Lost;
    line.lost = before.bad_pages > 0 ? -1 : before.events;
    line.text = before.bad_pages > 0 ? "a damaged page" : "";
    LostOnCpu& lost = health_.lost[line.cpu];
    ++lost.marks;
    lost.events += std::clamp<std::int64_t>(line.lost, 0, INT64_MAX - lost.events);
    return true;
  }
  losses_ = std::any_of(cursors_.begin(), cursors_.end(),
                        [](const Cursor& each) { return each.pages.has_before(); });
  return false;
}

void DatReader::only(std::function<bool(std::string_view)> symbols) {
  wanted_ = std::move(symbols);
  fates_.assign(kTypes, Fate::Unseen);
  address_at_.assign(kTypes, 0);
  left_out_.assign(kNames, 0);
}

// Whether an event is none that was asked for. One that is not understood never is.
inline bool DatReader::unwanted(std::string_view data) {
  if (data.size() < kCommon) return false;
  const std::uint16_t type = file_->words.u16(data.data());
  const Fate fate = fates_[type];
  if (fate == Fate::LeaveOut) return true;
  if (fate == Fate::ByAddress && address_at_[type] + sizeof(std::uint64_t) <= data.size()) {
    const std::uint64_t address = file_->words.u64(data.data() + address_at_[type]);
    if (left_out_[(address >> 4) % kNames] == address && address != 0) return true;
  }
  return find_out(data);
}

bool DatReader::find_out(std::string_view data) {
  const std::uint16_t type = file_->words.u16(data.data());
  const Known& known = this->known(type);
  fates_[type] = Fate::Judge;
  if (!known.wanted) {
    if (known.texts.empty()) fates_[type] = Fate::LeaveOut;
    return known.texts.empty() || !names_function(known, data);
  }
  const bool function =
      known.shape == Shape::Function || known.shape == Shape::Entry || known.shape == Shape::Exit;
  if (!function || known.first->offset + std::uint64_t{known.first->size} > data.size())
    return false;
  const Name& name = name_of(static_cast<std::uint64_t>(number_of(*known.first, data)));
  if (known.first->size == sizeof(std::uint64_t) && known.first->offset < UINT8_MAX) {
    fates_[type] = Fate::ByAddress;
    address_at_[type] = static_cast<std::uint8_t>(known.first->offset);
    if (!name.wanted) left_out_[(name.address >> 4) % kNames] = name.address;
  }
  return !name.wanted;
}

// Goes on in the buffer of one CPU while its events are the earliest and not asked for.
void DatReader::leave_out(Cursor& cursor) {
  const bool first_of_same = second_ != nullptr && cursor.pages.cpu() < second_->pages.cpu();
  const std::uint64_t end = second_ == nullptr ? UINT64_MAX
                            : first_of_same    ? second_->record.time
                                               : second_->record.time - 1;
  std::uint64_t last = cursor.last;
  std::int64_t number = number_;
  while (cursor.there && cursor.record.time <= end && unwanted(cursor.record.data)) {
    ++number;
    if (cursor.record.time < last) health_.count(Anomaly::TimeBackwards, number);
    last = cursor.record.time;
    cursor.there = cursor.pages.next(cursor.record);
    if (cursor.pages.has_before()) {
      losses_ = true;
      break;
    }
  }
  cursor.last = last;
  health_.events += number - number_;
  health_.lines = number_ = number;
}

bool DatReader::next(TraceLine& line) {
  for (;;) {
    if (current_ != nullptr) {
      advance(*current_);
      current_ = nullptr;
    }
    Cursor* const cursor = earliest();
    if (losses_ && tell_loss(cursor, line)) return true;
    if (cursor == nullptr) {
      if (!finished_) finish();
      return false;
    }
    if (wanted_ && unwanted(cursor->record.data)) {
      leave_out(*cursor);
      continue;
    }
    current_ = cursor;
    health_.lines = ++number_;
    ++health_.events;
    if (cursor->record.time < cursor->last) health_.count(Anomaly::TimeBackwards, number_);
    cursor->last = cursor->record.time;
    decode(*cursor, line);
    return true;
  }
}

void DatReader::damaged(TraceLine& line, Anomaly kind, std::string_view what) {
  health_.count(kind, line.number);
  line.kind = LineKind::Unknown;
  line.symbol = line.function = line.caller = {};
  line.args.clear();
  line.text = what;
}

// A format taken apart: what kind of line its events are.
DatReader::Known& DatReader::known(int type) {
  if (static_cast<std::size_t>(type) >= formats_.size()) formats_.resize(type + 1);
  Known& known = formats_[type];
  if (known.shape != Shape::Unseen) return known;
  known.shape = Shape::None;
  known.format = file_->format(type);
  if (known.format == nullptr) return known;
  const dat::Format& format = *known.format;
  known.symbol = format.name;
  known.shape = Shape::Other;
  const auto is = [&](Shape shape, const char* first, const char* second) {
    known.first = format.find(first);
    known.second = format.find(second);
    if (known.first != nullptr) known.shape = shape;
  };
  if (format.group == "ftrace") {
    if (format.name == "function") is(Shape::Function, "ip", "parent_ip");
    if (format.name == "funcgraph_entry") is(Shape::Entry, "func", "");
    if (format.name == "fgraph_retaddr_entry") is(Shape::Entry, "func", "retaddr");
    if (format.name == "funcgraph_exit") is(Shape::Exit, "func", "retval");
    if (format.name == "print") is(Shape::Print, "buf", "ip");
    if (format.name == "raw_data") is(Shape::Raw, "buf", "");
    if (format.name == "func_repeats") is(Shape::Function, "ip", "parent_ip");
    if (format.name == "kernel_stack" || format.name == "user_stack") known.shape = Shape::Stack;
  } else if (format.group == "syscalls") {  // the kernel prints both as "sys_open"
    if (known.symbol.starts_with("sys_enter_")) known.symbol.erase(4, 6);
    if (known.symbol.starts_with("sys_exit_")) known.symbol.erase(4, 5);
  } else if (format.find("__probe_ip") != nullptr) {
    is(Shape::Probe, "__probe_ip", "");
  } else if (format.find("__probe_func") != nullptr) {
    is(Shape::Return, "__probe_func", "__probe_ret_ip");
  }
  known.wanted = !wanted_ || known.shape != Shape::Other || wanted_(known.symbol);
  for (const Field& field : format.fields)
    if (field.kind != Field::Kind::Number && field.kind != Field::Kind::Other &&
        field.kind != Field::Kind::Words && !field.name.ends_with("comm"))
      known.texts.push_back(&field);
  return known;
}

const DatReader::Name& DatReader::name_of(std::uint64_t address) {
  Name& name = names_[(address >> 4) % kNames];
  if (name.filled && name.address == address) return name;
  name = {address, {}, 0, true, true};
  if (shift_) {
    constexpr std::uint64_t kModules = 0xffffffffc0000000;  // they move by themselves
    if (*shift_ == 0 || address < kModules) {
      const auto place = file_->symbols.place_of(address - static_cast<std::uint64_t>(*shift_));
      name.name = place.name;
      name.offset = place.offset;
    }
  }
  name.wanted = !wanted_ || name.name.empty() || wanted_(name.name);
  return name;
}

std::int64_t DatReader::number_of(const Field& field, std::string_view data) const {
  if (field.offset + std::uint64_t{field.size} > data.size()) return 0;
  return file_->words.number(data.data() + field.offset, field.size, field.is_signed);
}

std::string_view DatReader::text_of(const Field& field, std::string_view data) const {
  if (field.offset > data.size()) return {};
  switch (field.kind) {
    case Field::Kind::Text:
      return ended(data.substr(field.offset, field.size));
    case Field::Kind::Rest:
      return ended(data.substr(field.offset));
    case Field::Kind::Located:
    case Field::Kind::Relative: {
      if (field.offset + 4 > data.size()) return {};
      const std::uint32_t where = file_->words.u32(data.data() + field.offset);
      std::size_t start = where & 0xffff;
      if (field.kind == Field::Kind::Relative) start += field.offset + 4;
      if (start > data.size()) return {};
      return ended(data.substr(start, where >> 16));
    }
    default:
      return {};
  }
}

// Whether a text of the event may be the address of a PCI function.
bool DatReader::names_function(const Known& known, std::string_view data) const {
  return std::any_of(known.texts.begin(), known.texts.end(), [&](const Field* field) {
    const std::string_view text = text_of(*field, data);
    return text.size() >= 12 && text[4] == ':';
  });
}

// Puts a text where it lives as long as the line.
std::string_view DatReader::keep(std::string_view text) {
  if (arena_.size() + text.size() > arena_.capacity()) return {};
  const std::size_t at = arena_.size();
  arena_ += text;
  return std::string_view(arena_).substr(at);
}

void DatReader::fields(const Known& known, std::string_view data, TraceLine& line,
                       std::size_t from) {
  const std::vector<Field>& all = known.format->fields;
  for (std::size_t i = from; i < all.size() && line.args.size() < text::kMaxArguments; ++i) {
    const Field& field = all[i];
    Argument argument{field.name, {}, std::nullopt};
    if (field.kind == Field::Kind::Number) {
      if (field.offset + std::uint64_t{field.size} > data.size()) continue;
      argument.number = number_of(field, data);
      const auto bits = static_cast<std::uint64_t>(*argument.number);
      argument.text = keep(field.hex         ? fmt::format("{:#x}", bits)
                           : field.is_signed ? fmt::format("{}", *argument.number)
                                             : fmt::format("{}", bits));
    } else if (field.kind == Field::Kind::Other || field.kind == Field::Kind::Words) {
      continue;
    } else {
      argument.text = text_of(field, data);
    }
    line.args.push_back(argument);
  }
}

void DatReader::decode(const Cursor& cursor, TraceLine& line) {
  const std::string_view data = cursor.record.data;
  const bool cut = data.size() < kCommon;
  Known& known = this->known(cut ? 0xffff : file_->words.u16(data.data()));
  line.clear();
  arena_.clear();
  line.number = number_;
  line.cpu = cursor.pages.cpu();
  (cursor.ticks ? line.ticks : line.time_ns) = static_cast<std::int64_t>(cursor.record.time);
  if (cut) return damaged(line, Anomaly::BadEvent, "an event shorter than its header");
  if (known.shape == Shape::None) {
    return damaged(line, Anomaly::UnknownType,
                   keep(fmt::format("Unknown type {}", file_->words.u16(data.data()))));
  }
  const dat::Format& format = *known.format;
  line.pid = static_cast<int>(number_of(format.pid, data));
  const auto task = file_->tasks.find(line.pid);
  line.task = "<...>";
  if (task != file_->tasks.end()) line.task = task->second;
  if (line.pid == 0) line.task = "<idle>";
  line.group = format.group;
  line.symbol = known.symbol;
  if (known.first != nullptr &&
      known.first->offset + std::uint64_t{known.first->size} > data.size())
    return damaged(line, Anomaly::BadEvent, "an event shorter than its fields");
  const Name* name = nullptr;
  switch (known.shape) {
    case Shape::Function:
    case Shape::Entry:
    case Shape::Exit:
      line.kind = known.shape == Shape::Function ? LineKind::Function
                  : known.shape == Shape::Entry  ? LineKind::GraphEntry
                                                 : LineKind::GraphExit;
      name = &name_of(static_cast<std::uint64_t>(number_of(*known.first, data)));
      line.function = line.symbol = name->name;
      if (line.symbol.empty()) {
        line.symbol = keep(fmt::format("{:#x}", name->address));
        if (line.kind != LineKind::GraphExit)
          health_.count(Anomaly::UnresolvedFunction, line.number);
      }
      if (known.second == nullptr) break;
      if (known.shape == Shape::Exit) {
        const std::int64_t value = number_of(*known.second, data);
        line.args.push_back(
            {"ret", keep(fmt::format("{:#x}", static_cast<std::uint64_t>(value))), value});
      } else {
        line.caller = name_of(static_cast<std::uint64_t>(number_of(*known.second, data))).name;
        if (std::find(kTrampolines.begin(), kTrampolines.end(), line.caller) != kTrampolines.end())
          line.caller = {};
      }
      break;
    case Shape::Print: {
      line.text = text_of(*known.first, data);
      const std::string_view by =
          known.second == nullptr
              ? std::string_view{}
              : name_of(static_cast<std::uint64_t>(number_of(*known.second, data))).name;
      const bool printk = shift_ == 0 && !by.empty() && base_function(by) != kMarker;
      line.kind = printk ? LineKind::Tracepoint : LineKind::Marker;
      line.symbol = printk ? by : kMarker;
      break;
    }
    case Shape::Raw:
      line.kind = LineKind::Marker;
      line.symbol = "tracing_mark_raw";
      break;
    case Shape::Stack:
      line.kind = LineKind::Stack;
      break;
    case Shape::Probe:
      line.kind = LineKind::Kprobe;
      name = &name_of(static_cast<std::uint64_t>(number_of(*known.first, data)));
      line.function = name->name;
      offset_ = name->offset;
      fields(known, data, line, 1);
      break;
    case Shape::Return:
      line.kind = LineKind::Kretprobe;
      line.function = name_of(static_cast<std::uint64_t>(number_of(*known.first, data))).name;
      if (known.second != nullptr)
        line.caller = name_of(static_cast<std::uint64_t>(number_of(*known.second, data))).name;
      fields(known, data, line, 2);
      break;
    default:
      line.kind = LineKind::Tracepoint;
      fields(known, data, line, 0);
  }
}

void DatReader::finish() {
  finished_ = true;
  health_.stats = file_->stats;
  for (const CpuStats& cpu : health_.stats)
    if (cpu.missing() > 0) health_.count(Anomaly::CpuOverrun, 0);
}

std::optional<Refusal> DatReader::refusal() const {
  if (health_.events > 0) return std::nullopt;
  if (health_.of(Anomaly::BadPage).count > 0)
    return Refusal{"no page of the file could be read", "copy the file again"};
  return Refusal{"the file holds no event",
                 "was tracing on? A capture without events proves nothing"};
}

}  // namespace luproof::traces
