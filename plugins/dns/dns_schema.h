// The configuration of the plugin dns, as the host checks it.
#pragma once

namespace dns_probe {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["query"],
  "properties": {
    "query": {
      "type": "string", "minLength": 1, "maxLength": 253,
      "description": "The name to ask for; {host} stands for the server's host. For PTR, an address will do."
    },
    "type": {
      "type": "string", "enum": ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SOA", "PTR", "SRV"], "default": "A",
      "description": "The type of the records."
    },
    "resolvers": {
      "type": "array", "maxItems": 8, "default": [],
      "items": {"type": "string", "format": "host"},
      "description": "The DNS servers to ask, each of them; without any, the server itself."
    },
    "port": {
      "type": "integer", "minimum": 1, "maximum": 65535, "default": 53,
      "description": "Their port, for UDP and TCP."
    },
    "transport": {
      "type": "string", "enum": ["udp", "tcp"], "default": "udp",
      "description": "udp: by TCP only what does not fit into a datagram. tcp: always."
    },
    "recursion": {
      "type": "boolean", "default": true,
      "description": "Whether recursion is asked for; false for servers that only know their own zones."
    },
    "rcode": {
      "type": "string", "enum": ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"], "default": "NOERROR",
      "description": "How the answer must end."
    },
    "contains": {
      "type": "array", "maxItems": 50, "default": [],
      "items": {"type": "string", "minLength": 1, "maxLength": 1024},
      "description": "Records that must be among those of the type; others may be there."
    },
    "exactly": {
      "type": "array", "maxItems": 50,
      "items": {"type": "string", "minLength": 1, "maxLength": 1024},
      "description": "All records of the type, in any order."
    },
    "matches": {
      "type": "string", "minLength": 1, "maxLength": 1024,
      "description": "A regular expression (RE2) that each record of the type must match."
    },
    "authenticated": {
      "type": "boolean", "default": false,
      "description": "Whether the answer must be one whose DNSSEC signatures the server has checked (AD)."
    },
    "authoritative": {
      "type": "boolean", "default": false,
      "description": "Whether the answer must be that of the zone's own server (AA)."
    },
    "response_time_ms": {
      "type": "object", "default": {},
      "description": "An answer that takes longer.",
      "properties": {
        "warning": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."},
        "critical": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."}
      }
    }
  }
})";

}  // namespace dns_probe
