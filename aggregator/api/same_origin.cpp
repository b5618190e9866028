#include "aggregator/api/same_origin.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace muster {
namespace {

bool equal_whatever_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

bool is_same_origin(const ApiRequest& request) {
  if (const std::string* const origin = request.header("origin")) {
    const std::string* const host = request.header("host");
    const std::size_t scheme = origin->find("://");
    return host && scheme != std::string::npos &&
           equal_whatever_case(std::string_view(*origin).substr(scheme + 3), *host);
  }
  const std::string* const site = request.header("sec-fetch-site");
  return site && (*site == "same-origin" || *site == "none");
}

}  // namespace muster
