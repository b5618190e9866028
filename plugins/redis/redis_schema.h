// The configuration of the plugin redis, as the host checks it.
#pragma once

namespace redis_probe {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "port": {
      "type": "integer", "minimum": 1, "maximum": 65535, "default": 6379,
      "description": "The TCP port."
    },
    "host": {
      "type": "string", "format": "host",
      "description": "Whom to connect to; without it, the server's host."
    },
    "tls": {
      "type": "boolean", "default": false,
      "description": "Whether the port speaks TLS. The certificate is verified."
    },
    "server_name": {
      "type": "string", "format": "host",
      "description": "The name that the certificate must be for; without it, the host."
    },
    "user": {
      "type": "string", "minLength": 1, "maxLength": 512,
      "description": "A user of Redis's ACL; without it, the default user."
    },
    "password": {
      "type": "string", "minLength": 1, "maxLength": 4096, "x-muster-secret": true,
      "description": "The user's password; can be {file: PATH}. Without it, there is no AUTH."
    },
    "role": {
      "type": "string", "enum": ["any", "master", "replica"], "default": "any",
      "description": "What the server must be; otherwise it is critical."
    },
    "min_replicas": {
      "type": "integer", "minimum": 0, "maximum": 1000, "default": 0,
      "description": "A master with fewer connected replicas is critical."
    },
    "memory_percent": {
      "type": "object", "default": {},
      "description": "Memory used, in percent of maxmemory. If not given: 90 and 98 where the policy is noeviction.",
      "properties": {
        "warning": {"type": "number", "minimum": 0, "maximum": 1000, "description": "Percent."},
        "critical": {"type": "number", "minimum": 0, "maximum": 1000, "description": "Percent."}
      }
    },
    "replication_lag_seconds": {
      "type": "object", "default": {},
      "description": "A replica that has not been heard of, or has not heard of its master, for longer.",
      "properties": {
        "warning": {"type": "number", "minimum": 0, "default": 30, "description": "Seconds."},
        "critical": {"type": "number", "minimum": 0, "default": 60, "description": "Seconds."}
      }
    },
    "replication_lag_bytes": {
      "type": "object", "default": {},
      "description": "A replica that is further behind.",
      "properties": {
        "warning": {"type": "number", "minimum": 0, "description": "Bytes."},
        "critical": {"type": "number", "minimum": 0, "description": "Bytes."}
      }
    },
    "response_time_ms": {
      "type": "object", "default": {},
      "description": "An answer that takes longer, from DNS to its end.",
      "properties": {
        "warning": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."},
        "critical": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."}
      }
    }
  }
})";

}  // namespace redis_probe
