# `cmake --install build/release`: component muster (programs, plugins, etc) and sdk (plugins/sdk).
# The SQL travels inside musterd.
include(GNUInstallDirs)

# Where musterd looks by default, under the prefix /usr: not in a folder of one architecture.
set(MUSTER_PLUGIN_DIR lib/muster/plugins CACHE STRING "folder for plugins, below the prefix")

# A configuration that is there already is somebody's.
function(muster_install_config file folder)
  install(CODE "
    set(installed \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}/${file}\")
    if(EXISTS \"\${installed}\")
      message(STATUS \"Kept: \${installed}\")
    else()
      get_filename_component(into \"\${CMAKE_INSTALL_PREFIX}/${folder}/${file}\" DIRECTORY)
      file(INSTALL \"${CMAKE_SOURCE_DIR}/etc/${file}\" DESTINATION \"\${into}\")
    endif()" COMPONENT muster)
endfunction()

function(muster_install)
  install(TARGETS musterd muster-probe-host muster-shim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT muster)
  file(GLOB_RECURSE files RELATIVE ${CMAKE_SOURCE_DIR}/etc ${CMAKE_SOURCE_DIR}/etc/*.yaml)
  foreach(file ${files})
    muster_install_config(${file} ${CMAKE_INSTALL_SYSCONFDIR}/muster)
  endforeach()
  install(DIRECTORY etc/systemd/ DESTINATION lib/systemd/system COMPONENT muster)
  install(FILES etc/postgresql-roles.sql DESTINATION ${CMAKE_INSTALL_DATADIR}/muster COMPONENT muster)
  install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT muster)
endfunction()
