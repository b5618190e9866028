#include "common/net/resolver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <unordered_map>
#include <utility>

#include "common/net/dns_channel.h"
#include "common/net/event_loop.h"

namespace muster {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

// Lookups begun in one go. Thousands at once would overflow the sockets' buffers on both sides, and
// each lost datagram costs a timeout.
constexpr int kBurst = 100;
constexpr auto kBurstEvery = 10ms;

// Two questions each, told apart by 16 bits: c-ares would search for a free number for ever.
constexpr std::size_t kMostInFlight = 16'384;

}  // namespace

// Shared, so that a `done` that lets go of the resolver does not destroy it in the middle.
class Resolver::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, ResolverOptions options)
      : loop_(loop),
        options_(std::move(options)),
        cache_(options_.most_entries),
        channel_(loop, options_, [this](DnsChannel::Reply reply) { collect(std::move(reply)); }) {}

  void resolve(const std::string& host, Done done) {
    boost::system::error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return done(Addresses{literal});
    if (closed_) return done(fail(ErrorCode::kUnavailable, "the resolver is closed"));
    const auto known = cache_.find(host, now());
    if (!known.answer) {
      ++counters_.misses;
      Lookup& lookup = look_up(host);
      lookup.waiting.push_back(std::move(done));
      if (!lookup.patience.armed()) loop_.arm(lookup.patience, now() + patience_for(host));
      return;
    }
    ++(known.stale ? counters_.stale : counters_.hits);
    if (known.refresh) look_up(host);
    done(*known.answer);
  }

  void close() {
    closed_ = true;
    queue_.clear();
    const auto lookups = std::exchange(lookups_, {});
    const Result<Addresses> closed = fail(ErrorCode::kUnavailable, "the resolver was closed");
    for (const auto& [host, lookup] : lookups) {
      for (const Done& done : lookup->waiting) done(closed);
    }
  }

  const DnsCounters& counters() const { return counters_; }

 private:
  // From the first question to c-ares' reply, which may come after those who waited gave up.
  struct Lookup {
    Lookup(Impl& resolver, const std::string& host)
        : patience([&resolver, host] { resolver.on_patience(host); }) {}

    std::vector<Done> waiting;
    bool failed = false;  // counted already
    Timer patience;
  };

  TimePoint now() const { return loop_.clock().now(); }

  std::chrono::milliseconds patience_for(const std::string& host) const {
    return cache_.has_fallback(host, now()) ? options_.give_up_for_stale : options_.give_up;
  }

  Lookup& look_up(const std::string& host) {
    auto& lookup = lookups_[host];
    if (!lookup) {
      lookup = std::make_unique<Lookup>(*this, host);
      queue_.push_back(host);
      ask_more();
    }
    return *lookup;
  }

  void ask_more() {
    while (!queue_.empty() && begun_ < kBurst && channel_.in_flight() < kMostInFlight) {
      const std::string host = std::move(queue_.front());
      queue_.pop_front();
      ++begun_;
      channel_.ask(host);
    }
    if (begun_ > 0 && !next_burst_.armed()) loop_.arm(next_burst_, now() + kBurstEvery);
  }

  void on_next_burst() {
    begun_ = 0;
    ask_more();
    if (!queue_.empty() && !next_burst_.armed()) loop_.arm(next_burst_, now() + kBurstEvery);
  }

  // Those who wait are told from a task of its own, because c-ares must not be destroyed, nor asked
  // again without end, from inside.
  void collect(DnsChannel::Reply reply) {
    replies_.push_back(std::move(reply));
    if (replies_.size() > 1) return;
    asio::post(loop_.io(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->deliver();
    });
  }

  void deliver() {
    for (DnsChannel::Reply& reply : std::exchange(replies_, {})) {
      const auto found = lookups_.find(reply.host);
      if (found == lookups_.end()) continue;  // closed meanwhile
      const auto lookup = std::move(found->second);
      lookups_.erase(found);
      tell(*lookup, reply.host, std::move(reply.found), reply.ttl);
    }
  }

  void on_patience(const std::string& host) {
    tell(*lookups_.at(host), host, fail(ErrorCode::kTimeout, "no DNS server answered in time"), 0s);
  }

  void tell(Lookup& lookup, const std::string& host, Result<Addresses> found,
            std::chrono::seconds ttl) {
    const bool failed = !found;
    if (failed && !std::exchange(lookup.failed, true)) ++counters_.failures;
    const auto waiting = std::exchange(lookup.waiting, {});
    const auto answer = cache_.store(host, std::move(found), ttl, now());
    if (failed && answer->has_value()) counters_.stale += waiting.size();
    for (const Done& done : waiting) done(*answer);
  }

  EventLoop& loop_;
  const ResolverOptions options_;
  DnsCounters counters_;
  DnsCache cache_;
  std::unordered_map<std::string, std::unique_ptr<Lookup>> lookups_;
  std::deque<std::string> queue_;  // of these, not yet asked
  int begun_ = 0;                  // in this burst
  Timer next_burst_{[this] { on_next_burst(); }};
  std::vector<DnsChannel::Reply> replies_;
  bool closed_ = false;
  DnsChannel channel_;  // goes first: it calls collect()
};

Resolver::Resolver(EventLoop& loop, ResolverOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}
Resolver::~Resolver() = default;

// The copy keeps it alive should `done` destroy this.
void Resolver::resolve(const std::string& host, Done done) {
  const auto impl = impl_;
  impl->resolve(host, std::move(done));
}

void Resolver::close() {
  const auto impl = impl_;
  impl->close();
}

const DnsCounters& Resolver::counters() const {
  return impl_->counters();
}

}  // namespace muster
