#include "common/net/http_pool.h"

namespace muster {

std::shared_ptr<HttpPeer> HttpPool::peer(const std::string& key) {
  if (auto known = peers_.find(key)) return known;
  auto peer = std::make_shared<HttpPeer>(key);
  peers_.add(key, peer);
  return peer;
}

std::unique_ptr<HttpStream> HttpPool::take(HttpPeer& peer) {
  if (peer.idle.empty()) return nullptr;
  auto stream = std::move(peer.idle.back());
  peer.idle.pop_back();
  stream->unlink();
  return stream;
}

void HttpPool::keep(HttpPeer& peer, std::unique_ptr<HttpStream> stream) {
  stream->set_peer(peer);
  idle_.push_back(*stream);
  peer.idle.push_back(std::move(stream));
}

std::unique_ptr<HttpStream> HttpPool::make() {
  if (*open_ >= budget_) drop_oldest();
  return *open_ < budget_ ? std::make_unique<HttpStream>(io_, open_) : nullptr;
}

void HttpPool::drop_oldest() {
  if (idle_.empty()) return;
  HttpStream* const oldest = &idle_.front();
  std::erase_if(oldest->peer().idle, [=](const auto& stream) { return stream.get() == oldest; });
}

}  // namespace muster
