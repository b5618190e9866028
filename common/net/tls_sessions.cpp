#include "common/net/tls_sessions.h"

namespace muster {

SSL_SESSION* TlsSessions::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second.session.get();
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
