#include "aggregator/api/server_handlers.h"

#include "aggregator/api/check_json.h"
#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/rotation_input.h"
#include "aggregator/api/server_input.h"
#include "aggregator/api/server_json.h"
#include "aggregator/api/server_listing.h"
#include "aggregator/api/server_problems.h"
#include "aggregator/storage/bearer_token.h"
#include "common/model/worst_result.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

// Whoever registers a server sees at once whether it answers, but does not wait for ever.
constexpr auto kCheckPatience = 6s;

constexpr std::string_view kNoun = "server";

Problem rotation_problem(const Error& error) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  if (error.message == kVersionConflict) return stale_version(kNoun);
  return {ProblemCode::kConflict,
          "a rotation is under way (previous_api_token_until); to end it, PATCH api_token",
          {},
          {}};
}

// Writes the object but for its end. Its tag, for it shows health, which comes and goes without a
// new version.
std::string write_server(JsonWriter& json, const ServerRecord& server, const LiveTable& live) {
  json.begin_object();
  write_server_members(json, server, shown_health(server, live));
  return entity_tag(server.version, json.text());
}

std::string why_unchecked(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return "the server is not monitored, or not yet";
    case ErrorCode::kTimeout:
      return "no result came within " + std::to_string(kCheckPatience.count()) +
             " seconds; the checks go on";
    case ErrorCode::kUnavailable:
      return "too many requests wait for checks already; the checks go on";
    default:
      return "the check could not be started; the checks go on";
  }
}

void write_first_check(JsonWriter& json, const Result<std::vector<CheckResult>>& results) {
  json.key("check");
  if (results && !results->empty()) {
    write_check(json, worst_of(*results));
    return;
  }
  json.value(nullptr);
  json.member("check_note",
              results ? "no probe selects this server" : why_unchecked(results.error()));
}

}  // namespace

Answer ServerHandlers::list(const ApiRequest& request) {
  const auto listing = read_server_listing(request, context_.cursors);
  if (!listing) return refuse(listing.error());
  return list_servers(request, *listing, context_);
}

Answer ServerHandlers::create(const ApiRequest& request) {
  const auto body = JsonBody::parse(request.body);
  if (!body) return refuse(body.error());
  const auto input = read_new_server(*body);
  if (!input) return refuse(input.error());
  if (auto problem = quota_.exceeded_by(request.organization, {*input})) {
    return refuse(std::move(*problem));
  }
  const auto server = context_.servers.insert(request.organization, *input);
  if (!server) return refuse(write_problem(server.error()));
  return registered(request, *server);
}

// From here on the server is registered, whatever else fails.
Answer ServerHandlers::registered(const ApiRequest& request, const ServerRecord& server) {
  const auto announced = context_.announcer.changed(request.organization, server.id);
  const auto results =
      announced ? context_.checks.check_now(request.organization, server.key, kCheckPatience)
                : Result<std::vector<CheckResult>>(fail(announced.error()));
  JsonWriter json;
  const std::string tag = write_server(json, server, context_.live);
  write_first_check(json, results);
  const std::string location = "/api/v1/fleet/servers/" + server.id.to_string();
  return ApiResponse{201, json.end_object().take(), {{"Location", location}, {"ETag", tag}}};
}

Answer ServerHandlers::show(const ApiRequest& request) {
  const auto server = find_by_id(records_, request, kNoun);
  if (!server) return refuse(server.error());
  ApiResponse shown = response_of(**server);
  if (auto same = not_modified(request, *shown.header("ETag"))) return std::move(*same);
  return shown;
}

Answer ServerHandlers::change(const ApiRequest& request) {
  const auto before = find_by_id(context_.servers, request, kNoun);
  if (!before) return refuse(before.error());
  if (auto problem = stale(request, before->version, kNoun)) return refuse(std::move(*problem));
  const auto body = JsonBody::parse(request.body);
  if (!body) return refuse(body.error());
  const auto patch = read_server_patch(*body, *before);
  if (!patch) return refuse(patch.error());
  if (auto problem = quota_.exceeded_by(*before, *patch)) return refuse(std::move(*problem));
  const auto server = context_.servers.update(request.organization, before->id, *patch,
                                              expected_version(request, before->version));
  if (!server) return refuse(write_problem(server.error()));
  records_.forget(server->id);
  (void)context_.announcer.changed(request.organization, server->id);  // at once, or soon
  return response_of(*server);
}

Answer ServerHandlers::remove(const ApiRequest& request) {
  const auto server = find_by_id(context_.servers, request, kNoun);
  if (!server) return refuse(server.error());
  if (auto problem = stale(request, server->version, kNoun)) return refuse(std::move(*problem));
  const auto removed = context_.servers.remove(request.organization, server->id,
                                               expected_version(request, server->version));
  if (!removed) return refuse(write_problem(removed.error()));
  context_.announcer.removed(*server);
  return ApiResponse{204, "", {}};
}

Answer ServerHandlers::rotate_token(const ApiRequest& request) {
  return write_newest(request, [&] { return rotate_found(request); });
}

// A token of our making is shown here and never again.
Answer ServerHandlers::rotate_found(const ApiRequest& request) {
  const auto before = find_by_id(context_.servers, request, kNoun);
  if (!before) return refuse(before.error());
  if (auto problem = stale(request, before->version, kNoun)) return refuse(std::move(*problem));
  const auto input = read_rotation(request.body);
  if (!input) return refuse(input.error());
  const WallTime now = context_.clock.wall();
  const auto token = input->token ? *input->token : make_token(kServerTokenPrefix);
  if (!token) return refuse(problem_of(token.error()));
  const auto server = context_.servers.rotate_token(request.organization, before->id,
                                                    {*token, now, now + input->overlap},
                                                    expected_version(request, before->version));
  if (!server) return refuse(rotation_problem(server.error()));
  records_.forget(server->id);
  (void)context_.announcer.changed(request.organization, server->id);  // at once, or soon
  return response_of(*server, input->token ? nullptr : &*token);
}

ApiResponse ServerHandlers::response_of(const ServerRecord& server, const Secret* token) const {
  JsonWriter json;
  const std::string tag = write_server(json, server, context_.live);
  if (token != nullptr) json.member("api_token", token->reveal());
  return {200, json.end_object().take(), {{"ETag", tag}}};
}

}  // namespace muster
