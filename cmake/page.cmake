# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DFROM=report/page -DTO=page_text.cpp -P page.cmake: the page of report/page.h as a C++ text.
#
# The styles and the script stand inside of the page, and the page names their hashes, so that a
# browser runs these and nothing else. They have to be the very bytes between the tags.

# "'sha256-…'" of a text, as a Content-Security-Policy has it: cmake knows hex only.
function(hash_of text result)
  set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  string(SHA256 hex "${text}")
  set(out "")
  # 32 bytes: ten groups of three, and two bytes with one padding letter.
  string(APPEND hex "00")
  foreach(group RANGE 10)
    math(EXPR at "${group} * 6")
    string(SUBSTRING "${hex}" ${at} 6 part)
    foreach(shift 18 12 6 0)
      math(EXPR letter "(0x${part} >> ${shift}) & 63")
      string(SUBSTRING "${letters}" ${letter} 1 letter)
      string(APPEND out "${letter}")
    endforeach()
  endforeach()
  string(SUBSTRING "${out}" 0 43 out)
  set(${result} "'sha256-${out}='" PARENT_SCOPE)
endfunction()

file(READ "${FROM}/page.html" page)
file(READ "${FROM}/page.css" style)
set(script "")
foreach(part words data groups graph timeline steps detail main)
  file(READ "${FROM}/${part}.js" text)
  string(APPEND script "${text}")
endforeach()
set(style "\n${style}")
set(script "\n\"use strict\";\n(() => {\n${script}})();\n")
hash_of("${style}" style_hash)
hash_of("${script}" script_hash)
string(REPLACE "@STYLE_HASH@" "${style_hash}" page "${page}")
string(REPLACE "@SCRIPT_HASH@" "${script_hash}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")

# Compilers have a limit for one literal; adjacent ones are joined.
function(literal text result)
  set(out "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 12000 part)
    string(APPEND out "R\"page(${part})page\"\n")
    math(EXPR at "${at} + 12000")
  endwhile()
  set(${result} "${out}" PARENT_SCOPE)
endfunction()

string(FIND "${page}" "@DATA@" at)
string(SUBSTRING "${page}" 0 ${at} head)
math(EXPR at "${at} + 6")
string(SUBSTRING "${page}" ${at} -1 tail)
literal("${head}" head)
literal("${tail}" tail)
file(WRITE "${TO}" "#include <string_view>
namespace luproof::report {
extern const std::string_view kPageHead, kPageTail;
const std::string_view kPageHead = ${head};
const std::string_view kPageTail = ${tail};
}  // namespace luproof::report
")
