#include "aggregator/api/rotation_input.h"

#include "aggregator/api/field_reader.h"
#include "aggregator/api/server_rules.h"

namespace muster {

tl::expected<RotationInput, Problem> read_rotation(const std::string& body) {
  RotationInput input;
  if (body.empty()) return input;
  const auto json = JsonBody::parse(body);
  if (!json) return refuse(json.error());
  FieldReader reader(*json);
  const auto token = reader.text("api_token");
  if (token.value && token.value->empty()) {
    reader.reject("api_token", "invalid", "may not be empty; leave it out to have one made");
  } else if (token.value) {
    if (const Complaint complaint = complaint_about_api_token(*token.value)) {
      reader.reject("api_token", "invalid", *complaint);
    }
    input.token = Secret(*token.value);
  }
  const auto overlap = reader.integer("overlap_seconds");
  if (overlap.value && (*overlap.value < 0 || *overlap.value > kLongestOverlap.count())) {
    reader.reject("overlap_seconds", "out_of_range",
                  "must be 0 to " + std::to_string(kLongestOverlap.count()));
  } else if (overlap.value) {
    input.overlap = std::chrono::seconds(*overlap.value);
  }
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return input;
}

}  // namespace muster
