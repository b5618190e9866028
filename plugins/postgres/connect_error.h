// What libpq's words say of a connection that did not come about. It tells no SQLSTATE there, but
// writes it into the message when asked for verbose errors. Pure.
#pragma once

#include <string_view>

#include "shared/trouble.h"

namespace postgres_probe {

using muster::probes::Trouble;

Trouble read_connect_error(std::string_view message);

// Of a statement, or of the server's answer to a connection.
Trouble read_sqlstate(std::string_view sqlstate, std::string_view message);

}  // namespace postgres_probe
