#include "name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace plugin_client {
namespace {

constexpr std::size_t kMostAddresses = 8;

// What the thread and the loop share; the eventfd is written once the rest is.
struct Lookup {
  explicit Lookup(std::string name) : host(std::move(name)), ready(::eventfd(0, EFD_CLOEXEC)) {}
  ~Lookup() {
    if (ready >= 0) ::close(ready);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  const std::string host;
  const int ready;
  Addresses found;
};

Addresses failed(muster_reason reason, std::string error) {
  return {reason, std::move(error), {}};
}

Addresses read_list(const addrinfo* list) {
  Addresses found;
  for (; list != nullptr && found.texts.size() < kMostAddresses; list = list->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(list->ai_addr, list->ai_addrlen, text, sizeof text, nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      found.texts.emplace_back(text);
    }
  }
  if (found.texts.empty()) return failed(MUSTER_REASON_DNS_FAILED, "the name has no address");
  return found;
}

Addresses look_up(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
  if (error != 0) {
    return failed(MUSTER_REASON_DNS_FAILED,
                  "cannot resolve " + host + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
  return read_list(list);
}

void work(void* user) {
  const std::unique_ptr<std::shared_ptr<Lookup>> shared(
      static_cast<std::shared_ptr<Lookup>*>(user));
  Lookup& lookup = **shared;
  try {
    lookup.found = look_up(lookup.host);
  } catch (const std::exception& error) {
    lookup.found.reason = MUSTER_REASON_SELF;
  }
  ::eventfd_write(lookup.ready, 1);
}

}  // namespace

bool is_address(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

NameLookup::NameLookup(const muster::sdk::Host& host)
    : host_(host),
      poll_(host),
      workers_(static_cast<const muster_workers*>(host.service(MUSTER_WORKERS))) {}

void NameLookup::start(const muster::sdk::Run& run, const std::string& host, Done done) const {
  if (is_address(host)) return done({MUSTER_REASON_NONE, {}, {host}});
  const auto lookup = std::make_shared<Lookup>(host);
  auto task = std::make_unique<std::shared_ptr<Lookup>>(lookup);
  if (lookup->ready < 0 || !workers_->submit(run.c_run(), &work, task.get())) {
    return done(failed(MUSTER_REASON_SELF_OVERLOAD, "no thread is free to resolve the name"));
  }
  static_cast<void>(task.release());
  poll_.watch(run, lookup->ready, MUSTER_POLL_READ, INT64_MAX,
              [lookup, done = std::move(done)](std::uint32_t events) {
                if (events != 0) return done(lookup->found);
                done(failed(MUSTER_REASON_TIMEOUT_DNS, "the name was not resolved in time"));
              });
}

}  // namespace plugin_client
