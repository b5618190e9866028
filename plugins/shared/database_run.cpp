#include "shared/database_run.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace muster::probes {
namespace {

// The libraries read for as long as there is something, and a server that sends faster than that
// would be read to its end in one call. Behind a small window it has to wait for us.
void narrow_window(int socket) {
  const int bytes = 64 << 10;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

// The libraries do not tell what they have buffered; the kernel knows what came.
std::uint64_t bytes_received(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  const bool told = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  return told ? info.tcpi_bytes_received : 0;
}

}  // namespace

DatabaseRun::DatabaseRun(const sdk::Host& host, sdk::Run run, std::int64_t deadline_ns)
    : host_(host),
      run_(std::move(run)),
      poll_(host),
      deadline_ns_(deadline_ns),
      phase_began_ns_(host.now_ns()) {}

void DatabaseRun::start(const std::string& server) {
  server_ = server;
  NameLookup(host_).start(run_, server, [self = shared_from_this()](const auto& addresses) {
    self->on_addresses(addresses);
  });
}

void DatabaseRun::on_addresses(const Addresses& addresses) {
  if (addresses.reason != MUSTER_REASON_NONE) {
    return fail({addresses.status(), addresses.reason, addresses.error});
  }
  end_phase("dns");
  addresses_ = addresses.texts;
  connect_to_next();
}

// Each address has its share of the time that is left, so that one that swallows packets does not
// keep us from the next.
void DatabaseRun::connect_to_next() {
  const std::int64_t now = host_.now_ns();
  const auto untried = static_cast<std::int64_t>(addresses_.size() - tried_);
  turn_ends_ns_ = untried > 1 ? now + (deadline_ns_ - now) / untried : INT64_MAX;
  connect(addresses_[tried_++]);
}

void DatabaseRun::wait(int socket, std::uint32_t events, Ready ready) {
  narrow_window(socket);
  poll_.watch(run_, socket, events, turn_ends_ns_,
              [self = shared_from_this(), socket, ready = std::move(ready)](std::uint32_t seen) {
                if (seen == 0) return self->on_time();
                if (bytes_received(socket) > kMostBytes) return self->fail_too_large();
                ready(seen);
              });
}

void DatabaseRun::on_time() {
  const std::int64_t now = host_.now_ns();
  if (now < deadline_ns_ && now >= turn_ends_ns_) return connect_to_next();
  if (now < deadline_ns_) {
    return fail({MUSTER_UNKNOWN, MUSTER_REASON_CANCELLED, "the run was cancelled"});
  }
  if (!reached_) {
    return fail({MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_CONNECT, "no connection in time"});
  }
  fail({MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE,
        open_ ? "no whole answer in time" : "the server did not let us in in time"});
}

void DatabaseRun::set_reached() {
  reached_ = true;
  turn_ends_ns_ = INT64_MAX;
}

void DatabaseRun::set_open() {
  set_reached();
  open_ = true;
}

std::int64_t DatabaseRun::left_ms() const {
  return std::max<std::int64_t>((deadline_ns_ - host_.now_ns()) / 1'000'000, 1);
}

void DatabaseRun::end_phase(const char* name) {
  const std::int64_t now = host_.now_ns();
  report_.add_phase(name, now - phase_began_ns_);
  phase_began_ns_ = now;
}

void DatabaseRun::complete() {
  disconnect();
  report_.complete(std::move(run_));
}

void DatabaseRun::fail(const Trouble& trouble) {
  disconnect();
  report_.complete(std::move(run_), trouble.status, trouble.reason, trouble.message);
}

void DatabaseRun::fail_to_connect(const Trouble& trouble) {
  const bool next = !reached_ && tried_ < addresses_.size() && host_.now_ns() < deadline_ns_;
  next ? connect_to_next() : fail(trouble);
}

void DatabaseRun::fail_too_large() {
  if (at_query()) {
    return fail({MUSTER_UNKNOWN, MUSTER_REASON_BODY_TOO_LARGE, "query: it returned too much"});
  }
  fail({MUSTER_CRITICAL, MUSTER_REASON_BODY_TOO_LARGE, "the server said more than it may"});
}

}  // namespace muster::probes
