#include "aggregator/api/group_handlers.h"

#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/group_input.h"
#include "aggregator/api/group_json.h"
#include "aggregator/api/group_lookup.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/server_listing.h"

namespace muster {
namespace {

constexpr std::string_view kWhat = "the group";

Problem write_problem(const Error& error) {
  if (error.code != ErrorCode::kConflict) return problem_of(error);
  if (error.message == kGroupChanged) return stale_version(kWhat);
  const std::string detail = "a group of this name is there already";
  return {ProblemCode::kNameTaken, detail, {{"/name", "taken", detail, FieldError::In::kBody}}, {}};
}

tl::expected<GroupListing, Problem> read_listing(const ApiRequest& request) {
  QueryReader query(request.query);
  GroupListing listing;
  listing.name_contains = query.text("q").value_or("");
  listing.limit = query.integer("limit", 100, 1, 500);
  if (const auto cursor = query.text("cursor")) {
    listing.after = decode_cursor(*cursor, cursor_scope(request));
    if (!listing.after) {
      query.reject("cursor", "invalid", "is damaged, or belongs to another listing");
    }
  }
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

ApiResponse group_page(const ApiRequest& request, int limit, std::vector<CountedGroup> groups) {
  std::optional<std::string> next;
  if (groups.size() > static_cast<std::size_t>(limit)) {
    groups.resize(static_cast<std::size_t>(limit));
    next = groups.back().group.name;
  }
  ApiResponse response;
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const auto& [group, servers] : groups) {
    json.begin_object();
    write_group_members(json, group);
    json.member("servers", servers).end_object();
  }
  json.end_array();
  write_next_page(json, response, request, next);
  response.body = json.end_object().take();
  return response;
}

ApiResponse response_of(int status, const GroupRecord& group) {
  JsonWriter json;
  json.begin_object();
  write_group_members(json, group);
  return {status, json.end_object().take(), {{"ETag", entity_tag(group.version)}}};
}

}  // namespace

// How many servers there are in each is shown here only: it changes without the group's version.
Answer GroupHandlers::list(const ApiRequest& request) {
  auto listing = read_listing(request);
  if (!listing) return refuse(listing.error());
  const int limit = listing->limit++;  // one more tells whether there is a next page
  auto groups = context_.groups.list(request.organization, *listing);
  if (!groups) return refuse(problem_of(groups.error()));
  return group_page(request, limit, std::move(*groups));
}

Answer GroupHandlers::create(const ApiRequest& request) {
  const auto input = read_group(request.body, {});
  if (!input) return refuse(input.error());
  const auto made = context_.groups.create(request.organization, *input);
  if (!made) return refuse(write_problem(made.error()));
  (void)context_.announcer.changed(request.organization, made->servers);  // at once, or soon
  ApiResponse response = response_of(201, made->group);
  response.headers.emplace_back("Location", "/api/v1/fleet/groups/" + made->group.id.to_string());
  return response;
}

Answer GroupHandlers::show(const ApiRequest& request) {
  const auto group = find_group(context_.groups, request);
  if (!group) return refuse(group.error());
  if (auto same = not_modified(request, entity_tag(group->version))) return std::move(*same);
  return response_of(200, *group);
}

Answer GroupHandlers::change(const ApiRequest& request) {
  const auto before = find_group(context_.groups, request);
  if (!before) return refuse(before.error());
  if (auto problem = stale(request, before->version, kWhat)) return refuse(std::move(*problem));
  const auto wanted = read_group(request.body, *before);
  if (!wanted) return refuse(wanted.error());
  const auto changed = context_.groups.update(request.organization, *wanted);
  if (!changed) return refuse(write_problem(changed.error()));
  (void)context_.announcer.changed(request.organization, changed->servers);
  return response_of(200, changed->group);
}

Answer GroupHandlers::remove(const ApiRequest& request) {
  const auto group = find_group(context_.groups, request);
  if (!group) return refuse(group.error());
  if (auto problem = stale(request, group->version, kWhat)) return refuse(std::move(*problem));
  const auto changed = context_.groups.remove(request.organization, *group);
  if (!changed) return refuse(write_problem(changed.error()));
  (void)context_.announcer.changed(request.organization, *changed);
  return ApiResponse{204, "", {}};
}

Answer GroupHandlers::servers(const ApiRequest& request) {
  auto listing = read_server_listing(request);
  if (!listing) return refuse(listing.error());
  const auto group = find_group(context_.groups, request);
  if (!group) return refuse(group.error());
  listing->filter.in_group = group->key;
  return list_servers(request, *listing, context_);
}

}  // namespace muster
