#include "aggregator/api/organization_handlers.h"

#include <limits>

#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/field_reader.h"
#include "aggregator/api/organization_json.h"

namespace muster {
namespace {

constexpr std::string_view kNoun = "organization";

// Names stand in URLs (?organization=), so they are of plain characters.
bool is_name(const std::string& name) {
  static constexpr std::string_view kGood = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !name.empty() && name.size() <= 63 && name.front() != '-' &&
         name.find_first_not_of(kGood) == std::string::npos;
}

void read_name(FieldReader& reader, OrganizationRecord& organization) {
  const auto name = reader.text("name");
  if (!name.given && !organization.name.empty()) return;
  if (!name.value) {
    reader.reject("name", "required", "an organization needs a name");
  } else if (!is_name(*name.value)) {
    reader.reject("name", "invalid", "must have 1 to 63 of a-z, 0-9 and -, not - first");
  }
  if (organization.name == kDefaultOrganization && name.value != organization.name) {
    reader.reject("name", "reserved", "the organization default is there always, by this name");
  }
  organization.name = name.value.value_or("");
}

void read_quota(FieldReader& reader, const std::string& name, int least,
                std::optional<int>& quota) {
  const auto given = reader.integer(name);
  if (!given.given) return;
  quota = std::nullopt;
  if (!given.value) return;
  if (*given.value < least || *given.value > std::numeric_limits<int>::max()) {
    reader.reject(name, "out_of_range", "must be at least " + std::to_string(least) + ", or null");
    return;
  }
  quota = static_cast<int>(*given.value);
}

// `organization` with what the body says: a merge patch, on a new one as well.
tl::expected<OrganizationRecord, Problem> read_organization(const std::string& text,
                                                            OrganizationRecord organization) {
  const auto body = JsonBody::parse(text);
  if (!body) return refuse(body.error());
  FieldReader reader(*body);
  read_name(reader, organization);
  const auto quotas = reader.nested("quotas");
  if (quotas.is_null()) organization.quotas = {};
  if (quotas.value) {
    FieldReader inner(*quotas.value);
    read_quota(inner, "servers", 0, organization.quotas.servers);
    read_quota(inner, "checks_per_second", 0, organization.quotas.checks_per_second);
    read_quota(inner, "requests_per_minute", 1, organization.quotas.requests_per_minute);
    reader.adopt("quotas", inner.finish());
  }
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return organization;
}

ApiResponse response_of(int status, const OrganizationRecord& organization) {
  JsonWriter json;
  write_organization(json, organization);
  return {status, json.take(), {{"ETag", entity_tag(organization.version)}}};
}

}  // namespace

Answer OrganizationHandlers::list(const ApiRequest&) {
  const auto organizations = context_.organizations.list();
  if (!organizations) return refuse(problem_of(organizations.error()));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const OrganizationRecord& organization : *organizations) {
    write_organization(json, organization);
  }
  return ApiResponse{200, json.end_array().end_object().take(), {}};
}

Answer OrganizationHandlers::create(const ApiRequest& request) {
  const auto input = read_organization(request.body, {});
  if (!input) return refuse(input.error());
  const auto made = context_.organizations.create(input->name, input->quotas);
  if (!made) return refuse(write_problem(made.error(), kNoun, kOrganizationChanged));
  ApiResponse response = response_of(201, *made);
  response.headers.emplace_back("Location", "/api/v1/fleet/organizations/" + made->id.to_string());
  return response;
}

Answer OrganizationHandlers::show(const ApiRequest& request) {
  const auto found = find(request);
  if (!found) return refuse(found.error());
  if (auto same = not_modified(request, entity_tag(found->version))) return std::move(*same);
  return response_of(200, *found);
}

Answer OrganizationHandlers::change(const ApiRequest& request) {
  return write_newest(request, [&] { return change_found(request); });
}

Answer OrganizationHandlers::change_found(const ApiRequest& request) {
  const auto found = find(request);
  if (!found) return refuse(found.error());
  if (auto problem = stale(request, found->version, kNoun)) return refuse(std::move(*problem));
  const auto changed = read_organization(request.body, *found);
  if (!changed) return refuse(changed.error());
  const auto updated = context_.organizations.update(*changed);
  if (!updated) return refuse(write_problem(updated.error(), kNoun, kOrganizationChanged));
  directory_.forget();
  return response_of(200, *updated);
}

tl::expected<OrganizationRecord, Problem> OrganizationHandlers::find(const ApiRequest& request) {
  const auto id = Uuid::parse(request.parts.at("id"));
  if (!id) return refuse(ProblemCode::kNotFound, "there is no such organization");
  auto found = context_.organizations.find(*id);
  if (found) return std::move(*found);
  if (found.error().code != ErrorCode::kNotFound) return refuse(problem_of(found.error()));
  return refuse(ProblemCode::kNotFound, "there is no such organization");
}

}  // namespace muster
