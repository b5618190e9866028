// How the API shows operations, their targets and plans. Pure.
#pragma once

#include "aggregator/api/json_writer.h"
#include "aggregator/api/operation_input.h"
#include "aggregator/storage/operation_record.h"

namespace muster {

void write_operation(JsonWriter& json, const OperationRecord& operation);
void write_target(JsonWriter& json, const OperationTarget& target);
std::string plan_json(const OperationInput& input, const OperationPlan& plan);

}  // namespace muster
