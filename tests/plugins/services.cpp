// A probe that uses the host's services in the way that its target's name says; api_url is the port
// of whom to talk to.
#include <fcntl.h>
#include <unistd.h>
#include <muster/probe.hpp>

#include <memory>
#include <string>

namespace {

using muster::sdk::Host;
using muster::sdk::Names;
using muster::sdk::Poll;
using muster::sdk::Probe;
using muster::sdk::Result;
using muster::sdk::Run;
using muster::sdk::Stream;
using muster::sdk::Target;
using muster::sdk::Workers;

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

void complete(Run run, muster_status status, std::string_view message) {
  Result result;
  result.status = status;
  result.message = message;
  std::move(run).complete(result);
}

void complete(Run run, const muster_stream_event& event) {
  Result result;
  result.status = event.reason == MUSTER_REASON_NONE ? MUSTER_OK : MUSTER_CRITICAL;
  result.reason = event.reason;
  std::string text(
      muster::sdk::view(event.reason == MUSTER_REASON_NONE ? event.data : event.error));
  if (event.tls != nullptr) {
    text += "|" + std::string(muster::sdk::view(event.tls->names)) + "|" +
            std::string(muster::sdk::view(event.tls->version));
    result.add_gauge("not_after", static_cast<double>(event.tls->not_after));
    result.add_gauge("chain", event.tls->chain_length);
  }
  result.message = text;
  result.phases = event.phases;
  result.phase_count = event.phase_count;
  std::move(run).complete(result);
}

class Services final : public Probe {
 public:
  Services(const Host& host, std::string_view)
      : host_(host), stream_(host), poll_(host), names_(host), workers_(host) {}

  void start(const Target& target, Run run) override {
    const std::string_view how = target.name();
    if (how == "ask") return connect(target, std::move(run), false);
    if (how == "tls") return connect(target, std::move(run), true);
    if (how == "unconnected") return read(std::move(run));
    if (how == "pipe") return wait_for_pipe(std::move(run));
    if (how == "clock") return wait_for_clock(std::move(run));
    if (how == "never ready") return wait_for_nothing(std::move(run));
    if (how == "never ready, again") return wait_twice(std::move(run));
    if (how == "names") return resolve(target, std::move(run));
    if (how == "never enough") return begin_again(target, std::move(run));
    if (how == "work") return work(std::move(run));
    if (how == "long work") return work_long(std::move(run));
    complete(std::move(run), MUSTER_UNKNOWN, "?");
  }

 private:
  void connect(const Target& target, Run run, bool tls) const {
    const auto port = static_cast<std::uint16_t>(std::stoi(std::string(target.api_url())));
    stream_.connect(std::move(run), target.host(), port,
                    [this, tls](Run open, const muster_stream_event& event) {
                      if (event.reason != MUSTER_REASON_NONE)
                        return complete(std::move(open), event);
                      tls ? secure(std::move(open)) : write(std::move(open));
                    });
  }

  void secure(Run run) const {
    stream_.start_tls(std::move(run), "localhost", [this](Run open, const auto& event) {
      if (event.reason != MUSTER_REASON_NONE) return complete(std::move(open), event);
      write(std::move(open));
    });
  }

  void write(Run run) const {
    stream_.write(std::move(run), kRequest, [this](Run open, const auto& event) {
      if (event.reason != MUSTER_REASON_NONE) return complete(std::move(open), event);
      read(std::move(open));
    });
  }

  void read(Run run) const {
    stream_.read(std::move(run), 12,
                 [](Run open, const auto& event) { complete(std::move(open), event); });
  }

  struct Pipe {
    Pipe() {
      if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
    }
    ~Pipe() {
      ::close(ends[0]);
      ::close(ends[1]);
    }
    int ends[2]{};
  };

  // Both ends at once: the writing end is ready first, and makes the other one so.
  void wait_for_pipe(Run run) const {
    const auto pipe = std::make_shared<Pipe>();
    const auto open = std::make_shared<Run>(std::move(run));
    poll_.watch(*open, pipe->ends[0], MUSTER_POLL_READ, INT64_MAX, [pipe, open](auto events) {
      char byte = 0;
      const bool read = ::read(pipe->ends[0], &byte, 1) == 1;
      complete(std::move(*open), MUSTER_OK,
               events == MUSTER_POLL_READ && read && byte == 'x' ? "read x" : "nothing");
    });
    poll_.watch(*open, pipe->ends[1], MUSTER_POLL_WRITE, INT64_MAX,
                [pipe](auto) { static_cast<void>(!::write(pipe->ends[1], "x", 1)); });
  }

  void wait_for_clock(Run run) const {
    const std::int64_t began = host_.now_ns();
    poll_.wait(std::move(run), -1, 0, began + 20'000'000, [this, began](Run open, auto events) {
      const bool late = host_.now_ns() >= began + 20'000'000;
      complete(std::move(open), MUSTER_OK, events == 0 && late ? "rang" : "too early");
    });
  }

  void wait_for_nothing(Run run) const {
    auto pipe = std::make_shared<Pipe>();
    const int fd = pipe->ends[0];
    poll_.wait(std::move(run), fd, MUSTER_POLL_READ, INT64_MAX, [pipe](Run open, auto events) {
      complete(std::move(open), MUSTER_WARNING, events == 0 ? "gave up" : "?");
    });
  }

  // Once more for the deadline when it has passed.
  void wait_twice(Run run) const {
    auto pipe = std::make_shared<Pipe>();
    const int fd = pipe->ends[0];
    poll_.wait(std::move(run), fd, MUSTER_POLL_READ, INT64_MAX, [this, pipe](Run open, auto) {
      const int same = pipe->ends[0];
      poll_.wait(std::move(open), same, MUSTER_POLL_READ, INT64_MAX,
                 [pipe](Run late, auto) { complete(std::move(late), MUSTER_WARNING, "at last"); });
    });
  }

  void resolve(const Target& target, Run run) const {
    names_.resolve(std::move(run), target.host(), [](Run open, const auto& event) {
      Result result;
      result.status = event.reason == MUSTER_REASON_NONE ? MUSTER_OK : MUSTER_UNKNOWN;
      result.reason = event.reason;
      result.message =
          muster::sdk::view(event.reason == MUSTER_REASON_NONE ? event.addresses : event.error);
      std::move(open).complete(result);
    });
  }

  // When its time is up: another connection, and then a name.
  void begin_again(const Target& target, Run run) const {
    const auto port = static_cast<std::uint16_t>(std::stoi(std::string(target.api_url())));
    stream_.connect(std::move(run), target.host(), port, [this, port](Run open, const auto&) {
      stream_.read(std::move(open), 1, [this, port](Run late, const auto&) {
        stream_.connect(std::move(late), "127.0.0.1", port, [this](Run later, const auto& event) {
          const bool cancelled = event.reason == MUSTER_REASON_CANCELLED;
          resolve_late(std::move(later), cancelled);
        });
      });
    });
  }

  void resolve_late(Run run, bool cancelled) const {
    names_.resolve(
        std::move(run), "no-such-name.invalid", [cancelled](Run open, const auto& event) {
          const bool both = cancelled && event.reason == MUSTER_REASON_CANCELLED;
          complete(std::move(open), MUSTER_WARNING, both ? "cancelled twice" : "went on");
        });
  }

  void work(Run run) const {
    workers_.submit(std::move(run), [](Run open) {
      complete(std::move(open), MUSTER_OK, "worked");
      ::usleep(1000);  // the run is completed and must be valid all the same
    });
  }

  // Until the host gives the run up.
  void work_long(Run run) const {
    workers_.submit(std::move(run), [](Run open) {
      while (!open.cancelled()) ::usleep(1000);
      complete(std::move(open), MUSTER_OK, "too late");
    });
  }

  const Host host_;
  const Stream stream_;
  const Poll poll_;
  const Names names_;
  const Workers workers_;
};

}  // namespace

MUSTER_PROBE(Services, "services", "1.0.0", "uses the host's services", "{}", MUSTER_STREAM,
             MUSTER_POLL, MUSTER_NAMES, MUSTER_WORKERS)
