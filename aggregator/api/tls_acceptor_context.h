// The certificate and key that the API shows, read again when their files change: new connections
// get what is there now, open ones keep what they have. A pair that is no good leaves the one
// before in use. Owned by the front; made on [main], then on [api-io] only.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muster {

class TlsAcceptorContext {
 public:
  using Context = std::shared_ptr<boost::asio::ssl::context>;

  static Result<std::unique_ptr<TlsAcceptorContext>> open(std::filesystem::path certificate,
                                                          std::filesystem::path key, TimePoint now);

  // For the next connection. Looks at the files, but not more often than every 10 s.
  const Context& current(TimePoint now);

  void reload();

 private:
  TlsAcceptorContext(std::filesystem::path certificate, std::filesystem::path key, TimePoint now);

  Result<Context> load() const;
  std::string stamp() const;

  const std::filesystem::path certificate_;
  const std::filesystem::path key_;
  Context context_;
  std::string stamp_;  // of the files that were last tried, be they good or not
  TimePoint looked_at_;
};

}  // namespace muster
