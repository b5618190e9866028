#include "common/net/dns_channel.h"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

#include "common/base/log.h"

namespace muster {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

// How late a timeout may be. ares_timeout() would tell the time of the next one, but by walking
// through all that is asked, which is quadratic when it is called for each.
constexpr auto kTick = 50ms;

constexpr int kRead = 0;
constexpr int kWrite = 1;

Error error_of(int status) {
  const bool absent = status == ARES_ENOTFOUND || status == ARES_ENODATA;
  const ErrorCode code = absent                    ? ErrorCode::kNotFound
                         : status == ARES_ETIMEOUT ? ErrorCode::kTimeout
                                                   : ErrorCode::kUnavailable;
  // c-ares says the same of servers that answer SERVFAIL and of those that are not there.
  const std::string why = status == ARES_ECONNREFUSED
                              ? "no DNS server could answer (SERVFAIL or refused)"
                              : ares_strerror(status);
  return {code, "name lookup failed: " + why};
}

asio::ip::address address_of(const ares_addrinfo_node& node) {
  if (node.ai_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(node.ai_addr);
    return asio::ip::address_v4(ntohl(in->sin_addr.s_addr));
  }
  const auto* in6 = reinterpret_cast<const sockaddr_in6*>(node.ai_addr);
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(in6->sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return asio::ip::address_v6(bytes);
}

// The shortest on the way: an alias may change sooner than the addresses behind it.
std::chrono::seconds ttl_of(const ares_addrinfo& info) {
  int ttl = std::numeric_limits<int>::max();
  for (const auto* node = info.nodes; node != nullptr; node = node->ai_next) {
    ttl = std::min(ttl, node->ai_ttl);
  }
  for (const auto* cname = info.cnames; cname != nullptr; cname = cname->next) {
    ttl = std::min(ttl, cname->ttl);
  }
  return std::chrono::seconds(ttl);
}

// Its counting of users is not thread-safe, and the program needs it to the end.
void init_library_once() {
  static const int kStatus = ares_library_init(ARES_LIB_INIT_ALL);
  if (kStatus != ARES_SUCCESS) log::error("dns.init_failed", {{"error", ares_strerror(kStatus)}});
}

int use_servers(ares_channel channel, const std::vector<std::string>& servers) {
  if (servers.empty()) return ARES_SUCCESS;
  std::string list;
  for (const std::string& server : servers) list += (list.empty() ? "" : ",") + server;
  return ares_set_servers_ports_csv(channel, list.c_str());
}

}  // namespace

struct DnsChannel::Question {
  DnsChannel* channel;
  std::string host;
};

// c-ares owns the descriptor; asio only watches it, so it is released, not closed.
struct DnsChannel::Watch {
  explicit Watch(asio::io_context& io) : descriptor(io) {}
  ~Watch() { release(); }
  void release() {
    if (descriptor.is_open()) descriptor.release();
  }

  asio::posix::stream_descriptor descriptor;
  bool wanted[2] = {false, false};
  bool waiting[2] = {false, false};
};

DnsChannel::DnsChannel(EventLoop& loop, const ResolverOptions& options, Collect collect)
    : loop_(loop), collect_(std::move(collect)) {
  init_library_once();
  ares_options settings{};
  settings.timeout = static_cast<int>(options.timeout.count());
  settings.tries = options.tries;
  settings.sock_state_cb = &DnsChannel::on_socket_state;
  settings.sock_state_cb_data = this;
  const int set = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &settings, set);
  if (status != ARES_SUCCESS) channel_ = nullptr;
  if (status == ARES_SUCCESS) status = use_servers(channel_, options.servers);
  if (status != ARES_SUCCESS) log::error("dns.init_failed", {{"error", ares_strerror(status)}});
}

DnsChannel::~DnsChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void DnsChannel::ask(const std::string& host) {
  if (channel_ == nullptr) return collect_({host, fail(error_of(ARES_ENOTINITIALIZED))});
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ++in_flight_;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &DnsChannel::on_answer,
                   new Question{this, host});
  tick_while_busy();
}

void DnsChannel::on_answer(void* argument, int status, int, ares_addrinfo* info) {
  const std::unique_ptr<Question> question(static_cast<Question*>(argument));
  const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(info,
                                                                           &ares_freeaddrinfo);
  DnsChannel& channel = *question->channel;
  --channel.in_flight_;
  if (status == ARES_EDESTRUCTION) return;
  if (status == ARES_SUCCESS && info->nodes == nullptr) status = ARES_ENODATA;
  if (status != ARES_SUCCESS) {
    return channel.collect_({std::move(question->host), fail(error_of(status))});
  }
  Resolver::Addresses addresses;
  for (const auto* node = info->nodes; node != nullptr; node = node->ai_next) {
    addresses.push_back(address_of(*node));
  }
  channel.collect_({std::move(question->host), std::move(addresses), ttl_of(*info)});
}

void DnsChannel::on_socket_state(void* self, ares_socket_t fd, int read, int write) {
  static_cast<DnsChannel*>(self)->watch(fd, read != 0, write != 0);
}

void DnsChannel::watch(ares_socket_t fd, bool read, bool write) {
  const auto known = watches_.find(fd);
  if (!read && !write) {
    if (known == watches_.end()) return;
    // Now, though a handler may hold on to the watch: c-ares closes the descriptor next and may be
    // given the same number again, which a later release would take from the loop.
    known->second->release();
    watches_.erase(known);
    return;
  }
  auto& watch = known == watches_.end() ? watches_[fd] : known->second;
  if (!watch) {
    watch = std::make_shared<Watch>(loop_.io());
    boost::system::error_code error;
    watch->descriptor.assign(fd, error);
    if (error) log::warn("dns.not_watched", {{"error", error.message()}});  // it will time out
  }
  watch->wanted[kRead] = read;
  watch->wanted[kWrite] = write;
  wait(fd, watch, kRead);
  wait(fd, watch, kWrite);
}

void DnsChannel::wait(ares_socket_t fd, const std::shared_ptr<Watch>& watch, int way) {
  if (!watch->wanted[way] || std::exchange(watch->waiting[way], true)) return;
  using Descriptor = asio::posix::stream_descriptor;
  // A watch that is gone may mean a channel that is gone, so it is asked before `this` is used.
  watch->descriptor.async_wait(
      way == kRead ? Descriptor::wait_read : Descriptor::wait_write,
      [this, fd, weak = std::weak_ptr(watch), way](const boost::system::error_code& error) {
        const auto still = weak.lock();
        if (error || !still) return;
        still->waiting[way] = false;
        process(way == kRead ? fd : ARES_SOCKET_BAD, way == kWrite ? fd : ARES_SOCKET_BAD);
        if (still->descriptor.is_open()) wait(fd, still, way);
      });
}

void DnsChannel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  tick_while_busy();
}

void DnsChannel::tick_while_busy() {
  if (in_flight_ == 0) return tick_.cancel();
  if (!tick_.armed()) loop_.arm(tick_, loop_.clock().now() + kTick);
}

}  // namespace muster
