// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the events of a trace-cmd file in order of time, as the kernel would have printed them.
//
// The buffers of one kernel are merged; a persistent buffer of the kernel before is a capture of
// its own. Text of the same buffer and this reader give the same lines, but for what text cannot
// say (nanoseconds, the group of an event) and for what only text says (the flags before the time).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "traces/dat/file.h"
#include "traces/reader.h"

namespace luproof::traces {

class DatReader : public CaptureReader {
 public:
  DatReader(std::string path, std::shared_ptr<const dat::File> file,
            const std::vector<const dat::Buffer*>& buffers, std::optional<std::int64_t> shift);

  bool next(TraceLine& line) override;
  std::string quote(const TraceLine& line) const override;
  std::optional<Refusal> refusal() const override;
  void only(std::function<bool(std::string_view)> symbols) override;

 private:
  enum class Shape { Unseen, Function, Entry, Exit, Print, Raw, Stack, Probe, Return, Other, None };
  struct Known {  // a format, taken apart once
    Shape shape = Shape::Unseen;
    const dat::Format* format = nullptr;
    const dat::Field* first = nullptr;   // ip, func, buf
    const dat::Field* second = nullptr;  // parent_ip, retval, ip
    std::string symbol;
    bool wanted = true;
    std::vector<const dat::Field*> texts;  // that may be the address of a PCI function
  };
  // What becomes of the events of a type where not all are asked for.
  enum class Fate : std::uint8_t { Unseen, LeaveOut, ByAddress, Judge };
  struct Cursor {
    dat::CpuPages pages;
    dat::Record record;
    bool there = false;
    bool ticks = false;
    std::uint64_t last = 0;
  };
  struct Name {  // an address that was looked up
    std::uint64_t address = 0;
    std::string_view name;
    std::uint64_t offset = 0;
    bool wanted = true;
    bool filled = false;
  };

  void advance(Cursor& cursor);
  Cursor* earliest();
  bool tell_loss(const Cursor* cursor, TraceLine& line);
  bool unwanted(std::string_view data);
  bool find_out(std::string_view data);
  void leave_out(Cursor& cursor);
  void decode(const Cursor& cursor, TraceLine& line);
  Known& known(int type);
  const Name& name_of(std::uint64_t address);
  void fields(const Known& known, std::string_view data, TraceLine& line, std::size_t from);
  std::string_view text_of(const dat::Field& field, std::string_view data) const;
  std::int64_t number_of(const dat::Field& field, std::string_view data) const;
  bool names_function(const Known& known, std::string_view data) const;
  void damaged(TraceLine& line, Anomaly kind, std::string_view what);
  std::string_view keep(std::string_view text);
  void finish();

  std::shared_ptr<const dat::File> file_;
  std::vector<Cursor> cursors_;
  std::optional<std::int64_t> shift_;
  std::vector<Known> formats_;  // by id
  std::vector<Name> names_;     // a cache
  std::function<bool(std::string_view)> wanted_;
  std::vector<Fate> fates_;               // by type
  std::vector<std::uint8_t> address_at_;  // where an event of the type has its address
  std::vector<std::uint64_t> left_out_;   // a cache: addresses of functions nobody asks about
  std::string arena_;                     // texts of the line that was read last
  std::uint64_t offset_ = 0;              // of the probe that was read last, in its function
  Cursor* current_ = nullptr;
  const Cursor* second_ = nullptr;  // the earliest after the one that earliest() gave
  bool losses_ = false;             // some CPU may have one to tell
  std::int64_t number_ = 0;
  bool finished_ = false;
};

namespace dat {

// The captures in a file: those of earlier kernels first.
std::vector<ReaderPtr> open_readers(const std::string& path, input::RandomFile bytes,
                                    model::Diagnostics& diagnostics);

}  // namespace dat

}  // namespace luproof::traces
