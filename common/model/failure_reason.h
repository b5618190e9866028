// Why a check did not find its server well, as a fixed enum: the same words in the database, the
// API, the log and metric labels. Numbers are stored and part of the plugin ABI: only ever added.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muster {

enum class FailureReason : std::int16_t {
  kNone = 0,
  kDnsFailed = 1,
  kRefused = 2,
  kUnreachableNetwork = 3,
  kTimeoutConnect = 4,
  kTimeoutTls = 5,
  kTimeoutResponse = 6,
  kTlsUntrusted = 7,
  kTlsExpired = 8,
  kTlsWrongName = 9,
  kTlsFailed = 10,
  kProtocol = 11,
  kBodyTooLarge = 12,
  kBadDocument = 13,
  kStatusCode = 14,
  kAuth = 15,
  kReset = 16,
  kSelfOverload = 17,
  kReportedUnhealthy = 18,  // the server answered and said so itself
  kNotFound = 19,           // 404: the path is wrong, which says nothing of the server's health
  kRateLimited = 20,        // 429
  kTimeoutDns = 21,
  kAddressDenied = 22,  // the address guard refused it
  kCancelled = 23,
  kPlugin = 24,  // the probe itself broke its contract
  kRedirect = 25,
  kSelf = 26,  // this musterd was the cause, so the result says nothing of the server
};

std::string_view to_string(FailureReason reason);  // "timeout_connect"
std::optional<FailureReason> failure_reason_from(std::int32_t number);

// The server gave no usable answer at all: it is unreachable rather than critical.
bool means_unreachable(FailureReason reason);

}  // namespace muster
