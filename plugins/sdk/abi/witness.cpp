// Uses every type and number of muster/probe.h, so that this library's debug information shows the
// whole ABI. What tests/sdk/abi_guard.py compares with the recorded ones; never run.
#include "muster/probe.h"

#define SHOW extern "C" MUSTER_EXPORT

static_assert(sizeof MUSTER_HTTP == sizeof "muster.http/1", "the name of a service is part of it");
static_assert(sizeof MUSTER_STREAM == sizeof "muster.stream/1");
static_assert(sizeof MUSTER_POLL == sizeof "muster.poll/1");
static_assert(sizeof MUSTER_WORKERS == sizeof "muster.workers/1");

SHOW const muster_plugin* muster_plugin_v1() {
  return nullptr;
}

// What plugins and host hand each other.
SHOW void shown_handles(muster_host*, muster_probe*, muster_run*) {}
SHOW void shown_data(muster_str*, muster_pair*, muster_phase*, muster_component*, muster_metric*) {}
SHOW void shown_target(muster_target*) {}
SHOW void shown_result(muster_result*) {}
SHOW void shown_http(muster_http*, muster_http_request*, muster_http_response*, muster_http_done) {}
SHOW void shown_stream(muster_stream*, muster_stream_event*, muster_tls_info*, muster_stream_done) {
}
SHOW void shown_poll(muster_poll*, muster_poll_ready) {}
SHOW void shown_workers(muster_workers*) {}

// The numbers, which have no type of their own in C.
SHOW decltype(MUSTER_OK) shown_status() {
  return MUSTER_OK;
}
SHOW decltype(MUSTER_REASON_NONE) shown_reason() {
  return MUSTER_REASON_NONE;
}
SHOW decltype(MUSTER_GAUGE) shown_metric_kind() {
  return MUSTER_GAUGE;
}
SHOW decltype(MUSTER_LOG_DEBUG) shown_log_level() {
  return MUSTER_LOG_DEBUG;
}
SHOW decltype(MUSTER_POLL_READ) shown_poll_events() {
  return MUSTER_POLL_READ;
}
