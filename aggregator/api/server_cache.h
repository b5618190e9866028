// The records of servers that were asked for lately, so that reading one costs no SQL. A record is
// good as long as the fleet has the very announcement under which it was read: every write is
// announced. The health columns may lag behind; memory lays its own over them. Thread-safe.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "aggregator/live/live_table.h"
#include "aggregator/storage/server_repository.h"
#include "common/base/guarded.h"

namespace muster {

using ServerRecordPointer = std::shared_ptr<const ServerRecord>;

class ServerCache {
 public:
  ServerCache(ServerRepository& servers, const LiveTable& live, std::size_t most = 20'000)
      : servers_(servers), live_(live), most_a_shard_(most / kShards) {}

  // What is not there is kNotFound, and is not remembered.
  Result<ServerRecordPointer> find(OrganizationKey organization, const Uuid& id);

  // After a write, whose announcement may fail.
  void forget(const Uuid& id);

 private:
  static constexpr std::size_t kShards = 16;

  struct Kept {
    ServerRecordPointer record;
    std::weak_ptr<const Server> announced;
  };
  struct IdHash {
    std::size_t operator()(const Uuid& id) const;
  };
  using Shard = Guarded<std::unordered_map<Uuid, Kept, IdHash>>;

  Shard& shard(const Uuid& id) { return shards_[id.bytes[15] % kShards]; }
  ServerRecordPointer find_kept(OrganizationKey organization, const Uuid& id);
  void keep(ServerRecordPointer record);

  ServerRepository& servers_;
  const LiveTable& live_;
  const std::size_t most_a_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace muster
