// An organization for people and programs. Pure.
#pragma once

#include "aggregator/api/json_writer.h"
#include "aggregator/storage/organization_record.h"

namespace muster {

void write_organization(JsonWriter& json, const OrganizationRecord& organization);

}  // namespace muster
