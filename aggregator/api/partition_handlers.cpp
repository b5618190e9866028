#include "aggregator/api/partition_handlers.h"

#include "aggregator/api/json_writer.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_bound(JsonWriter& json, std::string_view key, WallTime bound) {
  json.key(key);
  if (bound == WallTime::min() || bound == WallTime::max()) {
    json.value(nullptr);  // open
  } else {
    json.value(to_rfc3339(bound));
  }
}

void write_range(JsonWriter& json, const TimeRange& range) {
  write_bound(json, "from", range.from);
  write_bound(json, "to", range.to);
}

void write_partition(JsonWriter& json, const PartitionListing::Item& item) {
  json.begin_object().member("name", item.name);
  write_range(json, item.range);
  json.member("state", item.detach_pending ? "detach_pending" : "attached");
  json.member("bytes", item.bytes).key("row_estimate");
  item.row_estimate < 0 ? json.value(nullptr) : json.value(item.row_estimate);
  json.end_object();
}

void write_file(JsonWriter& json, const ArchiveRow& archive) {
  json.key("file");
  if (archive.path.empty()) {
    json.value(nullptr);
    return;
  }
  json.begin_object().member("path", archive.path).member("bytes", archive.bytes);
  json.member("sha256", archive.sha256).member("rows", archive.content.rows).end_object();
}

void write_archive(JsonWriter& json, const ArchiveRow& archive) {
  json.begin_object();
  write_range(json, archive.range);
  json.member("state", to_string(archive.state));
  json.member("changed_at", to_rfc3339(archive.changed_at));
  if (archive.keep_until) json.member("keep_until", to_rfc3339(*archive.keep_until));
  write_file(json, archive);
  json.end_object();
}

void write_status(JsonWriter& json, const PartitionStatus& status, const std::string& table) {
  json.key("last_success").begin_object();
  for (const auto& [key, at] : status.last_success) {
    if (key.first == table) json.member(key.second, to_rfc3339(at));
  }
  json.end_object();
  const auto found = status.tables.find(table);
  if (found == status.tables.end()) return;
  json.member("covered_until", to_rfc3339(found->second.covered_until));
  json.key("quarantined_rows").begin_object();
  for (const auto& [reason, rows] : found->second.quarantined) json.member(reason, rows);
  json.end_object();
}

void write_table(JsonWriter& json, const PartitionListing& listing, const PartitionStatus& status) {
  const PartitionPolicy& policy = listing.policy;
  json.begin_object().member("table", policy.table->name).member("key", policy.table->key);
  json.member("period", to_string(policy.period));
  json.member("retention", to_string(policy.retention));
  write_status(json, status, std::string(policy.table->name));
  json.key("partitions").begin_array();
  for (const auto& item : listing.partitions) write_partition(json, item);
  json.end_array().key("archives").begin_array();
  for (const ArchiveRow& archive : listing.archives) write_archive(json, archive);
  json.end_array().end_object();
}

}  // namespace

Answer PartitionHandlers::list(const ApiRequest&) {
  const auto listings = context_.partitions.list();
  if (!listings) return refuse(problem_of(listings.error()));
  const PartitionStatus status = context_.partition_status();
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const PartitionListing& listing : *listings) write_table(json, listing, status);
  json.end_array().key("failures").begin_array();
  for (const auto& [key, count] : status.failures) {
    json.begin_object().member("step", key.first).member("sqlstate", key.second);
    json.member("count", count).end_object();
  }
  return ApiResponse{200, json.end_array().end_object().take(), {}};
}

}  // namespace muster
