// SPDX-License-Identifier: GPL-2.0-or-later
// A change is made where it is said to be and nowhere else, and raw syntax survives being printed.
#include "model/edit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "model/load.h"
#include "model/raw_text.h"
#include "model/schema.h"
#include "tests/cli/command.h"

namespace luproof::model {
namespace {

YamlNode node(const std::string& text) {
  Diagnostics diagnostics;
  std::string block;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    block += "  " + text.substr(at, end - at) + "\n";
  }
  auto root = read_yaml(Source::make("t.yaml", "k: |\n" + block), diagnostics);
  INFO(diagnostics.render());
  REQUIRE(root);
  return root->entries[0].value;
}

std::vector<RawStatement> code(const std::string& text) {
  Diagnostics diagnostics;
  auto parsed = parse_code(node(text), diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.ok());
  return parsed;
}

std::string changed(const std::string& text, Edit::Kind kind, int line, int column,
                    int height = 0) {
  auto parsed = code(text);
  auto edit = std::make_shared<Edit>();
  edit->kind = kind;
  edit->at = Span{parsed[0].span.source, line + 1, column + 2, 1};  // as `node` writes it
  edit->height = height;
  apply_edits(parsed, {edit});
  return raw_text(parsed);
}

bool same(const RawExpr& a, const RawExpr& b) {
  return a.op == b.op && a.text == b.text && a.binder == b.binder && a.number == b.number &&
         std::equal(a.kids.begin(), a.kids.end(), b.kids.begin(), b.kids.end(), same);
}
bool same(const RawStatement& a, const RawStatement& b) {
  const auto exprs = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const RawExpr& l, const RawExpr& r) { return same(l, r); });
  };
  const auto block = [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const RawStatement& l, const RawStatement& r) { return same(l, r); });
  };
  return a.kind == b.kind && a.label == b.label && a.text == b.text && a.names == b.names &&
         a.has_undo == b.has_undo && a.has_where == b.has_where && a.snapshot == b.snapshot &&
         exprs(a.targets, b.targets) && exprs(a.exprs, b.exprs) && block(a.body, b.body) &&
         block(a.orelse, b.orelse) &&
         std::equal(a.alternatives.begin(), a.alternatives.end(), b.alternatives.begin(),
                    b.alternatives.end(), block);
}

void survives(const std::string& text) {
  const auto before = code(text);
  const std::string printed = raw_text(before);
  const auto after = code(printed);
  INFO(text << "\nprinted as\n" << printed);
  CHECK(std::equal(before.begin(), before.end(), after.begin(), after.end(),
                   [](const RawStatement& a, const RawStatement& b) { return same(a, b); }));
}

}  // namespace

TEST_CASE("printed code reads back as the same tree", "[model]") {
  for (const char* text :
       {"x = a - (b - c) - d * (e + 1)", "x = (a implies b) implies not (c and d) or e",
        "x = a implies b implies c", "x = not (a == b) && (a == b) == c && -(d + 1) < -2",
        "x = (a or b).count(y, y in [c, d] && not y.z.where(w, w is vf).empty)", "a, b = b, a",
        "let r = new session else -ENOSPC", "s = new session",
        "@l try p(a) undo q(a, b)\nignore p()", "check (a || b) else -EIO",
        "if a:\n  x = b\nelif c:\n  x = d\nelse:\n  pass",
        "for x in snapshot(s.files) where x in y order descending x.number:\n  with read a.lock:\n"
        "    each z in vf where z.on:\n      z.on = false",
        "either:\n  stop\nor:\n  panic\nor:\n  forever:\n    pick x in vf where x.on",
        "atomic:\n  get a.count\n  put a.count\nlock write l\nunlock write l\nkexec carries a\n"
        "may-fail memory -> -ENOMEM\nunwrite h\nrestore h\nfree x\nreturn -EIO"})
    survives(text);
}

TEST_CASE("the code of every shipped spec survives being printed", "[model]") {
  namespace fs = std::filesystem;
  std::size_t seen = 0;
  for (const auto& file : fs::recursive_directory_iterator(LUPROOF_SOURCE_SPECS)) {
    if (file.path().extension() != ".yaml" || file.path().filename() == "sources.yaml") continue;
    Diagnostics diagnostics;
    LoadOptions options;
    options.specs = LUPROOF_SOURCE_SPECS;
    const auto composition = compose(file.path(), options, diagnostics);
    if (!composition) continue;  // bindings are no specs
    for (const Declared& d : composition->declared) {
      if (d.section != "procedures" && d.section != "actors") continue;
      const YamlEntry* entry = d.value.find("code");
      if (!entry && !d.value.is_scalar()) continue;
      auto parsed = parse_code(entry ? entry->value : d.value, diagnostics);
      REQUIRE(diagnostics.ok());
      survives(raw_text(parsed));
      ++seen;
    }
  }
  CHECK(seen > 1000);
}

TEST_CASE("a statement is left out where it stands, and its label stays", "[model]") {
  CHECK(changed("a = b\n@l a = c\na = d", Edit::Kind::Drop, 2, 4) == "a = b\n@l pass\na = d\n");
  CHECK(changed("if a:\n  p()\nelse:\n  q()", Edit::Kind::Drop, 4, 3) ==
        "if a:\n  p()\nelse:\n  pass\n");
  CHECK(changed("a = b", Edit::Kind::Drop, 7, 1) == "a = b\n");  // nothing stands there
}

TEST_CASE("a part of a condition is told from the whole by its height", "[model]") {
  const char* const text = "check a && b else -EIO";
  CHECK(changed(text, Edit::Kind::True, 1, 7, 1) == "check true && b else -EIO\n");
  CHECK(changed(text, Edit::Kind::True, 1, 7, 2) == "check true else -EIO\n");
  CHECK(changed(text, Edit::Kind::False, 1, 12, 1) == "check a && false else -EIO\n");
}

TEST_CASE("neighbours change places, loops lose their order, blocks their lock", "[model]") {
  CHECK(changed("p()\nq()\nr()", Edit::Kind::Exchange, 2, 1) == "p()\nr()\nq()\n");
  CHECK(changed("for x in vf order ascending x.rid: p(x)", Edit::Kind::Unordered, 1, 1) ==
        "for x in vf:\n  p(x)\n");
  CHECK(changed("p()\nwith read l:\n  q()\n  r()\ns()", Edit::Kind::Unlock, 2, 1) ==
        "p()\nq()\nr()\ns()\n");
  CHECK(changed("lock l\nif a:\n  unlock l\n  lock m\nunlock l", Edit::Kind::Unlock, 1, 1) ==
        "pass\nif a:\n  pass\n  lock m\npass\n");
}

TEST_CASE("without a case of an extension or an override, what was there before speaks",
          "[model]") {
  const command::Folder folder;
  folder.write("d.yaml", R"(design: d
state: {kernel: {on: bool}}
define: {open: {any: false}, plain: on}
extend: {open: on}
override: {define.plain: not on}
)");
  LoadOptions options;
  const std::string path = folder.path() + "/d.yaml";
  Diagnostics diagnostics;
  const auto composition = compose(path, options, diagnostics);
  REQUIRE(composition);
  const auto all = weakenings(*composition, {}, diagnostics);
  std::size_t left = 0;
  for (const Edit& edit : all) {
    if (edit.kind != Edit::Kind::Leave) continue;
    ++left;
    LoadOptions without = options;
    without.edits.push_back(std::make_shared<Edit>(edit));
    const auto model = load(path, without, diagnostics);
    REQUIRE(model);
    const bool extension = edit.text == "extend open";
    CHECK(model->defines[0].body->op == (extension ? Op::Const : Op::Or));
    CHECK(model->defines[1].body->op == (extension ? Op::Not : Op::Cell));
  }
  CHECK(left == 2);
}

TEST_CASE("a fragment is applied last, as a variant would be", "[model]") {
  const command::Folder folder;
  folder.write("d.yaml", R"(design: d
state: {kernel: {on: bool}}
define: {plain: on}
variants: {v: {override: {define.plain: true}}}
)");
  Diagnostics diagnostics;
  LoadOptions options;
  options.variant = "v";
  const auto edit = fragment("repair", "override: {define.plain: not on}\n", diagnostics);
  REQUIRE(edit);
  options.edits.push_back(edit);
  const auto model = load(folder.path() + "/d.yaml", options, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(model);
  CHECK(model->defines[0].body->op == Op::Not);
  CHECK(model->defines[0].origin.overridden_by == std::vector<std::string>{"d:v", "d:repair"});
}

}  // namespace luproof::model
