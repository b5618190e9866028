// The answer to INFO: lines of `key:value`. Pure. Immutable after construction, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redis_probe {

class Info {
 public:
  Info() = default;
  explicit Info(std::string_view text);

  // A replica, as its master sees it.
  struct Replica {
    std::string address;  // "10.0.0.3:6379"
    bool online = false;
    double lag_seconds = 0;
    double lag_bytes = 0;
  };
  struct Keyspace {
    std::string database;  // "db0"
    double keys = 0;
    double expires = 0;
  };

  std::string_view text(std::string_view key) const;  // empty: it is not there
  std::optional<double> number(std::string_view key) const;
  bool is_replica() const { return text("role") == "slave"; }
  std::vector<Replica> replicas() const;
  std::vector<Keyspace> keyspaces() const;

  // Of this server, when it is a replica: seconds since it heard of its master, and bytes that it
  // has received and not worked in yet. Nothing where it does not say.
  std::optional<double> lag_seconds() const;
  std::optional<double> lag_bytes() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace redis_probe
