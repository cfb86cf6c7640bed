// SPDX-License-Identifier: GPL-2.0-or-later
// Capabilities found by libpci's dump access method, so that luproof reads config space as lspci
// does. libpci wants a file by name and takes whatever it can of it, so it gets a file that luproof
// wrote from checked bytes, in memory and without a name in any directory. Its error callback must
// not return: it jumps back over libpci's frames, and only libpci's, because everything between the
// two ends of the jump has no destructor.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csetjmp>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "model/pci_dump.h"

// After the standard headers: it has C declarations only.
extern "C" {
#include <pci/pci.h>
}

namespace luproof::model {

namespace {

enum class Base { Header, Pm, Express, AdvancedFeatures, Sriov, Count };

// What the registers belong to. The name is that of the capability's offset, if it is kept.
struct Capability {
  Base base;
  unsigned type;
  unsigned id;
  const char* name;
};

constexpr Capability kCapabilities[] = {
    {Base::Pm, PCI_CAP_NORMAL, PCI_CAP_ID_PM, "pm_cap"},
    {Base::Express, PCI_CAP_NORMAL, PCI_CAP_ID_EXP, "pcie_cap"},
    {Base::AdvancedFeatures, PCI_CAP_NORMAL, PCI_CAP_ID_AF, nullptr},
    {Base::Sriov, PCI_CAP_EXTENDED, PCI_EXT_CAP_ID_SRIOV, "sriov_cap"},
};

// A field of a register that lies entirely in an aligned word of 16 bits. Header type says to whom
// it applies: 0 functions, 1 bridges, -1 both.
struct Field {
  const char* name;
  Base base;
  int offset;
  int shift;
  unsigned mask;
  int header_type;
};

constexpr Field kFields[] = {
    {"vendor", Base::Header, PCI_VENDOR_ID, 0, 0xffff, -1},
    {"device", Base::Header, PCI_DEVICE_ID, 0, 0xffff, -1},
    {"bus_master", Base::Header, PCI_COMMAND, 2, 1, -1},
    {"header_type", Base::Header, PCI_HEADER_TYPE, 0, 0x7f, -1},
    {"secondary", Base::Header, PCI_SECONDARY_BUS - 1, 8, 0xff, 1},
    {"subordinate", Base::Header, PCI_SUBORDINATE_BUS, 0, 0xff, 1},
    {"pm_state", Base::Pm, PCI_PM_CTRL, 0, 3, -1},
    {"no_soft_reset", Base::Pm, PCI_PM_CTRL, 3, 1, -1},
    {"has_flr", Base::Express, PCI_EXP_DEVCAP + 2, 12, 1, -1},
    {"has_flr", Base::AdvancedFeatures, PCI_AF_CAP - 1, 9, 1, -1},
    {"vf_enable", Base::Sriov, PCI_IOV_CTRL, 0, 1, 0},
    {"ari", Base::Sriov, PCI_IOV_CTRL, 4, 1, 0},
    {"total_vfs", Base::Sriov, PCI_IOV_TOTALVF, 0, 0xffff, 0},
    {"num_vfs", Base::Sriov, PCI_IOV_NUMVF, 0, 0xffff, 0},
    {"first_vf_offset", Base::Sriov, PCI_IOV_OFFSET, 0, 0xffff, 0},
    {"vf_stride", Base::Sriov, PCI_IOV_STRIDE, 0, 0xffff, 0},
    {"vf_device", Base::Sriov, PCI_IOV_DID, 0, 0xffff, 0},
};

constexpr int kAbsent = -1;
constexpr char kDigits[] = "0123456789abcdef";

// What libpci found in one function. No destructor: it lives across the jump.
struct Slot {
  pci_dev* device;
  std::array<int, static_cast<std::size_t>(Base::Count)> base;
  std::array<int, std::size(kFields)> field;
};

struct Session {
  pci_access* access;
  Slot* slots;
  std::size_t count;
  std::jmp_buf back;
  char message[200];
};

// libpci hands no context to its callbacks.
thread_local Session* current_session = nullptr;

// clang takes only this attribute as part of the type of the pointer below.
extern "C" {
__attribute__((noreturn)) static void luproof_pci_error(char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(current_session->message, sizeof current_session->message, format, arguments);
  va_end(arguments);
  std::longjmp(current_session->back, 1);
}

static void luproof_pci_quiet(char*, ...) {}
}

void load(Session& session) { pci_init(session.access); }

int read_word(Slot& slot, int at) { return pci_read_word(slot.device, at); }

void decode(Session& session) {
  for (std::size_t i = 0; i < session.count; ++i) {
    Slot& slot = session.slots[i];
    slot.base.fill(kAbsent);
    slot.field.fill(kAbsent);
    slot.base[static_cast<std::size_t>(Base::Header)] = 0;
    for (const Capability& capability : kCapabilities) {
      const pci_cap* found = pci_find_cap(slot.device, capability.id, capability.type);
      if (found == nullptr) continue;
      slot.base[static_cast<std::size_t>(capability.base)] = static_cast<int>(found->addr);
    }
    const int header_type = read_word(slot, PCI_HEADER_TYPE) & 0x7f;
    for (std::size_t k = 0; k < std::size(kFields); ++k) {
      const Field& field = kFields[k];
      const int base = slot.base[static_cast<std::size_t>(field.base)];
      const bool bridge = header_type == 1 || header_type == 2;
      if (base == kAbsent || (field.header_type >= 0 && bridge != (field.header_type == 1))) {
        continue;
      }
      const unsigned word = static_cast<unsigned>(read_word(slot, base + field.offset));
      slot.field[k] = static_cast<int>(word >> field.shift & field.mask);
    }
  }
}

// Runs a step that may end in luproof_pci_error. The frame of this function holds nothing that has
// to be destroyed.
bool guarded(void (*step)(Session&), Session& session) {
  current_session = &session;
  if (setjmp(session.back) != 0) return false;
  step(session);
  return true;
}

// A file that exists only as long as its descriptor.
struct MemoryFile {
  int fd = memfd_create("luproof-pci", MFD_CLOEXEC);
  MemoryFile() = default;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (fd >= 0) close(fd);
  }
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd); }
  bool write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = write(fd, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
};

// In libpci's own form. The addresses are running numbers: libpci knows fewer digits of a domain
// than Linux, and what a function is does not depend on where it is.
bool write_dump(const MemoryFile& file, const std::vector<DumpFunction>& functions) {
  for (std::size_t i = 0; i < functions.size(); ++i) {
    std::string text =
        fmt::format("{:04x}:{:02x}:{:02x}.{} x\n", i >> 16, i >> 8 & 0xff, i >> 3 & 0x1f, i & 7);
    const std::vector<std::uint8_t>& config = functions[i].config;
    for (std::size_t at = 0; at < config.size(); ++at) {
      if (at % 16 == 0) text += fmt::format("{}{:02x}:", at == 0 ? "" : "\n", at);
      const char byte[] = {' ', kDigits[config[at] >> 4], kDigits[config[at] & 0xf]};
      text.append(byte, sizeof byte);  // of millions: formatting each would take most of the time
    }
    if (!file.write_all(text + "\n\n")) return false;
  }
  return true;
}

ConfigFacts facts_of(const Slot& slot, const DumpFunction& function) {
  ConfigFacts facts;
  facts.answers = std::any_of(function.config.begin(), function.config.end(),
                              [](std::uint8_t byte) { return byte != 0xff; });
  if (!facts.answers) return facts;
  for (std::size_t k = 0; k < std::size(kFields); ++k) {
    // Two fields may mean the same, each in its own capability: one that says yes is enough.
    if (slot.field[k] == kAbsent) continue;
    std::int64_t& value = facts.values.try_emplace(kFields[k].name, 0).first->second;
    value = std::max<std::int64_t>(value, slot.field[k]);
  }
  for (const Capability& capability : kCapabilities) {
    const int base = slot.base[static_cast<std::size_t>(capability.base)];
    if (capability.name != nullptr && base != kAbsent) facts.values[capability.name] = base;
  }
  // Without the capability there is no FLR; in 64 bytes there is no telling.
  if (function.config.size() > kHeaderOnly) facts.values.try_emplace("has_flr", 0);
  return facts;
}

}  // namespace

std::optional<std::vector<ConfigFacts>> decode_config(const std::vector<DumpFunction>& functions,
                                                      Diagnostics& diagnostics) {
  if (functions.empty()) return std::vector<ConfigFacts>();
  const Span whole{functions.front().span.source, 0, 0, 1};
  const MemoryFile file;
  if (file.fd < 0 || !write_dump(file, functions)) {
    diagnostics.error(
        whole, fmt::format("cannot hold the dump in memory for libpci: {}", std::strerror(errno)));
    return std::nullopt;
  }
  std::vector<Slot> slots(functions.size());
  Session session{pci_alloc(), slots.data(), slots.size(), {}, {}};
  session.access->method = PCI_ACCESS_DUMP;
  session.access->error = luproof_pci_error;
  session.access->warning = luproof_pci_quiet;
  session.access->debug = luproof_pci_quiet;
  std::string name = "dump.name";
  std::string path = file.path();
  pci_set_param(session.access, name.data(), path.data());
  bool read = guarded(load, session);
  if (read) {
    for (pci_dev* device = session.access->devices; device != nullptr; device = device->next) {
      const std::size_t i = static_cast<std::size_t>(device->domain) << 16 |
                            static_cast<std::size_t>(device->bus) << 8 |
                            static_cast<std::size_t>(device->dev) << 3 | device->func;
      if (i < slots.size()) slots[i].device = device;
    }
    const bool complete = std::all_of(slots.begin(), slots.end(),
                                      [](const Slot& slot) { return slot.device != nullptr; });
    if (!complete) std::snprintf(session.message, sizeof session.message, "functions are missing");
    read = complete && guarded(decode, session);
  }
  current_session = nullptr;
  if (!read) {
    // What libpci holds is in an unknown state now and is left alone.
    diagnostics.error(whole, fmt::format("libpci cannot read the dump: {}", session.message));
    return std::nullopt;
  }
  std::vector<ConfigFacts> facts;
  facts.reserve(functions.size());
  for (std::size_t i = 0; i < functions.size(); ++i) {
    facts.push_back(facts_of(slots[i], functions[i]));
  }
  pci_cleanup(session.access);
  return facts;
}

}  // namespace luproof::model
