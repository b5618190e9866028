/* A probe in C: GETs the server's api_url and finds it well when something answers 2xx. */
#include <muster/probe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct muster_probe { /* one entry of the configuration; immutable, because all loops use it */
  const muster_host* host;
  const muster_http* http;
};

/* What is needed when the answer comes. */
struct open_run {
  const muster_host* host;
  muster_run* run;
};

static muster_str text(const char* words) {
  muster_str made = {words, strlen(words)};
  return made;
}

/* No key is known, so the configuration that the host has checked is always {}. A plugin with keys
 * reads them here with the JSON library that it likes. */
static muster_probe* create(const muster_host* host, muster_str config_json, char* error,
                            size_t size) {
  (void)config_json;
  muster_probe* probe = malloc(sizeof *probe);
  if (probe == NULL) {
    snprintf(error, size, ": no memory");
    return NULL;
  }
  probe->host = host;
  probe->http = host->service(host, MUSTER_HTTP); /* there, because it is required below */
  return probe;
}

static void finish(const struct open_run* open, muster_status status, muster_reason reason,
                   int32_t http_status, muster_str message) {
  muster_result result = {0};
  result.struct_size = sizeof result;
  result.status = status;
  result.reason = reason;
  result.http_status = http_status;
  result.message = message;
  open->host->complete(open->run, &result);
}

/* [loop] Exactly once for each send(), so this is the place to free what it needs. */
static void answered(void* user, const muster_http_response* response) {
  struct open_run* open = user;
  if (response->reason != MUSTER_REASON_NONE) {
    /* With a reason of our own side (self, self_overload, ...) a result must not be critical. */
    const bool ours = response->reason == MUSTER_REASON_SELF ||
                      response->reason == MUSTER_REASON_SELF_OVERLOAD ||
                      response->reason == MUSTER_REASON_ADDRESS_DENIED ||
                      response->reason == MUSTER_REASON_CANCELLED;
    finish(open, ours ? MUSTER_UNKNOWN : MUSTER_CRITICAL, response->reason, 0, response->error);
  } else if (response->status_code >= 200 && response->status_code < 300) {
    finish(open, MUSTER_OK, MUSTER_REASON_NONE, response->status_code, text(""));
  } else {
    finish(open, MUSTER_CRITICAL, MUSTER_REASON_STATUS_CODE, response->status_code,
           text("the server answered with another status than 2xx"));
  }
  free(open);
}

/* [loop] Must not block: it asks the host, and answered() goes on. */
static void start(muster_probe* probe, const muster_target* target, muster_run* run,
                  int64_t deadline_ns) {
  (void)deadline_ns; /* the host ends the request by then */
  const struct open_run now = {probe->host, run};
  struct open_run* open = malloc(sizeof *open);
  if (open == NULL) {
    finish(&now, MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, 0, text("no memory"));
    return;
  }
  *open = now;
  muster_http_request request = {0};
  request.struct_size = sizeof request;
  request.method = text("GET");
  request.url = target->api_url;
  request.follow_redirects = true;
  probe->http->send(run, &request, answered, open); /* copies the request */
}

static void destroy(muster_probe* probe) {
  free(probe);
}

const muster_plugin* muster_plugin_v1(void) {
  static const char* const services[] = {MUSTER_HTTP, NULL};
  static const muster_plugin plugin = {
      .struct_size = sizeof(muster_plugin),
      .abi_minor = MUSTER_ABI_MINOR,
      .name = "c_probe",
      .version = "1.0.0",
      .summary = "Finds a server well that answers 2xx",
      .config_schema = "{\"type\": \"object\", \"properties\": {}}",
      .required_services = services,
      .create = create,
      .start = start,
      .destroy = destroy,
  };
  return &plugin;
}
