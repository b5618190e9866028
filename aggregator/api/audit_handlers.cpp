#include "aggregator/api/audit_handlers.h"

#include "aggregator/api/json_writer.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/scope_parameter.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

AuditListing read_listing(QueryReader& query, const ApiRequest& request) {
  AuditListing listing;
  listing.from = query.time("from");
  listing.to = query.time("to");
  listing.token = query.uuid("token");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.before = read_number_cursor(query, request);
  return listing;
}

void write_record(JsonWriter& json, const AuditRecord& record) {
  const AuditEntry& entry = record.entry;
  json.begin_object().member("id", std::to_string(record.id));
  json.member("at", to_rfc3339(entry.at)).key("token").begin_object();
  json.member("id", entry.token.to_string()).member("name", entry.token_name);
  json.member("role", to_string(entry.role)).end_object();
  json.member("peer", entry.peer).member("request_id", entry.request_id);
  json.member("method", entry.method).member("route", entry.route).member("path", entry.path);
  json.key("fields").begin_array();
  for (const std::string& field : entry.fields) json.value(field);
  json.end_array().key("status");
  record.status ? json.value(*record.status) : json.value(nullptr);
  json.key("location");
  record.location ? json.value(*record.location) : json.value(nullptr);
  json.end_object();
}

}  // namespace

Answer AuditHandlers::list(const ApiRequest& request) {
  QueryReader query(request.query);
  const auto home = read_scope(query, request);
  AuditListing listing = read_listing(query, request);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const auto limit = static_cast<std::size_t>(listing.limit++);  // one more: is there a next page?
  auto records = context_.audit.list(home, listing);
  if (!records) return refuse(problem_of(records.error()));
  const bool has_next = records->size() > limit;
  if (has_next) records->resize(limit);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const AuditRecord& record : *records) write_record(json, record);
  json.end_array();
  ApiResponse response;
  write_next_page(json, response, request,
                  has_next ? std::optional(std::to_string(records->back().id)) : std::nullopt);
  response.body = json.end_object().take();
  return response;
}

}  // namespace muster
