// TLS sessions to resume (RFC 8446, 2.2; RFC 5077), by server, so that a new connection costs no
// full handshake. Least recently kept ones go first. Lives on its loop; owned by the HttpClient.
#pragma once

#include <openssl/ssl.h>

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace muster {

class TlsSessions {
 public:
  explicit TlsSessions(std::size_t most) : most_(most) {}

  SSL_SESSION* find(const std::string& key) const;          // borrowed; nullptr if there is none
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
  std::list<std::string> ages_;  // oldest first
  std::unordered_map<std::string, Entry> by_key_;
};

}  // namespace muster
