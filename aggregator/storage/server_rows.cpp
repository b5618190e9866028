#include "aggregator/storage/server_rows.h"

#include <utility>

#include "aggregator/storage/server_columns.h"

namespace muster {

Result<void> ServerRows::add(const Uuid& id, const NewServer& server) {
  auto token = sealed(server.api_token, kTokenColumn, id);
  if (!token) return fail(token.error());
  auto key = sealed(server.tls.key_pem, kTlsKeyColumn, id);
  if (!key) return fail(key.error());
  ids_.push_back(id.to_string());
  names_.push_back(server.name);
  hostnames_.push_back(server.hostname);
  api_urls_.push_back(server.api_url);
  tokens_.push_back(std::move(*token));
  regions_.push_back(server.region);
  environments_.push_back(server.environment);
  tags_.emplace_back(Param(server.tags).data());
  metadata_.push_back(server.metadata_json);
  statuses_.emplace_back(to_string(server.status));
  authorities_.push_back(server.tls.ca_pem);
  certificates_.push_back(server.tls.certificate_pem);
  keys_.push_back(std::move(*key));
  return {};
}

const std::string& ServerRows::source() {
  static const std::string kSql =
      "unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], "
      "$8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[]) "
      "AS r(id, name, hostname, api_url, token, region, environment, tags, metadata, status, "
      "authority, certificate, key)";
  return kSql;
}

Params ServerRows::params() const {
  return {organization_, ids_,
          names_,        hostnames_,
          api_urls_,     Param::byte_arrays(tokens_),
          regions_,      environments_,
          tags_,         metadata_,
          statuses_,     authorities_,
          certificates_, Param::byte_arrays(keys_)};
}

Result<std::string> ServerRows::sealed(const Secret& secret, std::string_view column,
                                       const Uuid& id) const {
  if (secret.empty()) return std::string();
  return secrets_.seal(secret.reveal(), place_in_servers(column, organization_, id));
}

}  // namespace muster
