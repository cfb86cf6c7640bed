// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/probes/btf.h"

#include <array>

namespace luproof::traces {

namespace {

// Numbers of kinds: Documentation/bpf/btf.rst.
enum Kind : std::uint32_t {
  kInt = 1,
  kPointer,
  kArray,
  kStruct,
  kUnion,
  kEnum,
  kForward,
  kTypedef,
  kVolatile,
  kConst,
  kRestrict,
  kFunction,
  kPrototype,
  kVariable,
  kSection,
  kFloat,
  kDeclTag,
  kTypeTag,
  kEnum64,
  kKinds
};

// Bytes behind the head of a type: so many, and so many for each of its `vlen` parts.
struct Shape {
  std::uint8_t fixed, each;
};
constexpr std::array<Shape, kKinds> kShapes = {{
    {0, 0},   // void
    {4, 0},   // int
    {0, 0},   // pointer
    {12, 0},  // array
    {0, 12},  // struct
    {0, 12},  // union
    {0, 8},   // enum
    {0, 0},   // forward
    {0, 0},   // typedef
    {0, 0},   // volatile
    {0, 0},   // const
    {0, 0},   // restrict
    {0, 0},   // function
    {0, 8},   // prototype
    {4, 0},   // variable
    {0, 12},  // section
    {0, 0},   // float
    {4, 0},   // decl tag
    {0, 0},   // type tag
    {0, 12},  // enum64
}};

constexpr std::uint16_t kMagic = 0xeb9f;
constexpr std::size_t kHead = 24;      // of the blob
constexpr std::size_t kTypeHead = 12;  // of a type
constexpr int kDeepest = 32;           // typedefs of typedefs, structures in structures

// Little-endian numbers of 1 to 8 bytes; 0 beyond the end, which every caller has excluded.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}
std::uint32_t word(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(number(bytes, at, 4));
}

// `size` bytes from `at`, or nothing if they are not there.
std::optional<std::string_view> piece(std::string_view bytes, std::uint64_t at,
                                      std::uint64_t size) {
  if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
  return bytes.substr(at, size);
}

// The section .BTF of a little-endian ELF file of 64 bits.
std::optional<std::string_view> elf_section(std::string_view file) {
  if (file.size() < 64 || file[4] != 2 || file[5] != 1) return std::nullopt;
  const std::uint64_t table = number(file, 40, 8);
  const std::uint64_t size = number(file, 58, 2), count = number(file, 60, 2);
  const std::uint64_t names_index = number(file, 62, 2);
  const auto headers = piece(file, table, size * count);
  if (size < 64 || !headers || names_index >= count) return std::nullopt;
  const auto section = [&](std::uint64_t i) {
    return piece(file, number(*headers, i * size + 24, 8), number(*headers, i * size + 32, 8));
  };
  const auto names = section(names_index);
  if (!names) return std::nullopt;
  constexpr std::string_view kName(".BTF\0", 5);
  for (std::uint64_t i = 0; i < count; ++i)
    if (const std::uint32_t at = word(*headers, i * size);
        at < names->size() && names->substr(at).starts_with(kName))
      return section(i);
  return std::nullopt;
}

}  // namespace

std::optional<Btf> Btf::read(const model::SourcePtr& source, model::Diagnostics& diagnostics) {
  Btf btf;
  btf.source_ = source;
  std::optional<std::string_view> blob = source->text;
  std::string problem;
  if (blob->starts_with("\x7f"
                        "ELF"))
    blob = elf_section(*blob);
  if (!blob)
    problem = "this ELF file has no section .BTF that can be read";
  else
    btf.load(*blob, problem);
  if (problem.empty()) return btf;
  diagnostics.error({source, 0, 0, 1}, problem,
                    "/sys/kernel/btf/vmlinux of the kernel, or its vmlinux with debug information");
  return std::nullopt;
}

bool Btf::load(std::string_view blob, std::string& problem) {
  const auto bad = [&](const char* why) {
    problem = why;
    return false;
  };
  if (blob.size() < kHead || number(blob, 0, 2) != kMagic)
    return bad(blob.size() >= 2 && number(blob, 0, 2) == 0x9feb
                   ? "BTF of a machine of the other byte order"
                   : "this is no BTF");
  if (number(blob, 2, 1) != 1) return bad("BTF of an unknown version");
  const std::uint32_t head = word(blob, 4);
  if (head < kHead) return bad("damaged BTF: its head is too short");
  const auto types = piece(blob, std::uint64_t{head} + word(blob, 8), word(blob, 12));
  const auto strings = piece(blob, std::uint64_t{head} + word(blob, 16), word(blob, 20));
  if (!types || !strings) return bad("damaged BTF: it is cut off");
  if (strings->empty() || strings->front() != '\0' || strings->back() != '\0')
    return bad("damaged BTF: its names do not end");
  types_ = *types;
  strings_ = *strings;
  all_.push_back({});
  for (std::size_t at = 0; at < types_.size();) {
    if (types_.size() - at < kTypeHead) return bad("damaged BTF: its last type is cut off");
    Type type{word(types_, at), word(types_, at + 4), word(types_, at + 8), at + kTypeHead};
    if (type.kind() == 0 || type.kind() >= kKinds) return bad("BTF with a type of unknown kind");
    const Shape shape = kShapes[type.kind()];
    const std::size_t size = shape.fixed + std::size_t{shape.each} * type.count();
    if (size > types_.size() - type.rest) return bad("damaged BTF: its last type is cut off");
    if (type.kind() == kFunction)
      functions_.emplace(name(type.name), static_cast<std::uint32_t>(all_.size()));
    all_.push_back(type);
    at = type.rest + size;
  }
  return true;
}

std::string_view Btf::name(std::uint32_t offset) const {
  if (offset >= strings_.size()) return {};
  return strings_.substr(offset, strings_.find('\0', offset) - offset);
}

const Btf::Type* Btf::type(std::uint32_t id) const {
  return id < all_.size() ? &all_[id] : nullptr;
}

const Btf::Type* Btf::plain(std::uint32_t id) const {
  for (int depth = 0; depth < kDeepest; ++depth) {
    const Type* const found = type(id);
    if (found == nullptr) return nullptr;
    switch (found->kind()) {
      case kTypedef:
      case kVolatile:
      case kConst:
      case kRestrict:
      case kTypeTag:
        id = found->size_or_type;
        break;
      default:
        return found;
    }
  }
  return nullptr;
}

std::optional<std::vector<Btf::Parameter>> Btf::parameters(std::string_view function) const {
  const auto found = functions_.find(function);
  if (found == functions_.end()) return std::nullopt;
  const Type* const prototype = type(all_[found->second].size_or_type);
  if (prototype == nullptr || prototype->kind() != kPrototype) return std::nullopt;
  std::vector<Parameter> parameters;
  for (std::uint32_t i = 0; i < prototype->count(); ++i) {
    const std::size_t at = prototype->rest + std::size_t{8} * i;
    parameters.push_back({name(word(types_, at)), word(types_, at + 4)});
  }
  return parameters;
}

Btf::Member Btf::member(const Type& type, std::uint32_t index) const {
  const std::size_t at = type.rest + std::size_t{12} * index;
  Member member{name(word(types_, at)), word(types_, at + 4), word(types_, at + 8), false};
  if (type.info >> 31 != 0) {  // the upper byte is the size of a bit field
    member.bits = member.bit >> 24 != 0;
    member.bit &= 0xffffff;
  }
  return member;
}

std::optional<Btf::Field> Btf::field(std::uint32_t type, std::string_view name) const {
  return field(type, name, 0);
}

std::optional<Btf::Field> Btf::field(std::uint32_t id, std::string_view wanted, int depth) const {
  const Type* const type = plain(id);
  if (type == nullptr || (type->kind() != kStruct && type->kind() != kUnion) || depth >= kDeepest)
    return std::nullopt;
  for (std::uint32_t i = 0; i < type->count(); ++i) {
    const Member each = member(*type, i);
    if (each.name == wanted) {
      if (each.bits || each.bit % 8 != 0) return std::nullopt;
      return Field{each.bit / 8, each.type};
    }
    if (!each.name.empty()) continue;
    if (auto inside = field(each.type, wanted, depth + 1)) {
      inside->byte += each.bit / 8;
      return inside;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Btf::pointee(std::uint32_t id) const {
  const Type* const type = plain(id);
  if (type == nullptr || type->kind() != kPointer) return std::nullopt;
  return type->size_or_type;
}

bool Btf::is_array(std::uint32_t id) const {
  const Type* const type = plain(id);
  return type != nullptr && type->kind() == kArray;
}

std::vector<std::string> Btf::members(std::uint32_t id) const {
  std::vector<std::string> names;
  const Type* const type = plain(id);
  if (type == nullptr || (type->kind() != kStruct && type->kind() != kUnion)) return names;
  for (std::uint32_t i = 0; i < type->count(); ++i)
    if (const std::string_view each = member(*type, i).name; !each.empty())
      names.emplace_back(each);
  return names;
}

}  // namespace luproof::traces
