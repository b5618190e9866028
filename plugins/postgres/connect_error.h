// What libpq's words say of a connection that did not come about. It tells no SQLSTATE there, but
// writes it into the message when asked for verbose errors. Pure.
#pragma once

#include <string>
#include <string_view>

#include "muster/probe.h"

namespace postgres_probe {

struct Trouble {
  muster_status status = MUSTER_CRITICAL;
  muster_reason reason = MUSTER_REASON_PROTOCOL;
  std::string message;
};

Trouble read_connect_error(std::string_view message);

// Of a statement, or of the server's answer to a connection.
Trouble read_sqlstate(std::string_view sqlstate, std::string_view message);

}  // namespace postgres_probe
