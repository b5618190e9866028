// A request's body that is read while it arrives, so that a long one never lies in memory whole.
// Made by the front, read by the handler on its thread api-N.
#pragma once

#include <string>

#include "common/base/result.h"

namespace muster {

class BodySource {
 public:
  virtual ~BodySource() = default;

  // The next piece, waiting for it; an empty one at the end. An error ends the body: it is longer
  // than allowed, or it did not come in time.
  virtual Result<std::string> next() = 0;
};

}  // namespace muster
