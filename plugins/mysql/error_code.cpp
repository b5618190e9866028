#include "error_code.h"

namespace mysql_probe {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The errno of connect() stands in brackets: "Can't connect to server on '127.0.0.1' (111)".
Trouble no_connection(std::string words, std::string_view message) {
  if (has(message, "(111")) return {MUSTER_CRITICAL, MUSTER_REASON_REFUSED, "connection refused"};
  if (has(message, "(113") || has(message, "(101")) {
    return {MUSTER_CRITICAL, MUSTER_REASON_UNREACHABLE_NETWORK, "no route to the host"};
  }
  if (has(message, "(110")) {
    return {MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_CONNECT, "no connection in time"};
  }
  return {MUSTER_CRITICAL, MUSTER_REASON_PROTOCOL, std::move(words)};
}

Trouble no_tls(std::string words, std::string_view message) {
  muster_reason reason = MUSTER_REASON_TLS_FAILED;
  if (has(message, "expired")) {
    reason = MUSTER_REASON_TLS_EXPIRED;
  } else if (has(message, "Validation of SSL server certificate failed") ||
             has(message, "alidation") || has(message, "does not match")) {
    reason = MUSTER_REASON_TLS_WRONG_NAME;
  } else if (has(message, "verify failed") || has(message, "self-signed") ||
             has(message, "self signed") || has(message, "issuer")) {
    reason = MUSTER_REASON_TLS_UNTRUSTED;
  }
  return {MUSTER_CRITICAL, reason, std::move(words)};
}

bool is_no_login(unsigned code) {
  switch (code) {
    case 1044:  // no right to the database
    case 1045:  // wrong password
    case 1049:  // no such database
    case 1130:  // not from this host
    case 1698:  // wrong method
    case 1862:  // the password has expired
      return true;
    default:
      return false;
  }
}

bool is_too_many(unsigned code) {
  return code == 1040 || code == 1203 || code == 1226;
}

// Syntax, names and rights in the user's query, and an attempt to write.
bool is_wrong_query(unsigned code) {
  switch (code) {
    case 1046:
    case 1054:
    case 1064:
    case 1142:
    case 1143:
    case 1146:
    case 1227:
    case 1290:
    case 1305:
    case 1792:
    case 2059:
      return true;
    default:
      return false;
  }
}

}  // namespace

Trouble read_error(unsigned code, std::string_view message) {
  std::string words = std::to_string(code) + ": " + std::string(message);
  if (is_no_login(code)) return {MUSTER_UNKNOWN, MUSTER_REASON_AUTH, std::move(words)};
  if (is_too_many(code)) {
    return {MUSTER_CRITICAL, MUSTER_REASON_REPORTED_UNHEALTHY,
            "the server has no connection left: " + words};
  }
  if (is_wrong_query(code)) return {MUSTER_UNKNOWN, MUSTER_REASON_PLUGIN, std::move(words)};
  if (code == 1969 || code == 3024) {
    return {MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE, "a statement did not end in time"};
  }
  if (code == 2002 || code == 2003) return no_connection(std::move(words), message);
  if (code == 2026) return no_tls(std::move(words), message);
  if (code == 2006 || code == 2013) {
    return {MUSTER_CRITICAL, MUSTER_REASON_RESET, "the server closed the connection"};
  }
  return {MUSTER_CRITICAL, code < 2000 ? MUSTER_REASON_REPORTED_UNHEALTHY : MUSTER_REASON_PROTOCOL,
          std::move(words)};
}

}  // namespace mysql_probe
