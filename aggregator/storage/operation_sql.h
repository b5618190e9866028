// The SQL that those who make and those who run operations share. Pure.
#pragma once

#include <string>

#include "aggregator/storage/operation_record.h"
#include "aggregator/storage/param.h"
#include "aggregator/storage/rows.h"

namespace muster::operation_sql {

// What record_of() reads, of fleet_operations. A summary has no request, which may be long.
const std::string& record_columns();
const std::string& summary_columns();
OperationRecord record_of(const Rows& rows, int row);

// What target_of() reads, of fleet_operation_targets. Briefly: without its output.
const std::string& target_columns();
const std::string& brief_target_columns();
OperationTarget target_of(const Rows& rows, int row);

// The parameters of "jsonb_object_agg(s, n) FROM unnest($x::text[], $y::int[]) AS c(s, n)".
Param state_names();
Param state_counts(const TargetCounts& counts);

}  // namespace muster::operation_sql
