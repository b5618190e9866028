#include "aggregator/storage/idempotency_repository.h"

#include "aggregator/storage/tenant.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

constexpr auto kKeptFor = 24h;

SecretPlace place_of(std::optional<OrganizationKey> organization, const Uuid& id) {
  return {"idempotency_keys", "response_sealed", organization.value_or(0), id.to_string()};
}

}  // namespace

// What is older than a day makes room, here and by the way everywhere in the organization.
Result<Uuid> IdempotencyRepository::begin(const IdempotentRequest& request) {
  auto swept = exec(request.organization,
                    "DELETE FROM idempotency_keys WHERE org_id IS NOT DISTINCT FROM $1::int "
                    "AND created_at <= $2",
                    {request.organization, request.at - kKeptFor});
  if (!swept) return fail(swept.error());
  const Uuid id = Uuid::random();
  auto made =
      exec(request.organization,
           "INSERT INTO idempotency_keys (id, org_id, token_id, key, request_sha256, created_at) "
           "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token_id, key, org_id) DO NOTHING",
           {id, request.organization, request.token, request.key, Param::bytes(request.sha256),
            request.at});
  if (!made) return fail(made.error());
  if (made->affected() == 0) return fail(ErrorCode::kConflict, "the key is taken");
  return id;
}

Result<EarlierRequest> IdempotencyRepository::find(const IdempotentRequest& request) {
  auto rows = exec(request.organization,
                   "SELECT id, request_sha256, status, response_sealed FROM idempotency_keys "
                   "WHERE token_id = $2 AND key = $3 AND org_id IS NOT DISTINCT FROM $1::int",
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

Result<void> IdempotencyRepository::complete(std::optional<OrganizationKey> organization,
                                             const EarlierRequest& done) {
  const auto sealed = secrets_.seal(done.response, place_of(organization, done.id));
  if (!sealed) return fail(sealed.error());
  auto kept =
      exec(organization,
           "UPDATE idempotency_keys SET request_sha256 = $3, status = $4, "
           "response_sealed = $5 WHERE org_id IS NOT DISTINCT FROM $1::int AND id = $2",
           {organization, done.id, Param::bytes(done.sha256), done.status, Param::bytes(*sealed)});
  if (!kept) return fail(kept.error());
  return {};
}

Result<void> IdempotencyRepository::forget(std::optional<OrganizationKey> organization,
                                           const Uuid& id) {
  auto done =
      exec(organization,
           "DELETE FROM idempotency_keys WHERE org_id IS NOT DISTINCT FROM $1::int AND id = $2",
           {organization, id});
  if (!done) return fail(done.error());
  return {};
}

Result<Rows> IdempotencyRepository::exec(std::optional<OrganizationKey> organization,
                                         std::string sql, Params params) {
  return exec_for(pool_, every_organization_, organization, std::move(sql), std::move(params));
}

}  // namespace muster
