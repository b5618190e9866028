#include "aggregator/api/group_input.h"

#include "aggregator/api/field_reader.h"
#include "aggregator/api/word_list.h"

namespace muster {
namespace {

constexpr std::size_t kMostDescriptionBytes = 4'096;
constexpr std::size_t kMostFilterWords = 64;

void read_name(FieldReader& reader, GroupRecord& group) {
  const auto name = reader.text("name");
  if (!name.given && !group.name.empty()) return;
  group.name = name.value.value_or("");
  if (!name.value) {
    reader.reject("name", "required", "a group needs a name");
  } else if (const Complaint complaint = complaint_about_name(group.name)) {
    reader.reject("name", "invalid", *complaint);
  }
}

void read_description(FieldReader& reader, GroupRecord& group) {
  const auto description = reader.text("description");
  if (!description.given) return;
  group.description = description.value.value_or("");
  if (group.description.size() <= kMostDescriptionBytes) return;
  reader.reject("description", "too_large",
                "may have " + std::to_string(kMostDescriptionBytes) + " bytes at most");
}

void read_filter_words(FieldReader& reader, const std::string& name,
                       Complaint (*rule)(const std::string&), std::vector<std::string>& words) {
  const auto given = read_words(reader, name, kMostFilterWords, rule);
  if (given.given) words = given.value.value_or(std::vector<std::string>());
}

// A filter that asks for nothing would be every server; who means that has a tag for it.
void read_filter(FieldReader& reader, GroupFilter& filter) {
  const auto given = reader.nested("filter");
  if (given.is_null()) filter = {};
  if (!given.value) return;
  FieldReader inner(*given.value);
  read_filter_words(inner, "tags", complaint_about_tag, filter.tags);
  read_filter_words(inner, "regions", complaint_about_place, filter.regions);
  read_filter_words(inner, "environments", complaint_about_place, filter.environments);
  auto mistakes = inner.finish();
  if (!mistakes && filter.empty()) {
    reader.reject("filter", "required",
                  "names tags, regions or environments; to have no filter, give null");
  }
  reader.adopt("filter", std::move(mistakes));
}

Uuid read_group_id(FieldReader& reader) {
  const auto text = reader.text("group_id");
  if (!text.value) {
    reader.reject("group_id", "required", "the id of a group");
    return {};
  }
  const auto id = Uuid::parse(*text.value);
  if (!id) reader.reject("group_id", "invalid", "must be a UUID");
  return id.value_or(Uuid());
}

std::vector<Uuid> read_server_ids(FieldReader& reader) {
  const auto texts = reader.texts("server_ids").value.value_or(std::vector<std::string>());
  std::vector<Uuid> ids;
  if (texts.empty()) {
    reader.reject("server_ids", "required", "the ids of servers, one at least");
  } else if (texts.size() > kMostMembersAtOnce) {
    reader.reject("server_ids", "too_many",
                  "may have " + std::to_string(kMostMembersAtOnce) + " at most");
    return ids;
  }
  ids.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto id = Uuid::parse(texts[i]);
    if (!id) reader.reject("server_ids/" + std::to_string(i), "invalid", "must be a UUID");
    ids.push_back(id.value_or(Uuid()));
  }
  return ids;
}

}  // namespace

tl::expected<GroupRecord, Problem> read_group(const std::string& text, GroupRecord group) {
  const auto body = JsonBody::parse(text);
  if (!body) return refuse(body.error());
  FieldReader reader(*body);
  read_name(reader, group);
  read_description(reader, group);
  read_filter(reader, group.filter);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return group;
}

tl::expected<MembersInput, Problem> read_members(const std::string& text) {
  const auto body = JsonBody::parse(text);
  if (!body) return refuse(body.error());
  FieldReader reader(*body);
  MembersInput input;
  input.group = read_group_id(reader);
  input.servers = read_server_ids(reader);
  if (auto problem = reader.finish()) return refuse(std::move(*problem));
  return input;
}

}  // namespace muster
