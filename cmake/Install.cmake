# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed where, and the Debian package of it: docs/install.md.
set(luproof_data "${CMAKE_INSTALL_DATADIR}/luproof")
install(TARGETS luproof)
install(DIRECTORY specs DESTINATION "${luproof_data}")
file(GLOB schemas CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/report/*.schema.json")
install(FILES ${schemas} DESTINATION "${luproof_data}/schemas")
install(DIRECTORY contrib/rig contrib/sweep DESTINATION "${luproof_data}" USE_SOURCE_PERMISSIONS)
install(PROGRAMS scripts/check-certificate scripts/peers DESTINATION "${luproof_data}/scripts")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES cmake/copyright DESTINATION "${CMAKE_INSTALL_DOCDIR}")
# The pages link to specs/ beside them.
file(RELATIVE_PATH data_from_doc "/${CMAKE_INSTALL_DOCDIR}" "/${luproof_data}/specs")
file(CREATE_LINK "${data_from_doc}" "${CMAKE_BINARY_DIR}/generated/specs" SYMBOLIC)
install(FILES "${CMAKE_BINARY_DIR}/generated/specs" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# The manual and the completions come out of the commands' own definitions; they are installed where
# they have been built.
set(told "${CMAKE_BINARY_DIR}/told")
add_custom_command(OUTPUT "${told}/done"
  COMMAND ${CMAKE_COMMAND} -E rm -rf "${told}"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${told}/man"
  COMMAND luproof man --write "${told}/man"
  COMMAND sh -c "gzip -9 -n '${told}'/man/*.1"
  COMMAND luproof completion bash > "${told}/luproof"
  COMMAND luproof completion zsh > "${told}/_luproof"
  COMMAND luproof completion fish > "${told}/luproof.fish"
  COMMAND ${CMAKE_COMMAND} -E touch "${told}/done"
  DEPENDS luproof COMMENT "Writing the manual and the completions")
add_custom_target(told DEPENDS "${told}/done")
install(DIRECTORY "${told}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" OPTIONAL)
install(FILES "${told}/luproof" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
  OPTIONAL)
install(FILES "${told}/_luproof" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions"
  OPTIONAL)
install(FILES "${told}/luproof.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
  OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "luproof")
set(LUPROOF_MAINTAINER "luproof maintainers <maintainers@luproof.invalid>"
  CACHE STRING "Who answers for the Debian package: NAME <ADDRESS>")
set(CPACK_PACKAGE_CONTACT "${LUPROOF_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "check designs and traces of Linux live update")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # who needs dpkg-shlibdeps: dpkg-dev
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cvc5, z3, graphviz, qemu-system-x86")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"luproof checks formal models of Linux live update (Live Update Orchestrator,
Kexec HandOver, PCI, VFIO), and recorded kernel traces, for orderings that
would reset a virtual function, stop its DMA, move its address, make it
disappear, or wedge the update.")
include(CPack)
