#include "common/base/result.h"

#include <cerrno>
#include <system_error>

namespace muster {

tl::unexpected<Error> fail_errno(std::string_view what) {
  const int error = errno;
  return fail(ErrorCode::kUnavailable,
              std::string(what) + ": " + std::generic_category().message(error));
}

}  // namespace muster
