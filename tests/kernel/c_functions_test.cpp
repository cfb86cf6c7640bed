// SPDX-License-Identifier: GPL-2.0-or-later
// Functions are found where kernels have them, and their fingerprints follow the code alone.
#include "kernel/c_functions.h"

#include <catch2/catch.hpp>

namespace luproof::kernel {
namespace {

std::vector<std::string> names(const std::string& text) {
  std::vector<std::string> found;
  for (const CFunction& f : functions_of(text)) found.push_back(f.name);
  return found;
}

std::uint64_t hash(const std::string& text) {
  const auto found = functions_of(text);
  REQUIRE(found.size() == 1);
  return found[0].hash;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a function is what has a name and parameters before its brace", "[kernel]") {
  CHECK(names("int f(void) { return g(1); }\n") == Names{"f"});
  CHECK(names("static inline struct a *\nf(struct b *x,\n  int y)\n{\n}\n") == Names{"f"});
  CHECK(names("void f(int);\nint x = f(1);\nextern int g(void);\n").empty());
  CHECK(names("struct s { int (*f)(int); };\nenum e { A = B(1) };\n").empty());
  CHECK(names("static struct s x = { .f = f, .g = { g(1) } };\nint h(void) { }\n") == Names{"h"});
  CHECK(names("DEFINE(x, { a(); });\nint h(void) { }\n") == Names{"h"});
  CHECK(names("void (*f(int x))(int) { return 0; }\n") == Names{"f"});
  CHECK(names("handler_t (*f(int x))(int) { return 0; }\n") == Names{"f"});
  CHECK(names("extern \"C\" { int f(void) { } }\n").empty());
}

TEST_CASE("annotations of a function are not its name", "[kernel]") {
  CHECK(names("static int __init f(int x) __must_hold(&l) __acquires(m) { }\n") == Names{"f"});
  CHECK(names("__printf(1, 2) void f(char *x, ...) { }\n") == Names{"f"});
  CHECK(names("__unknown(1) static void __f(int x) { }\n") == Names{"__f"});
  CHECK(names("__attribute__((x(1))) int f(int a) __attribute__((y)) { }\n") == Names{"f"});
  CHECK(names("static __always_inline bool __f(int x) { }\n") == Names{"__f"});
}

TEST_CASE("macros make functions and are some", "[kernel]") {
  CHECK(names("SYSCALL_DEFINE2(kexec, int, a, int, b) { }\n") == Names{"sys_kexec"});
  CHECK(names("COMPAT_SYSCALL_DEFINE1(kexec, int, a) { }\n") == Names{"compat_sys_kexec"});
  CHECK(names("static BPF_CALL_1(f, int, a) { }\n") == Names{"f"});
  CHECK(names("static int UPPER(int a) { }\n") == Names{"UPPER"});
  // Lines that only declare, with and without their semicolon.
  CHECK(names("EXPORT_SYMBOL(f);\nstatic DEVICE_ATTR_RO(g);\nint h(void) { }\n") == Names{"h"});
  CHECK(names("GET_STATUS(power, u8)\nstatic int h(void) { }\n") == Names{"h"});
  CHECK(names("#define f(x) \\\n  g(x)\n#define N (1)\n") == Names{"f"});
  CHECK(names("#define OPEN if (x) {\nint h(void) { }\n") == Names{"h"});
}

TEST_CASE("braces of branches are counted once", "[kernel]") {
  CHECK(names("int f(void) {\n#ifdef A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}\n"
              "int g(void) { }\n") == Names{"f", "g"});
  CHECK(names("int f(void) {\n#ifdef A\n  if (a) {\n#endif\n  x();\n#ifdef A\n  }\n#endif\n}\n"
              "int g(void) { }\n") == Names{"f", "g"});
  CHECK(names("#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n}\nint g(void) { }\n") ==
        Names{"f", "g"});
  CHECK(names("int f(void) {\n#ifdef A\n  return 1; }\n#else\n  return 2; }\n#endif\n"
              "int g(void) { }\n") == Names{"f", "g"});
  CHECK(names("#ifdef A\nint f(int a)\n#else\nint f(long a)\n#endif\n{\n}\nint g(void) { }\n") ==
        Names{"f", "g"});
  // Branches that do not add up end where a line begins with the brace.
  CHECK(names("int f(void)\n{\n#ifdef A\n  if (a) {\n#endif\n}\n\nint g(void) { }\n") ==
        Names{"f", "g"});
  CHECK(names("#if 0\nint f(void) {\n#else\nint g(void) { }\n#endif\nint h(void) { }\n") ==
        Names{"g", "h"});
}

TEST_CASE("a fingerprint follows the code and nothing else", "[kernel]") {
  const std::uint64_t plain = hash("int f(int x)\n{\n\treturn x + 1;\n}\n");
  CHECK(hash("int f(int x) { return x+1; }") == plain);
  CHECK(hash("/* a */ int f(int x)\r\n{ // b }\n  return \\\n x /* { */ + 1;\r\n}\n") == plain);
  CHECK(hash("static int f(int x) { return x + 1; }") == plain);
  CHECK(hash("int f(int x) {\n#if 0\n  return x;\n#endif\n  return x + 1; }") == plain);
  CHECK(hash("int f(int x) { return x + 2; }") != plain);
  CHECK(hash("int f(long x) { return x + 1; }") != plain);
  CHECK(hash("int f(int x) {\n#ifdef A\n  return x + 1;\n#endif\n}") != plain);
  CHECK(hash("int f(void) { return \"a b\"; }") != hash("int f(void) { return \"a  b\"; }"));
  CHECK(hash("int f(void) { return ab; }") != hash("int f(void) { return a b; }"));
  // Under another name it is the same function, also where it calls itself.
  CHECK(hash("int g(int x) { return x + 1; }") == plain);
  CHECK(hash("int f(int x) { return f(x); }") == hash("int g(int x) { return g(x); }"));
  CHECK(hash("int f(int x) { return f(x); }") != hash("int g(int x) { return f(x); }"));
}

TEST_CASE("of several definitions all count, in their order", "[kernel]") {
  const std::string one = "int f(void) { return 1; }\n", two = "int f(void) { return 2; }\n";
  const auto both = by_name(functions_of("#ifdef A\n" + one + "#else\n" + two + "#endif\n"));
  REQUIRE(both.size() == 1);
  CHECK(both.at("f").line == 2);
  CHECK(both.at("f").hash != by_name(functions_of(one)).at("f").hash);
  CHECK(both.at("f").hash != by_name(functions_of(two + one)).at("f").hash);
  CHECK(both.at("f").hash == by_name(functions_of(one + two)).at("f").hash);
}

TEST_CASE("lines are those of the text", "[kernel]") {
  const auto found = functions_of("\n/*\n*/\nstatic int\nf(int a,\n  int b)\n{\n\tg();\n}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 5);
  CHECK(found[0].last == 9);
}

TEST_CASE("broken text ends, and hides nothing behind it for longer than it must", "[kernel]") {
  for (const char* text : {"", "{", "}", "(", "\"", "'", "/*", "#", "#if", "#endif", "#else", "\\",
                           "#define", "#define f(", "int f(void) {", "int f(", "a(*", "}}}{{{"})
    CHECK(names(text).size() <= 1);
  CHECK(names("int x = ((;\nint g(void)\n{\n}\n").size() <= 1);
  CHECK(names(std::string("it's \0 {\n}\nint g(void) { }\n", 27)) == Names{"g"});
  CHECK(names("char *s = \"open;\nint g(void) { }\n") == Names{"g"});
  CHECK(names("#endif\n#else\nint g(void) { }\n") == Names{"g"});
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "#if A\n{\n";
  CHECK(names(deep + "int g(void) { }").size() <= 1);
}

}  // namespace luproof::kernel
