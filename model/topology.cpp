// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses and the questions asked of a checked topology. The rule for a VF's address is the
// hardware's: routing IDs count up from the PF's, so that VFs may lie on a later bus than their PF.
#include "model/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace luproof::model {

namespace {

// `text` as a hexadecimal number of `least` to `most` digits.
std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t least,
                                         std::size_t most) {
  if (text.size() < least || text.size() > most) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Bdf::text() const {
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain, bus, devfn >> 3, devfn & 7);
}

std::optional<Bdf> Bdf::parse(std::string_view text) {
  constexpr std::size_t kTail = 7;  // "bb:dd.f"
  if (text.size() < kTail) return std::nullopt;
  const std::string_view tail = text.substr(text.size() - kTail);
  const std::string_view front = text.substr(0, text.size() - kTail);
  std::optional<std::uint32_t> domain = 0;
  if (!front.empty()) {
    if (front.back() != ':') return std::nullopt;
    domain = hexadecimal(front.substr(0, front.size() - 1), 4, 8);
  }
  const auto bus = hexadecimal(tail.substr(0, 2), 2, 2);
  const auto device = hexadecimal(tail.substr(3, 2), 2, 2);
  const auto function = hexadecimal(tail.substr(6, 1), 1, 1);
  if (!domain || !bus || !device || !function || tail[2] != ':' || tail[5] != '.' ||
      *device > 0x1f || *function > 7) {
    return std::nullopt;
  }
  return Bdf{*domain, static_cast<std::uint8_t>(*bus),
             static_cast<std::uint8_t>(*device << 3 | *function)};
}

std::optional<std::int64_t> PciFunction::value(const std::string& key) const {
  const auto found = values.find(key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

bool Topology::open() const {
  return std::any_of(functions.begin(), functions.end(), [](const PciFunction& f) {
    return f.any_parent || f.any_pf || !f.open.empty();
  });
}

bool Topology::open_parents() const {
  return std::any_of(functions.begin(), functions.end(),
                     [](const PciFunction& f) { return f.any_parent || f.any_pf; });
}

bool Topology::open_addresses() const {
  return std::any_of(functions.begin(), functions.end(),
                     [](const PciFunction& f) { return f.open_address; });
}

int Topology::find(std::string_view name_or_bdf) const {
  const auto index = [&](auto&& matches) {
    const auto found = std::find_if(functions.begin(), functions.end(), matches);
    return found == functions.end() ? -1 : static_cast<int>(found - functions.begin());
  };
  const int named = index([&](const PciFunction& f) { return f.name == name_or_bdf; });
  const std::optional<Bdf> address = Bdf::parse(name_or_bdf);
  if (named >= 0 || !address) return named;
  return index([&](const PciFunction& f) { return f.has_address && f.bdf == *address; });
}

std::vector<int> Topology::upstream(int function) const {
  std::vector<int> ports;
  int at = functions[function].parent;
  // The bound holds for a topology that was refused, too: its parents may be cyclic.
  for (; at >= 0 && ports.size() < functions.size(); at = functions[at].parent) ports.push_back(at);
  return ports;
}

std::vector<int> Topology::children(int port) const {
  std::vector<int> found;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (functions[i].parent == port) found.push_back(static_cast<int>(i));
  }
  std::stable_sort(found.begin(), found.end(),
                   [&](int a, int b) { return functions[a].bdf < functions[b].bdf; });
  return found;
}

// The order of make_topology: VFs lie together, by their PF and by their index.
std::vector<int> Topology::vfs(int pf) const {
  const auto key = [](const PciFunction& f) {
    return std::pair(f.kind, f.kind == FunctionKind::Vf ? f.pf : 0);
  };
  const std::pair wanted(FunctionKind::Vf, pf);
  const auto first = std::partition_point(functions.begin(), functions.end(),
                                          [&](const PciFunction& f) { return key(f) < wanted; });
  const auto last = std::partition_point(first, functions.end(),
                                         [&](const PciFunction& f) { return key(f) <= wanted; });
  std::vector<int> found(static_cast<std::size_t>(last - first));
  std::iota(found.begin(), found.end(), static_cast<int>(first - functions.begin()));
  return found;
}

std::optional<Bdf> vf_address(const Bdf& pf, int first_vf_offset, int vf_stride, int index) {
  if (first_vf_offset < 0 || vf_stride < 0 || index < 0) return std::nullopt;
  const std::int64_t rid =
      pf.rid() + std::int64_t{first_vf_offset} + std::int64_t{vf_stride} * index;
  if (rid > 0xffff) return std::nullopt;
  return Bdf{pf.domain, static_cast<std::uint8_t>(rid >> 8), static_cast<std::uint8_t>(rid & 0xff)};
}

}  // namespace luproof::model
