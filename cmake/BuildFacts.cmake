# SPDX-License-Identifier: GPL-2.0-or-later
# What --version says of the build, and where the specs of an installation are. The file changes only
# with the facts, so that configuring anew compiles nothing.
set(LUPROOF_COMMIT "")
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS "${CMAKE_SOURCE_DIR}/.git")
  execute_process(COMMAND "${GIT_EXECUTABLE}" rev-parse --short=12 HEAD
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" OUTPUT_VARIABLE LUPROOF_COMMIT
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set(LUPROOF_BUILD_TYPE "${CMAKE_BUILD_TYPE}")
if(NOT LUPROOF_BUILD_TYPE)
  set(LUPROOF_BUILD_TYPE "no build type")
endif()
if(LUPROOF_SANITIZE)
  string(APPEND LUPROOF_BUILD_TYPE " with sanitizers")
endif()
set(LUPROOF_LIBRARIES "Boost ${Boost_VERSION_STRING}, CLI11 ${CLI11_VERSION}, fmt ${fmt_VERSION}")
string(APPEND LUPROOF_LIBRARIES ", libedit ${EDIT_VERSION}, liblzma ${LZMA_VERSION}")
string(APPEND LUPROOF_LIBRARIES ", libpci ${PCI_VERSION}, libzstd ${ZSTD_VERSION}")
string(APPEND LUPROOF_LIBRARIES ", nlohmann-json ${nlohmann_json_VERSION}, re2 ${RE2_VERSION}")
string(APPEND LUPROOF_LIBRARIES ", yaml-cpp ${yaml-cpp_VERSION}, zlib ${ZLIB_VERSION}")
file(RELATIVE_PATH data_from_bin "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_DATADIR}")
configure_file(cmake/build_facts.h.in generated/build_facts.h @ONLY)
