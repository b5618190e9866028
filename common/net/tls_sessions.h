// TLS sessions to resume (RFC 8446, 2.2; RFC 5077), by server, so that a new connection costs no
// full handshake. Least recently kept ones go first. As only a full handshake verifies the server's
// certificate, what follows from one is good for a while only: a certificate that was renewed is
// seen within that time, one that expires at once. Lives on its loop; owned by the HttpClient.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace muster {

class TlsSessions {
 public:
  TlsSessions(std::size_t most, std::chrono::seconds verify_after)
      : most_(most), verify_after_(verify_after) {}

  // Call when a handshake is done: a full one starts the time of all sessions that follow from it.
  void verified(SSL* ssl) const;
  static bool is_good(const SSL_SESSION* session);  // also of a kept connection's

  SSL_SESSION* find(const std::string& key) const;  // borrowed; nullptr if there is no good one
  void keep(const std::string& key, SSL_SESSION* session);  // takes it over

  std::size_t size() const { return by_key_.size(); }

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  struct Entry {
    std::unique_ptr<SSL_SESSION, Free> session;
    std::list<std::string>::iterator age;
  };

  const std::size_t most_;
  const std::chrono::seconds verify_after_;
  std::list<std::string> ages_;  // oldest first
  std::unordered_map<std::string, Entry> by_key_;
};

}  // namespace muster
