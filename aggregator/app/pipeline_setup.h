// What the pipeline of results needs of the settings. Pure.
#pragma once

#include "aggregator/settings/settings.h"
#include "aggregator/spool/result_pipeline.h"

namespace muster {

PipelineSettings pipeline_setup(const Settings& settings);

}  // namespace muster
