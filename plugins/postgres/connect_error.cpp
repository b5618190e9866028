#include "connect_error.h"

#include <algorithm>

#include "muster/run.hpp"

namespace postgres_probe {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct Words {
  std::string_view part;
  muster_reason reason;
  std::string_view message;  // empty: libpq's own
};
constexpr Words kWords[] = {
    {"Connection refused", MUSTER_REASON_REFUSED, "connection refused"},
    {"No route to host", MUSTER_REASON_UNREACHABLE_NETWORK, "no route to the host"},
    {"Network is unreachable", MUSTER_REASON_UNREACHABLE_NETWORK, "the network is unreachable"},
    {"Connection timed out", MUSTER_REASON_TIMEOUT_CONNECT, "no connection in time"},
    {"Connection reset by peer", MUSTER_REASON_RESET, "the server closed the connection"},
    {"server closed the connection", MUSTER_REASON_RESET, "the server closed the connection"},
    {"certificate has expired", MUSTER_REASON_TLS_EXPIRED, "the server's certificate has expired"},
    {"certificate verify failed", MUSTER_REASON_TLS_UNTRUSTED,
     "the server's certificate is not trusted"},
    {"does not match host name", MUSTER_REASON_TLS_WRONG_NAME,
     "the server's certificate is for another name"},
    {"root certificate file", MUSTER_REASON_SELF, ""},
    {"definition of service", MUSTER_REASON_SELF, ""},  // PGSERVICE of the daemon's own
    {"server does not support SSL", MUSTER_REASON_TLS_FAILED, "the server does not speak TLS"},
    {"SSL error", MUSTER_REASON_TLS_FAILED, ""},
};

std::string first_line(std::string_view text) {
  const auto start = std::min(text.find_first_not_of(kSpace), text.size());
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find('\n')));
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// "FATAL:  28P01: password authentication failed", with the severity in any language.
bool find_sqlstate(std::string_view message, std::string_view& sqlstate, std::string_view& rest) {
  for (std::size_t at = message.find(":  "); at != std::string_view::npos;
       at = message.find(":  ", at + 1)) {
    const std::string_view behind = message.substr(at + 3);
    if (!is_sqlstate(behind.substr(0, 5)) || !behind.substr(5).starts_with(": ")) continue;
    sqlstate = behind.substr(0, 5);
    rest = behind.substr(7);
    return true;
  }
  return false;
}

}  // namespace

Trouble read_connect_error(std::string_view message) {
  std::string_view sqlstate, rest;
  if (find_sqlstate(message, sqlstate, rest)) return read_sqlstate(sqlstate, rest);
  for (const Words& known : kWords) {
    if (message.find(known.part) == std::string_view::npos) continue;
    return {muster::sdk::status_without_answer(known.reason), known.reason,
            known.message.empty() ? first_line(message) : std::string(known.message)};
  }
  return {MUSTER_CRITICAL, MUSTER_REASON_PROTOCOL, first_line(message)};
}

Trouble read_sqlstate(std::string_view sqlstate, std::string_view message) {
  const std::string words = std::string(sqlstate) + ": " + first_line(message);
  if (sqlstate == "28P01" || sqlstate == "28000" || sqlstate == "3D000") {
    return {MUSTER_UNKNOWN, MUSTER_REASON_AUTH, words};
  }
  if (sqlstate == "53300") {
    return {MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY,
            "the server has no connection left: " + words};
  }
  if (sqlstate == "57P03") {
    return {MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY,
            "the server takes no connections yet: " + words};
  }
  if (sqlstate == "57014") {
    return {MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE, "a statement did not end in time"};
  }
  // Wrong syntax, a missing table or right, an attempt to write: the entry is at fault.
  if (sqlstate.starts_with("42") || sqlstate.starts_with("25") || sqlstate.starts_with("22")) {
    return {MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN, words};
  }
  return {MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY, words};
}

}  // namespace postgres_probe
