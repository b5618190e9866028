// Stores batches in PostgreSQL: one transaction with binary COPY of checks and metrics, new
// message texts, state changes with their events, and how far the batch's segment is stored, by
// which a batch that was stored before is recognised. Owned and called by thread `writer`.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/spool/batch_store.h"
#include "aggregator/storage/check_detail.h"
#include "aggregator/storage/connection.h"
#include "aggregator/storage/fact_bounds.h"
#include "aggregator/storage/index_order.h"
#include "aggregator/storage/last_seen.h"
#include "aggregator/storage/probe_dictionary.h"
#include "aggregator/storage/series_dictionary.h"
#include "aggregator/storage/stored_details.h"
#include "common/base/uuid.h"

namespace muster {

class PostgresBatchStore final : public BatchStore {
 public:
  static constexpr std::size_t kUsualSeries = 500;

  // The words of a batch. Many rows share them, so few are made into JSON and hashed.
  using Details = std::map<std::pair<OrganizationKey, const Words*>, CheckDetail>;

  explicit PostgresBatchStore(ConnectionSettings settings,
                              std::size_t series_per_server = kUsualSeries);

  StoreResult<StoredBatch> store(const ResultBatch& batch) override;
  StoreResult<StoredBatch> quarantine(const ResultBatch& batch, const std::string& reason) override;
  StoreResult<std::int64_t> stored_upto(const Uuid& segment) override;
  StoreResult<void> forget(const Uuid& segment) override;
  void give_up() override { give_up_ = true; }

 private:
  // A batch with what is known of it before its transaction.
  struct Prepared {
    const ResultBatch& batch;
    IndexOrder rows;
    Details details;
    SeriesDictionary::Learnt custom;
  };

  static Details details_of(const ResultBatch& batch);
  DbResult<StoredBatch> store_with_bounds(const ResultBatch& batch);
  DbResult<StoredBatch> store_aside(const ResultBatch& batch, const std::string& reason);
  DbResult<void> store_parts(const Prepared& prepared, StoredBatch& stored);
  DbResult<void> connect();
  // How far the segment was stored already when that is past the batch's beginning.
  DbResult<std::optional<std::int64_t>> claim(const ResultBatch& batch);
  DbResult<StoredBatch> store_once(const Prepared& prepared);
  DbResult<void> copy_custom(const SeriesDictionary::Learnt& custom, StoredBatch& stored);
  // What `bounds` do not cover goes to quarantine for `reason`.
  DbResult<StoredBatch> copy_facts(const Prepared& prepared, const FactBounds& bounds,
                                   const std::string& reason);
  DbResult<void> write_details(const Details& details);
  void remember(const Details& details);

  // A failure as the writer needs to know it.
  auto told() const {
    return [this](const DbError& error) {
      return StoreFailure{
          {error.code, error.message}, error.is_data_error(), !connection_, error.sqlstate};
    };
  }

  std::atomic<bool> give_up_{false};
  const ConnectionSettings settings_;
  std::optional<Connection> connection_;
  FactBounds bounds_;
  ProbeDictionary probes_;
  SeriesDictionary series_;
  StoredDetails stored_details_{200'000};
  LastSeen last_seen_;
};

}  // namespace muster
