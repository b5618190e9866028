#include "aggregator/api/request_id.h"

#include <algorithm>
#include <cctype>

#include "common/base/uuid.h"

namespace muster {
namespace {

constexpr std::size_t kLongest = 128;

bool is_harmless(unsigned char c) {
  return std::isalnum(c) || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string request_id_for(const ApiRequest& request) {
  const std::string* const given = request.header("x-request-id");
  if (given && !given->empty() && given->size() <= kLongest &&
      std::all_of(given->begin(), given->end(), is_harmless)) {
    return *given;
  }
  return Uuid::random().to_string();
}

}  // namespace muster
