// What each kind of check looks at, as the configuration file says it. Values.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "agent-shim/endpoint.h"
#include "common/base/secret.h"

namespace muster::shim {

struct TcpTarget {
  Endpoint endpoint;
};

struct HttpTarget {
  bool tls = false;
  Endpoint endpoint;
  std::string host_header;
  std::string path;  // with the query
  std::vector<int> expected;
  std::filesystem::path ca_file;  // empty: the system's authorities
};

struct ProcessTarget {
  std::string name;  // with a '/': the program as started (argv[0]); else the process name
  int minimum = 1;
};

struct UnitTarget {
  std::string name;
};

struct PostgresqlTarget {
  Endpoint endpoint;
  std::string user;
  std::string database;
};

struct RedisTarget {
  Endpoint endpoint;
  std::string user;
  Secret password;
};

using CheckTarget =
    std::variant<TcpTarget, HttpTarget, ProcessTarget, UnitTarget, PostgresqlTarget, RedisTarget>;

}  // namespace muster::shim
