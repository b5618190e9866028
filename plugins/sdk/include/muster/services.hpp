// SPDX-License-Identifier: Apache-2.0
//
// muster/services.hpp - the host's services for a probe in C++: Http, Stream, Poll, Workers. Part
// of muster/probe.hpp. Each call takes the Run and gives it back to `done`; what `done` throws ends
// the run as unknown. Made in the probe's constructor, immutable, used on the loops.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "muster/run.hpp"

namespace muster::sdk {

namespace detail {

// No exception leaves this.
template <typename Action>
void guard(Run& run, Action action) noexcept {
  try {
    action();
  } catch (const std::exception& error) {
    run.blame(error.what());
  } catch (...) {
    run.blame("the probe threw something that is no std::exception");
  }
}

// A run on its way through one operation of a service: what happened, and who goes on with it.
template <typename Event, typename Done>
struct Call {
  Run run;
  Done done;

  static void answer(void* user, Event event) {
    const std::unique_ptr<Call> call(static_cast<Call*>(user));
    guard(call->run, [&] {
      if constexpr (std::is_pointer_v<Event>) {
        call->done(std::move(call->run), *event);
      } else {
        call->done(std::move(call->run), event);
      }
    });
  }
};

template <typename Service>
const Service* service_of(const Host& host, const char* id) {
  return static_cast<const Service*>(host.service(id));
}

}  // namespace detail

// The service muster.http/1.
class Http {
 public:
  explicit Http(const Host& host) : service_(detail::service_of<muster_http>(host, MUSTER_HTTP)) {}

  // Calls done(Run, const muster_http_response&) exactly once, later.
  template <typename Done>
  void send(Run run, const muster_http_request& request, Done done) const {
    using Call = detail::Call<const muster_http_response*, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->send(call->run.c_run(), &request, &Call::answer, call);
  }

 private:
  const muster_http* service_;
};

// The service muster.stream/1. Each operation calls done(Run, const muster_stream_event&) exactly
// once, later.
class Stream {
 public:
  explicit Stream(const Host& host)
      : service_(detail::service_of<muster_stream>(host, MUSTER_STREAM)) {}

  template <typename Done>
  void connect(Run run, std::string_view host, std::uint16_t port, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->connect(call->run.c_run(), to_c(host), port, &call->answer, call);
  }
  template <typename Done>
  void start_tls(Run run, std::string_view name, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->start_tls(call->run.c_run(), to_c(name), &call->answer, call);
  }
  template <typename Done>
  void write(Run run, std::string_view data, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->write(call->run.c_run(), to_c(data), &call->answer, call);
  }
  template <typename Done>
  void read(Run run, std::size_t most, Done done) const {
    auto* const call = make(std::move(run), std::move(done));
    service_->read(call->run.c_run(), most, &call->answer, call);
  }

 private:
  template <typename Done>
  static auto* make(Run run, Done done) {
    return new detail::Call<const muster_stream_event*, Done>{std::move(run), std::move(done)};
  }

  const muster_stream* service_;
};

// The service muster.poll/1.
class Poll {
 public:
  explicit Poll(const Host& host) : service_(detail::service_of<muster_poll>(host, MUSTER_POLL)) {}

  // Calls done(Run, std::uint32_t events) exactly once, later; 0: the time is up.
  template <typename Done>
  void wait(Run run, int fd, std::uint32_t events, std::int64_t until_ns, Done done) const {
    using Call = detail::Call<std::uint32_t, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->wait(call->run.c_run(), fd, events, until_ns, &Call::answer, call);
  }

  // For several descriptors at once: ready(std::uint32_t events) must not throw, and has to hold
  // what it uses, because it is called even when the run was completed meanwhile.
  template <typename Ready>
  void watch(const Run& run, int fd, std::uint32_t events, std::int64_t until_ns,
             Ready ready) const {
    auto* const kept = new Ready(std::move(ready));
    service_->wait(
        run.c_run(), fd, events, until_ns,
        [](void* user, std::uint32_t seen) {
          const std::unique_ptr<Ready> owned(static_cast<Ready*>(user));
          (*owned)(seen);
        },
        kept);
  }

 private:
  const muster_poll* service_;
};

// The service muster.names/1.
class Names {
 public:
  explicit Names(const Host& host)
      : service_(detail::service_of<muster_names>(host, MUSTER_NAMES)) {}

  // Calls done(Run, const muster_names_event&) exactly once, later.
  template <typename Done>
  void resolve(Run run, std::string_view host, Done done) const {
    using Call = detail::Call<const muster_names_event*, Done>;
    auto* const call = new Call{std::move(run), std::move(done)};
    service_->resolve(call->run.c_run(), to_c(host), &Call::answer, call);
  }

 private:
  const muster_names* service_;
};

// The service muster.workers/1.
class Workers {
 public:
  explicit Workers(const Host& host)
      : service_(detail::service_of<muster_workers>(host, MUSTER_WORKERS)) {}

  // Calls work(Run) once on a thread that may block. Without a free thread the run ends as unknown.
  template <typename Work>
  void submit(Run run, Work work) const {
    auto task = std::make_unique<Task<Work>>(Task<Work>{std::move(run), std::move(work)});
    if (service_->submit(task->run.c_run(), &Task<Work>::run_it, task.get())) {
      static_cast<void>(task.release());
    } else {
      task->run.fail("all threads for blocking work are busy", MUSTER_REASON_SELF_OVERLOAD);
    }
  }

 private:
  template <typename Work>
  struct Task {
    Run run;
    Work work;

    static void run_it(void* user) {
      const std::unique_ptr<Task> task(static_cast<Task*>(user));
      detail::guard(task->run, [&] { task->work(std::move(task->run)); });
    }
  };

  const muster_workers* service_;
};
}  // namespace muster::sdk
