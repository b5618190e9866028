#include "common/net/tls_sessions.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "common/net/tls_peer.h"

namespace muster {
namespace {

// Until when a session is good, in Unix seconds. OpenSSL hands it on to the sessions that follow.
int end_index() {
  static const int kIndex = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

std::intptr_t end_of(const SSL_SESSION* session) {
  return reinterpret_cast<std::intptr_t>(SSL_SESSION_get_ex_data(session, end_index()));
}

}  // namespace

void TlsSessions::verified(SSL* ssl) const {
  SSL_SESSION* const session = SSL_get0_session(ssl);
  if (session == nullptr || end_of(session) != 0) return;
  const std::intptr_t end =
      std::min<std::intptr_t>(std::time(nullptr) + verify_after_.count(), certificate_expiry(ssl));
  SSL_SESSION_set_ex_data(session, end_index(), reinterpret_cast<void*>(end));
}

bool TlsSessions::is_good(const SSL_SESSION* session) {
  return session != nullptr && end_of(session) > std::time(nullptr);
}

SSL_SESSION* TlsSessions::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || !is_good(found->second.session.get())) return nullptr;
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
