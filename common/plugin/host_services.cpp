#include "common/plugin/host_services.h"

#include <string_view>

#include "common/base/log.h"
#include "common/plugin/plugin_library.h"
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
             {{"plugin", table_of(host).library.name()},
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

void stream_connect(muster_run* run, muster_str host, std::uint16_t port, muster_stream_done done,
                    void* user) {
  run->connect(host, port, done, user);
}

void stream_start_tls(muster_run* run, muster_str name, muster_stream_done done, void* user) {
  run->services().start_tls(name, done, user);
}

void stream_write(muster_run* run, muster_str data, muster_stream_done done, void* user) {
  run->services().write(data, done, user);
}

void stream_read(muster_run* run, std::size_t most, muster_stream_done done, void* user) {
  run->services().read(most, done, user);
}

constexpr muster_stream kStream{sizeof(muster_stream), &stream_connect, &stream_start_tls,
                                &stream_write, &stream_read};

void poll_wait(muster_run* run, int fd, std::uint32_t events, std::int64_t until_ns,
               muster_poll_ready ready, void* user) {
  const TimePoint until =
      until_ns == INT64_MAX ? TimePoint::max() : TimePoint(std::chrono::nanoseconds(until_ns));
  run->services().wait(fd, events, until, ready, user);
}

constexpr muster_poll kPoll{sizeof(muster_poll), &poll_wait};

void names_resolve(muster_run* run, muster_str host, muster_names_done done, void* user) {
  run->services().resolve(host, done, user);
}

constexpr muster_names kNames{sizeof(muster_names), &names_resolve};

bool workers_submit(muster_run* run, void (*work)(void* user), void* user) {
  return run->services().submit(work, user);
}

constexpr muster_workers kWorkers{sizeof(muster_workers), &workers_submit};

struct Service {
  std::string_view id;
  const void* table;
};
constexpr Service kServices[]{{MUSTER_HTTP, &kHttp},
                              {MUSTER_STREAM, &kStream},
                              {MUSTER_POLL, &kPoll},
                              {MUSTER_NAMES, &kNames},
                              {MUSTER_WORKERS, &kWorkers}};

}  // namespace

HostTable::HostTable(const PluginLibrary& library_, std::string probe_name, const Clock& clock_)
    : muster_host{sizeof(muster_host), MUSTER_ABI_MINOR, &host_now_ns, &host_log,
                  &host_service,       &run_cancelled,   &run_complete},
      library(library_),
      probe(std::move(probe_name)),
      clock(clock_) {}

const void* find_service(const char* id) {
  for (const Service& service : kServices) {
    if (service.id == id) return service.table;
  }
  return nullptr;
}

}  // namespace muster
