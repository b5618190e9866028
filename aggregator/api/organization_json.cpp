#include "aggregator/api/organization_json.h"

#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_quota(JsonWriter& json, std::string_view name, const std::optional<int>& quota) {
  json.key(name);
  quota ? json.value(*quota) : json.value(nullptr);
}

}  // namespace

void write_organization(JsonWriter& json, const OrganizationRecord& organization) {
  json.begin_object().member("id", organization.id.to_string()).member("name", organization.name);
  json.key("quotas").begin_object();
  write_quota(json, "servers", organization.quotas.servers);
  write_quota(json, "checks_per_second", organization.quotas.checks_per_second);
  write_quota(json, "requests_per_minute", organization.quotas.requests_per_minute);
  json.end_object().member("created_at", to_rfc3339(organization.created_at)).end_object();
}

}  // namespace muster
