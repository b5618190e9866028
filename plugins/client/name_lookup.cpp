#include "name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <memory>

namespace plugin_client {
namespace {

constexpr std::size_t kMostAddresses = 8;

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

void look_up_into(const std::string& host, Addresses& found) {
  try {
    found = look_up(host);
  } catch (const std::exception&) {
    found.reason = MUSTER_REASON_SELF;
  }
}

}  // namespace

bool is_address(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

void NameLookup::start(const muster::sdk::Run& run, const std::string& host, Done done) const {
  if (is_address(host)) return done({MUSTER_REASON_NONE, {}, {host}});
  const auto found = std::make_shared<Addresses>();
  const bool taken = blocking_.start(
      run, [host, found] { look_up_into(host, *found); },
      [found, done](bool ended) {
        if (ended) return done(*found);
        done(failed(MUSTER_REASON_TIMEOUT_DNS, "the name was not resolved in time"));
      });
  if (!taken) done(failed(MUSTER_REASON_SELF_OVERLOAD, "no thread is free to resolve the name"));
}

}  // namespace plugin_client
