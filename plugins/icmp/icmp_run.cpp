#include "icmp_run.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace icmp_probe {
namespace {

constexpr const char* kNotPermitted =
    "musterd may not ping: let its group do it (sysctl net.ipv4.ping_group_range=\"0 2147483647\", "
    "for IPv6 too) or give it CAP_NET_RAW (AmbientCapabilities= of the systemd unit)";

}  // namespace

void IcmpRun::start(const std::string& server) {
  began_ns_ = host_.now_ns();
  muster::probes::NameLookup(host_).start(
      run_, server,
      [self = shared_from_this()](const auto& addresses) { self->on_addresses(addresses); });
}

void IcmpRun::on_addresses(const muster::probes::Addresses& addresses) {
  if (addresses.reason != MUSTER_REASON_NONE) {
    return fail(addresses.status(), addresses.reason, addresses.error);
  }
  const auto chosen =
      std::find_if(addresses.texts.begin(), addresses.texts.end(),
                   [this](const std::string& address) { return config_.takes(address); });
  if (chosen == addresses.texts.end()) {
    return fail(MUSTER_CRITICAL, MUSTER_REASON_DNS_FAILED, "it has no address of this family");
  }
  report_.add_phase("dns", host_.now_ns() - began_ns_);
  if (const int error = socket_.open(*chosen, config_.size)) return refuse_open(error);
  began_ns_ = host_.now_ns();
  go_on();
}

void IcmpRun::refuse_open(int error) {
  const std::string words = ::strerrordesc_np(error);
  if (error == EACCES || error == EPERM) {
    return fail(MUSTER_UNKNOWN, MUSTER_REASON_SELF, kNotPermitted);
  }
  if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
    return fail(MUSTER_UNKNOWN, MUSTER_REASON_SELF_OVERLOAD, "no socket: " + words);
  }
  fail(MUSTER_CRITICAL, MUSTER_REASON_UNREACHABLE_NETWORK, words);
}

void IcmpRun::go_on() {
  const std::int64_t now = host_.now_ns();
  const auto due = [this](std::size_t number) {
    return began_ns_ + static_cast<std::int64_t>(number) * config_.interval_ns;
  };
  while (sent_ < config_.count && due(sent_) <= now) {
    const auto sequence = static_cast<std::uint16_t>(sent_++);
    if (const auto at = socket_.send(sequence)) trips_.sent(sequence, *at);
  }
  const std::int64_t until =
      sent_ < config_.count ? due(sent_) : due(config_.count - 1) + config_.patience_ns;
  if (trips_.complete() || now >= deadline_ns_ || (sent_ == config_.count && now >= until)) {
    return finish();
  }
  wait(until);
}

void IcmpRun::wait(std::int64_t until_ns) {
  poll_.watch(run_, socket_.fd(), MUSTER_POLL_READ, until_ns,
              [self = shared_from_this(), until_ns](std::uint32_t) {
                while (const auto answer = self->socket_.receive()) {
                  self->trips_.answered(answer->sequence, answer->at_ns);
                }
                // Neither an answer nor the time: the run is over.
                if (self->run_.cancelled() && self->host_.now_ns() < until_ns) {
                  return self->finish();
                }
                self->go_on();
              });
}

void IcmpRun::finish() {
  if (run_.cancelled() && host_.now_ns() < deadline_ns_) {
    return fail(MUSTER_UNKNOWN, MUSTER_REASON_CANCELLED, "the run was cancelled");
  }
  trips_.judge(config_, report_);
  if (trips_.answers() > 0) return report_.complete(std::move(run_));
  const int error = socket_.last_error();
  if (error == 0) return fail(MUSTER_CRITICAL, MUSTER_REASON_TIMEOUT_RESPONSE, "no answer");
  fail(MUSTER_CRITICAL, MUSTER_REASON_UNREACHABLE_NETWORK,
       std::string("no answer: ") + ::strerrordesc_np(error));
}

void IcmpRun::fail(muster_status status, muster_reason reason, const std::string& message) {
  report_.complete(std::move(run_), status, reason, message);
}

}  // namespace icmp_probe
