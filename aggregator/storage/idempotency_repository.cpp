#include "aggregator/storage/idempotency_repository.h"

#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kKeptFor = 24h;

SecretPlace place_of(OrganizationKey organization, const Uuid& id) {
  return {"idempotency_keys", "response_sealed", organization, id.to_string()};
}

}  // namespace

// What is older than a day makes room, here and by the way everywhere in the organization.
Result<Uuid> IdempotencyRepository::begin(const IdempotentRequest& request) {
  const Uuid id = Uuid::random();
  auto transaction = TenantTransaction::begin(pool_, request.organization);
  if (!transaction) return fail(transaction.error());
  auto made =
      (*transaction)
          ->exec_together(
              {{"DELETE FROM idempotency_keys WHERE org_id = $1 AND created_at <= $2",
                {request.organization, request.at - kKeptFor}},
               {"INSERT INTO idempotency_keys (id, org_id, token_id, key, request_sha256, "
                "created_at) "
                "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, token_id, key) DO NOTHING",
                {id, request.organization, request.token, request.key, Param::bytes(request.sha256),
                 request.at}}});
  if (!made) return fail(made.error());
  if (made->affected() == 0) return fail(ErrorCode::kConflict, "the key is taken");
  if (auto done = transaction->commit(); !done) return fail(Error(done.error()));
  return id;
}

Result<EarlierRequest> IdempotencyRepository::find(const IdempotentRequest& request) {
  auto rows = exec_as_tenant(pool_, request.organization,
                             "SELECT id, request_sha256, status, response_sealed "
                             "FROM idempotency_keys WHERE org_id = $1 AND token_id = $2 "
                             "AND key = $3",
                             {request.organization, request.token, request.key});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail(ErrorCode::kNotFound, "no such key");
  EarlierRequest earlier{rows->uuid(0, 0), rows->bytes(0, 1), 0, ""};
  if (rows->is_null(0, 2)) return earlier;
  auto response = secrets_.unseal(rows->bytes(0, 3), place_of(request.organization, earlier.id));
  if (!response) return fail(response.error());
  earlier.status = static_cast<int>(rows->integer(0, 2));
  earlier.response = response->reveal();
  return earlier;
}

Result<void> IdempotencyRepository::complete(OrganizationKey organization, const Uuid& id,
                                             int status, const std::string& response) {
  const auto sealed = secrets_.seal(response, place_of(organization, id));
  if (!sealed) return fail(sealed.error());
  auto done = exec_as_tenant(pool_, organization,
                             "UPDATE idempotency_keys SET status = $3, response_sealed = $4 "
                             "WHERE org_id = $1 AND id = $2",
                             {organization, id, status, Param::bytes(*sealed)});
  if (!done) return fail(done.error());
  return {};
}

Result<void> IdempotencyRepository::forget(OrganizationKey organization, const Uuid& id) {
  auto done = exec_as_tenant(pool_, organization,
                             "DELETE FROM idempotency_keys WHERE org_id = $1 AND id = $2",
                             {organization, id});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace muster
