#include "aggregator/api/group_handlers.h"

#include "aggregator/api/conditional.h"
#include "aggregator/api/entity_tag.h"
#include "aggregator/api/group_input.h"
#include "aggregator/api/group_json.h"
#include "aggregator/api/lookup.h"
#include "aggregator/api/server_listing.h"

namespace muster {
namespace {

constexpr std::string_view kNoun = "group";

std::optional<std::string> read_name(const std::string& place) {
  return place;
}

tl::expected<GroupListing, Problem> read_listing(const ApiRequest& request,
                                                 const PageCursors& cursors) {
  QueryReader query(request.query);
  GroupListing listing;
  listing.name_contains = query.text("q").value_or("");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.after = cursors.read(query, request, read_name);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  return listing;
}

void write_counted(JsonWriter& json, const CountedGroup& counted) {
  json.begin_object();
  write_group_members(json, counted.group);
  json.member("servers", counted.servers).end_object();
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
  auto listing = read_listing(request, context_.cursors);
  if (!listing) return refuse(listing.error());
  const int limit = listing->limit++;  // one more tells whether there is a next page
  const auto groups = context_.groups.list(request.organization, *listing);
  if (!groups) return refuse(problem_of(groups.error()));
  return context_.cursors.page(request, limit, *groups, write_counted,
                               [](const CountedGroup& last) { return last.group.name; });
}

Answer GroupHandlers::create(const ApiRequest& request) {
  const auto input = read_group(request.body, {});
  if (!input) return refuse(input.error());
  const auto made = context_.groups.create(request.organization, *input);
  if (!made) return refuse(write_problem(made.error(), kNoun, kGroupChanged));
  (void)context_.announcer.changed(request.organization, made->servers);  // at once, or soon
  ApiResponse response = response_of(201, made->group);
  response.headers.emplace_back("Location", "/api/v1/fleet/groups/" + made->group.id.to_string());
  return response;
}

Answer GroupHandlers::show(const ApiRequest& request) {
  const auto group = find_by_id(context_.groups, request, kNoun);
  if (!group) return refuse(group.error());
  if (auto same = not_modified(request, entity_tag(group->version))) return std::move(*same);
  return response_of(200, *group);
}

Answer GroupHandlers::change(const ApiRequest& request) {
  return write_newest(request, [&] { return change_found(request); });
}

Answer GroupHandlers::remove(const ApiRequest& request) {
  return write_newest(request, [&] { return remove_found(request); });
}

Answer GroupHandlers::change_found(const ApiRequest& request) {
  const auto before = find_by_id(context_.groups, request, kNoun);
  if (!before) return refuse(before.error());
  if (auto problem = stale(request, before->version, kNoun)) return refuse(std::move(*problem));
  const auto wanted = read_group(request.body, *before);
  if (!wanted) return refuse(wanted.error());
  const auto changed = context_.groups.update(request.organization, *wanted);
  if (!changed) return refuse(write_problem(changed.error(), kNoun, kGroupChanged));
  (void)context_.announcer.changed(request.organization, changed->servers);
  return response_of(200, changed->group);
}

Answer GroupHandlers::remove_found(const ApiRequest& request) {
  const auto group = find_by_id(context_.groups, request, kNoun);
  if (!group) return refuse(group.error());
  if (auto problem = stale(request, group->version, kNoun)) return refuse(std::move(*problem));
  const auto changed = context_.groups.remove(request.organization, *group);
  if (!changed) return refuse(write_problem(changed.error(), kNoun, kGroupChanged));
  (void)context_.announcer.changed(request.organization, *changed);
  return ApiResponse{204, "", {}};
}

Answer GroupHandlers::servers(const ApiRequest& request) {
  auto listing = read_server_listing(request, context_.cursors);
  if (!listing) return refuse(listing.error());
  const auto group = find_by_id(context_.groups, request, kNoun);
  if (!group) return refuse(group.error());
  listing->filter.in_group = group->key;
  return list_servers(request, *listing, context_);
}

}  // namespace muster
