#include "aggregator/app/contract_command.h"

#include "aggregator/api/openapi_document.h"

namespace muster {

Result<std::string> print_contract(const Settings&, const CommandArguments&) {
  return openapi_json();
}

}  // namespace muster
