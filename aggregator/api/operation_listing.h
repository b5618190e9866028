// GET /operations and /operations/{id}/targets: from the query to what is asked of the database,
// and from its rows to a page. Pure.
#pragma once

#include <vector>

#include "aggregator/api/page_cursor.h"
#include "aggregator/api/problem.h"
#include "aggregator/storage/operation_record.h"

namespace muster {

tl::expected<OperationListing, Problem> read_operation_listing(const ApiRequest& request,
                                                               const PageCursors& cursors);
tl::expected<TargetListing, Problem> read_target_listing(const ApiRequest& request,
                                                         const PageCursors& cursors);

// One row more than the listing's limit when there is a next page.
ApiResponse operation_page(const ApiRequest& request, const PageCursors& cursors, int limit,
                           const std::vector<OperationRecord>& operations);
ApiResponse target_page(const ApiRequest& request, const PageCursors& cursors, int limit,
                        const std::vector<OperationTarget>& targets);

}  // namespace muster
