#include "aggregator/api/audit_handlers.h"

#include "aggregator/api/json_writer.h"
#include "aggregator/api/query_reader.h"
#include "aggregator/api/scope_parameter.h"
#include "common/base/rfc3339.h"

namespace muster {
namespace {

AuditListing read_listing(QueryReader& query, const ApiRequest& request,
                          const PageCursors& cursors) {
  AuditListing listing;
  listing.from = query.time("from");
  listing.to = query.time("to");
  listing.token = query.uuid("token");
  listing.limit = query.integer("limit", 100, 1, 500);
  listing.before = cursors.read(query, request, whole_number);
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
  AuditListing listing = read_listing(query, request, context_.cursors);
  if (auto problem = query.finish()) return refuse(std::move(*problem));
  const int limit = listing.limit++;  // one more tells whether there is a next page
  const auto records = context_.audit.list(home, listing);
  if (!records) return refuse(problem_of(records.error()));
  return context_.cursors.page(request, limit, *records, write_record,
                               [](const AuditRecord& last) { return std::to_string(last.id); });
}

}  // namespace muster
