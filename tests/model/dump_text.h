// SPDX-License-Identifier: GPL-2.0-or-later
// Small PCI dumps made for one test each: config space as bytes, and the two text forms of it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

namespace luproof::model::test {

struct Device {
  std::string bdf;
  std::vector<std::uint8_t> config;
  std::string details;  // whole lines between the header and the rows, with their indent

  void put(std::size_t at, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) config[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
};

inline Device endpoint(const std::string& bdf, std::size_t size = 4096) {
  Device device{bdf, std::vector<std::uint8_t>(size), ""};
  device.put(0x00, 0x8086, 2);
  device.put(0x02, 0x1234, 2);
  return device;
}

inline Device bridge(const std::string& bdf, int secondary, int subordinate,
                     std::size_t size = 4096) {
  Device device = endpoint(bdf, size);
  device.put(0x0e, 1, 1);
  device.put(0x19, static_cast<std::uint32_t>(secondary), 1);
  device.put(0x1a, static_cast<std::uint32_t>(subordinate), 1);
  return device;
}

// PCIe capability (ID 10h) at 40h.
inline void make_express(Device& device) {
  device.put(0x06, 0x10, 2);  // there is a capability list
  device.put(0x34, 0x40, 1);
  device.put(0x40, 0x10, 1);
}

// SR-IOV capability (ID 10h, version 1, last of the list) at 100h; VF device ID 5678h.
inline Device physical(const std::string& bdf, int vfs, int offset, int stride, int total = 8) {
  Device device = endpoint(bdf);
  make_express(device);  // without it nothing looks for extended capabilities
  device.put(0x100, 0x00010010, 4);
  device.put(0x108, vfs > 0 ? 0x11 : 0x10, 2);  // ARI, VF Enable
  device.put(0x10e, static_cast<std::uint32_t>(total), 2);
  device.put(0x110, static_cast<std::uint32_t>(vfs), 2);
  device.put(0x114, static_cast<std::uint32_t>(offset), 2);
  device.put(0x116, static_cast<std::uint32_t>(stride), 2);
  device.put(0x11a, 0x5678, 2);
  return device;
}

inline Device virtual_function(const std::string& bdf, std::size_t size = 4096) {
  Device device = endpoint(bdf, size);
  device.put(0x00, 0xffffffff, 4);
  return device;
}

inline std::string rows(const Device& device, const char* indent, int digits) {
  std::string text;
  for (std::size_t at = 0; at < device.config.size(); at += 16) {
    text += fmt::format("{}{:0{}x}:", indent, at, digits);
    for (std::size_t i = at; i < at + 16; ++i) text += fmt::format(" {:02x}", device.config[i]);
    text += '\n';
  }
  return text;
}

inline std::string lspci(const std::vector<Device>& devices) {
  std::string text;
  for (const Device& device : devices) {
    text +=
        device.bdf + " Ethernet controller: a name\n" + device.details + rows(device, "", 2) + '\n';
  }
  return text;
}

inline std::string sysfs(const std::vector<Device>& devices) {
  std::string text;
  for (const Device& device : devices) {
    text += "device " + device.bdf + " vendor 0x8086 device 0x1234\n" + device.details +
            "  config:\n" + rows(device, "    ", 8);
  }
  return text;
}

}  // namespace luproof::model::test
