// SPDX-License-Identifier: Apache-2.0
//
// muster/fake_host.hpp - a host for a plugin's own tests: one thread, no network, no Muster. Say
// what the services answer, make a probe of the plugin's table, run it, look at what it found:
//
//   FakeHost host;
//   host.http = [](const FakeRequest&) { return FakeAnswer{.status_code = 503}; };
//   FakeProbe probe(host, *muster_plugin_v1(), R"({"path":"/health"})");
//   assert(probe.run().status == MUSTER_CRITICAL);
//
// As a real host does, it answers later and never from inside a call.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "muster/probe.hpp"

namespace muster::sdk {

struct FakeRequest {
  std::string method, url, body;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct FakeAnswer {
  int status_code = 200;
  std::string body{};
  muster_reason reason = MUSTER_REASON_NONE;  // another: there was no answer, and why
  std::string error{};
};

struct FakeStep {  // of a dialogue: "connect", "start_tls", "write" or "read"
  std::string operation;
  std::string text;  // "host:port", the name, what is written; of read nothing
};

struct FakeEvent {
  std::string data{};
  muster_reason reason = MUSTER_REASON_NONE;
  std::string error{};
};

struct FakeNames {
  std::vector<std::string> addresses{"127.0.0.1"};
  muster_reason reason = MUSTER_REASON_NONE;
  std::string error{};
};

struct FakeTarget {
  std::string name = "server", host = "127.0.0.1", api_url = "http://127.0.0.1:8471", credential{};
};

// What a run ended with; copied, because the plugin's texts are gone by then.
struct FakeResult {
  int completions = 0;  // right is 1
  muster_status status = MUSTER_UNKNOWN;
  muster_reason reason = MUSTER_REASON_NONE;
  int http_status = 0;
  std::string message;
  std::vector<std::pair<std::string, muster_status>> components;
  std::vector<std::pair<std::string, double>> metrics;
};

class FakeHost : public muster_host {
 public:
  FakeHost()
      : muster_host{sizeof(muster_host), MUSTER_ABI_MINOR, &tell_time, &write_log,
                    &find_service,       &is_cancelled,    &complete} {}
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  std::function<FakeAnswer(const FakeRequest&)> http = [](const FakeRequest&) {
    return FakeAnswer();
  };
  std::function<FakeEvent(const FakeStep&)> stream = [](const FakeStep&) { return FakeEvent(); };
  std::function<std::uint32_t(int fd, std::uint32_t events)> poll = [](int, std::uint32_t events) {
    return events;
  };
  std::function<FakeNames(const std::string& host)> names = [](const std::string&) {
    return FakeNames();
  };
  bool workers_are_free = true;
  bool cancelled = false;
  std::int64_t time_ns = 0;
  std::vector<std::string> log;

  // Does what was put off, until there is nothing more.
  void work() {
    while (!later_.empty()) {
      const auto task = std::move(later_.front());
      later_.pop_front();
      task();
    }
  }

 private:
  friend class FakeProbe;
  struct Run {
    FakeHost* host;
    FakeResult result;
  };

  static FakeHost& self(const muster_host* host) {
    return *const_cast<FakeHost*>(static_cast<const FakeHost*>(host));
  }
  static Run& of(const muster_run* run) {
    return *const_cast<Run*>(reinterpret_cast<const Run*>(run));
  }
  static std::int64_t tell_time(const muster_host* host) { return self(host).time_ns; }
  static void write_log(const muster_host* host, std::int32_t, muster_str text) {
    self(host).log.emplace_back(view(text));
  }
  static bool is_cancelled(const muster_run* run) { return of(run).host->cancelled; }

  static const void* find_service(const muster_host*, const char* id) {
    static const muster_http kHttp{sizeof(muster_http), &send};
    static const muster_stream kStream{sizeof(muster_stream), &connect, &start_tls, &write, &read};
    static const muster_poll kPoll{sizeof(muster_poll), &wait};
    static const muster_names kNames{sizeof(muster_names), &resolve};
    static const muster_workers kWorkers{sizeof(muster_workers), &submit};
    const std::string_view wanted(id);
    if (wanted == MUSTER_HTTP) return &kHttp;
    if (wanted == MUSTER_STREAM) return &kStream;
    if (wanted == MUSTER_POLL) return &kPoll;
    if (wanted == MUSTER_NAMES) return &kNames;
    return wanted == MUSTER_WORKERS ? &kWorkers : nullptr;
  }

  static void complete(muster_run* run, const muster_result* from) {
    FakeResult& to = of(run).result;
    if (++to.completions > 1) return;
    to.status = from->status;
    to.reason = from->reason;
    to.http_status = from->http_status;
    to.message = view(from->message);
    for (std::size_t i = 0; i < from->component_count; ++i) {
      to.components.emplace_back(view(from->components[i].name), from->components[i].status);
    }
    for (std::size_t i = 0; i < from->metric_count; ++i) {
      to.metrics.emplace_back(view(from->metrics[i].name), from->metrics[i].value);
    }
  }

  static void send(muster_run* run, const muster_http_request* request, muster_http_done done,
                   void* user) {
    FakeRequest asked{std::string(view(request->method)),
                      std::string(view(request->url)),
                      std::string(view(request->body)),
                      {}};
    for (std::size_t i = 0; i < request->header_count; ++i) {
      asked.headers.emplace_back(view(request->headers[i].name), view(request->headers[i].value));
    }
    FakeHost& host = *of(run).host;
    host.later_.push_back([&host, asked = std::move(asked), done, user] {
      const FakeAnswer answer = host.http(asked);
      muster_http_response response{};
      response.struct_size = sizeof response;
      response.reason = answer.reason;
      response.status_code = answer.reason == MUSTER_REASON_NONE ? answer.status_code : 0;
      response.body = to_c(answer.body);
      response.error = to_c(answer.error);
      done(user, &response);
    });
  }

  static void step(muster_run* run, FakeStep taken, muster_stream_done done, void* user) {
    FakeHost& host = *of(run).host;
    host.later_.push_back([&host, taken = std::move(taken), done, user] {
      const FakeEvent answer = host.stream(taken);
      muster_stream_event event{};
      event.struct_size = sizeof event;
      event.reason = answer.reason;
      event.data = to_c(answer.data);
      event.error = to_c(answer.error);
      done(user, &event);
    });
  }
  static void connect(muster_run* run, muster_str host, std::uint16_t port, muster_stream_done done,
                      void* user) {
    step(run, {"connect", std::string(view(host)) + ':' + std::to_string(port)}, done, user);
  }
  static void start_tls(muster_run* run, muster_str name, muster_stream_done done, void* user) {
    step(run, {"start_tls", std::string(view(name))}, done, user);
  }
  static void write(muster_run* run, muster_str data, muster_stream_done done, void* user) {
    step(run, {"write", std::string(view(data))}, done, user);
  }
  static void read(muster_run* run, std::size_t, muster_stream_done done, void* user) {
    step(run, {"read", ""}, done, user);
  }

  static void wait(muster_run* run, int fd, std::uint32_t events, std::int64_t,
                   muster_poll_ready ready, void* user) {
    FakeHost& host = *of(run).host;
    host.later_.push_back([&host, fd, events, ready, user] { ready(user, host.poll(fd, events)); });
  }

  static void resolve(muster_run* run, muster_str name, muster_names_done done, void* user) {
    FakeHost& host = *of(run).host;
    host.later_.push_back([&host, name = std::string(view(name)), done, user] {
      const FakeNames found = host.names(name);
      std::string addresses;
      for (const std::string& address : found.addresses) addresses += address + '\n';
      muster_names_event event{};
      event.struct_size = sizeof event;
      event.reason = found.reason;
      if (found.reason == MUSTER_REASON_NONE) event.addresses = to_c(addresses);
      event.error = to_c(found.error);
      done(user, &event);
    });
  }

  static bool submit(muster_run* run, void (*work)(void*), void* user) {
    FakeHost& host = *of(run).host;
    if (host.workers_are_free) host.later_.push_back([work, user] { work(user); });
    return host.workers_are_free;
  }

  std::deque<std::function<void()>> later_;
};

// One entry of a configuration, asking one server. Throws what create() refused.
class FakeProbe {
 public:
  FakeProbe(FakeHost& host, const muster_plugin& plugin, std::string_view config,
            FakeTarget target = {})
      : host_(host), plugin_(plugin), target_(std::move(target)) {
    for (auto id = plugin.required_services; id != nullptr && *id != nullptr; ++id) {
      if (host.service(&host, *id) == nullptr) {
        throw std::runtime_error(std::string("no host has the service ") + *id);
      }
    }
    char error[512] = "";
    probe_ = plugin.create(&host, to_c(config), error, sizeof error);
    if (probe_ == nullptr) throw std::runtime_error(error);
    c_target_.struct_size = sizeof c_target_;
    c_target_.name = to_c(target_.name);
    c_target_.host = to_c(target_.host);
    c_target_.api_url = to_c(target_.api_url);
    c_target_.credential = to_c(target_.credential);
    c_target_.slot = &slot_;
  }
  ~FakeProbe() {
    if (slot_ != nullptr && plugin_.release_target != nullptr) {
      plugin_.release_target(probe_, slot_);
    }
    plugin_.destroy(probe_);
  }
  FakeProbe(const FakeProbe&) = delete;
  FakeProbe& operator=(const FakeProbe&) = delete;

  FakeResult run() {
    FakeHost::Run run{&host_, {}};
    plugin_.start(probe_, &c_target_, reinterpret_cast<muster_run*>(&run),
                  host_.time_ns + 5'000'000'000);
    host_.work();
    return run.result;
  }

 private:
  FakeHost& host_;
  const muster_plugin& plugin_;
  FakeTarget target_;
  muster_target c_target_{};
  void* slot_ = nullptr;
  muster_probe* probe_ = nullptr;
};

}  // namespace muster::sdk
