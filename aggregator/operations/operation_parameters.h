// Parameters of an operation between JSON and what actions take: an object of texts. Pure.
#pragma once

#include <string>
#include <vector>

#include "aggregator/operations/operation_action.h"

namespace muster {

// A JSON object. What is no text is left out and told of.
OperationParameters parameters_of(const std::string& json,
                                  std::vector<ParameterMistake>* mistakes = nullptr);

}  // namespace muster
