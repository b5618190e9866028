#include "common/model/failure_reason.h"

#include <array>

namespace muster {
namespace {

constexpr std::array<std::string_view, 27> kNames{"none",
                                                  "dns_failed",
                                                  "refused",
                                                  "unreachable_network",
                                                  "timeout_connect",
                                                  "timeout_tls",
                                                  "timeout_response",
                                                  "tls_untrusted",
                                                  "tls_expired",
                                                  "tls_wrong_name",
                                                  "tls_failed",
                                                  "protocol",
                                                  "body_too_large",
                                                  "bad_document",
                                                  "status_code",
                                                  "auth",
                                                  "reset",
                                                  "self_overload",
                                                  "reported_unhealthy",
                                                  "not_found",
                                                  "rate_limited",
                                                  "timeout_dns",
                                                  "address_denied",
                                                  "cancelled",
                                                  "plugin",
                                                  "redirect",
                                                  "self"};

}  // namespace

std::string_view to_string(FailureReason reason) {
  return kNames[static_cast<std::size_t>(reason)];
}

std::optional<FailureReason> failure_reason_from(std::int32_t number) {
  if (number < 0 || number >= static_cast<std::int32_t>(kNames.size())) return std::nullopt;
  return static_cast<FailureReason>(number);
}

bool means_unreachable(FailureReason reason) {
  switch (reason) {
    case FailureReason::kDnsFailed:
    case FailureReason::kRefused:
    case FailureReason::kUnreachableNetwork:
    case FailureReason::kTimeoutDns:
    case FailureReason::kTimeoutConnect:
    case FailureReason::kTimeoutTls:
    case FailureReason::kTimeoutResponse:
    case FailureReason::kTlsUntrusted:
    case FailureReason::kTlsExpired:
    case FailureReason::kTlsWrongName:
    case FailureReason::kTlsFailed:
    case FailureReason::kProtocol:
    case FailureReason::kReset:
      return true;
    default:
      return false;
  }
}

}  // namespace muster
