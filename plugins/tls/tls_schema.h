// The configuration of the plugin tls, as the host checks it.
#pragma once

namespace tls_probe {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "port": {
      "type": "integer", "minimum": 1, "maximum": 65535, "default": 443,
      "description": "The TCP port."
    },
    "host": {
      "type": "string", "format": "host",
      "description": "Whom to connect to; without it, the server's host."
    },
    "server_name": {
      "type": "string", "format": "host",
      "description": "The name that the certificate must be for; without it, the host."
    },
    "starttls": {
      "type": "string", "enum": ["none", "smtp", "imap", "pop3", "postgres", "ldap"], "default": "none",
      "description": "The protocol in which TLS is asked for; none: TLS from the start."
    },
    "certificate_days": {
      "type": "object", "default": {},
      "description": "A certificate of the server or of its chain that expires within so many days; 0: never.",
      "properties": {
        "warning": {"type": "integer", "minimum": 0, "maximum": 3650, "default": 14, "description": "Days."},
        "critical": {"type": "integer", "minimum": 0, "maximum": 3650, "default": 3, "description": "Days."}
      }
    },
    "minimum_version": {
      "type": "string", "enum": ["1.2", "1.3"], "default": "1.2",
      "description": "An older version of TLS is critical; one older than 1.2 is never spoken."
    },
    "names": {
      "type": "array", "maxItems": 100, "default": [],
      "items": {"type": "string", "format": "host"},
      "description": "Names that the certificate must be for besides server_name."
    },
    "issuer": {
      "type": "string", "minLength": 1, "maxLength": 200,
      "description": "A text that the issuer's name must contain, such as O = Let's Encrypt."
    },
    "sha256": {
      "type": "array", "maxItems": 20, "default": [],
      "items": {"type": "string", "pattern": "^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$"},
      "description": "Fingerprints of which the certificate must have one."
    }
  }
})";

}  // namespace tls_probe
