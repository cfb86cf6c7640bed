// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody outside the kernel can do is run as root: what is no plain word or path is refused
// where it stands.
#include "report/reproduce/forces.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace luproof::report {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

}  // namespace

TEST_CASE("what can be done is read strictly", "[report][reproduce]") {
  const auto errors = [](const std::string& text) {
    model::Diagnostics diagnostics;
    const auto forces = read_forces(model::Source::make("forces.yaml", text), diagnostics);
    CHECK(forces.has_value() == diagnostics.ok());
    return diagnostics.render();
  };
  const auto action = [&](const std::string& rest) {
    return errors("forces: x\nactions:\n  - " + rest + "\n");
  };
  CHECK(action("{call: a(p), do: [{write: \"1\", to: \"/sys/{p}/x\"}]}") == "");
  CHECK_THAT(action("{call: a(p), do: [{write: \"$(x)\", to: /sys/x}]}"),
             Contains("forces.yaml:3:") && Contains("a word that is written"));
  for (const char* path : {"/etc/passwd", "/sys/../etc/x", "\"/sys/$(x)\"", "\"/sys/a b\"",
                           "\"/sys/a'b\"", "/sys/a;b"})
    CHECK_THAT(action("{call: a(p), do: [{write: \"1\", to: " + std::string(path) + "}]}"),
               Contains("'to' is a file below /sys"));
  CHECK_THAT(action("{call: a(p), do: [{write: \"{q}\", to: /sys/x}]}"),
             Contains("'q' is no parameter of a"));
  CHECK_THAT(action("{call: a(p), do: [{write: \"{p\", to: /sys/x}]}"), Contains("without '}'"));
  CHECK_THAT(action("{call: a(p), do: [{write: \"p}\", to: /sys/x}]}"), Contains("without '{'"));
  CHECK_THAT(action("{call: a(p), do: [{hold: q}]}"), Contains("'q' is no parameter"));
  CHECK_THAT(action("{call: a(p), do: [{set-bits: 6, at: \"0x4\", of: p}]}"),
             Contains("a number in hexadecimal"));
  CHECK_THAT(action("{call: a(p), do: [{if-there: yes}]}"), Contains("nothing that could be done"));
  CHECK_THAT(action("{call: a(p), do: []}"), Contains("nothing is done"));
  CHECK_THAT(action("{call: a(p)}"), Contains("'do:' is missing"));
  CHECK_THAT(action("{call: \"a(p\", do: [{kexec: yes}]}"), Contains("no name with parameters"));
  CHECK_THAT(action("{call: \"a;b(p)\", do: [{kexec: yes}]}"), Contains("no name with parameters"));
  CHECK_THAT(action("{call: a(p), do: [{kexec: yes}], shell: rm}"),
             Contains("unknown key 'shell'"));
  CHECK_THAT(action("{call: a(), do: [{kexec: yes}]}\n  - {call: a(), do: [{kexec: yes}]}"),
             Contains("has an entry already"));
  CHECK_THAT(errors("forces: x\nactions: []\n"), Contains("nothing that could be done"));
  CHECK_THAT(errors("forces: x\nactions: {a: b}\n"), Contains("'actions' is a list"));
  CHECK_THAT(errors("forces: x\nstart: [{cell: \"a(p, q)\", is: x, do: [{hold: p}]}]\n"),
             Contains("a cell of one function"));
  CHECK_THAT(errors("forces: x\nstart: [{cell: a(p), is: x, kinds: [nic], do: [{hold: p}]}]\n"),
             Contains("'nic' is no kind"));
  CHECK_THAT(errors("forces: x\nstart: [{vfs: \"p;\", number: n, do: [{hold: n}]}]\n"),
             Contains("is no name"));
  CHECK_THAT(errors("forces: x\nshows: [{step: a(d), line: \"x y\", of: d}]\n"),
             Contains("the name of a function of the kernel"));
}

TEST_CASE("the schema of what can be done lists the keys that are read", "[report][reproduce]") {
  const Json schema = Json::parse(std::ifstream(LUPROOF_SOURCE_SPECS "/forces.schema.json"));
  for (const auto& [entry, keys] : forces_keys()) {
    const Json& in = entry.empty()     ? schema
                     : entry == "deed" ? schema.at("$defs").at("deeds").at("items")
                                       : schema.at("$defs").at(entry);
    std::vector<std::string> listed;
    for (const auto& item : in.at("properties").items()) listed.push_back(item.key());
    std::vector<std::string> read = keys;
    std::sort(read.begin(), read.end());
    CHECK(listed == read);
  }
}

}  // namespace luproof::report
