#include "aggregator/settings/api_settings.h"

#include "common/config/reader.h"

namespace muster {

const std::string_view kApiSchema = R"yaml(
type: object
default: {}
properties:
  listen:
    type: string
    format: host
    default: 127.0.0.1
    description: "address to listen on; 0.0.0.0 or :: for all"
  port:
    type: integer
    minimum: 0
    maximum: 65535
    default: 8470
    description: TCP port; 0 takes any free one
  threads:
    type: integer
    minimum: 1
    maximum: 1024
    default: 16
    description: requests served at the same time
  max_connections:
    type: integer
    minimum: 16
    maximum: 100000
    default: 4096
    description: "open connections; never more than a quarter of the open files (LimitNOFILE)"
  max_connections_per_address:
    type: integer
    minimum: 0
    maximum: 100000
    default: 256
    description: "open connections from one address, or one /64 of IPv6; 0 is no limit"
  request_body_limit:
    type: string
    format: bytes
    minimum: 1KiB
    maximum: 64MiB
    default: 256KiB
    description: longest request body
  requests_per_minute:
    type: integer
    minimum: 1
    maximum: 1000000000
    default: 60000
    description: requests of an organization that has no quota of its own
  access_log:
    type: boolean
    default: false
    description: log every request, without its query, headers and body
  metrics_anonymous:
    type: boolean
    default: false
    description: serve /metrics without a token
  tls:
    type: object
    description: serve HTTPS; without it, plain HTTP
    required: [certificate, key]
    properties:
      certificate:
        type: string
        format: path
        description: PEM file with the certificate and its chain
      key:
        type: string
        format: path
        description: PEM file with the private key
)yaml";

ApiSettings read_api(const Node& section) {
  ApiSettings api;
  api.listen = read_string(section, "listen");
  api.port = static_cast<std::uint16_t>(read_integer(section, "port"));
  api.threads = static_cast<int>(read_integer(section, "threads"));
  api.max_connections = static_cast<int>(read_integer(section, "max_connections"));
  api.max_connections_per_address =
      static_cast<int>(read_integer(section, "max_connections_per_address"));
  api.request_body_limit = read_bytes(section, "request_body_limit");
  api.requests_per_minute = static_cast<int>(read_integer(section, "requests_per_minute"));
  api.access_log = read_boolean(section, "access_log");
  api.metrics_anonymous = read_boolean(section, "metrics_anonymous");
  if (has(section, "tls")) {
    const Node& tls = child(section, "tls");
    api.tls_certificate = read_string(tls, "certificate");
    api.tls_key = read_string(tls, "key");
  }
  return api;
}

}  // namespace muster
