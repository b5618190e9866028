#include "aggregator/storage/check_detail.h"

#include <Poco/JSONString.h>

#include "aggregator/storage/clean_text.h"
#include "common/base/sha256.h"

namespace muster {
namespace {

std::string json_of(const std::vector<Component>& components) {
  std::string json = "[";
  for (const Component& component : components) {
    if (json.size() > 1) json += ',';
    json += R"({"name":)" + Poco::toJSON(clean_text(component.name));
    json += R"(,"status":")" + std::string(to_string(component.status)) + '"';
    json += R"(,"message":)" + Poco::toJSON(clean_text(component.message)) + '}';
  }
  return json += ']';
}

std::int64_t hash_of(const CheckDetail& detail) {
  // A cleaned message holds no NUL, so the two cannot run into each other.
  const std::string digest = sha256(detail.message + '\0' + detail.components_json);
  std::uint64_t hash = 0;
  for (int i = 0; i < 8; ++i) hash = hash << 8 | static_cast<unsigned char>(digest[i]);
  return hash == 0 ? 1 : static_cast<std::int64_t>(hash);
}

}  // namespace

CheckDetail CheckDetail::of(const Words& words) {
  CheckDetail detail;
  if (words.empty()) return detail;
  detail.message = clean_text(words.message);
  detail.components_json = json_of(words.components);
  detail.hash = hash_of(detail);
  return detail;
}

}  // namespace muster
