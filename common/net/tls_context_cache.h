// The contexts that are in use for servers with TLS material of their own, by that material: a
// hundred thousand servers with one private authority share one context. Thread-safe; owned by the
// daemon's own context.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/guarded.h"
#include "common/base/shared_by_key.h"
#include "common/net/tls_context.h"

namespace muster {

class TlsContextCache {
 public:
  using Made = Result<std::shared_ptr<TlsContext>>;

  // One at a time, so that loops that ask for the same one do not each make it.
  Made find_or_make(const TlsIdentity& identity, const std::function<Made(std::string name)>& make);

 private:
  Guarded<SharedByKey<TlsContext>> contexts_;
};

}  // namespace muster
