#include "common/net/tls_sessions.h"

namespace muster {
namespace {

bool has_expired_certificate(const SSL_SESSION* session) {
  const X509* const peer = SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session));
  return peer != nullptr && X509_cmp_current_time(X509_get0_notAfter(peer)) < 0;
}

}  // namespace

// A resumed handshake verifies no certificate, so one that has expired meanwhile must be seen here.
SSL_SESSION* TlsSessions::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || has_expired_certificate(found->second.session.get())) {
    return nullptr;
  }
  return found->second.session.get();
}

void TlsSessions::keep(const std::string& key, SSL_SESSION* session) {
  const auto [entry, fresh] = by_key_.try_emplace(key);
  entry->second.session.reset(session);
  if (fresh) {
    entry->second.age = ages_.insert(ages_.end(), key);
  } else {
    ages_.splice(ages_.end(), ages_, entry->second.age);
  }
  if (by_key_.size() > most_) {
    by_key_.erase(ages_.front());
    ages_.pop_front();
  }
}

}  // namespace muster
