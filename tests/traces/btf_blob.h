// SPDX-License-Identifier: GPL-2.0-or-later
// Writes BTF for tests, type by type, as Documentation/bpf/btf.rst lays it out.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace luproof::traces::test {

class BtfBlob {
 public:
  using Named = std::pair<std::string, std::uint32_t>;  // a parameter and its type
  struct Member {
    std::string name;
    std::uint32_t type, bit;
  };

  std::uint32_t integer(const std::string& name, std::uint32_t bytes) {
    add(name, 1, 0, bytes);
    word(types_, bytes * 8);
    return count_;
  }
  std::uint32_t pointer(std::uint32_t to) { return add("", 2, 0, to); }
  std::uint32_t array(std::uint32_t of, std::uint32_t size) {
    add("", 3, 0, 0);
    for (const std::uint32_t each : {of, of, size}) word(types_, each);
    return count_;
  }
  std::uint32_t structure(const std::string& name, const std::vector<Member>& members) {
    add(name, 4, static_cast<std::uint32_t>(members.size()), 4096);
    for (const Member& member : members) {
      word(types_, text(member.name));
      word(types_, member.type);
      word(types_, member.bit);
    }
    return count_;
  }
  std::uint32_t constant(std::uint32_t of) { return add("", 10, 0, of); }
  std::uint32_t typedefed(const std::string& name, std::uint32_t of) { return add(name, 8, 0, of); }
  void function(const std::string& name, const std::vector<Named>& parameters) {
    add("", 13, static_cast<std::uint32_t>(parameters.size()), 0);
    for (const auto& [parameter, type] : parameters) {
      word(types_, text(parameter));
      word(types_, type);
    }
    add(name, 12, 0, count_);
  }

  std::string blob() const {
    std::string out = {'\x9f', '\xeb', 1, 0};
    word(out, 24);
    word(out, 0);
    word(out, static_cast<std::uint32_t>(types_.size()));
    word(out, static_cast<std::uint32_t>(types_.size()));
    word(out, static_cast<std::uint32_t>(strings_.size()));
    return out + types_ + strings_;
  }

 private:
  static void word(std::string& to, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
  }
  std::uint32_t text(const std::string& name) {
    if (name.empty()) return 0;
    const auto at = static_cast<std::uint32_t>(strings_.size());
    strings_ += name + '\0';
    return at;
  }
  std::uint32_t add(const std::string& name, std::uint32_t kind, std::uint32_t parts,
                    std::uint32_t size_or_type) {
    word(types_, text(name));
    word(types_, kind << 24 | parts);
    word(types_, size_or_type);
    return ++count_;
  }

  std::string types_, strings_ = std::string(1, '\0');
  std::uint32_t count_ = 0;
};

// A kernel with what the probes on these functions need:
// pci_set_master(struct pci_dev *dev), whose name lies 208 bytes in, behind an anonymous union.
inline BtfBlob small_kernel() {
  BtfBlob btf;
  const auto number = btf.integer("int", 4);
  const auto letter = btf.integer("char", 1);
  const auto name = btf.pointer(btf.constant(letter));
  const auto kobject = btf.structure("kobject", {{"name", name, 0}, {"state", number, 64}});
  const auto device = btf.structure("device", {{"kobj", kobject, 0}});
  const auto label = btf.array(letter, 16);
  const auto inside = btf.structure("", {{"dev", device, 64}, {"label", label, 192}});
  const auto pci_dev = btf.structure("pci_dev", {{"bus", number, 0}, {"", inside, 1600}});
  const auto dev = btf.pointer(btf.typedefed("pci_dev_t", btf.constant(pci_dev)));
  btf.function("pci_set_master", {{"dev", dev}});
  btf.function("pci_write_config_word", {{"dev", dev}, {"where", number}, {"val", number}});
  btf.function("luo_session_create", {{"name", name}});
  btf.function("kernel_kexec", {});
  return btf;
}

}  // namespace luproof::traces::test
