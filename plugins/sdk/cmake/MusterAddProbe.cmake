# muster_add_probe(name sources...): the target muster_probe_<name>, a plugin muster_probe_<name>.so
# that exports muster_plugin_v1() alone and misses no symbol. C++ is C++20. `install` puts it into
# MUSTER_PLUGIN_DIR. Used inside Muster and, installed, by find_package(MusterProbe).

function(muster_add_probe name)
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "muster_add_probe: the name of a plugin is of a-z, 0-9 and _: ${name}")
  endif()
  if(NOT ARGN)
    message(FATAL_ERROR "muster_add_probe(${name}): no sources are named")
  endif()
  set(target muster_probe_${name})
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/probe.map)
  add_library(${target} MODULE ${ARGN})
  target_link_libraries(${target} PRIVATE MusterProbe::sdk)
  target_link_options(${target} PRIVATE -Wl,-z,defs -Wl,--version-script=${map})
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX .so LINK_DEPENDS ${map}
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  install(TARGETS ${target} LIBRARY DESTINATION ${MUSTER_PLUGIN_DIR} COMPONENT muster)
endfunction()
