#include "aggregator/storage/partition_repository.h"

namespace muster {
namespace {

DbResult<PartitionListing::Item> describe(Connection& connection, const Partition& partition) {
  auto rows = connection.exec(
      "SELECT pg_total_relation_size(oid), reltuples::bigint FROM pg_class "
      "WHERE oid = to_regclass($1)",
      {partition.name});
  if (!rows) return fail(rows.error());
  PartitionListing::Item item{partition.name, partition.range, partition.detach_pending, 0, 0};
  if (rows->empty()) return item;  // dropped this moment
  item.bytes = rows->integer(0, 0);
  item.row_estimate = rows->integer(0, 1);
  return item;
}

DbResult<PartitionListing> describe_table(Connection& connection, const PartitionPolicy& policy) {
  PartitionListing listing{policy, {}, {}};
  const auto partitions = partitions_of(connection, policy.table->name);
  if (!partitions) return fail(partitions.error());
  for (const Partition& partition : *partitions) {
    auto item = describe(connection, partition);
    if (!item) return fail(item.error());
    listing.partitions.push_back(std::move(*item));
  }
  auto archives = ArchiveRepository(connection).of(policy.table->name);
  if (!archives) return fail(archives.error());
  listing.archives = std::move(*archives);
  return listing;
}

}  // namespace

Result<std::vector<PartitionListing>> PartitionRepository::list() {
  auto lease = pool_.lease();
  if (!lease) return fail(lease.error());
  std::vector<PartitionListing> all;
  for (const PartitionPolicy& policy : tables_) {
    auto listing = describe_table(**lease, policy);
    if (!listing) return fail(Error(listing.error()));
    all.push_back(std::move(*listing));
  }
  return all;
}

}  // namespace muster
