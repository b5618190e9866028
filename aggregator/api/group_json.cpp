#include "aggregator/api/group_json.h"

#include "aggregator/api/word_list.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

void write_filter(JsonWriter& json, const GroupFilter& filter) {
  json.key("filter");
  if (filter.empty()) {
    json.value(nullptr);
    return;
  }
  json.begin_object();
  write_words(json, "tags", filter.tags);
  write_words(json, "regions", filter.regions);
  write_words(json, "environments", filter.environments);
  json.end_object();
}

}  // namespace

void write_group_members(JsonWriter& json, const GroupRecord& group) {
  json.member("id", group.id.to_string()).member("name", group.name);
  json.member("description", group.description);
  write_filter(json, group.filter);
  json.member("version", group.version);
  json.member("created_at", to_rfc3339(group.created_at));
  json.member("updated_at", to_rfc3339(group.updated_at));
}

}  // namespace muster
