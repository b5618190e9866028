#include "aggregator/api/server_cache.h"

#include <cstring>

namespace muster {
namespace {

// Records with long certificates or metadata are few; all of them would be a gigabyte.
constexpr std::size_t kLargestKept = 8 * 1024;

std::size_t size_of(const ServerRecord& server) {
  return server.tls_ca_pem.size() + server.tls_certificate_pem.size() + server.metadata_json.size();
}

}  // namespace

// Ids are random.
std::size_t ServerCache::IdHash::operator()(const Uuid& id) const {
  std::size_t hash = 0;
  std::memcpy(&hash, id.bytes.data(), sizeof hash);
  return hash;
}

Result<ServerRecordPointer> ServerCache::find(OrganizationKey organization, const Uuid& id) {
  if (auto kept = find_kept(organization, id)) return kept;
  auto found = servers_.find(organization, id);
  if (!found) return fail(found.error());
  auto record = std::make_shared<const ServerRecord>(std::move(*found));
  keep(record);
  return record;
}

void ServerCache::forget(const Uuid& id) {
  shard(id).with([&](auto& records) { records.erase(id); });
}

ServerRecordPointer ServerCache::find_kept(OrganizationKey organization, const Uuid& id) {
  const Kept kept = shard(id).with([&](const auto& records) {
    const auto found = records.find(id);
    return found == records.end() ? Kept() : found->second;
  });
  if (!kept.record || kept.record->organization != organization) return nullptr;
  bool good = false;
  live_.look(kept.record->key, [&](const LiveServer& live) {
    good = !kept.announced.owner_before(live.server) && !live.server.owner_before(kept.announced);
  });
  return good ? kept.record : nullptr;
}

// A record that was read before a write and comes here after its announcement has another version.
void ServerCache::keep(ServerRecordPointer record) {
  if (size_of(*record) > kLargestKept) return;
  ServerPointer announced;
  live_.look(record->key, [&](const LiveServer& live) { announced = live.server; });
  if (!announced || announced->version != record->version) return;
  shard(record->id).with([&](auto& records) {
    // Whichever goes: most of what is asked for again stays.
    if (records.size() >= most_a_shard_ && !records.contains(record->id)) {
      records.erase(records.begin());
    }
    records[record->id] = {record, announced};
  });
}

}  // namespace muster
