#include "aggregator/api/organization_handlers.cpp"
#include "tests/fuzz/readers/readers.h"

void muster::fuzz::read_organization(const std::string& body) {
  must_be_told_well(muster::read_organization(body, {}));
}
