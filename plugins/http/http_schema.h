// The configuration of the plugin http, as the host checks it.
#pragma once

namespace http_probe {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "required": ["url"],
  "properties": {
    "url": {
      "type": "string", "minLength": 1, "maxLength": 2048,
      "description": "http:// or https://, in which {host} stands for the server's host; or a path below the server's api_url."
    },
    "method": {
      "type": "string", "pattern": "^[A-Z]{1,16}$", "default": "GET",
      "description": "The request's method."
    },
    "headers": {
      "type": "object", "default": {},
      "additionalProperties": {"type": "string", "maxLength": 4096, "x-muster-secret": true},
      "description": "More headers to send; a value can be {file: PATH}."
    },
    "body": {
      "type": "string", "maxLength": 65536, "default": "", "x-muster-secret": true,
      "description": "What to send behind the headers; can be {file: PATH}."
    },
    "follow_redirects": {
      "type": "boolean", "default": true,
      "description": "Whether a redirect is followed, at most 3 and to the same scheme."
    },
    "send_token": {
      "type": "boolean",
      "description": "Whether the server's bearer token is sent. If not given: with a path yes, with a whole URL no."
    },
    "compressed": {
      "type": "boolean", "default": false,
      "description": "Whether to ask for gzip or deflate."
    },
    "max_body_bytes": {
      "type": "integer", "minimum": 1, "maximum": 1048576, "default": 262144,
      "description": "A longer body, decoded, is a failure."
    },
    "expect": {
      "type": "object", "default": {},
      "description": "What the answer must be like. Every condition is looked at, and every failing one named.",
      "properties": {
        "status": {
          "type": "array", "minItems": 1, "maxItems": 50, "default": ["2xx"],
          "items": {"type": "string", "pattern": "^[1-5]([0-9][0-9](-[1-5][0-9][0-9])?|xx)$"},
          "description": "Statuses: 200, 2xx, 200-299."
        },
        "headers": {
          "type": "array", "maxItems": 50, "default": [],
          "items": {
            "type": "object", "required": ["name"],
            "properties": {
              "name": {"type": "string", "pattern": "^[!#-'*+.0-9A-Z^_`a-z|~-]{1,200}$", "description": "The header's name."},
              "present": {"type": "boolean", "description": "Whether it must be there, or must not."},
              "matches": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "A regular expression that is found in its value."},
              "not_matches": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "One that is not."},
              "severity": {"type": "string", "enum": ["warning", "critical"], "default": "critical", "description": "What it is when it does not hold."}
            }
          },
          "description": "Conditions on headers."
        },
        "body": {
          "type": "array", "maxItems": 16, "default": [],
          "items": {
            "type": "object",
            "properties": {
              "contains": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "A text that is in it."},
              "not_contains": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "A text that is not."},
              "matches": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "A regular expression that is found in it."},
              "not_matches": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "One that is not."},
              "severity": {"type": "string", "enum": ["warning", "critical"], "default": "critical", "description": "What it is when it does not hold."}
            }
          },
          "description": "Conditions on the body as text."
        },
        "json": {
          "type": "array", "maxItems": 100, "default": [],
          "items": {
            "type": "object", "required": ["pointer"],
            "properties": {
              "pointer": {"type": "string", "maxLength": 1024, "description": "RFC 6901: /items/0/name; \"\" is the whole body."},
              "exists": {"type": "boolean", "description": "Whether there is such a value, or must be none."},
              "equals": {"description": "A text, number, true or false that it is."},
              "not": {"description": "A text, number, true or false that it is not."},
              "lt": {"type": "number", "description": "It is a number below this."},
              "gt": {"type": "number", "description": "It is a number above this."},
              "matches": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "A regular expression that is found in it."},
              "length": {"type": "boolean", "default": false, "description": "equals, not, lt and gt look at the number of items, members or bytes."},
              "severity": {"type": "string", "enum": ["warning", "critical"], "default": "critical", "description": "What it is when it does not hold."}
            }
          },
          "description": "Conditions on values of a JSON body."
        }
      }
    },
    "response_time_ms": {
      "type": "object", "default": {},
      "description": "An answer that takes longer, from DNS to its last byte.",
      "properties": {
        "warning": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."},
        "critical": {"type": "integer", "minimum": 1, "maximum": 3600000, "description": "Milliseconds."}
      }
    },
    "certificate_days": {
      "type": "object", "default": {},
      "description": "Over HTTPS: a certificate that expires within so many days; 0: never.",
      "properties": {
        "warning": {"type": "integer", "minimum": 0, "maximum": 3650, "default": 14, "description": "Days."},
        "critical": {"type": "integer", "minimum": 0, "maximum": 3650, "default": 0, "description": "Days."}
      }
    }
  }
})";

}  // namespace http_probe
