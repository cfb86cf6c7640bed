// SPDX-License-Identifier: GPL-2.0-or-later
// What a kernel says of its own functions and structures: BTF, the type format of BPF.
//
// A probe that names an argument which this kernel's function does not have is refused when it is
// too late, and a kernel before 6.6 cannot look a field up at all. BTF answers both before: names
// of parameters, and where a field lies. The file may be a blob (/sys/kernel/btf/vmlinux) or an
// ELF file with a section .BTF, and is not trusted: every offset and index is checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.h"

namespace luproof::traces {

class Btf {
 public:
  struct Parameter {
    std::string_view name;
    std::uint32_t type = 0;
  };
  struct Field {
    std::uint32_t byte = 0;
    std::uint32_t type = 0;
  };

  // nullopt after an error. Keeps `source`.
  static std::optional<Btf> read(const model::SourcePtr& source, model::Diagnostics& diagnostics);

  bool has_function(std::string_view name) const { return functions_.count(name) > 0; }
  // The parameters of a function; nullopt if it is not there, or if its type is damaged.
  std::optional<std::vector<Parameter>> parameters(std::string_view function) const;
  // A member of a structure or union, those of anonymous ones inside included. Bit fields have no
  // address: nullopt.
  std::optional<Field> field(std::uint32_t type, std::string_view name) const;
  // What a pointer points to; nullopt if the type is none. Both look through typedef and const.
  std::optional<std::uint32_t> pointee(std::uint32_t type) const;
  bool is_array(std::uint32_t type) const;
  // The names of the members, for hints.
  std::vector<std::string> members(std::uint32_t type) const;

 private:
  struct Type {
    std::uint32_t name = 0, info = 0, size_or_type = 0;
    std::size_t rest = 0;  // where in `types_` what follows begins
    std::uint32_t kind() const { return info >> 24 & 0x1f; }
    std::uint32_t count() const { return info & 0xffff; }
  };
  struct Member {
    std::string_view name;
    std::uint32_t type = 0, bit = 0;
    bool bits = false;
  };

  bool load(std::string_view blob, std::string& problem);
  std::string_view name(std::uint32_t offset) const;
  const Type* type(std::uint32_t id) const;
  const Type* plain(std::uint32_t id) const;  // behind typedef, const, volatile, restrict, tags
  Member member(const Type& type, std::uint32_t index) const;
  std::optional<Field> field(std::uint32_t type, std::string_view name, int depth) const;

  model::SourcePtr source_;
  std::string_view types_, strings_;
  std::vector<Type> all_;  // [0] is void
  std::map<std::string_view, std::uint32_t, std::less<>> functions_;
};

}  // namespace luproof::traces
