#include "common/config/fault.h"

namespace muster {

std::string Location::to_string() const {
  if (line == 0) return file;
  return file + ':' + std::to_string(line) + ':' + std::to_string(column);
}

}  // namespace muster
