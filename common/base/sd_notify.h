// Tells systemd how the service is doing (sd_notify(3)) without libsystemd: one datagram to the
// socket named in NOTIFY_SOCKET. Does nothing where there is none. Thread-safe.
#pragma once

#include <string_view>

namespace muster {

void sd_notify(std::string_view state);  // "READY=1", "STOPPING=1", "RELOADING=1", "STATUS=..."

}  // namespace muster
