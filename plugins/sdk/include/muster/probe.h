/* SPDX-License-Identifier: Apache-2.0
 *
 * muster/probe.h - the C ABI between a Muster host and one probe plugin. Version 1, frozen: what is
 * here stays as it is, and things are only added, as said under Growth.
 *
 * A plugin is a shared library that exports muster_plugin_v1(). The host calls create() once for
 * each entry of its configuration, and start() with a target whenever that target is to be asked.
 * Every run ends with exactly one complete().
 *
 * Ownership: data passed to a call is borrowed until that call returns; copy what you keep.
 *   Handles and returned tables live as long as stated. Nobody frees the other's memory.
 * Threads: [control] one call at a time, may block
 *          [loop]    must not block; runs of one target are never concurrent and stay on one loop;
 *                    several loops use one probe, so a probe is immutable after create()
 *          [worker]  a thread of the host's pool; may block
 *          [any]     thread-safe, never blocks
 * Time: at a run's deadline the host ends the operations that its services have under way for the
 *   run, so each callback comes, and shortly after that it has a result whatever the plugin does.
 * Growth: a struct that begins with struct_size may gain fields at its end within a major version;
 *   read a field only if struct_size covers it. The others are frozen.
 * Text is UTF-8 without a final NUL. */
#ifndef MUSTER_PROBE_H
#define MUSTER_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUSTER_EXPORT __attribute__((visibility("default")))
#define MUSTER_ABI_MINOR 0 /* the major version is part of the entry symbol's name */

typedef struct muster_host muster_host;   /* the host's, one for each probe, until destroy() */
typedef struct muster_probe muster_probe; /* the plugin's, one entry of the configuration */
typedef struct muster_run muster_run;     /* the host's, one execution, until complete() */

typedef struct {
  const char* data;
  size_t size;
} muster_str;

typedef struct { /* a label or a header */
  muster_str name;
  muster_str value;
} muster_pair;

/* ---- Target: the server to ask ---------------------------------------------------------------
 * The target and what it points at stay valid until the run completes. *slot belongs to the
 * plugin: NULL at first, kept from run to run of this target (a built request, a last counter),
 * given back through release_target() when the target goes or changes. */
typedef struct {
  uint32_t struct_size;
  muster_str name;       /* as registered */
  muster_str host;       /* host name or address, without port */
  muster_str api_url;    /* "https://node-1:8471", no trailing slash; may be empty */
  muster_str credential; /* the server's bearer token; empty when there is none */
  const muster_pair* labels;
  size_t label_count;
  void** slot;
} muster_target;

/* ---- Result: what one run found ---------------------------------------------------------------*/
typedef int32_t muster_status; /* the same numbers as Nagios exit codes */
enum { MUSTER_OK = 0, MUSTER_WARNING = 1, MUSTER_CRITICAL = 2, MUSTER_UNKNOWN = 3 };

typedef int32_t muster_reason; /* why the target was not found well; numbers are only ever added */
enum {
  MUSTER_REASON_NONE = 0,
  MUSTER_REASON_DNS_FAILED = 1,
  MUSTER_REASON_REFUSED = 2,
  MUSTER_REASON_UNREACHABLE_NETWORK = 3,
  MUSTER_REASON_TIMEOUT_CONNECT = 4,
  MUSTER_REASON_TIMEOUT_TLS = 5,
  MUSTER_REASON_TIMEOUT_RESPONSE = 6,
  MUSTER_REASON_TLS_UNTRUSTED = 7,
  MUSTER_REASON_TLS_EXPIRED = 8,
  MUSTER_REASON_TLS_WRONG_NAME = 9,
  MUSTER_REASON_TLS_FAILED = 10,
  MUSTER_REASON_PROTOCOL = 11,
  MUSTER_REASON_BODY_TOO_LARGE = 12,
  MUSTER_REASON_BAD_DOCUMENT = 13,
  MUSTER_REASON_STATUS_CODE = 14,
  MUSTER_REASON_AUTH = 15,
  MUSTER_REASON_RESET = 16,
  MUSTER_REASON_SELF_OVERLOAD = 17,
  MUSTER_REASON_REPORTED_UNHEALTHY = 18,
  MUSTER_REASON_NOT_FOUND = 19,
  MUSTER_REASON_RATE_LIMITED = 20,
  MUSTER_REASON_TIMEOUT_DNS = 21,
  MUSTER_REASON_ADDRESS_DENIED = 22,
  MUSTER_REASON_CANCELLED = 23,
  MUSTER_REASON_PLUGIN = 24,
  MUSTER_REASON_REDIRECT = 25,
  MUSTER_REASON_SELF = 26 /* the one who asks was at fault: no evidence of the target */
};

typedef struct { /* "dns", "connect", "tls", "first_byte", "transfer" or your own */
  muster_str name;
  int64_t duration_ns;
} muster_phase;

typedef struct { /* a part of the target that has a status of its own */
  muster_str name;
  muster_status status;
  muster_str message;
} muster_component;

enum { MUSTER_GAUGE = 0, MUSTER_COUNTER = 1 };

typedef struct { /* Prometheus naming, unit last: certificate_expiry_seconds */
  muster_str name;
  int32_t kind;
  double value;
  const muster_pair* labels;
  size_t label_count;
} muster_metric;

typedef struct {
  uint32_t struct_size;
  muster_status status;
  muster_reason reason;
  int32_t http_status; /* 0 when there was no HTTP answer */
  muster_str message;  /* one line for a person, without figures that differ at every run */
  const muster_phase* phases;
  size_t phase_count;
  const muster_component* components;
  size_t component_count;
  const muster_metric* metrics;
  size_t metric_count;
} muster_result;

/* ---- Host: what a probe may call --------------------------------------------------------------*/
enum { MUSTER_LOG_DEBUG, MUSTER_LOG_INFO, MUSTER_LOG_WARN, MUSTER_LOG_ERROR };

struct muster_host {
  uint32_t struct_size;
  uint32_t abi_minor;
  int64_t (*now_ns)(const muster_host*);                              /* [any] monotonic */
  void (*log)(const muster_host*, int32_t level, muster_str text);    /* [any] */
  const void* (*service)(const muster_host*, const char* service_id); /* [control] or NULL */
  bool (*cancelled)(const muster_run*);                               /* [any] */
  /* [any] Exactly once for each run. Copies the result; the run is gone afterwards. May be called
   * from inside start(). */
  void (*complete)(muster_run*, const muster_result*);
};

/* ---- Service muster.http/1: requests on the host's event loop ----------------------------------
 * service() returns const muster_http *, which lives as long as the host. Connections are kept
 * alive for each server; certificates are always verified. A request ends by itself at the run's
 * deadline. gzip and deflate bodies are decoded; a plugin that wants them sends Accept-Encoding. */
#define MUSTER_HTTP "muster.http/1"

typedef struct {
  uint32_t struct_size;
  uint32_t max_body_bytes; /* of the decoded body; 0: the host's cap, which is 1 MiB */
  muster_str method;       /* "GET" */
  muster_str url;          /* http or https */
  muster_str body;
  const muster_pair* headers;
  size_t header_count;
  /* At most 3 hops, to the same scheme; 307 and 308 repeat the request, the others ask GET. Another
   * server gets no body, and of the headers only Accept, Accept-Encoding, Accept-Language and
   * User-Agent. When they lead nowhere the reason is MUSTER_REASON_REDIRECT. false: the 3xx itself
   * is the answer. */
  bool follow_redirects;
} muster_http_request;

typedef struct {
  uint32_t struct_size;
  muster_reason reason; /* MUSTER_REASON_NONE: there is an answer. Otherwise see error */
  int32_t status_code;  /* 0 without an answer */
  muster_str body;
  muster_str error; /* a sentence fit for muster_result.message */
  const muster_pair* headers;
  size_t header_count;
  const muster_phase* phases;
  size_t phase_count;
  int64_t certificate_expires_at; /* Unix seconds; 0 without TLS */
} muster_http_response;

/* [loop] Exactly once for each send(), never from inside it, also when the run was cancelled. */
typedef void (*muster_http_done)(void* user, const muster_http_response*);

typedef struct {
  uint32_t struct_size;
  /* [loop] Copies the request. One request of a run is open at a time. */
  void (*send)(muster_run*, const muster_http_request*, muster_http_done done, void* user);
} muster_http;

/* ---- Service muster.stream/1: a dialogue over TCP or TLS on the host's event loop ---------------
 * service() returns const muster_stream *, which lives as long as the host. A run has at most one
 * stream, with one operation at a time; it closes when an operation fails and when the run is
 * completed. Certificates are always verified, and what a server showed is told also when it was
 * not believed. */
#define MUSTER_STREAM "muster.stream/1"

typedef struct { /* what the peer showed in a TLS handshake */
  uint32_t struct_size;
  uint32_t chain_length;   /* certificates sent, its own included */
  int64_t not_before;      /* of its own certificate, Unix seconds */
  int64_t not_after;       /* of its own certificate */
  int64_t chain_not_after; /* of whichever of the chain ends first */
  muster_str subject;      /* "CN = shop.example" */
  muster_str issuer;
  muster_str names;   /* DNS names and addresses, each followed by a newline */
  muster_str sha256;  /* of its own certificate, 64 hexadecimal digits */
  muster_str version; /* "TLSv1.3" */
  muster_str cipher;
} muster_tls_info;

typedef struct {
  uint32_t struct_size;
  muster_reason reason;       /* MUSTER_REASON_NONE: it was done. Otherwise see error */
  muster_str data;            /* what read() got; nothing at the end of the peer's data */
  muster_str error;           /* a sentence fit for muster_result.message */
  muster_str address;         /* whom connect() reached */
  const muster_tls_info* tls; /* NULL: no TLS, or the peer has shown nothing */
  const muster_phase* phases; /* so far: dns, connect, tls */
  size_t phase_count;
} muster_stream_event;

/* [loop] Exactly once for each operation, never from inside it. */
typedef void (*muster_stream_done)(void* user, const muster_stream_event*);

typedef struct {
  uint32_t struct_size;
  /* [loop] host: a name or an address, without brackets. */
  void (*connect)(muster_run*, muster_str host, uint16_t port, muster_stream_done done, void* user);
  /* [loop] On the connected stream. name: whom the certificate must name (also sent as SNI). */
  void (*start_tls)(muster_run*, muster_str name, muster_stream_done done, void* user);
  /* [loop] Copies data, and is done when all of it was handed over. */
  void (*write)(muster_run*, muster_str data, muster_stream_done done, void* user);
  /* [loop] At least one byte, at most `most` and at most 64 KiB. */
  void (*read)(muster_run*, size_t most, muster_stream_done done, void* user);
} muster_stream;

/* ---- Service muster.poll/1: a plugin's own descriptors and clocks on the loop ------------------
 * service() returns const muster_poll *, which lives as long as the host. For libraries
 * that bring their own sockets, for pipes and pidfds. */
#define MUSTER_POLL "muster.poll/1"
enum { MUSTER_POLL_READ = 1, MUSTER_POLL_WRITE = 2 };

/* [loop] Exactly once for each wait(), never from inside it. events: which of those waited for;
 * 0: the time is up, or the run is over. */
typedef void (*muster_poll_ready)(void* user, uint32_t events);

typedef struct {
  uint32_t struct_size;
  /* [loop] fd stays the plugin's and open until ready() came; -1: the time alone. A descriptor
   * is waited for once at a time, a run may wait for 16. until_ns: on the clock of now_ns(),
   * INT64_MAX for the run's deadline. */
  void (*wait)(muster_run*, int fd, uint32_t events, int64_t until_ns, muster_poll_ready ready,
               void* user);
} muster_poll;

/* ---- Service muster.names/1: whom a name means, for sockets of the plugin's own ----------------
 * service() returns const muster_names *, which lives as long as the host. Gives only addresses
 * that may be probed (probing.allow_networks, deny_networks): connect to those and no others. */
#define MUSTER_NAMES "muster.names/1"

typedef struct {
  uint32_t struct_size;
  muster_reason reason; /* MUSTER_REASON_NONE: there are addresses. Otherwise see error */
  muster_str addresses; /* each followed by a newline, in the order in which to try them */
  muster_str error;     /* a sentence fit for muster_result.message */
} muster_names_event;

/* [loop] Exactly once for each resolve(), never from inside it. */
typedef void (*muster_names_done)(void* user, const muster_names_event*);

typedef struct {
  uint32_t struct_size;
  /* [loop] host: a name or an address, without brackets. A run has one lookup at a time. */
  void (*resolve)(muster_run*, muster_str host, muster_names_done done, void* user);
} muster_names;

/* ---- Service muster.workers/1: threads for libraries that can only block -----------------------
 * service() returns const muster_workers *, which lives as long as the host. */
#define MUSTER_WORKERS "muster.workers/1"

typedef struct {
  uint32_t struct_size;
  /* [loop] true: work runs exactly once, [worker], also when the run was cancelled meanwhile, and
   * the run stays valid until it returns. false: the pool is full, and work never runs. */
  bool (*submit)(muster_run*, void (*work)(void* user), void* user);
} muster_workers;

/* ---- Plugin: what a shared library provides ---------------------------------------------------*/
typedef struct {
  uint32_t struct_size;
  uint32_t abi_minor;                   /* MUSTER_ABI_MINOR it was compiled with */
  const char* name;                     /* [a-z0-9_]+, the `plugin:` of the YAML file */
  const char* version;                  /* its own */
  const char* summary;                  /* one line */
  const char* config_schema;            /* JSON Schema subset, checked by the host */
  const char* const* required_services; /* NULL-terminated; NULL: none */

  /* [control] NULL on failure, with "/json/pointer: reason" and a NUL written to error. The host
   * stays valid until destroy() returns. */
  muster_probe* (*create)(const muster_host*, muster_str config_json, char* error, size_t size);
  /* [loop] deadline_ns is on the clock of now_ns(). At the deadline the host ends the run. */
  void (*start)(muster_probe*, const muster_target*, muster_run*, int64_t deadline_ns);
  /* [loop] Optional. Nobody waits any more; end what the run waits for and complete it, now or
   * soon. At its deadline a result that is given from inside is still the run's. */
  void (*cancel)(muster_probe*, muster_run*);
  /* [loop] Optional. Gives a target's slot back; no run of that target is open. */
  void (*release_target)(muster_probe*, void* slot);
  /* [control] No run is open and every slot was given back. */
  void (*destroy)(muster_probe*);
} muster_plugin;

MUSTER_EXPORT const muster_plugin* muster_plugin_v1(void); /* [control] static, never freed */

#ifdef __cplusplus
}
#endif
#endif /* MUSTER_PROBE_H */
