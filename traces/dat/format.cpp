// SPDX-License-Identifier: GPL-2.0-or-later
#include "traces/dat/format.h"

#include <algorithm>

#include "traces/text/scan.h"

namespace luproof::traces::dat {

using text::number_of;
using text::take;
using text::take_while;
using text::trim;

namespace {

constexpr std::size_t kMostFields = 256;
constexpr std::uint32_t kLargestEvent = 1 << 20;

// The value of "key:value;" in a line of fields.
std::optional<std::uint32_t> part(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(at + key.size());
  return number_of<std::uint32_t>(take_while(rest, text::is_digit));
}

// "__data_loc char[] dev", "unsigned long args[]", "char comm[16]", "u16 val"
bool read_declaration(std::string_view declaration, Field& field) {
  const bool located = take(declaration, "__data_loc ");
  const bool relative = !located && take(declaration, "__rel_loc ");
  declaration = trim(declaration);
  std::size_t start = declaration.rfind(' ');
  if (start == std::string_view::npos) return false;
  std::string_view name = declaration.substr(start + 1);
  const std::string_view type = trim(declaration.substr(0, start));
  const std::size_t bracket = name.find('[');
  const bool array = bracket != std::string_view::npos;
  if (array) name = name.substr(0, bracket);
  while (take(name, "*")) continue;
  if (name.empty()) return false;
  field.name = name;
  const bool is_char = type.find("char") != std::string_view::npos;
  if (located || relative)
    field.kind = !is_char  ? Field::Kind::Other
                 : located ? Field::Kind::Located
                           : Field::Kind::Relative;
  else if (array && field.size == 0)
    field.kind = is_char                   ? Field::Kind::Rest
                 : type == "unsigned long" ? Field::Kind::Words
                                           : Field::Kind::Other;
  else if (array)
    field.kind = is_char ? Field::Kind::Text : Field::Kind::Other;
  else if (field.size != 1 && field.size != 2 && field.size != 4 && field.size != 8)
    field.kind = Field::Kind::Other;
  return true;
}

// "\tfield:u16 val;\toffset:24;\tsize:2;\tsigned:0;"
std::optional<Field> read_field(std::string_view line) {
  if (!take(line, "field:")) return std::nullopt;
  const std::size_t end = line.find(';');
  const auto offset = part(line, "offset:");
  const auto size = part(line, "size:");
  if (end == std::string_view::npos || !offset || !size || *offset > kLargestEvent ||
      *size > kLargestEvent)
    return std::nullopt;
  Field field;
  field.offset = *offset;
  field.size = *size;
  field.is_signed = part(line, "signed:").value_or(0) != 0;
  if (!read_declaration(line.substr(0, end), field)) return std::nullopt;
  if ((field.kind == Field::Kind::Located || field.kind == Field::Kind::Relative) &&
      field.size != 4)
    return std::nullopt;
  return field;
}

// Calls `act(line)` for each line.
template <typename Do>
void each_line(std::string_view text, Do act) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    act(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view without_tabs(std::string_view line) {
  while (!line.empty() && (line.front() == '\t' || line.front() == ' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

const Field* Format::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& each) { return each.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

std::optional<Format> parse_format(std::string_view group, std::string_view text) {
  Format format;
  format.group = group;
  bool good = true;
  std::string_view print;
  each_line(text, [&](std::string_view line) {
    line = without_tabs(line);
    if (take(line, "name: ")) {
      if (format.name.empty()) format.name = trim(line);
    } else if (take(line, "ID: ")) {
      format.id = number_of<int>(trim(line)).value_or(-1);
    } else if (take(line, "print fmt: ")) {
      print = line;
    } else if (line.starts_with("field:")) {
      auto field = read_field(line);
      if (!field || format.fields.size() >= kMostFields) {
        good = false;
      } else if (field->name == "common_type") {
        format.type = *field;
      } else if (field->name == "common_pid") {
        format.pid = *field;
      } else if (!field->name.starts_with("common_")) {
        format.fields.push_back(std::move(*field));
      }
    }
  });
  good = good && format.id >= 0 && format.id <= 0xffff && !format.name.empty() &&
         format.pid.kind == Field::Kind::Number && format.type.kind == Field::Kind::Number;
  if (!good) return std::nullopt;
  for (Field& field : format.fields)
    field.hex = print.find(" " + field.name + "=0x%") != std::string_view::npos;
  return format;
}

std::optional<PageHeader> parse_page_header(std::string_view text) {
  PageHeader header;
  bool commit = false, data = false;
  each_line(text, [&](std::string_view line) {
    line = without_tabs(line);
    const auto offset = part(line, "offset:");
    const auto size = part(line, "size:");
    if (!offset || !size) return;
    if (line.find(" commit;") != std::string_view::npos) {
      commit = true;
      header.commit_offset = *offset;
      header.commit_size = *size;
    } else if (line.find(" data;") != std::string_view::npos) {
      data = true;
      header.data_offset = *offset;
    }
  });
  const bool good = commit && data && (header.commit_size == 4 || header.commit_size == 8) &&
                    header.commit_offset >= 8 && header.commit_offset <= 64 &&
                    header.data_offset >= header.commit_offset + header.commit_size &&
                    header.data_offset <= 128;
  if (!good) return std::nullopt;
  return header;
}

}  // namespace luproof::traces::dat
