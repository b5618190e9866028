#include "aggregator/api/server_input.h"

#include "aggregator/api/emptying_patch.h"
#include "aggregator/api/field_reader.h"
#include "aggregator/api/server_rules.h"
#include "aggregator/api/tls_input.h"
#include "aggregator/api/word_list.h"
#include "aggregator/storage/merge_patch.h"

namespace muster {
namespace {

struct Fields {
  BodyField<std::string> name;
  BodyField<std::string> hostname;
  BodyField<std::string> api_url;
  BodyField<std::string> api_token;
  BodyField<std::string> region;
  BodyField<std::string> environment;
  BodyField<std::string> metadata;
  BodyField<std::string> status_name;
  BodyField<std::vector<std::string>> tags;
  BodyField<std::vector<std::string>> groups;
  TlsInput tls;
};

BodyField<std::string> checked(FieldReader& reader, const std::string& name,
                               Complaint (*rule)(const std::string&)) {
  BodyField<std::string> field = reader.text(name);
  if (field.value) {
    if (const Complaint complaint = rule(*field.value)) reader.reject(name, "invalid", *complaint);
  }
  return field;
}

Complaint complaint_about_status(const std::string& status) {
  if (server_status_from(status)) return std::nullopt;
  return "must be active, maintenance or disabled";
}

void check_metadata_size(FieldReader& reader, const std::string& metadata) {
  if (metadata.size() <= kMostMetadataBytes) return;
  reader.reject("metadata", "too_large",
                "may have " + std::to_string(kMostMetadataBytes) + " bytes at most");
}

// An empty text is the same as null where a field may be empty.
void empty_is_null(BodyField<std::string>& field) {
  if (field.value && field.value->empty()) field.value.reset();
}

BodyField<std::string> checked_unless_empty(FieldReader& reader, const std::string& name,
                                            Complaint (*rule)(const std::string&)) {
  BodyField<std::string> field = reader.text(name);
  empty_is_null(field);
  if (field.value) {
    if (const Complaint complaint = rule(*field.value)) {
      reader.reject(name, "invalid", *complaint);
      field.value.reset();
    }
  }
  return field;
}

Fields read_fields(FieldReader& reader, bool has_tls_key) {
  Fields fields;
  fields.name = checked(reader, "name", complaint_about_name);
  fields.hostname = checked_unless_empty(reader, "hostname", complaint_about_hostname);
  fields.api_url = checked_unless_empty(reader, "api_url", complaint_about_api_url);
  fields.api_token = checked(reader, "api_token", complaint_about_api_token);
  fields.region = checked(reader, "region", complaint_about_place);
  fields.environment = checked(reader, "environment", complaint_about_place);
  fields.status_name = checked(reader, "status", complaint_about_status);
  fields.tags = read_words(reader, "tags", kMostTags, complaint_about_tag);
  fields.groups = read_words(reader, "groups", kMostGroups, complaint_about_name);
  fields.metadata = reader.object("metadata");
  fields.tls = read_tls(reader, has_tls_key);
  if (fields.api_url.value) {
    fields.api_url.value = without_trailing_slashes(std::move(*fields.api_url.value));
  }
  return fields;
}

Server::Status status_of(const BodyField<std::string>& name) {
  return server_status_from(name.value.value_or("active")).value_or(Server::Status::kActive);
}

// Null clears, which for a text is the empty one.
std::optional<std::string> patched(const BodyField<std::string>& field) {
  if (!field.given) return std::nullopt;
  return field.value.value_or("");
}

// A hostname that was derived from the URL follows it; one that is cleared is derived anew.
std::optional<std::string> patched_hostname(const Fields& fields, const ServerRecord& current) {
  if (fields.hostname.value) return fields.hostname.value;
  const std::string url = patched(fields.api_url).value_or(current.api_url);
  const bool was_derived = !current.api_url.empty() && current.hostname == host_of(current.api_url);
  const bool follows = fields.api_url.value && (was_derived || current.hostname.empty());
  if (!fields.hostname.given && !follows) return std::nullopt;
  return url.empty() ? std::string() : host_of(url);
}

std::optional<std::string> patched_metadata(FieldReader& reader, const Fields& fields,
                                            const ServerRecord& current) {
  if (!fields.metadata.given) return std::nullopt;
  if (!fields.metadata.value) return emptying_patch(current.metadata_json);
  const auto merged = merge_patch(current.metadata_json, *fields.metadata.value);
  if (merged) check_metadata_size(reader, *merged);
  return fields.metadata.value;
}

ServerPatch patch_of(FieldReader& reader, const Fields& fields, const ServerRecord& current) {
  ServerPatch patch;
  patch.name = fields.name.value;
  patch.api_url = patched(fields.api_url);
  patch.hostname = patched_hostname(fields, current);
  if (fields.api_token.given) patch.api_token = Secret(fields.api_token.value.value_or(""));
  patch.tls_ca_pem = fields.tls.ca_pem;
  patch.client_certificate = fields.tls.client_certificate;
  patch.region = patched(fields.region);
  patch.environment = patched(fields.environment);
  if (fields.tags.given) patch.tags = fields.tags.value.value_or(std::vector<std::string>());
  if (fields.groups.given) patch.groups = fields.groups.value.value_or(std::vector<std::string>());
  patch.metadata_patch_json = patched_metadata(reader, fields, current);
  if (fields.status_name.given) patch.status = status_of(fields.status_name);
  return patch;
}

}  // namespace

tl::expected<NewServer, Problem> read_new_server(const JsonBody& body) {
  FieldReader reader(body);
  const Fields fields = read_fields(reader, false);
  if (!fields.name.given) reader.reject("name", "required", "a server needs a name");
  if (fields.name.is_null()) reader.reject("name", "required", "may not be null");
  if (!fields.api_url.given && !fields.hostname.given) {
    reader.reject("api_url", "required", "a server needs an api_url or a hostname");
  }
  check_metadata_size(reader, fields.metadata.value.value_or("{}"));
  if (auto problem = reader.finish()) return refuse(std::move(*problem));

  NewServer server;
  server.name = *fields.name.value;
  server.api_url = fields.api_url.value.value_or("");
  server.hostname = fields.hostname.value.value_or(
      server.api_url.empty() ? std::string() : host_of(server.api_url));
  server.api_token = Secret(fields.api_token.value.value_or(""));
  const ClientCertificate client = fields.tls.client_certificate.value_or(ClientCertificate());
  server.tls = {fields.tls.ca_pem.value_or(""), client.pem, client.key_pem};
  server.region = fields.region.value.value_or("");
  server.environment = fields.environment.value.value_or("");
  server.tags = fields.tags.value.value_or(std::vector<std::string>());
  server.groups = fields.groups.value.value_or(std::vector<std::string>());
  server.metadata_json = fields.metadata.value.value_or("{}");
  server.status = status_of(fields.status_name);
  return server;
}

tl::expected<ServerPatch, Problem> read_server_patch(const JsonBody& body,
                                                     const ServerRecord& current) {
  FieldReader reader(body);
  const Fields fields = read_fields(reader, current.has_tls_key);
  if (fields.name.is_null()) reader.reject("name", "required", "may not be null");
  ServerPatch patch = patch_of(reader, fields, current);
  if (patch.hostname && patch.hostname->empty() &&
      patch.api_url.value_or(current.api_url).empty()) {
    reader.reject("hostname", "required", "a server needs an api_url or a hostname");
  }
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return patch;
}

}  // namespace muster
