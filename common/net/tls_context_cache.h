// The contexts that are in use for servers with TLS material of their own, by that material: a
// hundred thousand servers with one private authority share one context. Thread-safe; owned by the
// daemon's own context.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/base/guarded.h"
#include "common/net/tls_context.h"

namespace muster {

class TlsContextCache {
 public:
  using Made = Result<std::shared_ptr<TlsContext>>;

  // One at a time, so that loops that ask for the same one do not each make it.
  Made find_or_make(const TlsIdentity& identity, const std::function<Made(std::string name)>& make);

 private:
  struct Contexts {
    std::unordered_map<std::string, std::weak_ptr<TlsContext>> by_name;
    std::size_t to_sweep = 64;
  };

  Guarded<Contexts> contexts_;
};

}  // namespace muster
