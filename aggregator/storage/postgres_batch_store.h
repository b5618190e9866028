// Stores batches in PostgreSQL: one transaction with binary COPY of checks and metrics, new
// message texts, state changes with their events, and the batch's number, by which a batch whose
// COMMIT was never answered is recognised. Owned and called by thread `writer`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/storage/batch_store.h"
#include "aggregator/storage/check_detail.h"
#include "aggregator/storage/connection.h"
#include "aggregator/storage/last_seen.h"
#include "aggregator/storage/partition_planner.h"
#include "aggregator/storage/probe_dictionary.h"
#include "aggregator/storage/stored_details.h"
#include "common/base/uuid.h"

namespace muster {

class PostgresBatchStore final : public BatchStore {
 public:
  explicit PostgresBatchStore(ConnectionSettings settings) : settings_(std::move(settings)) {}

  DbResult<StoredBatch> store(const ResultBatch& batch) override;
  DbResult<void> quarantine(const ResultBatch& batch, const std::string& reason) override;

 private:
  // Of a batch. Most rows share their words, so few of them are made into JSON and hashed.
  using Details = std::map<std::pair<OrganizationKey, const Words*>, CheckDetail>;

  static Details details_of(const ResultBatch& batch);
  DbResult<void> connect();
  DbResult<void> read_bounds();
  DbResult<StoredBatch> store_once(const ResultBatch& batch, const Details& details);
  DbResult<bool> claim(std::int64_t number);  // false: that batch was committed before
  DbResult<StoredBatch> copy_facts(const ResultBatch& batch, const Details& details);
  DbResult<void> write_details(const Details& details);
  void remember(const Details& details);
  LastSeen::Sightings sightings(const ResultBatch& batch) const;
  bool covers(WallTime time) const;

  const ConnectionSettings settings_;
  const Uuid writer_ = Uuid::random();
  std::optional<Connection> connection_;
  std::vector<TimeRange> check_bounds_;
  std::vector<TimeRange> metrics_bounds_;
  ProbeDictionary probes_;
  StoredDetails stored_details_{200'000};
  LastSeen last_seen_;
};

}  // namespace muster
