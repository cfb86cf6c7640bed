// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace luproof::command {

// One property, of 64 units six deep: 68,719,476,736 sums before the first state. Captures of the
// tests have lines about its procedure.
inline std::string deep() {
  std::string units, sum, every, close;
  for (int i = 0; i < 64; ++i) units += (i ? ", u" : "u") + std::to_string(i);
  for (const char* u : {"a", "b", "c", "d", "e", "f"}) {
    sum += (sum.empty() ? "" : " + ") + std::string(u) + ".x";
    every += std::string("unit.exists(") + u + ", ";
    close += ")";
  }
  return "design: deep\ncite: x\nentities: {unit: {members: [" + units +
         "]}}\nstate: {kernel: {unit.x: 0..1}}\n"
         "procedures: {\"luo_retrieve_file()\": {cite: x, code: pass}}\n"
         "actors:\n  kernel:\n    code: |\n      luo_retrieve_file()\n      kexec\n"
         "properties: {far: {never: \"" +
         every + sum + " > 5" + close + "\"}}\n";
}

}  // namespace luproof::command
