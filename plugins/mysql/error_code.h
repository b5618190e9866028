// What the numbers of MariaDB's and MySQL's errors say of a server: those below 2000 are the
// server's, the others the client library's. Pure.
#pragma once

#include <string_view>

#include "shared/trouble.h"

namespace mysql_probe {

using muster::probes::Trouble;

Trouble read_error(unsigned code, std::string_view message);

constexpr unsigned kSyntaxError = 1064;
// It may not look at the replication: no right to.
constexpr bool is_no_right(unsigned code) {
  return code == 1227 || code == 1044 || code == 1142;
}

}  // namespace mysql_probe
