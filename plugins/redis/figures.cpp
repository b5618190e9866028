#include "figures.h"

namespace redis_probe {
namespace {

struct Known {
  std::string_view key;  // in INFO
  std::string_view name;
  std::int32_t kind;
};

constexpr Known kKnown[] = {
    {"uptime_in_seconds", "redis_uptime_seconds", MUSTER_GAUGE},
    {"used_memory", "redis_memory_used_bytes", MUSTER_GAUGE},
    {"used_memory_rss", "redis_memory_rss_bytes", MUSTER_GAUGE},
    {"maxmemory", "redis_memory_max_bytes", MUSTER_GAUGE},
    {"connected_clients", "redis_connected_clients", MUSTER_GAUGE},
    {"maxclients", "redis_max_clients", MUSTER_GAUGE},
    {"blocked_clients", "redis_blocked_clients", MUSTER_GAUGE},
    {"instantaneous_ops_per_sec", "redis_operations_per_second", MUSTER_GAUGE},
    {"total_commands_processed", "redis_commands_total", MUSTER_COUNTER},
    {"total_connections_received", "redis_connections_total", MUSTER_COUNTER},
    {"rejected_connections", "redis_rejected_connections_total", MUSTER_COUNTER},
    {"total_error_replies", "redis_error_replies_total", MUSTER_COUNTER},
    {"total_net_input_bytes", "redis_received_bytes_total", MUSTER_COUNTER},
    {"total_net_output_bytes", "redis_sent_bytes_total", MUSTER_COUNTER},
    {"expired_keys", "redis_expired_keys_total", MUSTER_COUNTER},
    {"evicted_keys", "redis_evicted_keys_total", MUSTER_COUNTER},
    {"keyspace_hits", "redis_keyspace_hits_total", MUSTER_COUNTER},
    {"keyspace_misses", "redis_keyspace_misses_total", MUSTER_COUNTER},
    {"rdb_changes_since_last_save", "redis_unsaved_changes", MUSTER_GAUGE},
    {"connected_slaves", "redis_connected_replicas", MUSTER_GAUGE},
};

class Figures {
 public:
  void add(std::string_view name, std::int32_t kind, double value) {
    all_.push_back({name, kind, value, {}, {}});
  }
  void add(std::string_view name, double value, std::string_view label, const std::string& of) {
    all_.push_back({name, MUSTER_GAUGE, value, label, of});
  }
  std::vector<Figure> take() { return std::move(all_); }

 private:
  std::vector<Figure> all_;
};

void add_link(const Info& info, Figures& figures) {
  figures.add("redis_master_link_up", MUSTER_GAUGE,
              info.text("master_link_status") == "up" ? 1 : 0);
  if (const auto lag = info.lag_seconds()) {
    figures.add("redis_replication_lag_seconds", MUSTER_GAUGE, *lag);
  }
  if (const auto lag = info.lag_bytes()) {
    figures.add("redis_replication_lag_bytes", MUSTER_GAUGE, *lag);
  }
}

}  // namespace

std::vector<Figure> figures_of(const Info& info) {
  Figures figures;
  for (const Known& known : kKnown) {
    if (const auto value = info.number(known.key)) figures.add(known.name, known.kind, *value);
  }
  if (info.is_replica()) add_link(info, figures);
  for (const Info::Replica& replica : info.replicas()) {
    figures.add("redis_replication_lag_seconds", replica.lag_seconds, "replica", replica.address);
    figures.add("redis_replication_lag_bytes", replica.lag_bytes, "replica", replica.address);
  }
  for (const Info::Keyspace& keyspace : info.keyspaces()) {
    figures.add("redis_keys", keyspace.keys, "database", keyspace.database);
    figures.add("redis_expiring_keys", keyspace.expires, "database", keyspace.database);
  }
  return figures.take();
}

}  // namespace redis_probe
