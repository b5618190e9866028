// Result<T>: a value or an Error. What the world does (network, database, config, plugins) comes
// back as a Result; what we did wrong asserts. Values, no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace muster {

enum class ErrorCode {
  kInvalid,      // the caller's input is wrong
  kNotFound,     // no such thing
  kConflict,     // it is there already, or has changed meanwhile
  kDenied,       // not allowed to
  kUnavailable,  // try again later
  kTimeout,      // it took too long
  kInternal,     // everything else
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // The same error, saying where it rose: "spool: no space left on device".
  Error in(std::string_view context) const { return {code, std::string(context) + ": " + message}; }
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>({code, std::move(message)});
}

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

// "what: strerror(errno)", to be called right behind the failed system call.
tl::unexpected<Error> fail_errno(std::string_view what);

}  // namespace muster
