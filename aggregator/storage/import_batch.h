// Up to some hundred servers within one transaction: those that are new inserted, those that are
// there dealt with as the caller wishes. Names occur once. One import's, no locks.
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "aggregator/storage/connection.h"
#include "aggregator/storage/server_import.h"
#include "aggregator/storage/server_rows.h"

namespace muster {

class ImportBatch {
 public:
  ImportBatch(Connection& connection, const SecretBox& secrets, OrganizationKey organization,
              std::span<const NewServer> servers, OnConflict on_conflict);

  // `may_create` false: new ones are refused for the quota, which is used up.
  DbResult<ServerImport::Outcomes> store(bool may_create);
  DbResult<ServerImport::Outcomes> foresee();

 private:
  DbResult<void> find_existing();
  DbResult<void> insert_new();
  DbResult<void> note_new(const std::map<Uuid, std::size_t>& fresh, const Rows& made);
  DbResult<void> update_existing();
  DbResult<void> join_groups(const std::vector<std::size_t>& places);
  void judge_new(ImportOutcome::Kind kind);
  void judge_existing();

  Connection& connection_;
  const SecretBox& secrets_;
  const OrganizationKey organization_;
  const std::span<const NewServer> servers_;
  const OnConflict on_conflict_;
  std::map<std::string_view, std::size_t> places_;  // by name
  std::map<std::size_t, Uuid> existing_;            // by place
  ServerImport::Outcomes outcomes_;
};

}  // namespace muster
