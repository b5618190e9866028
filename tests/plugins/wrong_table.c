/* A plugin in C whose table is right, or wrong in the one way that a definition says. */
#include <stddef.h>

#include "muster/probe.h"

#ifndef ABI_MINOR
#define ABI_MINOR MUSTER_ABI_MINOR
#endif
#ifndef ENTRY
#define ENTRY muster_plugin_v1
#endif
#ifndef NAME
#define NAME "whole"
#endif
#ifndef SERVICE
#define SERVICE "muster.http/1"
#endif
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof(muster_plugin)
#endif

static const muster_host* the_host;

static muster_probe* create(const muster_host* host, muster_str config, char* error, size_t size) {
  (void)config;
  (void)error;
  (void)size;
  the_host = host;
  return (muster_probe*)&the_host;
}

static void start(muster_probe* probe, const muster_target* target, muster_run* run,
                  int64_t deadline_ns) {
  (void)probe;
  (void)target;
  (void)deadline_ns;
  muster_result result = {0};
  result.struct_size = sizeof result;
  result.status = MUSTER_OK;
  the_host->complete(run, &result);
}

static void destroy(muster_probe* probe) {
  (void)probe;
}

MUSTER_EXPORT const muster_plugin* ENTRY(void);
MUSTER_EXPORT const muster_plugin* ENTRY(void) {
  static const char* const services[] = {SERVICE, NULL};
  static const muster_plugin plugin = {TABLE_SIZE, ABI_MINOR, NAME,  "1.0.0", "a test", "{}",
                                       services,   create,    start, NULL,    NULL,     destroy};
  return &plugin;
}
