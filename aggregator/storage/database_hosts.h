// The servers that a connection string names, one by one: libpq goes from one to the next only when
// the first one says no, and one that says nothing would be waited for until all time is over.
// Pure.
#pragma once

#include <string>
#include <vector>

namespace muster {

struct DatabaseHost {
  std::string host;
  std::string address;  // hostaddr; empty: not given
  std::string port;

  bool operator==(const DatabaseHost&) const = default;
};

// None when the string names one server at most, or is not understood: libpq has it to itself then.
std::vector<DatabaseHost> hosts_of(const std::string& conninfo);

}  // namespace muster
