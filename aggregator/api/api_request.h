// A request as the handlers see it: plain values, made by the HTTP front or by a test and filled in
// by Api on its way (path parameters, query, principal, organization). One thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aggregator/api/body_source.h"
#include "aggregator/api/principal.h"
#include "aggregator/api/rate_limiter.h"

namespace muster {

using Query = std::vector<std::pair<std::string, std::string>>;  // decoded, in the sent order

struct ApiRequest {
  std::string method;
  std::string target;                          // as sent: "/api/v1/fleet/servers?tag=db"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string request_id;
  std::string peer;                    // the client's address, without its port
  std::shared_ptr<BodySource> source;  // of a route that streams its body; then `body` is empty

  std::string path;                          // the target without its query, as sent
  std::map<std::string, std::string> parts;  // {"id": ...} of the route's pattern, decoded
  Query query;
  std::optional<Principal> principal;
  OrganizationKey organization = 0;  // the one that the principal acts in
  std::vector<Rate> rates;           // of the principal, this request included

  const std::string* header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? nullptr : &found->second;
  }
};

}  // namespace muster
