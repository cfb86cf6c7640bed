// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/build_id.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstring>

namespace luproof::cli {
namespace {

std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// Notes are a size of the name, one of the text, a type, and both, each filled up to four bytes.
std::string id_in(const char* at, std::size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const std::size_t name = aligned(note.n_namesz), text = aligned(note.n_descsz);
    if (name + text > size - sizeof note) break;
    const char* const body = at + sizeof note + name;
    if (note.n_type == NT_GNU_BUILD_ID &&
        std::string_view(at + sizeof note, 4) == std::string_view("GNU", 4)) {
      std::string digits;
      for (std::size_t i = 0; i < note.n_descsz; ++i)
        digits += fmt::format("{:02x}", static_cast<unsigned char>(body[i]));
      return digits;
    }
    at = body + text;
    size -= sizeof note + name + text;
  }
  return {};
}

// The first object is the program itself.
int look(dl_phdr_info* info, std::size_t, void* found) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    std::string id = id_in(notes, header.p_memsz);
    if (!id.empty()) *static_cast<std::string*>(found) = std::move(id);
  }
  return 1;
}

}  // namespace

std::string build_id() {
  std::string found;
  dl_iterate_phdr(look, &found);
  return found.empty() ? "unknown" : found;
}

}  // namespace luproof::cli
