#include "common/net/resolver.h"

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "common/base/log.h"
#include "common/net/event_loop.h"

namespace muster {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr auto kLeastTtl = 1s;
constexpr auto kMostTtl = 300s;
constexpr auto kFailureTtl = 5s;
constexpr std::size_t kMostEntries = 200'000;

Error error_of(int status) {
  const bool absent = status == ARES_ENOTFOUND || status == ARES_ENODATA;
  const bool silent = status == ARES_ETIMEOUT || status == ARES_ECONNREFUSED;
  const ErrorCode code = absent   ? ErrorCode::kNotFound
                         : silent ? ErrorCode::kTimeout
                                  : ErrorCode::kUnavailable;
  return {code, std::string("name lookup failed: ") + ares_strerror(status)};
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

}  // namespace

class Resolver::Impl {
 public:
  explicit Impl(EventLoop& loop) : loop_(loop) {
    ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.timeout = 2000;
    options.tries = 2;
    options.sock_state_cb = &Impl::on_socket_state;
    options.sock_state_cb_data = this;
    const int status = ares_init_options(&channel_, &options,
                                         ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                             ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
      log::error("resolver.init_failed", {{"error", ares_strerror(status)}});
      channel_ = nullptr;
    }
  }

  ~Impl() {
    waiting_.clear();
    if (channel_ != nullptr) ares_destroy(channel_);
    ares_library_cleanup();
  }

  void resolve(const std::string& host, Done done) {
    boost::system::error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return done(Addresses{literal});
    if (const auto known = cache_.find(host); known != cache_.end()) {
      if (known->second.until > loop_.clock().now()) return done(known->second.answer);
      cache_.erase(known);
    }
    auto& queue = waiting_[host];
    queue.push_back(std::move(done));
    if (queue.size() == 1) ask(host);
  }

 private:
  struct Entry {
    Result<Addresses> answer;
    TimePoint until;
  };
  struct Question {
    Impl* resolver;
    std::string host;
  };
  // c-ares owns the descriptor; asio only watches it, so it is released, not closed.
  struct Watch {
    Watch(asio::io_context& io, ares_socket_t fd) : descriptor(io, fd) {}
    ~Watch() { descriptor.release(); }

    asio::posix::stream_descriptor descriptor;
    bool wanted[2] = {false, false};  // to read, to write
    bool waiting[2] = {false, false};
  };

  void ask(const std::string& host) {
    if (channel_ == nullptr) return answer(host, fail(error_of(ARES_ENOTINITIALIZED)), kFailureTtl);
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Impl::on_answer,
                     new Question{this, host});
    arm_timeout();
  }

  static void on_answer(void* argument, int status, int, ares_addrinfo* info) {
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(info,
                                                                             &ares_freeaddrinfo);
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    if (status != ARES_SUCCESS) {
      return question->resolver->answer(question->host, fail(error_of(status)), kFailureTtl);
    }
    Addresses addresses;
    std::chrono::seconds ttl = kMostTtl;
    for (const auto* node = info->nodes; node != nullptr; node = node->ai_next) {
      addresses.push_back(address_of(*node));
      ttl = std::min<std::chrono::seconds>(ttl, std::chrono::seconds(node->ai_ttl));
    }
    if (addresses.empty()) {
      return question->resolver->answer(question->host, fail(error_of(ARES_ENODATA)), kFailureTtl);
    }
    question->resolver->answer(question->host, std::move(addresses), std::max(ttl, kLeastTtl));
  }

  void answer(const std::string& host, Result<Addresses> answer, std::chrono::seconds ttl) {
    const auto found = waiting_.find(host);
    if (found == waiting_.end()) return;
    const auto queue = std::move(found->second);
    waiting_.erase(found);
    if (cache_.size() >= kMostEntries) cache_.clear();
    cache_.insert_or_assign(host, Entry{answer, loop_.clock().now() + ttl});
    for (const Done& done : queue) done(answer);
  }

  static void on_socket_state(void* self, ares_socket_t fd, int read, int write) {
    static_cast<Impl*>(self)->watch(fd, read != 0, write != 0);
  }

  void watch(ares_socket_t fd, bool read, bool write) {
    if (!read && !write) {
      watches_.erase(fd);
      return;
    }
    auto& watch = watches_[fd];
    if (!watch) watch = std::make_shared<Watch>(loop_.io(), fd);
    watch->wanted[0] = read;
    watch->wanted[1] = write;
    wait(fd, watch, 0);
    wait(fd, watch, 1);
  }

  void wait(ares_socket_t fd, const std::shared_ptr<Watch>& watch, int way) {
    if (!watch->wanted[way] || std::exchange(watch->waiting[way], true)) return;
    using Descriptor = asio::posix::stream_descriptor;
    watch->descriptor.async_wait(
        way == 0 ? Descriptor::wait_read : Descriptor::wait_write,
        [this, fd, weak = std::weak_ptr(watch), way](const boost::system::error_code& error) {
          const auto still = weak.lock();
          if (error || !still) return;
          still->waiting[way] = false;
          ares_process_fd(channel_, way == 0 ? fd : ARES_SOCKET_BAD,
                          way == 1 ? fd : ARES_SOCKET_BAD);
          arm_timeout();
          if (watches_.count(fd) != 0 && watches_[fd] == still) wait(fd, still, way);
        });
  }

  void arm_timeout() {
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) return;
    loop_.arm(timeout_, loop_.clock().now() + std::chrono::seconds(left.tv_sec) +
                            std::chrono::microseconds(left.tv_usec));
  }

  void on_timeout() {
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timeout();
  }

  EventLoop& loop_;
  ares_channel channel_ = nullptr;
  Timer timeout_{[this] { on_timeout(); }};
  std::unordered_map<std::string, Entry> cache_;
  std::unordered_map<std::string, std::vector<Done>> waiting_;
  std::unordered_map<ares_socket_t, std::shared_ptr<Watch>> watches_;
};

Resolver::Resolver(EventLoop& loop) : impl_(std::make_unique<Impl>(loop)) {}
Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, Done done) { impl_->resolve(host, std::move(done)); }

}  // namespace muster
