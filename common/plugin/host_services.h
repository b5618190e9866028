// The host's side of muster/probe.h: the tables that plugins call. The functions find the run they
// are about from their argument, so the tables themselves hold no state that changes.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "muster/probe.h"

namespace muster {

class PluginLibrary;

// What one probe object is given as its muster_host.
struct HostTable : muster_host {
  HostTable(const PluginLibrary& library, std::string probe_name, const Clock& clock);

  const PluginLibrary& library;
  std::string probe;
  const Clock& clock;
};

// A service by its id, such as "muster.http/1"; nullptr when there is none.
const void* find_service(const char* id);

}  // namespace muster
