// Operations as the API makes, finds and cancels them, each for one organization; what belongs to
// another is kNotFound. Running them is the OperationJournal's. Thread-safe: each call leases its
// own connection.
#pragma once

#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/operation_record.h"

namespace muster {

class OperationRepository {
 public:
  explicit OperationRepository(ConnectionPool& pool) : pool_(pool) {}

  // By name; one more than kMostTargets tells that there are too many.
  Result<std::vector<OperationCandidate>> candidates(OrganizationKey organization,
                                                     const ServerFilter& filter);
  // In no order; those that are not there are left out.
  Result<std::vector<OperationCandidate>> candidates(OrganizationKey organization,
                                                     const std::vector<std::string>& ids);

  // kConflict with the message kTooManyUnfinished, or when a target was deleted meanwhile.
  Result<OperationRecord> insert(OrganizationKey organization, const NewOperation& operation,
                                 WallTime now);
  Result<OperationRecord> find(OrganizationKey organization, const Uuid& id);
  Result<std::vector<OperationRecord>> list(OrganizationKey organization,
                                            const OperationListing& listing);
  Result<std::vector<OperationTarget>> targets(OrganizationKey organization, const Uuid& operation,
                                               const TargetListing& listing);

  // What is canceling or canceled stays so; kConflict when it has ended otherwise, or with the
  // message kOperationChanged when `expected_version` is given and no longer its own.
  Result<OperationRecord> cancel(OrganizationKey organization, const Uuid& id,
                                 std::optional<std::int64_t> expected_version = std::nullopt);

 private:
  ConnectionPool& pool_;
};

inline constexpr std::string_view kOperationChanged = "the operation has changed meanwhile";
inline constexpr std::string_view kTooManyUnfinished = "too many operations are unfinished";

}  // namespace muster
