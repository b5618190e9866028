#include "judge.h"

namespace redis_probe {
namespace {

using muster::probes::Faults;
using muster::probes::Limits;

struct KnownError {
  std::string_view begins;
  muster_reason reason;
  const char* text;
};

constexpr KnownError kErrors[] = {
    {"NOAUTH", MUSTER_REASON_AUTH, "the server wants a password"},
    {"WRONGPASS", MUSTER_REASON_AUTH, "the server refuses user or password"},
    {"ERR invalid password", MUSTER_REASON_AUTH, "the server refuses user or password"},
    {"ERR AUTH", MUSTER_REASON_AUTH, "the server has no password, but one is configured"},
    {"ERR Client sent AUTH", MUSTER_REASON_AUTH,
     "the server has no password, but one is configured"},
    {"ERR unknown command", MUSTER_REASON_PROTOCOL, "the server does not know a command of redis"},
    {"NOPERM", MUSTER_REASON_AUTH, "the user may not ask PING and INFO"},
    {"DENIED", MUSTER_REASON_AUTH, "the server is in protected mode and refuses other machines"},
    {"LOADING", MUSTER_REASON_REPORTED_UNHEALTHY, "the server is still loading its data"},
    {"MASTERDOWN", MUSTER_REASON_REPORTED_UNHEALTHY,
     "the replica has lost its master and refuses to answer"},
    {"BUSY", MUSTER_REASON_REPORTED_UNHEALTHY, "a script keeps the server busy"},
    {"MISCONF", MUSTER_REASON_REPORTED_UNHEALTHY,
     "the server refuses writes because it cannot save"},
    {"ERR max number of clients", MUSTER_REASON_REPORTED_UNHEALTHY,
     "the server has as many clients as it takes"},
};

bool failed_as_known(const RespValue& reply, Faults& faults) {
  for (const KnownError& known : kErrors) {
    if (!reply.text.starts_with(known.begins)) continue;
    faults.failed(known.reason, known.text);
    return true;
  }
  return false;
}

void judge_role(const Info& info, const RedisConfig& config, Faults& faults) {
  if (config.role == "any") return;
  if (info.is_replica() == (config.role == "replica")) return;
  faults.judged(MUSTER_CRITICAL, "the server is no " + config.role);
}

Faults judge_memory(const Info& info, const RedisConfig& config) {
  Faults faults;
  const double most = info.number("maxmemory").value_or(0);
  if (most <= 0) return faults;
  // A cache may be full: it makes room by itself.
  const bool makes_room = info.text("maxmemory_policy") != "noeviction";
  static const Limits kUsual{90, 98}, kNone;
  const Limits& without = makes_room ? kNone : kUsual;
  const Limits& bars = config.memory_percent.any() ? config.memory_percent : without;
  faults.judged(bars.judge(info.number("used_memory").value_or(0) / most * 100),
                "memory is nearly all used");
  return faults;
}

// Of a replica, as it tells itself.
void judge_link(const Info& info, const RedisConfig& config, Faults& faults) {
  if (info.text("master_link_status") != "up") {
    const bool copying = info.text("master_sync_in_progress") == "1";
    return faults.judged(MUSTER_CRITICAL, copying ? "the replica is still copying its master"
                                                  : "the replica's link to its master is down");
  }
  const auto seconds = config.lag_seconds.judge(info.lag_seconds().value_or(0));
  const auto bytes = config.lag_bytes.judge(info.lag_bytes().value_or(0));
  faults.judged(std::max(seconds, bytes), "the replica is behind its master");
}

// Of a master's replicas.
void judge_replicas(const Info& info, const RedisConfig& config, Faults& faults) {
  const auto replicas = info.replicas();
  for (const Info::Replica& replica : replicas) {
    if (!replica.online) {
      faults.judged(MUSTER_WARNING, "replica " + replica.address + " is not online yet");
      continue;
    }
    const auto seconds = config.lag_seconds.judge(replica.lag_seconds);
    const auto bytes = config.lag_bytes.judge(replica.lag_bytes);
    faults.judged(std::max(seconds, bytes), "replica " + replica.address + " is behind");
  }
  if (static_cast<std::int64_t>(replicas.size()) < config.min_replicas) {
    faults.judged(MUSTER_CRITICAL, "the master has too few replicas");
  }
}

Faults judge_replication(const Info& info, const RedisConfig& config) {
  Faults faults;
  judge_role(info, config, faults);
  info.is_replica() ? judge_link(info, config, faults) : judge_replicas(info, config, faults);
  return faults;
}

Faults judge_persistence(const Info& info) {
  Faults faults;
  if (info.text("aof_last_write_status") == "err") {
    faults.judged(MUSTER_CRITICAL, "the last write to the append-only file failed");
  }
  if (info.text("rdb_last_bgsave_status") == "err") {
    faults.judged(MUSTER_WARNING, "the last save to disk failed");
  }
  if (info.text("aof_last_bgrewrite_status") == "err") {
    faults.judged(MUSTER_WARNING, "the last rewrite of the append-only file failed");
  }
  return faults;
}

}  // namespace

void judge_auth_error(const RespValue& reply, Faults& faults) {
  if (!failed_as_known(reply, faults)) {
    faults.failed(MUSTER_REASON_AUTH, "the server refuses AUTH");
  }
}

void judge_error(const RespValue& reply, Faults& faults) {
  if (failed_as_known(reply, faults)) return;
  faults.failed(MUSTER_REASON_REPORTED_UNHEALTHY, "the server says: " + reply.text.substr(0, 200));
}

std::vector<Part> judge_info(const Info& info, const RedisConfig& config) {
  return {{"memory", judge_memory(info, config)},
          {"replication", judge_replication(info, config)},
          {"persistence", judge_persistence(info)}};
}

}  // namespace redis_probe
