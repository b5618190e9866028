#include "common/plugin/host_services.h"

#include <cstring>

#include "common/base/log.h"
#include "common/plugin/probe_run.h"

namespace muster {
namespace {

const HostTable& table_of(const muster_host* host) {
  return *static_cast<const HostTable*>(host);
}

std::int64_t host_now_ns(const muster_host* host) {
  return table_of(host).clock.now().time_since_epoch().count();
}

void host_log(const muster_host* host, std::int32_t level, muster_str text) {
  static constexpr log::Level kLevels[] = {log::Level::kDebug, log::Level::kInfo, log::Level::kWarn,
                                           log::Level::kError};
  if (level < MUSTER_LOG_DEBUG || level > MUSTER_LOG_ERROR) level = MUSTER_LOG_ERROR;
  log::write(kLevels[level], "plugin.log",
             {{"plugin", table_of(host).plugin},
              {"probe", table_of(host).probe},
              {"text", std::string_view(text.data, text.size)}});
}

const void* host_service(const muster_host*, const char* id) {
  return find_service(id);
}

bool run_cancelled(const muster_run* run) {
  return run->cancelled();
}

void run_complete(muster_run* run, const muster_result* result) {
  muster_run::complete(run, result);
}

void http_send(muster_run* run, const muster_http_request* request, muster_http_done done,
               void* user) {
  run->send_http(*request, done, user);
}

constexpr muster_http kHttp{sizeof(muster_http), &http_send};

}  // namespace

HostTable::HostTable(std::string plugin_name, std::string probe_name, const Clock& clock_)
    : muster_host{sizeof(muster_host), MUSTER_ABI_MINOR, &host_now_ns, &host_log,
                  &host_service,       &run_cancelled,   &run_complete},
      plugin(std::move(plugin_name)),
      probe(std::move(probe_name)),
      clock(clock_) {}

const void* find_service(const char* id) {
  return std::strcmp(id, MUSTER_HTTP) == 0 ? &kHttp : nullptr;
}

}  // namespace muster
