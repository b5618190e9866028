// The configuration of the plugin tcp, as the host checks it.
#pragma once

namespace tcp_probe {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["port"],
  "properties": {
    "port": {
      "type": "integer", "minimum": 1, "maximum": 65535,
      "description": "The TCP port."
    },
    "host": {
      "type": "string", "format": "host",
      "description": "Whom to connect to; without it, the server's host."
    },
    "tls": {
      "type": "boolean", "default": false,
      "description": "Whether TLS begins at once. The certificate is verified."
    },
    "server_name": {
      "type": "string", "format": "host",
      "description": "The name that the certificate must be for; without it, the host."
    },
    "steps": {
      "type": "array", "maxItems": 50, "default": [],
      "description": "What is said and heard, in this order; without any, connecting is all.",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string", "minLength": 1, "maxLength": 60, "description": "How messages call the step."},
          "send": {"type": "string", "maxLength": 65536, "x-muster-secret": true, "description": "Text to send; $1 to $9 are what the last expect captured, $$ is a dollar. Can be {file: PATH}."},
          "send_hex": {"type": "string", "pattern": "^([0-9A-Fa-f]{2} ?)+$", "maxLength": 2000, "description": "Bytes to send: 00 ff 0d 0a."},
          "expect": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "A regular expression (RE2); lines are read until one matches."},
          "expect_text": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "A text that is waited for, wherever it stands."},
          "expect_hex": {"type": "string", "pattern": "^([0-9A-Fa-f]{2} ?)+$", "maxLength": 2000, "description": "Bytes that are waited for."},
          "reject": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "Beside expect: a regular expression; a line that matches is a failure at once."},
          "starttls": {"type": "boolean", "description": "true: TLS begins here. The certificate is verified."}
        }
      }
    },
    "max_bytes": {
      "type": "integer", "minimum": 1, "maximum": 1048576, "default": 65536,
      "description": "A server that says more is a failure."
    },
    "response_time_ms": {
      "type": "object", "default": {},
      "description": "A dialogue that takes longer, from DNS to its end.",
      "properties": {
        "warning": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."},
        "critical": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."}
      }
    }
  }
})";

}  // namespace tcp_probe
