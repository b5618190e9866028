// The readers of queries and bodies that belong to one handler alone: each file beside this one
// takes a handler's source in, whose readers no header names. What they refuse must be told well.
// Pure.
#pragma once

#include "aggregator/api/api_request.h"
#include "aggregator/api/page_cursor.h"
#include "aggregator/api/query_reader.h"
#include "tests/fuzz/fuzz.h"

namespace muster::fuzz {

void read_events(const ApiRequest& request, const PageCursors& cursors);
void read_audit(const ApiRequest& request, const PageCursors& cursors);
void read_groups(const ApiRequest& request, const PageCursors& cursors);
void read_history(const ApiRequest& request, const PageCursors& cursors);
void read_metrics(const ApiRequest& request);

void read_token(const std::string& body);
void read_organization(const std::string& body);
void read_session(const std::string& body);

inline void must_be_told_well(QueryReader& query) {
  if (const auto problem = query.finish()) must_be_json(*problem);
}

}  // namespace muster::fuzz
