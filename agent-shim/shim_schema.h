// The schema of muster-shim.yaml. What the keys mean is told in etc/muster-shim.yaml.
#pragma once

#include <string_view>

namespace muster::shim {

inline constexpr std::string_view kShimSchema = R"(
type: object
properties:
  log_level: {type: string, enum: [error, warn, info, debug], default: info}
  listen:
    type: object
    default: {}
    properties:
      address: {type: string, format: host, default: 127.0.0.1}
      port: {type: integer, minimum: 0, maximum: 65535, default: 8471}
  token: {type: string, minLength: 16, x-muster-secret: true}
  public_paths:
    type: array
    uniqueItems: true
    default: []
    items: {type: string, enum: [/health, /metrics, /api/v1/metrics/current]}
  allow_anonymous: {type: boolean, default: false}
  tls:
    type: object
    required: [certificate, key]
    properties:
      certificate: {type: string, format: path}
      key: {type: string, format: path}
  limits:
    type: object
    default: {}
    properties:
      connections: {type: integer, minimum: 2, maximum: 256, default: 16}
      request_timeout: {type: string, format: duration, minimum: 100ms, maximum: 60s, default: 5s}
      keep_alive: {type: string, format: duration, minimum: 0s, maximum: 1h, default: 75s}
  metrics:
    type: object
    default: {}
    properties:
      mount: {type: string, minLength: 1, default: /}
      ignored_interfaces: {type: array, items: {type: string, minLength: 1}, default: [lo]}
  thresholds:
    type: object
    default: {}
    properties:
      disk_percent:
        type: object
        default: {}
        properties:
          warning: {type: number, minimum: 0, maximum: 100, default: 90}
          critical: {type: number, minimum: 0, maximum: 100, default: 95}
      memory_percent:
        type: object
        default: {}
        properties:
          warning: {type: number, minimum: 0, maximum: 100, default: 90}
          critical: {type: number, minimum: 0, maximum: 100, default: 98}
  cache: {type: string, format: duration, minimum: 0s, maximum: 5m, default: 5s}
  checks:
    type: object
    default: {}
    additionalProperties:
      type: object
      properties:
        critical: {type: boolean, default: true}
        timeout: {type: string, format: duration, minimum: 50ms, maximum: 30s, default: 2s}
        tcp:
          type: object
          required: [port]
          properties:
            host: {type: string, format: host, default: 127.0.0.1}
            port: {type: integer, format: port}
        http:
          type: object
          required: [url]
          properties:
            url: {type: string, format: http-url, maxLength: 2000}
            expect:
              type: array
              minItems: 1
              items: {type: integer, minimum: 100, maximum: 599}
              default: [200]
            ca_file: {type: string, format: path}
        process:
          type: object
          required: [name]
          properties:
            name: {type: string, minLength: 1, maxLength: 4096}
            minimum: {type: integer, minimum: 1, maximum: 100000, default: 1}
        systemd_unit:
          type: object
          required: [name]
          properties:
            name: {type: string, pattern: "[A-Za-z0-9:_.@\\\\-]{1,255}"}
        postgresql:
          type: object
          properties:
            host: {type: string, format: host, default: 127.0.0.1}
            port: {type: integer, format: port, default: 5432}
            socket_directory: {type: string, format: path}
            user: {type: string, minLength: 1, maxLength: 63, default: postgres}
            database: {type: string, minLength: 1, maxLength: 63, default: postgres}
        redis:
          type: object
          properties:
            host: {type: string, format: host, default: 127.0.0.1}
            port: {type: integer, format: port, default: 6379}
            socket: {type: string, format: path}
            user: {type: string, minLength: 1}
            password: {type: string, minLength: 1, x-muster-secret: true}
)";

}  // namespace muster::shim
