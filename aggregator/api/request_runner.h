// What of a request happens on the threads api-N: asking the handler, and putting its answer into
// bytes. The outcome is posted back to [api-io]. Free functions, called there.
#pragma once

#include <functional>
#include <tl/expected.hpp>

#include "aggregator/api/connection_context.h"
#include "aggregator/api/response_wire.h"

namespace muster {

using Admission = tl::expected<BodyPlan, WireResponse>;

// False: too much waits already, nothing will come back. `done` is called on [api-io], if that
// still runs; it keeps nothing alive that lives there.
bool run_admission(ConnectionContext& context, ApiRequest head, AnswerTerms terms,
                   std::function<void(Admission)> done);
bool run_handler(ConnectionContext& context, ApiRequest request, AnswerTerms terms,
                 std::function<void(WireResponse)> done);

}  // namespace muster
