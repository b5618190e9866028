// Tells systemd how the service is doing (sd_notify(3)) without libsystemd: one datagram to the
// socket named in NOTIFY_SOCKET. Does nothing where there is none. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace muster {

void sd_notify(std::string_view state);  // "READY=1", "STOPPING=1", "STATUS=..."

// RELOADING=1 with the time, without which systemd waits for the READY=1 that follows in vain.
void sd_notify_reloading();

// How often systemd wants to hear WATCHDOG=1 from this process; nothing when it does not watch.
std::optional<std::chrono::microseconds> sd_watchdog();

}  // namespace muster
