#include "aggregator/api/audit_trail.h"

#include "aggregator/api/json_body.h"
#include "aggregator/api/json_tree.h"
#include "common/base/log.h"
#include "common/base/utf8.h"

namespace muster {
namespace {

constexpr std::size_t kMostFields = 64;
constexpr std::size_t kLongestPath = 1'000;

std::vector<std::string> fields_of(const std::string& body) {
  const auto parsed = JsonBody::parse(body);
  if (!parsed) return {};
  std::vector<std::string> names = parsed->tree().root->getNames();
  if (names.size() > kMostFields) names.resize(kMostFields);
  return names;
}

}  // namespace

Answer AuditTrail::serve(const ApiRequest& request, const Route& route) {
  const AuditEntry entry = entry_of(request, route);
  const auto id = log_.begin(entry);
  if (!id) return refuse(problem_of(id.error()));
  Answer answer = route.answer(request);
  const int status = answer ? answer->status : status_of(answer.error().code);
  std::optional<std::string> location;
  if (answer && answer->header("Location")) location = *answer->header("Location");
  if (auto done = log_.complete(entry.organization, *id, status, location); !done) {
    log::error("api.audit_incomplete", {{"id", *id},
                                        {"status", status},
                                        {"request_id", request.request_id},
                                        {"error", done.error().message}});
  }
  return answer;
}

AuditEntry AuditTrail::entry_of(const ApiRequest& request, const Route& route) const {
  AuditEntry entry;
  if (request.organization != 0) entry.organization = request.organization;
  entry.at = clock_.wall();
  entry.token = request.principal->token;
  entry.token_name = request.principal->name;
  entry.role = request.principal->role;
  entry.peer = request.peer;
  entry.request_id = request.request_id;
  entry.method = request.method;
  entry.route = route.pattern;
  entry.path = clipped(request.path, kLongestPath);
  if (!request.body.empty()) entry.fields = fields_of(request.body);
  return entry;
}

}  // namespace muster
