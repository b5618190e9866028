// Many servers at once into the database, one multi-row INSERT for 500 of them. Names occur once in
// what it is given; whoever gives it has seen to that. Thread-safe: each call leases its own
// connection.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aggregator/storage/connection_pool.h"
#include "aggregator/storage/secret_box.h"
#include "aggregator/storage/server_record.h"

namespace muster {

// What becomes of a server whose name is there. An update replaces everything but groups and what
// holds secrets (api_token, tls) where the new server names none.
enum class OnConflict : std::uint8_t { kRefuse, kSkip, kUpdate };

struct ImportOutcome {
  enum class Kind : std::uint8_t {
    kCreated,
    kUpdated,
    kSkipped,
    kNameTaken,
    kQuotaExceeded,
    kRefused,    // a value that the database does not take
    kNotStored,  // the database failed before it came to this one
  };
  Kind kind = Kind::kNotStored;
  std::optional<Uuid> id;  // of the first three

  bool is_failure() const { return kind > Kind::kSkipped; }
};

class ServerImport {
 public:
  using Outcomes = std::vector<ImportOutcome>;  // one a server, in their order

  ServerImport(ConnectionPool& pool, const SecretBox& secrets) : pool_(pool), secrets_(secrets) {}

  // In transactions of 500. What cannot be stored spoils nothing else: the rest is tried without
  // it. An error says that nothing was stored.
  Result<Outcomes> store(OrganizationKey organization, std::span<const NewServer> servers,
                         OnConflict on_conflict);

  // All or nothing: when one of the outcomes is a failure, nothing was stored. kConflict with the
  // message kServerQuota when the quota does not suffice.
  Result<Outcomes> store_all(OrganizationKey organization, std::span<const NewServer> servers,
                             OnConflict on_conflict);

  // What would become of them, as far as names tell. Stores nothing; made-up servers have no id.
  Result<Outcomes> foresee(OrganizationKey organization, std::span<const NewServer> servers,
                           OnConflict on_conflict);

 private:
  struct Attempt;

  struct Progress;

  void store_part(const Attempt& attempt, Progress& progress);
  DbResult<Outcomes> try_once(const Attempt& attempt, bool may_create);
  void tell_planner(std::size_t stored);

  ConnectionPool& pool_;
  const SecretBox& secrets_;
};

}  // namespace muster
