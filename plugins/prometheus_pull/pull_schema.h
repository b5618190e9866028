// The configuration of the plugin prometheus_pull, as the host checks it.
#pragma once

namespace prometheus_pull {

inline constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "scheme": {
      "type": "string", "enum": ["http", "https"], "default": "http",
      "description": "How the exporter is asked."
    },
    "port": {
      "type": "integer", "minimum": 1, "maximum": 65535, "default": 9100,
      "description": "Of the exporter, on the server's host."
    },
    "path": {
      "type": "string", "pattern": "^/[!-~]*$", "maxLength": 1024, "default": "/metrics",
      "description": "Path and query."
    },
    "send_token": {
      "type": "boolean", "default": false,
      "description": "Whether the server's bearer token is sent."
    },
    "follow_redirects": {
      "type": "boolean", "default": true,
      "description": "Whether a redirect is followed, at most 3 and to the same scheme."
    },
    "node_metrics": {
      "type": "boolean", "default": true,
      "description": "Whether node_exporter's series become the standard metrics: cpu, memory, disk, network, load."
    },
    "mountpoint": {
      "type": "string", "minLength": 1, "maxLength": 1024, "default": "/",
      "description": "The file system whose space is the disk's."
    },
    "ignored_interfaces": {
      "type": "array", "maxItems": 100, "default": ["lo"],
      "items": {"type": "string", "minLength": 1, "maxLength": 64},
      "description": "Network interfaces that do not count; veth* is all that begin so."
    },
    "most_series": {
      "type": "integer", "minimum": 1, "maximum": 1900, "default": 500,
      "description": "How many selected series are kept; more are a warning."
    },
    "select": {
      "type": "array", "maxItems": 50, "default": [],
      "items": {
        "type": "object", "required": ["series"],
        "properties": {
          "series": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "As in PromQL: name{label=\"value\",other=~\"pattern\"}; name* is all that begin so."},
          "warning_above": {"type": "number", "description": "A higher value is a warning."},
          "critical_above": {"type": "number", "description": "A higher value is critical."},
          "warning_below": {"type": "number", "description": "A lower value is a warning."},
          "critical_below": {"type": "number", "description": "A lower value is critical."},
          "if_missing": {"type": "string", "enum": ["ok", "warning", "critical"], "default": "warning", "description": "What it is when there is no such series."}
        }
      },
      "description": "Series to keep as metrics, and what their values mean."
    }
  }
})";

}  // namespace prometheus_pull
