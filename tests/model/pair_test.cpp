// SPDX-License-Identifier: GPL-2.0-or-later
// Two codes in one: what is alike is said once, what differs is behind a branch on the kernel, and
// no name is bound where its readers cannot see it.
#include "model/pair.h"

#include <catch2/catch.hpp>

#include "model/load.h"
#include "model/raw_text.h"
#include "tests/cli/command.h"

namespace luproof::model {
namespace {

std::vector<RawStatement> code(const std::string& text) {
  Diagnostics diagnostics;
  std::string block;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    block += "  " + text.substr(at, end - at) + "\n";
  }
  auto root = read_yaml(Source::make("t.yaml", "k: |\n" + block), diagnostics);
  REQUIRE(root);
  auto parsed = parse_code(root->entries[0].value, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.ok());
  return parsed;
}

std::string both(const std::string& first, const std::string& later) {
  return raw_text(in_kernels(code(first), code(later)));
}

// The errors of the pair a, b of this file.
std::string errors(const std::string& text) {
  const command::Folder folder;
  folder.write("p.yaml", "design: p\n" + text);
  Diagnostics diagnostics;
  LoadOptions options;
  options.variant = "a";
  options.later = "b";
  (void)load(folder.path() + "/p.yaml", options, diagnostics);
  return diagnostics.ok() ? "" : diagnostics.render();
}

}  // namespace

TEST_CASE("the codes of two kernels share what is equal", "[model]") {
  CHECK(both("x = 1\ny = 2\n", "x = 1\ny = 2\n") == "x = 1\ny = 2\n");
  CHECK(both("x = 1\ny = 2\nz = 3\n", "x = 1\ny = 4\nz = 3\n") ==
        "x = 1\nif kernel == 1:\n  y = 2\nelse:\n  y = 4\nz = 3\n");
  // A step more in one of them.
  CHECK(both("x = 1\n", "x = 1\ny = 2\n") == "x = 1\nif kernel == 1:\n  pass\nelse:\n  y = 2\n");
  CHECK(both("x = 1\nx = 1\n", "x = 1\n") == "x = 1\nif kernel == 1:\n  x = 1\n");
  // Blocks of the same kind are entered.
  CHECK(both("with l:\n  x = 1\n  y = 2\n", "with l:\n  x = 1\n  y = 3\n") ==
        "with l:\n  x = 1\n  if kernel == 1:\n    y = 2\n  else:\n    y = 3\n");
  CHECK(both("with l:\n  x = 1\n", "with m:\n  x = 1\n") ==
        "if kernel == 1:\n  with l:\n    x = 1\nelse:\n  with m:\n    x = 1\n");
  CHECK(both("forever:\n  either:\n    a()\n  or:\n    b()\n",
             "forever:\n  either:\n    a()\n  or:\n    c()\n") ==
        "forever:\n  either:\n    a()\n  or:\n    if kernel == 1:\n      b()\n    else:\n      "
        "c()\n");
}

TEST_CASE("a name that one of the codes binds is bound where it is read", "[model]") {
  CHECK(both("let r = p()\nreturn r\n", "let r = q()\nreturn r\n") ==
        "if kernel == 1:\n  let r = p()\n  return r\nelse:\n  let r = q()\n  return r\n");
  CHECK(both("let r = p()\nx = 1\nreturn r\n", "let r = p()\nx = 2\nreturn r\n") ==
        "let r = p()\nif kernel == 1:\n  x = 1\nelse:\n  x = 2\nreturn r\n");
}

TEST_CASE("what belongs to no kernel cannot differ between two", "[model]") {
  const auto refused = [](const std::string& what, const std::string& place,
                          const std::string& text) {
    const std::string said = errors(text);
    INFO(said);
    CHECK(said.find(place + ": error: " + what + " differs between 'a' and 'b'") !=
          std::string::npos);
  };
  refused("properties.p", "p.yaml:5:18",
          "properties: {p: {never: false}}\nvariants:\n  a: {}\n"
          "  b: {override: {properties.p: {never: true}}}\n");
  refused("claims.c", "p.yaml:5:18",
          "claims: {c: {level: dma, from: \"true\"}}\nvariants:\n  a: {}\n"
          "  b: {override: {claims.c.from: \"false\"}}\n");
  refused("topology", "p.yaml:5:17",
          "topology: {nic: {kind: other, bdf: \"0000:00:03.0\"}}\nvariants:\n  a: {}\n"
          "  b: {topology: {nic: {kind: other, bdf: \"0000:00:04.0\"}}}\n");
  refused("choose.who", "p.yaml:4:21",
          "choices: {who: [x, y]}\nvariants:\n  a: {choose: {who: x}}\n"
          "  b: {choose: {who: y}}\n");
  refused("assume.idle", "p.yaml:5:16",
          "state: {kernel: {k: bool}}\nvariants:\n  a: {}\n"
          "  b: {assume: {idle: {expr: not k}}}\n");
  refused("updates", "p.yaml:4:7", "variants:\n  a: {}\n  b: {updates: 2}\n");
  refused("'life:' of actors.t", "p.yaml:5:18",
          "actors: {t: {life: kernel, code: pass}}\nvariants:\n  a: {}\n"
          "  b: {override: {actors.t: {life: guest, code: pass}}}\n");
  refused("whether events.e happens by itself", "p.yaml:5:18",
          "events: {e: {do: pass}}\nvariants:\n  a: {}\n"
          "  b: {override: {events.e.when: \"true\"}}\n");
  // What is allowed to one is possible in both; that is said in docs/matrix.md.
  CHECK(errors("environment: {x: {about: y, at-most: 1}}\nvariants:\n  a: {}\n"
               "  b: {allow: x}\n")
            .empty());
}

}  // namespace luproof::model
