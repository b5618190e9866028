#include "aggregator/api/scope_parameter.h"

namespace muster {
namespace {

enum class Scope { kOrganization, kPlatform };

std::optional<Scope> scope_from(std::string_view name) {
  if (name == "organization") return Scope::kOrganization;
  if (name == "platform") return Scope::kPlatform;
  return std::nullopt;
}

}  // namespace

std::optional<OrganizationKey> read_scope(QueryReader& query, const ApiRequest& request) {
  const auto scope = query.choice("scope", scope_from, "organization, platform");
  if (scope != Scope::kPlatform) return request.organization;
  if (!request.principal->home) return std::nullopt;
  query.reject("scope", "invalid", "needs a platform token");
  return request.organization;
}

}  // namespace muster
