// The SQL that ServerRepository's methods share: which columns a record has, how a row reads, how
// a filter becomes conditions with parameters. Pure.
#pragma once

#include <string>

#include "aggregator/storage/param.h"
#include "aggregator/storage/rows.h"
#include "aggregator/storage/server_record.h"

namespace muster::server_sql {

// "SELECT ... FROM managed_servers AS s"; record_of() reads its rows.
const std::string& select_records();
ServerRecord record_of(const Rows& rows, int row);

// Conditions over `s` that are true for what is not set. Appends to `params`.
std::string where(OrganizationKey organization, const ServerFilter& filter, Params& params);

// " AND (created_at, id) > ... ORDER BY ... LIMIT ..."
std::string page(const ServerListing& listing, Params& params);

}  // namespace muster::server_sql
